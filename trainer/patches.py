"""Patches: an image of any size becomes tiles that the network can see, and their results become one map again.

A tile's core is written; its window is seen: the core and a margin of half the receptive field. Windows end
where the image ends, so a pixel's scores come from the same numbers whichever tile they are computed in.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared_folder.rectangle import Rectangle

FloatImage = NDArray[np.float32]
Read = Callable[[Rectangle], FloatImage]
"""Pixels (h, w, C) of a rectangle inside an image, normalised to about -1..1."""


class Tile(NamedTuple):
    """One step of a prediction."""

    core: Rectangle
    """What is written: the cores of an image cover it once."""
    window: Rectangle
    """What is seen. Its sides are multiples of the stride; it may reach outside the image below and right."""


def tiles(shape: tuple[int, ...], core: int, margin: int, stride: int) -> list[Tile]:
    """Cut an image into tiles, row by row; one that fits into a window as a whole is one tile.

    shape: (H, W, ...) of the image. core: side in pixels of what a tile writes. margin, stride: of the network;
    all three are multiples of the stride, so that pooling falls on the same pixels in every tile.
    """
    return [
        Tile(
            Rectangle(rows.start, columns.start, rows.stop, columns.stop),
            Rectangle(rows.seen_start, columns.seen_start, rows.seen_stop, columns.seen_stop),
        )
        for rows in _spans(shape[0], core, margin, stride)
        for columns in _spans(shape[1], core, margin, stride)
    ]


class _Span(NamedTuple):
    """A tile along one axis."""

    start: int
    stop: int
    seen_start: int
    seen_stop: int


def _spans(length: int, core: int, margin: int, stride: int) -> list[_Span]:
    padded = -(-length // stride) * stride
    if padded <= core + 2 * margin:
        return [_Span(0, length, 0, padded)]
    return [
        _Span(start, min(start + core, length), max(start - margin, 0), min(start + core + margin, padded))
        for start in range(0, length, core)
    ]


def read_window(read: Read, image_shape: tuple[int, ...], window: Rectangle) -> FloatImage:
    """Read pixels that may lie outside the image: it is continued by its mirror image, however far.

    image_shape: (H, W, ...). Returns (window.height, window.width, C).
    """
    rows = mirrored(np.arange(window.top, window.bottom), image_shape[0])
    columns = mirrored(np.arange(window.left, window.right), image_shape[1])
    inside = Rectangle(int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1)
    pixels = read(inside)
    if inside == window:
        return pixels
    return pixels.take(rows - inside.top, axis=0).take(columns - inside.left, axis=1)


def mirrored(positions: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Positions on an axis of this length, those outside mirrored about its first and last pixel."""
    if length == 1:
        return np.zeros_like(positions)
    period = 2 * (length - 1)
    within = positions % period
    return np.asarray(np.minimum(within, period - within))
