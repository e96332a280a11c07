"""Labels behave as one whole array would, and copies never see each other's changes."""

import numpy as np
import pytest

from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN
from shared_folder.labels import TILE, Labels
from shared_folder.rectangle import Rectangle, whole

SHAPE = (600, 700)  # three by three tiles, cut off at the far edges


def random_rectangle(numbers: np.random.Generator) -> Rectangle:
    top, left = numbers.integers(0, SHAPE[0]), numbers.integers(0, SHAPE[1])
    bottom, right = numbers.integers(top + 1, SHAPE[0] + 1), numbers.integers(left + 1, SHAPE[1] + 1)
    return Rectangle(int(top), int(left), int(bottom), int(right))


def test_random_writes_equal_those_on_a_whole_array() -> None:
    numbers = np.random.default_rng(1)
    labels, array = Labels(SHAPE), np.zeros(SHAPE, np.uint8)
    for step in range(120):
        place = random_rectangle(numbers)
        shape = (place.height, place.width)
        values = int(numbers.integers(0, 256)) if step % 2 else numbers.integers(0, 256, shape, np.uint8)
        where = None if step % 3 else numbers.random(shape) < 0.3
        labels.write(place, values, where)
        if where is None:
            array[place.slices] = values
        else:
            array[place.slices][where] = values if isinstance(values, int) else values[where]
        looked_at = random_rectangle(numbers)
        np.testing.assert_array_equal(labels.read(looked_at), array[looked_at.slices])
    np.testing.assert_array_equal(labels.to_array(), array)
    counts = np.bincount(array.ravel(), minlength=256)
    assert labels.counts() == {value: int(counts[value]) for value in range(1, 256) if counts[value]}
    assert labels == Labels.from_array(array)


def test_a_snapshot_and_its_origin_never_see_each_others_changes() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(0, 0, 10, 10), FOREGROUND)
    labels.write(whole(SHAPE), BACKGROUND, np.indices(SHAPE).sum(0) % 7 == 0)
    copy = labels.snapshot()
    before = copy.to_array()
    labels.write(Rectangle(5, 5, 300, 300), CANT_TELL)
    np.testing.assert_array_equal(copy.to_array(), before)
    after = labels.to_array()
    copy.write(Rectangle(5, 5, 6, 6), UNKNOWN)
    np.testing.assert_array_equal(labels.to_array(), after)


def test_two_snapshots_of_one_map_are_apart() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(0, 0, 10, 10), FOREGROUND)
    first, second = labels.snapshot(), labels.snapshot()
    first.write(Rectangle(0, 0, 1, 1), BACKGROUND)
    assert second.read(Rectangle(0, 0, 1, 1))[0, 0] == FOREGROUND
    assert labels.read(Rectangle(0, 0, 1, 1))[0, 0] == FOREGROUND


def test_what_is_read_and_what_was_written_are_copies() -> None:
    array = np.full((TILE, TILE), BACKGROUND, np.uint8)
    labels = Labels.from_array(array)
    array[:] = CANT_TELL
    labels.read(whole(labels.shape))[:] = FOREGROUND
    assert labels.counts() == {BACKGROUND: TILE * TILE}


def test_one_label_on_a_huge_image_takes_next_to_no_memory() -> None:
    labels = Labels((40_000, 40_000))
    labels.write(whole(labels.shape), BACKGROUND)
    assert all(tile.strides == (0, 0) for _, tile in labels.tiles())
    labels.write(Rectangle(0, 0, 1, 1), FOREGROUND)  # and can be painted on
    assert labels.read(Rectangle(0, 0, 2, 2)).tolist() == [[FOREGROUND, BACKGROUND], [BACKGROUND, BACKGROUND]]


def test_a_tile_of_one_label_takes_no_memory_of_its_own() -> None:
    array = np.full((4 * TILE, 4 * TILE), BACKGROUND, np.uint8)
    array[:TILE, :TILE] = UNKNOWN
    array[0:3, 700] = FOREGROUND
    labels = Labels.from_array(array)
    np.testing.assert_array_equal(labels.to_array(), array)
    assert sum(tile.strides != (0, 0) for _, tile in labels.tiles()) == 1
    assert len(list(labels.tiles())) == 15  # all unknown is absent


def test_erasing_where_nothing_is_makes_no_tiles() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(10, 10, 400, 400), UNKNOWN)
    labels.write(Rectangle(10, 10, 11, 11), UNKNOWN, np.ones((1, 1), bool))
    assert not list(labels.tiles())
    assert labels.blank(whole(SHAPE))


def test_a_tile_whose_last_label_is_erased_is_gone() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(10, 10, 20, 20), FOREGROUND)
    before = labels.snapshot()
    labels.write(Rectangle(10, 10, 20, 19), UNKNOWN)
    assert not labels.blank(whole(SHAPE))
    labels.write(Rectangle(5, 15, 25, 25), UNKNOWN, np.ones((20, 10), bool))
    assert labels.blank(whole(SHAPE))
    assert before.counts() == {FOREGROUND: 100}


def test_blank_is_told_by_tile() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(300, 300, 301, 301), FOREGROUND)
    assert not labels.blank(Rectangle(300, 300, 301, 301))
    assert labels.blank(Rectangle(0, 0, TILE, SHAPE[1]))
    assert not labels.blank(whole(SHAPE))


def test_equal_maps_may_be_stored_differently() -> None:
    written, untouched = Labels(SHAPE), Labels(SHAPE)
    written.write(Rectangle(0, 0, 1, 1), FOREGROUND)
    assert written != untouched
    written.write(Rectangle(0, 0, 1, 1), UNKNOWN)
    assert written == untouched
    assert untouched != Labels((600, 701))
    assert untouched != "labels"


@pytest.mark.parametrize(
    "outside", [Rectangle(-1, 0, 5, 5), Rectangle(0, 0, 601, 5), Rectangle(0, 690, 5, 701), Rectangle(700, 0, 701, 1)]
)
def test_a_rectangle_outside_the_image_is_an_error(outside: Rectangle) -> None:
    labels = Labels(SHAPE)
    with pytest.raises(ValueError, match="not inside"):
        labels.read(outside)
    with pytest.raises(ValueError, match="not inside"):
        labels.write(outside, FOREGROUND)


def test_tiles_of_one_label_are_counted_like_others() -> None:
    labels = Labels((300, 600))
    labels.write(Rectangle(0, 0, 300, 600), 3)
    labels.write(Rectangle(10, 10, 20, 30), 7)
    assert labels.counts() == {3: 300 * 600 - 200, 7: 200}
