"""A person sees what is missing or invented, and forgives boundaries that are a little off."""

import numpy as np
import pytest

from shared_folder.visible_errors import clearance_of, visible_errors


def bar(top, bottom, shape=(60, 100)):
    labels = np.ones(shape, np.uint8)
    labels[top:bottom, 10:90] = 2
    return labels


def seen(truth, mask):
    return visible_errors(truth, mask, clearance_of(truth))


def test_clearance_is_half_the_width_on_the_middle_and_half_a_pixel_at_the_edge():
    clearance = clearance_of(bar(20, 27))
    assert clearance[23, 50] == 3.5
    assert clearance[20, 50] == clearance[19, 50] == 0.5
    assert clearance_of(np.ones((4, 9), np.uint8)).min() >= 9
    assert clearance_of(np.array([[0, 2, 255]], np.uint8)).tolist() == [[0, 0.5, 0]]


@pytest.mark.parametrize(("width", "tolerated"), [(1, 0), (2, 0), (3, 1), (4, 1), (8, 2), (30, 2)])
def test_the_tolerance_is_a_quarter_of_the_width_up_to_two_whole_pixels(width, tolerated):
    truth = bar(20, 20 + width)
    for off in range(1, 5):
        visible = seen(truth, bar(20 - off, 20 + width))[20 - off, 50]
        assert visible == (off > tolerated), off


@pytest.mark.parametrize("width", [1, 2, 3, 8])
def test_a_thin_thing_that_is_missing_is_seen_whole(width):
    truth = bar(20, 20 + width)
    assert (seen(truth, np.ones_like(truth)) == (truth == 2)).all()


def test_an_invented_thin_thing_and_a_wrong_class_are_seen():
    truth = bar(20, 30)
    assert seen(np.ones_like(truth), bar(20, 22)).sum() == 160
    assert seen(truth, np.where(truth == 2, 3, 1).astype(np.uint8)).sum() == 800


def test_unknown_truth_is_never_an_error_and_an_unknown_mask_is_background():
    truth = bar(20, 30)
    hidden = np.where(truth == 2, 0, truth).astype(np.uint8)
    assert not seen(hidden, truth).any()
    assert not seen(np.where(truth == 2, 255, 1).astype(np.uint8), truth).any()
    assert (seen(truth, np.zeros_like(truth)) == (truth == 2)).all()
