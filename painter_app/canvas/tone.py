"""Tone: how bright and how contrasty the image is shown. For the eye alone: the network sees the image as it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_folder.channels import ChannelTone

DARKEST_GAMMA, BRIGHTEST_GAMMA = 0.25, 4.0
FITTED_PERCENTILES = (1.0, 99.0)
_LEAST_RANGE = 4


@dataclass(frozen=True)
class Tone:
    """A map of grey levels, the same for each colour; then local contrast."""

    black: int = 0
    """This level and darker ones are shown black, 0..254."""
    white: int = 255
    """This level and brighter ones are shown white, black + 1..255."""
    gamma: float = 1.0
    """Above 1 the dark parts are lifted, below 1 the bright ones are lowered; DARKEST_GAMMA..BRIGHTEST_GAMMA."""

    local: float = 0.0
    """How much of the local contrast is laid over it, 0 (nothing) to 1."""
    channels: tuple[ChannelTone, ...] = ()
    """Of an image whose channels are no colours; none: as the image has them."""

    @property
    def flat(self) -> bool:
        """Whether the map of grey levels changes nothing."""
        return (self.black, self.white, self.gamma) == (0, 255, 1.0)

    @property
    def plain(self) -> bool:
        """Whether nothing is changed."""
        return self == Tone()

    def table(self) -> NDArray[np.uint8]:
        """(256,): what each level becomes."""
        levels = (np.arange(256) - self.black) / max(1, self.white - self.black)
        shown = 255 * levels.clip(0, 1) ** (1 / self.gamma)
        return shown.round().astype(np.uint8)


def fitting_levels(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """Black and white between which most of a picture's levels lie. pixels: (h, w, 3)."""
    low, high = (int(each) for each in np.percentile(pixels, FITTED_PERCENTILES))
    if high - low < _LEAST_RANGE:
        return 0, 255
    return min(low, 254), max(high, low + 1)
