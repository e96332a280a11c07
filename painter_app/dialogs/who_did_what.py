"""Who did what: a table of everybody's work on a project."""

from pathlib import Path

from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import Cancelled
from painter_app.language import number, plural, sentence, tr, with_key
from painter_app.marking import marked
from painter_app.masks.who_did_what import Work, WorkReport, as_text, who_did_what
from painter_app.notices import in_words
from painter_app.task import Task
from painter_app.words import duration
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.publish import publish
from shared_folder.refused import Refused

_COLUMNS = (
    (marked("Person"), marked("The name that the annotations carry")),
    (marked("Annotated"), marked("Images whose annotation this person saved last")),
    (marked("Complete"), marked("Images that this person finished, or where there was nothing to correct")),
    (marked("Strokes"), marked("Presses of the brush or another tool")),
    (marked("Time"), marked("Spent painting; pauses of more than 20 seconds don't count")),
    (marked("Last saved"), marked("When this person saved an annotation last")),
)
_NOTE = marked("An image that several people painted counts for who saved it last.")


class WhoDidWhatDialog(QDialog):
    """Reads the annotations' headers in a worker. Closing it stops that."""

    def __init__(self, project: Project, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Who did what in {project}").format(project=project.name))
        self._project = project
        self._workers = workers
        self._task: Task | None = Task(self)  # None once everything is read
        self._people: tuple[Work, ...] = ()
        self._summary = QLabel(tr("Looking at the annotations…"))
        self._progress = QProgressBar()
        self._model = QStandardItemModel(0, len(_COLUMNS), self)
        self._table = QTableView()
        self._copy = QPushButton(tr("Co&py"))
        self._save = QPushButton(tr("&Save as CSV…"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._set_up()
        self._read(self._task)

    def reject(self) -> None:
        if self._task is not None:
            self._task.stop()
        super().reject()

    def _read(self, task: Task) -> None:
        task.progressed.connect(self._show_progress)
        self._workers.submit(
            lambda: who_did_what(self._project, lambda done, total: task.report("", done, total)),
            self._show,
            self._failed,
        )

    def _show_progress(self, _: str, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _show(self, report: WorkReport) -> None:
        self._task, self._people = None, report.people
        self._progress.hide()
        for work in report.people:
            self._model.appendRow(_row(work))
        self._table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self._summary.setText(_summary(self._project, report))
        for button in (self._copy, self._save):
            button.setEnabled(bool(report.people))

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._progress.hide()
        if not isinstance(error, Cancelled):
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, Refused | OSError):
            self._workers.unexpected.emit(error)
        self._summary.setText(f"⚠ {in_words(error)}")

    def _sort_by(self, cell: QModelIndex) -> None:
        """By the column of a cell; again, the other way round."""
        header = self._table.horizontalHeader()
        descending = header is not None and (
            header.sortIndicatorSection() != cell.column()
            or header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        )
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._table.sortByColumn(cell.column(), order)

    def _copy_table(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(as_text(self._people, "\t"))
        self._summary.setText(tr("The table is copied; paste it into a spreadsheet."))

    def _save_table(self) -> None:
        file = tr("{project} - who did what").format(project=self._project.name)
        kind = tr("Tables") + " (*.csv)"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the table"), str(Path.home() / f"{file}.csv"), kind)
        if chosen:
            path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".csv")
            text = as_text(self._people, ",")
            # With the mark by which spreadsheets know UTF-8.
            self._workers.submit_in_order(lambda: publish(path, text.encode("utf-8-sig")), self._saved, self._tell)

    def _saved(self, _: object) -> None:
        self._summary.setText(tr("The table is saved."))

    def _set_up(self) -> None:
        self._model.setSortRole(Qt.ItemDataRole.UserRole)
        for column, (title, meaning) in enumerate(_COLUMNS):
            head = QStandardItem(tr(title))
            head.setToolTip(tr(meaning))
            self._model.setHorizontalHeaderItem(column, head)
        table = self._table
        table.setModel(self._model)
        table.setObjectName("figures")
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setSortingEnabled(True)
        table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.activated.connect(self._sort_by)
        across, down = table.horizontalHeader(), table.verticalHeader()
        if across is not None and down is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            across.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            down.hide()
            down.setDefaultSectionSize(self.fontMetrics().height() + 12)
        for label in (self._summary, note := QLabel(tr(_NOTE))):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget, name, tip, text in (
            (
                table,
                tr("Who did what"),
                tr("One row for each person; a click on a heading, or Enter in its column, sorts by it"),
                "",
            ),
            (self._progress, tr("Progress of reading the annotations"), tr("Annotations read"), ""),
            (
                self._copy,
                tr("Copy the table"),
                tr("Copy the table, to paste it into a spreadsheet"),
                self._copy.text(),
            ),
            (
                self._save,
                tr("Save the table as CSV"),
                tr("Write the table to a file for spreadsheets"),
                self._save.text(),
            ),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(with_key(tip, text))
        for button, slot in ((self._copy, self._copy_table), (self._save, self._save_table)):
            button.setEnabled(False)
            button.clicked.connect(slot)
            self._buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.rejected.connect(self.reject)
        self._progress.setRange(0, 0)
        layout = QVBoxLayout(self)
        for part in (self._summary, self._progress, table, note, self._buttons):
            layout.addWidget(part)
        self._buttons.setFocus()  # a frame around the first cell would look like a field
        self.resize(780, 300)


def _row(work: Work) -> list[QStandardItem]:
    saved = work.saved
    cells: tuple[tuple[str, object], ...] = (
        (work.person or tr("(no name)"), work.person.casefold()),
        (number(work.annotated), work.annotated),
        (number(len(work.complete)), len(work.complete)),
        (number(work.strokes), work.strokes),
        (duration(work.seconds), work.seconds),
        (f"{saved:%Y-%m-%d %H:%M}" if saved is not None else "", saved.timestamp() if saved is not None else 0.0),
    )
    row = []
    for column, (text, key) in enumerate(cells):
        item = QStandardItem(text)
        item.setData(key, Qt.ItemDataRole.UserRole)
        item.setToolTip(tr(_COLUMNS[column][1]) if column else text)
        if column:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.append(item)
    return row


def _summary(project: Project, report: WorkReport) -> str:
    annotated = sum(work.annotated for work in report.people)
    seconds = sum(work.seconds for work in report.people)
    said = plural(
        annotated,
        "{n} of {all} images is annotated, in {time} of painting.",
        "{n} of {all} images are annotated, in {time} of painting.",
        all=number(len(project.images)),
        time=duration(seconds),
    )
    if not report.refused:
        return said
    bad = plural(
        len(report.refused),
        "{n} file can't be read: {why}",
        "{n} files can't be read: {why}",
        why=sentence(report.refused[0]),
    )
    return f"{said} {bad}"
