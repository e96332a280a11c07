"""Brightness and contrast of the image on the screen, while one looks at it."""

import math

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from painter_app.canvas.tone import BRIGHTEST_GAMMA, DARKEST_GAMMA, Tone

_GAMMA_STEPS = 100  # for each doubling
_WORDS = "For your eyes alone: the network sees the image as it is."


class ContrastDialog(QDialog):
    """Stays open beside the window; the image follows the sliders."""

    tone_chosen = pyqtSignal(object)
    """A Tone."""
    fit_wanted = pyqtSignal()
    """The tone that suits the open image is asked for."""

    def __init__(self, tone: Tone, key: str, parent: QWidget | None = None) -> None:
        """key: closes it, as it opened it."""
        super().__init__(parent)
        self.setWindowTitle("Brightness and contrast")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._grid = QGridLayout()
        self._grid.setColumnMinimumWidth(1, 200)
        self._figures: dict[QSlider, QLabel] = {}
        self.black = self._slider(0, "&Black from", "Grey levels up to this one are shown black", (0, 254))
        self.white = self._slider(1, "&White from", "Grey levels from this one on are shown white", (1, 255))
        self.gamma = self._slider(
            2,
            "&Middle",
            "To the right dark parts are lifted, to the left bright ones lowered",
            (_position(DARKEST_GAMMA), _position(BRIGHTEST_GAMMA)),
        )
        fit, plain, close = QPushButton("&Fit to the image"), QPushButton("As it &is"), QPushButton("&Close")
        fit.setToolTip("Let most of this image's grey levels use all that the screen can show")
        plain.setToolTip("Show the image unchanged")
        close.setToolTip("Close; the image stays as it is shown (Esc)")
        fit.clicked.connect(self.fit_wanted)
        plain.clicked.connect(lambda: self._choose(Tone()))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        for button in (fit, plain, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(self._grid)
        layout.addWidget(QLabel(_WORDS))
        layout.addLayout(buttons)
        QShortcut(QKeySequence(key), self, self.close)
        self.show_tone(tone)

    @property
    def tone(self) -> Tone:
        """As the sliders stand; white is always above black."""
        black = self.black.value()
        return Tone(black, max(self.white.value(), black + 1), 2 ** (self.gamma.value() / _GAMMA_STEPS))

    def show_tone(self, tone: Tone) -> None:
        """Without a signal."""
        places = ((self.black, tone.black), (self.white, tone.white), (self.gamma, _position(tone.gamma)))
        for slider, place in places:
            with QSignalBlocker(slider):
                slider.setValue(place)
        self._show_figures()

    def _choose(self, tone: Tone) -> None:
        self.show_tone(tone)
        self.tone_chosen.emit(tone)

    def _moved(self) -> None:
        self._show_figures()
        self.tone_chosen.emit(self.tone)

    def _show_figures(self) -> None:
        tone = self.tone
        for slider, figure in (
            (self.black, f"{tone.black}"),
            (self.white, f"{tone.white}"),
            (self.gamma, f"{tone.gamma:.2f}"),
        ):
            self._figures[slider].setText(figure)

    def _slider(self, row: int, text: str, tip: str, ends: tuple[int, int]) -> QSlider:
        label, slider, figure = QLabel(text), QSlider(Qt.Orientation.Horizontal), QLabel()
        slider.setRange(*ends)
        slider.setToolTip(tip)
        slider.setAccessibleName(text.replace("&", ""))
        slider.valueChanged.connect(self._moved)
        label.setBuddy(slider)
        figure.setMinimumWidth(figure.fontMetrics().horizontalAdvance("00.00"))
        self._figures[slider] = figure
        for column, widget in enumerate((label, slider, figure)):
            self._grid.addWidget(widget, row, column)
        return slider


def _position(gamma: float) -> int:
    return round(math.log2(gamma) * _GAMMA_STEPS)
