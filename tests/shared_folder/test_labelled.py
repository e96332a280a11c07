"""A labelled folder becomes a lesson and a project: what is left out, split, cut, and in which order."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.images import open_image
from shared_folder.labelled import make_labelled_project, read_lesson
from shared_folder.layout import SharedFolder
from shared_folder.refused import Refused


def write_pair(folder: Path, stem: str, labels: np.ndarray) -> None:
    """An image whose grey is ten times the label, and its mask."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    Image.fromarray((labels * 10).astype(np.uint8)).save(folder / "images" / f"{stem}.png")
    Image.fromarray(labels).save(folder / "masks" / f"{stem}.png")


def labels_with(class_value: int, shape: tuple[int, int] = (60, 80)) -> np.ndarray:
    labels = np.zeros(shape, np.uint8)
    labels[10:20, 10:40] = class_value
    return labels


def fill(folder: Path, count: int, class_value: int = 1) -> None:
    for index in range(count):
        write_pair(folder, f"leaf_{index}", labels_with(class_value))


def lesson_of(folder: Path):
    index = folder / "index.csv"
    return read_lesson(folder / "images", folder / "masks", groups=index if index.is_file() else None)


def test_a_third_is_held_out_and_comes_last_in_the_project(tmp_path: Path) -> None:
    fill(tmp_path, 9)
    lesson = lesson_of(tmp_path)
    assert (len(lesson.annotated), len(lesson.held_out)) == (6, 3)
    demo = make_labelled_project(SharedFolder(tmp_path / "shared"), "demo", lesson)
    assert demo.project.images == (*demo.annotated, *demo.held_out)
    assert len(set(demo.project.images)) == 9
    assert np.array_equal(demo.truth[demo.annotated[0]], labels_with(1) + 1)


@pytest.mark.parametrize(("value", "classes"), [(255, 1), (1, 1), (2, 2)])
def test_a_masks_value_is_its_class_and_255_alone_is_one(tmp_path: Path, value: int, classes: int) -> None:
    fill(tmp_path, 4, value)
    lesson = lesson_of(tmp_path)
    assert len(lesson.classes) == classes
    assert set(np.unique(lesson.annotated[0].truth)) == {1, classes + 1}


def test_images_without_a_usable_mask_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    fill(tmp_path, 7)
    (tmp_path / "masks" / "leaf_0.png").unlink()
    Image.fromarray(labels_with(1)[:-1]).save(tmp_path / "masks" / "leaf_1.png")
    Image.fromarray(np.zeros((60, 80, 3), np.uint8)).save(tmp_path / "masks" / "leaf_2.png")
    lesson = lesson_of(tmp_path)
    assert len(lesson.annotated) + len(lesson.held_out) == 4
    assert [sentence.split(":")[0] for sentence in lesson.left_out] == ["leaf_0.png", "leaf_1.png", "leaf_2.png"]


def test_groups_are_never_split(tmp_path: Path) -> None:
    fill(tmp_path, 9)
    rows = [f"leaf_{index},plant {index // 3}" for index in range(9)]
    (tmp_path / "index.csv").write_text("\n".join(["stem,group", *rows]))
    lesson = lesson_of(tmp_path)
    plants = [{int(image.path.stem[-1]) // 3 for image in part} for part in (lesson.annotated, lesson.held_out)]
    assert plants[0].isdisjoint(plants[1])
    assert len(plants[1]) == 1


def test_of_a_single_group_the_end_is_held_out(tmp_path: Path) -> None:
    fill(tmp_path, 6)
    rows = [f"leaf_{index},one stack" for index in range(6)]
    (tmp_path / "index.csv").write_text("\n".join(["stem,group", *rows]))
    assert {image.path.stem for image in lesson_of(tmp_path).held_out} == {"leaf_4", "leaf_5"}


def test_large_images_give_one_tile_each_with_its_source_recorded(tmp_path: Path) -> None:
    for index in range(4):
        write_pair(tmp_path, f"wide_{index}", labels_with(1, (1300, 1500)))
    demo = make_labelled_project(SharedFolder(tmp_path / "shared"), "demo", lesson_of(tmp_path))
    name = demo.annotated[0]
    source = demo.project.sources[name]
    assert source.rectangle is not None
    assert demo.project.settings.split == "source"
    tile = open_image(demo.project.image_path(name))
    top, left, bottom, right = source.rectangle
    assert tile.shape[:2] == demo.truth[name].shape == (bottom - top, right - left) == (650, 750)


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no such folder"):
        lesson_of(tmp_path / "nowhere")
    fill(tmp_path / "few", 3)
    with pytest.raises(Refused, match="3 of its images can be used"):
        lesson_of(tmp_path / "few")
    fill(tmp_path / "empty", 5, class_value=0)
    with pytest.raises(Refused, match="nothing but background"):
        lesson_of(tmp_path / "empty")
