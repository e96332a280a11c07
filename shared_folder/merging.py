"""Merged classes: when the user merges one class into another, its pixels count as the other's everywhere."""

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import LabelClass


def remaining(classes: tuple[LabelClass, ...]) -> tuple[LabelClass, ...]:
    """The classes that were not merged into another, in order."""
    return tuple(known for known in classes if known.merged_into is None)


def merge_table(classes: tuple[LabelClass, ...]) -> NDArray[np.uint8]:
    """What each label (256,) counts as: index it with labels. A circle of merges in a damaged file ends somewhere."""
    into = {known.id: known.merged_into for known in classes if known.merged_into is not None}
    table = np.arange(256, dtype=np.uint8)
    for label in into:
        target, seen = label, {label}
        while (following := into.get(target)) is not None and following not in seen:
            seen.add(following)
            target = following
        table[label] = target
    return table
