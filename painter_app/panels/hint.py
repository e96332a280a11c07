"""A hint: a sentence for who is new here, beside what it speaks of, until it is closed."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from painter_app.language import tr


class HintCard(QFrame):
    """Shows one hint, or nothing and takes no room."""

    closed = pyqtSignal()
    """By its button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        button = QPushButton(tr("Got it"))
        button.setToolTip(tr("Close this hint for good (Esc)"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
        button.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._text)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def text(self) -> str:
        """The hint that is shown, or nothing."""
        return "" if self.isHidden() else self._text.text()

    def show_hint(self, text: str) -> None:
        """text: nothing hides the card."""
        self._text.setText(text)
        self.setAccessibleName(tr("Hint: {text}").format(text=text) if text else "")
        self.setVisible(bool(text))
