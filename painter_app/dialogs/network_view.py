"""What the network sees: the tile around a pixel, what augmentation makes of it, and whether a mask turns along."""

from PIL import Image
from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from painter_app.dialogs.neighbourhood import FRAMES, Frame, Neighbourhood
from painter_app.language import number, sentence, tr
from painter_app.marking import marked
from shared_folder.inspection import FAMILIES, InspectionAnswer

PICTURES = {
    "tile": marked("As it is"),
    "augmented": marked("As it is learned from"),
    "mask of rotated": marked("Mask of the turned image"),
    "rotated mask": marked("The mask, turned"),
}
"""The answer's pictures, in the dialog's words."""
NO_MODEL = marked(
    "There is no model yet, so there are no masks to compare. Paint examples on an image or two; learning begins."
)
_SIDE = 190
_LINES = {Qt.PenStyle.SolidLine: "━━", Qt.PenStyle.DashLine: "╍╍", Qt.PenStyle.DotLine: "┅┅"}


class NetworkView(QDialog):
    """Asks by a signal, shows what it is given; knows nothing of trainers or files."""

    changed = pyqtSignal()
    """Families, seed or rotation have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What the network sees"))
        self.seed = 0
        self.waiting = False
        """Whether the sentence at the foot says that something is awaited."""
        self.neighbourhood = Neighbourhood()
        self._boxes = {name: QCheckBox(tr(name.capitalize())) for name in FAMILIES}
        self._pictures = {name: _picture_label(tr(words)) for name, words in PICTURES.items()}
        self._degrees = QSpinBox()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._agreement = _words("")
        self._network = _words("")
        self._status = _words("")
        self._lay_out()
        self._wire()
        self.resize(1230, 690)

    # What is asked

    @property
    def families(self) -> tuple[str, ...]:
        """Those that are switched on."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    @property
    def rotation(self) -> float:
        """Degrees, anticlockwise."""
        return float(self._degrees.value())

    # What is shown

    def say(self, text: str) -> None:
        """What is awaited or missing, or nothing."""
        self.waiting = bool(text)
        self._status.setText(text)

    def show_answer(self, answer: InspectionAnswer | None, pictures: Image.Image | None) -> None:
        """pictures: the answer's PNG. None for both: there is nothing to show."""
        self.neighbourhood.show_sizes(answer)
        self._network.setText(sentence(answer.network) if answer is not None else "")
        known = {picture.name: picture for picture in answer.pictures} if answer is not None else {}
        for name, label in self._pictures.items():
            if name in known and pictures is not None:
                place = known[name]
                box = (place.left, 0, place.left + place.side, place.side)
                label.setPixmap(_pixmap(pictures.crop(box)))
            else:
                label.setText(tr("no model yet") if answer is not None else "…")
        if answer is None:
            self._agreement.setText("")
        elif answer.dice is None:
            self._agreement.setText(tr(NO_MODEL))
        else:
            self._agreement.setText(
                tr("<b>They agree by {dice}</b> (Dice: 1 where both are alike, 0 where nothing is).").format(
                    dice=number(answer.dice, 2)
                )
            )

    # Layout

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(_heading(tr("Around the place that you point at")))
        left.addWidget(self.neighbourhood)
        for frame in FRAMES:
            left.addWidget(_words(f"{_sample(frame)} <b>{tr(frame.name)}</b>: {tr(frame.meaning)}."))
        left.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(_heading(tr("Augmentation: the same strokes in many lights, places and forms")))
        right.addLayout(self._part(("tile", "augmented"), self._families_part()))
        right.addSpacing(10)
        right.addWidget(_heading(tr("Rotation: does the mask turn with the image?")))
        right.addLayout(self._part(("mask of rotated", "rotated mask"), self._rotation_part()))
        right.addStretch(1)
        right.addWidget(self._network)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(left)
        columns.addLayout(right, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        below = QHBoxLayout()
        below.addWidget(self._status, 1)
        below.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(columns)
        layout.addLayout(below)

    def _part(self, names: tuple[str, str], beside: QVBoxLayout) -> QHBoxLayout:
        """Two pictures with their captions, and what belongs to them."""
        row = QHBoxLayout()
        row.setSpacing(12)
        for name in names:
            column = QVBoxLayout()
            column.addWidget(self._pictures[name])
            caption = _words(tr(PICTURES[name]))
            caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(caption)
            column.addStretch(1)
            row.addLayout(column)
        row.addLayout(beside, 1)
        return row

    def _families_part(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        for row, (name, box) in enumerate(self._boxes.items()):
            box.setChecked(True)
            box.setToolTip(tr(FAMILIES[name]))
            meaning = QLabel(tr(FAMILIES[name]))
            meaning.setObjectName("imageName")  # faint
            grid.addWidget(box, row, 0)
            grid.addWidget(meaning, row, 1)
        buttons = QHBoxLayout()
        for text, tip, slot in (
            (tr("Another draw"), tr("Change the tile by chance anew"), self._draw_again),
            (tr("All"), tr("Switch every family on"), self._check_all),
            (tr("None"), tr("Switch every family off"), self._check_none),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch(1)
        part = QVBoxLayout()
        part.addLayout(grid)
        part.addLayout(buttons)
        part.addStretch(1)
        return part

    def _rotation_part(self) -> QVBoxLayout:
        self._slider.setRange(-180, 180)
        self._slider.setPageStep(45)
        for control in (self._slider, self._degrees):
            control.setToolTip(tr("How far the image is turned, anticlockwise"))
        self._slider.setAccessibleName(tr("Degrees"))
        self._degrees.setRange(-180, 180)
        self._degrees.setSuffix("°")
        self._degrees.setAccessibleName(tr("Degrees"))
        self._slider.setValue(90)
        self._degrees.setValue(90)
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Turned by")))
        row.addWidget(self._slider, 1)
        row.addWidget(self._degrees)
        part = QVBoxLayout()
        part.addLayout(row)
        part.addWidget(
            _words(
                tr(
                    "Once the image is turned and then segmented; once it is segmented and its mask is turned. To a "
                    "network that knows things in every direction both are the same. Turned tiles teach it that."
                )
            )
        )
        part.addWidget(self._agreement)
        part.addStretch(1)
        return part

    # What the user does

    def _wire(self) -> None:
        for box in self._boxes.values():
            box.toggled.connect(lambda _: self.changed.emit())
        self._slider.valueChanged.connect(self._degrees.setValue)
        self._degrees.valueChanged.connect(self._turned)

    def _turned(self, degrees: int) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(degrees)
        self.changed.emit()

    def _draw_again(self) -> None:
        self.seed += 1
        self.changed.emit()

    def _check_all(self) -> None:
        self._check(True)

    def _check_none(self) -> None:
        self._check(False)

    def _check(self, on: bool) -> None:
        for box in self._boxes.values():
            with QSignalBlocker(box):
                box.setChecked(on)
        self.changed.emit()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _sample(frame: Frame) -> str:
    """The frame's line, on the dark ground on which its colour shows in every theme."""
    return f'<span style="background:#2b3134; color:{frame.colour}">&nbsp;{_LINES[frame.line]}&nbsp;</span>'


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _picture_label(words: str) -> QLabel:
    label = QLabel("…")
    label.setFixedSize(_SIDE, _SIDE)
    label.setScaledContents(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setFrameShape(QLabel.Shape.StyledPanel)
    label.setAccessibleName(words)
    return label


def _pixmap(picture: Image.Image) -> QPixmap:
    content = picture.convert("RGB").tobytes()
    width, height = picture.size
    return QPixmap.fromImage(QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888).copy())
