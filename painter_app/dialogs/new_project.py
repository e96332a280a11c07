"""A new project: a folder of images, what to take of it, what to find, and where to begin."""

from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.datasets.make import Cancelled, MadeProject, NewProject, make_project
from painter_app.datasets.survey import Survey, survey
from painter_app.dialogs.new_project_form import PICTURES, NewProjectForm
from painter_app.language import number, plural, sentence, tr, with_key
from painter_app.notices import in_words
from painter_app.task import Task
from painter_app.workers import Workers
from shared_folder.layout import SharedFolder
from shared_folder.refused import Refused


class NewProjectDialog(QDialog):
    """Makes a project in a shared folder. Closing it while it works stops the work and leaves nothing."""

    made = pyqtSignal(Path)
    """The new project's file."""
    taken_from = pyqtSignal(Path, Path)
    """Comes before `made`: the new project's file, and the folder that its images were taken from."""
    image_root_named = pyqtSignal(str, Path)
    """Comes before `made` when the images stay where they are: the root's name, and its folder on this machine."""

    def __init__(self, shared: SharedFolder, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New project"))
        self._shared = shared
        self._workers = workers
        self._task: Task | None = None  # the work under way: a survey, or the making
        self._making: NewProject | None = None
        self._closing = False
        self._folder = QLineEdit()
        self._choose = QPushButton(tr("&Choose…"))
        self._form = NewProjectForm()
        self._message = QLabel()
        self._progress = QProgressBar()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._create = QPushButton(tr("Crea&te project"))
        self._lay_out()
        self._set_working(False)
        self._say(tr("Choose a folder of images to begin."))

    def choose_folder(self, folder: Path) -> None:
        """Take a folder of images and look at it, off the window's thread."""
        self._folder.setText(str(folder))
        self._form.setEnabled(False)
        self._create.setEnabled(False)
        self._say(tr("Looking at the folder…"))
        if self._task is not None:
            self._task.stop()
        task = self._task = Task(self)
        task.progressed.connect(
            lambda _, count, __: self._say(tr("Looking at the folder… {n} images").format(n=number(count)))
        )
        self._workers.submit(
            lambda: survey(folder, PICTURES, lambda count: task.report("", count, 0)),
            partial(self._surveyed, task, folder),
            partial(self._survey_failed, task),
        )

    def reject(self) -> None:
        if self._making is None:
            if self._task is not None:
                self._task.stop()
                self._task = None  # its answer finds nobody waiting
            super().reject()
        elif self._task is not None:
            self._closing = True
            self._say(tr("Stopping, and removing what was made…"))
            self._task.stop()

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a folder of images"), self._folder.text())
        if chosen:
            self.choose_folder(Path(chosen))

    def _surveyed(self, task: Task, folder: Path, found: Survey) -> None:
        if task is not self._task:
            return  # another folder was chosen meanwhile
        self._task = None
        self._form.show_survey(folder, found)
        self._form.setEnabled(True)
        self._create.setEnabled(True)
        self._create.setDefault(True)
        self._say("")

    def _survey_failed(self, task: Task, error: Exception) -> None:
        if task is self._task:
            self._task = None
            self._fail(error)

    def _start_making(self) -> None:
        try:
            plan = self._form.plan(self._shared, Path(self._folder.text()))
        except Refused as refusal:
            self._say(sentence(str(refusal)), warn=True)
            return
        task = self._task = Task(self)
        self._making = plan
        task.progressed.connect(self._show_progress)
        self._set_working(True)
        self._say(tr("Looking at the images…"))
        self._workers.submit(lambda: make_project(plan, task.report), self._finished, self._failed)

    def _show_progress(self, what: str, done: int, total: int) -> None:
        if not self._closing:
            text = tr("{what}: {n} of {all}")
            self._say(text.format(what=tr(what), n=number(done), all=number(total)))
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def _finished(self, made: MadeProject) -> None:
        plan, self._task, self._making = self._making, None, None
        if plan is not None and plan.image_root:
            self.image_root_named.emit(plan.image_root, plan.images)
        self.accept()
        if plan is not None:
            self.taken_from.emit(made.project.folder.file, plan.images)
        self.made.emit(made.project.folder.file)
        if made.damaged:
            _tell_damaged(self.parentWidget(), made.damaged)

    def _failed(self, error: Exception) -> None:
        self._task = self._making = None
        self._set_working(False)
        if self._closing:
            super().reject()
        else:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, Refused | Cancelled):
            self._workers.unexpected.emit(error)
        self._say("" if isinstance(error, Cancelled) else in_words(error), warn=True)

    def _say(self, text: str, warn: bool = False) -> None:
        self._message.setText(f"⚠ {text}" if warn and text else text)

    def _set_working(self, working: bool) -> None:
        self._progress.setVisible(working)
        self._progress.setRange(0, 0)
        ready = self._form.surveyed and not working
        self._form.setEnabled(ready)
        self._create.setEnabled(ready)
        self._folder.setEnabled(not working)
        self._choose.setEnabled(not working)

    def _lay_out(self) -> None:
        self._folder.setPlaceholderText(tr("A folder of images; its subfolders are read too"))
        self._folder.setAccessibleName(tr("Folder of images"))
        self._folder.setToolTip(tr("Where the images are now; nothing is changed there"))
        self._folder.returnPressed.connect(lambda: self.choose_folder(Path(self._folder.text()).expanduser()))
        self._choose.setToolTip(with_key(tr("Choose the folder of images"), self._choose.text()))
        self._choose.clicked.connect(self._browse)
        self._choose.setAutoDefault(False)
        self._message.setWordWrap(True)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setAccessibleName(tr("What is going on"))
        self._progress.setAccessibleName(tr("Progress of making the project"))
        self._create.setToolTip(with_key(tr("Make the project and open it"), self._create.text()))
        self._create.clicked.connect(self._start_making)
        self._buttons.addButton(self._create, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        title = QLabel(tr("&Images"))
        title.setBuddy(self._folder)
        row.addWidget(title)
        row.addWidget(self._folder, 1)
        row.addWidget(self._choose)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self._form)
        layout.addWidget(self._message)
        layout.addWidget(self._progress)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(680)


def _tell_damaged(parent: QWidget | None, damaged: tuple[str, ...]) -> None:
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle(tr("Some images were left out"))
    text = plural(
        len(damaged),
        "{n} image can't be used; the project is made without.",
        "{n} images can't be used; the project is made without.",
    )
    box.setText(text)
    box.setDetailedText("\n".join(map(sentence, damaged)))
    box.open()
