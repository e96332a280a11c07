"""The classes of a new project: names, with the colours and keys that they will have."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shared_folder.classes import LabelClass, new_classes
from shared_folder.refused import Refused

MOST_CLASSES = 8


class ClassEditor(QWidget):
    """One row for each class. Background needs none: every project has it."""

    changed = pyqtSignal()

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QGridLayout()
        self._rows.setColumnStretch(1, 1)
        self._fields: list[QLineEdit] = []
        self._add = QPushButton("&Add a class")
        self._add.setToolTip(f"At most {MOST_CLASSES} (Alt+A)")
        self._add.clicked.connect(self._add_class)
        below = QHBoxLayout()
        below.addWidget(self._add)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._rows)
        layout.addLayout(below)
        layout.addStretch(1)
        self.set_names(names)

    def names(self) -> list[str]:
        return [field.text().strip() for field in self._fields]

    def classes(self) -> tuple[LabelClass, ...]:
        """The classes as they stand. Refuses empty and equal names."""
        names = self.names()
        if not all(names):
            raise Refused("A class has no name. Name it or remove it.")
        if len({name.casefold() for name in names}) < len(names):
            raise Refused("Two classes have the same name. Give each its own.")
        return new_classes(names)

    def set_names(self, names: Sequence[str]) -> None:
        while item := self._rows.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._fields = []
        drawn = new_classes(list(names))
        for row, known in enumerate(drawn):
            self._add_row(row, known, removable=len(drawn) > 1)
        self._add.setEnabled(len(drawn) < MOST_CLASSES)
        self.changed.emit()

    def _add_row(self, row: int, known: LabelClass, removable: bool) -> None:
        field = QLineEdit(known.name)
        field.setPlaceholderText("name, such as root")
        field.setAccessibleName(f"Name of class {row + 1}")
        field.setToolTip("What to find in the images")
        field.textEdited.connect(self.changed)
        self._fields.append(field)
        self._rows.addWidget(_Swatch(known.colour), row, 0)
        self._rows.addWidget(field, row, 1)
        self._rows.addWidget(QLabel(f"key {row + 1}"), row, 2)
        if removable:
            remove = QPushButton("Remove")
            remove.setAccessibleName(f"Remove class {row + 1}")
            remove.setToolTip("Take this class out of the list")
            remove.clicked.connect(lambda: self._remove(row))
            self._rows.addWidget(remove, row, 3)

    def _add_class(self) -> None:
        self.set_names([*self.names(), ""])
        self._fields[-1].setFocus()

    def _remove(self, row: int) -> None:
        names = self.names()
        del names[row]
        self.set_names(names)


class _Swatch(QWidget):
    """The colour that the class will have."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = QColor(colour)
        self.setFixedSize(20, 20)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 3, 3)
        painter.end()
