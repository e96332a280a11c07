"""The trainer's desk: what its panel shows, learning on and off, and this window's own trainer."""

import socket
from collections.abc import Callable, Mapping

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QAction, QDesktopServices

from painter_app.actions import show_checked
from painter_app.language import tr
from painter_app.local_trainer import MISSING, LocalTrainer, trainer_installed
from painter_app.marking import marked
from painter_app.notices import Answer, Notice, Weight
from painter_app.panels.trainer import TrainerPanel
from painter_app.session.session import Session
from painter_app.session.trainer_pulse import PATIENCE_SECONDS, TrainerPulse
from painter_app.settings import SettingsFile
from shared_folder.project import Project

_QUESTION = marked("No trainer has been seen at work on this folder for half a minute. Start one on this computer?")


class TrainerDesk(QObject):
    """Starts a trainer at once in a new folder; asks where another machine has served it before. Where RootPainter's
    trainer answers, that one serves.

    starts: whether this window starts trainers by itself.
    """

    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)

    def __init__(
        self, session: Session, trainer: LocalTrainer, settings: SettingsFile, panel: TrainerPanel, starts: bool
    ) -> None:
        super().__init__()
        self._session = session
        self._trainer = trainer
        self._settings = settings
        self._panel = panel
        self._starts = starts
        self._settled = False  # whether the question of a trainer for this folder has been dealt with
        self._died = False  # whether this window's own trainer ended without being asked to
        self._learning: QAction | None = None
        session.trainers_changed.connect(self._look)
        trainer.ended.connect(self._trainer_died)
        panel.learning_toggled.connect(self.set_learning)
        panel.start_requested.connect(self.start)
        panel.log_requested.connect(self.show_log)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"learning": self.set_learning, "start_trainer": self.start, "trainer_log": self.show_log}

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        self._learning = actions["learning"]
        self._show_learning()

    def open(self, project: Project) -> None:
        """A project was opened: its folder may need a trainer. One that serves another folder ends."""
        if self._trainer.folder is not None and self._trainer.folder != project.shared.root:
            self._trainer.stop()
        self._settled = self._trainer.running
        self._show_learning()

    def set_learning(self, wanted: bool) -> None:
        self._session.set_learning(wanted)
        self._show_learning()
        self._show()

    def start(self) -> None:
        """Start a trainer on this computer for the open project's folder."""
        project = self._session.project
        if project is None:
            return
        self._settled = True
        self.notice_withdrawn.emit(tr(_QUESTION))
        if not trainer_installed():
            self.noticed.emit(Notice(tr(MISSING), Weight.ERROR))
            return
        self._died = False
        now = self._settings.now
        self._trainer.start(project.shared.root, now.painter, now.image_roots)
        self._show()

    def restart(self) -> None:
        """This computer's trainer learns anew where images lie, if there is one."""
        if self._trainer.running:
            self._trainer.stop()
            self.start()

    def show_log(self) -> None:
        """Open the log of this computer's trainer, or the one that the trainer shares."""
        pulse, project = self._session.pulse, self._session.project
        if pulse is None or project is None:
            return
        shared = project.shared.trainer_log(pulse.news().trainer_id or "trainer")
        log = next((path for path in (shared, self._trainer.log) if path.is_file()), None)
        if log is None:
            self.noticed.emit(Notice(tr("There is no log yet: no trainer has written one.")))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(log)))

    def _look(self, pulse: TrainerPulse) -> None:
        self._show()
        if not self._starts or not pulse.looked or not pulse.rootpainter.settled:
            return
        if pulse.any_moved() or pulse.rootpainter.answers:
            self._settled = self._died  # should it fall silent, the question comes up anew
        elif self._settled:
            return
        elif not (
            pulse.rootpainter.answered or pulse.served_by_others(socket.gethostname(), self._settings.now.painter)
        ):
            if not pulse.news().alive:  # else another window of hers may have one at work
                self.start()
        elif pulse.watched_seconds() > PATIENCE_SECONDS:
            self._settled = True
            answers = (Answer(tr("Start one here"), self.start), Answer(tr("Not now"), lambda: None))
            self.noticed.emit(Notice(tr(_QUESTION), Weight.QUESTION, answers))

    def _show(self) -> None:
        pulse = self._session.pulse
        if pulse is None:
            return
        news = pulse.news()
        if self._trainer.running and not pulse.any_moved():
            self._panel.show_starting(self._session.learning)
            return
        if pulse.rootpainter.answers:
            self._panel.show_rootpainter(pulse.rootpainter, self._session.learning)
            return
        status = news.trainer
        ours = status is not None and (status.host, status.window) == (
            socket.gethostname(),
            self._settings.now.painter,
        )
        if status is not None and ours and self._died:
            status = status.model_copy(update={"ended": True})
        self._panel.set_status(
            status,
            news.project,
            alive=news.alive,
            silent_since=news.silent_since,
            learning=self._session.learning,
        )

    def _trainer_died(self, sentence: str) -> None:
        self._died = self._settled = True
        self.noticed.emit(Notice(sentence, Weight.ERROR))
        self._show()

    def _show_learning(self) -> None:
        if self._learning is not None:
            show_checked(self._learning, self._session.learning)
