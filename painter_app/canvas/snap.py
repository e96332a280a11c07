"""Snap: a stroke that follows the nearest line of the image, such as a root, a vessel or a membrane."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shared_folder.annotation import Annotation, Patch
from shared_folder.fills import Fill
from shared_folder.flood import ReadImage
from shared_folder.labels import Labels
from shared_folder.live_wire import LiveWire, nearest
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

REACH = 150
"""Pixels around its last anchor that a wire knows."""
_ANCHOR_AT = 100
"""Pixels from the last anchor at which the way so far is kept, and a new wire begins."""
_LONGEST_WAIT = 10.0
"""Seconds for which a worker waits for a wire that is still being made; then the way goes straight."""


@dataclass(frozen=True)
class Snap:
    """Paints along the line from the press to the release, as wide as the brush."""

    label: int

    def press(
        self, annotation: Annotation, point: Point, diameter: float, read: ReadImage, _pressure: float
    ) -> tuple["SnapStroke", tuple[Rectangle, ...]]:
        return SnapStroke(annotation, point, diameter, self.label, read), ()


class SnapStroke:
    """A way that follows the pointer along the image's lines, and is painted at the end.

    Each wire is made in a thread; until it is there the way goes straight from its anchor.
    """

    remark = ""  # as a fill

    def __init__(self, annotation: Annotation, point: Point, diameter: float, label: int, read: ReadImage) -> None:
        self.label = label
        self.late: Fill | None = None
        self._annotation = annotation
        self._diameter = diameter
        self._read = read
        self._kept: list[Point] = [point]  # the last one is the anchor
        self._end = point
        self._wire = _Wire(point, annotation.shape, diameter, read)
        annotation.begin_stroke()

    @property
    def path(self) -> tuple[Point, ...]:
        return (*self._kept, *self._wire.way_to(self._end))

    @property
    def snapped(self) -> bool:
        """Whether the way follows lines up to the pointer."""
        return self._wire.ready

    def move(self, point: Point, _pressure: float) -> tuple[Rectangle, ...]:
        self._end = point
        anchor = self._kept[-1]
        if self._wire.ready and math.dist(anchor, point) > _ANCHOR_AT:
            self._kept += self._wire.way_to(point)
            self._wire = _Wire(self._kept[-1], self._annotation.shape, self._diameter, self._read)
        return ()

    def finish(self) -> Patch | None:
        if not self._wire.ready:
            self.late = self
            return self._annotation.end_stroke()
        return self._paint(self._annotation)

    def patch(self, labels: Labels, *_: object) -> Patch | None:
        """As a fill, for a worker: waits for the wire."""
        self._wire.wait(_LONGEST_WAIT)
        annotation = Annotation(labels)
        annotation.begin_stroke()
        return self._paint(annotation)

    def _paint(self, annotation: Annotation) -> Patch | None:
        before: Point | None = None
        points = self.path
        for start, end in zip((points[0], *points), points, strict=False):
            annotation.stamp(start, end, self._diameter / 2, self.label, before)
            before = start
        return annotation.end_stroke()


class _Wire:
    """The ways from one anchor, once a thread has found them."""

    def __init__(self, anchor: Point, shape: tuple[int, int], diameter: float, read: ReadImage) -> None:
        row, column = math.floor(anchor[0]), math.floor(anchor[1])
        self._part = Rectangle(row, column, row + 1, column + 1).grown(REACH).intersection(whole(shape))
        self._anchor = anchor
        self._diameter = diameter
        self._read = read
        self._found: Callable[[Point], list[Point]] | None = None
        self._thread = threading.Thread(target=self._find, daemon=True, name="live wire")
        self._thread.start()

    @property
    def ready(self) -> bool:
        return self._found is not None

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    def way_to(self, point: Point) -> list[Point]:
        """Without the anchor. Beyond its reach, and as long as nothing is found, straight."""
        return [*(self._found(point) if self._found is not None else ()), point]

    def _find(self) -> None:
        if self._part.empty:
            return
        corner = np.array((self._part.top, self._part.left))
        shape = (self._part.height, self._part.width)

        def inside(point: Point) -> tuple[int, int]:
            return nearest((point[0] - corner[0], point[1] - corner[1]), shape)

        try:
            pixels = self._read(self._part)
        except Refused:
            return  # the canvas says that this part can't be read
        wire = LiveWire(pixels, inside(self._anchor), self._diameter)

        def found(point: Point) -> list[Point]:
            return [(float(row), float(column)) for row, column in wire.path(inside(point))[1:] + corner]

        self._found = found
