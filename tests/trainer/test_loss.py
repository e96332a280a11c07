import math

import pytest
import torch

from trainer.loss import IGNORED, cross_entropy, dice_loss, segmentation_loss


def scores_for(probabilities: list[float]) -> torch.Tensor:
    """Scores (1, 2, 1, n) whose softmax gives the second class these probabilities."""
    second = torch.tensor(probabilities)
    return torch.log(torch.stack((1 - second, second)))[None, :, None]


def test_cross_entropy_has_known_values() -> None:
    log_probabilities = scores_for([0.5, 0.9, 0.2])
    channel = torch.tensor([[[1, 1, 0]]])
    known = torch.tensor([[[True, True, False]]])
    expected = -(math.log(0.5) + math.log(0.9)) / 2
    assert cross_entropy(log_probabilities, channel, known).item() == pytest.approx(expected, abs=1e-6)


def test_dice_loss_has_known_values() -> None:
    probabilities = scores_for([1.0, 0.5, 0.0, 1.0]).exp()
    channel = torch.tensor([[[1, 1, 0, 0]]])
    known = torch.tensor([[[True, True, True, False]]])
    # Predicted 1.5 pixels, true 2, both 1.5; one pixel of smoothing above and below.
    assert dice_loss(probabilities, channel, known).item() == pytest.approx(1 - 4 / 4.5, abs=1e-6)


def test_unknown_pixels_change_nothing() -> None:
    scores = torch.randn(2, 3, 8, 8, requires_grad=True)
    target = torch.randint(0, 3, (2, 8, 8))
    target[:, :4] = IGNORED
    loss = segmentation_loss(scores, target)
    loss.backward()
    other = scores.detach().clone()
    other[:, :, :4] = 99 * torch.randn(2, 3, 4, 8)
    assert segmentation_loss(other, target).item() == pytest.approx(loss.item())
    assert scores.grad[:, :, :4].abs().max() == 0
    assert scores.grad[:, :, 4:].abs().min() > 0


def test_nothing_known_gives_no_loss_and_no_gradient() -> None:
    scores = torch.randn(1, 2, 4, 4, requires_grad=True)
    loss = segmentation_loss(scores, torch.full((1, 4, 4), IGNORED))
    loss.backward()
    assert loss.item() == 0
    assert scores.grad.abs().max() == 0


def test_nearly_all_background_is_stable() -> None:
    """One foreground pixel more or less must not swing a loss that is otherwise small."""
    target = torch.zeros(1, 64, 64, dtype=torch.long)
    scores = torch.stack((torch.full((1, 64, 64), 4.0), torch.full((1, 64, 64), -4.0)), dim=1)
    none = segmentation_loss(scores, target).item()
    target[0, 0, 0] = 1
    assert none < 0.01
    assert segmentation_loss(scores, target).item() < 0.6


def test_right_is_better_than_unsure_is_better_than_wrong() -> None:
    target = torch.tensor([[[0, 1, 1, IGNORED]]])
    right, unsure, wrong = (
        segmentation_loss(scores_for(values), target).item()
        for values in ([0.01, 0.99, 0.99, 0.5], [0.5] * 4, [0.99, 0.01, 0.01, 0.5])
    )
    assert right < unsure < wrong


def test_a_pixel_of_half_the_weight_counts_half() -> None:
    scores = torch.tensor([[[[2.0, 2.0]], [[0.0, 0.0]]]])
    target = torch.tensor([[[0, 1]]], dtype=torch.uint8)
    log_probabilities, channel = torch.log_softmax(scores, dim=1), target.long()
    right, wrong = -log_probabilities[0, 0, 0, 0], -log_probabilities[0, 1, 0, 1]
    mean = cross_entropy(log_probabilities, channel, torch.tensor([[[1.0, 0.5]]]))
    assert mean.item() == pytest.approx(((right + 0.5 * wrong) / 1.5).item())
    full = segmentation_loss(scores, target)
    assert segmentation_loss(scores, target, torch.ones(1, 1, 2)).item() == pytest.approx(full.item())
    assert segmentation_loss(scores, target, torch.tensor([[[1.0, 0.0]]])).item() < full.item()
