"""A note on an image: what others wrote, and a line to write or take away."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from painter_app.language import number, tr
from shared_folder.notes import LONGEST_NOTE, plain_note

_WIDTH = 420


class NoteDialog(QDialog):
    """name: the image's. text: her own note, or nothing. others: other persons' notes, a line each."""

    written = pyqtSignal(str)
    """Another text than before; an empty one takes the note away."""

    def __init__(self, name: str, text: str, others: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Note"))
        self.setMinimumWidth(_WIDTH)
        self._before = text
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(_plain(tr("Note on {image}, for everybody in the project:").format(image=name)))
        self.field = QLineEdit(text)
        self.field.setMaxLength(LONGEST_NOTE)
        self.field.setAccessibleName(tr("Your note"))
        tip = tr("One line of at most {n} characters; empty, it takes the note away")
        self.field.setToolTip(tip.format(n=number(LONGEST_NOTE)))
        layout.addWidget(self.field)
        for other in others:
            layout.addWidget(_plain(other))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def accept(self) -> None:
        text = plain_note(self.field.text())
        if text != self._before:
            self.written.emit(text)
        super().accept()


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
