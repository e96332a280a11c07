"""Learning from images without labels: what the averaged network is sure of, under another light."""

import numpy as np
import pytest
import torch

from shared_folder.rectangle import whole
from tests.trainer.learning import SHAPE, bright_squares, small_device
from trainer.augment import NO_AUGMENTATION, Augmentation
from trainer.consistency import FIRST_STEP, RISING_STEPS, SURE, consistency_loss, plain_tiles, weight_at
from trainer.sampling import AnnotatedImage
from trainer.training import TrainingRun

SURE_SCORE = float(np.log(SURE / (1 - SURE))) + 0.01


def scores(*of_second_class: float) -> torch.Tensor:
    """(1, 2, 1, W)."""
    return torch.tensor([[[[0.0] * len(of_second_class)], [list(of_second_class)]]])


def everywhere(width: int) -> torch.Tensor:
    return torch.ones(1, 1, width, dtype=torch.bool)


def test_only_what_the_averaged_network_is_sure_of_counts() -> None:
    expected = scores(SURE_SCORE, SURE_SCORE - 0.1, -SURE_SCORE, 0.0)
    given = scores(-1.0, -1.0, -1.0, -1.0).requires_grad_()
    loss = consistency_loss(given, expected, everywhere(4))
    as_second, as_first = np.log1p(np.exp(1.0)), np.log1p(np.exp(-1.0))
    assert loss.item() == pytest.approx((as_second + as_first) / 4)
    loss.backward()
    assert given.grad is not None
    assert (given.grad[0, 1, 0] != 0).tolist() == [True, False, True, False]


def test_nothing_beyond_the_edge_counts() -> None:
    expected = scores(SURE_SCORE, SURE_SCORE)
    inside = torch.tensor([[[True, False]]])
    both, one = (consistency_loss(scores(0.0, -5.0), expected, each) for each in (everywhere(2), inside))
    assert one.item() == pytest.approx(np.log(2))
    assert both > one
    assert consistency_loss(scores(0.0), scores(9.0), ~everywhere(1)).item() == 0


def test_the_weight_rises_from_nothing_to_one() -> None:
    assert weight_at(0) == weight_at(FIRST_STEP) == 0
    assert 0 < weight_at(FIRST_STEP + 1) < weight_at(FIRST_STEP + RISING_STEPS // 2) < 1
    assert weight_at(FIRST_STEP + RISING_STEPS) == weight_at(100_000) == 1


def tiles(count: int, image: AnnotatedImage | None, augmentation: Augmentation = NO_AUGMENTATION):
    generator = torch.Generator().manual_seed(0)
    return plain_tiles(lambda _: image, count, 64, augmentation, np.random.default_rng(0), generator)


def test_tiles_are_warped_in_their_own_light() -> None:
    image = bright_squares()
    drawn = tiles(3, image)
    assert drawn is not None
    assert drawn.images.shape == (3, 3, 64, 64)
    assert drawn.inside.shape == (3, 64, 64)
    assert drawn.inside.any(), "what is drawn around is in the image"
    assert not drawn.inside.all(), "of tiles around any pixel some reach beyond the edge"
    values = np.unique(image.read(whole(SHAPE)))
    assert np.isin(drawn.images.numpy().round(4), values.round(4)).mean() > 0.9, "light and pixels are as they were"
    turned = tiles(3, image, Augmentation())
    assert turned is not None
    assert not torch.equal(turned.images, drawn.images)


def test_without_any_image_there_are_none() -> None:
    assert tiles(2, None) is None


def test_a_run_draws_them_once_it_knows_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.consistency.FIRST_STEP", 3)
    drawn: list[int] = []

    def draw(numbers: np.random.Generator) -> AnnotatedImage:
        drawn.append(run.steps)
        return bright_squares(5)

    run = TrainingRun((1, 2), small_device())
    run.images([bright_squares()], [], draw)
    for _ in range(6):
        run.advance()
    assert drawn == [4, 5]


def losses(weight: float, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Of an image without labels, in 60 steps in which its consistency counts so much."""
    seen = []

    def seeing(scores: torch.Tensor, expected: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
        loss = consistency_loss(scores, expected, inside)
        seen.append(loss.item())
        return loss

    monkeypatch.setattr("trainer.training.consistency_loss", seeing)
    monkeypatch.setattr("trainer.training.weight_at", lambda step: weight * (step >= 20))
    run = TrainingRun((1, 2), small_device())
    run.images([bright_squares(0), bright_squares(1)], [], lambda _: bright_squares(2))
    for _ in range(80):
        run.advance()
    return seen


def test_the_network_comes_to_say_the_same_in_every_light(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it, without = losses(1.0, monkeypatch), losses(1e-9, monkeypatch)
    assert len(with_it) == len(without) == 60
    assert np.mean(with_it[-20:]) < 0.8 * np.mean(without[-20:])
