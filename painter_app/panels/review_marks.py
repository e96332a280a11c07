"""Marks of the review states, of doubt, of a note, of choice and of persons, told apart by their shapes."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from shared_folder.review import ReviewState


def paint_state(painter: QPainter, box: QRectF, state: ReviewState, colour: QColor) -> None:
    """Ring, brush stroke, half disc, ticked disc, ticked ring, arrow."""
    painter.save()
    pen = QPen(colour, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    if state is ReviewState.EXAMPLE:
        pen.setWidth(4)
        painter.setPen(pen)
        painter.drawLine(box.bottomLeft() + QPointF(2, -2), box.topRight() + QPointF(-2, 2))
    elif state is ReviewState.SKIPPED:
        painter.drawPath(_arrow(box))
    else:
        if state is ReviewState.COMPLETE:
            painter.setBrush(colour)
            pen.setColor(QColor(Qt.GlobalColor.white if colour.lightness() < 128 else Qt.GlobalColor.black))
        painter.drawEllipse(box)
        painter.setPen(pen)
        if state in (ReviewState.COMPLETE, ReviewState.NOTHING_TO_CORRECT):
            painter.drawPolyline(_tick(box))
        elif state is ReviewState.PARTLY_CORRECTED:
            painter.setBrush(colour)
            painter.drawPie(box, 90 * 16, 180 * 16)
    painter.restore()


def paint_doubt(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A triangle with its point up and an exclamation mark in it."""
    painter.save()
    painter.setPen(QPen(colour, 1.5, join=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = box.center().x()
    top = QPointF(middle, box.top() + 1)
    painter.drawPolygon(QPolygonF([top, box.bottomRight() - QPointF(0.5, 1), box.bottomLeft() + QPointF(0.5, -1)]))
    painter.drawLine(QPointF(middle, box.top() + 5.5), QPointF(middle, box.bottom() - 5))
    painter.drawPoint(QPointF(middle, box.bottom() - 3))
    painter.restore()


def paint_person(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A head above shoulders."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    middle = box.center().x()
    painter.drawEllipse(QPointF(middle, box.top() + 3.5), 2.8, 2.8)
    painter.drawChord(QRectF(box.left() + 1.5, box.top() + 7.5, box.width() - 3, 10), 0, 180 * 16)
    painter.restore()


def paint_note(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A sheet with two lines on it."""
    painter.save()
    painter.setPen(QPen(colour, 1.5, join=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    sheet = box.adjusted(2, 1, -2, -1)
    painter.drawRoundedRect(sheet, 1.5, 1.5)
    for share in (0.36, 0.64):
        line = sheet.top() + share * sheet.height()
        painter.drawLine(QPointF(sheet.left() + 2.5, line), QPointF(sheet.right() - 2.5, line))
    painter.restore()


def paint_choice(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A hollow diamond."""
    painter.save()
    painter.setPen(QPen(colour, 1.5, join=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle, half = box.center(), 5.5
    corners = (QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0))
    painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
    painter.restore()


def _arrow(box: QRectF) -> QPainterPath:
    middle = box.center().y()
    arrow = QPainterPath(QPointF(box.left(), middle))
    arrow.lineTo(box.right(), middle)
    arrow.moveTo(box.right() - 4, middle - 4)
    arrow.lineTo(box.right(), middle)
    arrow.lineTo(box.right() - 4, middle + 4)
    return arrow


def _tick(box: QRectF) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(box.left() + 3, box.center().y()),
            QPointF(box.center().x() - 1, box.bottom() - 3.5),
            QPointF(box.right() - 2.5, box.top() + 3.5),
        ]
    )
