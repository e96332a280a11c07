"""Brightness and contrast of the image on the screen, and its channels, while one looks at it."""

from collections.abc import Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from painter_app.canvas.tone import Tone
from painter_app.dialogs.channel_rows import ChannelRows
from painter_app.dialogs.gamma_slider import gamma_at, gamma_slider, position_of
from painter_app.language import number, tr
from painter_app.marking import marked
from shared_folder.channels import ChannelTone

_WORDS = marked("For your eyes alone: the network sees the image as it is, with all its channels.")
_MOST_ROWS_SEEN = 7  # of channels; more are scrolled


class ContrastDialog(QDialog):
    """Stays open beside the window; the image follows the sliders."""

    tone_chosen = pyqtSignal(object)
    """A Tone."""
    fit_wanted = pyqtSignal()
    """Black and white that suit the open image are asked for; channels are fitted here."""

    def __init__(self, tone: Tone, key: str, parent: QWidget | None = None) -> None:
        """key: closes it, as it opened it."""
        super().__init__(parent)
        self.setWindowTitle(tr("Brightness and contrast"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._tone = tone
        self._fitted: tuple[ChannelTone, ...] = ()  # of the image on the screen
        self.channels: ChannelRows | None = None  # none where its channels are colours
        self._area = QScrollArea()
        self._levels = QWidget()
        self._grid = QGridLayout(self._levels)
        self._figures: dict[QSlider, QLabel] = {}
        self.black = self._slider(0, tr("&Black from"), tr("Grey levels up to this one are shown black"), (0, 254))
        self.white = self._slider(1, tr("&White from"), tr("Grey levels from this one on are shown white"), (1, 255))
        self.gamma = self._slider(
            2, tr("&Middle"), tr("To the right dark parts are lifted, to the left bright ones lowered")
        )
        gamma_slider(self.gamma)
        self._local_grid = QGridLayout()
        self.local = self._slider(
            0,
            tr("&Local contrast"),
            tr("Shows dark and bright, flat and busy parts of the image all with the screen's whole range"),
            (0, 100),
            self._local_grid,
        )
        self._lay_out()
        QShortcut(QKeySequence(key), self, self.close)
        self.show_tone(tone)

    def show_tone(self, tone: Tone) -> None:
        """Without a signal."""
        self._tone = tone
        places = (
            (self.black, tone.black),
            (self.white, tone.white),
            (self.gamma, position_of(tone.gamma)),
            (self.local, round(100 * tone.local)),
        )
        for slider, place in places:
            with QSignalBlocker(slider):
                slider.setValue(place)
        if self.channels is not None:
            self.channels.show_tones(self._channel_tones())
        self._show_figures()

    def show_channels(self, names: Sequence[str], fitted: Sequence[ChannelTone]) -> None:
        """Those of another image; none where its channels are colours. fitted: its own tones, one for each."""
        self._fitted = tuple(fitted)
        self.channels = ChannelRows(names, fitted, self._channel_tones()) if fitted else None
        self._levels.setVisible(self.channels is None)
        self._area.setVisible(self.channels is not None)
        old = self._area.takeWidget()
        if old is not None:
            old.deleteLater()
        if self.channels is not None:
            self.channels.changed.connect(self._channels_changed)
            self._area.setWidget(self.channels)
            wanted, row = self.channels.sizeHint(), self.channels.rows[0].colour.sizeHint().height() + 8
            self._area.setMinimumWidth(wanted.width() + 24)
            self._area.setMinimumHeight(min(wanted.height() + 4, row * (_MOST_ROWS_SEEN + 1)))
        self.adjustSize()

    def _channel_tones(self) -> tuple[ChannelTone, ...]:
        """As the open image is shown."""
        chosen = self._tone.channels
        return chosen if len(chosen) == len(self._fitted) else self._fitted

    def _channels_changed(self) -> None:
        if self.channels is not None:
            self._tone = self._with(channels=self.channels.tones)
            self.tone_chosen.emit(self._tone)

    def _with(self, channels: tuple[ChannelTone, ...]) -> Tone:
        """As the sliders stand; white is always above black."""
        black = self.black.value()
        gamma = (
            self._tone.gamma if self.gamma.value() == position_of(self._tone.gamma) else gamma_at(self.gamma.value())
        )
        return Tone(black, max(self.white.value(), black + 1), gamma, self.local.value() / 100, channels)

    def _fit(self) -> None:
        if self.channels is not None:
            self.channels.fit()
        else:
            self.fit_wanted.emit()

    def _plain(self) -> None:
        self.show_tone(Tone())
        self.tone_chosen.emit(self._tone)

    def _moved(self) -> None:
        self._tone = self._with(channels=self._tone.channels)
        self._show_figures()
        self.tone_chosen.emit(self._tone)

    def _show_figures(self) -> None:
        tone = self._with(channels=())
        for slider, figure in (
            (self.black, f"{tone.black}"),
            (self.white, f"{tone.white}"),
            (self.gamma, number(tone.gamma, 2)),
            (self.local, f"{self.local.value()} %" if self.local.value() else tr("none")),
        ):
            self._figures[slider].setText(figure)

    def _slider(
        self, row: int, text: str, tip: str, ends: tuple[int, int] = (0, 0), grid: QGridLayout | None = None
    ) -> QSlider:
        label, slider, figure = QLabel(text), QSlider(Qt.Orientation.Horizontal), QLabel()
        slider.setRange(*ends)
        slider.setToolTip(tip)
        slider.setAccessibleName(text.replace("&", ""))
        slider.valueChanged.connect(self._moved)
        slider.setMinimumWidth(200)
        label.setBuddy(slider)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(tr("&Local contrast").replace("&", "")))
        figure.setMinimumWidth(max(figure.fontMetrics().horizontalAdvance(text) for text in ("100 %", tr("none"))))
        self._figures[slider] = figure
        for column, widget in enumerate((label, slider, figure)):
            (self._grid if grid is None else grid).addWidget(widget, row, column)
        return slider

    def _lay_out(self) -> None:
        texts = tr("&Fit to the image"), tr("As it &is"), tr("&Close")
        fit, plain, close = (QPushButton(text) for text in texts)
        fit.setToolTip(tr("Let most of this image's grey levels use all that the screen can show"))
        plain.setToolTip(tr("Show the image unchanged"))
        close.setToolTip(tr("Close; the image stays as it is shown (Esc)"))
        fit.clicked.connect(self._fit)
        plain.clicked.connect(self._plain)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (fit, plain, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self._levels)
        layout.addWidget(self._area)
        layout.addLayout(self._local_grid)
        layout.addWidget(QLabel(tr(_WORDS)))
        layout.addLayout(buttons)
