"""Filters of the image list: which images are shown, and gone to next. No Qt: this runs in workers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from painter_app.session.file_facts import Known, Need
from shared_folder.classes import BACKGROUND, LabelClass
from shared_folder.merging import merge_table
from shared_folder.names import image_id
from shared_folder.review import ReviewState
from shared_folder.segmentation import NO_MODEL

NOTHING_FOUND = BACKGROUND
"""In a class's place: the newest mask is all background."""


class Show(StrEnum):
    """What a filter shows, beside the images of one review state."""

    ALL = "all images"
    UNANNOTATED = "not annotated yet"
    ANNOTATED = "annotated"
    NOTED = "with a note"
    DOUBTFUL = "doubtful annotation"


@dataclass(frozen=True)
class Filter:
    """An image is shown if all of this holds."""

    text: str = ""
    """Its name contains this, without case."""
    show: Show | ReviewState = Show.ALL
    found: int | None = None
    """Id of a class that its newest mask or its annotation has, or NOTHING_FOUND; None: whatever is found."""

    @property
    def shows_all(self) -> bool:
        return not self.wanted_text and self.show is Show.ALL and self.found is None

    @property
    def wanted_text(self) -> str:
        return self.text.casefold().strip()

    @property
    def need(self) -> Need:
        return Need.NOTHING if self.found is None else Need.CLASSES


@dataclass(frozen=True)
class Judged:
    """What people have done with images; all by image id."""

    states: Mapping[str, ReviewState]
    annotated: Collection[str]
    noted: Collection[str]
    """Images with a note."""


def shown(
    names: Iterable[str], wanted: Filter, judged: Judged, known: Known, classes: tuple[LabelClass, ...]
) -> tuple[str, ...]:
    """The names that pass a filter, in their order."""
    text = wanted.wanted_text
    passing = [name for name in names if text in name.casefold()] if text else list(names)
    if wanted.show is not Show.ALL:
        passing = [name for name in passing if _has(image_id(name), wanted.show, judged, known)]
    if wanted.found is not None:
        table = merge_table(classes)
        passing = [name for name in passing if _holds(image_id(name), wanted.found, table, known)]
    return tuple(passing)


def _has(image: str, wanted: Show | ReviewState, judged: Judged, known: Known) -> bool:
    if wanted is Show.UNANNOTATED:
        return image not in judged.annotated
    if wanted is Show.ANNOTATED:
        return image in judged.annotated
    if wanted is Show.NOTED:
        return image in judged.noted
    if wanted is Show.DOUBTFUL:
        return image in known.contradictions
    return judged.states.get(image, ReviewState.UNSEEN) == wanted


def _holds(image: str, wanted: int, table: NDArray[np.uint8], known: Known) -> bool:
    mask, annotation = known.masks.get(image), known.annotations.get(image)
    said = _classes(mask.pixels if mask is not None and mask.model != NO_MODEL else None, table)
    if wanted == NOTHING_FOUND:
        return bool(said) and said <= {BACKGROUND}
    return wanted in said | _classes(annotation.pixels if annotation is not None else None, table)


def _classes(pixels: Mapping[int, int] | None, table: NDArray[np.uint8]) -> set[int]:
    """The labels that occur, each as the class that it was merged into."""
    return {int(table[label]) for label, count in (pixels or {}).items() if count and 0 <= label < len(table)}
