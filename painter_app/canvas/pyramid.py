"""Label maps at coarser levels, in which nothing thin gets lost.

At level L a pixel stands for 2^L x 2^L pixels of the image and shows the most telling label among them, so that a
root two pixels wide stays visible however far one zooms out.
"""

import itertools

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import CANT_TELL, UNKNOWN
from shared_folder.labels import LabelSource, Pixels
from shared_folder.rectangle import Rectangle, whole

_STRIP = 256  # rows; a multiple of any level's pixel


def rank(labels: Pixels) -> Pixels:
    """Order in which labels win where several meet: a class over background, that over can't tell, that over unknown.

    A label's rank is the label + 1, save that unknown stays 0 and can't tell becomes 1.
    """
    ranked: Pixels = np.add(labels, 1, dtype=np.uint8)  # can't tell wraps to 0
    ranked -= (labels == UNKNOWN).view(np.uint8)  # seen as numbers: casting would cost five times as much
    ranked += (labels == CANT_TELL).view(np.uint8)
    return ranked


class Difference:
    """Where two label maps of one shape differ: 2 there, unknown elsewhere. Costs only what is read of it."""

    def __init__(self, old: LabelSource, new: LabelSource) -> None:
        self.shape = new.shape
        self._old, self._new = old, new

    def read(self, rectangle: Rectangle) -> Pixels:
        differs: Pixels = (self._old.read(rectangle) != self._new.read(rectangle)).astype(np.uint8)
        return differs * np.uint8(2)

    def blank(self, rectangle: Rectangle) -> bool:
        return self._old.blank(rectangle) and self._new.blank(rectangle)


def level_shape(shape: tuple[int, int], level: int) -> tuple[int, int]:
    """Shape (H, W) of a label map at a level: the last row and column may stand for fewer pixels."""
    return -(-shape[0] >> level), -(-shape[1] >> level)


def to_level(rectangle: Rectangle, level: int) -> Rectangle:
    """The pixels of a level that a rectangle of the image touches."""
    return Rectangle(
        rectangle.top >> level, rectangle.left >> level, -(-rectangle.bottom >> level), -(-rectangle.right >> level)
    )


def from_level(rectangle: Rectangle, level: int) -> Rectangle:
    """The pixels of the image that a rectangle of a level stands for; may reach over the image's far edges."""
    return Rectangle(*(edge << level for edge in rectangle))


def ranks(source: LabelSource, level: int, rectangle: Rectangle) -> Pixels:
    """Ranks (h, w) of the winning labels of a rectangle given in pixels of the level."""
    place = from_level(rectangle, level).intersection(whole(source.shape))
    if source.blank(place):
        return np.zeros((rectangle.height, rectangle.width), np.uint8)
    # In strips, since a large tile at once would leave the processor's cache at every step.
    edges = [*range(place.top, place.bottom, _STRIP), place.bottom]
    strips = [place._replace(top=top, bottom=bottom) for top, bottom in itertools.pairwise(edges)]
    return np.concatenate([_highest(source.read(strip), level) for strip in strips])


def outline(source: LabelSource, level: int, rectangle: Rectangle) -> Pixels:
    """Ranks (h, w) as by `ranks`, but only on the outermost pixels of each region."""
    halo = rectangle.grown(1).intersection(whole(level_shape(source.shape, level)))
    around = ranks(source, level, halo)
    inner = rectangle.shifted(-halo.top, -halo.left).slices
    return np.where(_edges(around)[inner], around[inner], 0).astype(np.uint8)


def _highest(labels: Pixels, level: int) -> Pixels:
    """Highest rank of each block of 2^level pixels a side."""
    if level and labels.max() < CANT_TELL:  # all others rank as they count, so the few that win are enough
        return rank(block_max(labels, level))
    return block_max(rank(labels), level)


def block_max(values: Pixels, level: int) -> Pixels:
    """Largest value of each block of 2^level pixels a side; blocks at the far edges may be smaller."""
    size = 1 << level
    short = -values.shape[0] % size, -values.shape[1] % size
    if any(short):
        values = np.pad(values, ((0, short[0]), (0, short[1])))
    for _ in range(level):  # rows first: that runs through memory in order and leaves little for the columns
        values = np.maximum(values[::2], values[1::2])
    for _ in range(level):
        values = np.maximum(values[:, ::2], values[:, 1::2])
    return values


def _edges(values: Pixels) -> NDArray[np.bool_]:
    """Pixels (h, w) with a neighbour above, below, left or right that is another."""
    edge = np.zeros(values.shape, bool)
    down, across = values[1:] != values[:-1], values[:, 1:] != values[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    return edge
