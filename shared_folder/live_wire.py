"""Live wire: the way along the nearest thin line from one point to another.

Intelligent scissors (Mortensen and Barrett, SIGGRAPH 1995) on a map of lines: going along a line is cheap, going
across open ground is dear, and the cheapest way is followed (Dijkstra 1959, as in skimage.graph).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.graph import MCP_Geometric

from shared_folder.sweeps import Point

_OPEN_GROUND = 1.0
_ON_LINE = 0.03
"""Cost of a pixel. A way along a line may be some thirty times as long as one across."""
_STRONG = 98.0
"""Percentile of the line map that counts as surely a line."""


class LiveWire:
    """Ways from one point of a picture to all others. Costs some tenths of a second for 300 x 300 pixels."""

    def __init__(self, pixels: NDArray[np.uint8], start: tuple[int, int], width: float) -> None:
        """pixels: (h, w, 3). start: row and column in them. width: about how wide the lines are, in pixels."""
        self._ways = MCP_Geometric(line_cost(pixels, start, width))
        self._ways.find_costs([start])

    def path(self, end: tuple[int, int]) -> NDArray[np.float64]:
        """The middles of the pixels from the start to a point of the picture, (n, 2) rows and columns, smoothed."""
        way = np.array(self._ways.traceback(end), np.float64) + 0.5
        if len(way) < 3:
            return way
        smooth: NDArray[np.float64] = ndimage.gaussian_filter1d(way, 1.5, axis=0, mode="nearest")
        smooth[0], smooth[-1] = way[0], way[-1]
        return smooth


def line_cost(pixels: NDArray[np.uint8], start: tuple[int, int], width: float) -> NDArray[np.float64]:
    """Cost (h, w) of going through each pixel, _ON_LINE.._OPEN_GROUND.

    A line is brighter, or darker, than its surroundings (a difference of Gaussians of its width); which of both is
    told by the place where it begins.
    """
    grey = pixels.astype(np.float64).mean(axis=2)
    sigma = max(0.8, width / 4)
    stands_out = ndimage.gaussian_filter(grey, sigma) - ndimage.gaussian_filter(grey, 3 * sigma)
    reach = max(1, round(width))
    top, left = max(0, start[0] - reach), max(0, start[1] - reach)
    begins = stands_out[top : start[0] + reach + 1, left : start[1] + reach + 1]
    sign = 1.0 if begins.max() >= -begins.min() else -1.0
    line = np.maximum(sign * stands_out, 0)
    strong = float(np.percentile(line, _STRONG))
    strength = (line / strong).clip(0, 1) if strong > 0 else line
    cost: NDArray[np.float64] = _ON_LINE + (_OPEN_GROUND - _ON_LINE) * (1 - strength) ** 2
    return cost


def nearest(point: Point, shape: tuple[int, ...]) -> tuple[int, int]:
    """Row and column of the pixel of a picture (h, w, ...) that is nearest to a point."""
    return (
        min(max(int(np.floor(point[0])), 0), shape[0] - 1),
        min(max(int(np.floor(point[1])), 0), shape[1] - 1),
    )
