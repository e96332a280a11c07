"""The trainer in plain words: what it is doing, how good its masks are, what to check when it is silent."""

from datetime import datetime

from PyQt6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QCheckBox, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from painter_app.language import tr, with_key
from painter_app.panels.curve import Axes, Curve, Series
from painter_app.panels.trainer_words import (
    Tone,
    TrainerWords,
    describe_rootpainter,
    describe_trainer,
    score_meaning,
    starting,
)
from painter_app.session.rootpainter_trainer import RootPainterNews
from shared_folder.status import ProjectStatus, TrainerStatus

_COLOURS = {
    Tone.LEARNING: "#009e73",
    Tone.OFF: "#e69f00",
    Tone.WAITING: "#0072b2",
    Tone.RESTING: "#56b4e9",
    Tone.TROUBLE: "#d55e00",
}


class TrainerPanel(QWidget):
    """Shows a trainer's status. version: this window's own."""

    learning_toggled = pyqtSignal(bool)
    log_requested = pyqtSignal()
    start_requested = pyqtSignal()

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._version = version
        self._banner = _Banner()
        self._learning = QCheckBox(tr("&Learn from what I paint"))
        self._learning.setToolTip(
            with_key(tr("Learning on or off; masks are made either way"), self._learning.text())
        )
        self._progress = QProgressBar()
        self._progress.setFormat(tr("%p % of the way to its next check"))
        self._progress.setAccessibleName(tr("Progress to the next check"))
        self._progress.setToolTip(
            tr("When it is full, the trainer checks itself; a better model then makes new masks")
        )
        self._curve = Curve(Axes())
        self._curve.setToolTip(
            tr(
                "Dice on the parts you corrected, over the steps of learning: 1 is perfect.\n"
                "Measured on annotated images that it doesn't learn from."
            )
        )
        self._lines = {part: _wrapped() for part in ("score", "masks", "turns", "version", "error", "device")}
        self._start = QPushButton(tr("&Start one on this computer"))
        self._start.setToolTip(
            with_key(tr("Start a trainer here; it ends when this window closes"), self._start.text())
        )
        self._log = QPushButton(tr("Show its lo&g"))
        self._log.setToolTip(with_key(tr("What the trainer wrote about its work"), self._log.text()))
        self._learning.toggled.connect(self.learning_toggled)
        self._start.clicked.connect(self.start_requested)
        self._log.clicked.connect(self.log_requested)
        self._lay_out()
        self.set_status(None, None, alive=False, silent_since=None, learning=True)

    def set_status(
        self,
        trainer: TrainerStatus | None,
        project: ProjectStatus | None,
        *,
        alive: bool,
        silent_since: datetime | None,
        learning: bool,
    ) -> None:
        """Show a status. trainer: the one that serves the open project; project: what it does for it.

        alive: its counter moves. silent_since: since when not, by this machine's clock. learning: wanted here.
        """
        words = describe_trainer(trainer, project, alive, silent_since, self._version, learning)
        with QSignalBlocker(self._learning):
            self._learning.setChecked(learning)
        self._log.setVisible(trainer is not None)
        self._show(words)
        scores = project.scores if project is not None else ()
        self._curve.set_series([Series(score_meaning(project), scores)] if scores else [])
        self._curve.setVisible(bool(scores))

    def show_starting(self, learning: bool) -> None:
        """This window's own trainer has been started and hasn't said anything yet."""
        with QSignalBlocker(self._learning):
            self._learning.setChecked(learning)
        self._log.hide()
        self._curve.hide()
        self._show(starting())

    def show_rootpainter(self, news: RootPainterNews, learning: bool) -> None:
        """RootPainter's trainer is the one that serves this folder."""
        with QSignalBlocker(self._learning):
            self._learning.setChecked(learning)
        self._log.hide()
        self._curve.hide()
        self._show(describe_rootpainter(news, learning))

    def _show(self, words: TrainerWords) -> None:
        self._banner.set_words(words)
        self._progress.setVisible(words.progress is not None)
        self._progress.setValue(round(100 * (words.progress or 0)))
        for part, label in self._lines.items():
            text = getattr(words, part)
            label.setText(text)
            label.setVisible(bool(text))
        self._start.setVisible(words.can_start)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._banner)
        layout.addWidget(self._learning)
        layout.addWidget(self._progress)
        for part in ("score", "masks", "turns"):
            layout.addWidget(self._lines[part])
        layout.addWidget(self._curve)
        for part in ("version", "error", "device"):
            layout.addWidget(self._lines[part])
        for button in (self._start, self._log):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)


class _Banner(QWidget):
    """A shape and a tint for the tone, the headline, and the detail under it."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = Tone.WAITING
        self._headline = _wrapped()
        self._detail = _wrapped()
        font = self._headline.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self._headline.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(38, 8, 8, 8)
        layout.setSpacing(2)
        layout.addWidget(self._headline)
        layout.addWidget(self._detail)

    def set_words(self, words: TrainerWords) -> None:
        self._tone = words.tone
        self._headline.setText(words.headline)
        self._detail.setText(words.detail)
        self._detail.setVisible(bool(words.detail))
        self.setAccessibleName(
            tr("Trainer: {headline}. {detail}").format(headline=words.headline, detail=words.detail)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(_COLOURS[self._tone])
        tint = QColor(colour)
        tint.setAlphaF(0.18)  # text keeps its contrast in light and dark
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        first_line = self._headline.y() + self._headline.fontMetrics().height() / 2
        mark = QRectF(11, first_line - 9, 18, 18)
        _paint_mark(painter, mark, self._tone, colour, self.palette().color(QPalette.ColorRole.WindowText))
        painter.end()


def _paint_mark(painter: QPainter, box: QRectF, tone: Tone, colour: QColor, text: QColor) -> None:
    """A shape for each tone: a disc, two bars, an hourglass, a moon, a triangle."""
    painter.setPen(QPen(text, 1.2))
    painter.setBrush(colour)
    if tone is Tone.LEARNING:
        painter.drawEllipse(box.adjusted(2, 2, -2, -2))
    elif tone is Tone.OFF:
        bar = QRectF(box.left() + 3, box.top() + 2, 4, box.height() - 4)
        painter.drawRect(bar)
        painter.drawRect(bar.translated(8, 0))
    elif tone is Tone.WAITING:
        glass = box.adjusted(3, 1, -3, -1)
        painter.drawPolygon(QPolygonF([glass.topLeft(), glass.topRight(), glass.bottomLeft(), glass.bottomRight()]))
    elif tone is Tone.RESTING:
        moon = QPainterPath()
        moon.addEllipse(box.adjusted(1, 1, -1, -1))
        shadow = QPainterPath()
        shadow.addEllipse(box.translated(6, -4))
        painter.drawPath(moon - shadow)
    else:
        painter.drawPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
        painter.setPen(QPen(text, 2))
        middle = box.center().x()
        painter.drawLine(QPointF(middle, box.top() + 6), QPointF(middle, box.bottom() - 6))
        painter.drawPoint(QPointF(middle, box.bottom() - 3))


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # a status is another program's text
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumSize(QSize(0, 0))
    return label
