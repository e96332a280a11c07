"""No stroke is lost: not the one in hand, not on a full disk, not between two windows of one person."""

import errno

import numpy as np
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shared_folder.classes import FOREGROUND
from shared_folder.review import ReviewState

FIRST, SECOND = "plant_1.png", "plant_2.png"


def press(window, row: float, column: float) -> None:
    """A stroke that isn't released."""
    canvas = window.page.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.widget_from_image(row, column).toPoint())
    QTest.mouseMove(canvas, canvas.widget_from_image(row, column + 60).toPoint())


def test_a_stroke_in_hand_is_saved_by_save_and_next(studio) -> None:
    window = studio.open()
    press(window, 50, 50)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Return)
    studio.at(window, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert (studio.saved(FIRST) == FOREGROUND).sum() > 100


def test_a_stroke_in_hand_is_saved_by_closing_the_window(studio) -> None:
    window = studio.open()
    press(window, 50, 50)
    window.close()
    assert (studio.saved(FIRST) == FOREGROUND).sum() > 100


def test_undo_waits_while_another_image_is_opened(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "next")
    studio.do(window, "undo")  # the former image is still on the screen
    studio.at(window, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    studio.do(window, "previous")
    studio.at(window, FIRST)
    assert np.array_equal(window.session.painting.annotation.labels.to_array(), studio.saved(FIRST))


def test_strokes_that_can_not_be_saved_stay_and_can_be_tried_again(studio, monkeypatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", str(studio.project.folder.train / ".x.part"))

    def refuse(*_args) -> None:
        raise full

    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    with monkeypatch.context() as disk:
        disk.setattr("shared_folder.annotation_files.publish", refuse)
        studio.do(window, "save_and_next")
        studio.until(lambda: "could not be saved" in window.notices.text)
    said = window.notices.text
    assert f"{studio.project.folder.train}: the disk is full" in said
    assert ".part" not in said
    assert "strokes are kept on this computer" in said
    studio.at(window, SECOND)
    studio.do(window, "previous")
    studio.at(window, FIRST)
    assert "1 stroke that no file holds was found" in window.notices.text
    window.notices.buttons[0].click()  # Restore
    studio.until(lambda: window.session.painting.changed)
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert (studio.saved(FIRST) == FOREGROUND).any()


def test_two_windows_of_one_person_leave_each_others_strokes_alone(studio) -> None:
    first = studio.open()
    studio.paint(first, (50, 50), (60, 60))
    studio.do(first, "undo")  # nothing that a file would have to hold
    second = studio.open()
    assert second.notices.text == ""
    studio.paint(first, (100, 100), (120, 160))
    journals = list(studio.folders.journals.rglob("*.journal"))
    assert len(journals) == 1
    third = studio.open()
    assert third.notices.text == ""
    studio.paint(second, (150, 200), (150, 260))
    studio.do(first, "save_and_next")
    studio.at(first, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    studio.do(second, "save_and_next")
    studio.at(second, SECOND)
    studio.until(lambda: studio.saved(FIRST)[150, 230] == FOREGROUND)
    assert studio.saved(FIRST)[100, 100] == FOREGROUND


def test_two_windows_of_one_person_keep_each_others_review_states(studio) -> None:
    first = studio.open()
    studio.until(studio.folders.settings.exists)  # which makes the second the same person
    second = studio.open(SECOND)
    studio.do(first, "skip")
    studio.at(first, SECOND)
    studio.do(second, "skip")
    studio.at(second, "plant_3.png")
    studio.until(lambda: studio.state(first, SECOND) is ReviewState.SKIPPED)
    assert studio.state(first, FIRST) is ReviewState.SKIPPED


def test_a_folder_that_can_only_be_read_says_so_once(studio, monkeypatch) -> None:
    window = studio.open()

    def refuse(path, *_args) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path.parent / f".{len(path.name)}.part"))

    monkeypatch.setattr("painter_app.session.wishes.publish_document", refuse)
    for _ in range(3):
        studio.do(window, "next")
        studio.until(lambda: "can only be read" in window.notices.text)
        window.notices.dismiss()
        assert window.notices.text == ""


def test_strokes_on_an_image_of_another_size_are_explained_not_laid(studio) -> None:
    path = studio.project.image_path(FIRST, {})
    window = studio.open()
    press(window, 50, 50)
    window.page.canvas.finish_stroke()
    left = window.session.painting.journal
    content = left.path.read_bytes()
    studio.do(window, "undo")
    window.close()
    left.path.write_bytes(content)
    Image.fromarray(np.zeros((90, 120, 3), np.uint8)).save(path)
    again = studio.open()
    assert "300 × 200 pixels" in again.notices.text
    assert not again.session.painting.annotation.labels.counts()
    again.notices.buttons[0].click()  # Discard them
    studio.until(lambda: not left.path.exists())


def test_no_point_of_a_quick_stroke_is_dropped(studio) -> None:
    studio.open()
    attribute = Qt.ApplicationAttribute
    assert not QApplication.testAttribute(attribute.AA_CompressHighFrequencyEvents)
    assert not QApplication.testAttribute(attribute.AA_CompressTabletEvents)
