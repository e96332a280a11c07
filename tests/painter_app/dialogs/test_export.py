from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton

from painter_app.dialogs import export
from painter_app.dialogs.export import ExportDialog
from painter_app.workers import Workers
from shared_folder.classes import FOREGROUND, new_classes
from shared_folder.desired import FolderJob
from shared_folder.labels import Labels
from shared_folder.project import Project, ProjectSettings, create_project
from shared_folder.publish import read_documents
from shared_folder.segmentation import Segmentation, write_segmentation


@pytest.fixture
def project(shared) -> Project:
    project = create_project(shared, "roots", "soil", ("a.png", "b.png", "c.png"))
    mask = Segmentation(Labels.from_array(np.full((4, 5), FOREGROUND, np.uint8)), "000001_t")
    write_segmentation(project.segmentation_path("a.png"), mask, project.classes)
    project.segmentation_path("b.png").write_bytes(b"damaged")
    return project


@pytest.fixture
def workers(qtbot) -> Workers:
    workers = Workers()
    yield workers
    assert workers.close(5)


@pytest.fixture
def dialog(qtbot, project, workers, tmp_path) -> ExportDialog:
    dialog = ExportDialog(project, tmp_path / "masks", workers)
    qtbot.addWidget(dialog)
    return dialog


def button(dialog: ExportDialog, text: str) -> QPushButton:
    return next(found for found in dialog.findChildren(QPushButton) if text in found.text())


def says(dialog: ExportDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def test_masks_are_written_and_what_is_missing_is_told(qtbot, dialog, tmp_path):
    button(dialog, "Export").click()
    qtbot.waitUntil(lambda: "1 mask exported. 1 image has no mask yet. 1 mask can't be used." in says(dialog))
    assert [path.name for path in (tmp_path / "masks").iterdir()] == ["a.png"]
    assert "b.png" in dialog.findChild(QPlainTextEdit).toPlainText()


def test_the_trainer_is_asked_for_what_is_missing(qtbot, dialog, project):
    button(dialog, "Export").click()
    qtbot.waitUntil(lambda: button(dialog, "Ask").text() == "&Ask the trainer for 1 mask")
    button(dialog, "Ask").click()
    qtbot.waitUntil(lambda: "nothing is more urgent" in says(dialog))
    jobs, _ = read_documents(project.shared.jobs, FolderJob)
    assert [job.images for job in jobs.values()] == [("c.png",)]
    assert not button(dialog, "Ask").isEnabled()


def test_each_format_says_what_it_is(dialog):
    box = dialog.findChild(QComboBox)
    meanings = set()
    for index in range(box.count()):
        box.setCurrentIndex(index)
        meanings.add(says(dialog))
    assert len(meanings) == box.count() == 4


def test_the_values_of_several_classes_are_named(qtbot, shared, workers, tmp_path):
    named = new_classes(["thick root", "fine root"])
    project = create_project(shared, "sorted", "soil", ("a.png",), ProjectSettings(classes=named))
    dialog = ExportDialog(project, tmp_path / "masks", workers)
    qtbot.addWidget(dialog)
    seen = []
    choice = dialog.findChild(QComboBox)
    for place in range(choice.count()):
        choice.setCurrentIndex(place)
        seen.append("1 thick root, 2 fine root" in says(dialog) or "2 thick root, 3 fine root" in says(dialog))
    assert seen == [True, False, True, True]  # RhizoVision's has all classes in one


def test_stopping_ends_the_export(qtbot, dialog, monkeypatch, tmp_path):
    real = export.export_masks

    def stop_in_the_middle(project, to, mask_format, predicted, progress):
        assert dialog._task._stopped.wait(5)
        return real(project, to, mask_format, predicted, progress)

    monkeypatch.setattr(export, "export_masks", stop_in_the_middle)
    button(dialog, "Export").click()
    button(dialog, "Stop").click()
    qtbot.waitUntil(lambda: "Stopped" in says(dialog))
    assert not (tmp_path / "masks").exists()
    assert dialog.result() == 0


def test_a_refusal_is_shown(qtbot, dialog, project):
    dialog._to.setText(str(project.folder.root))
    button(dialog, "Export").click()
    qtbot.waitUntil(lambda: "inside the project" in says(dialog))
    assert button(dialog, "Export").isEnabled()
    assert Path(dialog._to.text()) == project.folder.root
