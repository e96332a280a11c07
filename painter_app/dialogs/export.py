"""Exporting a project's masks for other programs."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import Cancelled
from painter_app.language import number, plural, sentence, tr, with_key
from painter_app.marking import marked
from painter_app.masks.export import ExportReport, ask_for_masks, export_masks
from painter_app.notices import in_words
from painter_app.task import Task
from painter_app.words import class_name
from painter_app.workers import Workers
from shared_folder.mask_files import MaskFormat, class_values
from shared_folder.project import Project
from shared_folder.refused import Refused

_FORMATS = (
    (
        MaskFormat.MASK,
        marked("Mask (PNG, black and white)"),
        marked("0 is background, 255 the class; several classes are 1, 2, …"),
    ),
    (
        MaskFormat.RHIZOVISION,
        marked("RhizoVision Explorer (PNG)"),
        marked("0 where any class is, 255 elsewhere"),
    ),
    (
        MaskFormat.NPZ,
        marked("Numpy archive (NPZ)"),
        marked('One compressed array for each image, with the key "seg"'),
    ),
    (
        MaskFormat.LABELS,
        marked("Label map (PNG with colours)"),
        marked("The value of a pixel is its class; 1 is background"),
    ),
)
"""Format, what it is called, what it holds."""


class ExportDialog(QDialog):
    """Writes masks to a folder, with progress, and says what is missing. Closing it while it works stops the work."""

    def __init__(self, project: Project, to: Path, workers: Workers, parent: QWidget | None = None) -> None:
        """to: the folder that is proposed."""
        super().__init__(parent)
        self.setWindowTitle(tr("Export masks of {project}").format(project=project.name))
        self._project = project
        self._workers = workers
        self._task: Task | None = None  # the export under way
        self._missing: tuple[str, ...] = ()
        self._corrected = QRadioButton(tr("&Corrected: with what you painted laid over them"))
        self._predicted = QRadioButton(tr("&Predicted: what the newest model says, as it is"))
        self._format = QComboBox()
        self._meaning = QLabel()
        self._to = QLineEdit(str(to))
        self._browse = QPushButton(tr("C&hoose…"))
        self._progress = QProgressBar()
        self._result = QLabel()
        self._bad = QPlainTextEdit()
        self._ask = QPushButton()
        self._export = QPushButton(tr("&Export"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._set_up()
        self._lay_out()

    def reject(self) -> None:
        if self._task is None:
            super().reject()
        else:
            self._task.stop()

    def _start(self) -> None:
        to = Path(self._to.text()).expanduser()
        mask_format, predicted = self._format.currentData(), self._predicted.isChecked()
        task = self._task = Task(self)
        task.progressed.connect(self._show_progress)
        self._set_working(True)
        self._show_report(None)
        self._workers.submit(
            lambda: export_masks(
                self._project, to, mask_format, predicted, lambda done, total: task.report("", done, total)
            ),
            self._finished,
            self._failed,
        )

    def _show_progress(self, _: str, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _finished(self, report: ExportReport) -> None:
        self._set_working(False)
        self._show_report(report)

    def _failed(self, error: Exception) -> None:
        self._set_working(False)
        if isinstance(error, Cancelled):
            self._result.setText(tr("Stopped. The masks written until then are whole and stay."))
            return
        if not isinstance(error, Refused):
            self._workers.unexpected.emit(error)
        self._result.setText(f"⚠ {in_words(error)}")

    def _show_report(self, report: ExportReport | None) -> None:
        self._missing = report.without_mask if report is not None else ()
        bad = report.refused if report is not None else ()
        self._result.setText("" if report is None else _summary(report))
        self._bad.setPlainText("\n".join(map(sentence, bad)))
        self._bad.setVisible(bool(bad))
        self._ask.setText(
            plural(len(self._missing), "&Ask the trainer for {n} mask", "&Ask the trainer for {n} masks")
        )
        self._ask.setVisible(bool(self._missing) and not self._project.read_only)
        self._ask.setEnabled(True)

    def _ask_for_masks(self) -> None:
        missing = self._missing
        self._ask.setEnabled(False)
        self._workers.submit_in_order(lambda: ask_for_masks(self._project, missing), self._asked, self._failed)

    def _asked(self, _: Path) -> None:
        self._result.setText(
            tr("The trainer makes them when nothing is more urgent. Export again when they are there.")
        )

    def _set_working(self, working: bool) -> None:
        if not working:
            self._task = None
        self._progress.setVisible(working)
        self._progress.setRange(0, 0)
        for widget in (self._corrected, self._predicted, self._format, self._to, self._browse, self._export):
            widget.setEnabled(not working)
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        if close is not None:
            close.setText(tr("Stop") if working else tr("Close"))

    def _show_meaning(self) -> None:
        mask_format, _, meaning = _FORMATS[self._format.currentIndex()]
        values = class_values(mask_format, self._project.classes)
        named = ", ".join(f"{number(value)} {class_name(known)}" for known, value in values)
        self._meaning.setText(f"{tr(meaning)}\n{named}" if named else tr(meaning))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a folder for the masks"), self._to.text())
        if chosen:
            self._to.setText(chosen)

    def _set_up(self) -> None:
        for mask_format, title, _ in _FORMATS:
            self._format.addItem(tr(title), mask_format)
        self._corrected.setChecked(True)
        self._bad.setReadOnly(True)
        self._bad.setMaximumHeight(110)
        for label in (self._result, self._meaning):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget, name, tip, text in (
            (
                self._corrected,
                tr("Corrected masks"),
                tr("The mask that you corrected, with your strokes"),
                self._corrected.text(),
            ),
            (
                self._predicted,
                tr("Predicted masks"),
                tr("The newest mask, without your strokes"),
                self._predicted.text(),
            ),
            (self._format, tr("Format"), tr("How the masks are written"), tr("&Format")),
            (
                self._to,
                tr("Folder for the masks"),
                tr("Made if it isn't there; files of the same name are replaced"),
                tr("Fol&der"),
            ),
            (
                self._browse,
                tr("Choose the folder for the masks"),
                tr("Choose another folder"),
                self._browse.text(),
            ),
            (self._progress, tr("Progress of the export"), tr("Images done"), ""),
            (self._bad, tr("Masks that can't be used"), tr("One line for each"), ""),
            (
                self._ask,
                tr("Ask the trainer for the missing masks"),
                tr("It makes them when nothing is more urgent"),
                tr("&Ask the trainer for {n} masks"),
            ),
            (self._export, tr("Export"), tr("Write the masks"), self._export.text()),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(with_key(tip, text))
        self._format.currentIndexChanged.connect(self._show_meaning)
        self._browse.clicked.connect(self._choose)
        self._export.clicked.connect(self._start)
        self._export.setDefault(True)
        self._ask.clicked.connect(self._ask_for_masks)
        self._buttons.addButton(self._export, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.rejected.connect(self.reject)
        self._show_meaning()
        self._show_report(None)
        self._set_working(False)

    def _lay_out(self) -> None:
        masks = QVBoxLayout()
        masks.addWidget(self._corrected)
        masks.addWidget(self._predicted)
        folder = QHBoxLayout()
        folder.addWidget(self._to, 1)
        folder.addWidget(self._browse)
        form = QFormLayout()
        form.addRow(tr("Masks"), masks)
        form.addRow(tr("&Format"), self._format)
        form.addRow("", self._meaning)
        to = QLabel(tr("Fol&der"))
        to.setBuddy(self._to)
        form.addRow(to, folder)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._progress)
        layout.addWidget(self._result)
        layout.addWidget(self._bad)
        layout.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(560)


def _summary(report: ExportReport) -> str:
    """What became of the export."""
    parts = [plural(report.written, "{n} mask exported.", "{n} masks exported.")]
    if report.without_mask:
        count = len(report.without_mask)
        parts.append(plural(count, "{n} image has no mask yet.", "{n} images have no mask yet."))
    if report.refused:
        parts.append(plural(len(report.refused), "{n} mask can't be used.", "{n} masks can't be used."))
    return " ".join(parts)
