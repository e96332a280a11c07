"""The main window: layout and wiring only."""

import base64
import logging
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QByteArray, Qt
from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from painter_app.actions import enable_actions, make_actions, show_checked
from painter_app.appearance_desk import AppearanceDesk
from painter_app.canvas_desk import CanvasDesk
from painter_app.classes_desk import ClassesDesk
from painter_app.contrast_desk import ContrastDesk
from painter_app.dialogs.closing import ClosingDialog
from painter_app.dialogs.welcome import WelcomePage
from painter_app.hints_desk import HintsDesk
from painter_app.images_desk import ImagesDesk
from painter_app.keys_desk import KeysDesk
from painter_app.language import number, sentence, tr
from painter_app.local_trainer import LocalTrainer
from painter_app.mask_desk import MaskDesk
from painter_app.network_desk import NetworkDesk
from painter_app.notices import Notice, NoticeBar, Weight, in_words
from painter_app.panels.image_rows import THUMBNAIL_SIDE
from painter_app.project_desk import ProjectDesk
from painter_app.project_page import ProjectPage
from painter_app.session.painting import Painting
from painter_app.session.project_state import ProjectState
from painter_app.session.session import Session
from painter_app.settings import SettingsFile, UserFolders, rootpainter_folder
from painter_app.source_desk import SourceDesk
from painter_app.status_bar import WindowStatusBar
from painter_app.theme import Colours, icon, icon_on_accent
from painter_app.tools_desk import ToolsDesk
from painter_app.trainer_desk import TrainerDesk
from painter_app.wait_bar import OpeningSign, WaitBar
from painter_app.words import source_sentence
from painter_app.workers import Workers
from shared_folder.frames import Pages
from shared_folder.images import thumbnail
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import list_projects
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.segmentation import Segmentation

_log = logging.getLogger(__name__)

PROGRAM = "Brushloop"
_BRIEF_SECONDS = 0.3
"""What takes longer on closing is shown."""


class MainWindow(QMainWindow):
    """Everything on one screen. native: whether to use the system's folder events. starts_trainers: whether it may
    start a trainer of its own."""

    def __init__(
        self,
        settings: SettingsFile,
        folders: UserFolders,
        version: str,
        native: bool = True,
        starts_trainers: bool = True,
    ) -> None:
        super().__init__()
        self.setWindowTitle(PROGRAM)
        self.settings = settings
        self._folders = folders
        self.workers = Workers(self)
        self.page = ProjectPage(version)
        self.session = Session(self.workers, settings, folders.journals, self._rest_seconds, native=native)
        self.trainer = LocalTrainer(folders.trainer_log)
        self.canvas_desk = CanvasDesk(self.page, self.session)
        self.mask_desk = MaskDesk(self.page, self.session, self.workers, self.canvas_desk)
        self.images = ImagesDesk(self.page, self.session, self.workers, settings)
        self.projects = ProjectDesk(self, self.session, self.workers, settings, folders.home, version)
        self.trainers = TrainerDesk(self.session, self.trainer, settings, self.page.trainer, starts_trainers)
        self.contrast = ContrastDesk(self, self.session, self.workers, settings, self.page.canvas)
        self.classes = ClassesDesk(self, self.session, self.workers, self.canvas_desk)
        self.network = NetworkDesk(self, self.session, self.workers, settings, self.page.canvas)
        self.sources = SourceDesk(self, self.session, self.workers, settings)
        self.hints = HintsDesk(self.page, self.session, settings, self.workers)
        self.tools = ToolsDesk(self, self.session, self.workers, settings, folders.home)
        self.keys = KeysDesk(self, self.workers, settings)
        self.appearance = AppearanceDesk(settings, self.workers, self)
        self.actions_by_name: dict[str, QAction] = make_actions(self, self._slots())
        self.welcome = WelcomePage()
        self.notices = NoticeBar()
        self.waits = WaitBar()
        self.status = WindowStatusBar()
        self._pages = QStackedWidget()
        self._closing = False  # while it waits for what is still being written
        self.gave_up = False
        """Whether it was closed without waiting for work that goes on, or is stuck."""
        self._opening = OpeningSign(self)
        self._lay_out()
        self._wire()
        self.appearance.show()
        self._restore()
        self._show_welcome()

    # Layout

    def _lay_out(self) -> None:
        self.page.add_buttons(self.actions_by_name)
        self.canvas_desk.connect_actions(self.actions_by_name)
        self.mask_desk.connect_actions(self.actions_by_name)
        self.trainers.connect_actions(self.actions_by_name)
        self.hints.connect_actions(self.actions_by_name)
        self.appearance.connect_actions(self.actions_by_name)
        self.keys.keys_changed.connect(self.canvas_desk.set_keys)
        self.keys.keys_changed.connect(self.contrast.set_keys)
        self.keys.keys_changed.connect(self.hints.set_keys)
        self.keys.connect_actions(self.actions_by_name, self.page.canvas)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._close_message)
        for place in range(9):
            digit = QShortcut(QKeySequence(str(place + 1)), self)
            digit.activated.connect(partial(self.canvas_desk.choose_class, place))
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.page)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.waits)
        layout.addWidget(self.notices)
        layout.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status)
        self.setMinimumSize(1100, 640)

    def _slots(self) -> dict[str, Callable[..., object]]:
        return {
            **self.canvas_desk.slots(),
            **self.mask_desk.slots(),
            **self.images.slots(),
            **self.projects.slots(),
            **self.trainers.slots(),
            **self.network.slots(),
            **self.contrast.slots(),
            **self.hints.slots(),
            **self.appearance.slots(),
            **self.classes.slots(),
            **self.keys.slots(),
            **self.sources.slots(),
            **self.tools.slots(),
            "close_project": self.close_project,
            "quit": self.close,
        }

    # Wiring

    def _wire(self) -> None:
        session, canvas = self.session, self.page.canvas
        session.project_opened.connect(self._project_opened)
        session.image_opening.connect(self._image_opening)
        session.image_shown.connect(self._image_shown)
        session.image_shown.connect(self.images.image_shown)  # after: frames lie on the image
        session.image_unavailable.connect(self._image_unavailable)
        session.mask_changed.connect(lambda mask, mark: canvas.set_mask(_labels(mask), mark_changes=mark))
        session.phase_changed.connect(self.page.phase.setText)
        session.state_changed.connect(self.page.images.set_state)
        session.notice_withdrawn.connect(self.notices.withdraw)
        desks = (self.projects, self.trainers, self.images, self.mask_desk, self.contrast, self.classes, self.sources)
        for source in (session, self.appearance, *desks):
            source.noticed.connect(self.notices.show_notice)
        session.waiting.connect(self.waits.watch)
        self.projects.waiting.connect(self.waits.watch)
        self.trainers.notice_withdrawn.connect(self.notices.withdraw)
        self.images.notice_withdrawn.connect(self.notices.withdraw)
        self.workers.unexpected.connect(self._unexpected)
        self.appearance.dressed.connect(self._dress)
        self.projects.folder_changed.connect(self._folder_changed)
        self.projects.image_root_chosen.connect(self.trainers.restart)
        self._opening.said.connect(lambda message: canvas.show_image(None, None, None, message))
        canvas.notice.connect(lambda text, action: self._tell(self.keys.named(text, action)))
        canvas.damaged.connect(self._unexpected)
        canvas.view_changed.connect(lambda: session.set_view(canvas.visible_rectangle()))
        canvas.zoom_changed.connect(self.status.show_zoom)
        canvas.pointer_moved.connect(self._pointer_moved)
        self.page.images.chosen.connect(self._image_chosen)
        self.page.images.test_image_chosen.connect(session.set_test_image)
        session.test_set_changed.connect(self.page.images.set_test_set)
        session.others.changed.connect(self.page.images.set_open_by)
        self.status.open_requested.connect(self.projects.open_folder)
        self.status.change_requested.connect(self.projects.change_folder)
        self.welcome.sample_chosen.connect(self.projects.open_sample)
        self.welcome.new_chosen.connect(self.projects.new_project)
        self.welcome.open_chosen.connect(session.open_project)
        self.welcome.folder_chosen.connect(self.projects.use_folder)

    def open_path(self, path: Path) -> None:
        """Open a project's file or folder, a shared folder, or a folder of images as a new project."""
        self.projects.open_path(path)

    def open_last(self) -> None:
        """Open the project that was open last, if there is one still."""
        self.projects.open_last()

    def close_project(self) -> None:
        self.session.close_project()
        self.trainer.stop()
        self._show_welcome()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Save what is unsaved, with a word on the screen while that takes time."""
        if self._closing:
            if event is not None:
                event.ignore()
            return
        self.settings.change(
            geometry=base64.b64encode(self.saveGeometry().data()).decode(),
            brush_diameter=self.page.canvas.brush_diameter,
            fill_tolerance=self.page.canvas.tolerance,
            pressure_sizes_brush=self.page.canvas.pressure_sizes_brush,
            panel_heights=tuple(self.page.right_parts.sizes()),
            view=self.canvas_desk.view(),
        )
        self.workers.submit_in_order(self.settings.save, lambda _: None)
        self.page.canvas.set_message(tr("Saving your strokes…"))
        self.repaint()
        self.session.close_project()
        self.trainer.stop()
        ended = self.workers.close(_BRIEF_SECONDS)
        if not (self.trainer.wait(_BRIEF_SECONDS) and ended):
            self._wait_to_close()
        super().closeEvent(event)

    def _wait_to_close(self) -> None:
        self._closing = True
        ClosingDialog(self.workers, self.trainer, self).exec()
        self._closing = False
        self.trainer.kill()
        self.gave_up = self.workers.busy

    # What the session says

    def _project_opened(self, state: ProjectState) -> None:
        project = state.project
        self.setWindowTitle(f"{project.name} - {PROGRAM}")
        self._pages.setCurrentWidget(self.page)
        self.canvas_desk.set_classes(project.classes)
        self.page.images.set_thumbnailer(
            lambda name: _thumbnail(*project.image_place(name, self.settings.now.roots())), self.workers
        )
        self.settings.use_folder(project.shared.root)
        self.status.show_folder(project.shared.root)
        self.trainers.open(project)
        self.projects.ask_for_image_root(project)
        self._enable(image=False)

    def _image_opening(self, name: str) -> None:
        self.page.canvas.set_read_only(tr("The image is being opened."))
        self.page.images.set_current(name)
        self._show_name(name)
        self._opening.begin(name)

    def _image_shown(self, painting: Painting, mask: Segmentation | None) -> None:
        self._opening.end()
        canvas, opened = self.page.canvas, painting.opened
        canvas.show_image(opened.image, painting.annotation, _labels(mask))
        canvas.set_read_only(opened.refusal or None)
        if opened.refusal:
            self._tell(opened.refusal, Weight.ERROR)
        stored, project = opened.stored, self.session.project
        validates = stored is not None and project is not None and stored.path.parent == project.folder.validation
        for name, checked in (("lock_mask", False), ("newest_mask", False), ("for_validation", validates)):
            show_checked(self.actions_by_name[name], checked)
        self._enable(image=True)
        self.actions_by_name["nothing_here"].setEnabled(not opened.refusal)
        self.actions_by_name["for_validation"].setEnabled(not opened.refusal and stored is not None)
        self.canvas_desk.image_shown(opened.name)
        self.canvas_desk.show_undo()
        self.status.clear_pointer()
        self.status.show_zoom(canvas.viewport.zoom)
        self.session.set_view(canvas.visible_rectangle())
        if not self.page.images.isAncestorOf(self.focusWidget() or self):
            canvas.setFocus()

    def _image_unavailable(self, name: str, why: str) -> None:
        self._opening.end()
        self.page.canvas.show_image(None, None, None, why)
        self.status.clear_pointer()
        self.page.phase.setText(tr("This image can't be shown") if name else why)
        self._enable(image=False)

    # What the user does

    def _image_chosen(self, name: str) -> None:
        self.page.canvas.setFocus()  # she goes on painting
        if name != self.session.image_name:
            self.session.go_to(name)

    def _pointer_moved(self, row: float, column: float) -> None:
        painting = self.session.painting
        if painting is None:
            return
        pixel = Rectangle(int(row), int(column), int(row) + 1, int(column) + 1)
        below = ""
        if row >= 0 and column >= 0 and row < painting.annotation.shape[0] and column < painting.annotation.shape[1]:
            mask = self.session.mask.shown
            painted = self.canvas_desk.name_of(int(painting.annotation.labels.read(pixel)[0, 0]))
            masked = self.canvas_desk.name_of(int(mask.labels.read(pixel)[0, 0])) if mask is not None else ""
            said = ((tr("painted: {class_name}"), painted), (tr("mask: {class_name}"), masked))
            below = "   ".join(text.format(class_name=name) for text, name in said if name)
        self.status.show_pointer(int(row), int(column), below)

    def _close_message(self) -> None:
        """Escape: the notice, else the hint."""
        if self.notices.text:
            self.notices.dismiss()
        else:
            self.hints.close_shown()

    def _folder_changed(self) -> None:
        if self.session.project is None:
            self._show_welcome()

    # Showing

    def _dress(self, colours: Colours) -> None:
        self.page.buttons["save_and_next"].setIcon(icon_on_accent("save-next", colours))
        self.status.set_folder_icon(icon("folder", colours))

    def _show_welcome(self) -> None:
        self.setWindowTitle(PROGRAM)
        self.page.canvas.show_image(None, None, None)
        folder = self.projects.shared_folder
        self.welcome.set_shared_folder(
            folder, rootpainter_folder(self._folders.home), [Path(each) for each in self.settings.now.shared_folders]
        )
        self.welcome.set_recent([Path(file) for file in reversed(self.settings.now.last_images)])
        self.workers.submit(lambda: list_projects(SharedFolder(folder)), self._add_recent)
        self.status.show_folder(folder)
        self.status.clear_pointer()
        self._pages.setCurrentWidget(self.welcome)
        self._enable(image=False)

    def _add_recent(self, in_folder: list[Path]) -> None:
        """Offer the shared folder's projects too, after those that she opened."""
        opened = [Path(file) for file in reversed(self.settings.now.last_images)]
        self.welcome.set_recent(list(dict.fromkeys([*opened, *in_folder])))

    def _show_name(self, name: str) -> None:
        project = self.session.project
        if project is not None:
            place = tr("image {n} of {all}").format(
                n=number(project.images.index(name) + 1), all=number(len(project.images))
            )
            self.page.image_name.setText(f"{name}   {place}")
            self.page.image_name.setToolTip(source_sentence(name, project.sources.get(name)))

    def _enable(self, image: bool) -> None:
        enable_actions(self.actions_by_name, project=self.session.project is not None, image=image)

    def _tell(self, text: str, weight: Weight = Weight.INFORMATION) -> None:
        self.notices.show_notice(Notice(text, weight))

    def _unexpected(self, error: Exception) -> None:
        """A worker failed at something that nobody expected to fail."""
        details = ""
        if not isinstance(error, Refused | OSError):
            _log.error("A worker failed", exc_info=error)
            details = "".join(traceback.format_exception(error))
        self.notices.show_notice(Notice(in_words(error), Weight.ERROR, details=details))

    def _rest_seconds(self) -> float:
        canvas = self.page.canvas
        return 0.0 if canvas.stroke_in_hand else canvas.pointer_rest_seconds()

    def _restore(self) -> None:
        now = self.settings.now
        self.resize(1280, 720)
        if now.geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(now.geometry, validate=False)))
        self.page.canvas.brush_diameter = now.brush_diameter
        self.page.brushes.set_diameter(now.brush_diameter)
        self.canvas_desk.show_once(now.view)
        if now.panel_heights:
            self.page.right_parts.setSizes(now.panel_heights)
        self.page.canvas.tolerance = now.fill_tolerance
        self.page.canvas.pressure_sizes_brush = now.pressure_sizes_brush
        self.page.brushes.set_pressure(now.pressure_sizes_brush)
        for refusal in (self.settings.refusal, self.keys.refusal):
            if refusal:
                self._tell(sentence(refusal), Weight.ERROR)


def _thumbnail(path: Path, pages: Pages) -> NDArray[np.uint8]:
    return thumbnail(path, THUMBNAIL_SIDE, pages)


def _labels(mask: Segmentation | None) -> Labels | None:
    return mask.labels if mask is not None else None
