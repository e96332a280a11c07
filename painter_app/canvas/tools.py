"""Tools: what the pointer does to an annotation. A tool is a value.

Pressing with one that paints begins a gesture. One that covers an area makes a fill of the path of the pointer, when
it is released; one that is `at_once`, as soon as it is pressed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from painter_app.canvas.brush import Brush, Line
from painter_app.canvas.snap import ReadImage, Snap
from shared_folder.annotation import Annotation, Patch
from shared_folder.classes import UNKNOWN
from shared_folder.fills import Fill, PolygonFill, RegionFill, RightFill
from shared_folder.rectangle import Rectangle
from shared_folder.sweeps import Point


class Gesture(Protocol):
    """A press, drag and release that paints, while it lasts. Rectangles are those of the image that may have
    changed."""

    label: int

    @property
    def path(self) -> Sequence[Point]:
        """What is to be seen of it while nothing is painted yet."""
        ...

    @property
    def late(self) -> Fill | None:
        """Once it is finished: what it has yet to find out before it can paint; a worker lets it."""
        ...

    def move(self, point: Point, pressure: float, /) -> tuple[Rectangle, ...]:
        """pressure: of the pen, 0 to 1; 1 where that doesn't size the brush."""
        ...

    def finish(self) -> Patch | None: ...


class PaintingTool(Protocol):
    """A tool whose gestures are strokes of the brush's width."""

    @property
    def label(self) -> int: ...

    def press(
        self, annotation: Annotation, point: Point, diameter: float, read: ReadImage, pressure: float, /
    ) -> tuple[Gesture, tuple[Rectangle, ...]]:
        """Begin a stroke. read: of the image. pressure: as a gesture's move takes it. Returns the stroke and what it
        changed at once."""
        ...


@dataclass(frozen=True)
class Lasso:
    """Gives a label to what it is drawn around."""

    label: int
    at_once = False

    def fill(self, path: Sequence[Point]) -> Fill:
        return PolygonFill(tuple(path), self.label)


@dataclass(frozen=True)
class Region:
    """Gives a label to all of the region that is clicked."""

    label: int
    at_once = True

    def fill(self, path: Sequence[Point]) -> Fill:
        return RegionFill(path[-1], self.label)


@dataclass(frozen=True)
class Right:
    """Says that the mask is right in what it is drawn around."""

    label: int
    at_once = False

    def fill(self, path: Sequence[Point]) -> Fill:
        return RightFill(tuple(path))


Filling = Lasso | Region | Right
Painting = Brush | Line | Snap
Tool = Painting | Filling


def eraser_of(tool: Tool) -> Tool:
    """What the right button does."""
    return replace(tool, label=UNKNOWN) if isinstance(tool, Line | Snap | Lasso | Region) else Brush(UNKNOWN)
