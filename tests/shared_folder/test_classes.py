import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from shared_folder.classes import (
    BACKGROUND_COLOUR,
    CANT_TELL_COLOUR,
    MOST_CLASSES,
    PALETTE,
    LabelClass,
    free_colour,
    new_classes,
    with_keys,
)
from shared_folder.label_files import rgb

# Machado, Oliveira and Fernandes (2009): what linear red, green and blue become without one kind of cones.
WITHOUT_CONES = {
    "all cones": np.eye(3),
    "no red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
PRESENT = 8
"""Colours that projects have had from the beginning."""


def lab(colours: list[str], seen: object) -> NDArray[np.float64]:
    """(n, 3) in CIELAB, as somebody sees them."""
    screen = np.array([rgb(each) for each in colours]) / 255
    linear = np.where(screen <= 0.04045, screen / 12.92, ((screen + 0.055) / 1.055) ** 2.4)
    light = (linear @ np.asarray(seen).T).clip(0, 1)
    return np.asarray(rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)))


@pytest.mark.parametrize("seen", WITHOUT_CONES.values(), ids=WITHOUT_CONES)
def test_every_further_colour_is_told_from_all_others_with_any_eyes(seen: object) -> None:
    colours = lab([*PALETTE, BACKGROUND_COLOUR, CANT_TELL_COLOUR], seen)
    for index in range(PRESENT, len(PALETTE)):
        distances = np.linalg.norm(colours - colours[index], axis=1)
        distances[index] = np.inf
        nearest = int(distances.argmin())
        assert distances[nearest] > 11.5, f"{PALETTE[index]} is too near the colour with number {nearest}"


def test_the_further_colours_stand_out_from_a_grey_image() -> None:
    lightness, *hue = lab(list(PALETTE[PRESENT:]), np.eye(3)).T
    assert lightness.min() >= 25
    assert lightness.max() <= 92
    assert np.hypot(*hue).min() >= 25


def test_the_most_classes_have_colours_of_their_own_and_the_first_nine_keys() -> None:
    classes = new_classes([f"class {number}" for number in range(MOST_CLASSES)])
    assert MOST_CLASSES == 32
    assert all(one.colour != other.colour for one, other in itertools.combinations(classes, 2))
    assert [known.shortcut for known in classes[:10]] == [*"123456789", ""]
    assert PALETTE[:PRESENT] == tuple(known.colour for known in classes[:PRESENT])


def test_keys_go_by_the_places_of_the_classes_that_were_not_merged() -> None:
    classes = (LabelClass(5, "a", "#000000", "Q"), LabelClass(2, "b", "#000000", "1", merged_into=5))
    assert [known.shortcut for known in with_keys(classes)] == ["Q", ""]
    assert [known.shortcut for known in with_keys((*classes, LabelClass(3, "c", "#000000")))] == ["1", "", "2"]


def test_a_new_class_takes_the_first_colour_that_is_free() -> None:
    assert free_colour(new_classes(["a", "b"])) == PALETTE[2]
    assert free_colour([LabelClass(2, "a", PALETTE[0].upper())]) == PALETTE[1]
    assert free_colour(new_classes(["x"] * MOST_CLASSES)) == PALETTE[0]
