"""Segmenting: an image becomes labels, one tile a step, so that the trainer's loop stays awake."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from shared_folder.classes import LabelClass
from shared_folder.labels import Labels
from shared_folder.merging import merge_table
from shared_folder.rectangle import Rectangle
from trainer.patches import Read
from trainer.prediction import Model, Prediction

Observe = Callable[[Rectangle, torch.Tensor], None]
"""Takes in a core and its probabilities (K, core.height, core.width)."""


class MergedChannels:
    """The outputs of a model as its classes count by now: those that were merged since are added up."""

    def __init__(self, class_ids: tuple[int, ...], classes: tuple[LabelClass, ...]) -> None:
        """class_ids: the label of each of the model's outputs. classes: the project's, merged ones among them."""
        counts_as = merge_table(classes)[list(class_ids)].tolist()
        found = tuple(dict.fromkeys(counts_as))
        if len(found) < 2:  # all of it is background by now: what the model found is shown as such anyway
            counts_as, found = list(class_ids), class_ids
        self.class_ids: tuple[int, ...] = found
        """The label of each channel that `apply` gives."""
        self._into = torch.tensor([found.index(label) for label in counts_as])

    def apply(self, likelihood: torch.Tensor) -> torch.Tensor:
        """(K, h, w), one for each output, to (len(class_ids), h, w)."""
        if len(self._into) == len(self.class_ids):
            return likelihood
        sums = likelihood.new_zeros((len(self.class_ids), *likelihood.shape[1:]))
        return sums.index_add(0, self._into.to(likelihood.device), likelihood)


class Segmenting:
    """One image being segmented. Memory is bounded by the labels: tiles of one label cost a byte."""

    def __init__(
        self,
        prediction: Prediction,
        shape: tuple[int, int],
        merged: "MergedChannels",
        first: Rectangle | None = None,
        threshold: float = 0.5,
        observe: Observe | None = None,
    ) -> None:
        """shape: (H, W) of the image. first: what the user sees, done before the rest.

        threshold: with one class beside background, the probability above which a pixel is of that class.
        observe: called with each core once it is segmented, for what can be told from probabilities alone.
        merged: the predicted classes, and which of them count as one.
        """
        self.labels = Labels(shape)
        """The result so far; unknown where no tile was done yet."""
        self._prediction = prediction
        self._threshold = threshold
        self._observe = observe
        self._merged = merged
        self._cores = list(prediction.cores)
        if first is not None:
            # A stable sort: row by row within what the user sees, then row by row elsewhere.
            self._cores.sort(key=lambda core: core.intersection(first).empty)
        self._done = 0

    def advance(self) -> bool:
        """Segment one tile. Returns whether there are more."""
        if self._done == len(self._cores):
            return False
        core = self._cores[self._done]
        likelihood = self._merged.apply(self._prediction.at(core))
        self._write(core, most_likely(likelihood, self._merged.class_ids, self._threshold))
        if self._observe is not None:
            self._observe(core, likelihood)
        self._done += 1
        return self._done < len(self._cores)

    def _write(self, core: Rectangle, values: NDArray[np.uint8]) -> None:
        """Write by label tiles: one that holds a single label is written as such, and kept in a byte."""
        for index in self.labels.indexes(core):
            part = self.labels.tile_rectangle(index).intersection(core)
            block = values[part.shifted(-core.top, -core.left).slices]
            constant = block.min() == block.max()
            self.labels.write(part, int(block.flat[0]) if constant else block)
            entire = self.labels.tile_rectangle(index)
            if constant and part != entire:  # several cores may have filled it, each with the same label
                filled = self.labels.read(entire)
                if filled.min() == filled.max():
                    self.labels.write(entire, int(filled[0, 0]))


def segment(model: Model, read: Read, shape: tuple[int, int]) -> Labels:
    """A whole image at once, for tests and commands that have nothing else to do."""
    segmenting = Segmenting(model.predict(read, shape), shape, MergedChannels(model.class_ids, ()))
    while segmenting.advance():
        pass
    return segmenting.labels


def most_likely(likelihood: torch.Tensor, class_ids: tuple[int, ...], threshold: float = 0.5) -> NDArray[np.uint8]:
    """Labels (h, w) uint8: the likeliest of several classes, or, of two, the second where it exceeds the threshold.

    likelihood: (K, h, w), as from `probabilities`; class_ids: the label of each of the K channels.
    """
    channel = likelihood[1] > threshold if len(class_ids) == 2 else likelihood.argmax(dim=0)
    return np.asarray(class_ids, np.uint8)[channel.cpu().numpy().astype(np.uint8)]
