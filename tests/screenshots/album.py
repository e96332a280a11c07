"""The pictures, one function each."""

import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from PIL import Image
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPushButton, QSplitter, QTableView, QWidget

from painter_app.app import make_application, make_window, program_version
from painter_app.demo.hand import Hand
from painter_app.dialogs.export import ExportDialog
from painter_app.dialogs.new_project import NewProjectDialog
from painter_app.panels.trainer import TrainerPanel
from painter_app.settings import Settings, SettingsFile, UserFolders
from painter_app.window import MainWindow
from shared_folder.classes import BACKGROUND
from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from shared_folder.publish import publish_document
from shared_folder.simulated_user import SimulatedUser
from shared_folder.status import Doing, TrainerStatus
from tests.screenshots import sample_project as sample

Kind = TypeVar("Kind", bound=QDialog)

WIDTH, HEIGHT = 1366, 768
WORK = Path(tempfile.gettempdir()) / "brushloop-screenshots"
"""Of one name always: the shared folder's path is in the pictures."""
_PAINTER = "ada"
_PATIENCE_SECONDS = 20


def take_all(to: Path) -> list[Path]:
    """Take every picture. to: a folder, which is made."""
    application = make_application()
    to.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK, ignore_errors=True)
    folders = UserFolders(WORK / "config", WORK / "state", WORK / "home")
    shared = SharedFolder(WORK / "brushloop")
    publish_document(
        folders.settings,
        Settings(painter=_PAINTER, person="ada", shared_folder=str(shared.root), theme="light", hints=()),
    )
    window = make_window(SettingsFile(folders.settings), folders, native=False, starts_trainers=False)
    window.resize(WIDTH, HEIGHT)
    window.show()
    taken = [_first_start(window, to), _new_project(window, to)]
    project = sample.make_sample(shared)
    taken += _annotating(window, project, to)
    taken += [_image_list(window, to), _export(window, to), _trainer_panel(project, to)]
    window.close()
    application.processEvents()
    shutil.rmtree(WORK, ignore_errors=True)
    return taken


def _first_start(window: MainWindow, to: Path) -> Path:
    return _keep(window.grab(), to / "first-start.png")


def _new_project(window: MainWindow, to: Path) -> Path:
    window.actions_by_name["new_project"].trigger()
    dialog = _dialog(window, NewProjectDialog)
    images = shutil.copytree(sample.SAMPLE / "images", WORK / "minirhizotron")
    dialog.choose_folder(images)
    create = next(button for button in dialog.findChildren(QPushButton) if "project" in button.text())
    _until(create.isEnabled)
    return _keep_dialog(window, dialog, to / "new-project.png")


def _annotating(window: MainWindow, project: Project, to: Path) -> list[Path]:
    """The window while an image is being corrected, in light and in dark."""
    sample.write_masks(project)
    name = sample.write_states(project, _PAINTER)
    window.settings.change(last_images={str(project.folder.file): name})
    window.open_path(project.folder.file)
    _until(lambda: window.session.mask.shown is not None)
    for counter in (1, 2):
        sample.write_status(project, counter)
        _until(lambda: _counter(window) == counter)  # noqa: B023  (called before it changes)
    _until(lambda: window.session.pulse is not None and window.session.pulse.any_moved())
    _correct(window, project, name)
    light = _keep(window.grab(), to / "annotating-light.png")
    window.actions_by_name["theme_dark"].trigger()
    dark = _keep(window.grab(), to / "annotating-dark.png")
    window.actions_by_name["theme_light"].trigger()
    return [light, dark]


def _correct(window: MainWindow, project: Project, name: str) -> None:
    """Paint some corrections, as a person would be in the middle of."""

    def choose(class_id: int) -> None:
        if class_id == BACKGROUND:
            window.actions_by_name["brush_background"].trigger()
        else:
            window.canvas_desk.choose_class(0)

    canvas = window.page.canvas
    hand = Hand(canvas, choose, lambda diameter: setattr(canvas, "brush_diameter", diameter))
    mask = window.session.mask.shown
    assert mask is not None
    strokes = SimulatedUser(seed=2).corrections(sample.truth_of(name), mask.labels.to_array())
    largest = sorted(strokes, key=lambda stroke: stroke.area)[-12:]
    for stroke in sorted(largest, key=lambda stroke: stroke.class_id):
        for _ in hand.paint(stroke):
            QApplication.processEvents()
    canvas.fit()
    canvas.brush_diameter = 14.0
    window.canvas_desk.choose_class(0)
    # The pointer rests on the canvas, so that its circle shows.
    middle = canvas.rect().center()
    QTest.mouseMove(canvas, middle - QPoint(90, 60))
    QTest.mouseMove(canvas, middle - QPoint(94, 60))
    _until(lambda: canvas.drawn)


def _image_list(window: MainWindow, to: Path) -> Path:
    splitter = window.page.findChild(QSplitter)
    assert splitter is not None
    listed = window.page.images.findChild(QTableView)
    assert listed is not None
    before = splitter.sizes()
    splitter.setSizes([120, sum(before) - 120])
    listed.scrollToTop()
    QTest.qWait(1500)  # thumbnails come from workers, a few at a time
    path = _keep(window.grab(), to / "image-list.png")
    splitter.setSizes(before)
    return path


def _export(window: MainWindow, to: Path) -> Path:
    window.actions_by_name["export"].trigger()
    return _keep_dialog(window, _dialog(window, ExportDialog), to / "export.png")


def _trainer_panel(project: Project, to: Path) -> Path:
    """Four states beside each other: waiting, learning, learning off, not reachable."""
    row = QWidget()
    row.setObjectName("side")
    layout = QHBoxLayout(row)
    states: list[tuple[TrainerStatus, bool, bool]] = [
        (
            sample.status(project, 1, Doing.NEEDS_IMAGES, train_images=1, validation_images=0, score=None, scores=()),
            True,
            True,
        ),
        (sample.status(project, 1), True, True),
        (sample.status(project, 1, Doing.IDLE), True, False),
        (sample.status(project, 1), False, True),
    ]
    silent = datetime(2026, 1, 12, 14, 2)  # noqa: DTZ001  (a local time on a clock's face)
    for known, alive, learning in states:
        panel = TrainerPanel(program_version())
        panel.setFixedWidth(318)
        panel.set_status(
            known, known.projects[0], alive=alive, silent_since=None if alive else silent, learning=learning
        )
        layout.addWidget(panel, 0, Qt.AlignmentFlag.AlignTop)
    row.resize(WIDTH, 360)
    row.show()
    QApplication.processEvents()
    path = _keep(row.grab(), to / "trainer-panel.png")
    row.close()
    return path


def _dialog(window: MainWindow, kind: type[Kind]) -> Kind:
    _until(lambda: window.findChild(kind) is not None)
    dialog = window.findChild(kind)
    assert dialog is not None
    return dialog


def _keep_dialog(window: MainWindow, dialog: QDialog, path: Path) -> Path:
    """The window, dimmed, with a dialog in its middle."""
    QApplication.processEvents()
    picture = window.grab()
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
    front = dialog.grab()
    painter.drawPixmap((picture.width() - front.width()) // 2, (picture.height() - front.height()) // 2, front)
    painter.end()
    dialog.reject()
    return _keep(picture, path)


def _keep(picture: QPixmap, path: Path) -> Path:
    """Save without an alpha channel, and as small as PNG gets."""
    picture.save(str(path))
    with Image.open(path) as saved:
        opaque = saved.convert("RGB")
    opaque.save(path, optimize=True)
    return path


def _counter(window: MainWindow) -> int:
    """Of the trainer's status that the window read last."""
    statuses = window.session.pulse.statuses if window.session.pulse is not None else {}
    return max((status.counter for status in statuses.values()), default=0)


def _until(condition: Callable[[], bool]) -> None:
    """Let the window live until a condition holds."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to the state that was to be photographed")
        QTest.qWait(20)
