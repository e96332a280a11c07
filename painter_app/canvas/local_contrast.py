"""Local contrast: dark and bright, flat and busy parts of an image all shown with the screen's whole range.

Each pixel is compared with the mean and the spread of what lies around it. Both come from a coarse level of the whole
image and are interpolated between the middles of its cells, so that they have one value at each point of the image
whichever tile is drawn: there are no seams, and a tile costs its own pixels.
"""

import numpy as np
from numpy.typing import NDArray

from shared_folder.rectangle import Rectangle

COARSE_SIDE = 1024
"""Pixels of the longest side of the level that means and spreads are taken from, at most."""
_CELLS = 32
"""Along the longest side: the neighbourhood is some two of them wide."""
_MIDDLE, _SPREAD = 128.0, 52.0
"""Mean and standard deviation, in grey levels, that every neighbourhood is brought to."""
_MOST_GAIN = 5.0
"""More would show nothing but noise."""

Floats = NDArray[np.float32]


class LocalContrast:
    """What the neighbourhoods of one image are like."""

    def __init__(self, coarse: NDArray[np.uint8], halvings: int) -> None:
        """coarse: the whole image (h, w, 3) at level `halvings`, as it is shown."""
        light = coarse.mean(axis=2, dtype=np.float32)
        cell = max(1, -(-max(light.shape) // _CELLS))
        self._cell = cell << halvings  # pixels of the image
        mean, square = _cell_means(light, cell), _cell_means(light**2, cell)
        self._mean = _smoothed(mean)
        spread = np.sqrt(np.maximum(_smoothed(square) - self._mean**2, 0))
        self._gain = np.minimum(_SPREAD / np.maximum(spread, 1e-3), _MOST_GAIN).astype(np.float32)

    def apply(self, pixels: NDArray[np.uint8], level: int, place: Rectangle, strength: float) -> NDArray[np.uint8]:
        """Pixels (h, w, 3) with more contrast; colours keep their differences from grey.

        place: where they lie, in pixels of the level. strength: 0 (nothing changes) to 1.
        """
        rows = self._weights(place.top, place.bottom, level, self._mean.shape[0])
        columns = self._weights(place.left, place.right, level, self._mean.shape[1]).T
        light = pixels.mean(axis=2, dtype=np.float32)
        wanted = (light - rows @ self._mean @ columns) * (rows @ self._gain @ columns) + np.float32(_MIDDLE)
        change = np.float32(strength) * (wanted - light)
        result: NDArray[np.uint8] = (pixels + change[..., None]).clip(0, 255).round().astype(np.uint8)
        return result

    def _weights(self, first: int, last: int, level: int, cells: int) -> Floats:
        """How much each cell (cells,) counts for each row or column of a tile: (last - first, cells)."""
        middles = (np.arange(first, last) + 0.5) * (1 << level) / self._cell - 0.5
        middles = middles.clip(0, cells - 1)
        weights: Floats = np.maximum(0, 1 - np.abs(middles[:, None] - np.arange(cells))).astype(np.float32)
        return weights


def _cell_means(values: Floats, cell: int) -> Floats:
    """Means of squares of `cell` pixels a side; those at the far edges may be smaller."""
    rows, columns = np.arange(0, values.shape[0], cell), np.arange(0, values.shape[1], cell)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    heights, widths = np.diff(np.append(rows, values.shape[0])), np.diff(np.append(columns, values.shape[1]))
    means: Floats = (sums / (heights[:, None] * widths)).astype(np.float32)
    return means


def _smoothed(cells: Floats) -> Floats:
    """Each cell with those beside it, nearer ones more; cells beyond the edges are as those at them."""
    for axis in (0, 1):
        padded = np.pad(cells, [(1, 1) if each == axis else (0, 0) for each in (0, 1)], "edge")
        before, here, after = (np.take(padded, np.arange(cells.shape[axis]) + step, axis) for step in range(3))
        cells = (before + 2 * here + after) / np.float32(4)
    return cells
