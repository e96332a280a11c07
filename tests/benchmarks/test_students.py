"""Tasks are the same for both programs, and the peer goes on where it left off."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from shared_folder.label_files import decode_annotation
from shared_folder.refused import Refused
from tests.benchmarks.rootpainter_recipe import Recipe, Tile
from tests.benchmarks.students import Ours, Peer, Task, make_task

SMALLER = 124
"""A valid input of RootPainter's network, 572 - 28 x 16."""


def small_tile(recipe: Recipe) -> Tile:
    """One that a step takes a moment on."""
    image = recipe.numbers.random((SMALLER, SMALLER, 3), np.float32)
    foreground = image[36:-36, 36:-36, 0] > 0.5
    return Tile(image, foreground, ~foreground)


def labelled_folder(folder: Path, classes: int = 1, count: int = 6) -> Path:
    numbers = np.random.default_rng(0)
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        mask = np.zeros((90, 80), np.uint8)
        mask[20:40, 10:60] = classes
        mask[50 + number : 70] = 1
        image = numbers.integers(0, 60, (*mask.shape, 3), np.uint8) + 90 * mask[..., None]
        Image.fromarray(image).save(folder / "images" / f"{number}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{number}.png")
    return folder


def test_a_task_is_written_as_files_that_both_programs_read(tmp_path: Path) -> None:
    task = make_task(labelled_folder(tmp_path / "stripes"), 0, tmp_path)
    assert len(task.examples) + len(task.held_out) == 6
    for image, annotation in task.examples:
        labels, _ = decode_annotation(annotation.read_bytes(), annotation.name)
        with Image.open(image) as picture:
            assert (picture.height, picture.width) == labels.shape
        assert set(labels.counts()) >= {1, 2}
    assert task.dice(dict(task.held_out).__getitem__) == 1
    assert task.dice(lambda _image: np.ones((90, 80), np.uint8)) == 0
    again = make_task(tmp_path / "stripes", 0, tmp_path / "again")
    contents = [[annotation.read_bytes() for _, annotation in one.examples] for one in (task, again)]
    assert contents[0] == contents[1]


def test_several_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="one class"):
        make_task(labelled_folder(tmp_path / "stripes", classes=2), 0, tmp_path)


def test_the_peer_goes_on_where_it_left_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recipe, "tile", small_tile)
    task = Task("task", 0, tmp_path, (), ())
    first, second = Peer(task), Peer(task)
    first.advance()
    first.save(tmp_path / "state.safetensors")
    second.load(tmp_path / "state.safetensors")
    assert second.advance() == first.advance()
    weights = zip(first.network.parameters(), second.network.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


def test_ours_segments_a_held_out_image(tmp_path: Path) -> None:
    task = make_task(labelled_folder(tmp_path / "stripes"), 0, tmp_path)
    assert 0 <= task.dice(Ours(task).segment) <= 1
