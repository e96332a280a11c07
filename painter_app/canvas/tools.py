"""Tools: what the pointer does to an annotation. A tool is a value.

Pressing with one that paints begins a gesture; with one of `fill_tools`, a fill.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from painter_app.canvas.brush import Brush, Line
from painter_app.canvas.fill_tools import ByColour, Lasso, Region, Right
from painter_app.canvas.snap import Snap
from shared_folder.annotation import Annotation, Patch
from shared_folder.classes import UNKNOWN
from shared_folder.fills import Fill
from shared_folder.flood import ReadImage
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


Filling = Lasso | Region | Right | ByColour
Painting = Brush | Line | Snap
Tool = Painting | Filling


def eraser_of(tool: Tool) -> Tool:
    """What the right button does."""
    return Brush(UNKNOWN) if isinstance(tool, Brush | Right) else replace(tool, label=UNKNOWN)
