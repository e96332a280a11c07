"""Probability maps: how likely a model takes each class, everywhere in the image on a painter's screen.

One file for each painter who looks, so that they take little room however many images she passes. The classes lie
below each other in one grey picture.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import Field, ValidationError

from shared_folder.label_files import decode_png, encode_png, read_facts
from shared_folder.labels import Pixels
from shared_folder.publish import Document, publish
from shared_folder.refused import Refused

MOST_VALUES = 4_000_000
"""Of one file, all classes together: larger images have a coarser map."""
_COARSEST = 256


class ProbabilityFacts(Document):
    """What a map's file says of itself."""

    image: str
    """File name of the image."""
    model: str
    classes: tuple[int, ...] = Field(min_length=1)
    """Ids, from the picture's top to its bottom; background is what is left of 1."""
    scale: int = Field(ge=1, le=_COARSEST)
    """Pixels of the image along the side of one of the map."""


@dataclass(frozen=True)
class ProbabilityMap:
    """The probabilities of one image's pixels."""

    values: Pixels
    """(K, ceil(H / scale), ceil(W / scale)): the largest in each square of `scale` pixels a side, 255 for 1."""
    facts: ProbabilityFacts

    def of(self, label: int) -> Pixels | None:
        """The map (h, w) of one class; None for one that the model doesn't know."""
        classes = self.facts.classes
        return self.values[classes.index(label)] if label in classes else None


def scale_for(shape: tuple[int, int], classes: int) -> int:
    """Pixels of an image of `shape` (H, W) along the side of one of its map: a power of two, 1 where it fits."""
    scale = 1
    while scale < _COARSEST and classes * _area(map_shape(shape, scale)) > MOST_VALUES:
        scale *= 2
    return scale


def map_shape(shape: tuple[int, int], scale: int) -> tuple[int, int]:
    """Of one class's map of an image of `shape` (H, W)."""
    return -(-shape[0] // scale), -(-shape[1] // scale)


def write_probability(path: Path, probability: ProbabilityMap) -> None:
    """Write a map whole or not at all."""
    stacked = probability.values.reshape(-1, probability.values.shape[2])
    publish(path, encode_png(Image.fromarray(stacked), probability.facts.model_dump_json()))


def read_probability(path: Path, image: str, shape: tuple[int, int]) -> ProbabilityMap:
    """Read the map of an image of `shape` (H, W). Refuses a damaged file, and one of another image.

    Raises FileNotFoundError when there is none.
    """
    facts = _parse(read_facts(path), path.name)
    if facts.image != image:
        raise Refused(f"{path.name}: is of {facts.image}, not of {image}.")
    height, width = map_shape(shape, facts.scale)
    classes = len(facts.classes)
    picture, written = decode_png(path.read_bytes(), path.name, (classes * height, width))
    if picture.mode != "L" or _parse(written, path.name) != facts:
        raise Refused(f"{path.name}: is no map of probabilities. Delete it.")
    return ProbabilityMap(np.asarray(picture).reshape(classes, height, width), facts)


def read_probability_facts(path: Path) -> ProbabilityFacts | None:
    """What a map is of; None without a (whole) file."""
    try:
        return _parse(read_facts(path), path.name)
    except (FileNotFoundError, Refused):
        return None


def _parse(facts: str, name: str) -> ProbabilityFacts:
    try:
        return ProbabilityFacts.model_validate_json(facts)
    except ValidationError as error:
        raise Refused(f"{name}: is no map of probabilities. Delete it.") from error


def _area(shape: tuple[int, int]) -> int:
    return shape[0] * shape[1]
