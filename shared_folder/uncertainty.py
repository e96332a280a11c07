"""Uncertainty maps: where a mask may be wrong, as a small grey picture beside the segmentation.

A pixel's uncertainty is one less the margin between its two likeliest classes (margin sampling: Scheffer, Decomain
and Wrobel, IDA 2001; Settles, Active learning literature survey, 2009): 0 where the model is sure, 1 where two
classes are as likely as each other. With one class beside background that is twice the probability that the pixel's
label is wrong.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pydantic import ValidationError

from shared_folder.classes import UNKNOWN
from shared_folder.label_files import decode_png, encode_png
from shared_folder.labels import Labels, Pixels
from shared_folder.publish import Document, publish
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

SCALE = 4
"""Pixels of the image along the side of one of the map: a sixteenth of the memory, and fine enough to see."""

PLACE = 32
"""Pixels of the map along the side of a place that is looked at."""
LEAST_UNCERTAIN = 96
"""Of 255, for a pixel to count: the likelier class has twice the other's probability, or less than that."""
FEWEST_IN_PLACE = 8
"""Pixels of the map; fewer are no place to go to."""


class UncertaintyFacts(Document):
    """What a map's file says of itself."""

    model: str = ""
    """Name of the model that made the mask."""


@dataclass(frozen=True)
class UncertaintyMap:
    """The uncertainty of one image's mask."""

    values: Pixels
    """(ceil(H / SCALE), ceil(W / SCALE)): means, 255 for an uncertainty of 1."""
    model: str


def map_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Of the map of an image of `shape` (H, W)."""
    return -(-shape[0] // SCALE), -(-shape[1] // SCALE)


def write_uncertainty(path: Path, uncertainty: UncertaintyMap) -> None:
    """Write a map whole or not at all."""
    facts = UncertaintyFacts(model=uncertainty.model).model_dump_json()
    publish(path, encode_png(Image.fromarray(uncertainty.values), facts))


def read_uncertainty(path: Path, shape: tuple[int, int]) -> UncertaintyMap:
    """Read the map of an image of `shape` (H, W). Refuses a damaged file and one of another image's size.

    Raises FileNotFoundError when there is none.
    """
    image, facts = decode_png(path.read_bytes(), path.name, map_shape(shape))
    if image.mode != "L":
        raise Refused(f"{path.name}: is no uncertainty map (its mode is {image.mode}). Move it away.")
    try:
        model = UncertaintyFacts.model_validate_json(facts).model
    except ValidationError:
        model = ""
    return UncertaintyMap(np.asarray(image), model)


def uncertain_places(uncertainty: UncertaintyMap, painted: Labels) -> list[Rectangle]:
    """Squares of the image in which the mask may be wrong, the one with most to look at first.

    painted: the image's annotation; where a quarter of a square is painted somebody has looked.
    """
    height, width = painted.shape
    counts = (uncertainty.values >= LEAST_UNCERTAIN).astype(np.int64)
    rows, columns = np.arange(0, counts.shape[0], PLACE), np.arange(0, counts.shape[1], PLACE)
    sums = np.add.reduceat(np.add.reduceat(counts, rows, axis=0), columns, axis=1)
    side, found = PLACE * SCALE, []
    for index in np.argsort(-sums, axis=None, kind="stable"):
        row, column = divmod(int(index), len(columns))
        if sums[row, column] < FEWEST_IN_PLACE:
            break
        top, left = row * side, column * side
        place = Rectangle(top, left, min(top + side, height), min(left + side, width))
        if (painted.read(place) != UNKNOWN).mean() < 0.25:
            found.append(place)
    return found
