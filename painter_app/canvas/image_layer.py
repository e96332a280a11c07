"""The image itself as a layer, in the tone that its user chose."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from painter_app.canvas.layers import DisplayedImage, Key, Layer, Tile, picture_of
from painter_app.canvas.local_contrast import COARSE_SIDE, LocalContrast
from painter_app.canvas.pyramid import level_shape
from painter_app.canvas.tone import Tone
from shared_folder.rectangle import Rectangle, whole


class ImageLayer(Layer):
    """The image itself."""

    finest = 0.501  # at half a pixel the next level is as sharp

    def __init__(self, image: DisplayedImage, tone: Tone = Tone()) -> None:  # noqa: B008 (it never changes)
        super().__init__((image.shape[0], image.shape[1]), image.levels)
        self._image = image
        self._tone = tone
        self._surroundings: LocalContrast | None = None  # none until a tile needs it
        self._looking = threading.Lock()

    def read(self, rectangle: Rectangle) -> NDArray[np.uint8]:
        """Pixels (h, w, 3) of the image, as they are."""
        return self._image.displayed(0, rectangle)

    def toned(self, tone: Tone) -> "ImageLayer":
        """The same image in another tone."""
        layer = ImageLayer(self._image, tone)
        if replace(tone, local=0) == replace(self._tone, local=0):
            layer._surroundings = self._surroundings
        return layer

    def make(self, key: Key) -> Tile:
        level, place = key[0], self._place(key)
        pixels = self._toned_pixels(level, place)
        if self._tone.local > 0:
            pixels = self._looked_around().apply(pixels, level, place, self._tone.local)
        seen = picture_of(np.ascontiguousarray(pixels), QImage.Format.Format_RGB888)
        return Tile(seen.convertToFormat(QImage.Format.Format_RGB32))

    def _toned_pixels(self, level: int, place: Rectangle) -> NDArray[np.uint8]:
        pixels = self._image.displayed(level, place, self._tone.channels)
        return pixels if self._tone.flat else np.take(self._tone.table(), pixels)

    def _looked_around(self) -> LocalContrast:
        """What neighbourhoods are like, found once; other threads wait for it."""
        with self._looking:
            if self._surroundings is None:
                level = 0
                while level + 1 < self.levels and max(level_shape(self.shape, level)) > COARSE_SIDE:
                    level += 1
                coarse = self._toned_pixels(level, whole(level_shape(self.shape, level)))
                self._surroundings = LocalContrast(coarse, level)
            return self._surroundings
