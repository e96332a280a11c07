"""Painting: what she has done to the open image since it was opened. No Qt."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from painter_app.journal import Journal, inverse
from painter_app.language import tr
from painter_app.session.opening import OpenImage
from shared_folder.annotation import Annotation, Patch
from shared_folder.annotation_files import AnnotationFacts, StoredAnnotation
from shared_folder.client_log import OPENED, PRESSED, RELEASED, EventsOfImage
from shared_folder.labels import Labels
from shared_folder.review import Reached, ReviewState
from shared_folder.segmentation import Segmentation

LONGEST_PAUSE_SECONDS = 20.0
"""A longer pause between two strokes doesn't count as painting; RootPainter's figure."""


@dataclass
class AnnotationOnDisk:
    """An annotation's file as it was read, or written last. Only saves use it, one after another."""

    stored: StoredAnnotation | None
    image_sha256: str | None = None
    """None until the first save needs it."""


class Leaving(Enum):
    """How she leaves an image."""

    SAVE_AND_NEXT = auto()
    SKIP = auto()
    ELSEWHERE = auto()  # previous, next, a jump, another project, a closed window


class Painting:
    """Strokes, time and clicks on one image, and the mask that was on the screen when the first of them fell.

    Kept in memory; whoever records a stroke writes it to the journal too.
    """

    def __init__(
        self, opened: OpenImage, journal: Journal, clock: Callable[[], float], reached: Reached | None = None
    ) -> None:
        """reached: how she came to the image when she opened it first; None where nobody knows."""
        self.opened = opened
        self.reached = reached
        self.journal = journal
        self.file = AnnotationOnDisk(opened.stored)
        labels = opened.stored.labels.snapshot() if opened.stored is not None else Labels(opened.shape)
        self.annotation = Annotation(labels)
        self.strokes: list[Patch] = []  # in the order laid, an undone one followed by its inverse
        self.clicks = 0
        self.seconds = 0.0
        self.corrects = opened.stored.facts.model if opened.stored is not None else ""
        self.began_on_mask = opened.mask_was_corrected
        corrected = opened.mask if opened.mask_was_corrected else None
        self.shown = corrected.segmentation if corrected is not None else None
        """The mask that was on the screen at the image's first stroke."""
        self._clock = clock
        self.filed = opened.stored is not None
        """Whether there is an annotation file."""
        self._blank = self.annotation.empty  # as it was opened
        self._standing = 0  # strokes laid and not undone
        self._written: int | None = None  # strokes that the file holds; None before any save, _UNSURE during one
        self._last_time: float | None = None  # when she last painted here
        self._mask_at_press: Segmentation | None = None
        self.events = EventsOfImage(opened.name)
        """For RootPainter's log."""
        self.events.add(time.time(), OPENED)

    @property
    def name(self) -> str:
        return self.opened.name

    @property
    def untouched(self) -> bool:
        """Whether nobody has painted on this image, earlier or now; what was all taken back doesn't count."""
        return not self.strokes and self._blank

    @property
    def changed(self) -> bool:
        """Whether there are strokes since it was opened that were not taken back."""
        return self._standing != 0

    @property
    def unsaved(self) -> bool:
        """Whether there are strokes, or some taken back, that the file may not hold."""
        return self.changed if self._written is None else len(self.strokes) != self._written

    def begin_saving(self) -> None:
        """A save begins while she paints: until it has ended, nobody knows what the file holds."""
        self._written = _UNSURE

    def saved(self, strokes: int, stored: StoredAnnotation | None) -> None:
        """That save has ended: the file holds the first so many strokes. stored: None if it needed no file."""
        self._written = strokes
        if stored is not None:
            self.filed = True
            with contextlib.suppress(OSError):  # without it a crash's strokes are all offered, also those in the file
                self.journal.mark_saved(stored.token, strokes)

    def begin_stroke(self, mask: Segmentation | None) -> None:
        """A press. mask: the model's mask on the screen."""
        self._mask_at_press = mask
        self.clicks += 1
        self.events.add(time.time(), PRESSED)
        self._count_time()

    def record(self, stroke: Patch) -> Segmentation | None:
        """A stroke. Returns the shown mask if this is the image's very first stroke and fell on one."""
        mask = self._mask_at_press if self.untouched else None
        if mask is not None:
            self.corrects, self.began_on_mask, self.shown = mask.model, True, mask
        self._standing += 1
        self._append(stroke)
        self.events.add(time.time(), RELEASED, stroke.rectangle)
        return mask

    def undone(self, stroke: Patch) -> None:
        self._standing -= 1
        self._append(inverse(stroke))

    def redone(self, stroke: Patch) -> None:
        self._standing += 1
        self._append(stroke)

    def facts(self, person: str) -> AnnotationFacts:
        """What the annotation's file shall say of itself; the image's hash is added where the file is written."""
        before = self.opened.stored.facts if self.opened.stored is not None else AnnotationFacts()
        return AnnotationFacts(
            person=person,
            seconds=round(before.seconds + self.seconds, 1),
            clicks=before.clicks + self.clicks,
            model=self.corrects,
            reached=before.reached or self.reached,
            width=self.opened.shape[1],
            height=self.opened.shape[0],
        )

    def state_after(self, before: ReviewState, leaving: Leaving, mask_shown: bool) -> ReviewState:
        """The image's review state once she leaves it. mask_shown: whether a model's mask was on the screen."""
        if leaving is Leaving.SKIP:
            return ReviewState.SKIPPED
        done = leaving is Leaving.SAVE_AND_NEXT
        if self.changed:
            if not self.began_on_mask:
                return ReviewState.EXAMPLE if before in _BEFORE_A_MASK else before
            return ReviewState.COMPLETE if done else ReviewState.PARTLY_CORRECTED
        if done and before is ReviewState.PARTLY_CORRECTED:
            return ReviewState.COMPLETE
        if done and before in _UNDECIDED and mask_shown:
            return ReviewState.COMPLETE if self.opened.stored is not None else ReviewState.NOTHING_TO_CORRECT
        return before

    def _append(self, stroke: Patch) -> None:
        self.strokes.append(stroke)
        self._count_time()

    def _count_time(self) -> None:
        now = self._clock()
        if self._last_time is not None:
            pause = now - self._last_time
            self.seconds += pause if pause <= LONGEST_PAUSE_SECONDS else 0.0
        self._last_time = now


_UNSURE = -1
_UNDECIDED = (ReviewState.UNSEEN, ReviewState.SKIPPED)
_BEFORE_A_MASK = (*_UNDECIDED, ReviewState.EXAMPLE)


def phase_sentence(classes: tuple[str, ...], example: int, mask_shown: bool, waiting: str) -> str:
    """What to do now. classes: names, without background. example: this image's number among the examples.

    waiting: what the mask waits for when there is a model and no mask yet, else nothing.
    """
    if mask_shown:
        return tr("Correcting: paint every error")
    if waiting:
        return waiting
    named = ", ".join(classes) if len(classes) <= _MOST_NAMED else tr("each class")
    count = tr("{n} of {all}").format(n=example, all=EXAMPLES) if example <= EXAMPLES else str(example)
    text = tr("Examples {count}: paint clear {classes} and background, ignore the mask")
    return text.format(count=count, classes=named)


_MOST_NAMED = 4  # classes; more don't fit above the canvas

EXAMPLES = 6
"""Images with clear examples before correcting begins in earnest, as RootPainter's protocol has it."""
