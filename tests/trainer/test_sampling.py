from dataclasses import replace

import numpy as np
import pytest
import torch

from shared_folder.classes import CANT_TELL
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from trainer.augment import NO_AUGMENTATION, Augmentation
from trainer.loss import IGNORED
from trainer.sampling import AGREED, AnnotatedImage, Batch, Sampler, shares

TILE = 32


def annotated(name: str, shape: tuple[int, int], *painted: tuple[int, Rectangle], value: float = 0):
    labels = Labels(shape)
    for label, rectangle in painted:
        labels.write(rectangle, label)
    return AnnotatedImage(name, shape, lambda r: np.full((r.height, r.width, 3), value, np.float32), labels)


def pixel(row: int, column: int) -> Rectangle:
    return Rectangle(row, column, row + 1, column + 1)


def draw(
    *images: AnnotatedImage, size: int = 32, augmentation: Augmentation = NO_AUGMENTATION, seed: int = 0
) -> Batch:
    sampler = Sampler(images, (1, 2, 3))
    return sampler.batch(size, TILE, augmentation, np.random.default_rng(seed), torch.Generator().manual_seed(seed))


def test_a_single_known_pixel_is_in_every_tile() -> None:
    batch = draw(annotated("a", (200, 300), (2, pixel(100, 150))))
    assert batch.images.shape == (32, 3, TILE, TILE)
    assert ((batch.target == 1).sum((1, 2)) == 1).all()
    assert ((batch.target == IGNORED).sum((1, 2)) == TILE**2 - 1).all()


@pytest.mark.parametrize("shape", [(16, 16), (1, 40), (20, 500)])
def test_images_smaller_than_a_tile(shape: tuple[int, int]) -> None:
    batch = draw(annotated("a", shape, (2, pixel(0, 7))), augmentation=Augmentation())
    assert batch.images.shape == (32, 3, TILE, TILE)
    assert torch.isfinite(batch.images).all()


def test_classes_are_drawn_by_the_root_of_their_pixels() -> None:
    image = annotated("a", (600, 600), (1, Rectangle(0, 0, 300, 600)), (2, Rectangle(450, 450, 500, 500)))
    batch = draw(image, size=300)
    rare = (batch.target == 1).any(2).any(1).float().mean()
    expected = np.sqrt(2500) / (np.sqrt(2500) + np.sqrt(180_000))  # 0.1, where by pixels it would be 0.01
    assert rare == pytest.approx(expected, abs=0.05)


def test_labels_that_are_no_class_are_unknown() -> None:
    image = annotated(
        "a", (64, 64), (CANT_TELL, Rectangle(0, 0, 64, 30)), (9, Rectangle(0, 34, 64, 64)), (1, pixel(32, 32))
    )
    assert set(draw(image).target.unique().tolist()) == {0, IGNORED}


def test_the_newest_image_is_drawn_more_often_and_none_is_forgotten() -> None:
    assert shares([]).size == 0
    assert shares([50, 50]).tolist() == pytest.approx([3 / 7, 4 / 7])
    assert shares([400, 100]).tolist() == pytest.approx([6 / 10, 4 / 10])
    many = shares([10] * 100)
    assert many.sum() == pytest.approx(1)
    assert (np.diff(many) > 0).all()
    assert many[-1] < 2 * many[0]
    old = annotated("old", (64, 64), (1, Rectangle(0, 0, 64, 64)), value=0.0)
    new = annotated("new", (64, 64), (1, Rectangle(0, 0, 64, 64)), value=1.0)
    assert 0.45 < draw(old, new, size=400).images[:, 0, 0, 0].mean() < 0.7


def test_known_pixels_are_looked_for_once_for_each_image() -> None:
    image = annotated("a", (64, 64), (1, pixel(3, 3)), (2, pixel(9, 9)))
    draw(image)
    assert image.places is image.places
    assert set(image.places) == {1, 2}


def test_images_without_known_pixels_are_never_drawn() -> None:
    empty = annotated("empty", (64, 64), (CANT_TELL, pixel(1, 1)), value=1.0)
    assert draw(empty, annotated("a", (64, 64), (1, pixel(3, 3)))).images.max() == 0


def test_a_tile_shows_as_much_of_the_image_as_the_scale_says() -> None:
    image = annotated("a", (200, 300), (2, Rectangle(96, 146, 104, 154)))
    sampler = Sampler([image], (1, 2, 3))
    for scale in (0.5, 1.0, 2.0):
        batch = sampler.batch(
            16, TILE, NO_AUGMENTATION, np.random.default_rng(0), torch.Generator().manual_seed(0), scale
        )
        assert batch.images.shape == (16, 3, TILE, TILE)
        most = (batch.target == 1).sum((1, 2)).max().item()
        assert most == pytest.approx((8 * scale) ** 2, rel=0.3)


def test_a_huge_image_costs_its_tiles_only() -> None:
    read = []
    image = annotated("a", (100_000, 100_000), (2, pixel(70_000, 70_000)))
    source = AnnotatedImage("a", image.shape, lambda r: (read.append(r), image.read(r))[1], image.labels)
    draw(source, size=4)
    assert len(read) == 4
    assert all(r.height <= 2 * TILE and r.width <= 2 * TILE for r in read)


def test_the_same_seed_draws_the_same() -> None:
    image = annotated("a", (300, 300), (1, Rectangle(0, 0, 150, 300)), (2, Rectangle(150, 0, 300, 300)))
    first, second, other = (draw(image, augmentation=Augmentation(), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.target, second.target)
    assert not torch.equal(first.target, other.target)


def agreed_with(image: AnnotatedImage, label: int) -> AnnotatedImage:
    mask = Labels(image.shape)
    mask.write(whole(image.shape), label)
    return replace(image, agreed=mask)


def test_what_she_agreed_with_counts_less_than_what_she_painted() -> None:
    batch = draw(agreed_with(annotated("a", (200, 300), (2, Rectangle(0, 0, 200, 150))), 1))
    assert {0, 1} <= set(batch.target.unique().tolist())
    assert (batch.weight[batch.target == 1] == 1).all()
    assert torch.allclose(batch.weight[batch.target == 0], torch.tensor(AGREED))


def test_an_image_with_nothing_to_correct_is_drawn_by_its_mask() -> None:
    batch = draw(agreed_with(annotated("a", (200, 300)), 1))
    assert (batch.target == 0).any((1, 2)).all()
    assert not (batch.target == 1).any()
