"""The project's desk: making, opening, exporting; the shared folder; going to an image by number or name."""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from painter_app.datasets.make import NewProject, make_project
from painter_app.dialogs.export import ExportDialog
from painter_app.dialogs.learning_scale import LearningScaleDialog
from painter_app.dialogs.metrics import MetricsDialog
from painter_app.dialogs.new_project import NewProjectDialog
from painter_app.dialogs.who_did_what import WhoDidWhatDialog
from painter_app.language import tr
from painter_app.notices import Answer, Notice, Weight, in_words
from painter_app.session.session import Session
from painter_app.settings import SettingsFile
from painter_app.task import Task
from painter_app.words import at_scale
from painter_app.workers import Workers
from shared_folder.classes import new_classes
from shared_folder.layout import ProjectFolder, SharedFolder, assets
from shared_folder.model_facts import latest_model, read_model_facts
from shared_folder.project import Project, change_scale, read_settings
from shared_folder.refused import Refused

_SAMPLE = "sample roots"


class Kind(Enum):
    """What a path on the command line is."""

    PROJECT = auto()
    SHARED_FOLDER = auto()
    IMAGES = auto()


class ProjectDesk(QObject):
    """Dialogs and what follows from them. window: their parent. version: this program's."""

    noticed = pyqtSignal(object)
    waiting = pyqtSignal(object)
    """A Task that takes its time."""
    folder_changed = pyqtSignal()
    image_root_chosen = pyqtSignal()

    def __init__(
        self, window: QWidget, session: Session, workers: Workers, settings: SettingsFile, home: Path, version: str
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._workers = workers
        self._settings = settings
        self._home = home
        self._version = version

    @property
    def shared_folder(self) -> Path:
        """That of the open project, else the one in the settings, else a folder at home."""
        project = self._session.project
        if project is not None:
            return project.shared.root
        chosen = self._settings.now.shared_folder
        return Path(chosen) if chosen else self._home / "brushloop"

    def slots(self) -> dict[str, Callable[..., object]]:
        return {
            "new_project": self.new_project,
            "open_project": self.choose_project,
            "export": self.export,
            "who_did_what": self.who_did_what,
            "metrics": self.metrics,
            "open_folder": self.open_folder,
            "image_root": self.choose_image_root,
            "person": self.ask_person,
            "change_folder": self.change_folder,
            "jump": self.jump,
            "about": self.about,
            "masks_ahead": self.ask_masks_ahead,
            "learning_scale": self.ask_scale,
        }

    def open_sample(self) -> None:
        """Open the sample project, made in the shared folder when it isn't there yet."""
        shared = SharedFolder(self.shared_folder)
        existing = shared.project(_SAMPLE).file
        plan = NewProject(shared, _SAMPLE, assets() / "sample" / "images", new_classes(["root"]))

        task = self._wait(tr("Making the sample project"))

        def make() -> Path:
            return existing if existing.is_file() else make_project(plan, task.report).project.folder.file

        task.run(self._workers, make, self._session.open_project, self._refused)

    def new_project(self, images: Path | None = None) -> None:
        """Ask for a new project. images: a folder that was named already."""
        dialog = NewProjectDialog(SharedFolder(self.shared_folder), self._workers, self._window)
        dialog.image_root_named.connect(self._name_root)
        dialog.taken_from.connect(self._settings.remember_source)  # saved with the first image that is opened
        dialog.made.connect(self._session.open_project)
        dialog.open()
        if images is not None:
            dialog.choose_folder(images)

    def open_path(self, path: Path) -> None:
        """Open a project's file or folder, or use a shared folder; a folder of images becomes a new project."""
        task = self._wait(tr("Looking at {name}").format(name=path.name))
        task.run(self._workers, lambda: what_is(path), lambda kind: self._open_kind(path, kind), self._refused)

    def open_last(self) -> None:
        """Open the project that was open last, if there is one still."""
        last = Path(self._settings.now.last_project)
        if self._settings.now.last_project:
            task = self._wait(tr("Opening {name}").format(name=last.stem))
            open_it = partial(self._session.open_project, last)
            task.run(self._workers, last.is_file, lambda there: open_it() if there else None, self._refused)

    def _wait(self, title: str) -> Task:
        task = Task(self, title)
        self.waiting.emit(task)
        return task

    def _open_kind(self, path: Path, kind: Kind) -> None:
        if kind is Kind.PROJECT:
            self._session.open_project(path)
        elif kind is Kind.SHARED_FOLDER:
            self.use_folder(path)
        else:
            self.new_project(path)

    def choose_project(self) -> None:
        start = SharedFolder(self.shared_folder).projects
        kind = tr("Projects") + " (*.seg_proj)"
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Open a project"), str(start), kind)
        if chosen:
            self._session.open_project(Path(chosen))

    def export(self) -> None:
        project = self._session.project
        if project is not None:
            ExportDialog(
                project, project.shared.root / "exports" / project.folder.root.name, self._workers, self._window
            ).open()

    def who_did_what(self) -> None:
        project = self._session.project
        if project is not None:
            WhoDidWhatDialog(project, self._workers, self._window).open()

    def open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.shared_folder)))

    def change_folder(self) -> None:
        title = tr("Choose the shared folder")
        chosen = QFileDialog.getExistingDirectory(self._window, title, str(self.shared_folder))
        if chosen:
            self.use_folder(Path(chosen))

    def use_folder(self, folder: Path) -> None:
        """Use another shared folder; a project that is open in the former is closed."""
        project = self._session.project
        if project is not None and project.shared.root != folder:
            self._session.close_project()
        self._settings.use_folder(folder)
        self._workers.submit_in_order(self._settings.save, lambda _: None)
        self.folder_changed.emit()

    def ask_for_image_root(self, project: Project) -> None:
        """Ask where a project's images lie, if this machine has not been told."""
        root = project.settings.image_root
        if not root:
            self._ask_for_dataset(project)
        elif root not in self._settings.now.image_roots:
            answer = Answer(tr("Choose the folder…"), self.choose_image_root)
            text = tr('The images of "{project}" lie in "{root}". Where is that on this computer?')
            self.noticed.emit(Notice(text.format(project=project.name, root=root), Weight.QUESTION, (answer,)))

    def _ask_for_dataset(self, project: Project) -> None:
        """Ask where the dataset has moved to, unless it is where it is expected, or this machine has been told."""
        folder = Path(self._settings.now.image_roots.get(project.dataset_root, project.dataset))

        def looked(there: bool) -> None:
            if not there and self._session.project is project:
                answer = Answer(tr("Choose the folder…"), self.choose_image_root)
                text = tr('The images of "{project}" are not in {folder} any more. Where are they now?')
                said = text.format(project=project.name, folder=folder)
                self.noticed.emit(Notice(said, Weight.QUESTION, (answer,)))

        self._workers.submit(folder.is_dir, looked)

    def choose_image_root(self) -> None:
        """Choose where this machine keeps the open project's image root."""
        project = self._session.project
        if project is None:
            return
        root = project.settings.image_root or project.dataset_root
        title = tr("Where the images of {root} are").format(root=root)
        chosen = QFileDialog.getExistingDirectory(self._window, title)
        if chosen:
            self._name_root(root, Path(chosen))
            self.image_root_chosen.emit()
            self._session.open_project(project.folder.file)

    def metrics(self) -> None:
        """What of the masks was corrected, beside the window that goes on."""
        project = self._session.project
        if project is not None:
            dialog = MetricsDialog(project, self._workers, self._window)
            dialog.chosen.connect(self._session.go_to)
            dialog.show()

    def ask_person(self) -> None:
        name, chosen = QInputDialog.getText(
            self._window,
            tr("Your name"),
            tr("The name that your annotations carry:"),
            text=self._settings.now.person,
        )
        if chosen:
            self._settings.change(person=name.strip())
            self._workers.submit_in_order(self._settings.save, lambda _: None)

    def jump(self) -> None:
        """Ask for an image by its number or a part of its name, and go there."""
        project = self._session.project
        if project is None:
            return
        asked = tr("Number (1 to {n}) or part of a name:").format(n=len(project.images))
        text, chosen = QInputDialog.getText(self._window, tr("Go to an image"), asked)
        if chosen and text.strip():
            name = found_image(project.images, text.strip())
            if name is None:
                sought = tr('No image has the number or name "{text}".').format(text=text.strip())
                self.noticed.emit(Notice(sought, Weight.ERROR))
            else:
                self._session.go_to(name)

    def ask_masks_ahead(self) -> None:
        count, chosen = QInputDialog.getInt(
            self._window,
            tr("Masks ahead"),
            tr("Next images whose masks are made before you get there:"),
            self._settings.now.masks_ahead,
            0,
            50,
        )
        if chosen:
            self._settings.change(masks_ahead=count)
            self._workers.submit_in_order(self._settings.save, lambda _: None)
            self._session.want_masks_ahead()

    def ask_scale(self) -> None:
        """Ask at which scale the network shall see the images, once the project's file has said how it does now."""
        project = self._session.project
        if project is None:
            return
        self._workers.submit_in_order(
            lambda: (read_settings(project.folder).scale, newest_scale(project.folder)),
            lambda scales: self._ask_scale(project, *scales),
            self._refused,
        )

    def _ask_scale(self, asked: Project, scale: float | None, newest: float | None) -> None:
        project = self._session.project
        if project is not None and project.folder == asked.folder:
            dialog = LearningScaleDialog(scale, newest, self._window)
            dialog.chosen.connect(partial(self._change_scale, project))
            dialog.open()

    def _change_scale(self, project: Project, scale: float | None) -> None:
        self._workers.submit_in_order(lambda: change_scale(project, scale), self._scale_changed, self._refused)

    def _scale_changed(self, project: Project) -> None:
        self._session.take_settings(project)
        scale = project.settings.scale
        seen = at_scale(scale) if scale is not None else tr("at a size that the trainer chooses by what is painted")
        self.noticed.emit(Notice(tr("From now on the network sees the images {how}.").format(how=seen)))

    def about(self) -> None:
        text = tr(
            "Brushloop {version}\n\nTeach a neural network to segment your images by correcting it with a brush."
            "\n\nTo cite it: Brushloop, version {version}. The way of annotating is RootPainter's: "
            "A. G. Smith et al., RootPainter: deep learning segmentation of biological images with corrective "
            "annotation, New Phytologist, 2022, doi:10.1111/nph.18387."
            "\n\nFree software under the GNU General Public License, version 3 or later."
        )
        QMessageBox.about(self._window, tr("About Brushloop"), text.format(version=self._version))

    def _name_root(self, name: str, folder: Path) -> None:
        self._settings.change(image_roots={**self._settings.now.image_roots, name: str(folder)})
        self._workers.submit_in_order(self._settings.save, lambda _: None)

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))


def what_is(path: Path) -> Kind:
    """A project's file or folder, a shared folder (or an empty one that can become one), or a folder of images.

    Refuses any other file.
    """
    if path.suffix == ".seg_proj" or (path / f"{path.name}.seg_proj").is_file():
        return Kind.PROJECT
    if not path.is_dir():
        raise Refused(f"{path.name}: is no project. Open a .seg_proj file, or a folder.")
    if SharedFolder(path).projects.is_dir() or not any(path.iterdir()):
        return Kind.SHARED_FOLDER
    return Kind.IMAGES


def newest_scale(folder: ProjectFolder) -> float | None:
    """The scale at which a project's newest model sees images; None where there is none that can be read."""
    newest = latest_model(folder.models)
    try:
        return read_model_facts(newest).scale if newest is not None else None
    except (Refused, OSError):
        return None  # what is wrong with it, the trainer tells


def found_image(images: tuple[str, ...], text: str) -> str | None:
    """The image with this number (from 1), this name, or the first whose name holds the text."""
    if text.isdigit() and 1 <= int(text) <= len(images):
        return images[int(text) - 1]
    wanted = text.casefold()
    return next((name for name in images if wanted == name.casefold()), None) or next(
        (name for name in images if wanted in name.casefold()), None
    )
