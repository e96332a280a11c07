"""Frames: thin rectangles around places of the image that she is asked to look at."""

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from painter_app.canvas.viewport import Viewport
from shared_folder.rectangle import Rectangle

_SPACE = 4.0
"""Pixels of the screen between a place and its frame."""
_PENS = ((QColor(0, 0, 0, 180), 3.5), (QColor("#ffffff"), 1.5))
"""Dark below light, so that one of them is seen on any ground."""


def paint_frames(painter: QPainter, frames: Sequence[Rectangle], viewport: Viewport) -> None:
    """frames: in pixels of the image. The painter works in pixels of the widget."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for frame in frames:
        corners = viewport.to_widget(frame.top, frame.left), viewport.to_widget(frame.bottom, frame.right)
        box = QRectF(QPointF(*corners[0]), QPointF(*corners[1])).adjusted(-_SPACE, -_SPACE, _SPACE, _SPACE)
        for colour, width in _PENS:
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(box, 3, 3)
    painter.restore()
