"""What one mask of an image has otherwise than another: places to look at, not every pixel along a border."""

import numpy as np
from skimage.measure import label, regionprops

from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole

CELL = 32
"""Pixels along the side of the squares by which differences are counted; those that touch make one place."""
FEWEST = 96
"""Pixels that differ in a square, for it to count: where both borders of a line move by one, 64 do."""


def changed_places(before: Labels, after: Labels) -> list[Rectangle]:
    """Rectangles of the image in which two masks of one shape differ, the one with most to see first.

    Costs the parts of the image that the two don't share.
    """
    shape = after.shape
    counts = np.zeros((-(-shape[0] // CELL), -(-shape[1] // CELL)), np.int64)
    for index in after.indexes(whole(shape)):
        if before.same_tile(after, index):
            continue
        tile = after.tile_rectangle(index)
        differs = before.read(tile) != after.read(tile)
        rows, columns = np.arange(0, tile.height, CELL), np.arange(0, tile.width, CELL)
        sums = np.add.reduceat(np.add.reduceat(differs, rows, axis=0, dtype=np.int64), columns, axis=1)
        top, left = tile.top // CELL, tile.left // CELL
        counts[top : top + sums.shape[0], left : left + sums.shape[1]] = sums
    found = regionprops(label(counts >= FEWEST, connectivity=2), intensity_image=counts)
    found.sort(key=lambda region: -region.image_intensity.sum())
    return [Rectangle(*(CELL * edge for edge in region.bbox)).intersection(whole(shape)) for region in found]
