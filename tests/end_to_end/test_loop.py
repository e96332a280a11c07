"""The whole loop, small: the real window offscreen and the real trainer's process, until its mask is corrected."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QTimer

from painter_app.app import make_application
from painter_app.demo import script
from painter_app.demo.command import prepare_folder, run
from painter_app.demo.script import Plan
from painter_app.window import MainWindow
from shared_folder.annotation_files import annotation_path, read_annotation
from shared_folder.labelled import read_lesson
from shared_folder.layout import SharedFolder
from shared_folder.project import open_project
from shared_folder.publish import read_documents
from shared_folder.segmentation import read_segmentation
from shared_folder.status import TrainerStatus

SHAPE = (160, 200)
FAST = Plan(annotating=0.0, learning=0.0, between=1.0, last_masks=60.0)


def write_easy_images(folder: Path, count: int) -> None:
    """Bright discs on dark ground, and where they are; one of each image's is too faint for a model to find."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for name in ("images", "masks"):
        (folder / name).mkdir()
    for index in range(count):
        mask = np.zeros(SHAPE, np.uint8)
        for row, column in random.integers(25, 135, (4, 2)):
            mask[(rows - row) ** 2 + (columns - column) ** 2 < 15**2] = 1
        image = 50 + 130 * mask + random.normal(0, 12, SHAPE)
        mask[(rows - 20) ** 2 + (columns - 180) ** 2 < 12**2] = 1  # so that there is something to correct
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / "images" / f"{index}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{index}.png")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a short demonstration on four images leaves."""
    there = tmp_path_factory.mktemp("loop")
    write_easy_images(there, 4)
    to = prepare_folder(there / "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script, "_FIRST_MASK_SECONDS", 240.0)  # a busy machine takes its time
        code = run(read_lesson(there / "images", there / "masks"), to, FAST)
    assert code in (0, 1), "it was stopped"
    return to


def test_strokes_of_the_mouse_become_annotations_that_say_the_truth(folder: Path) -> None:
    project = open_project(folder / "shared" / "projects" / "demonstration")
    for name in project.images[:3]:
        path = annotation_path(project, name)
        assert path is not None, name
        labels = read_annotation(path, SHAPE).labels.to_array()
        mask = np.asarray(Image.open(folder.parent / "masks" / name)) + 1
        assert (labels > 0).sum() > 100
        assert (labels == mask)[labels > 0].mean() > 0.95


def test_a_trained_mask_arrived_on_the_canvas_and_was_corrected(folder: Path) -> None:
    images = json.loads((folder / "report.json").read_text())["dice_by_image"]
    assert [image["kind"] for image in images] == ["examples", "examples", "corrections"]
    assert re.match(r"00000[1-9]_", images[2]["model"])
    assert images[2]["mask_seconds"] >= 0
    project = open_project(folder / "shared" / "projects" / "demonstration")
    shown = read_segmentation(project.shown_path(images[2]["image"]), SHAPE)
    assert shown.model == images[2]["model"]


def test_everything_promised_is_there(folder: Path) -> None:
    facts = json.loads((folder / "report.json").read_text())
    assert facts["images"] == 3
    assert facts["exported"] == 4
    assert len(list((folder / "masks").iterdir())) == 4
    assert {path.stem for path in (folder / "screenshots").iterdir()} >= {"1_examples", "2_first_mask", "4_end"}
    assert (folder / "learning_curve.png").is_file()


def test_no_trainer_is_left_behind(folder: Path) -> None:
    statuses, refusals = read_documents(SharedFolder(folder / "shared").trainers, TrainerStatus)
    assert not refusals
    assert [status.ended for status in statuses.values()] == [True]


def test_closing_the_window_ends_it_and_its_trainer(tmp_path: Path) -> None:
    write_easy_images(tmp_path, 4)
    to = prepare_folder(tmp_path / "demo")
    application = make_application()
    trainers = []

    def close_once_the_trainer_runs() -> None:
        for window in application.topLevelWidgets():
            if isinstance(window, MainWindow) and window.trainer.running:
                trainers.append(window.trainer)
                window.close()

    timer = QTimer()
    timer.timeout.connect(close_once_the_trainer_runs)
    timer.start(50)
    assert run(read_lesson(tmp_path / "images", tmp_path / "masks"), to, FAST) != 0
    timer.stop()
    assert "The window was closed." in (to / "report.md").read_text()
    assert [trainer.running for trainer in trainers] == [False]
