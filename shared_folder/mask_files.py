"""Masks in other programs' formats, for what the window exports and what the trainer's `segment` writes."""

import io
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN, LabelClass
from shared_folder.label_files import encode_palette
from shared_folder.labels import Labels
from shared_folder.merging import merge_table, remaining
from shared_folder.publish import publish

LabelMap = NDArray[np.uint8]
"""(H, W) class ids."""


class MaskFormat(StrEnum):
    """How a mask is written. With one class, foreground is that class; unknown counts as background."""

    MASK = "mask"  # 8-bit grey PNG: 0 and 255; of several classes 0 for background, then 1, 2, ... in their order
    RHIZOVISION = "rhizovision"  # 8-bit grey PNG: 0 where any class is, 255 elsewhere
    NPZ = "npz"  # compressed numpy archive, key "seg": bool; of several classes their ids, 0 for background
    LABELS = "labels"  # 8-bit palette PNG whose index is the class id (1 is background)


def mask_suffix(mask_format: MaskFormat) -> str:
    """The ending of files of this format, with its dot."""
    return ".npz" if mask_format is MaskFormat.NPZ else ".png"


def write_mask(path: Path, labels: LabelMap, mask_format: MaskFormat, classes: tuple[LabelClass, ...]) -> None:
    """Write a mask whole or not at all. path: with the format's ending, see `mask_suffix`.

    labels: (H, W) class ids. classes: the project's or the model's, without background.
    """
    publish(path, encode_mask(labels, mask_format, classes))


def encode_mask(labels: LabelMap, mask_format: MaskFormat, classes: tuple[LabelClass, ...]) -> bytes:
    """The content of a mask's file. Arguments as for `write_mask`."""
    merged = merge_table(classes)[labels]
    kept = remaining(classes)
    if mask_format is MaskFormat.LABELS:
        return encode_palette(Labels.from_array(_without_gaps(merged)), kept, "{}")
    something = ~np.isin(merged, (UNKNOWN, BACKGROUND, CANT_TELL))
    if mask_format is MaskFormat.NPZ:
        return _npz(something if len(kept) == 1 else np.where(something, merged, np.uint8(0)))
    if mask_format is MaskFormat.RHIZOVISION:
        return _grey_png(np.where(something, np.uint8(0), np.uint8(255)))
    if len(kept) == 1:
        return _grey_png(np.where(something, np.uint8(255), np.uint8(0)))
    index = np.zeros(256, np.uint8)
    for known, value in class_values(mask_format, classes):
        index[known.id] = value
    return _grey_png(index[merged])


def class_values(mask_format: MaskFormat, classes: tuple[LabelClass, ...]) -> list[tuple[LabelClass, int]]:
    """The value by which each of several classes is told from the others in a file; none where it isn't."""
    kept = remaining(classes)
    if mask_format is MaskFormat.RHIZOVISION or (len(kept) == 1 and mask_format is not MaskFormat.LABELS):
        return []
    if mask_format is MaskFormat.MASK:
        return [(known, place) for place, known in enumerate(kept, start=1)]
    return [(known, known.id) for known in kept]


def _without_gaps(labels: LabelMap) -> LabelMap:
    return np.where((labels == UNKNOWN) | (labels == CANT_TELL), np.uint8(BACKGROUND), labels)


def _grey_png(values: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG", compress_level=3)
    return file.getvalue()


def _npz(values: NDArray[np.bool_] | NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, seg=values)
    return file.getvalue()
