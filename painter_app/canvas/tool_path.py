"""The path of a tool while it is in hand: a line that will be painted, or the outline of what will be filled."""

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from painter_app.canvas.viewport import Viewport
from shared_folder.sweeps import Point

_OPACITY = 0.6
_PENS = ((QColor(0, 0, 0, 160), 3.5), (QColor("#ffffff"), 1.5))
"""Dark below light, so that one of them is seen on any ground."""


@dataclass(frozen=True)
class ToolPath:
    """Points in image pixels; none: nothing is drawn."""

    points: tuple[Point, ...] = ()
    width: float | None = None
    """In image pixels; None for an outline as thin as the screen's lines."""
    closed: bool = False

    def paint(self, painter: QPainter, viewport: Viewport, colour: QColor) -> None:
        """The painter works in pixels of the widget."""
        if not self.points:
            return
        line = QPolygonF([QPointF(*viewport.to_widget(*point)) for point in self.points])
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.width is not None:
            painter.setOpacity(_OPACITY)
            painter.setPen(QPen(colour, self.width * viewport.scale, cap=Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(line)
        else:
            self._paint_outline(painter, line, colour)
        painter.restore()

    def _paint_outline(self, painter: QPainter, line: QPolygonF, colour: QColor) -> None:
        for ink, width in _PENS:
            painter.setPen(QPen(ink, width))
            painter.drawPolyline(line)
        if self.closed and len(self.points) > 1:
            painter.setPen(QPen(QColor("#ffffff"), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(line.last(), line.first())
            faint = QColor(colour)
            faint.setAlphaF(0.2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint)
            painter.drawPolygon(line)
