"""Tools for folders, by their commands: what RootPainter's menus do, from any folder."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.__main__ import main
from painter_app.tools.mask_reading import foreground_of
from shared_folder.classes import new_classes
from shared_folder.label_files import encode_palette
from shared_folder.labels import Labels
from shared_folder.mask_files import MaskFormat, write_mask

SHAPE = (60, 80)


def found() -> np.ndarray:
    """(H, W): a square of 10, a line of 31 x 3 pixels, and two pixels that touch at a corner."""
    mask = np.zeros(SHAPE, bool)
    mask[5:15, 5:15] = True
    mask[40:43, 20:51] = True
    mask[20, 60] = mask[21, 61] = True
    return mask


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """RootPainter's mask, and one that can't be read."""
    folder = tmp_path / "masks"
    folder.mkdir()
    pixels = np.zeros((*SHAPE, 4), np.uint8)
    pixels[found()] = (0, 255, 255, 178)
    Image.fromarray(pixels).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"half a file")
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, level in (("a.jpg", 100), ("b.png", 50)):
        Image.fromarray(np.full((*SHAPE, 3), level, np.uint8)).save(folder / name)
    return folder


def table(path: Path) -> list[list[str]]:
    with path.open() as file:
        return list(csv.reader(file))


def run(name: str, **options: object) -> int:
    return main([name, *(f"--{key}={value}" for key, value in options.items())])


def test_regions_have_rootpainters_columns(masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("regions", masks=masks, to=tmp_path / "r.csv") == 1
    assert "b.png" in capsys.readouterr().err
    head, *rows = table(tmp_path / "r.csv")
    assert head == ["file_name", "x", "y", "diameter", "area", "perimeter", "eccentricity"]
    square = next(row for row in rows if float(row[4]) == 100)
    assert [float(figure) for figure in square[1:4]] == pytest.approx([9.5, 9.5, 2 * (100 / np.pi) ** 0.5], abs=1e-3)
    assert float(square[5]) == 36
    assert float(square[6]) == 0
    assert len(rows) == 3
    assert run("regions", masks=masks, smallest=10, to=tmp_path / "large.csv") == 1
    assert len(table(tmp_path / "large.csv")) == 3


def test_count_and_length(masks: Path, tmp_path: Path) -> None:
    run("count", masks=masks, to=tmp_path / "c.csv")
    assert table(tmp_path / "c.csv") == [["file_name", "count"], ["a.png", "3"]]
    (masks / "a.png").unlink()
    line = np.zeros(SHAPE, np.uint8)
    line[30, 10:60] = 255
    Image.fromarray(line).save(masks / "line.png")
    run("length", masks=masks, to=tmp_path / "l.csv")
    assert table(tmp_path / "l.csv") == [["file_name", "length_pixels"], ["line.png", "50"]]


def test_nothing_is_written_over(masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.csv").write_text("kept")
    assert run("count", masks=masks, to=tmp_path / "c.csv") == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "c.csv").read_text() == "kept"
    assert run("rhizovision", masks=masks, to=masks) == 1
    assert "is read from" in capsys.readouterr().err


@pytest.mark.parametrize("mask_format", [MaskFormat.MASK, MaskFormat.NPZ, MaskFormat.LABELS])
def test_all_that_is_exported_is_read(tmp_path: Path, mask_format: MaskFormat) -> None:
    path = tmp_path / ("a.npz" if mask_format is MaskFormat.NPZ else "a.png")
    write_mask(path, np.where(found(), np.uint8(2), np.uint8(1)), mask_format, new_classes(["root"]))
    assert np.array_equal(foreground_of(path), found())


def test_converted_for_rhizovision_and_to_annotations(masks: Path, tmp_path: Path) -> None:
    (masks / "b.png").unlink()
    assert run("rhizovision", masks=masks, to=tmp_path / "rhizo") == 0
    with Image.open(tmp_path / "rhizo" / "a.png") as mask:
        assert mask.mode == "L"
        assert np.array_equal(np.asarray(mask) == 0, found())
    assert run("to-annotations", masks=masks, to=tmp_path / "annotations") == 0
    with Image.open(tmp_path / "annotations" / "a.png") as mask:
        pixels = np.asarray(mask)
    assert (pixels[found()] == (255, 0, 0, 180)).all()
    assert (pixels[~found()] == (0, 255, 0, 180)).all()


def test_corrections_are_laid_over_masks(masks: Path, tmp_path: Path) -> None:
    (masks / "b.png").unlink()
    painted = np.zeros((*SHAPE, 4), np.uint8)
    painted[5:15, 5:15] = (0, 255, 0, 180)
    painted[50:55, 70:75] = (255, 0, 0, 180)
    (tmp_path / "annotations" / "val").mkdir(parents=True)
    Image.fromarray(painted).save(tmp_path / "annotations" / "val" / "a.png")
    assert run("correct", masks=masks, annotations=tmp_path / "annotations", to=tmp_path / "corrected") == 0
    wanted = found()
    wanted[5:15, 5:15] = False
    wanted[50:55, 70:75] = True
    with Image.open(tmp_path / "corrected" / "a.png") as mask:
        assert np.array_equal(np.asarray(mask) == 255, wanted)


def test_corrections_keep_classes(tmp_path: Path) -> None:
    labels = np.ones(SHAPE, np.uint8)
    labels[:10], labels[10:20] = 2, 3
    (tmp_path / "masks").mkdir()
    content = encode_palette(Labels.from_array(labels), new_classes(["a", "b"]), '{"model": "m"}')
    (tmp_path / "masks" / "a.png").write_bytes(content)
    assert run("correct", masks=tmp_path / "masks", annotations=tmp_path / "none", to=tmp_path / "to") == 0
    with Image.open(tmp_path / "to" / "a.png") as mask:
        assert np.array_equal(np.asarray(mask), labels - 1)


def test_composites_and_blanked_images(
    masks: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("composites", images=images, masks=masks, to=tmp_path / "c") == 1
    assert "b.png" in capsys.readouterr().err
    with Image.open(tmp_path / "c" / "a.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (SHAPE[0], 2 * SHAPE[1], 3)
    assert tuple(pixels[10, 10]) == (100, 100, 100)
    assert pixels[10, SHAPE[1] + 10, 1] > 150
    for blank, kept in (("ground", found()), ("found", ~found())):
        run("mask-images", images=images, masks=masks, blank=blank, to=tmp_path / blank)
        with Image.open(tmp_path / blank / "a.png") as picture:
            assert np.array_equal(np.asarray(picture).max(axis=2) > 0, kept)


def test_split_and_resize(images: Path, tmp_path: Path) -> None:
    for number in range(8):
        Image.fromarray(np.zeros((*SHAPE, 3), np.uint8)).save(images / f"more_{number}.png")
    assert run("split", images=images, percent=70, to=tmp_path / "train", rest=tmp_path / "test") == 0
    first, rest = ({path.name for path in (tmp_path / name).iterdir()} for name in ("train", "test"))
    assert (len(first), len(rest)) == (7, 3)
    assert first | rest == {path.name for path in images.iterdir()}
    assert run("resize", images=images, percent=25, to=tmp_path / "small") == 0
    with Image.open(tmp_path / "small" / "a.png") as picture:
        assert picture.size == (20, 15)


def test_a_folder_without_any_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("count", masks=tmp_path, to=tmp_path / "c.csv") == 1
    assert "there are no masks in it" in capsys.readouterr().err
    assert run("split", images=tmp_path / "none", to=tmp_path / "a", rest=tmp_path / "b") == 1
    assert "there is no such folder" in capsys.readouterr().err
