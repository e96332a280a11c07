"""More images for a project that is there: where they come, what is copied, and that nothing else changes."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.__main__ import main
from painter_app.datasets.extend import extend_project
from painter_app.datasets.make import Cancelled, NewProject, make_project
from painter_app.dialogs.folder_tool import FolderToolDialog
from shared_folder.classes import new_classes
from shared_folder.extending import Place
from shared_folder.layout import SharedFolder
from shared_folder.project import open_project
from shared_folder.refused import Refused
from tests.painter_app.conftest import SHAPE, Studio

OLD = ("a.png", "b.png", "c.png", "d.png")


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((*SHAPE, 3), np.uint8)).save(path)


def nothing(*_: object) -> None:
    """No progress is shown."""


@pytest.fixture
def theirs(shared: SharedFolder) -> Path:
    """RootPainter's project: b is annotated."""
    root = shared.root / "projects" / "plots"
    (root / "annotations" / "train").mkdir(parents=True)
    (root / "annotations" / "train" / "b.png").touch()
    for name in OLD:
        write(shared.datasets / "field" / name)
    facts = {"name": "plots", "dataset": "field", "file_names": list(OLD), "image_index": 1, "something": [1]}
    (root / "plots.seg_proj").write_text(json.dumps(facts))
    return root


@pytest.mark.parametrize("order", list(Place))
def test_what_was_put_into_the_dataset_comes_where_it_is_wanted(
    theirs: Path, shared: SharedFolder, order: str
) -> None:
    new = {f"new{number}.png" for number in range(12)}
    for name in new:
        write(shared.datasets / "field" / name)
    before = json.loads((theirs / "plots.seg_proj").read_text())
    command = ["extend", "--project", str(theirs), "--images", str(shared.datasets / "field"), "--order", order]
    assert main(command) == 0
    after = json.loads((theirs / "plots.seg_proj").read_text())
    names = after.pop("file_names")
    assert [name for name in names if name in OLD] == before.pop("file_names")
    assert set(names) == {*OLD, *new}
    assert after == before
    assert not (theirs / "brushloop").exists()
    spots = [index for index, name in enumerate(names) if name in new]
    if order == Place.NEXT:
        assert spots == list(range(2, 14))
    elif order == Place.LAST:
        assert spots == list(range(4, 16))
    else:
        assert spots[0] >= 2
        assert spots not in (list(range(2, 14)), list(range(4, 16)))
    assert main(command) == 1  # nothing new is left


def test_images_of_another_folder_are_copied_under_names_of_their_own(
    theirs: Path, shared: SharedFolder, tmp_path: Path
) -> None:
    write(tmp_path / "scans" / "a.png")
    write(tmp_path / "scans" / "deep" / "e.png")
    (tmp_path / "scans" / "half.png").write_bytes(b"\x89PN")
    made = extend_project(open_project(theirs), tmp_path / "scans", Place.LAST, nothing)
    new = made.project.images[4:]
    assert len(new) == 2
    assert len(made.damaged) == 1
    assert all((shared.datasets / "field" / name).is_file() for name in new)
    assert not set(new) & set(OLD)
    assert sorted(path.name for path in shared.datasets.iterdir()) == ["field"]


def test_one_that_is_stopped_leaves_nothing(theirs: Path, shared: SharedFolder, tmp_path: Path) -> None:
    write(tmp_path / "scans" / "e.png")
    before = (theirs / "plots.seg_proj").read_bytes()

    def stop(what: str, *_: object) -> None:
        if what == "Copying":
            raise Cancelled

    with pytest.raises(Cancelled):
        extend_project(open_project(theirs), tmp_path / "scans", Place.LAST, stop)
    assert (theirs / "plots.seg_proj").read_bytes() == before
    assert sorted(path.name for path in shared.datasets.rglob("*")) == [*OLD, "field"]


def test_images_that_stay_where_they_are_are_found_in_their_root(shared: SharedFolder, tmp_path: Path) -> None:
    write(tmp_path / "camera" / "one" / "a.png")
    plan = NewProject(shared, "p", tmp_path / "camera", new_classes(["root"]), image_root="camera")
    project = make_project(plan, nothing).project
    write(tmp_path / "camera" / "two" / "a.png")
    extended = extend_project(project, tmp_path / "camera", Place.LAST, nothing).project
    assert [extended.sources[name].path for name in extended.images] == ["one/a.png", "two/a.png"]
    assert extended.image_path(extended.images[1], {"camera": tmp_path / "camera"}).is_file()
    write(tmp_path / "elsewhere" / "b.png")
    with pytest.raises(Refused, match="image root"):
        extend_project(extended, tmp_path / "elsewhere", Place.LAST, nothing)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_in_the_window_the_list_is_longer_afterwards(studio: Studio) -> None:
    window = studio.open()
    before = len(studio.project.images)
    write(studio.project.dataset / "more.png")
    studio.do(window, "tool_for_extend")
    dialog = window.findChild(FolderToolDialog)
    dialog._run.click()
    studio.until(lambda: window.session.project is not None and len(window.session.project.images) == before + 1)
    dialog.reject()
