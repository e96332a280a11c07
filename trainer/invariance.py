"""Invariance: how far a mask changes when its image is moved, turned, mirrored or scaled.

A network is equivariant to a transformation when the mask of the transformed image is the transformed mask.
Convolutions are so by construction under translation (up to their stride); under rotation, scaling and flipping only
as far as augmentation taught it. The measure is the Dice between the two, in the area that both know.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from shared_folder.classes import UNKNOWN
from shared_folder.scores import LabelMap, compare
from trainer.patches import FloatImage

Segment = Callable[[FloatImage], LabelMap]
"""A mask (H, W), label ids, of an image (H, W, C)."""


@dataclass(frozen=True)
class Transformation:
    """What is done to an image, about its middle."""

    name: str
    matrix: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    """From (row, column) in the result, measured from the middle, to the source."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Rows and columns by which the content moves down and to the right."""


def translation(rows: float, columns: float) -> Transformation:
    """Pixels down and to the right."""
    return Transformation(f"translation by {rows:g}, {columns:g} pixels", shift=(rows, columns))


def rotation(degrees: float) -> Transformation:
    """Anticlockwise as one sees it. A quarter of a turn, or several, is exact."""
    # Rounded, so that quarters of a turn fall on whole pixels.
    cosine, sine = (round(turned(math.radians(degrees)), 12) for turned in (math.cos, math.sin))
    return Transformation(f"rotation by {degrees:g}°", ((cosine, sine), (-sine, cosine)))


def scaling(factor: float) -> Transformation:
    """factor: above 1 things become larger."""
    return Transformation(f"scaling by {factor:g}", ((1 / factor, 0.0), (0.0, 1 / factor)))


def flipping() -> Transformation:
    """Left and right are swapped."""
    return Transformation("flipping", ((1.0, 0.0), (0.0, -1.0)))


def transform_image(image: FloatImage, by: Transformation, shape: tuple[int, int] | None = None) -> FloatImage:
    """An image (H, W, C), transformed by bilinear interpolation; beyond its edge it is mirrored.

    shape: (H, W) of the result, whose middle is the image's; as the image when None.
    """
    rows, columns = _sources(image.shape[:2], by, shape)
    channels = [
        ndimage.map_coordinates(image[..., channel], (rows, columns), order=1, mode="mirror")
        for channel in range(image.shape[-1])
    ]
    return np.stack(channels, axis=-1, dtype=np.float32)


def transform_mask(mask: LabelMap, by: Transformation, shape: tuple[int, int] | None = None) -> LabelMap:
    """A mask (H, W), transformed; each pixel is its nearest source, unknown where that lies outside."""
    rows, columns = (np.rint(each).astype(np.intp) for each in _sources(mask.shape, by, shape))
    inside = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    found = mask[rows.clip(0, mask.shape[0] - 1), columns.clip(0, mask.shape[1] - 1)]
    return np.where(inside, found, np.uint8(UNKNOWN))


def _sources(
    source: tuple[int, ...], by: Transformation, shape: tuple[int, int] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Row and column in the source for each pixel of the result."""
    height, width = shape or (source[0], source[1])
    rows, columns = np.mgrid[:height, :width]
    from_middle = rows - (height - 1) / 2 - by.shift[0], columns - (width - 1) / 2 - by.shift[1]
    (a, b), (c, d) = by.matrix
    return (
        a * from_middle[0] + b * from_middle[1] + (source[0] - 1) / 2,
        c * from_middle[0] + d * from_middle[1] + (source[1] - 1) / 2,
    )


def agreement(segment: Segment, image: FloatImage, by: Transformation, edge: int = 0) -> float:
    """Mean Dice, over the classes other than background, of the transformed image's mask with the transformed mask.

    edge: pixels along every edge, of the image and of the transformed one, that are left out: what the network sees
    there is made up. 1 where neither mask finds anything.
    """
    turned = segment(transform_image(image, by))
    mask = _without_edge(segment(image), edge)
    return mean_dice(_without_edge(turned, edge), transform_mask(mask, by))


def mean_dice(one: LabelMap, other: LabelMap) -> float:
    """Mean Dice of the classes other than background that occur, where both are known; 1 where none occurs."""
    return compare(one, other).mean_dice


def _without_edge(mask: LabelMap, edge: int) -> LabelMap:
    inner = np.full_like(mask, UNKNOWN)
    within = slice(edge, mask.shape[0] - edge), slice(edge, mask.shape[1] - edge)
    inner[within] = mask[within]
    return inner
