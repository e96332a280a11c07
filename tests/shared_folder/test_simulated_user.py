"""The simulated user paints what is true, as a person would, and no more than a person could."""

import itertools

import numpy as np
import pytest
from scipy import ndimage

from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.simulated_user import Habits, Pace, SimulatedStroke, SimulatedUser, painted, without_slits

ROWS, COLUMNS = np.mgrid[:300, :400]
THOROUGH = Habits(most_strokes=300, missed_share=0.0)


def roots():
    """Two thin roots that cross, 3 and 6 px wide, and a thick one that tapers from 24 px to a point."""
    truth = np.ones(ROWS.shape, np.uint8)
    truth[abs(ROWS - 90 - 30 * np.sin(COLUMNS / 50)) <= 1.5] = 2
    truth[abs(COLUMNS - 150 - 25 * np.sin(ROWS / 60)) <= 3] = 2
    truth[(abs(ROWS - 240 + COLUMNS / 10) <= 12 * (1 - COLUMNS / 380)) & (COLUMNS < 380)] = 2
    return truth


def cells():
    """Round things of two classes, two of them touching."""
    truth = np.ones(ROWS.shape, np.uint8)
    for row, column, radius, label in [(60, 60, 30, 2), (200, 110, 40, 2), (80, 200, 12, 3), (220, 300, 45, 3)]:
        truth[np.hypot(ROWS - row, COLUMNS - column) <= radius] = label
    truth[np.hypot(ROWS - 200, COLUMNS - 180) <= 30] = 3
    return truth


SCENES = pytest.mark.parametrize("truth", [roots(), cells()], ids=["roots", "cells"])


def agreement(labels, truth):
    return (labels == truth)[labels > 0].mean()


def furthest_spill(labels, truth):
    """How far painted pixels' centres lie beyond the border of the class that they claim, in pixels."""
    classes = np.unique(labels[labels > 0])
    return max(ndimage.distance_transform_edt(truth != each)[labels == each].max() for each in classes) - 0.5


def corrected(mask, strokes):
    labels = painted(strokes, mask.shape)
    return np.where(labels > 0, labels, mask)


@SCENES
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_examples_are_true_of_every_class_and_mostly_clear(truth, seed):
    strokes = SimulatedUser(seed).examples(truth)
    labels = painted(strokes, truth.shape)
    assert set(np.unique(labels)) == {0, *np.unique(truth)}
    assert agreement(labels, truth) > 0.97
    assert furthest_spill(labels, truth) <= 2
    ratio = (labels == 1).sum() / (labels > 1).sum()
    assert 1 < ratio <= 10


@SCENES
def test_some_background_lies_beside_the_objects(truth):
    labels = painted(SimulatedUser(0).examples(truth), truth.shape)
    from_objects = ndimage.distance_transform_edt(truth == 1)[labels == 1]
    assert (from_objects < 5).sum() > 200
    assert (from_objects > 15).sum() > 200


@SCENES
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_corrections_agree_with_the_truth(truth, seed):
    user = SimulatedUser(seed)
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=truth.shape), 9)
    masks = [
        np.ones_like(truth),
        np.full_like(truth, 2),
        np.roll(truth, 4, axis=0),
        np.where(noise > noise.std(), 2, truth).astype(np.uint8),
        np.where(ndimage.binary_dilation(truth > 1, iterations=4), 2, 1).astype(np.uint8),
    ]
    for mask in masks:
        labels = painted(user.corrections(truth, mask), truth.shape)
        assert labels.any()
        assert agreement(labels, truth) > 0.93
        assert furthest_spill(labels, truth) <= 2


@SCENES
def test_corrections_mend_the_mask(truth):
    user = SimulatedUser(0, THOROUGH)
    mask = np.where(truth == 2, 1, 2).astype(np.uint8)
    wrong_before = (mask != truth).mean()
    for _ in range(4):
        mask = corrected(mask, user.corrections(truth, mask))
    assert wrong_before > 0.9
    assert (mask != truth).mean() < 0.03
    assert len(user.corrections(truth, mask)) <= 6


def test_a_right_mask_and_boundaries_slightly_off_are_left_alone():
    for truth in (roots(), cells()):
        assert SimulatedUser(0).corrections(truth, truth) == []
    truth = np.where(cells() == 2, 2, 1).astype(np.uint8)
    grown = np.where(ndimage.binary_dilation(truth == 2, iterations=2) & (truth == 1), 2, truth)
    assert SimulatedUser(0).corrections(truth, grown.astype(np.uint8)) == []
    much_grown = np.where(ndimage.binary_dilation(truth == 2, iterations=5) & (truth == 1), 2, truth)
    assert SimulatedUser(0).corrections(truth, much_grown.astype(np.uint8))


def test_a_missing_thin_line_is_painted_along_its_middle():
    truth = np.ones((100, 200), np.uint8)
    truth[50:53, 20:180] = 2
    (stroke,) = SimulatedUser(0).corrections(truth, np.ones_like(truth))
    assert stroke.class_id == 2
    assert stroke.diameter == pytest.approx(3)
    rows = [row for row, _ in stroke.points]
    assert np.mean(rows) == pytest.approx(51.5, abs=0.3)
    assert min(rows) > 50
    assert max(rows) < 53
    assert stroke.length == pytest.approx(160, abs=12)


def test_a_false_blob_is_swept_with_a_brush_that_suits_it():
    truth = np.ones((200, 200), np.uint8)
    mask = truth.copy()
    mask[np.hypot(*(np.mgrid[:200, :200] - 100)) < 40] = 2
    strokes = SimulatedUser(0).corrections(truth, mask)
    assert {stroke.class_id for stroke in strokes} == {1}
    assert max(stroke.diameter for stroke in strokes) >= 20
    assert len(strokes) <= 12
    assert (corrected(mask, strokes) == 2).sum() < 0.1 * (mask == 2).sum()


def test_tiny_errors_are_skipped_and_a_tenth_of_small_ones_missed():
    truth = np.ones((400, 400), np.uint8)
    tiny, small = truth.copy(), truth.copy()
    for row, column in itertools.product(range(10, 400, 20), repeat=2):
        tiny[row : row + 2, column : column + 2] = 2
        small[row : row + 5, column : column + 5] = 2
    user = SimulatedUser(0, Habits(most_strokes=1000))
    assert user.corrections(truth, tiny) == []
    assert 330 <= len(user.corrections(truth, small)) <= 385  # of 400
    assert len(SimulatedUser(0, THOROUGH).corrections(truth, small)) == 300


def test_strokes_are_bounded_and_the_largest_errors_come_first():
    truth = cells()
    strokes = SimulatedUser(0, Habits(most_strokes=2)).corrections(truth, np.ones_like(truth))
    assert len(strokes) == 2
    assert {stroke.class_id for stroke in strokes} == {2, 3}
    assert min(stroke.diameter for stroke in strokes) > 15


@SCENES
def test_strokes_look_like_drags(truth):
    user = SimulatedUser(0)
    for stroke in user.examples(truth) + user.corrections(truth, np.full_like(truth, 2)):
        points = np.array(stroke.points)
        assert 2 <= len(points) <= 150
        assert points.min() > -2
        assert (points < np.add(truth.shape, 2)).all()
        steps = np.hypot(*np.diff(points, axis=0).T)
        assert steps.max() < max(6.0, stroke.diameter)


@SCENES
def test_the_same_seed_gives_the_same_strokes(truth):
    mask = np.full_like(truth, 2)
    one, two, other = SimulatedUser(5), SimulatedUser(5), SimulatedUser(6)
    assert one.examples(truth) == two.examples(truth) != other.examples(truth)
    assert one.corrections(truth, mask) == two.corrections(truth, mask)


def test_where_the_truth_is_unknown_nothing_is_judged():
    truth = roots()
    truth[:, 200:] = 0
    truth[:100, :200] = 255
    user = SimulatedUser(0, THOROUGH)
    strokes = user.examples(truth) + user.corrections(truth, np.where(truth == 2, 1, 2).astype(np.uint8))
    labels = painted(strokes, truth.shape)
    assert (labels > 0).sum() > 1000
    assert agreement(labels, truth) > 0.93


@pytest.mark.parametrize("shape", [(1, 1), (3, 90), (16, 16)])
def test_small_and_uniform_images(shape):
    user = SimulatedUser(0)
    for label in (0, 1, 2):
        truth = np.full(shape, label, np.uint8)
        assert all(stroke.class_id == label for stroke in user.examples(truth))
        assert user.corrections(truth, truth) == []


def test_an_empty_mask_counts_as_background():
    truth = cells()
    strokes = SimulatedUser(0).corrections(truth, np.zeros_like(truth))
    assert {stroke.class_id for stroke in strokes} == {2, 3}


def test_seconds_of_annotation():
    strokes = [
        SimulatedStroke(2, 3.0, ((0.0, 0.0), (0.0, 400.0))),
        SimulatedStroke(1, 9.0, ((300.0, 0.0), (300.0, 200.0))),
    ]
    user = SimulatedUser(0)
    assert user.seconds_for(strokes) == pytest.approx(600 / 400 + 500 / 800 + 2 * 1.5)
    assert user.seconds_for([]) == 0
    slow = SimulatedUser(0, pace=Pace(painting=100, travelling=100, between_strokes=3))
    assert slow.seconds_for(strokes) == pytest.approx(6 + 5 + 6)


def test_background_beside_what_was_missed_is_true_and_about_as_much() -> None:
    truth = np.full((200, 300), BACKGROUND, np.uint8)
    truth[90:110, 20:280] = FOREGROUND
    user = SimulatedUser(0)
    corrections = user.corrections(truth, np.full_like(truth, BACKGROUND))
    beside = user.background_beside(truth, corrections)
    labels = painted(beside, truth.shape)
    assert set(np.unique(labels)) == {0, BACKGROUND}
    assert (truth[labels == BACKGROUND] == BACKGROUND).mean() > 0.98
    assert sum(stroke.area for stroke in beside) > 0.25 * sum(stroke.area for stroke in corrections)


def test_enough_background_needs_no_more() -> None:
    truth = np.full((200, 300), BACKGROUND, np.uint8)
    mask = np.full_like(truth, BACKGROUND)
    mask[50:150, 50:250] = FOREGROUND
    user = SimulatedUser(0)
    assert not user.background_beside(truth, user.corrections(truth, mask))


def test_a_root_drawn_in_pieces_is_painted_in_one_stroke() -> None:
    truth = np.ones((100, 300), np.uint8)
    truth[46:54] = 2
    truth[:, 50::50] = 1  # as programs leave them between polygons
    strokes = [stroke for stroke in SimulatedUser(0).examples(truth) if stroke.class_id == 2]
    assert len(strokes) == 1
    assert strokes[0].length > 200


def test_two_things_two_pixels_apart_stay_two() -> None:
    truth = np.ones((40, 40), np.uint8)
    truth[10:30, 5:15] = truth[10:30, 17:30] = 2
    assert (without_slits(truth) == truth).all()


def test_examples_beside_a_poor_mask_go_where_it_is_wrong() -> None:
    truth = roots()
    mask = truth.copy()
    mask[20:60, 300:380] = 2  # background that it takes for roots
    blind, seeing = (SimulatedUser(0).examples(truth, shown) for shown in (None, mask))
    wrong = np.s_[20:60, 300:380]
    blind_there, seeing_there = ((painted(strokes, truth.shape)[wrong] == 1).sum() for strokes in (blind, seeing))
    assert seeing_there > 500
    assert seeing_there > 2 * blind_there
    assert agreement(painted(seeing, truth.shape), truth) > 0.97
