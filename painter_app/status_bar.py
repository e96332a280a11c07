"""The status bar: zoom, position, what is under the pointer, and the shared folder's path."""

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QIcon
from PyQt6.QtWidgets import QLabel, QMenu, QSizePolicy, QStatusBar, QToolButton, QWidget

from painter_app.language import number, tr

_LONGEST_PATH = 70  # characters; the rest is in the tooltip


class WindowStatusBar(QStatusBar):
    """Always says where the shared folder lies; a click opens it or changes it."""

    open_requested = pyqtSignal()
    change_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._zoom, self._position, self._below = QLabel(), QLabel(), QLabel()
        for label, tip in (
            (self._zoom, tr("Zoom: the screen's pixels for each of the image's")),
            (self._position, tr("The pointer's place in the image: column, row")),
            (self._below, tr("What is under the pointer")),
        ):
            label.setToolTip(tip)
            self.addWidget(label)
        self._position.setMinimumWidth(self.fontMetrics().horizontalAdvance("99999, 99999") + 14)
        self._folder = QToolButton()
        self._folder.setObjectName("folder")
        self._folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._folder.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._folder.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        menu = QMenu(self._folder)
        self._open = QAction(tr("Open the folder"), menu)
        self._open.triggered.connect(self.open_requested)
        change = QAction(tr("Choose another…"), menu)
        change.triggered.connect(self.change_requested)
        menu.addActions([self._open, change])
        self._folder.setMenu(menu)
        self.addPermanentWidget(self._folder)
        self.show_folder(None)

    def show_folder(self, folder: Path | None) -> None:
        text = tr("No shared folder yet") if folder is None else str(folder)
        short = text if len(text) <= _LONGEST_PATH else "…" + text[-_LONGEST_PATH:]
        self._folder.setText(tr("Shared folder: {path}").format(path=short) if folder is not None else short)
        self._folder.setToolTip(
            f"{text}\n" + tr("What this window and its trainers share. Click to open or change it (Project menu).")
        )
        self._open.setEnabled(folder is not None)

    def set_folder_icon(self, icon: QIcon) -> None:
        self._folder.setIcon(icon)

    def show_zoom(self, zoom: float) -> None:
        """zoom: the screen's pixels for each of the image's."""
        self._zoom.setText(f"{number(zoom * 100)} %")

    def show_pointer(self, row: int, column: int, below: str) -> None:
        self._position.setText(f"{column}, {row}")
        self._below.setText(below)

    def clear_pointer(self) -> None:
        for label in (self._zoom, self._position, self._below):
            label.clear()
