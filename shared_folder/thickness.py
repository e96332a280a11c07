"""How wide the things are that a user paints, and how large a network should see them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label
from skimage.morphology import skeletonize

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.labels import Labels, Pixels

BoolMap = NDArray[np.bool_]

THIN = 3.5
"""Pixels. Lines painted narrower are found better at twice the size: vessels, cracks; no worse: roots, membranes."""
LINE = 10.0
"""How many times longer than wide a line is at least. Small compact things, such as nuclei, are found worse enlarged:
what tells them from everything else lies around them."""
THICK = 10.0
"""Pixels. What is painted wider is found far better at half the size, with twice as much of what lies around it."""
CLEARLY = 1.5
"""By what factor a width must lie beyond either for a scale to be left again."""
_MOST_TILES = 16
"""Of an image are measured, spread evenly over those with something to measure: a median needs no more."""


class Thickness(NamedTuple):
    """Of the things that are painted, in pixels."""

    width: float
    """Median along their middle lines."""
    length: float
    """Mean length of those lines."""

    @property
    def lines(self) -> bool:
        """Whether they are long and thin."""
        return self.length >= LINE * self.width


def thickness(labels: Labels) -> Thickness | None:
    """How wide and long things are that are labelled as a class to find; None where there is nothing.

    Measured along the middle line (skeleton) as twice the distance to the nearest pixel beside (Euclidean distance
    transform). Each of the labels' tiles is measured by itself, so that a large image costs no more than a small one;
    what is wider or longer than a tile counts as wide or long as a tile.
    """
    every = [found for _, values in labels.tiles() if (found := _found(values)).any()]
    if not every:
        return None
    measured = every[:: math.ceil(len(every) / _MOST_TILES)]
    widths = np.concatenate([_widths(found) for found in measured])
    things = sum(label(found, np.ones((3, 3)))[1] for found in measured)
    return Thickness(float(np.median(widths)), len(widths) / things)


def proposed_scale(width: float, lines: bool, now: float = 1.0) -> float:
    """How much larger than they are a network should see images in which things are painted this wide, in pixels.

    lines: whether they are far longer than that. now: the scale so far. It is left only for a width that lies clearly
    beyond, since a network that has learned at one scale has to learn anew at another.
    """
    thin = THIN * CLEARLY if now > 1 else THIN
    thick = THICK / CLEARLY if now < 1 else THICK
    return 2.0 if lines and width < thin else 0.5 if width > thick else 1.0


def _found(values: Pixels) -> BoolMap:
    return ~np.isin(values, (UNKNOWN, BACKGROUND, CANT_TELL))


def _widths(found: BoolMap) -> NDArray[np.float64]:
    """Along the middle lines, in pixels."""
    padded = np.pad(found, 1, "edge")  # what a tile cuts off doesn't end there
    # A pixel's centre lies half a pixel inside the thing.
    widths: NDArray[np.float64] = 2 * distance_transform_edt(padded)[1:-1, 1:-1][skeletonize(found)] - 1
    widest: NDArray[np.float64] = np.minimum(widths, max(found.shape))
    return widest
