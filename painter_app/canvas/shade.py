"""The shade: what a fill in hand would cover, drawn over the image."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from painter_app.canvas.viewport import Viewport
from shared_folder.rectangle import Rectangle

_INSIDE, _RIM = 110, 230
"""Opacities, of 255: the image stays to be seen, the rim shows on any ground."""


class Shade:
    """Pixels (h, w) of a rectangle of the image, in a colour, with a rim of white."""

    def __init__(self, place: Rectangle, inside: NDArray[np.bool_], colour: QColor) -> None:
        self._place = place
        shown = inside.astype(np.uint8)
        rim = np.zeros_like(inside)
        rim[1:] |= ~inside[:-1]
        rim[:-1] |= ~inside[1:]
        rim[:, 1:] |= ~inside[:, :-1]
        rim[:, :-1] |= ~inside[:, 1:]
        shown[inside & rim] = 2
        height, width = shown.shape
        self._pixels = shown.tobytes()  # the picture only points to them
        self._picture = QImage(self._pixels, width, height, width, QImage.Format.Format_Indexed8)
        faint, white = QColor(colour), QColor("white")
        faint.setAlpha(_INSIDE)
        white.setAlpha(_RIM)
        self._picture.setColorTable([0, faint.rgba(), white.rgba()])

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """The painter works in pixels of the widget."""
        top_left = QPointF(*viewport.to_widget(self._place.top, self._place.left))
        bottom_right = QPointF(*viewport.to_widget(self._place.bottom, self._place.right))
        painter.drawImage(QRectF(top_left, bottom_right), self._picture)
