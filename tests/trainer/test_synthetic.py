"""The drawn images: exact, repeatable, and worth learning from."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import binary_dilation
from skimage.filters import threshold_otsu

from trainer.synthetic import Scene, cells, main, roots_in_soil, write_sample
from trainer.synthetic_shapes import Strand, draw_blob, draw_strand, fractal_noise

SAMPLE = Path(__file__).parents[2] / "assets" / "sample"
SMALL = (120, 160)


def dice(mask, truth):
    return 2 * (mask & truth).sum() / (mask.sum() + truth.sum())


def straight_strand(length, radius, row=50.0):
    columns = np.arange(20, 20 + length, 0.5, dtype=np.float32)
    return Strand(np.stack((np.full_like(columns, row), columns), -1), np.full(len(columns), radius, np.float32))


def sample_pairs():
    for path in sorted((SAMPLE / "images").iterdir()):
        yield (
            np.asarray(Image.open(path)),
            np.asarray(Image.open(SAMPLE / "masks" / f"{path.stem}.png")),
        )


@pytest.mark.parametrize("draw", [roots_in_soil, cells])
def test_an_image_and_its_mask_share_their_size_and_the_mask_holds_classes(draw):
    image, mask = draw(SMALL, np.random.default_rng(5))
    assert image.shape == (*SMALL, 3)
    assert mask.shape == SMALL
    assert image.dtype == mask.dtype == np.uint8
    assert set(np.unique(mask)) == {0, 1}


@pytest.mark.parametrize("draw", [roots_in_soil, cells])
def test_the_same_random_numbers_draw_the_same_picture(draw):
    first, again, other = (draw(SMALL, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert (first[0] != other[0]).any()


@pytest.mark.parametrize("radius", [1.0, 2.5, 6.0])
def test_a_strand_covers_its_length_times_its_width_and_two_round_ends(radius):
    drawn = draw_strand(straight_strand(60, radius), (100, 100))
    assert drawn is not None
    assert drawn.coverage.sum() == pytest.approx(59.5 * 2 * radius + np.pi * radius**2, rel=0.03)


def test_more_than_half_a_pixel_decides():
    """Pixels are centred on whole numbers: rows 47.25 to 52.75 hold all of rows 48 to 52, and a quarter of row 47."""
    drawn = draw_strand(straight_strand(60, 2.75), (100, 100))
    assert drawn is not None
    rows = np.arange(drawn.window[0].start, drawn.window[0].stop)
    middle = drawn.coverage[:, 50 - drawn.window[1].start]
    assert list(rows[middle > 0.5]) == [48, 49, 50, 51, 52]
    assert middle[rows == 47][0] == pytest.approx(0.25)


def test_what_lies_outside_the_image_is_not_drawn():
    assert draw_strand(straight_strand(60, 3, row=-20), (100, 100)) is None
    far = np.array((300, 300), np.float32)
    assert draw_blob(far, 5, (100, 100), np.random.default_rng(0), 0.1) is None


def test_noise_has_deviation_one_and_a_single_pixel_of_it_is_zero():
    assert fractal_noise(SMALL, np.random.default_rng(0), 2).std() == pytest.approx(1, rel=1e-3)
    assert fractal_noise((1, 1), np.random.default_rng(0), 2).tolist() == [[0]]


def test_what_covers_a_root_takes_it_out_of_the_truth():
    light = np.array((0, 0.6, 0.8), np.float32)
    scene = Scene(np.full((100, 100, 3), 0.3, np.float32), np.zeros((100, 100), np.float32), light)
    root, straw = (draw_strand(straight_strand(60, 4, row), (100, 100)) for row in (50, 54))
    assert root is not None
    assert straw is not None
    pale = np.full((1, 1, 3), 0.8, np.float32)
    scene.lay(root, pale, root.coverage, is_object=True)
    assert scene.truth[[48, 52], 50].tolist() == [1, 1]
    scene.lay(straw, pale, straw.coverage, is_object=False)
    assert scene.truth[[48, 52], 50].tolist() == [1, 0]


def test_write_sample_pairs_the_files_and_the_count_changes_no_image(tmp_path):
    write_sample(tmp_path / "one", count=1, seed=3, shape=SMALL)
    write_sample(tmp_path / "two", count=2, seed=3, shape=SMALL)
    names = [sorted(path.stem for path in (tmp_path / "two" / part).iterdir()) for part in ("images", "masks")]
    assert names == [["roots_01", "roots_02"]] * 2
    for file in ("images/roots_01.jpg", "masks/roots_01.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_command_line_draws_the_kind_that_is_asked_for(tmp_path):
    main(["--to", str(tmp_path), "--count", "1", "--seed", "4", "--kind", "cells"])
    assert {path.name for path in tmp_path.glob("*/*")} == {"cells_01.jpg", "cells_01.png"}
    with Image.open(tmp_path / "images" / "cells_01.jpg") as image:
        assert image.size == (600, 450)


@pytest.mark.parametrize("wrong", [["--count", "0"], ["--seed", "-1"], ["--kind", "clouds"]])
def test_the_command_line_refuses_what_it_cannot_draw(tmp_path, capsys, wrong):
    with pytest.raises(SystemExit) as stopped:
        main(["--to", str(tmp_path), *wrong])
    assert stopped.value.code == 2
    assert wrong[0] in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "python -m trainer.synthetic --to sample" in capsys.readouterr().out


def test_the_shipped_sample_is_two_dozen_pairs_under_three_megabytes():
    images, masks = sorted((SAMPLE / "images").iterdir()), sorted((SAMPLE / "masks").iterdir())
    assert [path.stem for path in images] == [path.stem for path in masks]
    assert len(images) == 24
    assert sum(path.stat().st_size for path in images + masks) < 3_000_000
    for image, mask in sample_pairs():
        assert image.shape == (*mask.shape, 3)
        assert set(np.unique(mask)) == {0, 1}


def test_the_shipped_sample_needs_learning():
    """Roots are no threshold away, and yet stand out from the soil beside them."""
    found, contrast = [], []
    for image, mask in sample_pairs():
        grey, root = image.mean(-1), mask == 1
        found.append(dice(grey > threshold_otsu(grey), root))
        beside = binary_dilation(root, iterations=6) & ~binary_dilation(root, iterations=2)
        contrast.append(grey[root].mean() - grey[beside].mean())
    assert np.mean(found) < 0.5
    assert np.median(contrast) > 20


def test_the_shipped_sample_is_what_this_generator_draws():
    shipped_image, shipped_mask = next(sample_pairs())
    image, mask = roots_in_soil(shipped_mask.shape, np.random.default_rng([2026, 1]))
    assert dice(mask == 1, shipped_mask == 1) > 0.999  # other processors may round another way
    assert np.abs(image.astype(int) - shipped_image).mean() < 5
