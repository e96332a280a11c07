"""Fills cover exactly what they say, at the cost of that, and refuse with a sentence what can't be done."""

import numpy as np
import pytest

from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN, LabelClass
from shared_folder.fills import PolygonFill, RegionFill, RightFill, WholeFill, corners, polygon_strips
from shared_folder.labels import Labels, Pixels
from shared_folder.merging import merge_table
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

SHAPE = (700, 900)


def even_odd(points: list[Point], shape: tuple[int, int]) -> np.ndarray:
    """Pixel by pixel, edge by edge."""
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    inside = np.zeros(shape, bool)
    for (row, column), (next_row, next_column) in zip(points, [*points[1:], points[0]], strict=True):
        if row == next_row:
            continue
        spans = (rows >= min(row, next_row)) & (rows < max(row, next_row))
        crossed = column + (rows - row) * (next_column - column) / (next_row - row)
        inside ^= spans & (crossed <= columns)
    return inside


def filled(points: list[Point], shape: tuple[int, int]) -> np.ndarray:
    found = np.zeros(shape, bool)
    for part, inside in polygon_strips(points, shape):
        found[part.slices] |= inside
    return found


def test_a_polygon_holds_the_pixels_whose_centres_are_inside() -> None:
    numbers = np.random.default_rng(1)
    for corners_of_it in (3, 4, 7, 40):
        points: list[Point] = [tuple(point) for point in numbers.uniform(-60, 400, (corners_of_it, 2))]
        np.testing.assert_array_equal(filled(points, (300, 340)), even_odd(points, (300, 340)))


def test_corners_on_pixels_centres_count_once() -> None:
    points: list[Point] = [(10.5, 20.5), (40.5, 5.5), (70.5, 20.5), (40.5, 60.5)]
    np.testing.assert_array_equal(filled(points, (100, 100)), even_odd(points, (100, 100)))


@pytest.mark.parametrize("points", [[], [(1, 1)], [(1, 1), (50, 50)], [(-9, -9), (-9, -2), (-2, -9)]])
def test_what_encloses_nothing_fills_nothing(points: list[Point]) -> None:
    labels = Labels(SHAPE)
    assert PolygonFill(tuple(points), FOREGROUND).patch(labels, None) is None
    assert labels == Labels(SHAPE)


def test_a_rectangle_is_a_polygon_of_its_pixels() -> None:
    labels = Labels(SHAPE)
    place = Rectangle(100, 50, 600, 801)
    patch = PolygonFill(corners(place), FOREGROUND).patch(labels, None)
    assert patch is not None
    assert patch.rectangle == place
    assert labels.counts() == {FOREGROUND: place.height * place.width}


def mask_of_blobs() -> Pixels:
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    mask[100:200, 100:200] = FOREGROUND
    mask[130:150, 130:150] = BACKGROUND  # a hole
    mask[400:402, 10:890] = FOREGROUND  # longer than is looked at first
    mask[500, 500] = mask[501, 501] = mask[502, 500] = FOREGROUND  # by the corners
    return mask


def after(fill: RegionFill, painted: Labels | None = None, mask: Pixels | None = None) -> Pixels:
    labels = Labels(SHAPE) if painted is None else painted
    fill.patch(labels, Labels.from_array(mask_of_blobs() if mask is None else mask))
    return labels.to_array()


@pytest.mark.parametrize(
    ("point", "place", "pixels"),
    [
        ((110.5, 110.5), Rectangle(100, 100, 200, 200), 100 * 100 - 20 * 20),
        ((401.2, 450.0), Rectangle(400, 10, 402, 890), 2 * 880),
        ((501.5, 501.5), Rectangle(500, 500, 503, 502), 3),
    ],
)
def test_a_wrong_blob_becomes_background_with_one_click(point: Point, place: Rectangle, pixels: int) -> None:
    labels = after(RegionFill(point, FOREGROUND))
    assert (labels == BACKGROUND).sum() == pixels
    assert (labels != UNKNOWN).sum() == pixels
    assert (labels[place.slices] == BACKGROUND).sum() == pixels


def test_or_another_class() -> None:
    assert (after(RegionFill((110, 110), 3)) == 3).sum() == 9600


def test_a_hole_is_filled_and_open_background_is_not() -> None:
    labels = after(RegionFill((140, 140), FOREGROUND))
    assert (labels == FOREGROUND).sum() == 400
    assert (labels[130:150, 130:150] == FOREGROUND).all()
    with pytest.raises(Refused, match="no hole"):
        after(RegionFill((5, 5), FOREGROUND))
    with pytest.raises(Refused, match="background already"):
        after(RegionFill((5, 5), BACKGROUND))


def test_background_doesnt_leak_through_a_diagonal_line() -> None:
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    for step in range(30):
        for row, column in ((60 - step, 60 + step), (60 + step, 60 + step), (120 - step, 60 + step + 0)):
            mask[row, column] = FOREGROUND
    mask[31:120, 89] = FOREGROUND
    mask[30:91, 60] = mask[31, 60:90] = mask[90, 60:90] = FOREGROUND
    labels = after(RegionFill((80, 63), FOREGROUND), mask=mask)
    assert 0 < (labels == FOREGROUND).sum() < 900


def test_what_was_painted_counts_and_what_nobody_can_tell_does_not() -> None:
    painted = Labels(SHAPE)
    painted.write(Rectangle(100, 150, 200, 155), BACKGROUND)  # cuts the blob in two
    painted.write(Rectangle(160, 100, 170, 120), CANT_TELL)
    labels = after(RegionFill((110, 110), FOREGROUND), painted)
    assert (labels[100:200, 100:150] == BACKGROUND).sum() == 50 * 100 - 20 * 20
    assert (labels[100:200, 155:] == UNKNOWN).all()


def test_with_the_eraser_what_was_painted_in_one_piece_is_taken_back() -> None:
    painted = Labels(SHAPE)
    painted.write(Rectangle(0, 0, 30, 30), FOREGROUND)
    painted.write(Rectangle(20, 30, 25, 90), BACKGROUND)
    painted.write(Rectangle(300, 300, 310, 310), FOREGROUND)
    labels = after(RegionFill((5, 5), UNKNOWN), painted)
    assert (labels == FOREGROUND).sum() == 100
    assert (labels == BACKGROUND).sum() == 300
    with pytest.raises(Refused, match="Nothing is painted here"):
        after(RegionFill((600, 600), UNKNOWN))


def test_beside_the_image_and_without_a_mask_it_says_so() -> None:
    for point in ((-0.5, 3), (3, 900.0), (700.0, 0)):
        with pytest.raises(Refused, match="beside"):
            after(RegionFill(point, FOREGROUND))
    with pytest.raises(Refused, match="no mask"):
        RegionFill((5, 5), FOREGROUND).patch(Labels(SHAPE), None)


def test_what_the_mask_has_right_is_learned_and_what_was_painted_stays() -> None:
    labels, mask = Labels(SHAPE), mask_of_blobs()
    labels.write(Rectangle(100, 100, 110, 120), BACKGROUND)
    before = labels.to_array()
    place = Rectangle(50, 50, 450, 300)
    patch = RightFill(corners(place)).patch(labels, Labels.from_array(mask))
    expected = np.zeros(SHAPE, np.uint8)
    expected[place.slices] = mask[place.slices]
    np.testing.assert_array_equal(labels.to_array(), np.where(before != UNKNOWN, before, expected))
    assert patch is not None
    with pytest.raises(Refused, match="no mask"):
        RightFill(corners(place)).patch(labels, None)


def test_merged_classes_are_looked_at_as_one() -> None:
    counts_as = merge_table((LabelClass(2, "root", "#000000"), LabelClass(3, "old root", "#000000", merged_into=2)))
    mask, labels = mask_of_blobs(), Labels(SHAPE)
    mask[100:200, 150:200] = 3  # an older model's
    labels.write(Rectangle(190, 100, 200, 200), 3)  # painted before
    before = labels.snapshot()
    RegionFill((110.5, 110.5), FOREGROUND).patch(labels, Labels.from_array(mask), counts_as)
    assert labels.counts() == {BACKGROUND: 100 * 100 - 20 * 20}
    RightFill(corners(Rectangle(90, 90, 210, 210))).patch(before, Labels.from_array(mask), counts_as)
    assert before.counts()[3] == 1000  # painted pixels stay as they are
    assert before.counts()[FOREGROUND] == 9600 - 1000


def test_a_whole_huge_image_costs_its_tiles() -> None:
    labels = Labels((20_000, 20_000))
    patch = WholeFill(BACKGROUND).patch(labels, None)
    assert patch is not None
    assert labels.counts() == {BACKGROUND: 400_000_000}
    assert patch.size < 8 << 20
