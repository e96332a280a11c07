"""Probability of the classes over an image, gathered while its mask is made."""

import numpy as np
import torch
from torch.nn import functional

from shared_folder.probability import ProbabilityFacts, ProbabilityMap, map_shape, scale_for
from shared_folder.rectangle import Rectangle


class ProbabilityGauge:
    """Takes in an image of `shape` (H, W) core by core. Keeps a byte for each value of the map."""

    def __init__(self, image: str, shape: tuple[int, int], model: str, classes: tuple[int, ...]) -> None:
        """classes: their ids, without background."""
        self._facts = ProbabilityFacts(
            image=image, model=model, classes=classes, scale=scale_for(shape, len(classes))
        )
        self._values = np.zeros((len(classes), *map_shape(shape, self._facts.scale)), np.uint8)

    def add(self, core: Rectangle, likelihood: torch.Tensor) -> None:
        """likelihood: (K, core.height, core.width), summing to 1 over the classes, background first."""
        scale = self._facts.scale
        above, before = core.top % scale, core.left % scale
        # Zeros around it, so that squares which reach over the core's edge begin where the map's do.
        around = before, -(before + core.width) % scale, above, -(above + core.height) % scale
        largest = functional.max_pool2d(functional.pad(likelihood[1:], around), scale)
        found = (largest * 255).round().to(torch.uint8).cpu().numpy()
        top, left = core.top // scale, core.left // scale
        place = self._values[:, top : top + found.shape[1], left : left + found.shape[2]]
        np.maximum(place, found, out=place)

    def map(self) -> ProbabilityMap:
        return ProbabilityMap(self._values, self._facts)
