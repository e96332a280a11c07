"""A class that is added in the window while its project is open: painted, saved, and known to the next model."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from painter_app.app import make_application
from painter_app.dialogs.classes import ClassesDialog
from painter_app.settings import UserFolders
from shared_folder.annotation_files import annotation_path, read_annotation
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import latest_model, read_model_facts
from tests.painter_app.conftest import Studio
from tests.trainer.small_folder import SHAPE, Clock, make_project, small_service, teach


def classes_of_newest_model(models: Path) -> list[str]:
    newest = latest_model(models)
    return [known.name for known in read_model_facts(newest).classes] if newest is not None else []


@pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen
def test_a_class_added_in_the_window_is_in_the_next_model(
    qtbot: QtBot, shared: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.learning.LEAST_BATCHES", 4)
    monkeypatch.setattr("trainer.learning.FIRST_VALIDATION_SECONDS", 0.8)
    make_application()
    project = make_project(shared)
    teach(project)
    studio = Studio(qtbot, project, UserFolders(tmp_path / "config", tmp_path / "state", tmp_path / "home"))
    window = studio.open(project.images[3])
    service = small_service(shared, Clock())

    def told_apart(names: list[str]) -> bool:
        service.advance()
        return classes_of_newest_model(project.folder.models) == names

    studio.until(lambda: told_apart(["foreground"]))
    studio.do(window, "classes")
    studio.until(lambda: window.findChild(ClassesDialog) is not None)
    dialog = window.findChild(ClassesDialog)
    add = next(button for button in dialog.findChildren(QPushButton) if "Add" in button.text())
    QTest.mouseClick(add, Qt.MouseButton.LeftButton)
    QTest.keyClicks(dialog.focusWidget(), "stone")
    save = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    studio.until(lambda: window.findChild(ClassesDialog) is None)
    window.activateWindow()
    studio.until(window.isActiveWindow)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    studio.paint(window, (20, 20), (20, 60))
    studio.do(window, "save_and_next")
    studio.until(lambda: annotation_path(project, project.images[3]) is not None)
    path = annotation_path(project, project.images[3])
    assert path is not None
    assert read_annotation(path, SHAPE).labels.counts().keys() == {3}
    studio.until(lambda: told_apart(["foreground", "stone"]))
    known = service._learnings[project.location]._taking_up.train
    assert any(3 in image.places for image in known)
    service.close()
    window.close()
