"""Segmentation: the labels that a model gave one image, with that model's name and what it noticed."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, FiniteFloat, ValidationError

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

MOST_CONTRADICTIONS = 20
"""Of one image: who has more looks at the whole of it."""
_MOST_STATISTICS = 1000


class Contradiction(Document):
    """A region of an annotation that the model is nearly sure is of another class."""

    box: tuple[int, int, int, int]
    """Top, left, bottom, right in pixels."""
    annotated: int
    """Class id."""
    predicted: int
    """Class id."""


class Findings(Document):
    """What a model noticed while it segmented an image, besides the labels."""

    steps: int | None = Field(default=None, ge=0)
    """Of training that the model had had; None where nobody says."""

    uncertainty: float | None = Field(default=None, ge=0, le=1)
    """Expected error of the mask, an estimate of 1 - Dice; None where nobody estimated it."""
    appearance: tuple[FiniteFloat, ...] = Field(default=(), max_length=_MOST_STATISTICS)
    """Statistics of the image's colours and textures, which tell like images from unlike ones. Independent of the
    model, so that they can be compared whichever models made the masks."""
    contradictions: tuple[Contradiction, ...] = Field(default=(), max_length=MOST_CONTRADICTIONS)
    """Largest first."""


class SegmentationFacts(Findings):
    """What a segmentation's file says of itself."""

    model: str = ""
    """Name of the model that made it, without suffix; nothing for "no model": an empty mask."""
    pixels: dict[int, int] | None = None
    """How many pixels each class has, by its id; None where nobody counted."""


NOTHING_NOTICED = Findings()


@dataclass(frozen=True)
class Segmentation:
    """A model's answer for one image. Every pixel has a class: background or one to find."""

    labels: Labels
    model: str
    findings: Findings = NOTHING_NOTICED

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
    labels = segmentation.labels
    counts = labels.counts()
    known = SegmentationFacts(model=segmentation.model, pixels=counts, **dict(segmentation.findings))
    facts = known.model_dump_json()
    # A model may know classes that were added after these were read.
    if needs_palette(classes, labels.shape) or counts.keys() - {BACKGROUND, *SEGMENTATION_CODE.colours}:
        publish(path, encode_palette(labels, classes, facts))
    else:
        publish(path, encode_rgba(labels, SEGMENTATION_CODE, facts))


def read_segmentation(path: Path, shape: tuple[int, int] | None = None) -> Segmentation:
    """Read a segmentation. Refuses a damaged file and one of another size than `shape` (H, W).

    Raises FileNotFoundError when there is none. A refusal may pass: RootPainter's trainer copies its files, so
    half of one can be seen.
    """
    labels, facts = decode_segmentation(path.read_bytes(), path.name, shape)
    parsed = _parse(facts)
    return Segmentation(labels, parsed.model, Findings(**parsed.model_dump(exclude={"model", "pixels"})))


def facts_of(path: Path) -> SegmentationFacts | None:
    """What a segmentation file says of itself, read without its pixels; None without a (whole) file."""
    try:
        return _parse(read_facts(path))
    except (FileNotFoundError, Refused):
        return None


def model_of(path: Path) -> str | None:
    """Name of the model that made a segmentation file; None without a (whole) file."""
    facts = facts_of(path)
    return facts.model if facts is not None else None


def _parse(facts: str) -> SegmentationFacts:
    try:
        return SegmentationFacts.model_validate_json(facts)
    except ValidationError:
        return SegmentationFacts()  # RootPainter's files carry no facts
