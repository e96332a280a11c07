"""RootPainter's way to learn, from its published description: what our training is measured against.

Nothing is kept between two tiles: an annotated image is drawn, it and its annotation are decoded anew, both are
continued by 536 pixels, and a random window that holds some annotation is varied and normalised. On a processor a
batch is one tile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageEnhance
from scipy.ndimage import gaussian_filter, map_coordinates, zoom
from torch import Tensor
from torch.nn import functional

from trainer.patches import FloatImage
from trainer.rootpainter_network import INPUT_SIDE, LOST, OUTPUT_SIDE, RootPainterNetwork
from trainer.rootpainter_prediction import normalised

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PADDING = OUTPUT_SIDE + LOST
CHANCE = 0.8
"""Of each augmentation but flipping."""
ELASTIC_GRID = 8
CROSS_ENTROPY = 0.3
"""Its part in the loss, beside Dice."""


class Example(NamedTuple):
    """Two files: an image, and its annotation as RootPainter paints it (red foreground, green background)."""

    image: Path
    annotation: Path


class Tile(NamedTuple):
    """What one step learns from."""

    image: FloatImage
    """(572, 572, 3), 0..1."""
    foreground: Mask
    """(500, 500)."""
    background: Mask


@dataclass
class Recipe:
    """A network in training: stochastic gradient descent with Nesterov momentum, one tile a step."""

    network: RootPainterNetwork
    examples: list[Example]
    numbers: np.random.Generator

    def __post_init__(self) -> None:
        parameters = self.network.parameters()
        self.optimiser = torch.optim.SGD(parameters, lr=0.01, momentum=0.99, nesterov=True)

    def advance(self) -> float:
        """Draw a tile and learn from it. Returns its loss."""
        return self.learn(self.tile())

    def learn(self, tile: Tile) -> float:
        """One step. Returns the loss."""
        self.optimiser.zero_grad()
        scores = self.network(torch.from_numpy(tile.image).movedim(-1, 0)[None])
        found = loss(scores, torch.from_numpy(tile.foreground)[None], torch.from_numpy(tile.background)[None])
        found.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return found.item()

    def tile(self) -> Tile:
        """An augmented, normalised tile that holds some annotation."""
        example = self.examples[self.numbers.integers(len(self.examples))]
        image = np.asarray(Image.open(example.image).convert("RGB"))
        painted = np.asarray(Image.open(example.annotation))[..., :2] > 0
        around = ((PADDING, PADDING), (PADDING, PADDING), (0, 0))
        image = np.pad(image, around, mode="reflect")
        painted = np.pad(painted, around)
        while True:
            top, left = (int(self.numbers.integers(length - INPUT_SIDE + 1)) for length in painted.shape[:2])
            window = np.s_[top : top + INPUT_SIDE, left : left + INPUT_SIDE]
            if painted[window][LOST:-LOST, LOST:-LOST].any():
                return augment(image[window].astype(np.float64) / 255, painted[window], self.numbers)


def loss(scores: Tensor, foreground: Tensor, background: Tensor) -> Tensor:
    """Dice loss and 0.3 x cross-entropy. Unknown pixels are background of probability 1/2.

    scores: (N, 2, H, W). foreground, background: (N, H, W) booleans.
    """
    scores = scores * (foreground | background)[:, None]
    cross_entropy = CROSS_ENTROPY * functional.cross_entropy(scores, foreground.long())
    if not foreground.any():
        return cross_entropy
    likelihood = scores.softmax(dim=1)[:, 1]
    both = (likelihood * foreground).sum()
    return 1 - 2 * both / (likelihood.sum() + foreground.sum()) + cross_entropy


def augment(image: Floats, painted: Mask, numbers: np.random.Generator) -> Tile:
    """image: (572, 572, 3), 0..1; painted: (572, 572, 2), foreground and background. In random order."""
    image = normalised(image)
    families: list[Callable[[Floats, np.random.Generator], Floats]] = [_noise, _salt_and_pepper, _jitter]
    for number in numbers.permutation(len(families) + 1).tolist():
        if numbers.random() >= CHANCE:
            continue
        if number < len(families):
            image = families[number](image, numbers)
        else:
            image, painted = _elastic(image, painted, numbers)
    if numbers.random() < 0.5:
        image, painted = image[:, ::-1], painted[:, ::-1]
    ready = np.ascontiguousarray(normalised(image), np.float32)
    inner = np.ascontiguousarray(painted[LOST:-LOST, LOST:-LOST])
    return Tile(ready, inner[..., 0].copy(), inner[..., 1].copy())


def _elastic(image: Floats, painted: Mask, numbers: np.random.Generator) -> tuple[Floats, Mask]:
    """A smooth random displacement (Simard, Steinkraus and Platt 2003), drawn at an eighth of the resolution."""
    alpha = numbers.uniform(200, 2500) * numbers.uniform(0.4, 1)
    sigma = numbers.uniform(15, 60)
    side = -(-image.shape[0] // ELASTIC_GRID)
    positions = list(np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float64))
    for axis in range(2):
        coarse = gaussian_filter(numbers.uniform(-1, 1, (side, side)), sigma / ELASTIC_GRID) * alpha / ELASTIC_GRID
        positions[axis] += zoom(coarse, image.shape[0] / side, order=1)
    warped = [map_coordinates(channel, positions, order=1, mode="reflect") for channel in np.moveaxis(image, -1, 0)]
    labels = [map_coordinates(label, positions, order=0) for label in np.moveaxis(painted, -1, 0)]
    return np.stack(warped, axis=-1), np.stack(labels, axis=-1)


def _noise(image: Floats, numbers: np.random.Generator) -> Floats:
    return image + numbers.normal(0, abs(numbers.normal(0, 0.09)), image.shape)


def _salt_and_pepper(image: Floats, numbers: np.random.Generator) -> Floats:
    part = abs(numbers.normal(0, 0.008))
    drawn = numbers.random(image.shape)
    return np.where(drawn < part / 2, 0, np.where(drawn > 1 - part / 2, 1, image))


def _jitter(image: Floats, numbers: np.random.Generator) -> Floats:
    """Brightness, contrast, saturation and hue of 8-bit colours."""
    picture = Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8))
    for change, strength in (
        (ImageEnhance.Brightness, 0.3),
        (ImageEnhance.Contrast, 0.3),
        (ImageEnhance.Color, 0.2),
    ):
        picture = change(picture).enhance(numbers.uniform(1 - strength, 1 + strength))
    hue, saturation, value = picture.convert("HSV").split()
    turn = round(numbers.uniform(-0.001, 0.001) * 255)
    hue = hue.point([(old + turn) % 256 for old in range(256)])
    turned = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    return np.asarray(turned).astype(np.float64) / 255
