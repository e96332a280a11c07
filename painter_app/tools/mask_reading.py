"""Masks in whatever format they were exported."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.images import open_image
from shared_folder.label_files import decode_annotation, decode_segmentation, read_facts
from shared_folder.labels import Pixels
from shared_folder.rectangle import whole
from shared_folder.refused import Refused

Foreground = NDArray[np.bool_]
"""(H, W): whether a pixel is of any class but background."""
_BLUE = 2
_MOST_NPZ = 4_000_000_000  # bytes


def foreground_of(path: Path) -> Foreground:
    """What a mask finds: RootPainter's blue above 0, our label maps, grey above 0, the key "seg" of an NPZ.

    Refuses what is no mask. In RhizoVision Explorer's masks the ground is bright, which nothing tells: convert from
    the others.
    """
    if path.suffix.lower() == ".npz":
        return _from_npz(path)
    pixels = _pixels(path)
    if pixels.ndim == 2 or pixels.shape[2] <= 2:  # grey
        return np.asarray((pixels if pixels.ndim == 2 else pixels[..., 0]) > 0)
    return np.asarray(pixels[..., _BLUE] > 0)


def labels_of_mask(path: Path) -> Pixels:
    """(H, W) class ids of a mask; foreground where the file doesn't tell classes apart."""
    if path.suffix.lower() == ".png" and _is_labels(path):
        return decode_segmentation(path.read_bytes(), path.name)[0].to_array()
    return np.where(foreground_of(path), np.uint8(FOREGROUND), np.uint8(BACKGROUND))


def labels_of_annotation(path: Path, shape: tuple[int, int]) -> Pixels:
    """(H, W) class ids of an annotation, 0 where nothing is known. Refuses one of another size."""
    return decode_annotation(path.read_bytes(), path.name, shape)[0].to_array()


def _pixels(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]:
    if _is_labels(path):
        labels = decode_segmentation(path.read_bytes(), path.name)[0].to_array()
        return np.where(labels >= FOREGROUND, np.uint8(255), np.uint8(0))
    image = open_image(path)
    return image.read(0, whole(image.shape))


def _is_labels(path: Path) -> bool:
    """Whether it says of itself that it holds class ids (1 is background)."""
    return path.suffix.lower() == ".png" and bool(read_facts(path))


def _from_npz(path: Path) -> Foreground:
    try:
        with np.load(path, allow_pickle=False) as archive:
            found = archive["seg"]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise Refused(f'{path.name}: is no archive of a mask (key "seg"). Export it again.') from error
    if found.ndim != 2 or found.nbytes > _MOST_NPZ:
        raise Refused(f'{path.name}: its "seg" is no mask of one image. Export it again.')
    return np.asarray(found > 0)
