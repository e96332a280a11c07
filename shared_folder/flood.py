"""Flood: the pixels around a point whose colour is like the point's, up to the next edge."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from shared_folder.annotation import Annotation, Patch
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

LEAST, MOST = 1.0, 255.0
"""Tolerances, in grey levels of 0..255."""
REACH = 512
"""Pixels from its point, up and down and to either side, beyond which a flood doesn't go."""

ReadImage = Callable[[Rectangle], NDArray[np.uint8]]
"""Pixels (h, w, 3) of a rectangle of the image, as it is."""


class Flood:
    """What is reached from one point, at any tolerance. The image is looked at once, on the thread that asks first.

    seen: the part of the image in which it stays. shape: (H, W) of the image. Raises Refused where the point lies
    outside of that, and what `read` raises.
    """

    def __init__(self, point: Point, seen: Rectangle, shape: tuple[int, int], read: ReadImage) -> None:
        row, column = (int(np.floor(each)) for each in point)
        pixel = Rectangle(row, column, row + 1, column + 1)
        self.part = pixel.grown(REACH).intersection(seen).intersection(whole(shape))
        """What it looks at."""
        if pixel.intersection(self.part) != pixel:
            raise Refused("That is beside the image.")
        self._seed = row - self.part.top, column - self.part.left
        self._shape = shape
        self._read = read
        self._lock = threading.Lock()
        self._unlike: NDArray[np.uint8] | None = None  # until somebody asked
        self._last: tuple[int, NDArray[np.bool_]] | None = None  # a tolerance and what it reached

    @property
    def ready(self) -> bool:
        """Whether what is reached can be told at once."""
        return self._unlike is not None

    def prepare(self) -> NDArray[np.uint8]:
        """Look at the image: a tenth of a second for the largest part. Returns its `unlikeness`."""
        with self._lock:
            if self._unlike is None:
                self._unlike = unlikeness(self._read(self.part), self._seed)
            return self._unlike

    def reached(self, tolerance: float) -> NDArray[np.bool_]:
        """The pixels (h, w) of its part; some milliseconds once it is ready. tolerance: LEAST to MOST."""
        level, last = int(tolerance), self._last
        if last is not None and last[0] == level:
            return last[1]
        parts, _ = ndimage.label(self.prepare() <= level)
        inside: NDArray[np.bool_] = parts == parts[self._seed]
        self._last = level, inside
        return inside

    def cut_off(self, tolerance: float) -> bool:
        """Whether there may be more of it beyond the part that it looks at."""
        inside, part = self.reached(tolerance), self.part
        sides = (
            (part.top > 0, inside[0]),
            (part.left > 0, inside[:, 0]),
            (part.bottom < self._shape[0], inside[-1]),
            (part.right < self._shape[1], inside[:, -1]),
        )
        return any(inner and bool(side.any()) for inner, side in sides)


@dataclass(frozen=True)
class FloodFill:
    """What a flood reaches gets a label."""

    flood: Flood
    label: int
    tolerance: float

    @property
    def remark(self) -> str:
        cut = self.flood.cut_off(self.tolerance)
        return "Filled as far as is in view, at most. Fill again from there for the rest." if cut else ""

    def patch(self, labels: Labels, *_: object) -> Patch | None:
        annotation = Annotation(labels)
        annotation.begin_stroke()
        annotation.paint(self.flood.part, self.label, self.flood.reached(self.tolerance))
        return annotation.end_stroke()


def unlikeness(pixels: NDArray[np.uint8], seed: tuple[int, int]) -> NDArray[np.uint8]:
    """How unlike the seed's each pixel's colour is, or how steep an edge it lies on, whichever is more.

    pixels: (h, w, 3), smoothed first over their neighbours (1 2 1), since a photograph's grain is no edge. Returns
    (h, w), 0 at the seed: the largest difference of a channel, in grey levels; of an edge, over two pixels.
    """
    smooth = np.pad(pixels, ((2, 2), (2, 2), (0, 0)), mode="edge").astype(np.int16)
    smooth = smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:] + 8) >> 4  # with a frame of one pixel
    inner = smooth[1:-1, 1:-1]
    unlike = np.abs(inner - inner[seed])
    np.maximum(unlike, np.abs(smooth[2:, 1:-1] - smooth[:-2, 1:-1]), out=unlike)
    np.maximum(unlike, np.abs(smooth[1:-1, 2:] - smooth[1:-1, :-2]), out=unlike)
    most: NDArray[np.uint8] = np.maximum.reduce([unlike[..., channel] for channel in range(3)]).astype(np.uint8)
    most[seed] = 0
    return most
