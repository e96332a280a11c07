"""While she paints, what she has painted is in the shared folder soon: the real window, offscreen."""

import errno

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from painter_app.session import autosave
from shared_folder.annotation import Annotation
from shared_folder.annotation_files import AnnotationFacts, annotation_path, read_annotation, save_annotation
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.review import ReviewState
from shared_folder.segmentation import Segmentation, write_segmentation

SHAPE = (200, 300)
FIRST, SECOND = "plant_1.png", "plant_2.png"


@pytest.fixture(autouse=True)
def _soon(monkeypatch) -> None:
    monkeypatch.setattr(autosave, "AUTOSAVE_SECONDS", 0.05)
    monkeypatch.setattr(autosave, "_MOST_SAVING", 1.0)  # a busy machine takes its time


def painted(window) -> np.ndarray:
    return window.session.painting.annotation.labels.to_array()


def filed(studio, window) -> None:
    """Wait until the folder holds just what is on the canvas."""
    studio.until(lambda: np.array_equal(studio.saved(FIRST), painted(window)) and not window.session.painting.unsaved)


def test_strokes_and_what_is_taken_back_reach_the_folder_while_she_paints(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    assert annotation_path(studio.project, FIRST).parent == studio.project.folder.train
    studio.paint(window, (100, 50), (110, 120))
    filed(studio, window)
    studio.do(window, "undo")
    filed(studio, window)
    studio.do(window, "undo")
    filed(studio, window)
    assert not studio.saved(FIRST).any()
    studio.do(window, "redo")
    filed(studio, window)
    assert window.notices.text == ""
    assert not list(studio.project.folder.conflicts.glob("*"))


def test_the_way_on_is_as_ever(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.until(lambda: window.session.mask.shown is not None)
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    assert studio.state(window, FIRST) is ReviewState.UNSEEN  # she has not judged it yet
    assert studio.project.shown_path(FIRST).is_file()
    studio.paint(window, (100, 50), (110, 120))
    before = painted(window)
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.COMPLETE)
    assert np.array_equal(studio.saved(FIRST), before)
    facts = read_annotation(annotation_path(studio.project, FIRST), SHAPE).facts
    assert (facts.clicks, facts.model) == (2, "000001_t")
    assert not list(studio.project.folder.conflicts.glob("*"))


def test_an_image_whose_strokes_were_all_taken_back_is_untouched(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.until(lambda: window.session.mask.shown is not None)
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    studio.do(window, "undo")
    studio.do(window, "next")
    studio.at(window, SECOND)
    studio.until(lambda: not studio.project.shown_path(FIRST).exists() and not studio.saved(FIRST).any())
    studio.do(window, "previous")
    studio.at(window, FIRST)
    assert window.session.painting.untouched
    assert window.notices.text == ""  # no stroke is left over in a journal


def test_a_stroke_in_hand_is_not_torn(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    studio.paint(window, (20, 20), (20, 60))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.widget_from_image(50, 50).toPoint())
    QTest.mouseMove(canvas, canvas.widget_from_image(50, 110).toPoint())
    looks = []
    window.session.brushwork.autosave._timer.timeout.connect(lambda: looks.append(studio.saved(FIRST)))
    studio.until(lambda: len(looks) >= 2)
    assert all(saved is None for saved in looks)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.widget_from_image(50, 110).toPoint())
    filed(studio, window)


def test_a_mask_for_the_image_she_paints_is_awaited_where_it_will_come(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    mask[:20] = FOREGROUND
    path = studio.project.latest_path(FIRST)
    write_segmentation(path, Segmentation(Labels.from_array(mask), "000001_t"), studio.project.classes)
    studio.until(lambda: window.session.mask.shown is not None)


def test_somebody_else_is_merged_once_and_told_once(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    stored = read_annotation(annotation_path(studio.project, FIRST), SHAPE)
    theirs = Annotation(stored.labels.snapshot())
    theirs.stamp((150, 50), (150, 120), 5, BACKGROUND)
    save_annotation(studio.project, FIRST, theirs.labels, AnnotationFacts(person="Bob"), stored, [])
    for row in (70, 90):
        studio.paint(window, (row, 150), (row, 200))
        studio.until(lambda: not window.session.painting.unsaved)
    assert "somebody else painted it meanwhile" in window.notices.text
    assert len(list(studio.project.folder.conflicts.glob("*"))) == 1
    both = painted(window)
    both[studio.saved(FIRST) == BACKGROUND] = BACKGROUND
    assert (studio.saved(FIRST) == BACKGROUND).sum() == theirs.labels.counts()[BACKGROUND]
    assert np.array_equal(studio.saved(FIRST), both)


def test_a_folder_that_takes_nothing_is_tried_again_without_a_word(studio, monkeypatch) -> None:
    def refuse(*_args) -> None:
        tried.append(1)
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    tried: list[int] = []
    window = studio.open()
    with monkeypatch.context() as disk:
        disk.setattr("shared_folder.annotation_files.publish", refuse)
        studio.paint(window, (50, 50), (60, 120))
        studio.until(lambda: len(tried) >= 2)
    filed(studio, window)
    assert window.notices.text == ""


def test_after_a_crash_only_what_no_file_holds_is_offered(studio, tmp_path, monkeypatch) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.paint(window, (70, 50), (80, 120))
    filed(studio, window)
    monkeypatch.setattr(autosave, "AUTOSAVE_SECONDS", 100.0)
    window.session.brushwork.autosave._due_at = None  # nothing more is saved
    studio.do(window, "undo")
    assert window.session.painting.unsaved
    crashed = studio.after_a_crash(tmp_path).open()
    assert "1 stroke that no file holds was found" in crashed.notices.text
    assert "was changed since" not in crashed.notices.text
    crashed.notices.buttons[0].click()  # Restore
    studio.until(lambda: np.array_equal(painted(crashed), painted(window)))


def test_a_pinned_image_is_saved_to_validation_from_then_on(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    filed(studio, window)
    window.page.images.test_image_chosen.emit(FIRST, True)
    studio.until(lambda: annotation_path(studio.project, FIRST).parent == studio.project.folder.validation)
    studio.until(lambda: window.page.images._model.is_test(FIRST))
    window.page.images.test_image_chosen.emit(SECOND, True)
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.paint(window, (50, 50), (60, 120))
    studio.until(lambda: not window.session.painting.unsaved)
    assert annotation_path(studio.project, SECOND).parent == studio.project.folder.validation
    again = studio.open()
    assert again.page.images._model.is_test(SECOND)
