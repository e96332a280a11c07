"""The size at which the network sees a project's images: half, as they are, twice."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from shared_folder.thickness import THICK

_SCALES = {
    0.5: ("&Half their size", f"for things more than {THICK:.0f} pixels wide; a mask takes a quarter of the time"),
    1.0: ("&As they are", "for all things between"),
    2.0: ("&Twice their size", "for things one or two pixels wide; a mask takes four times as long"),
}
_WORDS = (
    "This holds for everybody in the project. What was learned is kept;\n"
    "masks change once a new model has seen the images at that size."
)


class LearningScaleDialog(QDialog):
    """scale: the project's now; one that the choices lack is offered beside them."""

    chosen = pyqtSignal(float)
    """Another scale than the project's."""

    def __init__(self, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Size at which it learns")
        self._scale = scale
        self.choices: dict[float, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(QLabel("The network sees the images"))
        for each in sorted({*_SCALES, scale}):
            text, meaning = _SCALES.get(each, (f"At {each:g} times their size", "as the project's file says"))
            choice = QRadioButton(f"{text}: {meaning}")
            choice.setToolTip(meaning.capitalize())
            choice.setChecked(each == scale)
            self.choices[each] = choice
            layout.addWidget(choice)
        layout.addWidget(QLabel(_WORDS))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def accept(self) -> None:
        scale = next(each for each, choice in self.choices.items() if choice.isChecked())
        if scale != self._scale:
            self.chosen.emit(scale)
        super().accept()
