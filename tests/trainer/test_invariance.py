import numpy as np
import pytest

from trainer.invariance import (
    Transformation,
    agreement,
    flipping,
    mean_dice,
    rotation,
    scaling,
    transform_image,
    transform_mask,
    translation,
)

SHAPE = (48, 64)


def picture() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (*SHAPE, 3)).astype(np.float32)


def bright(image: np.ndarray) -> np.ndarray:
    """A segmentation that looks at one pixel only: nothing disturbs it but interpolation."""
    return np.where(image[..., 0] > 0.3, 2, 1).astype(np.uint8)


def right_half(image: np.ndarray) -> np.ndarray:
    """A segmentation that looks at the place only."""
    mask = np.ones(image.shape[:2], np.uint8)
    mask[:, image.shape[1] // 2 :] = 2
    return mask


def test_whole_pixels_and_quarters_of_a_turn_are_exact() -> None:
    image = picture()
    np.testing.assert_array_equal(transform_image(image, translation(3, -5))[3:, :-5], image[:-3, 5:])
    np.testing.assert_array_equal(transform_image(image, flipping()), image[:, ::-1])
    np.testing.assert_array_equal(transform_image(image, rotation(180)), image[::-1, ::-1])
    np.testing.assert_allclose(transform_image(image, rotation(90), (64, 48)), np.rot90(image), atol=1e-6)


def test_masks_go_the_same_way_and_are_unknown_where_nothing_was() -> None:
    mask = bright(picture())
    moved = transform_mask(mask, translation(3, -5))
    np.testing.assert_array_equal(moved[3:, :-5], mask[:-3, 5:])
    assert (moved[:3] == 0).all()
    assert (moved[:, -5:] == 0).all()
    np.testing.assert_array_equal(transform_mask(mask, rotation(90), (64, 48)), np.rot90(mask))


def test_larger_is_larger() -> None:
    mask = np.ones((40, 40), np.uint8)
    mask[15:25, 15:25] = 2
    assert (transform_mask(mask, scaling(2.0)) == 2).sum() == 400
    assert (transform_mask(mask, scaling(0.5)) == 2).sum() == 25


@pytest.mark.parametrize(
    "by", [translation(4, 9), rotation(90), rotation(180), flipping()], ids=lambda by: by.name.split()[0]
)
def test_who_looks_at_pixels_only_agrees_with_itself(by: Transformation) -> None:
    assert agreement(bright, picture(), by) == 1.0


@pytest.mark.parametrize("by", [flipping(), rotation(180)], ids=lambda by: by.name.split()[0])
def test_who_looks_at_the_place_disagrees(by: Transformation) -> None:
    assert agreement(right_half, picture(), by) == 0.0
    assert 0 < agreement(right_half, picture(), translation(0, 8)) < 1


def test_edges_can_be_left_out() -> None:
    def edges(image: np.ndarray) -> np.ndarray:
        mask = bright(image)
        mask[:6], mask[-6:], mask[:, :6], mask[:, -6:] = 2, 2, 2, 2
        return mask

    assert agreement(edges, picture(), translation(4, 4)) < 1
    assert agreement(edges, picture(), translation(4, 4), edge=6) == 1


def test_nothing_found_twice_is_agreement() -> None:
    assert mean_dice(np.ones((4, 4), np.uint8), np.ones((4, 4), np.uint8)) == 1.0
