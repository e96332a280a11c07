"""The quiet line over an image, such as "Mask on its way…"."""

from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

_WIDEST = 560  # pixels; a longer line is hard to read
_GROUND, _INK = QColor(20, 20, 20, 200), QColor(245, 245, 245)


def paint_message(painter: QPainter, text: str, widget: QRect, at_top: bool) -> None:
    """Paint it in the middle of a widget, or at its top where there is something to see below."""
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    most = QRect(0, 0, min(widget.width() - 64, _WIDEST), widget.height())
    size = painter.fontMetrics().boundingRect(most, int(flags), text)
    pill = QRectF(0, 0, size.width() + 32, size.height() + 14)
    pill.moveCenter(QRectF(widget).center())
    if at_top:
        pill.moveTop(16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(pill, 14, 14)
    painter.setPen(_INK)
    painter.drawText(pill.adjusted(16, 7, -16, -7), int(flags), text)
