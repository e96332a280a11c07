"""How wide the things are that a user paints, and how large a network should see them."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from skimage.morphology import skeletonize

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.labels import Labels, Pixels

THIN = 2.5
"""Pixels. The network's finest level has a position for each two: what is narrower hardly shows there."""
THICK = 60.0
"""Pixels. At half the size it is still plain to see, and twice as much of what lies around it."""


_MOST_TILES = 16
"""Of an image are measured, spread evenly over those with something to measure: a median needs no more."""


def median_width(labels: Labels) -> float | None:
    """Width in pixels of what is painted as a class to find, half of it narrower; None where there is none.

    Measured along the middle line (skeleton) as twice the distance to the nearest pixel beside (Euclidean distance
    transform). Each of the labels' tiles is measured by itself, so that a large image costs no more than a small one;
    what is wider than a tile counts as wide as a tile.
    """
    widths = [np.zeros(0)]
    found_in = [found for _, values in labels.tiles() if (found := _found(values)).any()]
    for found in found_in[:: -(-len(found_in) // _MOST_TILES) or 1]:
        # Edges repeated: what a tile cuts off doesn't end there.
        padded = np.pad(found, 1, "edge")
        # A pixel's centre lies half a pixel inside the thing.
        width = 2 * distance_transform_edt(padded)[1:-1, 1:-1][skeletonize(found)] - 1
        widths.append(np.minimum(width, max(found.shape)))
    every = np.concatenate(widths)
    return float(np.median(every)) if every.size else None


def proposed_scale(width: float) -> float:
    """How much larger than they are a network should see images whose things are this wide, in pixels."""
    return 2.0 if width < THIN else 0.5 if width > THICK else 1.0


def _found(values: Pixels) -> NDArray[np.bool_]:
    return ~np.isin(values, (UNKNOWN, BACKGROUND, CANT_TELL))
