"""The simulated user at work in a shared folder: what a window would write for her, stroke by stroke."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared_folder.annotation_files import (
    AnnotationFacts,
    StoredAnnotation,
    annotation_path,
    read_annotation,
    save_annotation,
)
from shared_folder.classes import BACKGROUND, UNKNOWN
from shared_folder.desired import DesiredState
from shared_folder.labelled import LabelledProject
from shared_folder.labels import Labels
from shared_folder.names import image_id
from shared_folder.publish import publish_document
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState
from shared_folder.scores import LabelMap, compare
from shared_folder.segmentation import Segmentation, read_segmentation, write_segmentation
from shared_folder.simulated_user import Habits, SimulatedStroke, SimulatedUser, painted

PAINTER = "rehearsal"
PERSON = "simulated user"
FEWEST_EXAMPLES, MOST_EXAMPLES = 2, 6
"""Images with clear examples before she corrects masks."""
CONFIDENT = 0.5
"""Dice of a mask that she finds worth correcting; a worse one costs her more strokes than examples do."""
IN_A_ROW = 2
"""Good masks that she wants to see before she takes the next ones for good: the first may be luck."""
AHEAD = 2
"""Masks of the next images that are wanted too."""
PERFECT = Habits(smallest_error=1, missed_share=0.0, spill=0.0, tremor=0.0)
"""Of a user who sees everything and whose hand is steady."""


@dataclass(frozen=True)
class Planned:
    """What she means to paint on one image."""

    state: ReviewState
    """Of the image, once all is painted."""
    strokes: Sequence[SimulatedStroke]
    shown: Segmentation | None
    """The mask that she corrects; None where she paints examples."""


class Painter:
    """One simulated user in one project. What she does takes no time by itself: the rehearsal lets it pass."""

    def __init__(self, labelled: LabelledProject, habits: Habits, seed: int) -> None:
        self._labelled = labelled
        self._project = labelled.project
        self._habits = habits
        self._seed = seed
        self._counter = 0
        self._reviews = Reviews(person=PERSON)
        self._stored: StoredAnnotation | None = None
        self._labels = np.zeros((0, 0), np.uint8)
        self._image = ""
        self._changed = False
        self.examples = 0
        """Images with examples so far."""
        self._good_masks = 0  # in a row

    @property
    def image(self) -> str:
        """The image on her screen."""
        return self._image

    def resume(self, states: dict[str, ReviewState]) -> None:
        """Go on after images that were done before, by name."""
        for name, state in states.items():
            self._reviews = self._reviews.having(image_id(name), state)
        self.examples = sum(state is ReviewState.EXAMPLE for state in states.values())

    def open(self, number: int) -> None:
        """Go to an image; its mask and those of the next ones are wanted. Numbers go on when all have been done once:
        then she comes back to the first, and to what she painted there."""
        names = self._labelled.annotated
        again, index = divmod(number, len(names))
        self._image = names[index]
        truth = self._labelled.truth[self._image]
        self._labels = np.zeros_like(truth)
        self._stored, self._changed = None, False
        kept = annotation_path(self._project, self._image)
        if kept is not None and again:
            self._stored = read_annotation(kept, truth.shape[:2])
            self._labels = self._stored.labels.to_array()
        elif kept is not None:  # by a run that was stopped: she does the image again
            kept.unlink()
        self._want(names[index : index + 1 + AHEAD])

    def leave(self) -> None:
        """Nothing is open any more; learning goes on."""
        self._image = ""
        self._want(())

    def mask(self) -> Segmentation | None:
        """The model's mask of the open image, if there is one."""
        truth = self._labelled.truth[self._image]
        try:
            mask = read_segmentation(self._project.segmentation_path(self._image), truth.shape[:2])
        except (FileNotFoundError, Refused):
            return None
        return None if mask.no_model else mask

    def plan(self, number: int, mask: Segmentation | None) -> Planned:
        """Examples while there are few, or the mask is of no use; corrections of all she sees otherwise."""
        truth = self._labelled.truth[self._image]
        user = SimulatedUser(1000 * self._seed + number, self._habits)
        if mask is None:
            return Planned(ReviewState.EXAMPLE, user.examples(truth), None)
        shown = np.where(self._labels == UNKNOWN, mask.labels.to_array(), self._labels)
        if not self._worth_correcting(mask, truth):
            return Planned(ReviewState.EXAMPLE, user.examples(truth, shown), None)
        corrections = user.corrections(truth, shown)
        strokes = corrections + user.background_beside(truth, corrections)
        corrected = strokes or self._labels.any()
        # She presses Save & Next.
        state = ReviewState.COMPLETE if corrected else ReviewState.NOTHING_TO_CORRECT
        return Planned(state, strokes, mask)

    def seconds(self, strokes: Sequence[SimulatedStroke]) -> list[float]:
        """How long each stroke takes her, the way to it and the look at it included."""
        user = SimulatedUser(0, self._habits)
        shape = self._labels.shape
        firsts = [user.seconds_for(strokes[:1], shape)] if strokes else []
        pairs = itertools.pairwise(strokes)
        return firsts + [user.seconds_for(pair, shape) - user.seconds_for(pair[:1], shape) for pair in pairs]

    def keep_shown(self, mask: Segmentation) -> None:
        """The first stroke fell on this mask."""
        write_segmentation(self._project.shown_path(self._image), mask, self._project.classes)

    def paint(self, stroke: SimulatedStroke) -> None:
        """One stroke on the open image."""
        new = painted([stroke], (self._labels.shape[0], self._labels.shape[1]))
        self._labels = np.where(new != UNKNOWN, new, self._labels)
        self._changed = True

    def save(self) -> None:
        """Write the annotation as it is, if it changed."""
        if not self._changed:
            return
        facts = AnnotationFacts(person=PERSON)
        labels = Labels.from_array(self._labels)
        self._stored = save_annotation(self._project, self._image, labels, facts, self._stored, ()).stored
        self._changed = False

    def finish(self, state: ReviewState) -> None:
        """Save & Next."""
        self.save()
        self.examples += state is ReviewState.EXAMPLE
        self._reviews = self._reviews.having(image_id(self._image), state)
        publish_document(self._project.folder.review(PAINTER), self._reviews)

    def _worth_correcting(self, mask: Segmentation, truth: LabelMap) -> bool:
        confusion = compare(mask.labels.to_array(), truth)
        good = confusion.mean_dice >= CONFIDENT or confusion.classes == (BACKGROUND,)
        self._good_masks = self._good_masks + 1 if good else 0
        if self.examples >= MOST_EXAMPLES:
            return True
        return self.examples >= FEWEST_EXAMPLES and self._good_masks >= IN_A_ROW

    def _want(self, masks: Sequence[str]) -> None:
        self._counter += 1
        wanted = DesiredState(
            counter=self._counter,
            person=PERSON,
            project=self._project.location,
            image=masks[0] if masks else None,
            masks=tuple(masks),
            learning=True,
        )
        publish_document(self._project.shared.desired_state(PAINTER), wanted)
