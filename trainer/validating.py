"""Validation: Dice of a network on the known pixels of images that it doesn't learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import BACKGROUND
from shared_folder.rectangle import Rectangle
from trainer.architecture import Network
from trainer.prediction import Predict, Prediction
from trainer.sampling import AnnotatedImage
from trainer.segmenting import most_likely

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class ValidationScore:
    """Dice pooled over all known pixels of all images."""

    dice: dict[int, float]
    """By class id, without background; a class that is neither known nor predicted on known pixels is missing."""

    @property
    def mean(self) -> float:
        """Mean over the classes, 0..1; 1 where there is nothing to find and nothing was found."""
        return sum(self.dice.values()) / len(self.dice) if self.dice else 1.0


class Validation:
    """A validation in steps of one tile, so that the trainer's loop stays awake."""

    def __init__(self, predict: Predict, images: Sequence[AnnotatedImage], class_ids: tuple[int, ...]) -> None:
        """class_ids: the label of each channel that is predicted, background first."""
        self._class_ids = class_ids
        self._todo = [each for image in images for each in _known_cores(image, predict(image.read, image.shape))]
        self._done = 0
        self._confusion = np.zeros((256, 256), np.int64)

    @property
    def confusion(self) -> Counts:
        """Known pixels so far, (256, 256): row = label of the annotation, column = predicted label."""
        return self._confusion

    def advance(self) -> bool:
        """Look at one tile. Returns whether there are more."""
        if self._done < len(self._todo):
            image, prediction, core = self._todo[self._done]
            predicted = most_likely(prediction.at(core), self._class_ids)
            truth = image.labels.read(core)
            pairs = truth.astype(np.int64) * 256 + predicted
            self._confusion += np.bincount(pairs.ravel(), minlength=256 * 256).reshape(256, 256)
            self._done += 1
        return self._done < len(self._todo)

    def score(self) -> ValidationScore:
        """The score of what was looked at so far; of everything, once `advance` has returned False."""
        return ValidationScore(dice_by_class(self._confusion, self._class_ids))


class NetworkValidation(Validation):
    """The validation of a network that is taught."""

    def __init__(
        self, network: Network, predict: Predict, images: Sequence[AnnotatedImage], class_ids: tuple[int, ...]
    ) -> None:
        """network: in evaluation mode, left as it is until the validation has ended. predict: how it predicts."""
        self.network = network
        """What is validated."""
        super().__init__(predict, images, class_ids)


class Round:
    """Validations of the network and, where it wasn't measured on these annotations yet, of the last model."""

    def __init__(self, candidate: NetworkValidation, published: Validation | None) -> None:
        self.candidate = candidate
        self.published = published
        self._published_done = published is None

    def advance(self) -> bool:
        """One tile. Returns whether there are more."""
        if not self._published_done and self.published is not None:
            self._published_done = not self.published.advance()
            return True
        return self.candidate.advance()


def dice_by_class(confusion: Counts, class_ids: tuple[int, ...]) -> dict[int, float]:
    """Dice of each class but background: 2 TP / (2 TP + FP + FN) over pixels whose label is one of the classes.

    confusion: (256, 256) pixels by true and predicted label.
    """
    known = confusion[list(class_ids)]
    dice = {}
    for class_id in class_ids:
        total = int(known[:, class_id].sum() + confusion[class_id].sum())
        if class_id != BACKGROUND and total:
            dice[class_id] = 2 * int(confusion[class_id, class_id]) / total
    return dice


def _known_cores(image: AnnotatedImage, prediction: Prediction) -> list[tuple[AnnotatedImage, Prediction, Rectangle]]:
    """The parts of an image in which something is known."""
    known = {rectangle for places in image.places.values() for rectangle in places.rectangles}
    return [
        (image, prediction, core)
        for core in prediction.cores
        if any(not core.intersection(rectangle).empty for rectangle in known)
    ]
