"""The fields of a new project, filled in with what a first look at the images suggests."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import NewProject
from painter_app.datasets.survey import THUMBNAIL_SIDE, Inside, Survey
from painter_app.dialogs.class_editor import ClassEditor
from painter_app.language import number, plural, tr
from painter_app.notices import in_words
from painter_app.panels.image_model import pixmap
from painter_app.words import place_in_file
from shared_folder.image_tiles import PROPOSED_SIDE, SMALLEST_SIDE
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import ROOTPAINTER_SUFFIX, read_model_facts
from shared_folder.refused import Refused

PICTURES = 6
"""Thumbnails in the preview."""
_PROPOSED_SAMPLE = 500  # tiles; more than anyone corrects, little enough to copy
_COPY, _LINK, _LEAVE = "copy", "link", "leave"
_STARTER, _SCRATCH, _MODEL = 0, 1, 2  # where learning starts: rows of the choice


class NewProjectForm(QWidget):
    """What to take, how to name it, what to find, where to begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._survey: Survey | None = None  # none until a folder was looked at
        self._model: Path | None = None  # none: from the starter weights, or from scratch
        self._facts = QLabel()
        self._pictures = QHBoxLayout()
        self._strip = QWidget()
        self._name = QLineEdit()
        self._all = QRadioButton(tr("all of them"))
        self._sample = QRadioButton(tr("a random sample of"))
        self._number = QSpinBox()
        self._cut = QCheckBox(tr("into tiles of about"))
        self._side = QSpinBox()
        self._amount = QLabel()
        self._where = QComboBox()
        self._root = QLineEdit()
        self._classes = ClassEditor([tr("root")])
        self._start = QComboBox()
        self._set_up()
        self._lay_out()

    @property
    def surveyed(self) -> bool:
        return self._survey is not None

    def show_survey(self, folder: Path, found: Survey) -> None:
        """Show what a folder holds, and propose what fits it."""
        self._survey = found
        self._facts.setText(_facts(found))
        self._show_pictures(found)
        self._name.setText(folder.name)
        self._root.setText(folder.name)
        self._cut.setChecked(found.proposes_tiles)
        pieces = found.tiles(self._side.value()) if found.proposes_tiles else found.images
        self._number.setValue(min(pieces, _PROPOSED_SAMPLE if found.proposes_tiles else 100))
        (self._sample if found.proposes_tiles and pieces > _PROPOSED_SAMPLE else self._all).setChecked(True)
        self._update()

    def plan(self, shared: SharedFolder, images: Path) -> NewProject:
        """What to make, as the form stands. Refuses classes without a name."""
        where = self._where.currentData()
        if where == _LEAVE and not self._root.text().strip():
            raise Refused("Give the images' folder a name, by which other machines find it.")
        return NewProject(
            shared=shared,
            name=self._name.text().strip(),
            images=images,
            classes=self._classes.classes(),
            sample=self._number.value() if self._sample.isChecked() else None,
            tile_side=self._side.value() if self._cut.isChecked() else None,
            link=where == _LINK,
            image_root=self._root.text().strip() if where == _LEAVE else "",
            start_model=self._model,
            from_scratch=self._start.currentIndex() == _SCRATCH,
        )

    def choose_model(self, path: Path | None) -> None:
        """Start from a model, with its classes; from the starter weights when None, or when the file is no model."""
        self._model = None
        self._start.setItemText(_MODEL, tr("from a model…"))
        if path is not None:
            try:
                facts = read_model_facts(path)
            except (Refused, OSError) as error:
                self._start.setItemText(_MODEL, f"{tr('from a model…')} ({in_words(error)})")
            else:
                self._model = path
                if path.suffix != ROOTPAINTER_SUFFIX or len(self._classes.classes()) != 1:
                    self._classes.set_names([known.name for known in facts.classes])
                self._start.setItemText(_MODEL, tr("from {model}").format(model=path.name))
        self._start.setCurrentIndex(_STARTER if self._model is None else _MODEL)

    def _update(self) -> None:
        """Show what the choices amount to, and what goes with what."""
        cut, found = self._cut.isChecked(), self._survey
        self._side.setEnabled(cut)
        self._number.setEnabled(self._sample.isChecked())
        self._where.setEnabled(not cut)
        self._root.setVisible(self._where.currentData() == _LEAVE and not cut)
        if cut and self._where.currentData() != _COPY:
            self._where.setCurrentIndex(0)
        if found is None:
            return
        if cut:
            why = tr("Proposed because the images are large.") if found.proposes_tiles else ""
            amount = tr(
                "About {n} tiles in all, as lossless PNG files; where each came from is kept. "
                "A sample is spread evenly over subfolders."
            ).format(n=number(found.tiles(self._side.value())))
            self._amount.setText(f"{why} {amount}".strip())
        else:
            self._amount.setText(
                tr(
                    "A sample is spread evenly over subfolders. Pages of a TIFF become one image each, and so do "
                    "slices and times of a stack; its channels stay together in one."
                )
            )

    def _show_pictures(self, found: Survey) -> None:
        while item := self._pictures.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for name, pixels in found.pictures:
            picture = QLabel()
            picture.setPixmap(pixmap(pixels))
            picture.setToolTip(name)
            picture.setAccessibleName(tr("Preview of {image}").format(image=name))
            self._pictures.addWidget(picture)
        self._pictures.addStretch(1)
        self._strip.setVisible(bool(found.pictures))

    def _start_chosen(self, index: int) -> None:
        if index != _MODEL:
            self.choose_model(None)
            self._start.setCurrentIndex(index)
            return
        kind = tr("Models") + f" (*.safetensors *{ROOTPAINTER_SUFFIX})"
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Choose a model to start from"), "", kind)
        self.choose_model(Path(chosen) if chosen else None)

    def _set_up(self) -> None:
        self._number.setRange(1, 10_000_000)
        self._number.setGroupSeparatorShown(True)
        self._side.setRange(SMALLEST_SIDE, 10_000)
        self._side.setSuffix(" px")
        self._side.setSingleStep(50)
        self._side.setValue(PROPOSED_SIDE)
        self._all.setChecked(True)
        self._amount.setWordWrap(True)
        self._facts.setWordWrap(True)
        self._where.addItem(tr("copied into the shared folder"), _COPY)
        self._where.addItem(tr("linked into it: no extra space, on the same disk"), _LINK)
        self._where.addItem(tr("left where they are, under this name:"), _LEAVE)
        self._start.addItem(tr("from the starter weights, which know edges, lines and blobs"))
        self._start.addItem(tr("from scratch"))
        self._start.addItem(tr("from a model…"))
        for widget, (name, tip) in {
            self._name: (tr("Project name"), tr("A short name; it becomes a folder")),
            self._all: (tr("Take all images"), tr("Take every image of the folder")),
            self._sample: (tr("Take a random sample"), tr("Take some at random, spread evenly over subfolders")),
            self._number: (tr("Size of the sample"), tr("How many images (or tiles) to take")),
            self._cut: (tr("Cut into tiles"), tr("Large images are corrected faster in pieces")),
            self._side: (
                tr("Side of a tile in pixels"),
                tr("Tiles come out near this size and cover the whole image"),
            ),
            self._where: (tr("Where the images are kept"), tr("Whoever trains must reach them too")),
            self._root: (
                tr("Name of the images' folder"),
                tr("Each machine is told once where the folder of this name is"),
            ),
            self._start: (
                tr("Where learning starts"),
                tr("A model of the same classes saves the first examples"),
            ),
        }.items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        for box in (self._all, self._sample, self._cut):
            box.toggled.connect(self._update)
        self._side.valueChanged.connect(self._update)
        self._where.currentIndexChanged.connect(self._update)
        self._start.activated.connect(self._start_chosen)
        self._update()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(tr("&Name"), self._name)
        form.addRow(tr("Take"), _row(self._all, self._sample, self._number))
        form.addRow(tr("Cut"), _row(self._cut, self._side))
        form.addRow("", self._amount)
        form.addRow(tr("Images are"), _row(self._where, self._root))
        form.addRow(tr("Classes"), self._classes)
        form.addRow(tr("Start"), _row(self._start))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._facts)
        self._strip.setLayout(self._pictures)
        self._pictures.setContentsMargins(0, 0, 0, 0)
        self._strip.setFixedHeight(THUMBNAIL_SIDE)
        self._strip.hide()
        layout.addWidget(self._strip)
        layout.addLayout(form)


def _facts(found: Survey) -> str:
    """What a folder holds."""
    if found.images > found.count:
        count = plural(
            found.count,
            "{n} file of about {images} images",
            "{n} files of about {images} images",
            images=number(found.images),
        )
    else:
        count = plural(found.count, "{n} image", "{n} images")
    if found.subfolders:
        count += " " + plural(found.subfolders, "in {n} subfolder", "in {n} subfolders")
    parts = [count]
    if found.shape:
        size = tr("about {width} × {height} pixels each")
        parts.append(size.format(width=number(found.shape[1]), height=number(found.shape[0])))
    inside = f" {_inside(found.inside)}" if found.inside is not None else ""
    return f"{', '.join(parts)}.{inside}"


def _inside(found: Inside) -> str:
    """What a file of several images, or of channels, holds."""
    if found.images == 1:
        text = tr("{file} is one image of {channels} channels{names}.")
    elif found.channels:
        text = tr("{file} holds {n} images, from {first} to {last}, each of {channels} channels{names}.")
    else:
        text = tr("{file} holds {n} images, from {first} to {last}.")
    return text.format(
        file=found.name,
        n=number(found.images),
        first=place_in_file(found.first),
        last=place_in_file(found.last),
        channels=number(found.channels),
        names=f" ({', '.join(found.names)})" if found.names else "",
    )


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
