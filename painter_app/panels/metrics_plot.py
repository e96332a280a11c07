"""A plot of one figure for each image, and its rolling mean; a click on a point names its image."""

import math
from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from painter_app.language import figure, tr
from shared_folder.classes import PALETTE

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 12, 36
"""Pixels around the plot, for the axes' words."""
_RADIUS = 3.5
_REACH = 12
"""Pixels within which a click meets a point."""


class MetricsPlot(QWidget):
    """Nothing to see before it is given points."""

    chosen = pyqtSignal(str)
    """The name of the image whose point was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self._x: Sequence[float] = ()
        self._y: Sequence[float] = ()
        self._mean: Sequence[float] = ()
        self._x_label = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(480, 240)
        self.setAccessibleName(tr("Corrective metrics by image"))

    def sizeHint(self) -> QSize:
        return QSize(720, 360)

    def show_points(
        self, names: Sequence[str], x: Sequence[float], y: Sequence[float], mean: Sequence[float], x_label: str
    ) -> None:
        """All of one length; what is no number is left out."""
        self._names, self._x, self._y, self._mean, self._x_label = names, x, y, mean, x_label
        self.update()

    def place_of(self, index: int) -> QPointF:
        """Where a point is drawn."""
        area, (low, high), most = self._area(), self._range(), max([*self._x, 1e-9])
        x = area.left() + area.width() * self._x[index] / most
        return QPointF(x, area.bottom() - area.height() * (self._y[index] - low) / (high - low))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        index = self._at(event.position()) if event is not None else None
        if index is not None:
            self.chosen.emit(self._names[index])

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            index = self._at(QPointF(event.pos()))
            text = f"{self._names[index]}: {figure(self._y[index])}" if index is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        self._draw_axes(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PALETTE[1]))
        for index, value in enumerate(self._y):
            if not math.isnan(value):
                painter.drawEllipse(self.place_of(index), _RADIUS, _RADIUS)
        self._draw_mean(painter)
        painter.end()

    def _draw_axes(self, painter: QPainter) -> None:
        area, (low, high) = self._area(), self._range()
        ink, faint = self.palette().color(QPalette.ColorRole.Text), self.palette().color(QPalette.ColorRole.Mid)
        for part in (0.0, 0.5, 1.0):
            y = area.bottom() - area.height() * part
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(ink)
            beside = QRectF(0, y - 10, _LEFT - 8, 20)
            painter.drawText(
                beside,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                figure(round(low + part * (high - low), 3)),
            )
        below = QRectF(area.left(), area.bottom() + 6, area.width(), _BOTTOM - 8)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._x_label)
        if self._x:
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, figure(round(max(self._x), 1)))

    def _draw_mean(self, painter: QPainter) -> None:
        area, (low, high), most = self._area(), self._range(), max([*self._x, 1e-9])
        line = QPolygonF(
            QPointF(
                area.left() + area.width() * x / most, area.bottom() - area.height() * (mean - low) / (high - low)
            )
            for x, mean in zip(self._x, self._mean, strict=True)
            if not math.isnan(mean)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(PALETTE[6]), 2))
        painter.drawPolyline(line)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _range(self) -> tuple[float, float]:
        """Of the vertical axis: 0 to 1 for shares, else what there is."""
        known = [value for value in self._y if not math.isnan(value)]
        low, high = min([0.0, *known]), max([0.0, *known])
        return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)

    def _at(self, position: QPointF) -> int | None:
        """The nearest point, if it is near."""
        near = [
            ((self.place_of(index) - position).manhattanLength(), index)
            for index, value in enumerate(self._y)
            if not math.isnan(value)
        ]
        distance, index = min(near, default=(math.inf, 0))
        return index if distance <= _REACH else None
