"""The brushes: what a stroke says, and how wide it is."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

from PyQt6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QColor, QFont, QKeySequence, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.language import tr, with_key
from painter_app.words import class_name, tip_with_key
from shared_folder.classes import BACKGROUND_CLASS, CANT_TELL, CANT_TELL_CLASS, UNKNOWN, LabelClass

SMALLEST, LARGEST = 1.0, 1000.0
"""Diameters of the brush in image pixels."""

ERASER = LabelClass(UNKNOWN, "eraser", "", "E")
ALWAYS = (BACKGROUND_CLASS, CANT_TELL_CLASS, ERASER)
"""Brushes of every project."""
_LEAST_ROWS = 4
"""Classes that are always in sight; of more, the rest are scrolled to where there is no room."""

_STEPS_PER_DECADE = 100
_GAP = 3  # pixels between buttons
_LEAST_TOOL = 27
"""Pixels of a tool's button: its icon with a little air."""


class BrushPanel(QWidget):
    """The tools; one big button for each class, background, can't tell and the eraser; the brush's size."""

    brush_chosen = pyqtSignal(int)
    """The label that strokes give from now on; UNKNOWN for the eraser."""
    diameter_changed = pyqtSignal(float)
    """In image pixels."""
    pressure_chosen = pyqtSignal(bool)
    """Whether a pen's pressure sizes the brush."""
    size_entered = pyqtSignal()
    """Enter was pressed in the size's field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: Mapping[int, str] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.brush_chosen)
        self._classes = _Column()
        self._always = QVBoxLayout()
        self._always.setSpacing(_GAP)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(2)
        self._tool = QLabel()  # what the chosen icon means
        self._tool.setObjectName("toolName")
        self._tool.setTextFormat(Qt.TextFormat.PlainText)
        brushes = QVBoxLayout()
        brushes.setSpacing(_GAP)
        brushes.addWidget(self._classes)
        brushes.addLayout(self._always)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(self._tools)
        layout.addWidget(self._tool)
        layout.addSpacing(2)
        layout.addLayout(brushes)
        layout.addSpacing(4)
        layout.addLayout(self._size_rows())
        self._pressure = QCheckBox(tr("Pen p&ressure sizes the brush"))
        felt = tr("Press lightly for a fifth of the brush's size, hard for all of it")
        self._pressure.setToolTip(with_key(felt, self._pressure.text()))
        self._pressure.setVisible(False)
        self._pressure.toggled.connect(self.pressure_chosen)
        layout.addWidget(self._pressure)

    def add_tools(self, actions: Sequence[QAction]) -> None:
        """A button for each tool, side by side."""
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(QSize(20, 20))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
            button.setAccessibleName(action.text().replace("&", ""))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # they share the width
            button.setMinimumWidth(_LEAST_TOOL)
            self._tools.addWidget(button)
            action.changed.connect(partial(self._name_tool, action))

    def _name_tool(self, action: QAction) -> None:
        """Say in words which tool is in hand, and its key."""
        if action.isChecked():
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            name = action.text().replace("&", "")
            self._tool.setText(f"{name}  ({key})" if key else name)

    def set_classes(self, classes: list[LabelClass]) -> None:
        """The classes to find, in order; background, can't tell and the eraser follow them."""
        current = self._group.checkedId()
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.setParent(None)
            button.deleteLater()
        remaining = [known for known in classes if known.merged_into is None]
        for brush in (*remaining, *ALWAYS):
            button = BrushButton(brush, self._keys.get(brush.id, brush.shortcut))
            self._group.addButton(button, brush.id)
            if brush in ALWAYS:
                self._always.addWidget(button)
            else:
                self._classes.add(button)
        self._classes.fit()
        self.set_current(current if self._group.button(current) else remaining[0].id)

    def set_keys(self, brushes: Mapping[int, str], smaller: str, larger: str) -> None:
        """Show the keys in force. brushes: by label, for those whose class doesn't say it itself."""
        self._keys = brushes
        for button in self._group.buttons():
            if isinstance(button, BrushButton):
                button.set_key(brushes.get(button.brush.id, button.brush.shortcut))
        tip = tr("Diameter of the brush in pixels of the image (Shift + wheel on the image)")
        if smaller and larger:
            tip = tr(
                "Diameter of the brush in pixels of the image (keys {smaller} and {larger}, or Shift + wheel on the "
                "image)"
            ).format(smaller=smaller, larger=larger)
        for widget in (self._slider, self._number):
            widget.setToolTip(tip)

    def set_current(self, label: int) -> None:
        """Show the brush in hand, without a signal. A label without a brush changes nothing."""
        button = self._group.button(label)
        if button is not None:
            button.setChecked(True)
            self._classes.show_button(button)

    def set_diameter(self, diameter: float) -> None:
        """Show the brush's diameter in image pixels, without a signal."""
        diameter = min(max(diameter, SMALLEST), LARGEST)
        with QSignalBlocker(self._slider), QSignalBlocker(self._number):
            self._slider.setValue(_position(diameter))
            self._number.setValue(diameter)

    def show_pen(self) -> None:
        """Offer what only somebody with a pen needs."""
        self._pressure.setVisible(True)

    def set_pressure(self, sizes: bool) -> None:
        """Show whether pressure sizes the brush, without a signal."""
        with QSignalBlocker(self._pressure):
            self._pressure.setChecked(sizes)

    def _size_rows(self) -> QVBoxLayout:
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(_position(SMALLEST), _position(LARGEST))
        self._slider.setPageStep(_STEPS_PER_DECADE // 4)
        self._number = QDoubleSpinBox()
        self._number.setRange(SMALLEST, LARGEST)
        self._number.setDecimals(0)
        self._number.setSuffix(" px")
        self._number.setKeyboardTracking(False)
        label = QLabel(tr("Brush si&ze"))
        label.setBuddy(self._slider)
        self._slider.setAccessibleName(tr("Brush size"))
        self._number.setAccessibleName(tr("Brush size in pixels"))
        self.set_keys({}, "", "")
        self._slider.valueChanged.connect(lambda position: self._resized(10 ** (position / _STEPS_PER_DECADE)))
        self._number.valueChanged.connect(self._resized)
        field = self._number.lineEdit()
        if field is not None:
            field.returnPressed.connect(self.size_entered)
        row = QHBoxLayout()
        row.addWidget(label, 1)
        row.addWidget(self._number)
        rows = QVBoxLayout()
        rows.addLayout(row)
        rows.addWidget(self._slider)
        return rows

    def _resized(self, diameter: float) -> None:
        diameter = float(round(diameter))
        self.set_diameter(diameter)
        self.diameter_changed.emit(diameter)


class _Column(QScrollArea):
    """Buttons below one another: as high as they are if there is room, else scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = QWidget()
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(_GAP)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it would take the keys at a click
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def add(self, button: QPushButton) -> None:
        self._rows.addWidget(button)

    def fit(self) -> None:
        """After buttons came or went."""
        self._rows.activate()
        self.updateGeometry()

    def show_button(self, button: QWidget) -> None:
        """Scroll to a button, if it is one of these."""
        if self._inner.isAncestorOf(button):
            self._rows.activate()
            self.ensureWidgetVisible(button, 0, button.height())

    def sizeHint(self) -> QSize:
        return QSize(self._inner.minimumSizeHint().width(), self._height(self._rows.count()))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height(min(self._rows.count(), _LEAST_ROWS)))

    def _height(self, rows: int) -> int:
        """Of so many rows, in pixels."""
        item = self._rows.itemAt(0)
        button = item.widget() if item is not None else None  # the item of one that is new has no size yet
        return rows * (button.sizeHint().height() + _GAP) - _GAP if button is not None else 0


class BrushButton(QPushButton):
    """A swatch, the class's name and its key. The brush in hand is bold, with a tick."""

    def __init__(self, brush: LabelClass, key: str) -> None:
        super().__init__()
        self.brush = brush
        self._key = key
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.name = _name_of(brush)
        """In the user's language."""
        self.setAccessibleName(tr("Brush: {class_name}").format(class_name=self.name))
        self.set_key(key)

    def set_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self.setToolTip(tip_with_key(_purpose(self.brush), key))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.name + self._key)
        return QSize(width + 100, max(34, metrics.height() + 14))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        content = QRectF(self.rect()).adjusted(8, 0, -10, 0)
        side = min(20.0, self.height() - 12.0)
        swatch = QRectF(content.left(), content.center().y() - side / 2, side, side)
        text = self.palette().color(QPalette.ColorRole.ButtonText)
        _paint_swatch(painter, swatch, self.brush, text)
        font = QFont(self.font())
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(text)
        key_width = painter.fontMetrics().horizontalAdvance("M") * 2 + 20
        name_box = content.adjusted(side + 8, 0, -key_width, 0)
        name = painter.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideRight, int(name_box.width()))
        painter.drawText(name_box, Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(content, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._key)
        if self.isChecked():
            _paint_tick(painter, content.right() - key_width, content.center().y(), text)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 4, 4)


def _name_of(brush: LabelClass) -> str:
    return tr("eraser") if brush.id == UNKNOWN else class_name(brush)


def _purpose(brush: LabelClass) -> str:
    if brush.id == UNKNOWN:
        return tr("Take back what you painted: nobody has said")
    if brush.id == CANT_TELL:
        return tr("Paint what nobody can tell: it stays out of learning and of the figures")
    return tr("Paint {class_name}").format(class_name=class_name(brush))


def _paint_swatch(painter: QPainter, box: QRectF, brush: LabelClass, text: QColor) -> None:
    painter.setPen(QPen(text, 1))
    painter.setBrush(QColor(brush.colour) if brush.colour else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    if brush.id == UNKNOWN:
        painter.drawLine(box.bottomLeft(), box.topRight())
    elif brush.id == CANT_TELL:
        painter.setPen(QColor(Qt.GlobalColor.white))  # on its own blue, in either palette
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")


def _paint_tick(painter: QPainter, x: float, y: float, colour: QColor) -> None:
    pen = QPen(colour, 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([QPointF(x, y), QPointF(x + 4, y + 4), QPointF(x + 11, y - 5)]))


def _position(diameter: float) -> int:
    return round(math.log10(diameter) * _STEPS_PER_DECADE)
