"""Labels: one class id for each pixel of an image, stored sparsely.

The map is cut into tiles of 256 pixels; a tile that nobody wrote is absent and means unknown. Tiles are copied
when they are written after a snapshot, so that a worker can encode a snapshot while the user goes on painting,
and so that a stroke costs the tiles that it touches, never the image.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import UNKNOWN
from shared_folder.rectangle import Rectangle, whole

TILE = 256

Pixels = NDArray[np.uint8]
TileIndex = tuple[int, int]


class LabelSource(Protocol):
    """A label map that is read by rectangles; `Labels` is one."""

    shape: tuple[int, int]

    def read(self, rectangle: Rectangle) -> Pixels: ...

    def blank(self, rectangle: Rectangle) -> bool: ...


class Labels:
    """A label map of shape (H, W), uint8, all unknown at first. Not thread-safe: hand workers a snapshot."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = (int(shape[0]), int(shape[1]))
        self._tiles: dict[TileIndex, Pixels] = {}
        # Tiles that someone else may hold too: they are copied before they are written.
        self._borrowed: set[TileIndex] = set()

    @classmethod
    def from_array(cls, array: Pixels) -> "Labels":
        """Labels of a whole image. array: (H, W) uint8 class ids."""
        labels = cls((array.shape[0], array.shape[1]))
        labels.write(whole(array.shape), array)
        return labels

    def snapshot(self) -> "Labels":
        """The labels as they are now; costs the number of tiles, not of pixels."""
        copy = Labels(self.shape)
        copy._tiles = dict(self._tiles)
        copy._borrowed = set(self._tiles)
        self._borrowed = set(self._tiles)
        return copy

    def read(self, rectangle: Rectangle) -> Pixels:
        """The labels (h, w) of a rectangle inside the image, as a copy. Raises ValueError outside it."""
        self._check(rectangle)
        values = np.full((rectangle.height, rectangle.width), UNKNOWN, np.uint8)
        for index, part in self._parts(rectangle):
            tile = self._tiles.get(index)
            if tile is not None:
                values[part.shifted(-rectangle.top, -rectangle.left).slices] = tile[self._inside(index, part)]
        return values

    def write(self, rectangle: Rectangle, values: Pixels | int, where: NDArray[np.bool_] | None = None) -> None:
        """Set the labels of a rectangle inside the image.

        values: (h, w) uint8, or one label for all. where: (h, w), the pixels to set; all when None.
        """
        self._check(rectangle)
        for index, part in self._parts(rectangle):
            inner = part.shifted(-rectangle.top, -rectangle.left).slices
            chosen = None if where is None else where[inner]
            if chosen is not None and not chosen.any():
                continue
            new = values if isinstance(values, int) else values[inner]
            if chosen is None and part == self.tile_rectangle(index):
                self._replace(index, part, new)
            elif index in self._tiles or not (isinstance(new, int) and new == UNKNOWN):
                inside = self._own(index)[self._inside(index, part)]
                if chosen is None:
                    inside[...] = new  # ten times as fast as with a mask
                else:
                    np.copyto(inside, np.asarray(new, np.uint8), where=chosen)
                if isinstance(new, int) and new == UNKNOWN and self._tiles[index].max() == UNKNOWN:
                    del self._tiles[index]  # nothing is left in it: no one needs to read or show it

    def blank(self, rectangle: Rectangle) -> bool:
        """Whether nothing was ever written in or beside a rectangle: all of it is surely unknown."""
        return self._tiles.keys().isdisjoint(self.indexes(rectangle))

    def to_array(self) -> Pixels:
        """The whole map (H, W); costs the image, so it belongs into workers."""
        return self.read(whole(self.shape))

    def bands(self) -> Iterator[Pixels]:
        """The whole map from the top, (h, W) at a time, so that no copy of all of it is needed."""
        height, width = self.shape
        for top in range(0, height, TILE):
            yield self.read(Rectangle(top, 0, min(top + TILE, height), width))

    def tiles(self) -> Iterator[tuple[Rectangle, Pixels]]:
        """Each tile that was ever written, with its place; read only."""
        for index in sorted(self._tiles):
            yield self.tile_rectangle(index), self._tiles[index]

    def indexes(self, rectangle: Rectangle) -> Iterator[TileIndex]:
        """Indexes (tile row, tile column) of the tiles that a rectangle touches."""
        for row in range(rectangle.top // TILE, -(-rectangle.bottom // TILE)):
            for column in range(rectangle.left // TILE, -(-rectangle.right // TILE)):
                yield row, column

    def tile_rectangle(self, index: TileIndex) -> Rectangle:
        """Place of a tile in the image; tiles at the far edges are cut off there."""
        top, left = index[0] * TILE, index[1] * TILE
        return Rectangle(top, left, min(top + TILE, self.shape[0]), min(left + TILE, self.shape[1]))

    def same_tile(self, other: "Labels", index: TileIndex) -> bool:
        """Whether two maps share a tile's very memory (so nothing in it was written since a snapshot)."""
        return self._tiles.get(index) is other._tiles.get(index)

    def counts(self) -> dict[int, int]:
        """Number of pixels of each label that occurs, unknown left out."""
        total = np.zeros(256, np.int64)
        for tile in self._tiles.values():
            if tile.strides == (0, 0):  # one value seen through the whole tile
                total[tile[0, 0]] += tile.size
            else:
                total += np.bincount(tile.ravel(), minlength=256)
        return {int(label): int(total[label]) for label in np.flatnonzero(total) if label != UNKNOWN}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Labels) or self.shape != other.shape:
            return NotImplemented if not isinstance(other, Labels) else False
        return all(
            self.same_tile(other, index)
            or np.array_equal(self.read(self.tile_rectangle(index)), other.read(self.tile_rectangle(index)))
            for index in self._tiles.keys() | other._tiles.keys()
        )

    __hash__ = None  # type: ignore[assignment]  # labels change

    def _check(self, rectangle: Rectangle) -> None:
        if rectangle.intersection(whole(self.shape)) != rectangle:
            raise ValueError(f"{rectangle} is not inside an image of shape {self.shape}")

    def _parts(self, rectangle: Rectangle) -> Iterator[tuple[TileIndex, Rectangle]]:
        indexes = list(self.indexes(rectangle))
        if len(indexes) == 1:  # as pieces of strokes do
            yield indexes[0], rectangle
            return
        for index in indexes:
            yield index, rectangle.intersection(self.tile_rectangle(index))

    def _inside(self, index: TileIndex, part: Rectangle) -> tuple[slice, slice]:
        return part.shifted(-index[0] * TILE, -index[1] * TILE).slices

    def _replace(self, index: TileIndex, part: Rectangle, values: Pixels | int) -> None:
        if not isinstance(values, int) and (values == values[0, 0]).all():
            values = int(values[0, 0])  # as most tiles of a mask are
        if isinstance(values, int) and values == UNKNOWN:
            self._tiles.pop(index, None)
            self._borrowed.discard(index)
        elif isinstance(values, int):
            # One value seen through a whole tile takes one byte: labelling a huge image as background is free.
            self._tiles[index] = np.ndarray((part.height, part.width), np.uint8, bytes((values,)), strides=(0, 0))
            self._borrowed.add(index)
        else:
            self._tiles[index] = np.array(values, np.uint8)
            self._borrowed.discard(index)

    def _own(self, index: TileIndex) -> Pixels:
        """The tile, made or copied if need be so that nobody else sees it change."""
        tile = self._tiles.get(index)
        if tile is None:
            rectangle = self.tile_rectangle(index)
            tile = np.zeros((rectangle.height, rectangle.width), np.uint8)  # UNKNOWN, and untouched memory is free
        elif index in self._borrowed:
            tile = tile.copy()
        self._borrowed.discard(index)
        self._tiles[index] = tile
        return tile
