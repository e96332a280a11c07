"""Segmentation: the labels that a model gave one image, with that model's name."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared_folder.classes import BACKGROUND, LabelClass
from shared_folder.label_files import (
    SEGMENTATION_CODE,
    decode_segmentation,
    encode_palette,
    encode_rgba,
    needs_palette,
    read_facts,
)
from shared_folder.labels import Labels
from shared_folder.publish import Document, publish
from shared_folder.rectangle import whole
from shared_folder.refused import Refused


class SegmentationFacts(Document):
    """What a segmentation's file says of itself."""

    model: str = ""
    """Name of the model that made it, without suffix; nothing for "no model": an empty mask."""


@dataclass(frozen=True)
class Segmentation:
    """A model's answer for one image. Every pixel has a class: background or one to find."""

    labels: Labels
    model: str

    @property
    def no_model(self) -> bool:
        """An empty answer from before any model existed (RootPainter's files name none and are not empty)."""
        return self.model == NO_MODEL


NO_MODEL = "no model"


def empty_segmentation(shape: tuple[int, int]) -> Segmentation:
    """The answer before there is a model: all background."""
    labels = Labels(shape)
    labels.write(whole(shape), BACKGROUND)
    return Segmentation(labels, NO_MODEL)


def write_segmentation(path: Path, segmentation: Segmentation, classes: tuple[LabelClass, ...]) -> None:
    """Write a segmentation whole or not at all, as RootPainter's PNG where that can hold it."""
    facts = SegmentationFacts(model=segmentation.model).model_dump_json()
    labels = segmentation.labels
    if needs_palette(classes, labels.shape):
        publish(path, encode_palette(labels, classes, facts))
    else:
        publish(path, encode_rgba(labels, SEGMENTATION_CODE, facts))


def read_segmentation(path: Path, shape: tuple[int, int] | None = None) -> Segmentation:
    """Read a segmentation. Refuses a damaged file and one of another size than `shape` (H, W).

    Raises FileNotFoundError when there is none. A refusal may pass: RootPainter's trainer copies its files, so
    half of one can be seen.
    """
    labels, facts = decode_segmentation(path.read_bytes(), path.name, shape)
    return Segmentation(labels, _parse(facts).model)


def model_of(path: Path) -> str | None:
    """Name of the model that made a segmentation file, read without its pixels; None without a (whole) file."""
    try:
        return _parse(read_facts(path)).model
    except (FileNotFoundError, Refused):
        return None


def _parse(facts: str) -> SegmentationFacts:
    try:
        return SegmentationFacts.model_validate_json(facts)
    except ValidationError:
        return SegmentationFacts()  # RootPainter's files carry no facts
