"""The round brush: its strokes and its cursor."""

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QRegion

from shared_folder.annotation import Annotation, Patch
from shared_folder.fills import Fill
from shared_folder.rectangle import Rectangle
from shared_folder.sweeps import Disc, Point

SMALLEST, LARGEST = 1.0, 1000.0
"""Diameters in image pixels."""
LIGHTEST = 0.2
"""Share of its diameter that the lightest touch of a pen paints with, where pressure sizes the brush."""
_SMALL = 3.0
"""A circle of a smaller radius on the screen gets a cross, so that the eye finds it."""
_CROSS = 9.0


@dataclass(frozen=True)
class Brush:
    """Paints one label; the eraser is the brush of UNKNOWN."""

    label: int

    def press(
        self, annotation: Annotation, point: Point, diameter: float, _read: object, pressure: float
    ) -> tuple["BrushStroke", tuple[Rectangle, ...]]:
        stroke = BrushStroke(annotation, diameter, self.label)
        return stroke, stroke.move(point, pressure)


class BrushStroke:
    """Discs swept along the pointer's points, each joined to the one before; their radius changes evenly between."""

    path: tuple[Point, ...] = ()
    late: Fill | None = None

    def __init__(self, annotation: Annotation, diameter: float, label: int) -> None:
        self.label = label
        self._annotation = annotation
        self._radius = diameter / 2
        self._before: Disc | None = None  # where the last segment began
        self._last: Disc | None = None  # and where it ended
        annotation.begin_stroke()

    def move(self, point: Point, pressure: float) -> tuple[Rectangle, ...]:
        disc = Disc(point, self._radius * (LIGHTEST + (1 - LIGHTEST) * pressure))
        changed = self._annotation.sweep(self._last or disc, disc, self.label, self._before)
        self._before, self._last = self._last or disc, disc
        return changed

    def finish(self) -> Patch | None:
        return self._annotation.end_stroke()


@dataclass(frozen=True)
class Line:
    """Paints one straight line, from the press to the release, as wide as the brush."""

    label: int

    def press(
        self, annotation: Annotation, point: Point, diameter: float, _read: object, _pressure: float
    ) -> tuple["LineStroke", tuple[Rectangle, ...]]:
        return LineStroke(annotation, point, diameter, self.label), ()


class LineStroke:
    """A segment that follows the pointer and is painted at the end."""

    late: Fill | None = None

    def __init__(self, annotation: Annotation, point: Point, diameter: float, label: int) -> None:
        self.label = label
        self._start = self._end = point
        self._annotation = annotation
        self._radius = diameter / 2
        annotation.begin_stroke()

    @property
    def path(self) -> tuple[Point, ...]:
        return self._start, self._end

    def move(self, point: Point, _pressure: float) -> tuple[Rectangle, ...]:
        self._end = point
        return ()

    def finish(self) -> Patch | None:
        self._annotation.stamp(self._start, self._end, self._radius, self.label)
        return self._annotation.end_stroke()


class BrushCursor:
    """A circle of the brush's true size in the class's colour, between a dark and a light line that show on
    any ground."""

    def __init__(self) -> None:
        self.centre: QPointF | None = None  # widget pixels; none while the pointer is elsewhere
        self.radius = 1.0  # widget pixels
        self.colour = QColor("white")

    def region(self) -> QRegion:
        """The widget's pixels that it covers: a frame around the circle, its empty middle left out."""
        if self.centre is None:
            return QRegion()
        if self.radius < _SMALL:
            return QRegion(_square(self.centre, _CROSS + 3))
        inside = _square(self.centre, max(0.0, (self.radius - 3) * 0.7)).adjusted(1, 1, -1, -1)
        return QRegion(_square(self.centre, self.radius + 3)) - QRegion(inside)

    def paint(self, painter: QPainter) -> None:
        if self.centre is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, colour in ((4.0, QColor(0, 0, 0, 130)), (2.5, QColor("white")), (1.2, self.colour)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(self.centre, self.radius, self.radius)
            if self.radius < _SMALL:
                for arm in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                    painter.drawLine(self.centre + arm * (_CROSS - 4), self.centre + arm * _CROSS)


def _square(centre: QPointF, half: float) -> QRect:
    return QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half).toAlignedRect()
