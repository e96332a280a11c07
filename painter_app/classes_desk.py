"""The classes' desk: wires the dialog that changes them with the project's file and with what shows them."""

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from painter_app.canvas_desk import CanvasDesk
from painter_app.dialogs.classes import ClassesDialog
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.session import Session
from painter_app.workers import Workers
from shared_folder.class_changes import Classes, change_classes
from shared_folder.project import Project, ProjectSettings, read_settings


class ClassesDesk(QObject):
    """Changes the classes of the open project."""

    noticed = pyqtSignal(object)

    def __init__(self, window: QWidget, session: Session, workers: Workers, canvas_desk: CanvasDesk) -> None:
        super().__init__()
        self._window = window
        self._session = session
        self._workers = workers
        self._dialog: ClassesDialog | None = None  # while it is open
        session.classes_changed.connect(canvas_desk.follow_classes)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"classes": self.edit}

    def edit(self) -> None:
        """Show the classes as the project's file holds them now."""
        project = self._session.project
        if project is None:
            return
        if project.read_only:
            self.noticed.emit(Notice(project.read_only, Weight.ERROR))
            return
        self._workers.submit_in_order(
            lambda: read_settings(project.folder), partial(self._open, project), self._refused
        )

    def _open(self, asked: Project, settings: ProjectSettings) -> None:
        project = self._session.project
        if project is None or project.folder != asked.folder or self._dialog is not None:
            return
        self._dialog = ClassesDialog(settings.classes, project.file.brushloop is None, self._window)
        self._dialog.wanted.connect(partial(self._save, project, self._dialog))
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _save(self, project: Project, dialog: ClassesDialog, before: Classes, wanted: Classes) -> None:
        self._workers.submit_in_order(
            lambda: change_classes(project, before, wanted),
            partial(self._saved, dialog),
            partial(self._failed, dialog),
        )

    def _saved(self, dialog: ClassesDialog, project: Project) -> None:
        self._session.take_settings(project)
        if dialog is self._dialog:
            dialog.saved()

    def _failed(self, dialog: ClassesDialog, error: Exception) -> None:
        if dialog is self._dialog:
            dialog.refuse(in_words(error))
        else:
            self._refused(error)

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))
