"""Prediction as RootPainter makes it, from its published description: for its models, and as a measure beside ours.

The image is cut into windows of 572 x 572 pixels whose middle 500 x 500 are predicted; where they overlap the later
one counts. The result is the mean of the image's prediction and its mirror image's, which is cut anew.
"""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from shared_folder.rectangle import Rectangle
from trainer.patches import FloatImage, Read, mirrored
from trainer.prediction import entire
from trainer.rootpainter_network import INPUT_SIDE, LOST, OUTPUT_SIDE, RootPainterNetwork

Float = TypeVar("Float", np.float32, np.float64)

THRESHOLD = 0.5
"""Above this probability a pixel is foreground."""
_WINDOWS_KEPT = 4
"""Two neighbours of each direction: a window has parts of two windows of the mirror image."""


class RootPainterPrediction:
    """One image as one of its models sees it, in parts that lie each in one window of either direction.

    What is said of a pixel is what the whole image at once would give: its network's padded convolutions and group
    normalisation make it depend on the window, so windows are cut where RootPainter cuts them.
    """

    def __init__(self, network: RootPainterNetwork, read: Read, shape: tuple[int, int]) -> None:
        """read, shape (H, W): the image as RGB, 0..1."""
        self._network = network
        self._read = read
        self._shape = shape
        self._padded = [max(length, INPUT_SIDE) for length in shape]
        self._before = [(padded - length) // 2 for padded, length in zip(self._padded, shape, strict=True)]
        top, left = self._before
        rows = [(start, first - top, last - top) for start, first, last in _owned(self._padded[0])]
        width = self._padded[1]
        ahead = [(start, first - left, last - left) for start, first, last in _owned(width)]
        back = [(start, width - last - left, width - first - left) for start, first, last in _owned(width)]
        self._windows: dict[Rectangle, tuple[int, int, int]] = {}  # by core: row, column, column of the mirror image
        for row, first_row, last_row in rows:
            edges = sorted({edge for _, *span in (*ahead, *back) for edge in span})
            for first, last in pairwise(edges):
                core = Rectangle(first_row, first, last_row, last).intersection(Rectangle(0, 0, *shape))
                if not core.empty:
                    column = next(start for start, low, high in ahead if low <= first < high)
                    mirror = next(start for start, low, high in back if low <= first < high)
                    self._windows[core] = (row, column, mirror)
        self._kept: OrderedDict[tuple[int, int, bool], Tensor] = OrderedDict()

    @property
    def cores(self) -> Sequence[Rectangle]:
        return tuple(self._windows)

    def at(self, core: Rectangle) -> Tensor:
        """(2, core.height, core.width): background, foreground."""
        row, column, mirror = self._windows[core]
        place = core.shifted(*self._before)
        ahead = self._window(row, column, False)
        back = self._window(row, self._padded[1] - mirror - OUTPUT_SIDE, True)
        inside = [place.shifted(-row, -left).slices for left in (column, self._padded[1] - mirror - OUTPUT_SIDE)]
        likelihood = (ahead[inside[0]] + back[inside[1]]) / 2
        return torch.stack((1 - likelihood, likelihood))

    def _window(self, top: int, left: int, mirror: bool) -> Tensor:
        """The foreground's probability (500, 500) in a window, as the image lies. mirror: seen from right to left."""
        key = (top, left, mirror)
        if key not in self._kept:
            window = normalised(self._pixels(top, left))
            if mirror:
                window = np.ascontiguousarray(window[:, ::-1])
            likelihood = _foreground(self._network, window)
            self._kept[key] = likelihood.flip(1) if mirror else likelihood
            if len(self._kept) > _WINDOWS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _pixels(self, top: int, left: int) -> FloatImage:
        """What the network sees for the 500 x 500 from there: (572, 572, 3). The image is mirrored at its edge first
        where it is small, and then at the edge of that."""
        places = []
        for start, padded, before, length in zip((top, left), self._padded, self._before, self._shape, strict=True):
            seen = np.arange(start - LOST, start - LOST + INPUT_SIDE)
            places.append(mirrored(mirrored(seen, padded) - before, length))
        rows, columns = places
        inside = Rectangle(int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
        pixels = self._read(inside)
        return np.ascontiguousarray(pixels[np.ix_(rows - inside.top, columns - inside.left)])


def foreground(network: RootPainterNetwork, image: NDArray[np.uint8]) -> FloatImage:
    """The probability, 0..1, that each pixel is foreground: (H, W). image: RGB (H, W, 3), of any size.

    Of several models it is the mean of theirs.
    """
    shape = (image.shape[0], image.shape[1])
    prediction = RootPainterPrediction(network, lambda part: unit(image[part.slices]), shape)
    return np.asarray(entire(prediction, shape)[1].numpy())


def unit(pixels: NDArray[np.uint8]) -> FloatImage:
    """0..255 to 0..1."""
    return np.divide(pixels, 255, dtype=np.float32)


def normalised(window: NDArray[Float]) -> NDArray[Float]:
    """Its own least value over all channels becomes 0 and its greatest 1; a constant window stays as it is."""
    low, high = window.min(), window.max()
    return window if low == high else np.asarray((window - low) / (high - low), window.dtype)


def _foreground(network: RootPainterNetwork, window: FloatImage) -> Tensor:
    """(572, 572, 3) to (500, 500), on the network's device."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        scores = network(torch.from_numpy(window).to(device).movedim(-1, 0)[None])
        likelihood: Tensor = scores[0].softmax(dim=0)[1]
    return likelihood


def _owned(length: int) -> list[tuple[int, int, int]]:
    """Where windows begin along an axis, and from where to where each counts: the last one ends where the image ends,
    and overwrites."""
    starts = [min(start, length - OUTPUT_SIDE) for start in range(0, length, OUTPUT_SIDE)]
    ends = [*starts[1:], length]
    return [(start, start, end) for start, end in zip(starts, ends, strict=True)]
