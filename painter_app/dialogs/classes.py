"""The classes of the open project: new ones, other names, colours and places, merges."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from painter_app.dialogs.class_editor import ClassEditor
from painter_app.language import sentence, tr
from painter_app.marking import marked
from shared_folder.classes import LabelClass
from shared_folder.refused import Refused

_WORDS = marked(
    "What you save holds for everybody in the project, at once. What was painted and learned is kept;\n"
    "masks know a new class once you have painted some of it and a model has learned it."
)
_ROOTPAINTER = marked(
    "RootPainter itself knows one class only: it can't read what is painted in this project once there are several."
)


class ClassesDialog(QDialog):
    """classes: the project's now, in any state of merging. rootpainters: whether RootPainter made the project."""

    wanted = pyqtSignal(object, object)
    """The classes as they were shown, and as she left them. Answered by `saved` or `refuse`."""

    def __init__(self, classes: tuple[LabelClass, ...], rootpainters: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Classes"))
        self._before = classes
        self._editor = ClassEditor([])
        self._editor.set_classes(classes)
        self._editor.changed.connect(lambda: self._message.setText(""))
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self._save)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self._editor, 1)
        layout.addWidget(QLabel(tr(_WORDS)))
        if rootpainters:
            layout.addWidget(QLabel(tr(_ROOTPAINTER)))
        layout.addWidget(self._message)
        layout.addWidget(self._buttons)
        self.resize(self.sizeHint().width(), 460)

    def saved(self) -> None:
        """They are in the project's file."""
        self.accept()

    def refuse(self, why: str) -> None:
        """They are not: she can mend that and save again."""
        self._set_saving(False)
        self._message.setText(f"⚠ {why}")

    def _save(self) -> None:
        try:
            classes = self._editor.classes()
        except Refused as refusal:
            self.refuse(sentence(str(refusal)))
            return
        if classes == self._before:
            self.accept()
            return
        self._set_saving(True)
        self._message.setText(tr("Saving…"))
        self.wanted.emit(self._before, classes)

    def _set_saving(self, saving: bool) -> None:
        self._editor.setEnabled(not saving)
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        if save is not None:
            save.setEnabled(not saving)
