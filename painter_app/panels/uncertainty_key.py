"""The key to the uncertainty layer: from sure to unsure in its colours."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from painter_app.canvas.uncertainty import UNCERTAINTY_COLOUR
from painter_app.language import marked, tr

_BAR = 10  # pixels high
_SURE, _UNSURE, _MISSING = marked("sure"), marked("as likely wrong as right"), marked("No map for this image yet")


class UncertaintyKey(QWidget):
    """A bar with its two ends in words; or a line that says that there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("The stronger the colour, the less sure the newest model is of what the mask says there"))
        self.set_missing(False)

    def set_missing(self, missing: bool) -> None:
        """Whether the image has no map."""
        self._missing = missing
        key = tr("Key to the uncertainty: from {sure} to {unsure}").format(sure=tr(_SURE), unsure=tr(_UNSURE))
        self.setAccessibleName(tr(_MISSING) if missing else key)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, _BAR + self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(text)
        if self._missing:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, tr(_MISSING))
            return
        words = QRectF(0, _BAR + 2, self.width(), self.height() - _BAR - 2)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, tr(_SURE))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, tr(_UNSURE))
        bar = QRectF(0.5, 0.5, self.width() - 1, _BAR - 1)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        clear = QColor(UNCERTAINTY_COLOUR)
        clear.setAlpha(0)
        ramp.setColorAt(0, clear)
        ramp.setColorAt(1, QColor(UNCERTAINTY_COLOUR))
        text.setAlphaF(0.4)
        painter.setPen(text)
        painter.setBrush(ramp)
        painter.drawRect(bar)
