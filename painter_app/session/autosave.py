"""Autosave: the open image's strokes go to the shared folder while she paints, so that learning needn't wait."""

import time
from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.session.painting import Painting
from painter_app.session.saving import Saver
from shared_folder.annotation_files import StoredAnnotation

AUTOSAVE_SECONDS = 5.0
"""From the first stroke to the first save, and from one save to the next."""
_MOST_SAVING = 0.1  # share of the time that saves may take: those of huge images come less often
_PRESSED_SECONDS = 0.2  # a stroke in hand is waited for


class Autosave(QObject):
    """Saves at most one Painting, in the background and without a word. clock: seconds, monotonic."""

    filed = pyqtSignal(object)
    """The Painting of an image that had no annotation file and has one now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._painting: Painting | None = None
        self._saver: Saver | None = None
        self._person = ""
        self._due_at: float | None = None  # None until the first stroke
        self._saving = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)

    def open(self, painting: Painting, saver: Saver, person: str) -> None:
        """Another image is open."""
        self._painting, self._saver, self._person = painting, saver, person
        self._due_at, self._saving = None, False

    def leave(self) -> None:
        """The image is about to be saved for good, or needs no save."""
        self._painting = None
        self._timer.stop()

    def strokes_changed(self) -> None:
        """A stroke was laid, or taken back."""
        if self._due_at is None:
            self._due_at = self._clock() + AUTOSAVE_SECONDS
        if not self._saving and not self._timer.isActive():
            self._wait(self._due_at - self._clock())

    def _save(self) -> None:
        painting, saver = self._painting, self._saver
        if painting is None or saver is None or not painting.unsaved:
            return
        if painting.annotation.painting:
            self._wait(_PRESSED_SECONDS)
            return
        self._saving, began = True, self._clock()
        saver.save_meanwhile(
            painting,
            self._person,
            partial(self._written, painting, began),
            partial(self._ended, painting, began),
        )

    def _written(self, painting: Painting, began: float, strokes: int, stored: StoredAnnotation | None) -> None:
        if painting is self._painting:  # else its journal is closed
            was_filed = painting.filed
            painting.saved(strokes, stored)
            if painting.filed and not was_filed:
                self.filed.emit(painting)
        self._ended(painting, began)

    def _ended(self, painting: Painting, began: float) -> None:
        if painting is not self._painting:
            return
        now = self._clock()
        self._saving = False
        self._due_at = max(began + AUTOSAVE_SECONDS, now + (now - began) * (1 / _MOST_SAVING - 1))
        if painting.unsaved:
            self._wait(self._due_at - now)

    def _wait(self, seconds: float) -> None:
        self._timer.start(max(0, round(1000 * seconds)))
