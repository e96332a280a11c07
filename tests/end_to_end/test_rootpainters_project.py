"""A project that RootPainter made, from opening to exported masks, in the real window and with the real trainer's
process: no file of it changes but what its user changed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from painter_app.__main__ import main
from painter_app.app import make_application, make_window
from painter_app.settings import SettingsFile, UserFolders
from painter_app.window import MainWindow
from shared_folder.layout import SharedFolder
from tests.end_to_end.test_loop import SHAPE, write_easy_images

NAMES = tuple(f"{index}.png" for index in range(4))
DISC, GROUND = ((255, 0, 0, 180), (0, 255, 0, 180))
Files = dict[str, bytes]


@pytest.fixture
def sync(tmp_path: Path) -> Path:
    """Its shared folder: two of four images annotated, a model that it began with, masks of that."""
    write_easy_images(tmp_path, len(NAMES))
    sync = tmp_path / "sync"
    project = sync / "projects" / "discs"
    for folder in ("annotations/train", "annotations/val", "segmentations", "models", "messages", "logs"):
        (project / folder).mkdir(parents=True)
    for folder in ("instructions", "executed_instructions", "failed_instructions"):
        (sync / folder).mkdir()
    (sync / "datasets").mkdir()
    (tmp_path / "images").rename(sync / "datasets" / "photos")
    for name, folder in ((NAMES[0], "val"), (NAMES[1], "train")):
        mask = np.asarray(Image.open(tmp_path / "masks" / name)).astype(bool)
        mask[:40, 160:] = False  # the faint one is known to nobody
        pixels = np.zeros((*SHAPE, 4), np.uint8)
        pixels[mask], pixels[~mask] = DISC, GROUND
        pixels[:40, 160:] = 0
        Image.fromarray(pixels).save(project / "annotations" / folder / name)
        Image.fromarray(np.zeros((*SHAPE, 4), np.uint8)).save(project / "segmentations" / name)
    (project / "logs" / "client.csv").write_text("2024-05-02 10:00:00.0,1714636800.0,update_file_end,fname:0.png\n")
    facts = {
        "name": "discs",
        "dataset": "photos",
        "original_model_file": "random weights",
        "location": "projects/discs",
        "file_names": list(NAMES),
        "image_index": 1,
    }
    (project / "discs.seg_proj").write_text(json.dumps(facts))
    return sync


def files_of(sync: Path) -> Files:
    """All but ours."""
    paths = (path for path in sync.rglob("*") if path.is_file())
    inside = ((path.relative_to(sync), path) for path in paths)
    return {place.as_posix(): path.read_bytes() for place, path in inside if "brushloop" not in place.parts}


def stroke(window: MainWindow, row: int) -> None:
    canvas = window.page.canvas
    start, end = (canvas.widget_from_image(row, column).toPoint() for column in (150, 190))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)


def test_it_goes_through_open_annotate_train_segment_and_export(qtbot: QtBot, sync: Path, tmp_path: Path) -> None:
    before = files_of(sync)
    make_application()
    folders = UserFolders(tmp_path / "config", tmp_path / "state", tmp_path / "home")
    window = make_window(SettingsFile(folders.settings), folders, native=False, starts_trainers=True)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.open_path(SharedFolder(sync).project("discs").file)
    qtbot.waitUntil(lambda: window.session.painting is not None, timeout=20_000)
    assert window.session.image_name == NAMES[2]
    qtbot.waitUntil(lambda: window.session.mask.shown is not None, timeout=240_000)  # learned from what lay there
    found = window.session.mask.shown.labels.to_array() == 2
    truth = np.asarray(Image.open(tmp_path / "masks" / NAMES[2])).astype(bool)
    assert (found & truth).sum() > 0.3 * truth.sum()
    stroke(window, 20)
    window.actions_by_name["save_and_next"].trigger()
    qtbot.waitUntil(lambda: window.session.image_name == NAMES[3] and window.session.painting is not None)
    qtbot.waitUntil(lambda: window.session.mask.shown is not None, timeout=60_000)
    window.close()
    qtbot.waitUntil(lambda: not window.trainer.running, timeout=60_000)
    assert main(["export", str(sync / "projects" / "discs"), "--to", str(tmp_path / "exported")]) == 0
    assert {path.name for path in (tmp_path / "exported").iterdir()} == {*NAMES}
    after = files_of(sync)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    inside = "projects/discs/"
    assert changed == {
        f"{inside}annotations/train/{NAMES[2]}",
        f"{inside}logs/client.csv",
        *(f"{inside}segmentations/{name}" for name in NAMES[2:]),
    }
    assert after[f"{inside}logs/client.csv"].startswith(before[f"{inside}logs/client.csv"])
