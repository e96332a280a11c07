from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QMessageBox, QPushButton, QRadioButton

from painter_app.dialogs import new_project
from painter_app.dialogs.class_editor import MOST_CLASSES, ClassEditor
from painter_app.dialogs.new_project import NewProjectDialog
from painter_app.workers import Workers
from shared_folder.project import STARTER, list_projects, open_project
from shared_folder.refused import Refused


@pytest.fixture
def workers(qtbot) -> Workers:
    workers = Workers()
    yield workers
    assert workers.close(5)


@pytest.fixture
def dialog(qtbot, shared, workers) -> NewProjectDialog:
    dialog = NewProjectDialog(shared, workers)
    qtbot.addWidget(dialog)
    return dialog


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "soil"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.png", "b.png", "deep/c.png"):
        Image.fromarray(np.full((30, 40, 3), 99, np.uint8)).save(folder / name)
    return folder


def named(dialog: NewProjectDialog, kind: type, name: str):
    return next(found for found in dialog.findChildren(kind) if found.accessibleName() == name)


def create(dialog: NewProjectDialog) -> QPushButton:
    return next(found for found in dialog.findChildren(QPushButton) if "project" in found.text())


def says(dialog: NewProjectDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def look(qtbot, dialog: NewProjectDialog, folder: Path) -> None:
    dialog.choose_folder(folder)
    qtbot.waitUntil(create(dialog).isEnabled)


def test_a_folder_becomes_a_project(qtbot, dialog, shared, images):
    assert not create(dialog).isEnabled()
    look(qtbot, dialog, images)
    assert "3 images in 1 subfolder, about 40 × 30 pixels each." in says(dialog)
    named(dialog, QLineEdit, "Project name").setText("roots")
    with qtbot.waitSignal(dialog.made) as made:
        create(dialog).click()
    assert dialog.result() == 1
    project = open_project(made.args[0])
    assert project.name == "roots"
    assert len(project.images) == 3
    assert [known.name for known in project.classes] == ["root"]


@pytest.mark.parametrize(("row", "start_model"), [(None, STARTER), (0, STARTER), (1, "")])
def test_learning_starts_from_the_starter_weights_unless_from_scratch_is_chosen(
    qtbot, dialog, images, row, start_model
):
    look(qtbot, dialog, images)
    start = named(dialog, QComboBox, "Where learning starts")
    assert "starter weights" in start.currentText()
    if row is not None:
        start.setCurrentIndex(row)
        start.activated.emit(row)
    with qtbot.waitSignal(dialog.made) as made:
        create(dialog).click()
    assert open_project(made.args[0]).settings.start_model == start_model


def test_a_model_that_is_none_leaves_the_starter_weights(qtbot, dialog, images):
    look(qtbot, dialog, images)
    dialog._form.choose_model(images / "a.png")
    start = named(dialog, QComboBox, "Where learning starts")
    assert start.currentIndex() == 0
    assert "not a model file" in start.itemText(2)


def test_a_model_of_rootpainters_keeps_her_class(qtbot, dialog, images, tmp_path):
    model = tmp_path / "000042_1700000000.pkl"
    model.write_bytes(b"PK\x03\x04")
    look(qtbot, dialog, images)
    dialog._form.choose_model(model)
    assert named(dialog, QComboBox, "Where learning starts").currentText() == "from 000042_1700000000.pkl"
    with qtbot.waitSignal(dialog.made) as made:
        create(dialog).click()
    project = open_project(made.args[0])
    assert project.settings.start_model == "000000_start.pkl"
    assert [known.name for known in project.classes] == ["root"]


def test_large_images_are_proposed_as_tiles_in_the_shared_folder(qtbot, dialog, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    Image.new("L", (2250, 1500)).save(folder / "scan.png")
    look(qtbot, dialog, folder)
    assert named(dialog, QCheckBox, "Cut into tiles").isChecked()
    assert "About 6 tiles" in says(dialog)
    assert not named(dialog, QComboBox, "Where the images are kept").isEnabled()


def test_images_left_where_they_are_name_their_root_before_the_project_opens(qtbot, dialog, images):
    look(qtbot, dialog, images)
    named(dialog, QComboBox, "Where the images are kept").setCurrentIndex(2)
    named(dialog, QLineEdit, "Name of the images' folder").setText("lab")
    heard: list[tuple] = []
    dialog.image_root_named.connect(lambda *args: heard.append(args))
    dialog.made.connect(lambda *args: heard.append(args))
    create(dialog).click()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[0] == ("lab", images)
    assert open_project(heard[1][0]).settings.image_root == "lab"


def test_a_sample_is_taken(qtbot, dialog, images):
    look(qtbot, dialog, images)
    named(dialog, QRadioButton, "Take a random sample").setChecked(True)
    dialog._form._number.setValue(2)
    heard: list[tuple] = []
    dialog.taken_from.connect(lambda *args: heard.append(args))
    with qtbot.waitSignal(dialog.made) as made:
        create(dialog).click()
    assert len(open_project(made.args[0]).images) == 2
    assert heard == [(made.args[0], images)]  # before, so that a tile's picture is found at once


def test_a_refusal_is_shown_and_the_form_stays(qtbot, dialog, shared, images):
    look(qtbot, dialog, images)
    (shared.datasets / "soil").mkdir(parents=True)
    create(dialog).click()
    qtbot.waitUntil(lambda: "already" in says(dialog))
    assert create(dialog).isEnabled()
    dialog._form._classes.set_names(["root", "Root"])
    create(dialog).click()
    assert "same name" in says(dialog)


def test_an_empty_folder_is_refused(qtbot, dialog, tmp_path):
    (tmp_path / "empty").mkdir()
    dialog.choose_folder(tmp_path / "empty")
    qtbot.waitUntil(lambda: "no images" in says(dialog))
    assert not create(dialog).isEnabled()


def test_closing_while_it_works_leaves_nothing(qtbot, dialog, shared, images, monkeypatch, workers):
    real = new_project.make_project

    def stop_in_the_middle(plan, progress):
        def reject_at_first_copy(what: str, done: int, total: int) -> None:
            if what == "Copying":
                assert dialog._task._stopped.wait(5)
            progress(what, done, total)

        return real(plan, reject_at_first_copy)

    monkeypatch.setattr(new_project, "make_project", stop_in_the_middle)
    look(qtbot, dialog, images)
    create(dialog).click()
    dialog.reject()
    assert "Stopping" in says(dialog)
    qtbot.waitUntil(lambda: dialog._making is None)
    assert list_projects(shared) == []
    assert not any(path.is_file() for path in shared.root.rglob("*"))


def test_damaged_images_are_listed(qtbot, dialog, images, monkeypatch):
    (images / "broken.png").write_bytes(b"no image")
    look(qtbot, dialog, images)
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: shown.append(box.detailedText()))
    with qtbot.waitSignal(dialog.made):
        create(dialog).click()
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert "broken.png" in shown[0]


def test_classes_are_added_named_and_removed(qtbot):
    editor = ClassEditor(["root"])
    qtbot.addWidget(editor)
    add = next(found for found in editor.findChildren(QPushButton) if "Add" in found.text())
    while add.isEnabled():
        add.click()
    assert len(editor.names()) == MOST_CLASSES
    with pytest.raises(Refused, match="no name"):
        editor.classes()
    editor.set_names(["root", "stem", "leaf"])
    remove = [found for found in editor.findChildren(QPushButton) if found.accessibleName() == "Remove class 2"]
    remove[-1].click()
    assert [(known.id, known.name) for known in editor.classes()] == [(2, "root"), (3, "leaf")]
