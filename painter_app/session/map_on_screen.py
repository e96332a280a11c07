"""A map of the open image (its uncertainty, its probabilities): read when it is to be seen, and again when a newer
one has come."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.session.opening import Stamp, stamp_of
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.refused import Refused

_Found = tuple[Any, Stamp | None]


class MapOnScreen(QObject):
    """path_of: a map's file. read: reads it for an image; refuses what isn't a whole map of that image."""

    changed = pyqtSignal(object)
    """The map to show, or None."""

    def __init__(
        self,
        workers: Workers,
        path_of: Callable[[Project, str], Path],
        read: Callable[[Path, Painting], object],
    ) -> None:
        super().__init__()
        self._workers = workers
        self._path_of = path_of
        self._read = read
        self.wanted = False
        """Whether it is shown."""
        self._open: tuple[Project, Painting] | None = None
        self._known: Stamp | None = None
        self._told_none = False

    def want(self, wanted: bool) -> None:
        """Read it from now on, or no more."""
        self.wanted = wanted
        self.look()

    def open(self, project: Project, painting: Painting) -> None:
        """Another image is on the screen, without a map."""
        self._open, self._known, self._told_none = (project, painting), None, False
        self.look()

    def look(self) -> None:
        """There may be another map."""
        if self._open is None or not self.wanted:
            return
        opened, known = self._open, self._known
        project, painting = opened

        def find() -> _Found:
            path = self._path_of(project, painting.name)
            stamp = stamp_of(path)
            if stamp is None or stamp == known:
                return None, stamp
            try:
                return self._read(path, painting), stamp
            except (Refused, OSError):
                return None, None  # half of it has arrived, perhaps; it is looked at again

        def done(found: _Found) -> None:
            if opened is not self._open or known != self._known:
                return  # she has moved on meanwhile
            if found[0] is not None:
                self._known, self._told_none = found[1], False
                self.changed.emit(found[0])
            elif known is None and not self._told_none:
                self._told_none = True
                self.changed.emit(None)

        self._workers.submit(find, done)
