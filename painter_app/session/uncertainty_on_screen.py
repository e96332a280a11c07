"""The uncertainty map on the screen: read when it is to be seen, and again when a newer one has come."""

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.session.opening import Stamp, stamp_of
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.refused import Refused
from shared_folder.uncertainty import UncertaintyMap, read_uncertainty


class UncertaintyOnScreen(QObject):
    """The map of the open image, while the layer is shown."""

    changed = pyqtSignal(object)
    """The UncertaintyMap to show, or None."""

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self._workers = workers
        self._wanted = False
        self._open: tuple[Project, Painting] | None = None
        self._known: Stamp | None = None

    def want(self, wanted: bool) -> None:
        """Whether the layer is shown."""
        self._wanted = wanted
        self.look()

    def open(self, project: Project, painting: Painting) -> None:
        """Another image is on the screen, without a map."""
        self._open, self._known = (project, painting), None
        self.look()

    def look(self) -> None:
        """There may be another map."""
        if self._open is None or not self._wanted:
            return
        opened, known = self._open, self._known
        project, painting = opened

        def read() -> tuple[UncertaintyMap | None, Stamp | None]:
            path = project.uncertainty_path(painting.name)
            stamp = stamp_of(path)
            if stamp is None or stamp == known:
                return None, stamp
            try:
                return read_uncertainty(path, painting.opened.shape), stamp
            except (Refused, OSError):
                return None, None  # half of it has arrived, perhaps; it is looked at again

        def done(found: tuple[UncertaintyMap | None, Stamp | None]) -> None:
            if opened is not self._open or known != self._known:
                return  # she has moved on meanwhile
            if found[0] is not None:
                self._known = found[1]
                self.changed.emit(found[0])
            elif known is None:
                self.changed.emit(None)

        self._workers.submit(read, done)
