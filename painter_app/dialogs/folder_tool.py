"""The dialog of any tool for folders: its entries as a form, progress, and what became of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
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
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import Cancelled
from painter_app.language import plural, sentence, tr, with_key
from painter_app.notices import in_words
from painter_app.task import Task
from painter_app.tools.tool import Entry, Kind, Outcome, Tool
from painter_app.workers import Workers
from shared_folder.refused import Refused

_WIDTH = 600
_BAD_HEIGHT = 110
_SEPARATOR = "; "  # between the paths of several files


class FolderToolDialog(QDialog):
    """start: paths that are proposed, by entries' names. beside: the folder that file dialogs begin in."""

    worked = pyqtSignal()
    """The work has come to its end."""

    def __init__(
        self, tool: Tool, workers: Workers, beside: Path, start: dict[str, Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr(tool.title).replace("&", "").rstrip("…"))
        self._tool = tool
        self._workers = workers
        self._beside = beside
        self._task: Task | None = None  # the work under way
        self._fields: dict[str, QWidget] = {}
        self._values: dict[str, Callable[[], Any]] = {}
        self._progress = QProgressBar()
        self._result = QLabel()
        self._bad = QPlainTextEdit()
        self._run = QPushButton(tr("&Write"))
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        form = QFormLayout()
        for entry in tool.entries:
            self._add(form, entry, start.get(entry.name))
        self._set_up()
        self._lay_out(form)
        self._check()

    def reject(self) -> None:
        if self._task is None:
            super().reject()
        else:
            self._task.stop()

    # The form

    def _add(self, form: QFormLayout, entry: Entry, proposed: Path | None) -> None:
        if entry.kind is Kind.CHOICE:
            field, row = self._choice(entry)
        elif entry.kind is Kind.NUMBER:
            field, row = self._number(entry)
        else:
            field, row = self._path(entry, proposed)
        self._fields[entry.name] = field
        name = tr(entry.label).replace("&", "")
        field.setAccessibleName(name)
        field.setToolTip(with_key(tr(entry.tip), tr(entry.label)))
        label = QLabel(tr(entry.label))
        label.setBuddy(field)
        form.addRow(label, row)

    def _choice(self, entry: Entry) -> tuple[QWidget, QWidget]:
        box = QComboBox()
        for value, text in entry.choices:
            box.addItem(tr(text), value)
        box.setCurrentIndex(max(0, box.findData(entry.default)))
        self._values[entry.name] = box.currentData
        return box, box

    def _number(self, entry: Entry) -> tuple[QWidget, QWidget]:
        box = QSpinBox()
        box.setRange(entry.least, entry.most)
        box.setValue(int(entry.default))
        self._values[entry.name] = box.value
        return box, box

    def _path(self, entry: Entry, proposed: Path | None) -> tuple[QWidget, QWidget]:
        line = QLineEdit(str(proposed) if proposed is not None else "")
        line.setMinimumWidth(320)
        line.textChanged.connect(self._check)
        several = entry.kind is Kind.FILES
        self._values[entry.name] = lambda: _paths(line.text()) if several else Path(line.text()).expanduser()
        choose = QPushButton(tr("Choose…"))
        name = tr(entry.label).replace("&", "")
        choose.setAccessibleName(tr("Choose: {what}").format(what=name))
        choose.setToolTip(tr(entry.tip))
        choose.clicked.connect(lambda: self._browse(entry, line))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(line, 1)
        layout.addWidget(choose)
        return line, row

    def _browse(self, entry: Entry, line: QLineEdit) -> None:
        name = tr(entry.label).replace("&", "")
        title, at = tr(entry.tip), line.text() or str(self._beside)
        if entry.kind is Kind.NEW_FILE:
            kind = tr("Tables") + f" (*{entry.default})"
            option = QFileDialog.Option.DontConfirmOverwrite  # nothing is written over: that is said in a sentence
            chosen, _ = QFileDialog.getSaveFileName(self, title, at, kind, options=option)
            if chosen and not Path(chosen).suffix:
                chosen += str(entry.default)
        elif entry.kind is Kind.FILES:
            files, _ = QFileDialog.getOpenFileNames(self, title, str(self._beside), f"{name} ({entry.default})")
            chosen = _SEPARATOR.join(files)
        else:
            chosen = QFileDialog.getExistingDirectory(self, title, at)
        if chosen:
            line.setText(chosen)

    def _check(self) -> None:
        """Nothing can be written before every path is named."""
        lines = [field for field in self._fields.values() if isinstance(field, QLineEdit)]
        self._run.setEnabled(self._task is None and all(line.text().strip() for line in lines))

    # The work

    def _start(self) -> None:
        values = {name: value() for name, value in self._values.items()}
        task = self._task = Task(self)
        task.progressed.connect(self._show_progress)
        self._set_working(True)
        self._show(None)
        work = self._tool.run
        self._workers.submit(
            lambda: work(values, lambda done, total: task.report("", done, total)), self._finished, self._failed
        )

    def _show_progress(self, _: str, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _finished(self, outcome: Outcome) -> None:
        self._set_working(False)
        self._show(outcome)
        self.worked.emit()

    def _failed(self, error: Exception) -> None:
        self._set_working(False)
        if isinstance(error, Cancelled):
            self._result.setText(tr("Stopped. What was written until then is whole and stays."))
            return
        if not isinstance(error, Refused | OSError):
            self._workers.unexpected.emit(error)
        self._result.setText(f"⚠ {in_words(error)}")

    def _show(self, outcome: Outcome | None) -> None:
        bad = outcome.refused if outcome is not None else ()
        text = ""
        if outcome is not None:
            text = plural(outcome.done, "{n} file is done.", "{n} files are done.")
            if bad:
                text += " " + plural(len(bad), "{n} can't be used:", "{n} can't be used:")
        self._result.setText(text)
        self._bad.setPlainText("\n".join(map(sentence, bad)))
        self._bad.setVisible(bool(bad))

    def _set_working(self, working: bool) -> None:
        if not working:
            self._task = None
        self._progress.setVisible(working)
        self._progress.setRange(0, 0)
        for field in self._fields.values():
            field.setEnabled(not working)
        self._check()
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        if close is not None:
            close.setText(tr("Stop") if working else tr("Close"))

    def _set_up(self) -> None:
        self._bad.setReadOnly(True)
        self._bad.setMaximumHeight(_BAD_HEIGHT)
        self._result.setWordWrap(True)
        self._result.setTextFormat(Qt.TextFormat.PlainText)
        for widget, name, tip in (
            (self._progress, tr("Progress"), tr("Files done")),
            (self._bad, tr("Files that can't be used"), tr("One line for each")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        self._run.setToolTip(with_key(tr("Begin"), self._run.text()))
        self._run.setDefault(True)
        self._run.clicked.connect(self._start)
        self._buttons.addButton(self._run, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.rejected.connect(self.reject)
        self._progress.hide()
        self._bad.hide()

    def _lay_out(self, form: QFormLayout) -> None:
        does = QLabel(tr(self._tool.does))
        does.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(does)
        layout.addLayout(form)
        layout.addWidget(self._progress)
        layout.addWidget(self._result)
        layout.addWidget(self._bad)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(_WIDTH)


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(each.strip()).expanduser() for each in text.split(_SEPARATOR.strip()) if each.strip())
