"""Appearance: what an image looks like, in a few numbers that tell like images from unlike ones.

The mean of each channel, and its standard deviation in each level of a mean pyramid: how much contrast is left once
details of 1, 2, 4, ... pixels are smoothed away. Such statistics of colours and of contrasts by scale describe
textures (Heeger and Bergen, SIGGRAPH 1995, with a finer pyramid). They don't depend on a model, so images segmented
by different models can be compared.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from shared_folder.rectangle import Rectangle
from trainer.patches import FloatImage, Read

LEVELS = 6
"""Of the pyramid: details of 1 to 32 pixels."""
MOST_SIDE = 384
"""Pixels of each window that are looked at, a side: enough to tell, and a small part of what segmenting costs."""


class Appearance:
    """Takes in the windows of an image as they are read for segmenting. Where windows overlap counts twice."""

    def __init__(self) -> None:
        self._sums: list[NDArray[np.float64]] = []  # by level, (3, C): pixels, their sum and the sum of their squares

    def watching(self, read: Read) -> Read:
        """The same reading, with everything that it reads taken in."""

        def watched(rectangle: Rectangle) -> FloatImage:
            pixels = read(rectangle)
            self.add(pixels)
            return pixels

        return watched

    def add(self, pixels: FloatImage) -> None:
        """pixels: (h, w, C), normalised; their middle is looked at."""
        top, left = (max(0, side - MOST_SIDE) // 2 for side in pixels.shape[:2])
        middle = np.ascontiguousarray(pixels[top : top + MOST_SIDE, left : left + MOST_SIDE].transpose(2, 0, 1))
        level = torch.from_numpy(middle)
        for number in range(LEVELS):
            if number:
                if min(level.shape[1:]) < 2:
                    return
                level = functional.avg_pool2d(level[None], 2)[0]
            flat = level.flatten(1)
            sums = torch.stack((torch.full((len(flat),), flat.shape[1]), flat.sum(1), flat.square().sum(1)))
            if number == len(self._sums):
                self._sums.append(np.zeros(sums.shape))
            self._sums[number] += sums.numpy()

    @property
    def statistics(self) -> tuple[float, ...]:
        """Means by channel, then standard deviations by level and channel; all alike long for one kind of image."""
        if not self._sums:
            return ()
        deviations = []
        for pixels, total, squares in self._sums:
            deviations.append(np.sqrt(np.maximum(squares / pixels - (total / pixels) ** 2, 0)))
        missing = [np.zeros_like(deviations[0])] * (LEVELS - len(deviations))
        means = self._sums[0][1] / self._sums[0][0]
        return tuple(round(float(value), 4) for value in np.concatenate([means, *deviations, *missing]))
