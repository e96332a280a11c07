import numpy as np
import pytest
from skimage.morphology import skeletonize

import shared_folder.thickness
from shared_folder.classes import BACKGROUND, CANT_TELL
from shared_folder.labels import TILE, Labels
from shared_folder.rectangle import Rectangle
from shared_folder.thickness import proposed_scale


def median_width(labels: Labels) -> float | None:
    found = shared_folder.thickness.thickness(labels)
    return found.width if found is not None else None


@pytest.mark.parametrize("width", [1, 3, 5, 9, 81])
def test_a_bars_width_is_measured_across_tile_borders(width: int) -> None:
    values = np.full((600, 600), BACKGROUND, np.uint8)
    values[300 : 300 + width, 20:580] = 2
    assert median_width(Labels.from_array(values)) == pytest.approx(width, abs=1)


def test_a_diagonal_line_of_one_pixel_is_thin() -> None:
    values = np.zeros((300, 300), np.uint8)
    values[np.arange(300), np.arange(300)] = 3
    assert median_width(Labels.from_array(values)) == pytest.approx(1, abs=0.3)


def test_background_and_what_cant_be_told_have_no_width() -> None:
    values = np.full((50, 50), BACKGROUND, np.uint8)
    values[:20] = CANT_TELL
    assert median_width(Labels.from_array(values)) is None
    assert median_width(Labels((50, 50))) is None


def test_thin_things_are_to_be_seen_larger_and_large_ones_smaller() -> None:
    assert [proposed_scale(width, True) for width in (1.0, 3.4, 3.6, 9.9, 80.0)] == [2.0, 2.0, 1.0, 1.0, 0.5]
    assert [proposed_scale(width, False) for width in (1.0, 3.4, 9.9, 80.0)] == [1.0, 1.0, 1.0, 0.5]


def test_a_line_is_far_longer_than_wide() -> None:
    values = np.full((300, 300), BACKGROUND, np.uint8)
    values[20:23, 10:290] = 2
    line = shared_folder.thickness.thickness(Labels.from_array(values))
    values[20:23] = BACKGROUND
    for column in range(10, 290, 20):
        values[40:44, column : column + 12] = 2
    spots = shared_folder.thickness.thickness(Labels.from_array(values))
    assert line is not None
    assert spots is not None
    assert line.lines
    assert not spots.lines


def test_what_fills_a_tile_is_as_wide_as_the_tile() -> None:
    assert median_width(Labels.from_array(np.full((TILE, TILE), 2, np.uint8))) == TILE


def test_of_a_large_image_a_spread_sample_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = Labels((40 * TILE, 2 * TILE))
    for row in range(40):
        width = 3 if row % 2 else 9
        labels.write(Rectangle(row * TILE + 100, 10, row * TILE + 100 + width, 300), 2)
    measured: list[int] = []

    def counted(found: np.ndarray) -> np.ndarray:
        measured.append(1)
        return skeletonize(found)

    monkeypatch.setattr(shared_folder.thickness, "skeletonize", counted)
    assert 3 <= (median_width(labels) or 0) <= 9
    assert 8 < len(measured) <= 16


def test_a_scale_is_left_only_for_a_width_clearly_beyond() -> None:
    assert [proposed_scale(9.0, True, now) for now in (1.0, 0.5)] == [1.0, 0.5]
    assert [proposed_scale(4.0, True, now) for now in (1.0, 2.0)] == [1.0, 2.0]
    assert [proposed_scale(6.0, True, now) for now in (0.5, 2.0)] == [1.0, 1.0]
