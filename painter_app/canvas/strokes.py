"""Strokes: painting without a screen. The stroke in hand, and those that can be undone."""

import math
from collections.abc import Sequence

from painter_app.canvas.history import History
from painter_app.canvas.tools import Gesture, PaintingTool
from shared_folder.annotation import Annotation, Patch
from shared_folder.classes import BACKGROUND, UNKNOWN
from shared_folder.fills import Fill
from shared_folder.flood import ReadImage
from shared_folder.labels import LabelSource
from shared_folder.rectangle import Rectangle, whole
from shared_folder.sweeps import Point


class Strokes:
    """Strokes on one annotation at a time. Rectangles are those of the image that may have changed."""

    def __init__(self) -> None:
        self.history = History()
        self.annotation: Annotation | None = None  # none while nothing can be painted
        self.late: Fill | None = None
        """What of the last stroke is still to be found, by a worker."""
        self.erased_mask_only = False  # whether the last stroke erased where only the mask has something
        self._gesture: Gesture | None = None
        self._mask: LabelSource | None = None  # what was shown when the stroke in hand began, if any
        self._over_mask = False

    @property
    def in_hand(self) -> bool:
        return self._gesture is not None

    @property
    def label(self) -> int | None:
        """What the stroke in hand paints."""
        return self._gesture.label if self._gesture is not None else None

    @property
    def path(self) -> Sequence[Point]:
        """What is to be seen of the stroke in hand while nothing is painted yet."""
        return self._gesture.path if self._gesture is not None else ()

    def open(self, annotation: Annotation | None) -> None:
        """Another image's annotation; finish the stroke in hand before."""
        self.annotation = annotation
        self.history.clear()

    def begin(
        self,
        tool: PaintingTool,
        point: Point,
        diameter: float,
        mask: LabelSource | None,
        read: ReadImage,
        pressure: float = 1.0,
    ) -> tuple[Rectangle, ...]:
        """Press a tool down.

        diameter: of the brush, in image pixels. mask: the one on the screen. read: of the image. pressure: of the
        pen, 0 to 1; 1 where that doesn't size the brush.

        Raises ValueError while there is no annotation.
        """
        if self.annotation is None:
            raise ValueError("there is no annotation to paint on")
        self._gesture, changed = tool.press(self.annotation, point, diameter, read, pressure)
        self._mask, self._over_mask = mask, False
        self._look_at_mask(point)
        return changed

    def move(self, point: Point, pressure: float = 1.0) -> tuple[Rectangle, ...]:
        if self._gesture is None:
            return ()
        self._look_at_mask(point)
        return self._gesture.move(point, pressure)

    def finish(self) -> Patch | None:
        """The patch of the stroke in hand, now in the history; None if there is none or it changed nothing."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return None
        patch = gesture.finish()
        self.late = gesture.late
        self.erased_mask_only = patch is None and self._over_mask
        if patch is not None:
            self.history.push(patch)
        return patch

    def drop(self) -> None:
        """Let go of a stroke in hand that has painted nothing yet."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and self.annotation is not None:
            self.annotation.end_stroke()

    def lay(self, stroke: Patch) -> None:
        """Lay down a whole stroke that was made elsewhere."""
        if self.annotation is not None:
            self.annotation.redo(stroke)
            self.history.push(stroke)

    def undo(self) -> Patch | None:
        """Take back the newest stroke."""
        patch = self.history.undo()
        if patch is not None and self.annotation is not None:
            self.annotation.undo(patch)
        return patch

    def redo(self) -> Patch | None:
        """Lay down again the stroke undone last."""
        patch = self.history.redo()
        if patch is not None and self.annotation is not None:
            self.annotation.redo(patch)
        return patch

    def _look_at_mask(self, point: Point) -> None:
        if self.label != UNKNOWN or self._mask is None or self._over_mask:
            return
        here = whole((1, 1)).shifted(math.floor(point[0]), math.floor(point[1]))
        if here.intersection(whole(self._mask.shape)) == here:
            self._over_mask = bool(self._mask.read(here)[0, 0] > BACKGROUND)
