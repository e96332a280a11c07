"""Coarser levels lose nothing thin, and change only where the labels did."""

import numpy as np
import pytest

from painter_app.canvas.pyramid import Difference, from_level, level_shape, outline, rank, ranks, to_level
from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole


def test_ranks_order_what_is_most_telling() -> None:
    order = np.array([UNKNOWN, CANT_TELL, BACKGROUND, FOREGROUND, 3, 254], np.uint8)
    assert (np.diff(rank(order).astype(int)) > 0).all()
    assert len(set(rank(np.arange(256).astype(np.uint8)).tolist())) == 256


@pytest.mark.parametrize("level", [0, 1, 3, 5])
def test_a_levels_pixel_shows_the_highest_rank_of_its_block(level: int) -> None:
    shape = (203, 310)
    array = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    array[array < 250] = UNKNOWN
    size = 1 << level
    expected = [
        [rank(array[top : top + size, left : left + size]).max() for left in range(0, shape[1], size)]
        for top in range(0, shape[0], size)
    ]
    found = ranks(Labels.from_array(array), level, whole(level_shape(shape, level)))
    np.testing.assert_array_equal(found, expected)


def test_a_root_one_pixel_wide_is_seen_at_every_level() -> None:
    array = np.full((1000, 1000), BACKGROUND, np.uint8)
    array[:, 501] = FOREGROUND
    for level in range(6):
        found = ranks(Labels.from_array(array), level, whole(level_shape(array.shape, level)))
        assert (found[:, 501 >> level] == FOREGROUND + 1).all()


def test_rectangles_go_to_a_level_and_back_grown_to_its_pixels() -> None:
    assert to_level(Rectangle(7, 8, 9, 17), 3) == Rectangle(0, 1, 2, 3)
    assert from_level(Rectangle(0, 1, 2, 3), 3) == Rectangle(0, 8, 16, 24)
    assert level_shape((17, 16), 3) == (3, 2)


def test_an_outline_is_the_outermost_pixels_of_each_region() -> None:
    array = np.full((40, 40), BACKGROUND, np.uint8)
    array[10:20, 10:20] = FOREGROUND
    found = outline(Labels.from_array(array), 0, whole(array.shape)) == FOREGROUND + 1
    assert found[10:20, 10:20].sum() == 36
    assert found.sum() == 36


def test_an_outline_made_in_parts_equals_one_made_whole() -> None:
    array = (np.random.default_rng(5).random((90, 70)) < 0.7).astype(np.uint8) + 1
    labels = Labels.from_array(array)
    in_one = outline(labels, 1, Rectangle(0, 0, 45, 35))
    halves = [outline(labels, 1, Rectangle(0, 0, 20, 35)), outline(labels, 1, Rectangle(20, 0, 45, 35))]
    np.testing.assert_array_equal(np.vstack(halves), in_one)


def test_a_difference_shows_only_what_changed() -> None:
    old, new = Labels((300, 300)), Labels((300, 300))
    new.write(Rectangle(10, 10, 12, 12), FOREGROUND)
    changes = Difference(old, new)
    assert int((changes.read(whole(changes.shape)) != UNKNOWN).sum()) == 4
    assert changes.blank(Rectangle(260, 260, 300, 300))
    assert not changes.blank(Rectangle(0, 0, 300, 300))
