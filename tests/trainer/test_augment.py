from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from trainer.augment import NO_AUGMENTATION, Augmentation, augment, source_side

TILE = 64
SIDE = source_side(TILE)
FAMILIES = [field.name for field in fields(Augmentation)]
GEOMETRIC = {"translation", "rotation", "scaling", "flipping", "skewing", "deformation"}


def source(count: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """Images whose first channel shows the labels, so that each can be checked against the other."""
    labels = np.ones((count, SIDE, SIDE), np.uint8)
    labels[:, 30:38] = 2
    labels[:, :, 50:70] = 3
    images = np.stack([labels - 2.0, np.zeros(labels.shape), np.full(labels.shape, 0.5)], axis=1)
    return torch.from_numpy(images.astype(np.float32)), torch.from_numpy(labels)


def run(augmentation: Augmentation, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    return augment(*source(), TILE, augmentation, torch.Generator().manual_seed(seed))


def centre() -> slice:
    return slice((SIDE - TILE) // 2, (SIDE + TILE) // 2)


def test_without_augmentation_a_tile_is_the_middle_of_its_source() -> None:
    images, labels = source()
    tile, tile_labels = run(NO_AUGMENTATION)
    torch.testing.assert_close(tile, images[..., centre(), centre()], atol=1e-4, rtol=0)
    assert torch.equal(tile_labels, labels[:, centre(), centre()])


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_alone_changes_what_it_should(family: str) -> None:
    strength = getattr(Augmentation(), family)
    tile, labels = run(replace(NO_AUGMENTATION, **{family: strength}))
    plain, plain_labels = run(NO_AUGMENTATION)
    assert (tile - plain).abs().max() > 0.01
    assert torch.equal(labels, plain_labels) == (family not in GEOMETRIC)


@pytest.mark.parametrize("family", sorted(GEOMETRIC))
def test_labels_stay_on_their_pixels(family: str) -> None:
    tile, labels = run(replace(NO_AUGMENTATION, **{family: getattr(Augmentation(), family)}))
    known = labels > 0
    shown = tile[:, 0] + 2
    assert ((shown - labels.float()).abs()[known] < 0.51).float().mean() > 0.98
    assert set(labels.unique().tolist()) <= {0, 1, 2, 3}


def test_the_same_seed_gives_the_same_tiles() -> None:
    first, second, third = run(Augmentation(), 1), run(Augmentation(), 1), run(Augmentation(), 2)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.equal(first[0], third[0])


def test_noise_is_white_as_strong_as_asked_for_and_another_in_each_tile() -> None:
    plain = torch.zeros(300, 3, SIDE, SIDE), torch.ones(300, SIDE, SIDE, dtype=torch.uint8)
    noise, _ = augment(*plain, TILE, replace(NO_AUGMENTATION, noise=0.2), torch.Generator().manual_seed(0))
    deviations = noise.std((1, 2, 3))
    assert deviations.mean().item() == pytest.approx(0.05, abs=0.01)
    assert 0.15 < deviations.max() < 0.21
    white = (noise / deviations.view(-1, 1, 1, 1)).flatten(1)
    assert ((white.abs() < 1).float().mean() - 0.683).abs() < 0.005
    for other in (white[1:, :-7], white[:-1, 7:]):  # no two tiles show the same, nor does one repeat itself
        assert (white[: len(other), : other.shape[1]] * other).mean().abs() < 0.01
    alike = white @ white.T / white.shape[1] - torch.eye(len(white))
    assert (alike.abs() > 0.1).float().mean() < 0.001


def test_the_pixel_drawn_for_stays_in_its_tile() -> None:
    images, labels = source(64)
    labels[:] = 1
    labels[:, SIDE // 2 - 3 : SIDE // 2 + 3, SIDE // 2 - 3 : SIDE // 2 + 3] = 2
    _, warped = augment(images, labels, TILE, Augmentation(), torch.Generator().manual_seed(0))
    assert (warped == 2).any(dim=2).any(dim=1).all()


def test_outside_the_source_nothing_is_known() -> None:
    _, labels = source()
    far = replace(NO_AUGMENTATION, translation=2.0)
    _, warped = augment(source()[0], labels, TILE, far, torch.Generator().manual_seed(0))
    assert (warped == 0).any()


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_a_scaled_tile_shows_the_same_place_larger_or_smaller(scale: float) -> None:
    side = source_side(TILE, scale)
    labels = np.ones((1, side, side), np.uint8)
    labels[:, side // 2 :] = 2
    images = torch.from_numpy((labels[:, None] - 2.0).astype(np.float32)).repeat(1, 3, 1, 1)
    images[..., side // 2 - 8 : side // 2 + 8] = 3.0
    tile, warped = augment(
        images, torch.from_numpy(labels), TILE, NO_AUGMENTATION, torch.Generator().manual_seed(0), scale
    )
    assert tile.shape == (1, 3, TILE, TILE)
    assert (tile[0, 0] > 2).sum(1).float().mean() == pytest.approx(16 * scale, abs=1)
    assert (warped[0, : TILE // 2] == 1).all()
    assert (warped[0, TILE // 2 :] == 2).all()


def test_a_thin_line_is_not_passed_over_when_it_is_seen_smaller() -> None:
    side = source_side(TILE, 0.25)
    images = torch.zeros(1, 1, side, side)
    images[..., ::4] = 4.0  # one pixel in four
    tile, _ = augment(
        images, torch.ones(1, side, side, dtype=torch.uint8), TILE, NO_AUGMENTATION, torch.Generator(), 0.25
    )
    torch.testing.assert_close(tile, torch.ones_like(tile), atol=0.01, rtol=0)
