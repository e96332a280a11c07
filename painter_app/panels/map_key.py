"""The keys to the layers that are maps: what their colours mean."""

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from painter_app.canvas.probability import opaqueness, ramp_colour
from painter_app.canvas.uncertainty import UNCERTAINTY_COLOUR
from painter_app.language import tr
from painter_app.marking import marked

_BAR = 10  # pixels high
_STOPS = 20
_LEFT, _MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
_PLACES = {2: (_LEFT, _RIGHT), 3: (_LEFT, _MIDDLE, _RIGHT)}
"""Of so many words below a bar."""


@dataclass(frozen=True)
class Key:
    """What a key says, translated where it is shown. colours: from left to right."""

    name: str
    """What the whole is called, with the words at its ends."""
    words: tuple[str, ...]
    """Below the bar: at its left end, perhaps in its middle, at its right end."""
    missing: str
    tip: str
    colours: tuple[QColor, ...]


def _clear(colour: QColor, opacity: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(opacity)
    return faded


UNCERTAINTY = Key(
    marked("Key to the uncertainty: from {first} to {last}"),
    (marked("sure"), marked("as likely wrong as right")),
    marked("No map for this image yet"),
    marked("The stronger the colour, the less sure the newest model is of what the mask says there"),
    (_clear(QColor(UNCERTAINTY_COLOUR), 0), QColor(UNCERTAINTY_COLOUR)),
)
PROBABILITY = Key(
    marked("Key to the probability: from {first} to {last}"),
    ("0 %", "50 %", "100 %"),
    marked("No map yet; a trainer makes it"),
    marked("How likely the newest model takes each pixel for this class: that of the brush in hand, else the first"),
    tuple(_clear(ramp_colour(stop / _STOPS), opaqueness(stop / _STOPS)) for stop in range(_STOPS + 1)),
)


class MapKey(QWidget):
    """A bar of colours with words below it, and a line above it where there is a title; or a line that says that
    there is nothing to show."""

    def __init__(self, key: Key, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._title = ""
        self._missing = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr(key.tip))
        self._name()

    def set_missing(self, missing: bool) -> None:
        """Whether the image has no map."""
        self._missing = missing
        self._name()

    def set_title(self, title: str) -> None:
        self._title = title
        self._name()
        self.updateGeometry()

    def _name(self) -> None:
        known = tr(self._key.name).format(first=tr(self._key.words[0]), last=tr(self._key.words[-1]))
        said = tr(self._key.missing) if self._missing else known
        self.setAccessibleName(f"{self._title}. {said}" if self._title else said)
        self.update()

    def sizeHint(self) -> QSize:
        lines = 2 if self._title else 1
        return QSize(150, _BAR + lines * (self.fontMetrics().height() + 4))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(text)
        top = 0
        if self._title:
            top = self.fontMetrics().height() + 4
            title = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, 0, self.width(), top), Qt.AlignmentFlag.AlignTop, title)
        below = QRectF(0, top, self.width(), self.height() - top)
        if self._missing:
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, tr(self._key.missing))
            return
        for words, place in zip(self._key.words, _PLACES[len(self._key.words)], strict=True):
            painter.drawText(below.adjusted(0, _BAR + 2, 0, 0), place, tr(words))
        self._paint_bar(painter, QRectF(0.5, top + 0.5, self.width() - 1, _BAR - 1), text)

    def _paint_bar(self, painter: QPainter, bar: QRectF, text: QColor) -> None:
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for number, colour in enumerate(self._key.colours):
            ramp.setColorAt(number / (len(self._key.colours) - 1), colour)
        text.setAlphaF(0.4)
        painter.setPen(text)
        painter.setBrush(ramp)
        painter.drawRect(bar)
