"""A small line chart, drawn with QPainter: the learning curve, in the trainer's panel and in reports."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from painter_app.language import figure, number, tr
from shared_folder.classes import PALETTE

# Lines differ in dashes too, so that they can be told apart without colours.
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_COLOURS = (PALETTE[1], PALETTE[6], PALETTE[7], PALETTE[3])


@dataclass(frozen=True)
class Series:
    """One line of a chart. points: (x, y), in the order of x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axes:
    """What a chart's axes say, if anything, and where the vertical one begins and ends."""

    x_label: str = ""
    y_label: str = ""
    y_range: tuple[float, float] = (0.0, 1.0)


def draw_curve(series: Sequence[Series], size: QSize, palette: QPalette, axes: Axes, title: str = "") -> QImage:
    """A chart as an image, for a file. size: in pixels. Needs a QGuiApplication, offscreen or not."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(palette.color(QPalette.ColorRole.Base))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(max(10, size.height() // 26))
    frame = QRectF(0, 0, size.width(), size.height()).adjusted(8, 8, -8, -8)
    if title:
        heading = QFont(font)
        heading.setBold(True)
        painter.setFont(heading)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(frame, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, title)
        frame.setTop(frame.top() + 1.8 * font.pixelSize())
    painter.setFont(font)
    _Chart(painter, frame, series, palette, axes).draw()
    painter.end()
    return image


class Curve(QWidget):
    """A chart in a panel: lines over a scale from 0 to 1, with the last value in figures."""

    def __init__(self, axes: Axes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes = axes
        self._series: tuple[Series, ...] = ()
        self.setMinimumHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._describe()

    def set_series(self, series: Sequence[Series]) -> None:
        self._series = tuple(series)
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 120)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        _Chart(painter, frame, self._series, self.palette(), self._axes).draw()
        painter.end()

    def _describe(self) -> None:
        last = [f"{line.name} {number(line.points[-1][1], 2)}" for line in self._series if line.points]
        self.setAccessibleName(self._axes.y_label or tr("Curve"))
        self.setAccessibleDescription(", ".join(last) or tr("no value yet"))


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from low to high, at most `most` of them."""
    if high <= low:
        return [low]
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    factor = next(factor for factor in (1, 2, 5, 10, 20) if (high - low) / (step * factor) <= most - 1 + 1e-9)
    step *= factor
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]


class _Chart:
    """One drawing of a chart into a frame."""

    def __init__(
        self, painter: QPainter, frame: QRectF, series: Sequence[Series], palette: QPalette, axes: Axes
    ) -> None:
        self.painter = painter
        self.series = [line for line in series if line.points]
        self.axes = axes
        self.text = palette.color(QPalette.ColorRole.Text)
        self.faint = QColor(self.text)
        self.faint.setAlphaF(0.25)
        self.metrics = QFontMetricsF(painter.font())
        height = self.metrics.height()
        legend = height * 1.4 if len(self.series) > 1 else 0.0
        self.frame = frame
        self.plot = frame.adjusted(
            self.metrics.horizontalAdvance(number(0, 2)) + (height * 1.5 if axes.y_label else 4),
            height * 0.7 + legend,
            -self.metrics.horizontalAdvance(number(0, 2)) - 8,
            -height * (2.5 if axes.x_label else 1.2),
        )
        across = [x for line in self.series for x, _ in line.points]
        self.low = min(across, default=0.0)
        self.high = max(across, default=1.0)
        if self.high <= self.low:
            self.high = self.low + 1.0

    def place(self, x: float, y: float) -> QPointF:
        bottom, top = self.axes.y_range
        along = (x - self.low) / (self.high - self.low)
        up = (min(max(y, bottom), top) - bottom) / (top - bottom)
        return QPointF(self.plot.left() + along * self.plot.width(), self.plot.bottom() - up * self.plot.height())

    def draw(self) -> None:
        self._scale()
        self._labels()
        for index, line in enumerate(self.series):
            self._line(index, line)
        if len(self.series) > 1:
            self._legend()

    def _scale(self) -> None:
        height = self.metrics.height()
        for y in ticks(*self.axes.y_range, most=max(2, min(6, int(self.plot.height() / (1.6 * height))))):
            at = self.place(self.low, y)
            self.painter.setPen(QPen(self.faint, 1))
            self.painter.drawLine(at, QPointF(self.plot.right(), at.y()))
            self.painter.setPen(self.text)
            box = QRectF(at.x() - 60, at.y() - height / 2, 56, height)
            self.painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure(y))
        if not self.series:
            return
        for x in ticks(self.low, self.high, most=max(3, int(self.plot.width() / (6 * height)))):
            at = self.place(x, self.axes.y_range[0])
            box = QRectF(at.x() - 50, at.y() + 2, 100, height)
            self.painter.setPen(self.text)
            self.painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, figure(x))

    def _labels(self) -> None:
        self.painter.setPen(self.text)
        below = QRectF(self.plot.left(), self.frame.bottom() - self.metrics.height(), self.plot.width(), 40)
        self.painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.axes.x_label)
        if self.axes.y_label:
            self.painter.save()
            self.painter.translate(self.frame.left(), self.plot.center().y())
            self.painter.rotate(-90)
            half = self.frame.height() / 2
            beside = QRectF(-half, 0, 2 * half, self.metrics.height())
            self.painter.drawText(beside, Qt.AlignmentFlag.AlignHCenter, self.axes.y_label)
            self.painter.restore()

    def _line(self, index: int, line: Series) -> None:
        points = [self.place(x, y) for x, y in line.points]
        self.painter.setPen(self._pen(index))
        self.painter.drawPolyline(QPolygonF(points))
        self.painter.setBrush(self._pen(index).color())
        self.painter.setPen(Qt.PenStyle.NoPen)
        for point in points if len(points) <= 30 else points[-1:]:
            self.painter.drawEllipse(point, 2.5, 2.5)
        height = self.metrics.height()
        box = QRectF(points[-1].x() + 4, points[-1].y() - height / 2, 60, height)
        self.painter.setPen(self.text)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, number(line.points[-1][1], 2))

    def _legend(self) -> None:
        left, height = self.plot.left(), self.metrics.height()
        for index, line in enumerate(self.series):
            middle = self.frame.top() + height / 2
            self.painter.setPen(self._pen(index))
            self.painter.drawLine(QPointF(left, middle), QPointF(left + 24, middle))
            self.painter.setPen(self.text)
            box = QRectF(left + 28, self.frame.top(), self.plot.width(), height)
            self.painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line.name)
            left += 28 + self.metrics.horizontalAdvance(line.name) + 16

    def _pen(self, index: int) -> QPen:
        colour = QColor(_COLOURS[index % len(_COLOURS)])
        if self.text.lightness() > 128:  # on a dark ground
            colour = colour.lighter(150)
        return QPen(colour, 2, _DASHES[index % len(_DASHES)])
