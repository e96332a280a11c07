"""Sampling: tiles around known pixels.

An image is drawn, then a class that is known in it, then a known pixel of that class: unknown regions cost nothing.
Images and classes are balanced by square-root sampling (Mahajan et al., ECCV 2018): in proportion to the root of the
known pixels. Alike, a correction of a few pixels would be seen as often as a whole image of examples, and a class
painted with few strokes as often as all background; by the pixels themselves, both would hardly be seen. The images
corrected last count a little more, since they show where the model is wrong now.

Where the user was done with an image, she agreed with what she left of its mask. Strokes alone are a choice of what
was wrong, and a network that sees nothing else forgets the rest. It is learned with a lower weight, since errors
escape everybody, and tiles are drawn around it as well.
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
from shared_folder.thickness import Thickness, thickness
from trainer.augment import Augmentation, augment, source_side
from trainer.loss import IGNORED
from trainer.patches import FloatImage, Read, read_window

AGREED = 0.3
"""Weight of a pixel of a mask that she left as it was, beside 1 for one that she painted."""
_AGREED = 256
"""Added to their labels while tiles are warped."""


@dataclass(frozen=True)
class AnnotatedImage:
    """An image with what the user painted on it, and what she agreed with."""

    name: str
    shape: tuple[int, int]
    """Height and width in pixels."""
    read: Read
    labels: Labels
    """A snapshot: it doesn't change while it is learned from."""
    channels: int = 3
    """Of what `read` gives."""

    agreed: Labels | None = None
    """The mask under the annotation, once the image is done: complete, or nothing to correct."""

    @cached_property
    def places(self) -> "dict[int, _Places]":
        """Where each label is known; found once, however often other images come and go."""
        return _places(self.labels)

    @cached_property
    def agreed_places(self) -> "dict[int, _Places]":
        """Where each label of the mask is."""
        return _places(self.agreed) if self.agreed is not None else {}

    @cached_property
    def thickness(self) -> Thickness | None:
        """Of what was painted as a class to find; None where nothing was."""
        return thickness(self.labels)

    def known(self, rectangle: Rectangle) -> NDArray[np.int16]:
        """Labels (h, w) of a rectangle inside the image; agreed ones have _AGREED added."""
        labels = self.labels.read(rectangle).astype(np.int16)
        if self.agreed is None:
            return labels
        agreed = self.agreed.read(rectangle).astype(np.int16)
        return np.where((labels == UNKNOWN) & (agreed != UNKNOWN), agreed + _AGREED, labels)


@dataclass
class _Places:
    """Where one class is known in one image: rectangles, and how many of its pixels are in each."""

    rectangles: list[Rectangle] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many pixels in all."""
        return sum(self.counts)

    def draw(self, labels: Labels, class_id: int, numbers: np.random.Generator) -> tuple[int, int]:
        """Row and column of one of the pixels, each as likely as the other."""
        share = np.array(self.counts) / sum(self.counts)
        rectangle = self.rectangles[numbers.choice(len(share), p=share)]
        pixel = numbers.choice(np.flatnonzero(labels.read(rectangle) == class_id))
        row, column = divmod(int(pixel), rectangle.width)
        return rectangle.top + row, rectangle.left + column


def _places(labels: Labels) -> dict[int, _Places]:
    places: dict[int, _Places] = {}
    for rectangle, values in labels.tiles():
        counts = np.bincount(values.ravel(), minlength=256)
        for label in np.flatnonzero(counts).tolist():
            if label != UNKNOWN:
                here = places.setdefault(label, _Places())
                here.rectangles.append(rectangle)
                here.counts.append(int(counts[label]))
    return places


@dataclass(frozen=True)
class Batch:
    """Tiles to learn from, on the device."""

    images: torch.Tensor
    """(N, C, tile, tile) float32."""
    target: torch.Tensor
    """(N, tile, tile) uint8: the channel of the class, or IGNORED."""
    weight: torch.Tensor
    """(N, tile, tile) float32: 1 where she painted, AGREED where she agreed; anything where the target is IGNORED."""


@dataclass(frozen=True)
class _Described:
    """An image with the places of those classes that are learned."""

    image: AnnotatedImage
    painted: dict[int, _Places]
    agreed: dict[int, _Places]

    @staticmethod
    def of(image: AnnotatedImage, class_ids: tuple[int, ...]) -> "_Described":
        painted, agreed = (
            {each: places[each] for each in class_ids if each in places}
            for places in (image.places, image.agreed_places)
        )
        return _Described(image, painted, agreed)

    @property
    def known(self) -> float:
        """Pixels that are known, those that she agreed with by their weight."""
        return sum(pixels for _, _, _, pixels in self._choices)

    @cached_property
    def _choices(self) -> "list[tuple[Labels, int, _Places, float]]":
        """What a tile can be drawn around: labels, the class in them, where it is, and its pixels by their weight."""
        sides = [(self.image.labels, self.painted, 1.0)]
        if self.image.agreed is not None:
            sides.append((self.image.agreed, self.agreed, AGREED))
        return [
            (labels, class_id, where, weight * where.total)
            for labels, places, weight in sides
            for class_id, where in places.items()
        ]

    def draw(self, numbers: np.random.Generator) -> tuple[int, int]:
        """Row and column of a known pixel."""
        share = np.sqrt([pixels for _, _, _, pixels in self._choices])
        labels, class_id, where, _ = self._choices[numbers.choice(len(share), p=share / share.sum())]
        return where.draw(labels, class_id, numbers)


class Sampler:
    """Draws batches. Building it costs the label tiles; drawing costs the tiles drawn, whatever the image's size."""

    def __init__(self, images: Sequence[AnnotatedImage], class_ids: tuple[int, ...]) -> None:
        """images: in the order in which they were annotated. class_ids: the labels to learn, in the order of the
        network's channels; all others count as unknown."""
        self._channel = torch.full((2 * _AGREED,), IGNORED, dtype=torch.uint8)
        for offset in (0, _AGREED):
            self._channel[[offset + each for each in class_ids]] = torch.arange(len(class_ids), dtype=torch.uint8)
        self._weight = torch.ones(2 * _AGREED)
        self._weight[_AGREED:] = AGREED
        described = [_Described.of(image, class_ids) for image in images]
        self._images = [each for each in described if each.painted or each.agreed]
        self._share = shares([each.known for each in self._images])
        self.painted: dict[int, int] = {}
        """How many pixels of each class were painted."""
        self.known = {class_id for each in self._images for class_id in (*each.painted, *each.agreed)}
        """Classes that were painted, or agreed with."""
        for each in self._images:
            for class_id, places in each.painted.items():
                self.painted[class_id] = self.painted.get(class_id, 0) + places.total

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
        device = generator.device
        together = 1 if device.type == "cpu" else size  # a processor's cache holds one tile, and is worth using
        parts = [
            augment(
                *self._sources(together, source_side(tile, scale), numbers, device),
                tile,
                augmentation,
                generator,
                scale,
            )
            for _ in range(0, size, together)
        ]
        images, labels = (torch.cat(each) for each in zip(*parts, strict=True))
        flat = labels.flatten().int()
        target, weight = (
            each.to(device).index_select(0, flat).view_as(labels) for each in (self._channel, self._weight)
        )
        return Batch(images, target, weight)

    def _sources(
        self, count: int, side: int, numbers: np.random.Generator, device: torch.device
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Pixels (N, C, side, side) and labels (N, side, side) around known pixels."""
        drawn = [self._source(side, numbers) for _ in range(count)]
        pixels, labels = (
            torch.from_numpy(np.stack(each) if count > 1 else each[0][None]) for each in zip(*drawn, strict=True)
        )
        return pixels.to(device).movedim(-1, 1), labels.to(device)

    def _source(self, side: int, numbers: np.random.Generator) -> tuple[FloatImage, NDArray[np.float32]]:
        """Pixels (side, side, C) and labels (side, side), as they are warped, around a known pixel."""
        drawn = self._images[numbers.choice(len(self._images), p=self._share)]
        image = drawn.image
        row, column = drawn.draw(numbers)
        window = Rectangle(row - side // 2, column - side // 2, row + side // 2, column + side // 2)
        inside = window.intersection(whole(image.shape))
        labels = np.full((side, side), UNKNOWN, np.float32)
        labels[inside.shifted(-window.top, -window.left).slices] = image.known(inside)
        return read_window(image.read, image.shape, window), labels


def shares(known: Sequence[float]) -> NDArray[np.float64]:
    """How often each image is drawn, adding up to 1. known: pixels of each, oldest image first.

    Besides the root of its pixels, the newest counts twice, the one before it 1 1/2 times, then 1 1/3 and so on:
    none is ever forgotten.
    """
    weights = np.sqrt(known) * (1 + 1 / np.arange(len(known), 0, -1))
    return np.asarray(weights / weights.sum())
