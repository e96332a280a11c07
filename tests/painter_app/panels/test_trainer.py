from PyQt6.QtWidgets import QCheckBox, QLabel, QProgressBar, QPushButton

from painter_app.panels.curve import Curve
from painter_app.panels.trainer import TrainerPanel
from shared_folder.status import Doing, ProjectStatus, TrainerStatus


def shown_texts(panel: TrainerPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))


def button(panel: TrainerPanel, text: str) -> QPushButton:
    return next(found for found in panel.findChildren(QPushButton) if text in found.text())


def test_status_comes_through_without_an_echo(qtbot):
    panel = TrainerPanel("1.0")
    qtbot.addWidget(panel)
    toggles: list[bool] = []
    panel.learning_toggled.connect(toggles.append)
    project = ProjectStatus(
        project="projects/p", doing=Doing.LEARNING, progress=0.4, score=0.7, scores=((10, 0.5), (20, 0.7))
    )
    trainer = TrainerStatus(version="1.0", device="CPU")
    panel.set_status(trainer, project, alive=True, silent_since=None, learning=False)
    panel.set_status(trainer, project, alive=True, silent_since=None, learning=True)
    assert toggles == []
    assert "Dice on the parts you corrected: 0.70" in shown_texts(panel)
    assert panel.findChild(QProgressBar).value() == 40
    assert panel.findChild(Curve).isVisibleTo(panel)
    assert "0.70" in panel.findChild(Curve).accessibleDescription()
    assert not button(panel, "computer").isVisibleTo(panel)


def test_the_users_choices_are_signals(qtbot):
    panel = TrainerPanel("1.0")
    qtbot.addWidget(panel)
    panel.set_status(None, None, alive=False, silent_since=None, learning=True)
    with qtbot.waitSignal(panel.start_requested):
        button(panel, "computer").click()
    with qtbot.waitSignal(panel.log_requested):
        button(panel, "lo&g").click()
    with qtbot.waitSignal(panel.learning_toggled) as toggled:
        panel.findChild(QCheckBox).click()
    assert toggled.args == [False]


def test_markup_in_a_status_stays_text(qtbot):
    panel = TrainerPanel("1.0")
    qtbot.addWidget(panel)
    trainer = TrainerStatus(version="1.0", error="<img src='file:///etc/passwd'>")
    panel.set_status(trainer, None, alive=True, silent_since=None, learning=True)
    assert "<img" in shown_texts(panel)
    assert all(label.textFormat().name == "PlainText" for label in panel.findChildren(QLabel))
