"""Tools: what the pointer does to an annotation. A tool is a value; pressing with it begins a gesture."""

from dataclasses import dataclass
from typing import Protocol

from shared_folder.annotation import Annotation, Patch, Point
from shared_folder.rectangle import Rectangle


class Gesture(Protocol):
    """A press, drag and release while it lasts. Rectangles are those of the image that may have changed."""

    label: int

    def move(self, point: Point) -> tuple[Rectangle, ...]: ...

    def finish(self) -> Patch | None: ...


class PaintingTool(Protocol):
    """A tool whose gestures are strokes."""

    @property
    def label(self) -> int: ...

    def press(self, annotation: Annotation, point: Point, diameter: float) -> tuple[Gesture, tuple[Rectangle, ...]]:
        """Begin a stroke. Returns it and what it changed at once."""
        ...


@dataclass(frozen=True)
class Pan:
    """Moves the image."""
