"""Prediction: what models say of an image, part by part, whatever their architecture."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from shared_folder.images import ImageFile
from shared_folder.model_facts import ModelFacts
from shared_folder.rectangle import Rectangle, whole
from trainer.patches import FloatImage, Read

PixelsOf = Callable[[ImageFile, Rectangle], FloatImage]
"""What a model reads of an image: (h, w, C) at full resolution."""
CORES_KEPT = 64
"""Of each model of an ensemble: two models' cores don't lie on each other, so some are needed twice."""


class Prediction(Protocol):
    """One image as one model sees it."""

    @property
    def cores(self) -> Sequence[Rectangle]:
        """Parts that are predicted one at a time. They cover the image once."""
        ...

    def at(self, core: Rectangle, /) -> Tensor:
        """What is said of a core: (K, core.height, core.width) float32, summing to 1 over the K classes."""
        ...


Predict = Callable[[Read, tuple[int, int]], Prediction]
"""Predicts an image: how to read it, as for patches, and its shape (H, W)."""


class Model(Protocol):
    """A network ready to segment, and what it says of itself."""

    @property
    def facts(self) -> ModelFacts: ...

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The label of each of the network's outputs, background first."""
        ...

    @property
    def pixels(self) -> PixelsOf:
        """What it is to be given of an image."""
        ...

    def check(self, image: ImageFile, /) -> None:
        """Refuse an image that it can't segment."""
        ...

    def predict(self, read: Read, shape: tuple[int, int], /) -> Prediction:
        """read, shape (H, W): an image, as for patches, in the pixels that it is to be given."""
        ...


class MeanPrediction:
    """The mean of several models' probabilities (an ensemble), in the cores of the first."""

    def __init__(self, predictions: Sequence[Prediction], shape: tuple[int, int]) -> None:
        """predictions: of the same image and classes, one at least. shape: (H, W)."""
        first, *others = predictions
        self._first = first
        self._others = [_Anywhere(each, shape) for each in others]

    @property
    def cores(self) -> Sequence[Rectangle]:
        return self._first.cores

    def at(self, core: Rectangle) -> Tensor:
        likelihood = self._first.at(core)
        for each in self._others:
            likelihood = likelihood + each.on(core).to(likelihood.device)
        return likelihood / (1 + len(self._others))


class _Anywhere:
    """A prediction of any rectangle, put together from its cores. Some of them are kept, for the next rectangle."""

    def __init__(self, prediction: Prediction, shape: tuple[int, int]) -> None:
        self._prediction = prediction
        self._image = whole(shape)
        self._kept: OrderedDict[Rectangle, Tensor] = OrderedDict()

    def on(self, wanted: Rectangle) -> Tensor:
        """(K, wanted.height, wanted.width)"""
        result: Tensor | None = None
        for core in self._prediction.cores:
            part = core.intersection(wanted)
            if part.empty:
                continue
            found = self._at(core)
            if result is None:
                result = found.new_zeros((found.shape[0], wanted.height, wanted.width))
            here, there = part.shifted(-wanted.top, -wanted.left), part.shifted(-core.top, -core.left)
            result[:, *here.slices] = found[:, *there.slices]
        if result is None:
            raise ValueError(f"{wanted} lies outside the image, {self._image}")
        return result

    def _at(self, core: Rectangle) -> Tensor:
        if core not in self._kept:
            self._kept[core] = self._prediction.at(core)
            if len(self._kept) > CORES_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(core)
        return self._kept[core]


def predict_mean(models: Sequence[Model], reads: Sequence[Read], shape: tuple[int, int]) -> Prediction:
    """Of one model its own prediction, of several the mean. reads: of one image, what each model is to be given."""
    predictions = [model.predict(read, shape) for model, read in zip(models, reads, strict=True)]
    return predictions[0] if len(predictions) == 1 else MeanPrediction(predictions, shape)


def entire(prediction: Prediction, shape: tuple[int, int]) -> Tensor:
    """All of an image at once: (K, H, W). For images that fit into memory several times."""
    cores = prediction.cores
    first = prediction.at(cores[0])
    result = torch.zeros((first.shape[0], *shape))
    result[:, *cores[0].slices] = first.cpu()
    for core in cores[1:]:
        result[:, *core.slices] = prediction.at(core).cpu()
    return result
