"""Fills: strokes that cover an area at once: a polygon, a region of the mask, what it has right, the whole image.

Each is a value; `patch` lays it on labels and says what that changed. All cost the area that they cover.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from shared_folder.annotation import Annotation, Patch, corrected
from shared_folder.classes import BACKGROUND, UNKNOWN
from shared_folder.labels import Labels, Pixels
from shared_folder.merging import UNMERGED, MergeTable
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

MOST_SIDE = 8192
"""Pixels along a region's side: looking for the end of a larger one would take seconds."""
_FIRST_SIDE = 512
_STRIP = 256  # rows
_EIGHT = np.ones((3, 3), bool)


class Fill(Protocol):
    """Something that covers an area."""

    @property
    def remark(self) -> str:
        """What to say once it is laid; mostly nothing."""
        ...

    def patch(self, labels: Labels, mask: Labels | None, counts_as: MergeTable = UNMERGED, /) -> Patch | None:
        """Lay it on labels, which change. mask: the one on the screen. counts_as: by the classes' merges.

        Returns what changed, None for nothing.

        Raises Refused, with a sentence for the user, where it can't be done.
        """
        ...


@dataclass(frozen=True)
class PolygonFill:
    """All pixels whose centres lie inside a closed polygon get a label."""

    points: tuple[Point, ...]
    label: int
    remark = ""

    def patch(self, labels: Labels, *_: object) -> Patch | None:
        annotation = Annotation(labels)
        annotation.begin_stroke()
        for part, inside in polygon_strips(self.points, labels.shape):
            annotation.paint(part, self.label, inside)
        return annotation.end_stroke()


@dataclass(frozen=True)
class RegionFill:
    """All of the region under a point gets a label: a wrong blob becomes background, a hole is filled.

    The region is what hangs together in the mask with the annotation laid over it. One that has the label already
    becomes background. With UNKNOWN, what was painted there in one piece is taken back.
    """

    point: Point
    label: int
    remark = ""

    def patch(self, labels: Labels, mask: Labels | None, counts_as: MergeTable = UNMERGED) -> Patch | None:
        row, column = int(self.point[0]), int(self.point[1])
        pixel = Rectangle(row, column, row + 1, column + 1)
        if pixel.intersection(whole(labels.shape)) != pixel or min(self.point) < 0:
            raise Refused("That is beside the image.")

        def shown(part: Rectangle) -> Pixels:
            painted = labels.read(part)
            if mask is None or self.label == UNKNOWN:
                return counts_as[painted]
            return counts_as[corrected(mask.read(part), painted)]

        found = int(shown(pixel)[0, 0])
        if found == UNKNOWN:
            nothing = "Nothing is painted here." if self.label == UNKNOWN else "There is no mask here yet."
            raise Refused(nothing)
        label = BACKGROUND if self.label == found else self.label
        if label == found:
            raise Refused("This is background already. Choose the class that it is.")
        part, inside = _region(shown, labels.shape, (row, column), found)
        if found == BACKGROUND and label > BACKGROUND and _at_edge(part, inside, labels.shape):
            raise Refused("This background reaches the image's edge, so it is no hole. Paint it, or draw around it.")
        annotation = Annotation(labels)
        annotation.begin_stroke()
        annotation.paint(part, label, inside)
        return annotation.end_stroke()


@dataclass(frozen=True)
class RightFill:
    """The mask is right inside a closed polygon: what nobody painted there is labelled as the mask says."""

    points: tuple[Point, ...]
    remark = ""

    def patch(self, labels: Labels, mask: Labels | None, counts_as: MergeTable = UNMERGED) -> Patch | None:
        if mask is None:
            raise Refused("There is no mask yet that could be right.")
        annotation = Annotation(labels)
        annotation.begin_stroke()
        for part, inside in polygon_strips(self.points, labels.shape):
            says = counts_as[mask.read(part)]
            open_here = inside & (labels.read(part) == UNKNOWN)
            for label in np.unique(says[open_here]).tolist():
                if label != UNKNOWN:
                    annotation.paint(part, label, open_here & (says == label))
        return annotation.end_stroke()


@dataclass(frozen=True)
class WholeFill:
    """The whole image gets a label. Costs the number of its tiles."""

    label: int
    remark = ""

    def patch(self, labels: Labels, *_: object) -> Patch | None:
        annotation = Annotation(labels)
        annotation.begin_stroke()
        annotation.paint(whole(labels.shape), self.label)
        return annotation.end_stroke()


def corners(rectangle: Rectangle) -> tuple[Point, ...]:
    """A rectangle as a polygon."""
    top, left, bottom, right = (float(edge) for edge in rectangle)
    return (top, left), (top, right), (bottom, right), (bottom, left)


def polygon_strips(points: Sequence[Point], shape: tuple[int, int]) -> Iterator[tuple[Rectangle, NDArray[np.bool_]]]:
    """The pixels of an image whose centres lie inside a closed polygon, in rectangles of some rows each, (h, w).

    Inside by the even-odd rule: a ray to the left of it crosses the outline an odd number of times.
    """
    outline = np.array(points, np.float64).reshape(-1, 2)
    if len(outline) < 3:
        return
    low, high = np.floor(outline.min(0)).astype(int), np.ceil(outline.max(0)).astype(int)
    bounds = Rectangle(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1).intersection(whole(shape))
    if bounds.empty:
        return
    for top in range(bounds.top, bounds.bottom, _STRIP):
        part = bounds._replace(top=top, bottom=min(top + _STRIP, bounds.bottom))
        inside = _inside_polygon(outline, part)
        if inside.any():
            yield part, inside


def _inside_polygon(outline: NDArray[np.float64], part: Rectangle) -> NDArray[np.bool_]:
    """outline: (n, 2) rows and columns."""
    begin, end = outline, np.roll(outline, -1, axis=0)
    upper = np.minimum(begin[:, 0], end[:, 0]) - 0.5
    lower = np.maximum(begin[:, 0], end[:, 0]) - 0.5
    # The rows whose middle an edge crosses. Its upper end counts, its lower end doesn't, so that corners count once.
    first = np.ceil(upper).astype(int).clip(part.top, part.bottom)
    past = np.ceil(lower).astype(int).clip(part.top, part.bottom)
    edges = np.repeat(np.arange(len(outline)), past - first)
    starts = np.repeat(np.cumsum(past - first) - (past - first), past - first)
    rows = first[edges] + np.arange(len(edges)) - starts
    slope = (end[edges, 1] - begin[edges, 1]) / (end[edges, 0] - begin[edges, 0])
    crossed = begin[edges, 1] + (rows + 0.5 - begin[edges, 0]) * slope
    # From the first pixel whose centre is right of a crossing on, inside and outside change places.
    columns = (np.ceil(crossed - 0.5).astype(int) - part.left).clip(0, part.width)
    turns = np.zeros((part.height, part.width + 1), np.uint8)
    np.add.at(turns, (rows - part.top, columns), 1)
    inside: NDArray[np.bool_] = np.cumsum(turns, axis=1, dtype=np.uint8)[:, :-1] % 2 == 1
    return inside


class _Shown(Protocol):
    def __call__(self, part: Rectangle, /) -> Pixels: ...


def _region(
    shown: _Shown, shape: tuple[int, int], pixel: tuple[int, int], label: int
) -> tuple[Rectangle, NDArray[np.bool_]]:
    """What hangs together with a pixel: a rectangle around it, and its pixels (h, w).

    Things hang together by their corners too, as thin roots do; background only by its sides, or it would leak
    through them.
    """
    half = _FIRST_SIDE // 2
    while True:
        around = Rectangle(pixel[0] - half, pixel[1] - half, pixel[0] + half, pixel[1] + half)
        part = around.intersection(whole(shape))
        seed = (pixel[0] - part.top, pixel[1] - part.left)
        parts, _ = ndimage.label(shown(part) == label, None if label == BACKGROUND else _EIGHT)
        inside: NDArray[np.bool_] = parts == parts[seed]
        if not _leaves(part, inside, shape):
            return part, inside
        if 2 * half >= MOST_SIDE:
            raise Refused(f"This region is larger than {MOST_SIDE:,} pixels. Paint it, or draw around it.")
        half *= 2


def _sides(part: Rectangle, inside: NDArray[np.bool_], shape: tuple[int, int]) -> Iterator[tuple[bool, bool]]:
    """For each side of a rectangle: whether it is the image's, and whether the region touches it."""
    yield part.top == 0, bool(inside[0].any())
    yield part.bottom == shape[0], bool(inside[-1].any())
    yield part.left == 0, bool(inside[:, 0].any())
    yield part.right == shape[1], bool(inside[:, -1].any())


def _leaves(part: Rectangle, inside: NDArray[np.bool_], shape: tuple[int, int]) -> bool:
    return any(touched and not at_edge for at_edge, touched in _sides(part, inside, shape))


def _at_edge(part: Rectangle, inside: NDArray[np.bool_], shape: tuple[int, int]) -> bool:
    return any(touched and at_edge for at_edge, touched in _sides(part, inside, shape))
