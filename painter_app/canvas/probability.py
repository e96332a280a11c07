"""The probability layer: how likely the model takes one class, from dark blue (hardly) to yellow (surely)."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from painter_app.canvas.layers import premultiplied
from painter_app.canvas.map_layer import MapLayer
from painter_app.canvas.pyramid import block_max
from shared_folder.labels import Pixels

# Their lightness (CIE L*) rises in even steps from 15 to 90, whatever a person sees of the hues.
_POINTS = ("#2a185c", "#383f89", "#327095", "#4b9f8c", "#abc269", "#ffe14f")
_FADES_BELOW = 0.2
"""Where the model is surer than this that the class isn't there, the image shows through, fully at 0."""


class ProbabilityLayer(MapLayer):
    """Thin lines stay as likely as they are however far one zooms out, as in the mask."""

    def from_afar(self, values: Pixels, size: int) -> Pixels:
        return block_max(values, size.bit_length() - 1)


def ramp_colour(probability: float) -> QColor:
    """The opaque colour of a probability in 0..1."""
    place = probability * (len(_POINTS) - 1)
    below = min(int(place), len(_POINTS) - 2)
    low, high, part = QColor(_POINTS[below]), QColor(_POINTS[below + 1]), place - below
    red, green, blue = (
        round(start + part * (end - start))
        for start, end in (
            (low.red(), high.red()),
            (low.green(), high.green()),
            (low.blue(), high.blue()),
        )
    )
    return QColor(red, green, blue)


def opaqueness(probability: float) -> float:
    """0..1, of the layer's opacity."""
    return min(1.0, probability / _FADES_BELOW)


def probability_colours(opacity: float) -> NDArray[np.uint32]:
    """Premultiplied ARGB (256,) by a map's value."""
    parts = [value / 255 for value in range(256)]
    return np.array([premultiplied(ramp_colour(part), opacity * opaqueness(part)) for part in parts], np.uint32)
