"""The channels of an image that are no colours: which are seen, in which colour, how bright."""

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PyQt6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QPushButton, QSlider, QWidget

from painter_app.dialogs.gamma_slider import gamma_at, gamma_slider, position_of
from painter_app.language import figure, number, tr
from painter_app.marking import marked
from shared_folder.channels import COLOURS, ChannelTone

_STEPS = 1000  # of a slider from its least value to its largest
_SLIDER_WIDTH = 110
_HEADINGS = (marked("Channel"), marked("Colour"), marked("Black from"), marked("White from"), marked("Middle"))


class ChannelRows(QWidget):
    """One row for each channel of the image on the screen."""

    changed = pyqtSignal()

    def __init__(self, names: Sequence[str], fitted: Sequence[ChannelTone], tones: Sequence[ChannelTone]) -> None:
        """names: may be empty. fitted: the image's own. tones: as it is shown now, one for each channel."""
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        for column, heading in enumerate(_HEADINGS):
            grid.addWidget(QLabel(tr(heading)), 0, column)
        self.rows: list[ChannelRow] = []
        for place, (own, tone) in enumerate(zip(fitted, tones, strict=True)):
            row = ChannelRow(names[place] or tr("Channel {n}").format(n=place + 1), own, tone)
            row.changed.connect(self.changed)
            for column, widget in enumerate(row.widgets):
                grid.addWidget(widget, place + 1, column)
            row.setParent(self)
            self.rows.append(row)

    @property
    def tones(self) -> tuple[ChannelTone, ...]:
        return tuple(row.tone for row in self.rows)

    def show_tones(self, tones: Sequence[ChannelTone]) -> None:
        """Without a signal."""
        for row, tone in zip(self.rows, tones, strict=True):
            row.show_tone(tone)

    def fit(self) -> None:
        """All of them to the image."""
        self.show_tones([row.fitted() for row in self.rows])
        self.changed.emit()


class ChannelRow(QWidget):
    """The widgets of one channel; it is not seen itself."""

    changed = pyqtSignal()

    def __init__(self, name: str, own: ChannelTone, tone: ChannelTone) -> None:
        super().__init__()
        self.hide()
        self._own = own
        spread = own.white - own.black
        lower = own.black - spread / 2
        self._least = min(max(lower, 0) if own.black >= 0 else lower, tone.black)
        self._most = max(own.white + spread, tone.white)
        self._tone = tone
        self.seen = QCheckBox(name.replace("&", "&&"))
        self.colour = QComboBox()
        self.black, self.white, self.gamma = (QSlider(Qt.Orientation.Horizontal) for _ in range(3))
        self.figures = QLabel()
        self.fit_button = QPushButton(tr("Fit"))
        self._set_up(name)
        self.show_tone(tone)
        self.seen.toggled.connect(self._take)
        self.colour.currentIndexChanged.connect(self._take)
        for slider in (self.black, self.white, self.gamma):
            slider.valueChanged.connect(self._take)
        self.fit_button.clicked.connect(self._fit)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """From left to right."""
        return self.seen, self.colour, self.black, self.white, self.gamma, self.figures, self.fit_button

    @property
    def tone(self) -> ChannelTone:
        return self._tone

    def fitted(self) -> ChannelTone:
        """As it is shown now, in the image's own range."""
        return replace(self._tone, black=self._own.black, white=self._own.white, gamma=1.0)

    def show_tone(self, tone: ChannelTone) -> None:
        """Without a signal."""
        self._tone = tone
        for blocked in (self.seen, self.colour, self.black, self.white, self.gamma):
            blocked.blockSignals(True)
        self.seen.setChecked(tone.shown)
        index = self.colour.findData(tone.colour)
        if index < 0:
            self._offer(tr("its own"), tone.colour)
            index = self.colour.count() - 1
        self.colour.setCurrentIndex(index)
        self.black.setValue(self._place(tone.black))
        self.white.setValue(self._place(tone.white))
        self.gamma.setValue(position_of(tone.gamma))
        for blocked in (self.seen, self.colour, self.black, self.white, self.gamma):
            blocked.blockSignals(False)
        self._show_figures()

    def _take(self) -> None:
        """What the widgets say. White stays above black; a slider that wasn't moved keeps its exact value."""
        now = self._tone
        black = now.black if self.black.value() == self._place(now.black) else self._value(self.black.value())
        white = now.white if self.white.value() == self._place(now.white) else self._value(self.white.value())
        step = (self._most - self._least) / _STEPS
        gamma = now.gamma if self.gamma.value() == position_of(now.gamma) else gamma_at(self.gamma.value())
        self._tone = ChannelTone(
            self.seen.isChecked(), self.colour.currentData(), black, max(white, black + step), gamma
        )
        self._show_figures()
        self.changed.emit()

    def _fit(self) -> None:
        self.show_tone(self.fitted())
        self.changed.emit()

    def _place(self, value: float) -> int:
        return round((value - self._least) / (self._most - self._least) * _STEPS)

    def _value(self, place: int) -> float:
        return self._least + (self._most - self._least) * place / _STEPS

    def _show_figures(self) -> None:
        tone = self._tone
        self.figures.setText(_figures(_in_figures(tone.black), _in_figures(tone.white), number(tone.gamma, 2)))
        for widget in (self.colour, self.black, self.white, self.gamma, self.fit_button):
            widget.setEnabled(tone.shown)

    def _offer(self, name: str, colour: str) -> None:
        picture = QPixmap(16, 16)
        picture.fill(self.palette().color(QPalette.ColorRole.Mid))  # an edge: white would be lost on white
        painter = QPainter(picture)
        painter.fillRect(picture.rect().adjusted(1, 1, -1, -1), QColor(colour))
        painter.end()
        self.colour.addItem(QIcon(picture), name, colour)

    def _set_up(self, name: str) -> None:
        for colour, value in COLOURS.items():
            self._offer(tr(colour), value)
        gamma_slider(self.gamma)
        for slider in (self.black, self.white):
            slider.setRange(0, _STEPS)
        for slider in (self.black, self.white, self.gamma):
            slider.setMinimumWidth(_SLIDER_WIDTH)
        widest = _figures(number(10_000), number(10_000), number(0, 2))
        self.figures.setMinimumWidth(self.figures.fontMetrics().horizontalAdvance(widest))
        self.fit_button.setAutoDefault(False)
        for widget, what, tip in (
            (self.seen, tr("{channel}: shown"), tr("Show this channel")),
            (
                self.colour,
                tr("{channel}: colour"),
                tr("The colour of its brightest pixels; colours of several channels add up"),
            ),
            (self.black, tr("{channel}: black from"), tr("Values up to this one are shown black")),
            (self.white, tr("{channel}: white from"), tr("Values from this one on have the full colour")),
            (
                self.gamma,
                tr("{channel}: middle"),
                tr("To the right dark parts are lifted, to the left bright ones lowered"),
            ),
            (
                self.fit_button,
                tr("{channel}: fit"),
                tr("Let nearly all of its values use the whole range: percentiles 0.1 to 99.9"),
            ),
        ):
            widget.setAccessibleName(what.format(channel=name))
            widget.setToolTip(tip)


def _figures(black: str, white: str, gamma: str) -> str:
    return tr("{black} to {white}, {gamma}").format(black=black, white=white, gamma=gamma)


def _in_figures(value: float) -> str:
    return number(value) if abs(value) >= 100 else figure(float(f"{value:.3g}"))
