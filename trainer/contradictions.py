"""Contradictions: regions of an annotation that the model is nearly sure are of another class.

Annotations that a model contradicts although it learned from them are often slips of the brush (confident learning:
Northcutt, Jiang and Chuang, JAIR 2021). They are shown to the user, who knows better than either.
"""

from dataclasses import dataclass

import numpy as np
import torch
from skimage.measure import label, regionprops

from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle
from shared_folder.segmentation import MOST_CONTRADICTIONS, Contradiction

CONTRADICTED = 0.05
"""Probability of the annotated class below which a pixel is contradicted."""
LEAST_PIXELS = 30
"""Of a region: fewer are a boundary drawn a little differently."""


@dataclass(frozen=True)
class _Region:
    pixels: int
    contradiction: Contradiction


class Contradictions:
    """Takes in an image core by core, and its annotation. Regions are found by core, so memory is bounded; one that
    crosses into another core is two."""

    def __init__(self, annotation: Labels, class_ids: tuple[int, ...]) -> None:
        """class_ids: the label of each of the network's channels. Other labels are not compared."""
        self._annotation = annotation
        self._class_ids = np.asarray(class_ids, np.uint8)
        self._channels = np.full(256, -1, np.int64)
        self._channels[self._class_ids] = np.arange(len(class_ids))
        self._regions: list[_Region] = []

    def add(self, core: Rectangle, likelihood: torch.Tensor) -> None:
        """likelihood: (K, core.height, core.width), summing to 1 over the classes."""
        if self._annotation.blank(core):
            return
        annotated = self._annotation.read(core)
        channels = self._channels[annotated]
        known = torch.from_numpy(channels.clip(min=0)).to(likelihood.device)
        agreed = likelihood.gather(0, known[None])[0].cpu().numpy()
        contradicted = (channels >= 0) & (agreed < CONTRADICTED)
        if not contradicted.any():
            return
        predicted = self._class_ids[likelihood.argmax(dim=0).cpu().numpy()]
        pairs = np.where(contradicted, annotated.astype(np.int32) * 256 + predicted, 0)
        for region in regionprops(label(pairs, connectivity=2)):
            if region.area >= LEAST_PIXELS:
                self._keep(core, region.bbox, int(region.area), int(pairs[tuple(region.coords[0])]))

    def largest(self) -> tuple[Contradiction, ...]:
        """At most MOST_CONTRADICTIONS, largest first."""
        return tuple(region.contradiction for region in self._regions)

    def _keep(self, core: Rectangle, box: tuple[int, int, int, int], pixels: int, pair: int) -> None:
        place = Rectangle(*(int(edge) for edge in box)).shifted(core.top, core.left)
        annotated, predicted = divmod(pair, 256)
        region = _Region(pixels, Contradiction(box=tuple(place), annotated=annotated, predicted=predicted))
        self._regions.append(region)
        self._regions.sort(key=lambda each: -each.pixels)
        del self._regions[MOST_CONTRADICTIONS:]
