"""The desk of "Where it comes from": finds the picture that the open tile was cut from, and goes along."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from painter_app.datasets.sources import open_source, source_folder
from painter_app.dialogs.source_window import SourceWindow
from painter_app.language import tr
from painter_app.notices import Notice, in_words
from painter_app.session.session import Session
from painter_app.settings import SettingsFile
from painter_app.words import source_sentence
from painter_app.workers import Workers
from shared_folder.frames import Pages
from shared_folder.images import ImageFile
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle

_Asked = tuple[Path | None, str, Pages]
"""Folder, path in it and pages of a picture."""


class SourceDesk(QObject):
    """window: the small window's parent. While that is closed nothing is opened."""

    noticed = pyqtSignal(object)

    def __init__(self, window: QWidget, session: Session, workers: Workers, settings: SettingsFile) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._workers = workers
        self._settings = settings
        self.dialog: SourceWindow | None = None  # none while it is closed
        self._asked: _Asked | None = None  # the picture that is shown or being opened
        self._opened = False  # whether it is shown
        session.image_shown.connect(self._follow)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"image_context": self.toggle}

    def toggle(self) -> None:
        """Show where the open image comes from, or close that: a tile's picture in a window, else a sentence."""
        project, name = self._session.project, self._session.image_name
        if self.dialog is not None:
            self.dialog.close()
        elif project is not None and name is not None:
            source = project.sources.get(name)
            if source is None or source.rectangle is None:
                self.noticed.emit(Notice(source_sentence(name, source)))
            else:
                self._open_window()

    def _open_window(self) -> None:
        self.dialog = SourceWindow(self._window)
        self.dialog.folder_wanted.connect(self._choose_folder)
        self.dialog.finished.connect(self._closed)
        self.dialog.view.damaged.connect(self._failed)
        self.dialog.show()
        self._follow()

    def _closed(self) -> None:
        self.dialog, self._asked = None, None

    def _follow(self) -> None:
        """Show the open image's tile."""
        project, name = self._session.project, self._session.image_name
        if self.dialog is None or project is None or name is None:
            return
        source = project.sources.get(name)
        if source is None or source.rectangle is None:
            self._asked = None
            self.dialog.tell(source_sentence(name, source), missing=False)
            return
        folder = self._folder_of(project)
        asked = folder, source.path, source.pages
        tile, sentence = Rectangle(*source.rectangle), source_sentence(name, source)
        if asked == self._asked and self._opened:
            self.dialog.show_tile(tile, sentence)
            return
        self._asked, self._opened = asked, False
        done = partial(self._found, asked, tile, sentence)
        failed = partial(self._not_found, asked)
        self._workers.submit(lambda: open_source(folder, source), done, failed, urgent=True)

    def _found(self, asked: _Asked, tile: Rectangle, sentence: str, image: ImageFile) -> None:
        if self.dialog is not None and asked is self._asked:  # else she has moved on
            self._opened = True
            self.dialog.show_picture(image, tile, sentence)

    def _not_found(self, asked: _Asked, error: Exception) -> None:
        if asked is self._asked:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._opened = False
        if self.dialog is not None:
            self.dialog.tell(in_words(error), missing=True)

    def _folder_of(self, project: Project) -> Path | None:
        root = self._settings.now.roots().get(project.settings.image_root)
        known = self._settings.now.source_folders.get(str(project.folder.file))
        return root or (Path(known) if known else None)

    def _choose_folder(self) -> None:
        project, name = self._session.project, self._session.image_name
        source = project.sources.get(name or "") if project is not None else None
        if project is None or source is None:
            return
        chosen = QFileDialog.getExistingDirectory(
            self.dialog, tr("The folder that {file} is in").format(file=source.path)
        )
        if chosen:
            self._workers.submit(
                lambda: source_folder(Path(chosen), source), partial(self._chosen, project), self._failed
            )

    def _chosen(self, project: Project, folder: Path) -> None:
        self._settings.remember_source(project.folder.file, folder)
        self._workers.submit_in_order(self._settings.save, lambda _: None)
        self._follow()
