"""The loss: cross-entropy and soft Dice, on known pixels only, each with a weight."""

import torch
from torch import Tensor
from torch.nn import functional

IGNORED = 255
"""The target of a pixel that nobody has labelled, or that the user couldn't tell."""
SMOOTHING = 1.0
"""Pixels added above and below in Dice, so that a class of a few pixels doesn't swing the loss."""


def segmentation_loss(scores: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of cross-entropy and Dice loss: the one is steady, the other doesn't drown a small class.

    scores: (N, K, H, W) before the softmax. target: (N, H, W) integers, the channel of the class or IGNORED.
    weight: (N, H, W) in 0..1, how much each pixel counts; all that are known count fully without it.
    Returns one number >= 0; 0, with a gradient of 0, when no pixel is known.
    """
    scores = scores.float()
    log_probabilities = functional.log_softmax(scores, dim=1)
    known = target != IGNORED
    channel = torch.where(known, target, 0).long()
    known = known.float() if weight is None else known * weight
    return 0.5 * (
        cross_entropy(log_probabilities, channel, known) + dice_loss(log_probabilities.exp(), channel, known)
    )


def cross_entropy(log_probabilities: Tensor, channel: Tensor, known: Tensor) -> Tensor:
    """Mean over the known pixels of -log p(true class).

    log_probabilities: (N, K, H, W). channel: (N, H, W) in 0..K-1 where known, anything valid elsewhere.
    known: (N, H, W), the weight of each pixel, 0 where it is unknown.
    """
    per_pixel = -log_probabilities.gather(1, channel[:, None])[:, 0]
    return (per_pixel * known).sum() / known.sum().clamp(min=1e-3)


def dice_loss(probabilities: Tensor, channel: Tensor, known: Tensor) -> Tensor:
    """1 - soft Dice (Milletari et al. 2016) over the known pixels of the batch, mean over the classes in them.

    Arguments as for `cross_entropy`. A class that no known pixel has is left out: its Dice would be 0 whatever
    the network says, and when corrections are nearly all background that would make training swing. Background
    is left out too, when anything else is known.
    """
    classes = probabilities.shape[1]
    truth = functional.one_hot(channel, classes).movedim(-1, 1) * known[:, None]
    predicted = probabilities * known[:, None]
    pixels = (0, 2, 3)
    both = (predicted * truth).sum(pixels)
    sizes = predicted.sum(pixels) + truth.sum(pixels)
    present = truth.sum(pixels) > 0
    present[0] = present[0] & ~present[1:].any()
    losses = 1 - (2 * both + SMOOTHING) / (sizes + SMOOTHING)
    return (losses * present).sum() / present.sum().clamp(min=1)
