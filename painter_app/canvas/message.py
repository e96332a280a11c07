"""A quiet line over the image, such as "Mask on its way…"."""

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

_WIDEST = 560  # pixels; a longer line is hard to read
_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


def paint_message(painter: QPainter, widget: QRect, text: str, at_top: bool) -> None:
    """Paint it in the middle of the widget, or at its top, where it hides less of an image."""
    most = QRect(0, 0, min(widget.width() - 64, _WIDEST), widget.height())
    size = painter.fontMetrics().boundingRect(most, int(_FLAGS), text)
    pill = QRectF(0, 0, size.width() + 32, size.height() + 14)
    pill.moveCenter(QRectF(widget).center())
    if at_top:
        pill.moveTop(16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 20, 20, 200))
    painter.drawRoundedRect(pill, 14, 14)
    painter.setPen(QColor(245, 245, 245))
    painter.drawText(pill.adjusted(16, 7, -16, -7), int(_FLAGS), text)
