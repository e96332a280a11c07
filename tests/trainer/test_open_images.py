from pathlib import Path

import numpy as np
import pytest

from shared_folder.rectangle import Rectangle
from tests.trainer.small_folder import SHAPE, write_image
from trainer.open_images import OpenImages, Unreadable

SIZE = SHAPE[0] * SHAPE[1] * 3


def some_images(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{index}.png" for index in range(count)]
    for index, path in enumerate(paths):
        write_image(path, index)
    return paths


def test_an_image_is_opened_once(tmp_path: Path) -> None:
    (path,) = some_images(tmp_path, 1)
    images = OpenImages()
    assert images.open(path) is images.open(path)


def test_a_changed_file_is_opened_again(tmp_path: Path) -> None:
    (path,) = some_images(tmp_path, 1)
    images = OpenImages()
    before = images.open(path)
    path.unlink()
    write_image(path, 5)
    assert images.open(path) is not before


def test_the_least_recently_used_go_when_memory_is_short(tmp_path: Path) -> None:
    first, second, third = some_images(tmp_path, 3)
    images = OpenImages(limit=2 * SIZE)
    kept = images.open(first)
    gone = images.open(second)
    assert images.open(first) is kept
    images.open(third)
    assert images.open(first) is kept
    assert images.open(second) is not gone


def test_one_image_larger_than_the_limit_is_kept_while_it_is_used(tmp_path: Path) -> None:
    (path,) = some_images(tmp_path, 1)
    images = OpenImages(limit=1)
    assert images.open(path) is images.open(path)


def test_an_unreadable_file_is_not_read_again_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no image")
    images = OpenImages()
    with pytest.raises(Unreadable, match=r"broken\.png"):
        images.open(path)
    assert images.is_refused(path)
    assert len(images.refusals) == 1
    with monkeypatch.context() as patched:
        patched.setattr("trainer.open_images.open_image", None)
        with pytest.raises(Unreadable, match=r"broken\.png"):
            images.open(path)
    path.unlink()
    write_image(path, 0)
    assert not images.is_refused(path)
    assert images.open(path).shape == (*SHAPE, 3)
    assert images.refusals == []


def test_a_missing_file_is_refused_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "late.png"
    images = OpenImages()
    with pytest.raises(Unreadable):
        images.open(path)
    write_image(path, 0)
    images.open(path)


def test_pixels_come_from_the_image_and_another_size_is_refused(tmp_path: Path) -> None:
    (path,) = some_images(tmp_path, 1)
    images = OpenImages()
    part = Rectangle(10, 20, 30, 50)
    assert np.array_equal(images.learned(path, (), SHAPE, part), images.open(path).learned(part))
    with pytest.raises(Unreadable, match="another size"):
        images.learned(path, (), (10, 10), part)


def test_forgetting_frees_pixels_but_remembers_refusals(tmp_path: Path) -> None:
    (path,) = some_images(tmp_path, 1)
    images = OpenImages()
    before = images.open(path)
    images.refuse(tmp_path / "other.png", "other.png: is broken.")
    images.forget()
    assert images.open(path) is not before
    assert images.refusals == ["other.png: is broken."]
