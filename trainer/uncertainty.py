"""Uncertainty of a mask: a map of where it may be wrong, and the error to expect of the whole.

The expected error is an estimate of 1 - Dice from the probabilities alone. Were they calibrated, a class's true
pixels would be expected to number the sum of its probabilities, and its rightly predicted ones the sum over the
predicted pixels P; so with Dice = 2 TP / (|P| + |T|), all classes but background together,

    expected error = (sum over P of (1 - p) + sum over the rest of p) / (|P| + sum of p + least)

`least` keeps traces of probability in an image without any object from counting as a bad mask.
"""

import numpy as np
import torch
from torch.nn import functional

from shared_folder.rectangle import Rectangle
from shared_folder.uncertainty import SCALE, UncertaintyMap, map_shape

LEAST_SHARE = 0.005
"""Of an image's pixels: as though so many had been found and were right."""


class UncertaintyGauge:
    """Takes in an image of `shape` (H, W) core by core. Keeps a sixteenth of its pixels as bytes, and three sums."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._values = np.zeros(map_shape(shape), np.uint8)
        self._least = LEAST_SHARE * shape[0] * shape[1]
        self._predicted = self._expected = self._right = 0.0  # pixels of any class but background

    def add(self, core: Rectangle, likelihood: torch.Tensor) -> None:
        """likelihood: (K, core.height, core.width), summing to 1 over the classes, background first."""
        best, second = two_likeliest(likelihood)
        self._draw(core, best - second)
        found = best > likelihood[0]
        sums = torch.stack((found.count_nonzero(), likelihood[0].sum(), (best * found).sum())).tolist()
        self._predicted += sums[0]
        self._expected += core.width * core.height - sums[1]
        self._right += sums[2]

    @property
    def expected_error(self) -> float:
        """0 (sure) to 1, of what was taken in so far."""
        size = self._predicted + self._expected
        return min(1.0, max(0.0, size - 2 * self._right) / (size + self._least))

    def map(self, model: str) -> UncertaintyMap:
        return UncertaintyMap(self._values, model)

    def _draw(self, core: Rectangle, margin: torch.Tensor) -> None:
        """Draw the map's pixels that begin in a core; those that reach over its edge are means of what is in it."""
        top, left = -(-core.top // SCALE), -(-core.left // SCALE)
        inside = margin[top * SCALE - core.top :, left * SCALE - core.left :]
        if inside.numel():
            means = functional.avg_pool2d(inside[None], SCALE, ceil_mode=True, count_include_pad=False)[0]
            drawn = ((1 - means) * 255).round().to(torch.uint8).cpu().numpy()
            self._values[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn


def two_likeliest(likelihood: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The largest and the second largest of each pixel's probabilities. likelihood: (K, h, w), K at least 2."""
    best = torch.maximum(likelihood[0], likelihood[1])
    second = torch.minimum(likelihood[0], likelihood[1])
    for other in likelihood[2:]:
        second = torch.maximum(second, torch.minimum(best, other))
        best = torch.maximum(best, other)
    return best, second
