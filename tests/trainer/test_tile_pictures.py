from dataclasses import fields

import numpy as np
import pytest
import torch

from shared_folder.inspection import FAMILIES
from shared_folder.label_files import rgb
from shared_folder.labels import Labels
from tests.trainer.learning import SHAPE, bright_squares
from trainer.augment import NO_AUGMENTATION, Augmentation
from trainer.sampling import AnnotatedImage
from trainer.tile_pictures import (
    BACKGROUND_OUTLINE,
    DRAWS,
    OUTLINES,
    augmentation_sheet,
    draw_tiles,
    interesting_place,
    only,
    picture_of,
)

TILE = 32


def blank(labels: np.ndarray | None = None) -> AnnotatedImage:
    known = Labels(SHAPE) if labels is None else Labels.from_array(labels)
    return AnnotatedImage("blank", SHAPE, lambda r: np.zeros((r.height, r.width, 3), np.float32), known)


def test_the_families_are_those_of_the_augmentation() -> None:
    assert list(FAMILIES) == [field.name for field in fields(Augmentation)]


def test_only_what_is_named_is_switched_on() -> None:
    assert only(()) == NO_AUGMENTATION
    assert only(list(FAMILIES)) == Augmentation()
    assert only(["rotation"]).rotation == Augmentation().rotation
    assert only(["rotation"]).noise == 0


def test_a_tile_is_the_image_around_its_place_with_its_labels() -> None:
    image = bright_squares(labelled=1.0)
    ((values, labels),) = draw_tiles(image, (48, 40), TILE, NO_AUGMENTATION, 1, torch.Generator())
    rows, columns = slice(48 - 16, 48 + 16), slice(40 - 16, 40 + 16)
    np.testing.assert_array_equal(labels, image.labels.to_array()[rows, columns])
    whole = image.read(type("R", (), {"slices": (rows, columns)})())
    np.testing.assert_allclose(values, whole, atol=1e-3)


@pytest.mark.parametrize("place", [(0, 0), (95, 95), (-500, 4000)])
def test_places_at_the_edge_and_outside_are_continued(place: tuple[int, int]) -> None:
    drawn = draw_tiles(bright_squares(), place, TILE, Augmentation(), 3, torch.Generator().manual_seed(0))
    assert [values.shape for values, _ in drawn] == [(TILE, TILE, 3)] * 3


def test_labels_are_outlined_in_colours_of_their_own() -> None:
    labels = np.zeros((20, 20), np.uint8)
    labels[3:10, 3:10], labels[12:18, 12:18] = 1, 2
    shown = np.asarray(picture_of(np.zeros((20, 20, 3), np.float32), labels))
    assert tuple(shown[3, 5]) == rgb(BACKGROUND_OUTLINE)
    assert tuple(shown[12, 14]) == rgb(OUTLINES[0])
    assert tuple(shown[6, 6]) == (127, 127, 127)  # inside it stays as it is
    assert tuple(shown[2, 5]) == (0, 0, 0)


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_any_number_of_channels_is_shown(channels: int) -> None:
    assert picture_of(np.zeros((4, 6, channels), np.float32)).size == (6, 4)


def test_the_place_is_where_something_is_to_be_found() -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[5:20], labels[60:70, 30:40], labels[90:] = 1, 2, 255
    row, column = interesting_place(blank(labels), np.random.default_rng(0))
    assert labels[row, column] == 2
    assert interesting_place(blank(), np.random.default_rng(0)) == (48, 48)


def test_a_sheet_has_a_row_for_each_family_and_one_for_all_together() -> None:
    sheet = augmentation_sheet([bright_squares(), bright_squares(1)], TILE, "title")
    assert sheet.height > (len(FAMILIES) + 1) * TILE
    assert sheet.width > (1 + DRAWS) * TILE
    same = augmentation_sheet([bright_squares(), bright_squares(1)], TILE, "title")
    assert np.array_equal(np.asarray(sheet), np.asarray(same))
