"""The mask on the screen: which one is shown, and when a better one may take its place."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.language import tr
from painter_app.marking import marked
from painter_app.notices import Notice
from painter_app.session.opening import FoundMask, newest_mask
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.segmentation import Segmentation

REST_SECONDS = 1.0
"""How long the pointer rests before a better model's mask replaces the one that she looks at."""
_LOOK_MILLISECONDS = 100
_NOTHING_NEWER = marked("No newer mask of this image has been made yet; it shows here as soon as it is there.")


class MaskOnScreen(QObject):
    """The mask of the open image. rest_seconds: how long the user hasn't touched the canvas."""

    changed = pyqtSignal(object, bool)
    """The Segmentation (or None) to show, and whether to mark what it changes."""

    noticed = pyqtSignal(object)

    def __init__(self, workers: Workers, rest_seconds: Callable[[], float]) -> None:
        super().__init__()
        self._workers = workers
        self._rest_seconds = rest_seconds
        self._painting: Painting | None = None
        self._better: FoundMask | None = None  # waits for the pointer to rest
        self.shown: Segmentation | None = None
        self.locked = False
        self.newest = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._try_better)

    def open(self, painting: Painting | None) -> None:
        """Another image is open, or none; its own mask is on the screen."""
        self._painting = painting
        self._better, self.locked, self.newest = None, False, False
        self._timer.stop()
        mask = painting.opened.mask if painting is not None else None
        self.shown = mask.segmentation if mask is not None else None

    def arrived(self, found: FoundMask) -> None:
        """A mask of the open image is there: shown now if there was none, later if it replaces one, else kept away
        from an image that she is correcting."""
        painting = self._painting
        if painting is None or found.segmentation is None:
            return
        if self.shown is None or self.newest:
            self._show(found.segmentation, mark=self.shown is not None)
        elif painting.untouched:
            self._better = found
            self._timer.start()

    def set_locked(self, locked: bool) -> None:
        """Keep the mask as it is, whatever arrives; unlocked, what has arrived is shown."""
        self.locked = locked

    def show_newest(self, project: Project, newest: bool) -> None:
        """Show what the newest model says instead of the mask that was corrected, or that again."""
        painting = self._painting
        if painting is None:
            return
        self.newest = newest
        if newest:
            self._workers.submit(
                lambda: newest_mask(project, painting.name, painting.opened.shape),
                lambda found: self._newest_read(painting, found),
                urgent=True,
            )
        elif painting.opened.mask is not None:
            self._show(painting.opened.mask.segmentation, mark=True)

    def _newest_read(self, painting: Painting, found: FoundMask | None) -> None:
        if painting is not self._painting or not self.newest:
            return
        newest = found.segmentation if found is not None else None
        if newest is None or (self.shown is not None and newest.model == self.shown.model):
            self.noticed.emit(Notice(tr(_NOTHING_NEWER)))
        else:
            self._show(newest, mark=True)

    def _try_better(self) -> None:
        painting, better = self._painting, self._better
        if painting is None or better is None or not painting.untouched:
            self._better = None
            self._timer.stop()
        elif not self.locked and self._rest_seconds() >= REST_SECONDS:
            self._better = None
            self._timer.stop()
            self._show(better.segmentation, mark=True)

    def _show(self, segmentation: Segmentation | None, mark: bool) -> None:
        self.shown = segmentation
        self.changed.emit(segmentation, mark)
