"""What she has done to an image, and what that makes of it."""

from pathlib import Path

import pytest

from painter_app.journal import Journal, JournalFacts
from painter_app.session.opening import OpenImage
from painter_app.session.painting import Leaving, Painting, phase_sentence
from shared_folder.annotation import Annotation, Patch
from shared_folder.annotation_files import AnnotationFacts, StoredAnnotation
from shared_folder.classes import FOREGROUND
from shared_folder.labels import Labels
from shared_folder.review import ReviewState
from shared_folder.segmentation import Segmentation

SHAPE = (50, 60)
MASK = Segmentation(Labels(SHAPE), "000001_t")


class FakeImage:
    shape = (*SHAPE, 3)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def a_painting(tmp_path: Path, stored: StoredAnnotation | None = None, corrected: bool = False) -> Painting:
    opened = OpenImage("a.png", FakeImage(), stored, None, corrected)
    facts = JournalFacts(image="a.png", height=SHAPE[0], width=SHAPE[1])
    return Painting(opened, Journal(tmp_path / "a.journal", facts), Clock())


def a_stroke(painting: Painting) -> Patch:
    painting.annotation.begin_stroke()
    painting.annotation.stamp((20, 20), (20, 30), 4, FOREGROUND)
    return painting.annotation.end_stroke()


def stored() -> StoredAnnotation:
    annotation = Annotation(Labels(SHAPE))
    annotation.stamp((5, 5), (5, 9), 2, FOREGROUND)
    return StoredAnnotation(Path("a.png"), annotation.labels, AnnotationFacts(seconds=10, clicks=3), "token")


State = ReviewState
NEXT, ELSEWHERE, SKIP = Leaving.SAVE_AND_NEXT, Leaving.ELSEWHERE, Leaving.SKIP


@pytest.mark.parametrize(
    ("before", "leaving", "paints", "on_mask", "after"),
    [
        (State.UNSEEN, NEXT, True, False, State.EXAMPLE),
        (State.UNSEEN, ELSEWHERE, True, False, State.EXAMPLE),
        (State.UNSEEN, NEXT, True, True, State.COMPLETE),
        (State.UNSEEN, ELSEWHERE, True, True, State.PARTLY_CORRECTED),
        (State.UNSEEN, NEXT, False, True, State.NOTHING_TO_CORRECT),
        (State.UNSEEN, NEXT, False, False, State.UNSEEN),
        (State.UNSEEN, ELSEWHERE, False, True, State.UNSEEN),
        (State.UNSEEN, SKIP, False, True, State.SKIPPED),
        (State.SKIPPED, NEXT, False, True, State.NOTHING_TO_CORRECT),
        (State.PARTLY_CORRECTED, NEXT, False, True, State.COMPLETE),
        (State.PARTLY_CORRECTED, ELSEWHERE, False, True, State.PARTLY_CORRECTED),
        (State.COMPLETE, NEXT, False, True, State.COMPLETE),
        (State.NOTHING_TO_CORRECT, NEXT, False, True, State.NOTHING_TO_CORRECT),
    ],
)
def test_the_review_state_after_an_image(
    tmp_path: Path, before: ReviewState, leaving: Leaving, paints: bool, on_mask: bool, after: ReviewState
) -> None:
    painting = a_painting(tmp_path)
    if paints:
        painting.begin_stroke(MASK if on_mask else None)
        painting.record(a_stroke(painting))
    assert painting.state_after(before, leaving, mask_shown=on_mask) is after


def test_an_example_stays_one_though_a_mask_came_later(tmp_path: Path) -> None:
    painting = a_painting(tmp_path, stored())
    painting.begin_stroke(MASK)
    assert painting.record(a_stroke(painting)) is None
    assert painting.state_after(State.EXAMPLE, NEXT, mask_shown=True) is State.EXAMPLE


def test_only_the_very_first_stroke_names_the_shown_mask(tmp_path: Path) -> None:
    painting = a_painting(tmp_path)
    painting.begin_stroke(MASK)
    first = a_stroke(painting)
    assert painting.record(first) is MASK
    painting.undone(first)
    assert not painting.changed
    assert not painting.untouched
    painting.begin_stroke(None)
    painting.redone(first)
    assert painting.changed
    assert painting.facts("me").model == "000001_t"


def test_time_counts_while_she_paints_and_pauses_do_not(tmp_path: Path) -> None:
    painting = a_painting(tmp_path, stored())
    clock = painting._clock
    for pause in (0, 3, 100, 2):
        clock.now += pause
        painting.begin_stroke(None)
    facts = painting.facts("me")
    assert (facts.seconds, facts.clicks, facts.person) == (15.0, 7, "me")  # 10 and 3 were there before
    assert (facts.height, facts.width) == SHAPE


def test_the_phase_in_words() -> None:
    assert (
        phase_sentence(("root",), 3, False, "") == "Examples 3 of 6: paint clear root and background, ignore the mask"
    )
    assert phase_sentence(("crop", "weed"), 7, False, "").startswith(
        "Examples 7: paint clear crop, weed and background"
    )
    assert phase_sentence(("root",), 3, True, "soon") == "Correcting: paint every error"
    assert phase_sentence(("root",), 3, False, "soon") == "soon"
