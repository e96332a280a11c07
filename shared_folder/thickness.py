"""How wide the things are that a user paints, and how large a network should see them."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label
from skimage.morphology import skeletonize

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.labels import Labels, Pixels

BoolMap = NDArray[np.bool_]

THIN = 2.5
"""Pixels. The network's finest level has a position for each two: what is narrower hardly shows there."""
THICK = 60.0
"""Pixels. At half the size it is still plain to see, and twice as much of what lies around it."""
_MOST_TILES = 16
"""Of an image are measured, spread evenly over those with something to measure: a median needs no more."""


def painted_width(painted: Labels, mask: Labels | None) -> float | None:
    """Width in pixels of the things that a user painted, or mended in a mask; None where she painted none.

    A correction along a border is thin however wide the thing is. So what looks thin is measured again together with
    what the mask says of the same things.
    """
    width = median_width(painted)
    if width is None or width >= THIN or mask is None:
        return width
    return _median_width(
        _mended(values, mask.read(place)) for place, values in painted.tiles() if _found(values).any()
    )


def median_width(labels: Labels) -> float | None:
    """Width in pixels of what is labelled as a class to find, half of it narrower; None where there is none.

    Measured along the middle line (skeleton) as twice the distance to the nearest pixel beside (Euclidean distance
    transform). Each of the labels' tiles is measured by itself, so that a large image costs no more than a small one;
    what is wider than a tile counts as wide as a tile.
    """
    return _median_width(found for _, values in labels.tiles() if (found := _found(values)).any())


def proposed_scale(width: float) -> float:
    """How much larger than they are a network should see images whose things are this wide, in pixels."""
    return 2.0 if width < THIN else 0.5 if width > THICK else 1.0


def _found(values: Pixels) -> BoolMap:
    return ~np.isin(values, (UNKNOWN, BACKGROUND, CANT_TELL))


def _mended(painted: Pixels, mask: Pixels) -> BoolMap:
    """The things of a corrected mask that she painted on. painted, mask: (h, w) class ids of one tile."""
    things, _ = label(_found(np.where(painted == UNKNOWN, mask, painted)), np.ones((3, 3)))
    return np.isin(things, np.unique(things[_found(painted)]))


def _median_width(tiles: Iterable[BoolMap]) -> float | None:
    """tiles: (h, w) each, with something found."""
    every = list(tiles)
    if not every:
        return None
    widths = [_widths(found) for found in every[:: math.ceil(len(every) / _MOST_TILES)]]
    return float(np.median(np.concatenate(widths)))


def _widths(found: BoolMap) -> NDArray[np.float64]:
    """Along the middle lines, in pixels."""
    padded = np.pad(found, 1, "edge")  # what a tile cuts off doesn't end there
    # A pixel's centre lies half a pixel inside the thing.
    widths: NDArray[np.float64] = 2 * distance_transform_edt(padded)[1:-1, 1:-1][skeletonize(found)] - 1
    widest: NDArray[np.float64] = np.minimum(widths, max(found.shape))
    return widest
