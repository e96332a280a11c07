"""Scores have the field's values, pool over images, and never become NaN."""

import numpy as np
import pytest

from shared_folder.scores import Confusion, Counts, compare, dice, dice_by_class, sum_of


def labels(*rows):
    return np.array(rows, np.uint8)


TRUE = labels([1, 1, 2, 2], [1, 3, 2, 2])
PREDICTED = labels([1, 2, 2, 2], [1, 3, 1, 3])


def test_known_values():
    confusion = compare(PREDICTED, TRUE)
    assert confusion.counts(2) == Counts(true_positive=2, false_positive=1, false_negative=2)
    assert confusion.counts(2).dice == pytest.approx(4 / 7)
    assert confusion.counts(2).precision == pytest.approx(2 / 3)
    assert confusion.counts(2).recall == pytest.approx(1 / 2)
    assert confusion.accuracy == pytest.approx(5 / 8)
    assert confusion.known == 8


def test_dice_by_class_and_mean_without_background():
    by_class = dice_by_class(PREDICTED, TRUE)
    assert by_class == {1: pytest.approx(2 / 3), 2: pytest.approx(4 / 7), 3: pytest.approx(2 / 3)}
    assert compare(PREDICTED, TRUE).mean_dice == pytest.approx((4 / 7 + 2 / 3) / 2)


@pytest.mark.parametrize("unknown", [0, 255])
def test_unknown_and_cant_tell_never_enter(unknown):
    true = labels([2, 2, unknown, unknown])
    assert dice(labels([2, 2, 2, 1]), true, 2) == 1.0
    assert dice(true, labels([2, 2, 2, 1]), 2) == 1.0
    assert compare(labels([2, 2, 2, 1]), true).known == 2


def test_empty_cases_are_defined():
    nothing, something = labels([1, 1]), labels([1, 2])
    assert dice(nothing, nothing, 2) == 1.0
    assert dice(nothing, something, 2) == 0.0
    assert dice(something, nothing, 2) == 0.0
    assert compare(nothing, something).counts(2).precision == 0.0
    assert compare(something, nothing).counts(2).recall == 0.0
    assert compare(nothing, nothing).mean_dice == 1.0
    unknown = compare(labels([0, 0]), something)
    assert (unknown.accuracy, unknown.known, unknown.mean_dice) == (1.0, 0, 1.0)


def test_a_total_miss_is_zero():
    miss = compare(labels([2, 1, 1]), labels([1, 2, 2])).counts(2)
    assert (miss.dice, miss.precision, miss.recall) == (0.0, 0.0, 0.0)


def test_pooling_equals_one_large_image():
    other_true, other_predicted = TRUE[:, ::-1], PREDICTED
    pooled = sum_of([compare(PREDICTED, TRUE), compare(other_predicted, other_true)])
    whole = compare(np.hstack([PREDICTED, other_predicted]), np.hstack([TRUE, other_true]))
    assert pooled.pixels == whole.pixels
    assert sum_of([]) == Confusion()
    assert Counts(1, 2, 3) + Counts(4, 5, 6) == Counts(5, 7, 9)


def test_maps_of_different_size_are_an_error():
    with pytest.raises(ValueError, match="different size"):
        compare(labels([1]), labels([1, 1]))
