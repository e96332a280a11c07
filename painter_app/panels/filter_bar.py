"""The filter of the image list: a part of the name, what was done with an image, what was found in it."""

from collections.abc import Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QPaintEvent, QShortcut
from PyQt6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from painter_app.language import tr
from painter_app.marking import marked
from painter_app.session.image_filter import NOTHING_FOUND, Filter, Show
from painter_app.words import capital
from shared_folder.classes import LabelClass
from shared_folder.merging import remaining
from shared_folder.review import ReviewState

_SHOWN: dict[Show | ReviewState, tuple[str, str]] = {
    Show.ALL: (marked("All images"), ""),
    Show.UNANNOTATED: (marked("Not annotated yet"), marked("Images on which nobody has painted")),
    Show.ANNOTATED: (marked("Annotated"), marked("Images on which somebody has painted")),
    Show.NOTED: (marked("With a note"), marked("Images on which somebody wrote a note")),
    Show.DOUBTFUL: (marked("Doubtful annotation"), marked("Annotations that the newest model contradicts")),
}
"""What is shown, and what that means."""
_NARROWEST = 8  # characters of a choice that gives way
_BESIDE_ENTRIES = 24  # pixels: margins, and a scroll bar


class FilterBar(QWidget):
    """Says which images to show. Nothing here looks at one."""

    changed = pyqtSignal(object)
    """The Filter."""
    first_wanted = pyqtSignal()
    """Enter in the name: the first image that is shown is to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLineEdit()
        self._text.setPlaceholderText(tr("Filter by name"))
        self._text.setClearButtonEnabled(True)
        self._text.setAccessibleName(tr("Filter images by name"))
        self._text.setToolTip(tr("Show only images whose name contains this; Enter opens the first (Alt+N)"))
        self._show = _NarrowChoice()
        self._show.setAccessibleName(tr("Filter images by what was done with them"))
        self._show.setToolTip(tr("Show only images in one state (Alt+A)"))
        self._found = _NarrowChoice()
        self._found.setAccessibleName(tr("Filter images by what was found in them"))
        self._found.setToolTip(tr("Show only images whose newest mask or annotation has a class, or nothing (Alt+F)"))
        for kinds in (Show, ReviewState):
            for kind in kinds:
                text, tip = _SHOWN[kind] if kind in _SHOWN else (str(kind), "")
                self._show.addItem(capital(tr(text)), kind)
                self._show.setItemData(self._show.count() - 1, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self._show.insertSeparator(len(Show))
        self.set_classes(())
        self._text.textChanged.connect(self._changed)
        self._text.returnPressed.connect(self.first_wanted)
        self._show.currentIndexChanged.connect(self._changed)
        self._found.currentIndexChanged.connect(self._changed)
        self._lay_out()

    @property
    def filter(self) -> Filter:
        show = self._show.currentData()  # a plain text: Qt keeps no more of it
        kind = Show(show) if show in list(Show) else ReviewState(show)
        return Filter(self._text.text(), kind, self._found.currentData())

    def set_filter(self, wanted: Filter) -> None:
        """Show a filter, without a signal."""
        if wanted == self.filter:
            return  # she may be typing
        with QSignalBlocker(self._text), QSignalBlocker(self._show), QSignalBlocker(self._found):
            self._text.setText(wanted.text)
            self._show.setCurrentIndex(max(0, self._show.findData(wanted.show)))
            self._found.setCurrentIndex(max(0, self._found.findData(wanted.found)))

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        """Offer these, without a signal. The one that was chosen stays so, if it is among them."""
        chosen = self._found.currentData()
        with QSignalBlocker(self._found):
            self._found.clear()
            self._found.addItem(tr("All contents"), None)
            for known in remaining(tuple(classes)):
                self._found.addItem(tr("With {class_name}").format(class_name=known.name), known.id)
            self._found.addItem(tr("Nothing found"), NOTHING_FOUND)
            tip = tr("The newest mask has none of the classes")
            self._found.setItemData(self._found.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            self._found.setCurrentIndex(max(0, self._found.findData(chosen)))

    def _changed(self) -> None:
        self.changed.emit(self.filter)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._text, 0, 0, 1, 2)
        layout.addWidget(self._show, 1, 0)
        layout.addWidget(self._found, 1, 1)
        layout.setColumnStretch(0, 3)
        layout.setColumnStretch(1, 2)
        for field, key in ((self._text, "Alt+N"), (self._show, "Alt+A"), (self._found, "Alt+F")):
            QShortcut(QKeySequence(key), self, field.setFocus)


class _NarrowChoice(QComboBox):
    """A choice that gives way where there is no room; its list shows every entry whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_NARROWEST)

    def showPopup(self) -> None:
        entries = self.view()
        if entries is not None:
            entries.setMinimumWidth(entries.sizeHintForColumn(0) + _BESIDE_ENTRIES)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        shown, painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(shown)
        style = painter.style()
        if style is not None:
            part = QStyle.SubControl.SC_ComboBoxEditField
            room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, shown, part, self).width()
            shown.currentText = self.fontMetrics().elidedText(
                shown.currentText, Qt.TextElideMode.ElideRight, room - 2
            )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, shown)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, shown)
