"""The sheet of shortcuts, built from the table of actions."""

import re
from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from painter_app.language import tr, with_key

Row = tuple[str, str, str]
"""Group, what it does (a menu's text, mnemonics and all), its key in words such as "Ctrl+Shift+Z"."""

_COLUMNS = 3
_SHARE = 0.8
"""Of the screen's height that the keys may take; the rest is for the button and the window's frame."""
_LEAST = 300.0


class ShortcutSheet(QDialog):
    """All keys on one sheet, by group."""

    change_wanted = pyqtSignal()

    def __init__(self, rows: Sequence[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        columns = QHBoxLayout()
        columns.setSpacing(32)
        for groups in _balanced(rows):
            column = QVBoxLayout()
            column.setSpacing(6)
            for group, entries in groups:
                column.addWidget(_heading(group))
                column.addLayout(_table(entries))
                column.addSpacing(10)
            column.addStretch(1)
            columns.addLayout(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        sheet = QWidget()
        sheet.setLayout(columns)
        change = QPushButton(tr("Change &keys…"))
        change.setToolTip(with_key(tr("Choose which key does what"), change.text()))
        change.clicked.connect(self.accept)
        change.clicked.connect(self.change_wanted)
        buttons.addButton(change, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(_scrolling(sheet))
        layout.addWidget(buttons)


Group = tuple[str, list[tuple[str, str]]]


def _balanced(rows: Sequence[Row]) -> list[list[Group]]:
    """The groups in their order, over columns of nearly one height."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, text, key in rows:
        groups.setdefault(group, []).append((_without_mnemonic(text), key))
    height = sum(len(entries) + 2 for entries in groups.values()) / _COLUMNS
    columns: list[list[Group]] = [[]]
    filled = 0.0
    for group, entries in groups.items():
        size = len(entries) + 2
        if columns[-1] and filled + size / 2 > height and len(columns) < _COLUMNS:
            columns.append([])
            filled = 0.0
        columns[-1].append((group, entries))
        filled += size
    return columns


def _without_mnemonic(text: str) -> str:
    return re.sub("&(.?)", r"\1", text)


def _scrolling(sheet: QWidget) -> QScrollArea:
    """As large as the sheet, where the screen has room for that."""
    area = QScrollArea()
    area.setWidget(sheet)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(tr("Keys"))
    room = QGuiApplication.primaryScreen()
    highest = _SHARE * room.availableGeometry().height() if room is not None else _LEAST
    wanted = sheet.sizeHint()
    bar = 0
    if wanted.height() > highest and (scroll := area.verticalScrollBar()) is not None:
        bar = scroll.sizeHint().width()
    area.setMinimumSize(wanted.width() + bar, round(min(wanted.height(), max(_LEAST, highest))))
    return area


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _table(entries: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(0, 1)
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(2)
    for row, (text, key) in enumerate(entries):
        cap = QLabel(key)
        cap.setFrameShape(QFrame.Shape.StyledPanel)
        cap.setMargin(3)
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cap.setAccessibleName(f"{text}: {key}")
        name = QLabel(text)
        name.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(name, row, 0)
        grid.addWidget(cap, row, 1, Qt.AlignmentFlag.AlignRight)
    return grid
