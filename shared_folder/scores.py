"""Scores: how well a predicted label map agrees with a true one, on known pixels only.

Counts add up, so that images can be pooled (`sum_of`) or scored one by one and averaged. With TP, FP and FN the
numbers of pixels that are rightly, wrongly and not given a class:

    Dice      = 2 TP / (2 TP + FP + FN)    Dice 1945, Ecology 26:297; Sørensen 1948, Biol. Skr. 5:1 (the F1 score)
    precision = TP / (TP + FP)
    recall    = TP / (TP + FN)

Each score is in 0..1 and never NaN: where neither map has the class, the two agree and the score is 1; where only
one has it, the score is 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN

LabelMap = NDArray[np.uint8]
"""(H, W) class ids: 0 unknown, 1 background, 2 to 254 the classes, 255 can't tell."""


@dataclass(frozen=True)
class Counts:
    """Pixels of one class: rightly found, wrongly found, missed."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
        )

    @property
    def dice(self) -> float:
        twice = 2 * self.true_positive
        return _share(twice, twice + self.false_positive + self.false_negative)

    @property
    def precision(self) -> float:
        found = self.true_positive + self.false_positive
        return _share(self.true_positive, found) if found else float(not self.false_negative)

    @property
    def recall(self) -> float:
        real = self.true_positive + self.false_negative
        return _share(self.true_positive, real) if real else float(not self.false_positive)


@dataclass(frozen=True)
class Confusion:
    """How many known pixels of each true class were given each predicted class. Adding pools images."""

    pixels: dict[tuple[int, int], int] = field(default_factory=dict)
    """(true class id, predicted class id) -> number of pixels; pairs that don't occur are absent."""

    def __add__(self, other: "Confusion") -> "Confusion":
        pairs = self.pixels.keys() | other.pixels.keys()
        return Confusion({pair: self.pixels.get(pair, 0) + other.pixels.get(pair, 0) for pair in sorted(pairs)})

    @property
    def known(self) -> int:
        """Pixels that were compared."""
        return sum(self.pixels.values())

    @property
    def classes(self) -> tuple[int, ...]:
        """Classes that occur in either map, in order."""
        return tuple(sorted({class_id for pair in self.pixels for class_id in pair}))

    @property
    def accuracy(self) -> float:
        """Share of the known pixels that were given their true class; 1.0 where nothing is known."""
        return _share(sum(n for (true, predicted), n in self.pixels.items() if true == predicted), self.known)

    @property
    def mean_dice(self) -> float:
        """Mean Dice of the classes other than background that occur; 1.0 where none occurs."""
        dices = [self.counts(class_id).dice for class_id in self.classes if class_id != BACKGROUND]
        return sum(dices) / len(dices) if dices else 1.0

    def counts(self, class_id: int) -> Counts:
        return Counts(
            self.pixels.get((class_id, class_id), 0),
            sum(n for (true, predicted), n in self.pixels.items() if predicted == class_id != true),
            sum(n for (true, predicted), n in self.pixels.items() if true == class_id != predicted),
        )

    def dice_by_class(self) -> dict[int, float]:
        """Dice of every class that occurs, background too."""
        return {class_id: self.counts(class_id).dice for class_id in self.classes}


def compare(predicted: LabelMap, true: LabelMap) -> Confusion:
    """Count class pairs where both maps are known.

    predicted, true: (H, W) class ids; pixels that are unknown or "can't tell" in either are left out.
    Raises ValueError when the shapes differ.
    """
    if predicted.shape != true.shape:
        raise ValueError(f"label maps of different size: {predicted.shape} and {true.shape}")
    pairs = np.bincount(true.ravel().astype(np.uint16) * 256 + predicted.ravel(), minlength=1 << 16)
    table = pairs.reshape(256, 256)
    table[[UNKNOWN, CANT_TELL]] = 0
    table[:, [UNKNOWN, CANT_TELL]] = 0
    return Confusion({(int(t), int(p)): int(table[t, p]) for t, p in np.argwhere(table)})


def sum_of(confusions: Iterable[Confusion]) -> Confusion:
    """Pool images: large ones and those with many objects weigh more than in a mean of scores."""
    return sum(confusions, Confusion())


def dice(predicted: LabelMap, true: LabelMap, class_id: int) -> float:
    """Dice of one class on the known pixels of one image."""
    return compare(predicted, true).counts(class_id).dice


def dice_by_class(predicted: LabelMap, true: LabelMap) -> dict[int, float]:
    """Dice of every class that occurs in either map, on the known pixels of one image."""
    return compare(predicted, true).dice_by_class()


def _share(part: int, total: int) -> float:
    return part / total if total else 1.0
