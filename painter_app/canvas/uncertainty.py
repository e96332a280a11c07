"""The uncertainty layer: where the mask may be wrong, more opaque the less sure the model is."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from painter_app.canvas.layers import premultiplied
from painter_app.canvas.map_layer import MapLayer, block_mean
from shared_folder.labels import Pixels
from shared_folder.uncertainty import SCALE

UNCERTAINTY_COLOUR = "#b45cff"
"""Violet of middle lightness, seen on dark and bright images, and by colour-blind people, beside the mask's cyan. One
hue of growing opacity: over any ground equal steps look about equal, and none is brighter than a greater one."""


class UncertaintyLayer(MapLayer):
    """An uncertainty map of an image of `shape` (H, W). values: (ceil(H / SCALE), ceil(W / SCALE))."""

    def __init__(self, shape: tuple[int, int], values: Pixels, colours: NDArray[np.uint32]) -> None:
        super().__init__(shape, values, SCALE, colours)

    def from_afar(self, values: Pixels, size: int) -> Pixels:
        return block_mean(values, size)


def uncertainty_colours(opacity: float) -> NDArray[np.uint32]:
    """Premultiplied ARGB (256,) by a map's value. opacity: 0..1, of the greatest."""
    colour = QColor(UNCERTAINTY_COLOUR)
    return np.array([premultiplied(colour, opacity * value / 255) for value in range(256)], np.uint32)
