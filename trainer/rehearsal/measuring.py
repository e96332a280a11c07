"""Measuring a model on images that are never annotated and never used to choose a model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from shared_folder.classes import BACKGROUND
from shared_folder.labelled import LabelledProject
from shared_folder.scores import LabelMap, compare, sum_of
from shared_folder.visible_errors import clearance_of
from trainer.device import Device
from trainer.model_store import load_model
from trainer.open_images import OpenImages
from trainer.prediction import Model
from trainer.segmenting import segment

THIN = 12.0
"""Pixels of width below which a class is measured along its centre lines too."""


@dataclass(frozen=True)
class HeldOutScore:
    """How well a model does on the held-out images; all in 0..1."""

    dice: float = 0.0
    """Mean over images of the mean over the classes that occur."""
    pooled: float = 0.0
    """Mean over classes of Dice over the pixels of all images together."""
    by_class: dict[int, float] = field(default_factory=dict)
    """Of these, by class id."""
    cl_dice: float | None = None
    """Mean over images; None where nothing is thin."""


class HeldOut:
    """The held-out images of a rehearsal. Each model is measured once."""

    def __init__(self, labelled: LabelledProject, device: Device) -> None:
        """device: to segment on, whose work nobody counts."""
        self._labelled = labelled
        self._device = device
        self._images = OpenImages()
        self._known: dict[str, HeldOutScore] = {}
        truths = [labelled.truth[name] for name in labelled.held_out]
        self._thin = bool(truths) and _median_width(truths) < THIN

    def measure(self, path: Path | None) -> HeldOutScore:
        """Scores of a model's masks; of empty masks where there is none yet."""
        name = path.stem if path is not None else ""
        if name not in self._known:
            self._known[name] = self.score(load_model(path, self._device) if path is not None else None)
        return self._known[name]

    def score(self, model: Model | None) -> HeldOutScore:
        """As `measure`, of a model in memory; nothing is remembered."""
        return self._score({image: self.mask(model, image) for image in self._labelled.held_out})

    def mask(self, model: Model | None, name: str) -> LabelMap:
        """(H, W) class ids that a model gives one image; background everywhere without a model."""
        truth = self._labelled.truth[name]
        shape = truth.shape[0], truth.shape[1]
        if model is None:
            return np.full(shape, BACKGROUND, np.uint8)
        path = self._labelled.project.image_path(name)
        labels = segment(model, lambda rectangle: self._images.learned(path, (), shape, rectangle), shape)
        return labels.to_array()

    def _score(self, masks: dict[str, LabelMap]) -> HeldOutScore:
        truths = self._labelled.truth
        confusions = [compare(mask, truths[name]) for name, mask in masks.items()]
        pooled = sum_of(confusions)
        wanted = [known.id for known in self._labelled.project.classes]
        by_class = {each: pooled.counts(each).dice for each in wanted}
        lines = [cl_dice(mask > BACKGROUND, truths[name] > BACKGROUND) for name, mask in masks.items()]
        return HeldOutScore(
            dice=float(np.mean([each.mean_dice for each in confusions])),
            pooled=float(np.mean(list(by_class.values()))),
            by_class=by_class,
            cl_dice=float(np.mean(lines)) if self._thin else None,
        )


def cl_dice(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Centre-line Dice, 0..1 (Shit et al., CVPR 2021): how much of either's skeleton lies in the other."""
    if not mask.any() or not truth.any():
        return float(mask.any() == truth.any())
    own, true = skeletonize(mask), skeletonize(truth)
    precision, sensitivity = float(truth[own].mean()), float(mask[true].mean())
    return 2 * precision * sensitivity / (precision + sensitivity) if precision + sensitivity else 0.0


def _median_width(truths: Sequence[LabelMap]) -> float:
    """Median width in pixels along the centre lines of everything that isn't background."""
    widths = []
    for truth in truths:
        objects = truth > BACKGROUND
        if objects.any():
            widths.append(2 * clearance_of(truth)[skeletonize(objects)])
    return float(np.median(np.concatenate(widths))) if widths else THIN
