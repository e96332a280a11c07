"""Sampling: tiles around known pixels.

An image is drawn, those corrected last a little more often, since they show where the model is wrong now; then
a class that is known in it, then a known pixel of that class: so a class painted with few strokes is seen as often
as one painted with many, and unknown regions cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from shared_folder.classes import UNKNOWN
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from trainer.augment import Augmentation, augment, source_side
from trainer.loss import IGNORED
from trainer.patches import FloatImage, Read, read_window


@dataclass(frozen=True)
class AnnotatedImage:
    """An image with what the user painted on it."""

    name: str
    shape: tuple[int, int]
    """Height and width in pixels."""
    read: Read
    labels: Labels
    """A snapshot: it doesn't change while it is learned from."""
    channels: int = 3
    """Of what `read` gives."""

    @cached_property
    def places(self) -> "dict[int, _Places]":
        """Where each label is known; found once, however often other images come and go."""
        places: dict[int, _Places] = {}
        for rectangle, values in self.labels.tiles():
            counts = np.bincount(values.ravel(), minlength=256)
            for label in np.flatnonzero(counts).tolist():
                if label != UNKNOWN:
                    here = places.setdefault(label, _Places())
                    here.rectangles.append(rectangle)
                    here.counts.append(int(counts[label]))
        return places


@dataclass
class _Places:
    """Where one class is known in one image: rectangles, and how many of its pixels are in each."""

    rectangles: list[Rectangle] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def draw(self, labels: Labels, class_id: int, numbers: np.random.Generator) -> tuple[int, int]:
        """Row and column of one of the pixels, each as likely as the other."""
        share = np.array(self.counts) / sum(self.counts)
        rectangle = self.rectangles[numbers.choice(len(share), p=share)]
        pixel = numbers.choice(np.flatnonzero(labels.read(rectangle) == class_id))
        row, column = divmod(int(pixel), rectangle.width)
        return rectangle.top + row, rectangle.left + column


@dataclass(frozen=True)
class Batch:
    """Tiles to learn from, on the device."""

    images: torch.Tensor
    """(N, C, tile, tile) float32."""
    target: torch.Tensor
    """(N, tile, tile) uint8: the channel of the class, or IGNORED."""


class Sampler:
    """Draws batches. Building it costs the label tiles; drawing costs the tiles drawn, whatever the image's size."""

    def __init__(self, images: Sequence[AnnotatedImage], class_ids: tuple[int, ...]) -> None:
        """images: in the order in which they were annotated. class_ids: the labels to learn, in the order of the
        network's channels; all others count as unknown."""
        self._channel = torch.full((256,), IGNORED, dtype=torch.uint8)
        self._channel[list(class_ids)] = torch.arange(len(class_ids), dtype=torch.uint8)
        described = [(image, {i: image.places[i] for i in class_ids if i in image.places}) for image in images]
        self._images = [(image, places) for image, places in described if places]
        self._share = shares(len(self._images))

    def batch(
        self,
        size: int,
        tile: int,
        augmentation: Augmentation,
        numbers: np.random.Generator,
        generator: torch.Generator,
        scale: float = 1.0,
    ) -> Batch:
        """Draw so many tiles and vary them.

        tile: side in pixels. numbers: for drawing pixels. generator: for the augmentation, on the device that the
        batch is wanted on. scale: pixels of a tile for each of the image. Raises ValueError when no pixel of any
        class is known.
        """
        side = source_side(tile, scale)
        drawn = [self._source(side, numbers) for _ in range(size)]
        device = generator.device
        sources = torch.from_numpy(np.stack([pixels for pixels, _ in drawn])).to(device).movedim(-1, 1)
        labels = torch.from_numpy(np.stack([labels for _, labels in drawn])).to(device)
        images, warped = augment(sources, labels, tile, augmentation, generator, scale)
        return Batch(images, self._channel.to(device)[warped.int()])

    def _source(self, side: int, numbers: np.random.Generator) -> tuple[FloatImage, NDArray[np.uint8]]:
        """Pixels (side, side, C) and label ids (side, side) around a known pixel."""
        image, places = self._images[numbers.choice(len(self._images), p=self._share)]
        class_id = list(places)[numbers.integers(len(places))]
        row, column = places[class_id].draw(image.labels, class_id, numbers)
        window = Rectangle(row - side // 2, column - side // 2, row + side // 2, column + side // 2)
        inside = window.intersection(whole(image.shape))
        labels = np.full((side, side), UNKNOWN, np.uint8)
        labels[inside.shifted(-window.top, -window.left).slices] = image.labels.read(inside)
        return read_window(image.read, image.shape, window), labels


def shares(images: int) -> NDArray[np.float64]:
    """How often each of so many images is drawn, adding up to 1; oldest first.

    The newest counts twice, the one before it 1 1/2 times, then 1 1/3 and so on: none is ever forgotten.
    """
    weights = 1 + 1 / np.arange(images, 0, -1)
    return np.asarray(weights / weights.sum())
