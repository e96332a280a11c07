"""The project's page: canvas in the middle, brushes and layers on its left, trainer and images on its right, what to
do now below. Layout only."""

from collections.abc import Mapping

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from painter_app.canvas.view import CanvasView
from painter_app.language import tr
from painter_app.panels.brushes import BrushPanel
from painter_app.panels.hint import HintCard
from painter_app.panels.images import ImageList
from painter_app.panels.layers import LayerPanel
from painter_app.panels.trainer import TrainerPanel
from painter_app.words import never_html

_LEFT_WIDTH = 232
_RIGHT_WIDTH = 268
BUTTONS = ("previous", "next", "skip", "nothing_here", "save_and_next")


class ProjectPage(QWidget):
    """All parts of an open project, none of them wired."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self.canvas = CanvasView()
        self.brushes = BrushPanel()
        self.layers = LayerPanel()
        self.trainer = TrainerPanel(version)
        self.images = ImageList()
        self.right_parts = QSplitter(Qt.Orientation.Vertical)
        """The trainer's panel above the list of images."""
        self.hint, self.trainer_hint = HintCard(), HintCard()
        self.phase = _Elided(Qt.TextElideMode.ElideRight, least=390)
        self.phase.setObjectName("phase")
        self.image_name = _Elided(Qt.TextElideMode.ElideMiddle, least=160)
        self.image_name.setObjectName("imageName")
        self.note = _Elided(Qt.TextElideMode.ElideRight, least=160)
        self.note.setObjectName("imageName")
        self.note.setAccessibleName(tr("Notes on the image"))
        self.note.hide()
        self.buttons: dict[str, ActionButton] = {}
        self._button_row = QHBoxLayout()
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._top_bar())
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self._bottom_bar())
        self.brushes.size_entered.connect(self.canvas.setFocus)
        for panel in (self.brushes, self.layers, self.trainer):
            for control in panel.findChildren((QAbstractButton, QComboBox, QSlider)):
                control.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self._left())
        layout.addLayout(middle, 1)
        layout.addWidget(self._right())

    def set_note(self, text: str) -> None:
        """What is noted on the image, or nothing."""
        self.note.setText(tr("Note: {text}").format(text=text))
        self.note.setVisible(bool(text))

    def add_buttons(self, actions: Mapping[str, QAction]) -> None:
        """The buttons of the bottom bar; the last is the one that the work goes through."""
        for name in BUTTONS:
            if name == BUTTONS[2]:
                self._button_row.addStretch(1)  # moving about stands on the left, judging on the right
            self.buttons[name] = ActionButton(actions[name], primary=name == BUTTONS[-1])
            self._button_row.addWidget(self.buttons[name])

    def _left(self) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        side.setFixedWidth(_LEFT_WIDTH)
        tools = QWidget()
        tools.setObjectName("section")
        column = QVBoxLayout(tools)
        column.setContentsMargins(4, 0, 4, 4)
        column.setSpacing(0)
        column.addWidget(_title(tr("Brushes")))
        column.addWidget(self.brushes)
        column.addWidget(_title(tr("Layers")))
        column.addWidget(self.layers)
        column.addStretch(1)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_scrolling(tools), 1)
        layout.addWidget(self.hint)
        return side

    def _right(self) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        side.setFixedWidth(_RIGHT_WIDTH)
        parts = self.right_parts
        parts.setChildrenCollapsible(False)
        parts.addWidget(_scrolling(_titled(tr("Trainer"), self.trainer, 0)))
        parts.addWidget(_titled(tr("Images"), self.images, 1))
        parts.setSizes([368, 287])
        parts.setStretchFactor(1, 1)  # on a taller screen more images are listed
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.trainer_hint)
        layout.addWidget(parts, 1)
        return side

    def _bottom_bar(self) -> QFrame:
        """What the work goes through, image by image."""
        bar = QFrame()
        bar.setObjectName("bottomBar")
        self._button_row.setContentsMargins(12, 8, 12, 8)
        self._button_row.setSpacing(8)
        bar.setLayout(self._button_row)
        return bar

    def _top_bar(self) -> QFrame:
        """What to do now, and with which image."""
        bar = QFrame()
        bar.setObjectName("topBar")
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.phase, 1)
        line.addWidget(self.image_name)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(12, 7, 12, 7)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.note)
        return bar


class _Elided(QLabel):
    """One line that gives way when there is no room; its tooltip has all of it. least: pixels that it keeps."""

    def __init__(self, mode: Qt.TextElideMode, least: int) -> None:
        super().__init__()
        self._mode = mode
        self._least = least
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._least, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        self.setToolTip(never_html(self.text()) if text != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class ActionButton(QPushButton):
    """A button that shows and does an action."""

    def __init__(self, action: QAction, primary: bool = False) -> None:
        super().__init__()
        self._action = action
        self._primary = primary
        if primary:
            self.setObjectName("primary")
            self.setIconSize(QSize(20, 20))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)  # its text is never cut
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the canvas keeps it: keys go on painting
        self.clicked.connect(action.trigger)
        action.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.setText(self._action.text().replace("&&", "\0").replace("&", "").replace("\0", "&&"))
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        if not self._primary:  # whose icon has the ink of its coloured ground
            self.setIcon(self._action.icon())


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("sectionTitle")
    return label


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it would take the keys at a click
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _titled(title: str, widget: QWidget, stretch: int) -> QWidget:
    """stretch: 1 if the widget takes all the room, 0 if it stays as small as it may."""
    box = QWidget()
    box.setObjectName("section")
    layout = QVBoxLayout(box)
    layout.setContentsMargins(4, 0, 4, 0)
    layout.setSpacing(0)
    layout.addWidget(_title(title))
    layout.addWidget(widget, stretch)
    layout.addStretch(1 - stretch)
    return box
