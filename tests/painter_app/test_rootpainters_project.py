"""A project in RootPainter's layout in the real window: opened untouched, continued, shared with its own window."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtWidgets import QFileDialog, QMenu

from painter_app.settings import SettingsFile
from shared_folder.client_log import time_spent
from shared_folder.layout import SharedFolder
from shared_folder.project import open_project
from tests.painter_app.conftest import SHAPE, Studio

NAMES = tuple(f"plot_{number}.png" for number in range(1, 7))
LOG = "2024-05-02 10:00:00.000000,1714636800.0,update_file_end,fname:plot_1.png\n"
Seen = dict[str, tuple[bytes, int]]


def rgba(
    foreground: np.ndarray, background: np.ndarray, colours: tuple[tuple[int, ...], tuple[int, ...]]
) -> Image.Image:
    pixels = np.zeros((*SHAPE, 4), np.uint8)
    pixels[foreground], pixels[background] = colours
    return Image.fromarray(pixels)


def file_of(theirs: Studio, name: str) -> Path:
    """Its annotation, once it is saved."""
    folder = theirs.project.folder
    places = folder.train / name, folder.validation / name
    theirs.until(lambda: any(place.exists() for place in places))
    return next(place for place in places if place.exists())


def area(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    found = np.zeros(SHAPE, bool)
    found[top:bottom, left:right] = True
    return found


@pytest.fixture
def theirs(studio: Studio, shared: SharedFolder) -> Studio:
    """A project as its programs leave it: three images annotated, one of them in brush colours of her own."""
    root = shared.root / "projects" / "plots"
    for folder in ("annotations/train", "annotations/val", "segmentations", "models", "messages", "logs"):
        (root / folder).mkdir(parents=True)
    (shared.datasets / "field").mkdir()
    random = np.random.default_rng(3)
    for name in NAMES:
        Image.fromarray(random.integers(0, 255, (*SHAPE, 3), np.uint8)).save(shared.datasets / "field" / name)
    usual = ((255, 0, 0, 180), (0, 255, 0, 180))
    own = ((200, 90, 10, 180), (0, 128, 128, 180))  # red above 0 is foreground, else green above 0 background
    drawn = area(10, 10, 60, 60), area(100, 100, 150, 200)
    rgba(*drawn, usual).save(root / "annotations" / "val" / "plot_1.png")
    rgba(*drawn, own).save(root / "annotations" / "train" / "plot_2.png")
    rgba(*drawn, usual).save(root / "annotations" / "train" / "plot_3.png")
    for name in NAMES:
        rgba(area(5, 5, 50, 50), area(0, 0, 0, 0), ((0, 255, 255, 178), (0, 0, 0, 0))).save(
            root / "segmentations" / name
        )
    (root / "models" / "000001_1700000000.pkl").write_bytes(b"weights")
    (root / "logs" / "client.csv").write_text(LOG)
    facts = {
        "name": "plots",
        "dataset": "field",
        "original_model_file": "random weights",
        "location": "projects/plots",
        "file_names": list(NAMES),
        "image_index": 2,
        "something": "of its own",
    }
    (root / "plots.seg_proj").write_text(json.dumps(facts))
    return replace(studio, project=open_project(root))


def seen(shared: SharedFolder) -> Seen:
    """Every file of the shared folder but ours: content and time."""
    files = [path for path in shared.root.rglob("*") if path.is_file() and "brushloop" not in path.parts[-4:]]
    return {
        path.relative_to(shared.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in files
        if "brushloop" not in path.relative_to(shared.root).parts
    }


def test_it_opens_where_its_user_left_off_and_looking_changes_nothing(theirs: Studio, shared: SharedFolder) -> None:
    before = seen(shared)
    window = theirs.open()
    assert window.session.image_name == NAMES[3]  # after the last that is annotated
    theirs.until(lambda: window.session.mask.shown is not None)
    assert window.session.mask.shown.labels.to_array()[20, 20] == 2
    assert window.page.phase.text().startswith("Correcting")
    for name in NAMES[:3]:
        window.session.go_to(name)
        theirs.at(window, name)
        labels = window.session.painting.annotation.labels.to_array()
        assert (labels[30, 30], labels[120, 150], labels[5, 5]) == (2, 1, 0)
    theirs.do(window, "save_and_next")
    window.close()
    assert seen(shared) == before


def test_a_stroke_changes_its_annotation_and_continues_the_log(theirs: Studio, shared: SharedFolder) -> None:
    before = seen(shared)
    window = theirs.open(NAMES[1])
    theirs.paint(window, (170, 250), (170, 280))
    theirs.do(window, "save_and_next")
    theirs.at(window, NAMES[2])
    window.close()
    after = seen(shared)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"projects/plots/annotations/train/plot_2.png", "projects/plots/logs/client.csv"}
    with Image.open(theirs.project.folder.train / "plot_2.png") as saved:
        pixels = np.asarray(saved)
    assert saved.mode == "RGBA"
    assert tuple(pixels[170, 265]) == (255, 0, 0, 180)
    assert tuple(pixels[30, 30]) == (255, 0, 0, 180)
    assert tuple(pixels[120, 150]) == (0, 255, 0, 180)
    log = theirs.project.folder.client_log
    assert log.read_text().startswith(LOG)
    assert [row.split(",")[2] for row in log.read_text().splitlines()[1:]] == [
        "update_file_end", "mouse_press", "mouse_release", "save_annotation"
    ]  # fmt: skip
    assert time_spent(log)["plot_2"].clicks == 1


def test_both_windows_paint_one_image_and_no_stroke_is_lost(theirs: Studio) -> None:
    """Its window writes blindly, in place, what it has; ours merges and keeps the other copy."""
    window = theirs.open(NAMES[3])
    theirs.paint(window, (170, 20), (170, 80))
    theirs.do(window, "next")
    theirs.at(window, NAMES[4])
    path = file_of(theirs, "plot_4.png")
    window.session.go_to(NAMES[3])
    theirs.at(window, NAMES[3])
    theirs.paint(window, (20, 200), (20, 260))  # while this is unsaved, its window writes
    with path.open("r+b") as file:  # in place
        file.truncate(0)
        rgba(area(100, 10, 120, 40), area(0, 0, 0, 0), ((255, 0, 0, 180), (0, 255, 0, 180))).save(file, "PNG")
    theirs.do(window, "next")
    theirs.at(window, NAMES[4])
    theirs.until(lambda: bool(list(theirs.project.folder.conflicts.glob("*"))))
    window.close()
    with Image.open(path) as saved:
        red = np.asarray(saved)[..., 0] > 0
    assert red[110, 25]  # theirs
    assert red[20, 230]  # ours since


def test_its_window_writes_over_ours_and_ours_is_found_again(theirs: Studio) -> None:
    """Its window had read the image before ours painted, and saves its own last: our strokes are kept."""
    window = theirs.open(NAMES[4])
    theirs.paint(window, (170, 20), (170, 80))
    theirs.do(window, "next")
    theirs.at(window, NAMES[5])
    path = file_of(theirs, "plot_5.png")
    rgba(area(100, 10, 120, 40), area(0, 0, 0, 0), ((255, 0, 0, 180), (0, 255, 0, 180))).save(path)
    os.utime(path)
    window.session.go_to(NAMES[4])
    theirs.at(window, NAMES[4])
    theirs.until(lambda: bool(window.notices.text))
    said = window.notices.text
    assert "plot_5" in said or "strokes" in said


def test_a_dataset_that_moved_is_asked_for_once(
    theirs: Studio, shared: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shared.datasets / "field").rename(tmp_path / "elsewhere")
    before = seen(shared)
    window = theirs.open_without_image()
    theirs.until(lambda: "are not in" in window.notices.text)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    theirs.do(window, "image_root")
    theirs.until(lambda: window.session.painting is not None)
    window.close()
    again = theirs.open()
    theirs.qtbot.wait(50)
    assert again.session.painting is not None
    assert "are not in" not in again.notices.text
    again.close()
    assert seen(shared) == before


def test_several_shared_folders_are_remembered(studio: Studio, tmp_path: Path) -> None:
    window = studio.open()
    first, other = studio.project.shared.root, tmp_path / "other lab"
    other.mkdir()
    window.projects.use_folder(other)
    menu = next(each for each in window.welcome.findChildren(QMenu) if each.actions())
    assert menu.actions()[0].text() == str(first)
    menu.actions()[0].trigger()
    assert window.projects.shared_folder == first
    assert str(other) in window.settings.now.shared_folders
    window.close()
    kept = SettingsFile(studio.folders.settings).now
    assert (kept.shared_folder, kept.shared_folders[0]) == (str(first), str(other))
