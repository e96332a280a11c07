"""Corrective metrics of a project: a plot by image, and RootPainter's table as CSV."""

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import Cancelled
from painter_app.language import figure, plural, sentence, tr, with_key
from painter_app.marking import marked
from painter_app.masks.metrics import (
    FIRST_CORRECTIVE,
    PLOTTED,
    ROLLING,
    Metrics,
    MetricsReport,
    as_csv,
    measure_corrections,
    minutes_of,
    rolling_mean,
)
from painter_app.notices import in_words
from painter_app.panels.metrics_plot import MetricsPlot
from painter_app.task import Task
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.publish import publish
from shared_folder.refused import Refused

_NAMES = {
    "f1": marked("Dice (F1)"),
    "accuracy": marked("Accuracy"),
    "precision": marked("Precision"),
    "recall": marked("Recall"),
    "area_error": marked("Area predicted too much"),
    "annot_fg": marked("Pixels painted as foreground"),
    "annot_bg": marked("Pixels painted as background"),
    "annot_duration_s": marked("Seconds of annotating"),
    "clicks": marked("Strokes"),
}
_BY_IMAGE, _BY_MINUTES = range(2)


class MetricsDialog(QDialog):
    """Reads the project in a worker; stays open beside the window."""

    chosen = pyqtSignal(str)
    """An image to go to."""

    def __init__(self, project: Project, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Corrective metrics of {project}").format(project=project.name))
        self._project = project
        self._workers = workers
        self._task: Task | None = Task(self)  # None once everything is read
        self._images: tuple[Metrics, ...] = ()
        self._said = QLabel(tr("Comparing masks with their corrections…"))
        self._progress = QProgressBar()
        self._plot = MetricsPlot()
        self._metric = QComboBox()
        self._axis = QComboBox()
        self._window = QSpinBox()
        self._first = QSpinBox()
        self._save = QPushButton(tr("&Save as CSV…"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._set_up()
        self._lay_out()
        self._read(self._task)

    def reject(self) -> None:
        if self._task is not None:
            self._task.stop()
        super().reject()

    def _read(self, task: Task) -> None:
        task.progressed.connect(lambda _, done, total: self._show_progress(done, total))
        self._workers.submit(
            lambda: measure_corrections(self._project, lambda done, total: task.report("", done, total)),
            self._finished,
            self._failed,
        )

    def _show_progress(self, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _finished(self, report: MetricsReport) -> None:
        self._task, self._images = None, report.images
        self._progress.hide()
        said = plural(
            len(self._images),
            "{n} corrected image. A click on a point goes there.",
            "{n} corrected images. A click on a point goes there.",
        )
        if report.refused:
            more = tr("{n} can't be measured: {why}")
            said += " " + more.format(n=figure(len(report.refused)), why=sentence(report.refused[0]))
        self._said.setText(said)
        self._save.setEnabled(bool(self._images))
        self._show()

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._progress.hide()
        if not isinstance(error, Cancelled):
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, Refused | OSError):
            self._workers.unexpected.emit(error)
        self._said.setText(f"⚠ {in_words(error)}")

    def _show(self) -> None:
        """The images from the first corrective one on."""
        images = [metrics for metrics in self._images if metrics.number >= self._first.value()]
        values = [metrics.value(self._metric.currentData()) for metrics in images]
        by_minutes = self._axis.currentIndex() == _BY_MINUTES
        x = minutes_of(images) if by_minutes else [float(metrics.number) for metrics in images]
        label = tr("Minutes of annotating") if by_minutes else tr("Image")
        names = [metrics.file_name for metrics in images]
        self._plot.show_points(names, x, values, rolling_mean(values, self._window.value()), label)

    def _save_table(self) -> None:
        name = tr("{project} - corrective metrics").format(project=self._project.name)
        kind = tr("Tables") + " (*.csv)"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the table"), str(Path.home() / f"{name}.csv"), kind)
        if chosen:
            path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".csv")
            content = as_csv(self._images).encode()
            self._workers.submit_in_order(lambda: publish(path, content), self._saved, self._tell)

    def _saved(self, _: object) -> None:
        self._said.setText(tr("The table is saved."))

    def _set_up(self) -> None:
        for metric in PLOTTED:
            self._metric.addItem(tr(_NAMES[metric]), metric)
        self._axis.addItems([tr("by image"), tr("by minutes of annotating")])
        self._window.setRange(1, 1000)
        self._window.setValue(ROLLING)
        self._first.setRange(1, 100_000)
        self._first.setValue(FIRST_CORRECTIVE)
        self._save.setEnabled(False)
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        for widget, name, tip, text in (
            (self._metric, tr("What is plotted"), tr("One figure for each image that was corrected"), ""),
            (self._axis, tr("Along the horizontal axis"), tr("Images in order, or the time they took"), ""),
            (self._window, tr("Rolling mean"), tr("Of so many images"), tr("&Rolling mean of")),
            (
                self._first,
                tr("First corrective image"),
                tr("Those before it are clear examples, and are left out"),
                tr("&From image"),
            ),
            (self._progress, tr("Progress of measuring"), tr("Images measured"), ""),
            (
                self._save,
                tr("Save the table as CSV"),
                tr("Write all figures to a file for spreadsheets"),
                self._save.text(),
            ),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(with_key(tip, text) if text else tip)
        self._metric.currentIndexChanged.connect(self._show)
        self._axis.currentIndexChanged.connect(self._show)
        self._window.valueChanged.connect(self._show)
        self._first.valueChanged.connect(self._show)
        self._plot.chosen.connect(self.chosen)
        self._save.clicked.connect(self._save_table)
        self._buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._metric)
        row.addWidget(self._axis)
        row.addStretch(1)
        for text, field in ((tr("&Rolling mean of"), self._window), (tr("&From image"), self._first)):
            label = QLabel(text)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._progress)
        layout.addWidget(self._said)
        layout.addWidget(self._buttons)
        self.resize(820, 480)
