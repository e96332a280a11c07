"""When the window starts a trainer of its own."""

import socket
from datetime import datetime
from types import SimpleNamespace

import pytest
from PyQt6.QtCore import QObject, pyqtSignal

from painter_app import trainer_desk
from painter_app.notices import Notice
from painter_app.panels.trainer import TrainerPanel
from painter_app.session.rootpainter_trainer import RootPainterNews
from painter_app.session.trainer_pulse import TrainerPulse
from painter_app.settings import Settings
from painter_app.trainer_desk import TrainerDesk
from shared_folder.status import ProjectStatus, TrainerStatus


class FakeTrainer(QObject):
    ended = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.folder = None

    def start(self, folder, _painter, _roots) -> None:
        self.running, self.folder = True, folder

    def stop(self) -> None:
        self.running, self.folder = False, None


class FakeSession(QObject):
    trainers_changed = pyqtSignal(object)
    learning = True

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.pulse = TrainerPulse("projects/p", lambda: self.now, datetime.now)
        self.project = SimpleNamespace(shared=SimpleNamespace(root="/shared"))

    def see(self, seconds: float, **statuses: TrainerStatus) -> None:
        self.now += seconds
        self.pulse.look(statuses)
        self.trainers_changed.emit(self.pulse)


@pytest.fixture
def desk(qtbot, monkeypatch):
    monkeypatch.setattr(trainer_desk, "trainer_installed", lambda: True)
    session, trainer, notices = FakeSession(), FakeTrainer(), []
    panel = TrainerPanel("1")
    qtbot.addWidget(panel)
    settings = SimpleNamespace(now=Settings(painter="me"))
    made = TrainerDesk(session, trainer, settings, panel, starts=True)
    made.noticed.connect(notices.append)
    made.open(session.project)
    return SimpleNamespace(session=session, trainer=trainer, notices=notices, desk=made, panel=panel)


def headline(desk) -> str:
    return desk.panel._banner._headline.text()


def test_in_a_new_folder_it_starts_at_once(desk) -> None:
    assert not desk.trainer.running  # nothing is known before the first look
    desk.session.see(0.1)
    assert desk.trainer.running


def test_while_it_loads_the_panel_says_that_it_starts(desk) -> None:
    assert headline(desk) == "No trainer yet"
    desk.session.see(0.1)
    assert headline(desk) == "Starting the trainer on this computer…"
    ours = {"host": socket.gethostname(), "window": "me"}
    desk.session.see(4, own=TrainerStatus(counter=1, **ours))
    desk.session.see(1, own=TrainerStatus(counter=2, **ours))
    assert headline(desk) == "Ready"


def test_one_that_dies_is_said_to_have_ended_at_once_and_is_not_started_again_unasked(desk) -> None:
    ours = {"host": socket.gethostname(), "window": "me"}
    for counter in range(3):
        desk.session.see(1, own=TrainerStatus(counter=counter, **ours))
    desk.trainer.running = False
    desk.trainer.ended.emit("It stopped.")
    assert headline(desk) == "The trainer has ended"
    assert desk.notices[0].text == "It stopped."
    for _ in range(60):
        desk.session.see(1, own=TrainerStatus(counter=2, **ours))
    assert not desk.trainer.running
    desk.desk.start()
    assert desk.trainer.running


def test_one_that_falls_silent_later_is_asked_about(desk) -> None:
    for counter in range(5):
        desk.session.see(1, lab=TrainerStatus(counter=counter, host="lab"))
    for _ in range(40):
        desk.session.see(1, lab=TrainerStatus(counter=4, host="lab"))
    assert len(desk.notices) == 1
    assert "Start one on this computer?" in desk.notices[0].text


def test_its_own_old_status_is_no_other_trainer(desk) -> None:
    desk.session.see(0.1, old=TrainerStatus(counter=7, host=socket.gethostname(), window="me", ended=True))
    assert desk.trainer.running


def test_the_trainer_of_her_other_window_is_given_a_moment_to_show_itself(desk) -> None:
    hers = {"host": socket.gethostname(), "window": "me"}
    for counter in range(20):
        desk.session.see(1, own=TrainerStatus(counter=counter, **hers))
    assert not desk.trainer.running


def test_one_of_her_own_that_was_killed_is_replaced_soon(desk) -> None:
    for _ in range(8):
        desk.session.see(1, own=TrainerStatus(counter=7, host=socket.gethostname(), window="me"))
    assert desk.trainer.running


def test_where_another_machine_served_it_asks_after_half_a_minute(desk) -> None:
    theirs = TrainerStatus(counter=7, host="lab")
    for _ in range(29):
        desk.session.see(1, lab=theirs)
    assert not desk.trainer.running
    assert desk.notices == []
    desk.session.see(2, lab=theirs)
    desk.session.see(2, lab=theirs)
    (question,) = desk.notices
    assert isinstance(question, Notice)
    assert not desk.trainer.running
    question.answers[0].act()
    assert desk.trainer.running


def test_where_another_machine_is_at_work_it_never_asks(desk) -> None:
    for counter in range(40):
        desk.session.see(1, lab=TrainerStatus(counter=counter, host="lab"))
    assert desk.notices == []
    assert not desk.trainer.running


def test_without_torch_it_says_what_to_install(desk, monkeypatch) -> None:
    monkeypatch.setattr(trainer_desk, "trainer_installed", lambda: False)
    desk.session.see(0.1)
    assert "brushloop[trainer]" in desk.notices[0].text
    assert not desk.trainer.running


def test_the_pulse_prefers_the_living_and_tells_since_when_one_is_silent() -> None:
    now = [0.0]
    noon = datetime(2026, 1, 1, 12, 0, 0)  # noqa: DTZ001  (the time of day on the wall)
    pulse = TrainerPulse("projects/p", lambda: now[0], lambda: noon)
    serving = ProjectStatus(project="projects/p", model="000004_b")
    pulse.look({"a": TrainerStatus(counter=1), "b": TrainerStatus(counter=1, projects=(serving,))})
    now[0] = 2
    pulse.look({"a": TrainerStatus(counter=2), "b": TrainerStatus(counter=2, projects=(serving,))})
    assert pulse.news().trainer_id == "b"
    assert pulse.news().project == serving
    now[0] = 62
    pulse.look({"a": TrainerStatus(counter=9), "b": TrainerStatus(counter=2, projects=(serving,))})
    assert pulse.news().trainer_id == "a"
    now[0] = 182
    news = pulse.news()
    assert not news.alive
    assert news.silent_since == noon.replace(minute=57, hour=11)  # b serves the project: its silence matters


def test_rootpainters_trainer_is_waited_for_and_left_to_serve(desk) -> None:
    desk.session.pulse.rootpainter = RootPainterNews(settled=False)
    desk.session.see(0.1)
    assert not desk.trainer.running
    desk.session.pulse.rootpainter = RootPainterNews(answers=True, answered=True)
    desk.session.see(1)
    assert not desk.trainer.running
    assert headline(desk) == "Ready"
    assert "RootPainter" in desk.panel._lines["device"].text()
    desk.session.pulse.rootpainter = RootPainterNews(answered=True)  # it has fallen silent: she is asked
    desk.session.see(40)
    assert not desk.trainer.running
    assert len(desk.notices) == 1


def test_where_rootpainters_trainer_does_not_answer_ours_is_started(desk) -> None:
    desk.session.pulse.rootpainter = RootPainterNews(settled=True)
    desk.session.see(5)
    assert desk.trainer.running
