"""The size at which the network sees a project's images: by what is painted, half, as they are, twice."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from painter_app.language import figure, tr
from painter_app.marking import marked

_BY_WIDTH = marked("&By what is painted"), marked("the trainer chooses, once it has seen how wide that is")
_SCALES = {
    0.5: (marked("&Half their size"), marked("for wide things; a mask takes a quarter of the time")),
    1.0: (marked("&As they are"), marked("for all things between")),
    2.0: (marked("&Twice their size"), marked("for very thin things; a mask takes four times as long")),
}
_OTHER = marked("{n} times their size"), marked("as the project's file says")
_NEWEST_AT = marked("The newest model sees them at {n} times their size.")
_NEWEST = {
    0.5: marked("The newest model sees them at half their size."),
    1.0: marked("The newest model sees them as they are."),
    2.0: marked("The newest model sees them at twice their size."),
}
_WORDS = marked(
    "Your choice holds for everybody in the project. What was learned is kept;\n"
    "masks change once a new model has seen the images at the size chosen."
)


class LearningScaleDialog(QDialog):
    """scale: the project's now, None: by what is painted; one that the choices lack is offered beside them.
    newest: the scale at which the newest model sees the images; None where there is no model."""

    chosen = pyqtSignal(object)
    """Another scale than the project's: a float, or None."""

    def __init__(self, scale: float | None, newest: float | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Size at which it learns"))
        self._scale = scale
        self.choices: dict[float | None, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(QLabel(tr("The network sees the images at this size:")))
        self._offer(None, *(tr(text) for text in _BY_WIDTH))
        for each in sorted({*_SCALES} if scale is None else {*_SCALES, scale}):
            self._offer(each, *(tr(text).format(n=figure(each)) for text in _SCALES.get(each, _OTHER)))
        for choice in self.choices.values():
            layout.addWidget(choice)
        if newest is not None:
            layout.addWidget(QLabel(tr(_NEWEST.get(newest, _NEWEST_AT)).format(n=figure(newest))))
        layout.addWidget(QLabel(tr(_WORDS)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def accept(self) -> None:
        scale = next(each for each, choice in self.choices.items() if choice.isChecked())
        if scale != self._scale:
            self.chosen.emit(scale)
        super().accept()

    def _offer(self, scale: float | None, text: str, meaning: str) -> None:
        choice = QRadioButton(f"{text}: {meaning}")
        choice.setToolTip(meaning[:1].upper() + meaning[1:])
        choice.setChecked(scale == self._scale)
        self.choices[scale] = choice
