"""Layers: image, mask and annotation as coloured tiles of the magnification that is needed, made when they are seen.

A tile is a square of up to 256 pixels a side at a pyramid level (level L shows 2^L pixels of the image as one). A
change marks the tiles that hold it; on the next repaint only that part of the tiles in view is coloured again. So a
stroke costs its rectangle, and the image's size costs nothing.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from painter_app.canvas.pyramid import LabelSource, from_level, level_shape, outline, rank, ranks, to_level
from shared_folder.classes import BACKGROUND_CLASS, CANT_TELL_CLASS, LabelClass
from shared_folder.labels import Pixels
from shared_folder.rectangle import NOTHING, Rectangle, whole

SIDE = 256
"""Pixels of a level along a tile's side, at fine levels."""
WIDEST = 2048
"""Pixels of the image along a tile's side, at coarse levels: what one tile costs is bounded at every zoom."""
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

    def displayed(self, level: int, rectangle: Rectangle) -> NDArray[np.uint8]: ...


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
        self.picture = _picture(pixels, QImage.Format.Format_ARGB32_Premultiplied)

    @property
    def size(self) -> int:
        return self.picture.sizeInBytes() if self.picture is not None else 64


class Layer:
    """One layer of an image of `shape` (H, W). Subclasses make the tiles."""

    finest = 1.0
    """Smallest size on the screen, in its pixels, at which a tile's pixels are drawn."""

    def __init__(self, shape: tuple[int, int], levels: int) -> None:
        self.shape = shape
        self.levels = levels
        self._tiles: OrderedDict[Key, Tile] = OrderedDict()  # the one used last comes last
        self._size = 0

    def level_for(self, zoom: float) -> int:
        """The level to draw at a zoom, which is screen pixels for each of the image."""
        level = 0
        while level + 1 < self.levels and zoom * (1 << level) < self.finest * 0.999:
            level += 1
        return level

    def prepare(self, exposed: Rectangle, zoom: float, enough: Callable[[], bool]) -> Rectangle:
        """Make or mend the tiles of a part of the image.

        enough: whether the time for making them is up. Returns the rectangle whose tiles are still to be made.
        """
        missing = NOTHING
        for key in self._keys(self.level_for(zoom), exposed):
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
                self._refresh(key, tile)
            elif enough():
                missing = missing.union(from_level(self._place(key), key[0]))
            else:
                self._tiles[key] = tile = self._make(key)
                self._size += tile.size
        return missing

    def draw(self, painter: QPainter, exposed: Rectangle, zoom: float) -> None:
        """Draw the tiles of a part with a painter that works in image pixels; a coarser one stands in for one
        that isn't made yet."""
        wanted = self.level_for(zoom)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom * (1 << wanted) < 0.999)
        for key in self._keys(wanted, exposed):
            place = from_level(self._place(key), wanted)
            for level in range(wanted, self.levels):
                coarse = next(self._keys(level, place))
                tile = self._tiles.get(coarse)
                if tile is not None:
                    if tile.picture is not None:
                        corner = from_level(self._place(coarse), level)
                        part = place.shifted(-corner.top, -corner.left)
                        painter.drawImage(_rect(place), tile.picture, _rect(part, 1 / (1 << level)))
                    break

    def changed(self, rectangle: Rectangle) -> None:
        """Pixels of the image changed; what shows them is coloured again when it is seen."""
        for level in range(self.levels):
            for key in self._keys(level, rectangle):
                tile = self._tiles.get(key)
                if tile is not None:
                    tile.mark(rectangle)

    def forget(self) -> None:
        """Everything looks different now: make all tiles anew."""
        self._tiles.clear()
        self._size = 0

    def trim(self, budget: int) -> None:
        """Give back the tiles unused longest until at most `budget` bytes are kept."""
        while self._size > budget and self._tiles:
            _, tile = self._tiles.popitem(last=False)
            self._size -= tile.size

    def _make(self, key: Key) -> Tile:
        raise NotImplementedError

    def _refresh(self, key: Key, tile: Tile) -> None:
        """Colour a tile's stale part again; images never change."""

    def _keys(self, level: int, rectangle: Rectangle) -> Iterator[Key]:
        side = min(SIDE << level, WIDEST)
        for row in range(rectangle.top // side, -(-rectangle.bottom // side)):
            for column in range(rectangle.left // side, -(-rectangle.right // side)):
                yield level, row, column

    def _place(self, key: Key) -> Rectangle:
        """A tile's rectangle in pixels of its level."""
        level, row, column = key
        side = min(SIDE, WIDEST >> level)
        tile = Rectangle(row * side, column * side, (row + 1) * side, (column + 1) * side)
        return tile.intersection(whole(level_shape(self.shape, level)))


class ImageLayer(Layer):
    """The image itself."""

    finest = 0.501  # at half a pixel the next level is as sharp

    def __init__(self, image: DisplayedImage) -> None:
        super().__init__((image.shape[0], image.shape[1]), image.levels)
        self._image = image

    def _make(self, key: Key) -> Tile:
        pixels = np.ascontiguousarray(self._image.displayed(key[0], self._place(key)))
        seen = _picture(pixels, QImage.Format.Format_RGB888)
        return Tile(seen.convertToFormat(QImage.Format.Format_RGB32))


class LabelLayer(Layer):
    """A label map in the classes' colours: filled, or only the outline of each region."""

    # Smoothing at this size leaves a line one pixel wide a third of its colour at least; any smaller, and it would
    # fall between the screen's pixels.
    finest = 0.75

    def __init__(self, source: LabelSource, colours: NDArray[np.uint32], outlined: bool = False) -> None:
        super().__init__(source.shape, LABEL_LEVELS)
        self.source = source
        self.colours = colours  # by rank
        self.outlined = outlined

    def changed(self, rectangle: Rectangle) -> None:
        """As for any layer. An outline also moves at the change's neighbours, one pixel of a level away."""
        if not self.outlined:
            super().changed(rectangle)
            return
        for level in range(self.levels):
            grown = rectangle.grown(1 << level).intersection(whole(self.shape))
            for key in self._keys(level, grown):
                tile = self._tiles.get(key)
                if tile is not None:
                    tile.mark(grown)

    def _make(self, key: Key) -> Tile:
        place = self._place(key)
        if self.source.blank(from_level(place, key[0]).intersection(whole(self.shape))):
            return Tile()
        ranked = self._ranks(key[0], place)
        if not ranked.any():
            return Tile()
        tile = Tile()
        tile.fill(np.take(self.colours, ranked))
        return tile

    def _refresh(self, key: Key, tile: Tile) -> None:
        if not tile.stale:
            return
        place = self._place(key)
        pixels = tile.pixels
        if pixels is None:
            pixels = np.zeros((place.height, place.width), np.uint32)
            self._size -= tile.size
            tile.fill(pixels)
            self._size += tile.size
        for changed in tile.stale:
            part = to_level(changed, key[0]).intersection(place)
            inner = part.shifted(-place.top, -place.left).slices
            pixels[inner] = np.take(self.colours, self._ranks(key[0], part))
        tile.stale.clear()

    def _ranks(self, level: int, rectangle: Rectangle) -> Pixels:
        return (outline if self.outlined else ranks)(self.source, level, rectangle)


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


def _picture(pixels: NDArray[np.generic], kind: QImage.Format) -> QImage:
    """A picture of the array's very memory; the caller keeps the array as long."""
    height, width = pixels.shape[:2]
    memory: Any = pixels.data  # PyQt takes any buffer, its stubs only bytes
    return QImage(memory, width, height, pixels.strides[0], kind)


def _rect(place: Rectangle, scale: float = 1) -> QRectF:
    return QRectF(place.left * scale, place.top * scale, place.width * scale, place.height * scale)
