"""Layers: image, mask and annotation as coloured tiles of the magnification that is needed, made when they are seen.

A tile is a square of up to 512 pixels a side at a pyramid level (level L shows 2^L pixels of the image as one). A
change marks the tiles that hold it; on the next repaint only that part of the tiles in view is coloured again. So a
stroke costs its rectangle, and the image's size costs nothing.
"""

import functools
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from painter_app.canvas.pyramid import from_level, level_shape, outline, rank, ranks, to_level
from shared_folder.channels import ChannelTone
from shared_folder.classes import BACKGROUND_CLASS, CANT_TELL_CLASS, LabelClass
from shared_folder.labels import LabelSource, Pixels
from shared_folder.rectangle import NOTHING, Rectangle, whole

SIDE = 512
"""Pixels of a level along a tile's side, at fine levels: many small ones cost more to draw than few large ones."""
WIDEST = 4096
"""Pixels of the image along a tile's side, at coarse levels: what one tile costs is bounded at every zoom."""
WIDEST_LIVE = 2048
"""Of a live layer, whose tiles are made between two frames."""
LABEL_LEVELS = 7
"""Of label maps, down to the smallest zoom of 1/64."""

MASK_COLOUR = "#19d2f0"
"""Of the mask where there is one class: cyan, which differs from every class's colour and is rare in photographs."""

_MOST_STALE = 64
"""Changed rectangles that a tile remembers one by one."""

Key = tuple[int, int, int]
"""A tile's level, row and column."""


class DisplayedImage(Protocol):
    """What the canvas needs of an image; `shared_folder.images.open_image` gives it."""

    shape: tuple[int, int, int]
    levels: int

    def displayed(self, level: int, rectangle: Rectangle, tones: Sequence[ChannelTone] = ()) -> NDArray[np.uint8]: ...


@dataclass
class Tile:
    """Part of a layer, coloured. Blank ones hold no pixels."""

    picture: QImage | None = None
    pixels: NDArray[np.uint32] | None = None  # the picture's memory, (h, w) premultiplied ARGB
    stale: list[Rectangle] = field(default_factory=list)  # pixels of the image that changed since

    def mark(self, rectangle: Rectangle) -> None:
        """Remember a change. Apart, since two far corners would make one rectangle of the whole tile."""
        self.stale.append(rectangle)
        if len(self.stale) > _MOST_STALE:
            self.stale = [functools.reduce(Rectangle.union, self.stale)]

    def fill(self, pixels: NDArray[np.uint32]) -> None:
        self.pixels = pixels
        self.picture = picture_of(pixels, QImage.Format.Format_ARGB32_Premultiplied)

    @property
    def size(self) -> int:
        return self.picture.sizeInBytes() if self.picture is not None else 64


class Layer:
    """One layer of an image of `shape` (H, W). Subclasses make the tiles.

    Most layers are still: `missing` says which tiles a view lacks, anybody may `make` them on any thread, and `take`
    gives them to the layer. What the user paints is live: `prepare` makes its tiles on the spot.
    """

    widest = WIDEST
    finest = 1.0
    """Smallest size on the screen, in its pixels, at which a tile's pixels are drawn."""

    def __init__(self, shape: tuple[int, int], levels: int) -> None:
        self.shape = shape
        self.levels = levels
        self.before: Layer | None = None
        """What was in this layer's place, and is drawn where a tile is missing; let go as soon as none is."""
        self._tiles: OrderedDict[Key, Tile] = OrderedDict()  # the one used last comes last
        self._used_levels: set[int] = set()  # in which there are tiles, or were
        self._size = 0

    def level_for(self, zoom: float) -> int:
        """The level to draw at a zoom, which is screen pixels for each of the image."""
        level = 0
        while level + 1 < self.levels and zoom * (1 << level) < self.finest * 0.999:
            level += 1
        return level

    @property
    def empty(self) -> bool:
        """Whether no tile is made."""
        return not self._tiles

    def missing(self, seen: Rectangle, zoom: float) -> list[Key]:
        """Tiles of a part of the image that are still to be made, those in its middle first."""
        missing = []
        for key in self._keys(self.level_for(zoom), seen):
            if key in self._tiles:
                self._tiles.move_to_end(key)
            else:
                missing.append(key)
        if not missing:
            self.before = None
        middle = (seen.top + seen.bottom) / 2, (seen.left + seen.right) / 2
        return sorted(missing, key=lambda key: math.dist(middle, self._middle(key)))

    def make(self, key: Key) -> Tile:
        """A tile of a still layer, on any thread."""
        raise NotImplementedError

    def take(self, key: Key, tile: Tile) -> Rectangle:
        """Keep a tile. Returns the part of the image that it shows."""
        known = self._tiles.pop(key, None)
        self._size += tile.size - (known.size if known is not None else 0)
        self._tiles[key] = tile
        self._used_levels.add(key[0])
        return from_level(self._place(key), key[0])

    def prepare(self, exposed: Rectangle, zoom: float, enough: Callable[[], bool]) -> Rectangle:
        """Make or mend the tiles of a part of the image here and now.

        enough: whether the time for making them is up. Returns the rectangle whose tiles are still to be made.
        """
        missing = NOTHING
        for key in self._keys(self.level_for(zoom), exposed):
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            if tile is not None and not tile.stale:
                continue
            if tile is not None:
                missing = missing.union(self._mend(key, tile, enough))
            elif enough():
                missing = missing.union(from_level(self._place(key), key[0]))
            else:
                self.take(key, self.make(key))
        return missing

    def draw(self, painter: QPainter, exposed: Rectangle, zoom: float) -> None:
        """Draw the tiles of a part with a painter that works in image pixels; where one isn't made yet, what was
        there before, else coarser or finer ones."""
        wanted = self.level_for(zoom)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom * (1 << wanted) < 0.999)
        for key in self._keys(wanted, exposed):
            place = from_level(self._place(key), wanted)
            if self._draw_tile(painter, key, place):
                continue
            inside = place.intersection(whole(self.shape))
            if self.before is not None:
                self.before.draw(painter, inside, zoom)
                continue
            coarser = (next(self._keys(level, place)) for level in range(wanted + 1, self.levels))
            if not any(self._draw_tile(painter, each, place) for each in coarser) and wanted > 0:
                for finer in self._keys(wanted - 1, inside):
                    self._draw_tile(painter, finer, place)

    def _draw_tile(self, painter: QPainter, key: Key, place: Rectangle) -> bool:
        """Draw what a tile shows of a part of the image. Returns False if it isn't made yet."""
        tile = self._tiles.get(key)
        if tile is None:
            return False
        if tile.picture is not None:
            own = from_level(self._place(key), key[0])
            part = place.intersection(own)
            painter.drawImage(_rect(part), tile.picture, _rect(part.shifted(-own.top, -own.left), 1 / (1 << key[0])))
        return True

    def changed(self, rectangle: Rectangle) -> None:
        """Pixels of the image changed; what shows them is coloured again when it is seen."""
        for level in self._used_levels:
            self._mark(level, rectangle)

    def forget(self) -> None:
        """Everything looks different now: make all tiles anew."""
        self._tiles.clear()
        self._used_levels.clear()
        self._size = 0

    def trim(self, budget: int) -> None:
        """Give back the tiles unused longest until at most `budget` bytes are kept."""
        while self._size > budget and self._tiles:
            _, tile = self._tiles.popitem(last=False)
            self._size -= tile.size

    def _mark(self, level: int, rectangle: Rectangle) -> None:
        for key in self._keys(level, rectangle):
            tile = self._tile(key)
            if tile is not None:
                tile.mark(rectangle)

    def _tile(self, key: Key) -> Tile | None:
        """Where to remember what has changed."""
        return self._tiles.get(key)

    def _mend(self, key: Key, tile: Tile, enough: Callable[[], bool]) -> Rectangle:
        """Colour a tile's stale parts again, as many as the time allows. Returns what is left."""
        self._refresh(key, tile, enough)
        return functools.reduce(Rectangle.union, tile.stale, NOTHING)

    def _refresh(self, key: Key, tile: Tile, enough: Callable[[], bool]) -> None:
        """Colour a tile's stale parts again, as many as the time allows; images never change."""

    def _keys(self, level: int, rectangle: Rectangle) -> Iterator[Key]:
        side = min(SIDE << level, self.widest)
        for row in range(rectangle.top // side, -(-rectangle.bottom // side)):
            for column in range(rectangle.left // side, -(-rectangle.right // side)):
                yield level, row, column

    def _middle(self, key: Key) -> tuple[float, float]:
        """Row and column in the image."""
        place = from_level(self._place(key), key[0])
        return (place.top + place.bottom) / 2, (place.left + place.right) / 2

    def _place(self, key: Key) -> Rectangle:
        """A tile's rectangle in pixels of its level."""
        level, row, column = key
        side = min(SIDE, self.widest >> level)
        tile = Rectangle(row * side, column * side, (row + 1) * side, (column + 1) * side)
        return tile.intersection(whole(level_shape(self.shape, level)))


class LabelLayer(Layer):
    """A label map in the classes' colours: filled, or only the outline of each region."""

    # Smoothing at this size leaves a line one pixel wide a third of its colour at least; any smaller, and it would
    # fall between the screen's pixels.
    finest = 0.75

    def __init__(
        self, source: LabelSource, colours: NDArray[np.uint32], outlined: bool = False, live: bool = False
    ) -> None:
        super().__init__(source.shape, LABEL_LEVELS)
        self.live = live
        self.widest = WIDEST_LIVE if live else WIDEST
        self.source = source
        self.colours = colours  # by rank
        self.outlined = outlined

    def changed(self, rectangle: Rectangle) -> None:
        """As for any layer. An outline also moves at the change's neighbours, one pixel of a level away."""
        if not self.outlined:
            super().changed(rectangle)
            return
        for level in self._used_levels:
            self._mark(level, rectangle.grown(1 << level).intersection(whole(self.shape)))

    def make(self, key: Key) -> Tile:
        return self._made(self.source, key)

    def _made(self, source: LabelSource, key: Key) -> Tile:
        place = self._place(key)
        if source.blank(from_level(place, key[0]).intersection(whole(self.shape))):
            return Tile()
        ranked = self._ranks(source, key[0], place)
        if not ranked.any():
            return Tile()
        tile = Tile()
        tile.fill(np.take(self.colours, ranked))
        return tile

    def _refresh(self, key: Key, tile: Tile, enough: Callable[[], bool]) -> None:
        place = self._place(key)
        pixels = tile.pixels
        if pixels is None:
            pixels = np.zeros((place.height, place.width), np.uint32)
            self._size -= tile.size
            tile.fill(pixels)
            self._size += tile.size
        while tile.stale and not enough():
            part = to_level(tile.stale.pop(0), key[0]).intersection(place)
            inner = part.shifted(-place.top, -place.left).slices
            pixels[inner] = np.take(self.colours, self._ranks(self.source, key[0], part))

    def _ranks(self, source: LabelSource, level: int, rectangle: Rectangle) -> Pixels:
        return (outline if self.outlined else ranks)(source, level, rectangle)


def colour_table(classes: Sequence[LabelClass], opacity: float, background: bool) -> NDArray[np.uint32]:
    """Premultiplied ARGB (256,) by rank.

    opacity: 0..1. background: whether background and can't tell are coloured too.
    """
    table = np.zeros(256, np.uint32)
    shown = (*classes, BACKGROUND_CLASS, CANT_TELL_CLASS) if background else classes
    for label_class in shown:
        table[rank(np.array([label_class.id], np.uint8))] = premultiplied(QColor(label_class.colour), opacity)
    return table


def mask_classes(classes: Sequence[LabelClass]) -> tuple[LabelClass, ...]:
    """Classes in the colours that the mask shows them in.

    A single class's mask has a colour of its own, so that it is told at a glance from what the user painted.
    """
    if len(classes) == 1:
        return (replace(classes[0], colour=MASK_COLOUR),)
    return tuple(classes)


def premultiplied(colour: QColor, opacity: float) -> int:
    """A colour as Qt keeps it in memory, 0xAARRGGBB with the colours times the opacity (0..1)."""
    alpha = round(255 * opacity)
    red, green, blue = (round(part * opacity) for part in (colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue


def picture_of(pixels: NDArray[np.generic], kind: QImage.Format) -> QImage:
    """A picture of the array's very memory; the caller keeps the array as long."""
    height, width = pixels.shape[:2]
    memory: Any = pixels.data  # PyQt takes any buffer, its stubs only bytes
    return QImage(memory, width, height, pixels.strides[0], kind)


def _rect(place: Rectangle, scale: float = 1) -> QRectF:
    return QRectF(place.left * scale, place.top * scale, place.width * scale, place.height * scale)
