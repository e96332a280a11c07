"""The corrected mask as a layer: the mask with the annotation laid over it, as it will be exported."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from painter_app.canvas.layers import WIDEST_LIVE, Key, LabelLayer, Tile
from shared_folder.annotation import corrected
from shared_folder.labels import Labels, LabelSource, Pixels
from shared_folder.merging import MergeTable, counted
from shared_folder.rectangle import NOTHING, Rectangle


class Corrected:
    """Corrected labels of one image. Costs only what is read of it."""

    def __init__(self, mask: LabelSource, annotation: LabelSource) -> None:
        self.shape = mask.shape
        self._mask, self._annotation = mask, annotation

    def read(self, rectangle: Rectangle) -> Pixels:
        masked = self._mask.read(rectangle)
        if self._annotation.blank(rectangle):
            return masked
        return corrected(masked, self._annotation.read(rectangle))

    def blank(self, rectangle: Rectangle) -> bool:
        return self._mask.blank(rectangle) and self._annotation.blank(rectangle)


class CorrectedLayer(LabelLayer):
    """Its tiles are made in threads, of the annotation as it was when they were asked for, and mended on the spot.

    mask: doesn't change; annotation: does, and `changed` tells where.
    """

    def __init__(
        self,
        mask: Labels,
        annotation: Labels,
        counts_as: MergeTable,
        colours: NDArray[np.uint32],
        outlined: bool,
    ) -> None:
        super().__init__(counted(Corrected(mask, annotation), counts_as), colours, outlined)
        self.widest = WIDEST_LIVE  # what mends one tile is bounded too
        self._mask, self._annotation, self._counts_as = mask, annotation, counts_as
        self._as_asked = self.source
        self._awaited: dict[Key, Tile] = {}  # asked for, with what has changed since

    def missing(self, seen: Rectangle, zoom: float) -> list[Key]:
        keys = super().missing(seen, zoom)
        if keys:
            self._as_asked = counted(Corrected(self._mask, self._annotation.snapshot()), self._counts_as)
        for key in keys:
            self._awaited.setdefault(key, Tile())
            self._used_levels.add(key[0])
        return keys

    def make(self, key: Key) -> Tile:
        return self._made(self._as_asked, key)

    def take(self, key: Key, tile: Tile) -> Rectangle:
        tile.stale = self._awaited.pop(key, Tile()).stale
        return super().take(key, tile)

    def prepare(self, exposed: Rectangle, zoom: float, enough: Callable[[], bool]) -> Rectangle:
        """Mend the tiles that there are."""
        left = NOTHING
        for key in self._keys(self.level_for(zoom), exposed):
            tile = self._tiles.get(key)
            if tile is not None and tile.stale:
                left = left.union(self._mend(key, tile, enough))
        return left

    def _tile(self, key: Key) -> Tile | None:
        return self._tiles.get(key) or self._awaited.get(key)
