"""Paths follow the middle of things and stay inside them."""

import numpy as np
import pytest

from shared_folder.brush_paths import centre_lines, cut, evenly_spaced, path_length, smoothed, sweeps


def test_the_centre_line_of_a_bar_is_one_ordered_path():
    region = np.zeros((20, 60), bool)
    region[8:13, 5:55] = True
    (path,) = centre_lines(region)
    assert set(path[5:-5, 0]) == {10.5}
    assert abs(np.diff(path[:, 1])).max() == 1
    assert path_length(path) == pytest.approx(46, abs=3)


def test_centre_lines_go_straight_on_where_bars_cross():
    region = np.zeros((61, 61), bool)
    region[30, :] = region[:, 30] = True
    paths = centre_lines(region)
    assert sum(len(path) for path in paths) == pytest.approx(121, abs=2)
    assert len(paths[0]) == 61
    assert min(np.ptp(paths[0], axis=0)) <= 2


def test_centre_lines_touching_the_border_do_not_wrap():
    region = np.zeros((10, 30), bool)
    region[4, 20:] = region[5, :10] = True
    assert sorted(len(path) for path in centre_lines(region)) == [10, 10]
    assert centre_lines(np.zeros((5, 5), bool)) == []


def test_a_ring_gives_a_path_all_around():
    away = np.hypot(*(np.mgrid[:80, :80] - 40))
    paths = centre_lines((away > 25) & (away < 31))
    assert path_length(paths[0]) == pytest.approx(2 * np.pi * 28, rel=0.12)


@pytest.mark.parametrize("tall", [False, True])
def test_sweeps_cover_a_region_and_never_leave_it(tall):
    region = np.zeros((60, 120), bool)
    region[5:55, 10:50] = region[5:25, 10:110] = region[40:55, 10:110] = True
    if tall:
        region = region.T
    paths = sweeps(region, 5)
    reached = np.zeros_like(region)
    for path in paths:
        places = evenly_spaced(path, 0.5).astype(int)
        assert region[places[:, 0], places[:, 1]].all()
        reached[places[:, 0], places[:, 1]] = True
    rows, columns = np.nonzero(reached)
    for row, column in np.argwhere(region)[::37]:
        assert np.hypot(rows - row, columns - column).min() <= 5


def test_sweeps_of_nothing_and_of_one_pixel():
    region = np.zeros((9, 9), bool)
    assert sweeps(region, 4) == []
    region[3, 7] = True
    (path,) = sweeps(region, 4)
    assert path.tolist() == [[3.5, 7.5], [3.5, 7.5]]


def test_even_spacing_keeps_ends_and_length():
    path = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    even = evenly_spaced(path, 3)
    assert even[0].tolist() == [0, 0]
    assert even[-1].tolist() == [10, 10]
    assert np.hypot(*np.diff(even, axis=0).T).max() <= 3
    assert len(evenly_spaced(path[:1], 3)) == 2


def test_cutting_loses_nothing():
    path = np.array([[0.0, 0.0], [0.0, 1000.0]])
    pieces = cut(path, 300)
    assert len(pieces) == 4
    assert sum(path_length(piece) for piece in pieces) == pytest.approx(1000)
    assert max(path_length(piece) for piece in pieces) <= 301
    assert len(cut(path, 1000)) == 1


def test_smoothing_takes_the_stairs_away_and_keeps_the_ends():
    stairs = np.array([(i // 2, (i + 1) // 2) for i in range(41)], float)
    soft = smoothed(stairs, 2.0)
    assert soft[0].tolist() == stairs[0].tolist()
    assert soft[-1].tolist() == stairs[-1].tolist()
    assert path_length(soft) < 0.8 * path_length(stairs)
