"""The uncertainty layer: where the mask may be wrong, more opaque the less sure the model is."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from painter_app.canvas.layers import LABEL_LEVELS, Layer, Tile, premultiplied
from shared_folder.labels import Pixels
from shared_folder.uncertainty import SCALE, map_shape

UNCERTAINTY_COLOUR = "#b45cff"
"""Violet of middle lightness, seen on dark and bright images, and by colour-blind people, beside the mask's cyan. One
hue of growing opacity: over any ground equal steps look about equal, and none is brighter than a greater one."""

_MAP_LEVEL = SCALE.bit_length() - 1
"""The level whose pixels are the map's."""


class UncertaintyLayer(Layer):
    """An uncertainty map of an image of `shape` (H, W). values: (ceil(H / SCALE), ceil(W / SCALE))."""

    finest = 0.75  # as for labels

    def __init__(self, shape: tuple[int, int], values: Pixels, colours: NDArray[np.uint32]) -> None:
        if values.shape != map_shape(shape):
            raise ValueError(f"an uncertainty map of shape {values.shape} on an image of shape {shape}")
        super().__init__(shape, LABEL_LEVELS)
        self.colours = colours
        self._values = values

    def recoloured(self, colours: NDArray[np.uint32]) -> "UncertaintyLayer":
        return UncertaintyLayer(self.shape, self._values, colours)

    def level_for(self, zoom: float) -> int:
        return max(_MAP_LEVEL, super().level_for(zoom))

    def make(self, key: tuple[int, int, int]) -> Tile:
        place, size = self._place(key), 1 << (key[0] - _MAP_LEVEL)
        part = self._values[place.top * size : place.bottom * size, place.left * size : place.right * size]
        pixels = np.take(self.colours, block_mean(part, size))
        tile = Tile()
        if pixels.any():
            tile.fill(pixels)
        return tile


def uncertainty_colours(opacity: float) -> NDArray[np.uint32]:
    """Premultiplied ARGB (256,) by a map's value. opacity: 0..1, of the greatest."""
    colour = QColor(UNCERTAINTY_COLOUR)
    return np.array([premultiplied(colour, opacity * value / 255) for value in range(256)], np.uint32)


def block_mean(values: Pixels, size: int) -> Pixels:
    """Means of blocks of `size` a side; blocks at the far edges may be smaller."""
    if size == 1:
        return values
    rows, columns = np.arange(0, values.shape[0], size), np.arange(0, values.shape[1], size)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0, dtype=np.uint32), columns, axis=1)
    heights, widths = np.diff(np.append(rows, values.shape[0])), np.diff(np.append(columns, values.shape[1]))
    means: Pixels = (sums // (heights[:, None] * widths)).astype(np.uint8)
    return means
