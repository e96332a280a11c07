"""A layer of a grey map that is as fine as the image, or coarser, in colours by value."""

import numpy as np
from numpy.typing import NDArray

from painter_app.canvas.layers import LABEL_LEVELS, Layer, Tile
from shared_folder.labels import Pixels


class MapLayer(Layer):
    """A map of an image of `shape` (H, W). values: (ceil(H / scale), ceil(W / scale)), scale a power of two;
    colours: premultiplied ARGB (256,) by value. Subclasses say what a block of values looks like from afar."""

    finest = 0.75  # as for labels

    def __init__(self, shape: tuple[int, int], values: Pixels, scale: int, colours: NDArray[np.uint32]) -> None:
        expected = -(-shape[0] // scale), -(-shape[1] // scale)
        if values.shape != expected:
            raise ValueError(f"a map of shape {values.shape} on an image of shape {shape}, one in {scale}")
        self._own_level = scale.bit_length() - 1  # whose pixels are the map's
        super().__init__(shape, max(LABEL_LEVELS, self._own_level + 1))
        self.values = values
        self.scale = scale
        self.colours = colours

    def level_for(self, zoom: float) -> int:
        return max(self._own_level, super().level_for(zoom))

    def make(self, key: tuple[int, int, int]) -> Tile:
        place, size = self._place(key), 1 << (key[0] - self._own_level)
        part = self.values[place.top * size : place.bottom * size, place.left * size : place.right * size]
        pixels = np.take(self.colours, self.from_afar(part, size))
        tile = Tile()
        if pixels.any():
            tile.fill(pixels)
        return tile

    def from_afar(self, values: Pixels, size: int) -> Pixels:
        """One value for each block of `size` a side; blocks at the far edges may be smaller."""
        raise NotImplementedError


def block_mean(values: Pixels, size: int) -> Pixels:
    """Means of blocks of `size` a side; blocks at the far edges may be smaller."""
    if size == 1:
        return values
    rows, columns = np.arange(0, values.shape[0], size), np.arange(0, values.shape[1], size)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0, dtype=np.uint32), columns, axis=1)
    heights, widths = np.diff(np.append(rows, values.shape[0])), np.diff(np.append(columns, values.shape[1]))
    means: Pixels = (sums // (heights[:, None] * widths)).astype(np.uint8)
    return means
