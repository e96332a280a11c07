"""Consistency regularisation: learning from images that nobody has annotated.

FixMatch (Sohn et al., NeurIPS 2020) with the averaged weights as mean teacher (Tarvainen and Valpola, NeurIPS 2017):
the averaged network sees a tile in its own light. Where it is sure of a class, the network is to find that class in
the same tile under another light. A few images are annotated at first, and what they have in common, such as one soil
or one camera, is easily taken for the object; the others of the project contradict that.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from shared_folder.rectangle import Rectangle, whole
from trainer.augment import Augmentation, source_side, warp
from trainer.patches import read_window
from trainer.sampling import AnnotatedImage

SURE = 0.9
"""Probability from which on the averaged network's class is learned from."""
LABELLED_TILES = 4
"""For each tile without labels."""
FIRST_STEP = 60
"""Before, the averaged network is sure of nothing, or of background alone."""
RISING_STEPS = 100
"""In which the loss rises to its full weight, 1: that of what was painted."""

Draw = Callable[[np.random.Generator], AnnotatedImage | None]
"""An image without labels, or None where there is none."""


class PlainTiles(NamedTuple):
    """Tiles without labels, warped, in their own light."""

    images: Tensor
    """(N, C, tile, tile) float32."""
    inside: Tensor
    """(N, tile, tile) bool: not beyond the image's edge."""


def plain_tiles(
    draw: Draw,
    count: int,
    tile: int,
    augmentation: Augmentation,
    numbers: np.random.Generator,
    generator: torch.Generator,
    scale: float = 1.0,
) -> PlainTiles | None:
    """Tiles around any pixels of the images drawn; fewer than `count`, or None, where fewer images are to be had.

    Further arguments as for `Sampler.batch`. Raises Unreadable.
    """
    side = source_side(tile, scale)
    parts = []
    for image in (draw(numbers) for _ in range(count)):
        if image is None:
            break
        row, column = (int(numbers.integers(length)) for length in image.shape)
        window = Rectangle(row - side // 2, column - side // 2, row + side // 2, column + side // 2)
        inside = np.zeros((1, side, side), np.float32)
        inside[0][window.intersection(whole(image.shape)).shifted(-window.top, -window.left).slices] = 1
        pixels = torch.from_numpy(read_window(image.read, image.shape, window)).to(generator.device)
        marked = torch.from_numpy(inside).to(generator.device)
        parts.append(warp(pixels.movedim(-1, 0)[None], marked, tile, augmentation, generator, scale))
    if not parts:
        return None
    images, inside_tile = (torch.cat(each) for each in zip(*parts, strict=True))
    return PlainTiles(images, inside_tile > 0)


def consistency_loss(scores: Tensor, expected: Tensor, inside: Tensor) -> Tensor:
    """Cross-entropy with the class that the averaged network is sure of, 0 elsewhere; mean over the pixels inside.

    scores, expected: (N, K, H, W) before the softmax, of the network and, without a gradient, of the averaged one.
    inside: (N, H, W) bool.
    """
    probability, channel = expected.float().softmax(dim=1).max(dim=1)
    counted = inside & (probability >= SURE)
    per_pixel = functional.cross_entropy(scores.float(), channel, reduction="none")
    return (per_pixel * counted).sum() / inside.sum().clamp(min=1)


def weight_at(step: int) -> float:
    """Of the loss above at a step, 0..1."""
    return min(1.0, max(0.0, (step - FIRST_STEP) / RISING_STEPS))
