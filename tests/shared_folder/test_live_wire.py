"""The wire follows a thin line that leads from point to point, bright or dark, and goes straight elsewhere."""

import numpy as np
import pytest
from scipy import ndimage

from shared_folder.live_wire import LiveWire, nearest


def arc(dark: bool) -> tuple[np.ndarray, np.ndarray, tuple[int, int], tuple[int, int]]:
    """A noisy picture of half a circle, the distance of each pixel from it, and its ends."""
    rows, columns = np.mgrid[:200, :260]
    away = abs(np.hypot(rows - 150, columns - 130) - 100)
    away[rows > 150] = 1000
    ground = 120 + ndimage.gaussian_filter(np.random.default_rng(0).normal(0, 40, (200, 260)), 2)
    line = (70 * np.exp(-((away / 2) ** 2))) * (-1 if dark else 1)
    grey = (ground + line).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2), away, (150, 30), (150, 230)


@pytest.mark.parametrize("dark", [False, True])
def test_it_follows_a_line_by_a_long_detour(dark: bool) -> None:
    pixels, away, start, end = arc(dark)
    path = LiveWire(pixels, start, 4.0).path(end)
    assert np.hypot(*(path[0] - start)) < 1
    assert np.hypot(*(path[-1] - end)) < 1
    along = away[path[:, 0].astype(int), path[:, 1].astype(int)]
    assert np.percentile(along[5:-5], 95) < 3
    assert len(path) > 250  # straight would be 200


def test_on_open_ground_it_goes_straight() -> None:
    path = LiveWire(np.full((80, 120, 3), 90, np.uint8), (40, 10), 3.0).path((40, 110))
    assert abs(path[:, 0] - 40.5).max() < 1.5
    assert len(path) == 101


def test_to_where_it_begins_the_way_is_a_point() -> None:
    assert LiveWire(np.zeros((20, 20, 3), np.uint8), (5, 6), 3.0).path((5, 6)).tolist() == [[5.5, 6.5]]


def test_points_beside_a_picture_are_moved_into_it() -> None:
    assert nearest((-3.2, 7.9), (10, 5, 3)) == (0, 4)
    assert nearest((12.0, 2.5), (10, 5)) == (9, 2)
