"""Tools that cover an area at once, and what is in hand between their press and their release. A tool is a value."""

import contextlib
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared_folder.fills import Fill, PolygonFill, RegionFill, RightFill
from shared_folder.flood import LEAST, MOST, Flood, FloodFill, ReadImage
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

_TOLERANCE_BY_DRAG = 0.008  # growth for each widget pixel to the right or up


@dataclass(frozen=True)
class Ground:
    """What a fill may ask for. seen: the part of the image in view; shape: (H, W) of all of it; tolerance: as chosen
    last."""

    read: ReadImage
    seen: Rectangle
    shape: tuple[int, int]
    tolerance: float


class FillInHand(Protocol):
    """A fill between the press and the release."""

    @property
    def outline(self) -> Sequence[Point]:
        """What was drawn around so far."""
        ...

    def move(self, point: Point, across: float, down: float, /) -> None:
        """The pointer is there. across, down: pixels of the widget since the press."""
        ...

    def fill(self) -> Fill: ...


class FillTool(Protocol):
    """A tool that covers an area when it is released."""

    @property
    def label(self) -> int: ...

    def press(self, point: Point, ground: Ground, /) -> FillInHand:
        """Raises Refused, with a sentence for the user, where it can't begin."""
        ...


class Outline:
    """An area that is being drawn around."""

    def __init__(self, point: Point, make: Callable[[tuple[Point, ...]], Fill]) -> None:
        self.outline = [point]
        self._make = make

    def move(self, point: Point, _across: float, _down: float) -> None:
        self.outline.append(point)

    def fill(self) -> Fill:
        return self._make(tuple(self.outline))


@dataclass(frozen=True)
class Lasso:
    """Gives a label to what it is drawn around."""

    label: int

    def press(self, point: Point, _ground: Ground) -> Outline:
        return Outline(point, lambda points: PolygonFill(points, self.label))


@dataclass(frozen=True)
class Right:
    """Says that the mask is right in what it is drawn around."""

    label: int

    def press(self, point: Point, _ground: Ground) -> Outline:
        return Outline(point, RightFill)


@dataclass(frozen=True)
class Region:
    """Gives a label to all of the region that is clicked; needs no release."""

    label: int

    def fill(self, point: Point) -> Fill:
        return RegionFill(point, self.label)


class FloodInHand:
    """A flood whose tolerance follows the pointer. A thread looks at the image; until then nothing is covered."""

    outline: tuple[Point, ...] = ()

    def __init__(self, flood: Flood, label: int, tolerance: float) -> None:
        self.label = label
        self.tolerance = tolerance
        self._begun_with = tolerance
        self._flood = flood
        threading.Thread(target=self._prepare, daemon=True, name="flood").start()

    @property
    def covered(self) -> tuple[Rectangle, NDArray[np.bool_]] | None:
        """What it would cover now, (h, w) pixels of a rectangle; None until that is known."""
        return (self._flood.part, self._flood.reached(self.tolerance)) if self._flood.ready else None

    def move(self, _point: Point, across: float, down: float) -> None:
        grown = self._begun_with * math.exp((across - down) * _TOLERANCE_BY_DRAG)
        self.tolerance = min(max(grown, LEAST), MOST)

    def fill(self) -> Fill:
        return FloodFill(self._flood, self.label, self.tolerance)

    def _prepare(self) -> None:
        with contextlib.suppress(Refused):  # the canvas says that this part can't be read
            self._flood.prepare()


@dataclass(frozen=True)
class ByColour:
    """Gives a label to what is coloured alike around a point; dragging right or up takes in more, left or down
    less."""

    label: int

    def press(self, point: Point, ground: Ground) -> FloodInHand:
        return FloodInHand(Flood(point, ground.seen, ground.shape, ground.read), self.label, ground.tolerance)
