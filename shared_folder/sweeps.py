"""Sweeps: which pixels the round brush covers on its way from one point to the next."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared_folder.rectangle import Rectangle

Point = tuple[float, float]
"""Row and column in image pixels; the centre of the first pixel is (0.5, 0.5)."""


class Disc(NamedTuple):
    """The brush at one point of a stroke. radius: in image pixels."""

    centre: Point
    radius: float


_STRIP = 64
"""Rows of a stamp that are painted at once: a crescent's parts fill little of the rectangle around all of it."""


def swept_disc(bounds: Rectangle, start: Point, end: Point, radius: float) -> NDArray[np.bool_]:
    """Pixels (h, w) of `bounds` whose centres are within radius of the segment from start to end."""
    return _inside(*_swept_runs(bounds, Disc(start, radius), Disc(end, radius)), bounds.width)


def newly_swept(
    bounds: Rectangle, start: Disc, end: Disc, before: Disc | None
) -> Iterator[tuple[Rectangle, NDArray[np.bool_]]]:
    """Pixels whose centres lie in a disc that moves and grows evenly from start to end, and the one under the end.

    bounds: inside the image; holds both discs' pixels there. before: from where the disc moved to the start; what
    that held is left out. Yields rectangles and the pixels (h, w) in each.
    """
    start, end = _seen(start), _seen(end)
    runs = _swept_runs(bounds, start, end)
    _add_pixel(runs, bounds, end.centre)
    sides = [runs] if before is None else _beside(runs, _swept_runs(bounds, _seen(before), start))
    for side in sides:
        yield from _filled_strips(bounds, *side)


def _seen(disc: Disc) -> Disc:
    return disc if disc.radius >= 0.5 else disc._replace(radius=0.5)


def around(disc: Disc) -> Rectangle:
    """The pixels that a disc may touch, the one under its centre included."""
    (row, column), radius = _seen(disc)
    top, left = math.floor(row - radius), math.floor(column - radius)
    return Rectangle(top, left, math.ceil(row + radius) + 1, math.ceil(column + radius) + 1)


_Columns = NDArray[np.int32]
_Runs = tuple[_Columns, _Columns]
"""First and last column of each row, from the left of some bounds; none where the last comes before the first."""


def _swept_runs(bounds: Rectangle, start: Disc, end: Disc) -> _Runs:
    """A disc swept from start to end by rows.

    It is convex, so that each row of pixels holds one run of it: from the leftmost to the rightmost point of the
    discs at both ends and of the two tangents that join them.
    """
    rows = np.arange(bounds.top, bounds.bottom, dtype=np.float64) + 0.5
    runs = [_disc_run(rows, start), _disc_run(rows, end), *_tangent_runs(rows, start, end)]
    lefts, rights = zip(*runs, strict=True)
    first = np.ceil(np.minimum.reduce(lefts) - bounds.left - 0.5).clip(0, bounds.width).astype(np.int32)
    last = np.floor(np.maximum.reduce(rights) - bounds.left - 0.5).clip(-1, bounds.width - 1).astype(np.int32)
    return first, last


def _add_pixel(runs: _Runs, bounds: Rectangle, point: Point) -> None:
    """Let the run of a point's row reach the pixel under the point, which lies in it or beside it."""
    row, column = math.floor(point[0]) - bounds.top, math.floor(point[1]) - bounds.left
    if 0 <= row < bounds.height and 0 <= column < bounds.width:
        first, last = runs
        first[row], last[row] = min(first[row], column), max(last[row], column)


def _beside(runs: _Runs, covered: _Runs) -> list[_Runs]:
    """What is left of runs at either side of others."""
    none = covered[0] > covered[1]
    left = runs[0], np.where(none, runs[1], np.minimum(runs[1], covered[0] - 1))
    right = np.where(none, runs[1] + 1, np.maximum(runs[0], covered[1] + 1)), runs[1]
    return [left, right]


def _filled_strips(
    bounds: Rectangle, first: _Columns, last: _Columns
) -> Iterator[tuple[Rectangle, NDArray[np.bool_]]]:
    """Rectangles that hold all of some runs, and the pixels (h, w) of the runs in each."""
    for begin in range(0, bounds.height, _STRIP):
        rows = begin + np.flatnonzero(first[begin : begin + _STRIP] <= last[begin : begin + _STRIP])
        if len(rows):
            top, bottom = int(rows[0]), int(rows[-1]) + 1
            left, right = int(first[rows].min()), int(last[rows].max()) + 1
            part = Rectangle(top, left, bottom, right).shifted(bounds.top, bounds.left)
            yield part, _inside(first[top:bottom] - left, last[top:bottom] - left, right - left)


def _inside(first: _Columns, last: _Columns, width: int) -> NDArray[np.bool_]:
    columns = np.arange(width, dtype=np.int32)
    inside: NDArray[np.bool_] = columns >= first[:, None]
    inside &= columns <= last[:, None]
    return inside


_Run = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Left and right end in each row of pixels; left of infinity means none."""


def _disc_run(rows: NDArray[np.float64], disc: Disc) -> _Run:
    (row, column), radius = disc
    squared = radius**2 - (rows - row) ** 2
    half = np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), -np.inf)
    return column - half, column + half


def _tangent_runs(rows: NDArray[np.float64], start: Disc, end: Disc) -> Iterator[_Run]:
    """The two outer tangents, from where they touch one disc to where they touch the other."""
    down, right = end.centre[0] - start.centre[0], end.centre[1] - start.centre[1]
    length, thinner = math.hypot(down, right), start.radius - end.radius
    if length <= abs(thinner):  # one disc holds the other
        return
    # A tangent's normal: by how much it leans along the way, and across it.
    lean, across = thinner / length**2, math.sqrt(1 - (thinner / length) ** 2) / length
    for side in (across, -across):
        normal = lean * down + side * right, lean * right - side * down
        top, bottom = sorted((row + normal[0] * r, column + normal[1] * r) for (row, column), r in (start, end))
        between = (rows >= top[0]) & (rows <= bottom[0])
        if top[0] == bottom[0]:
            yield np.where(between, top[1], np.inf), np.where(between, bottom[1], -np.inf)
        else:
            columns = top[1] + (rows - top[0]) * ((bottom[1] - top[1]) / (bottom[0] - top[0]))
            yield np.where(between, columns, np.inf), np.where(between, columns, -np.inf)
