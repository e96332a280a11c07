"""Marks of the review states, told apart by their shapes."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from shared_folder.review import ReviewState


def paint_state(painter: QPainter, box: QRectF, state: ReviewState, colour: QColor) -> None:
    """Ring, brush stroke, half disc, ticked disc, ticked ring, arrow."""
    painter.save()
    pen = QPen(colour, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tick = QPolygonF(
        [
            QPointF(box.left() + 3, box.center().y()),
            QPointF(box.center().x() - 1, box.bottom() - 3.5),
            QPointF(box.right() - 2.5, box.top() + 3.5),
        ]
    )
    if state is ReviewState.EXAMPLE:
        painter.setPen(QPen(colour, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(box.bottomLeft() + QPointF(2, -2), box.topRight() + QPointF(-2, 2))
    elif state is ReviewState.SKIPPED:
        middle = box.center().y()
        arrow = QPainterPath(QPointF(box.left(), middle))
        arrow.lineTo(box.right(), middle)
        arrow.moveTo(box.right() - 4, middle - 4)
        arrow.lineTo(box.right(), middle)
        arrow.lineTo(box.right() - 4, middle + 4)
        painter.drawPath(arrow)
    else:
        painter.setBrush(colour if state is ReviewState.COMPLETE else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        painter.setBrush(colour)
        if state is ReviewState.PARTLY_CORRECTED:
            painter.drawPie(box, 90 * 16, 180 * 16)
        elif state is ReviewState.NOTHING_TO_CORRECT:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(tick)
        elif state is ReviewState.COMPLETE:
            contrast = QColor(Qt.GlobalColor.white if colour.lightness() < 128 else Qt.GlobalColor.black)
            painter.setPen(QPen(contrast, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(tick)
    painter.restore()
