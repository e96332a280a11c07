"""Merged classes: when the user merges one class into another, its pixels count as the other's everywhere."""

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import LabelClass
from shared_folder.labels import Labels, LabelSource, Pixels
from shared_folder.rectangle import Rectangle

MergeTable = NDArray[np.uint8]
"""What each label counts as: (256,), indexed by labels."""
UNMERGED: MergeTable = np.arange(256, dtype=np.uint8)


def counted(labels: LabelSource, counts_as: MergeTable) -> LabelSource:
    """A label map as its labels count; itself where nothing was merged. Costs what is read of it."""
    return labels if (counts_as == UNMERGED).all() else _Counted(labels, counts_as)


class _Counted:
    def __init__(self, labels: LabelSource, counts_as: MergeTable) -> None:
        self.shape = labels.shape
        self._labels = labels
        self._counts_as = counts_as

    def read(self, rectangle: Rectangle) -> Pixels:
        return self._counts_as[self._labels.read(rectangle)]

    def blank(self, rectangle: Rectangle) -> bool:
        return self._labels.blank(rectangle)


def remaining(classes: tuple[LabelClass, ...]) -> tuple[LabelClass, ...]:
    """The classes that were not merged into another, in order."""
    return tuple(known for known in classes if known.merged_into is None)


def merge_table(classes: tuple[LabelClass, ...]) -> MergeTable:
    """What each label counts as. A circle of merges in a damaged file ends somewhere."""
    into = {known.id: known.merged_into for known in classes if known.merged_into is not None}
    table = UNMERGED.copy()
    for label in into:
        target, seen = label, {label}
        while (following := into.get(target)) is not None and following not in seen:
            seen.add(following)
            target = following
        table[label] = target
    return table


def merged_labels(labels: Labels, counts_as: MergeTable) -> Labels:
    """A whole label map as its labels count; itself where nothing was merged. Costs its tiles."""
    if (counts_as == UNMERGED).all():
        return labels
    merged = Labels(labels.shape)
    for rectangle, values in labels.tiles():
        merged.write(rectangle, counts_as[values])
    return merged
