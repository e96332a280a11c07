"""The real window, offscreen, with real events; the trainer is just the test writing files."""

from pathlib import Path

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from painter_app.actions import ACTIONS
from shared_folder.annotation import Annotation
from shared_folder.annotation_files import (
    AnnotationFacts,
    annotation_path,
    encode_annotation,
    read_annotation,
    save_annotation,
)
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.review import ReviewState
from shared_folder.segmentation import read_segmentation

SHAPE = (200, 300)

FIRST, SECOND, THIRD = "plant_1.png", "plant_2.png", "plant_3.png"


def test_painted_pixels_reach_the_disk_and_the_window_moves_on(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    painted = window.session.painting.annotation.labels.to_array()
    assert (painted == FOREGROUND).sum() > 100
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Return)
    studio.at(window, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert np.array_equal(studio.saved(FIRST), painted)
    facts = read_annotation(annotation_path(studio.project, FIRST), SHAPE).facts
    assert facts.clicks == 1
    assert facts.person == window.settings.now.person
    assert len(facts.image_sha256) == 64
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.EXAMPLE)
    assert not window.session.painting.annotation.labels.counts()


def test_a_mask_shows_when_it_arrives(studio) -> None:
    window = studio.open()
    assert window.page.phase.text() == "Examples 1 of 6: paint clear root and background, ignore the mask"
    studio.give_mask(FIRST)
    studio.until(lambda: window.session.mask.shown is not None)
    assert window.page.phase.text() == "Correcting: paint every error"
    assert window.session.mask.shown.labels.counts()[FOREGROUND] == 3600


def test_a_mask_for_an_image_that_was_left_is_not_shown(studio) -> None:
    window = studio.open()
    studio.do(window, "next")
    studio.at(window, SECOND)
    studio.give_mask(FIRST)
    studio.give_mask(SECOND, np.full(SHAPE, BACKGROUND, np.uint8))
    studio.until(lambda: window.session.mask.shown is not None)
    assert FOREGROUND not in window.session.mask.shown.labels.counts()


def test_before_any_model_an_empty_answer_is_no_mask(studio) -> None:
    window = studio.open()
    studio.give_mask(FIRST, model="no model")
    studio.give_mask(SECOND)
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    assert window.session.mask.shown is not None
    assert studio.state(window, FIRST) is ReviewState.UNSEEN


def test_a_better_mask_waits_for_the_pointer_to_rest_and_for_the_lock(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    rest = [0.0]
    window.session.mask._rest_seconds = lambda: rest[0]
    better = np.full(SHAPE, BACKGROUND, np.uint8)
    studio.do(window, "lock_mask")
    studio.give_mask(FIRST, better, model="000002_t")
    studio.until(lambda: window.session.mask._better is not None)
    rest[0] = 2.0
    studio.qtbot.wait(250)
    assert window.session.mask.shown.model == "000001_t"
    rest[0] = 0.5
    studio.do(window, "lock_mask")
    studio.qtbot.wait(250)
    assert window.session.mask.shown.model == "000001_t"
    rest[0] = 2.0
    studio.until(lambda: window.session.mask.shown.model == "000002_t")


def test_the_mask_under_the_first_stroke_is_kept_and_stays(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.until(lambda: studio.project.shown_path(FIRST).exists())
    studio.give_mask(FIRST, np.full(SHAPE, BACKGROUND, np.uint8), model="000002_t")
    window.session.mask._rest_seconds = lambda: 100.0
    studio.qtbot.wait(1300)
    assert window.session.mask.shown.model == "000001_t"
    kept = read_segmentation(studio.project.shown_path(FIRST), SHAPE)
    assert kept.model == "000001_t"
    assert kept.labels.counts()[FOREGROUND] == 3600
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.until(lambda: annotation_path(studio.project, FIRST) is not None)
    assert read_annotation(annotation_path(studio.project, FIRST), SHAPE).facts.model == "000001_t"
    studio.do(window, "previous")
    studio.at(window, FIRST)
    assert window.session.mask.shown.model == "000001_t"
    studio.do(window, "newest_mask")
    studio.until(lambda: window.session.mask.shown.model == "000002_t")


def test_review_states(studio) -> None:
    for name in (FIRST, SECOND, THIRD, "plant_4.png"):
        studio.give_mask(name)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "next")  # strokes, left by another way than Save & Next
    studio.at(window, SECOND)
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "save_and_next")
    studio.at(window, THIRD)
    studio.do(window, "save_and_next")  # a mask, no stroke
    studio.at(window, "plant_4.png")
    studio.do(window, "skip")
    studio.at(window, "plant_5.png")
    studio.do(window, "save_and_next")  # no mask, no stroke
    studio.at(window, "plant_6.png")
    expected = {
        FIRST: ReviewState.PARTLY_CORRECTED,
        SECOND: ReviewState.COMPLETE,
        THIRD: ReviewState.NOTHING_TO_CORRECT,
        "plant_4.png": ReviewState.SKIPPED,
        "plant_5.png": ReviewState.UNSEEN,
    }
    studio.until(lambda: studio.state(window, "plant_4.png") is ReviewState.SKIPPED)
    assert {name: studio.state(window, name) for name in expected} == expected
    studio.do(window, "jump") if False else window.session.go_to(FIRST)
    studio.at(window, FIRST)
    studio.do(window, "save_and_next")  # nothing more to paint on what was begun
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.COMPLETE)


def test_nothing_here_labels_everything_background_and_can_be_undone(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    labels = window.session.painting.annotation.labels
    QTest.keyClick(window, Qt.Key.Key_N)
    studio.until(lambda: labels.counts() == {BACKGROUND: SHAPE[0] * SHAPE[1]})
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert labels.counts() == {}
    studio.do(window, "redo")
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.COMPLETE)
    assert (studio.saved(FIRST) == BACKGROUND).all()


def test_undone_strokes_leave_no_annotation_behind(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.until(lambda: studio.project.shown_path(FIRST).exists())
    studio.do(window, "undo")
    studio.do(window, "next")
    studio.at(window, SECOND)
    studio.until(lambda: not studio.project.shown_path(FIRST).exists())
    assert studio.saved(FIRST) is None
    assert studio.state(window, FIRST) is ReviewState.UNSEEN


def test_strokes_survive_a_crash_as_a_proposal(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.paint(window, (100, 50), (110, 120))
    studio.do(window, "undo")
    painted = window.session.painting.annotation.labels.to_array()
    studio.until(lambda: window.workers.pending == 0)
    left = studio.after_a_crash(tmp_path)
    again = left.open(FIRST)
    assert "found on this computer" in again.notices.text
    assert not again.session.painting.annotation.labels.counts()
    restore = again.notices.buttons[0]
    assert restore.text() == "Restore"
    restore.click()
    studio.until(lambda: np.array_equal(again.session.painting.annotation.labels.to_array(), painted))
    studio.do(again, "save_and_next")
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert np.array_equal(studio.saved(FIRST), painted)
    studio.at(again, SECOND)
    studio.do(again, "previous")
    studio.at(again, FIRST)
    assert not list(left.folders.journals.rglob("*.journal"))  # the file holds it all now
    assert again.notices.text == ""


def test_discarded_strokes_are_not_proposed_again(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.until(lambda: window.workers.pending == 0)
    again = studio.after_a_crash(tmp_path).open(FIRST)
    again.notices.buttons[1].click()
    assert again.notices.text == ""
    studio.do(again, "next")
    studio.at(again, SECOND)
    studio.do(again, "previous")
    studio.at(again, FIRST)
    assert again.notices.text == ""


def test_recovered_strokes_say_when_the_annotation_is_newer(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.until(lambda: window.workers.pending == 0)
    left = studio.after_a_crash(tmp_path)
    theirs = Annotation(Labels(SHAPE))
    theirs.stamp((150, 150), (150, 200), 5, BACKGROUND)
    save_annotation(studio.project, FIRST, theirs.labels, AnnotationFacts(), None, [])
    again = left.open(FIRST)
    assert "changed since" in again.notices.text
    assert again.session.painting.annotation.labels == theirs.labels


def test_a_closed_window_has_saved_and_said_goodbye(studio) -> None:
    window = studio.open()
    studio.until(lambda: studio.wish(window).image == FIRST)
    studio.paint(window, (50, 50), (60, 120))
    painted = window.session.painting.annotation.labels.to_array()
    before = studio.wish(window).counter
    window.close()
    assert np.array_equal(studio.saved(FIRST), painted)
    wish = studio.wish(window)
    assert (wish.image, wish.masks, wish.learning) == (None, (), True)
    assert wish.counter > before


def test_what_is_wanted_follows_the_image(studio) -> None:
    window = studio.open()
    window.settings.change(masks_ahead=2)
    window.session.want_masks_ahead()
    studio.until(lambda: studio.wish(window).masks == (FIRST, SECOND, THIRD))
    studio.until(lambda: studio.wish(window).view is not None)
    wish = studio.wish(window)
    assert (wish.project, wish.image, wish.learning) == ("projects/plants", FIRST, True)
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.wish(window).image == SECOND)
    studio.do(window, "learning")
    studio.until(lambda: not studio.wish(window).learning)
    assert studio.wish(window).masks == (SECOND, THIRD, "plant_4.png")


def test_a_missing_image_is_passed_with_a_notice(studio) -> None:
    (studio.project.shared.datasets / "plants" / SECOND).unlink()
    window = studio.open()
    studio.do(window, "save_and_next")
    studio.at(window, THIRD)
    assert SECOND in window.notices.text


def test_somebody_elses_strokes_are_kept(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    theirs = Annotation(Labels(SHAPE))
    theirs.stamp((50, 50), (150, 200), 5, BACKGROUND)
    save_annotation(studio.project, FIRST, theirs.labels, AnnotationFacts(), None, [])
    studio.do(window, "save_and_next")
    studio.until(lambda: "somebody else" in window.notices.text)
    merged = studio.saved(FIRST)
    assert merged[150, 200] == BACKGROUND
    assert merged[50, 50] == FOREGROUND
    assert list(studio.project.folder.conflicts.iterdir())


def test_an_annotation_of_another_size_is_refused_not_stretched(studio) -> None:
    wrong = Labels((10, 10))
    studio.project.folder.validation.joinpath("plant_1.png").write_bytes(
        encode_annotation(wrong, AnnotationFacts(), studio.project)
    )
    window = studio.open(FIRST)
    assert "10 x 10" in window.notices.text
    studio.paint(window, (50, 50), (60, 120))
    assert not window.session.painting.annotation.labels.counts()


def test_every_action_can_be_chosen_by_its_key_and_says_so(studio) -> None:
    window = studio.open()
    assert set(window.actions_by_name) == {row.name for row in ACTIONS}
    keys = [key for row in ACTIONS for key in row.keys]
    assert len(keys) == len(set(keys))
    for row in ACTIONS:
        assert window.actions_by_name[row.name].toolTip()
    QTest.keyClick(window, Qt.Key.Key_W)
    assert window.page.canvas.tool.label == BACKGROUND
    QTest.keyClick(window, Qt.Key.Key_S)
    assert not window.page.canvas.layer_visible("mask")
    QTest.keyClick(window, Qt.Key.Key_S)
    assert window.page.canvas.layer_visible("mask")


def test_the_list_goes_to_an_image(studio) -> None:
    window = studio.open()
    window.page.images.chosen.emit(THIRD)
    studio.at(window, THIRD)
    studio.until(lambda: window.settings.now.last_images != {})
    window.close()
    again = studio.open()
    assert again.session.image_name == THIRD  # where she left it
