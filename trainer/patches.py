"""Patches: an image of any size becomes tiles that the network can see, and their results become one map again.

A tile's core is written; its window is seen: the core and a margin of half the receptive field. Windows end
where the image ends, so a pixel's scores come from the same numbers whichever tile they are computed in.

The network may see an image magnified or reduced by a scale. Cores are in pixels of the image, windows in pixels of
the image as it is seen. Each of those comes from fixed pixels of the image, and each pixel's probabilities from fixed
ones of those, so that holds at every scale.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from shared_folder.rectangle import Rectangle

FloatImage = NDArray[np.float32]
Read = Callable[[Rectangle], FloatImage]
"""Pixels (h, w, C) of a rectangle inside an image, normalised to about -1..1."""

BAND = 256
"""Rows that are resampled at a time: reduced fourfold, a band's source stays small beside what the network needs."""


class Tile(NamedTuple):
    """One step of a prediction."""

    core: Rectangle
    """What is written, in pixels of the image: the cores of an image cover it once."""
    window: Rectangle
    """What is seen, in seen pixels: the image's times the scale. Its sides are multiples of the stride; it may
    reach outside the image below and right."""


def tiles(shape: tuple[int, ...], core: int, margin: int, stride: int, scale: float = 1.0) -> list[Tile]:
    """Cut an image into tiles, row by row; one that fits into a window as a whole is one tile.

    shape: (H, W, ...) of the image. core: side of what a tile writes, margin, stride: of the network, all in seen
    pixels and multiples of the stride, so that pooling falls on the same pixels in every tile. scale: seen pixels for
    each of the image.
    """
    return [
        Tile(
            Rectangle(rows.start, columns.start, rows.stop, columns.stop),
            Rectangle(rows.seen_start, columns.seen_start, rows.seen_stop, columns.seen_stop),
        )
        for rows in _spans(shape[0], core, margin, stride, scale)
        for columns in _spans(shape[1], core, margin, stride, scale)
    ]


class _Span(NamedTuple):
    """A tile along one axis."""

    start: int
    stop: int
    seen_start: int
    seen_stop: int


def _spans(length: int, core: int, margin: int, stride: int, scale: float) -> list[_Span]:
    seen = math.ceil(round(length * scale, 6))  # 10 * 1.1 is more than 11
    padded = -(-seen // stride) * stride
    if padded <= core + 2 * margin:
        return [_Span(0, length, 0, padded)]
    side = max(1, int(core / scale))
    spans = []
    for start in range(0, length, side):
        stop = min(start + side, length)
        needed = taps(start, stop, 1 / scale)
        seen_start = (needed.first - margin) // stride * stride
        seen_stop = -(-(needed.last + 1 + margin) // stride) * stride
        spans.append(_Span(start, stop, max(seen_start, 0), min(seen_stop, padded)))
    return spans


def read_window(read: Read, image_shape: tuple[int, ...], window: Rectangle) -> FloatImage:
    """Read pixels that may lie outside the image: it is continued by its mirror image, however far.

    image_shape: (H, W, ...). Returns (window.height, window.width, C).
    """
    rows = mirrored(np.arange(window.top, window.bottom), image_shape[0])
    columns = mirrored(np.arange(window.left, window.right), image_shape[1])
    inside = Rectangle(int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
    pixels = read(inside)
    if (inside.top, inside.bottom) != (window.top, window.bottom):
        pixels = pixels.take(rows - inside.top, axis=0)
    if (inside.left, inside.right) == (window.left, window.right):
        return pixels
    seen = np.empty((window.height, window.width, pixels.shape[2]), np.float32)
    columns -= inside.left
    first, last = np.searchsorted(np.arange(window.left, window.right), (0, image_shape[1]))
    seen[:, :first] = pixels.take(columns[:first], axis=1)
    seen[:, last:] = pixels.take(columns[last:], axis=1)
    if first < last:  # at once: pixel by pixel it takes five times as long
        seen[:, first:last] = pixels[:, columns[first] : columns[last - 1] + 1]
    return seen


def mirrored(positions: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Positions on an axis of this length, those outside mirrored about its first and last pixel."""
    if length == 1:
        return np.zeros_like(positions)
    period = 2 * (length - 1)
    within = positions % period
    return np.asarray(np.minimum(within, period - within))


class Taps(NamedTuple):
    """How each of n positions on an axis is made of k positions on another: the sum of weight times value."""

    indexes: NDArray[np.intp]
    """(n, k)"""
    weights: NDArray[np.float32]
    """(n, k), each row adding up to 1."""

    @property
    def first(self) -> int:
        return int(self.indexes.min())

    @property
    def last(self) -> int:
        return int(self.indexes.max())


def taps(start: int, stop: int, factor: float) -> Taps:
    """How positions start..stop come from an axis that has one position for each `factor` of them.

    Where there are more of them, linearly between the two nearest; where there are fewer, as the mean over what each
    covers, so that nothing falls between two of them. Position i covers i..i + 1 on its axis.
    """
    positions = np.arange(start, stop)
    if factor == 1:
        return Taps(positions[:, None], np.ones((len(positions), 1), np.float32))
    if factor > 1:
        centres = (positions + 0.5) / factor - 0.5
        low = np.floor(centres)
        return Taps(
            np.stack((low, low + 1), axis=1).astype(np.intp),
            np.stack((low + 1 - centres, centres - low), axis=1).astype(np.float32),
        )
    from_, to = positions[:, None] / factor, (positions[:, None] + 1) / factor
    indexes = np.floor(from_ + 1e-6) + np.arange(math.ceil(1 / factor) + 1)
    covered = (np.minimum(indexes + 1, to) - np.maximum(indexes, from_)).clip(min=0) * factor
    used = (covered > 1e-6).any(axis=0)  # with a whole factor the last one covers nothing
    return Taps(indexes[:, used].astype(np.intp), covered[:, used].astype(np.float32))


def read_seen(read: Read, image_shape: tuple[int, ...], window: Rectangle, scale: float) -> FloatImage:
    """Read a window in seen pixels. Outside the image it is as with `read_window`.

    Returns (window.height, window.width, C).
    """
    if scale == 1:
        return read_window(read, image_shape, window)
    columns = taps(window.left, window.right, scale)
    bands = []
    for top in range(window.top, window.bottom, BAND):
        rows = taps(top, min(top + BAND, window.bottom), scale)
        source = Rectangle(rows.first, columns.first, rows.last + 1, columns.last + 1)
        pixels = torch.from_numpy(read_window(read, image_shape, source))
        bands.append(_resampled(_resampled(pixels, 0, rows, source.top), 1, columns, source.left))
    return np.asarray(torch.cat(bands).numpy())


def on_image(likelihood: Tensor, tile: Tile, scale: float) -> Tensor:
    """What a tile writes, of what was said of its window: (K, window's sides) to (K, core's sides), in 0..1."""
    core, window = tile
    if scale == 1:
        return likelihood[:, *core.shifted(-window.top, -window.left).slices]
    rows = _within(taps(core.top, core.bottom, 1 / scale), window.top, window.bottom)
    columns = _within(taps(core.left, core.right, 1 / scale), window.left, window.right)
    return _resampled(_resampled(likelihood, 1, rows, window.top), 2, columns, window.left)


def _within(used: Taps, start: int, stop: int) -> Taps:
    """Beyond the image's edge the last position is repeated; windows hold all that is needed inside."""
    return Taps(used.indexes.clip(start, stop - 1), used.weights)


def _resampled(values: Tensor, axis: int, used: Taps, first: int) -> Tensor:
    """Resample one axis. first: the position of its index 0."""
    weights = torch.from_numpy(used.weights).to(values.device)
    indexes = torch.from_numpy(used.indexes - first).to(values.device)
    shape = [1] * values.ndim
    shape[axis] = -1
    result = values.index_select(axis, indexes[:, 0]) * weights[:, 0].view(shape)
    for index, weight in zip(indexes.T[1:], weights.T[1:], strict=True):
        result += values.index_select(axis, index) * weight.view(shape)
    return result
