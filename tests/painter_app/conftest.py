"""A studio: the real window on a small project, painted on with real events, and a trainer that is just the test."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PyQt6.QtCore import QLocale, QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from painter_app.app import make_application, make_window
from painter_app.language import ENGLISH
from painter_app.settings import SettingsFile, UserFolders
from painter_app.window import MainWindow
from shared_folder.annotation_files import annotation_path, read_annotation
from shared_folder.classes import new_classes
from shared_folder.desired import DesiredState
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id
from shared_folder.project import Project, ProjectSettings, create_project
from shared_folder.publish import read_document
from shared_folder.review import Reviews, ReviewState
from shared_folder.segmentation import Segmentation, write_segmentation

SHAPE = (200, 300)


@pytest.fixture(autouse=True, scope="session")
def _numbers_in_english() -> None:
    QLocale.setDefault(QLocale(ENGLISH))


@dataclass
class Studio:
    """What tests of the window share."""

    qtbot: QtBot
    project: Project
    folders: UserFolders
    windows: list[MainWindow] = field(default_factory=list)

    def open(self, image: str | None = None) -> MainWindow:
        """A window on the project, with an image on the screen (the first, or a named one)."""
        window = self.open_without_image()
        self.until(lambda: window.session.painting is not None)
        if image is not None and window.session.image_name != image:
            window.session.go_to(image)
            self.at(window, image)
        return window

    def open_without_image(self) -> MainWindow:
        """A window that is opening the project."""
        window = make_window(SettingsFile(self.folders.settings), self.folders, native=False, starts_trainers=False)
        self.windows.append(window)
        self.qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        window.open_path(self.project.folder.file)
        return window

    def at(self, window: MainWindow, image: str) -> None:
        """Wait until an image is on the screen."""
        self.until(lambda: window.session.painting is not None and window.session.painting.name == image)

    def paint(self, window: MainWindow, *points: tuple[float, float]) -> None:
        """One stroke with the left button through points given as row and column of the image."""
        canvas = window.page.canvas
        places = [canvas.widget_from_image(row, column).toPoint() for row, column in points]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(canvas, QPoint(place))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])

    def do(self, window: MainWindow, action: str) -> None:
        window.actions_by_name[action].trigger()

    def give_mask(self, image: str, labels: NDArray[np.uint8] | None = None, model: str = "000001_t") -> None:
        """Write a mask as a trainer does. labels: (H, W); a square of the first class when None."""
        if labels is None:
            labels = np.ones(SHAPE, np.uint8)
            labels[20:80, 20:80] = 2
        write_segmentation(
            self.project.segmentation_path(image),
            Segmentation(Labels.from_array(labels), model),
            self.project.classes,
        )

    def saved(self, image: str) -> NDArray[np.uint8] | None:
        """The annotation on the disk, or None."""
        path = annotation_path(self.project, image)
        return None if path is None else read_annotation(path, SHAPE).labels.to_array()

    def state(self, window: MainWindow, image: str) -> ReviewState:
        """The review state on the disk."""
        path = self.project.folder.review(window.settings.now.painter)
        return read_document(path, Reviews).state(image_id(image)) if path.exists() else ReviewState.UNSEEN

    def wish(self, window: MainWindow) -> DesiredState:
        """What the window has told the trainers."""
        path = self.project.shared.desired_state(window.settings.now.painter)
        return read_document(path, DesiredState) if path.exists() else DesiredState()

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    def after_a_crash(self, tmp_path: Path) -> "Studio":
        """The same project, and this machine's disk as a kill would leave it now: nothing saved, no goodbye."""
        left = UserFolders(tmp_path / "config_left", tmp_path / "state_left", self.folders.home)
        shutil.copytree(self.folders.state, left.state)
        shutil.copytree(self.folders.config, left.config)
        return Studio(self.qtbot, self.project, left, self.windows)


@pytest.fixture
def studio(qtbot: QtBot, shared: SharedFolder, tmp_path: Path) -> Iterator[Studio]:
    make_application()
    random = np.random.default_rng(1)
    names = tuple(f"plant_{number}.png" for number in range(1, 9))
    (shared.datasets / "plants").mkdir(parents=True)
    for name in names:
        pixels = random.integers(0, 255, (*SHAPE, 3), np.uint8)
        Image.fromarray(pixels).save(shared.datasets / "plants" / name)
    project = create_project(shared, "plants", "plants", names, ProjectSettings(classes=new_classes(["root"])))
    made = Studio(qtbot, project, UserFolders(tmp_path / "config", tmp_path / "state", tmp_path / "home"))
    yield made
    for window in made.windows:
        window.close()
