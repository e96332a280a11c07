"""Tone: how bright and how contrasty the image is shown. For the eye alone: the network sees the image as it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DARKEST_GAMMA, BRIGHTEST_GAMMA = 0.25, 4.0
FITTED_PERCENTILES = (1.0, 99.0)
_LEAST_RANGE = 4


@dataclass(frozen=True)
class Tone:
    """A map of grey levels, the same for each colour."""

    black: int = 0
    """This level and darker ones are shown black, 0..254."""
    white: int = 255
    """This level and brighter ones are shown white, black + 1..255."""
    gamma: float = 1.0
    """Above 1 the dark parts are lifted, below 1 the bright ones are lowered; DARKEST_GAMMA..BRIGHTEST_GAMMA."""

    @property
    def plain(self) -> bool:
        """Whether nothing is changed."""
        return self == Tone()

    def table(self) -> NDArray[np.uint8]:
        """(256,): what each level becomes."""
        levels = (np.arange(256) - self.black) / max(1, self.white - self.black)
        shown = 255 * levels.clip(0, 1) ** (1 / self.gamma)
        return shown.round().astype(np.uint8)


def fitting_tone(pixels: NDArray[np.uint8]) -> Tone:
    """The tone in which most of a picture's levels use all of the screen's. pixels: (h, w, 3)."""
    low, high = (int(each) for each in np.percentile(pixels, FITTED_PERCENTILES))
    if high - low < _LEAST_RANGE:
        return Tone()
    return Tone(min(low, 254), max(high, low + 1))
