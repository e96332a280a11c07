import numpy as np
import pytest

from shared_folder.annotation import corrected
from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.correction import dice_of_shown
from shared_folder.labels import Labels
from shared_folder.scores import compare

SHAPE = (300, 520)


def test_it_is_the_dice_of_the_mask_with_the_corrected_one() -> None:
    random = np.random.default_rng(0)
    mask = random.choice(np.array([BACKGROUND, 2, 3], np.uint8), SHAPE)
    painted = np.zeros(SHAPE, np.uint8)
    painted[40:90, 30:400] = random.choice(np.array([UNKNOWN, BACKGROUND, 2, 3, CANT_TELL], np.uint8), (50, 370))
    expected = compare(mask, corrected(mask, painted)).mean_dice
    assert dice_of_shown(Labels.from_array(mask), Labels.from_array(painted)) == pytest.approx(expected)
    assert 0.5 < expected < 1


def test_known_values() -> None:
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    mask[:10, :10] = 2
    painted = np.zeros(SHAPE, np.uint8)
    assert dice_of_shown(Labels.from_array(mask), Labels.from_array(painted)) == 1
    painted[:10, 10:20] = 2  # as much again was missed: 2 * 100 / (100 + 200)
    assert dice_of_shown(Labels.from_array(mask), Labels.from_array(painted)) == pytest.approx(2 / 3)
    painted[:10, :20] = BACKGROUND  # nothing was there at all
    assert dice_of_shown(Labels.from_array(mask), Labels.from_array(painted)) == 0


def test_maps_of_different_size_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different size"):
        dice_of_shown(Labels(SHAPE), Labels((4, 5)))
