"""The first steps, one hint at a time, in the real window: each goes for good once it was done or closed."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPushButton

from painter_app.actions import usual_keys
from painter_app.hints_desk import GO_ON, HINTS, MASK, PAINT, TRAINER
from painter_app.keys import Keys
from painter_app.settings import Settings, SettingsFile
from shared_folder.publish import publish_document

FIRST, SECOND = "plant_1.png", "plant_2.png"


def left(window) -> tuple[str, ...] | None:
    return SettingsFile(window.settings.path).now.hints


def names(*hints) -> tuple[str, ...]:
    return tuple(hint.name for hint in hints)


def said(hint) -> str:
    return hint.said(Keys(usual_keys(), {}))


def texts(window) -> list[str]:
    """Of the cards that are on the screen."""
    return [card.text for card in (window.page.hint, window.page.trainer_hint) if card.isVisible()]


def test_the_first_steps_one_at_a_time(studio) -> None:
    window = studio.open()
    assert texts(window) == [said(PAINT)]
    studio.paint(window, (50, 50), (60, 120))
    assert texts(window) == [said(PAINT)]
    QTest.keyClick(window.page.canvas, Qt.Key.Key_W)
    studio.paint(window, (100, 50), (110, 120))
    assert texts(window) == [said(GO_ON)]
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Return)
    studio.at(window, SECOND)
    assert texts(window) == [said(TRAINER)]
    assert window.page.trainer_hint.isVisible()
    studio.give_mask(SECOND)
    studio.until(lambda: window.session.mask.shown is not None)
    assert texts(window) == [said(MASK)]
    QTest.keyClick(window.page.canvas, Qt.Key.Key_S)
    assert texts(window) == []
    studio.until(lambda: left(window) == names(TRAINER))  # which nothing that she does makes known


def test_what_is_done_stays_done(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "brush_background")
    studio.paint(window, (100, 50), (110, 120))
    studio.until(lambda: left(window) == names(GO_ON, TRAINER, MASK))
    window.close()
    again = studio.open(SECOND)
    assert texts(again) == []
    studio.do(again, "save_and_next")
    assert texts(again) == [said(TRAINER)]


def test_a_click_or_escape_closes_a_hint_for_good_and_leaves_the_keys_with_the_canvas(studio) -> None:
    window = studio.open()
    button = window.page.hint.findChild(QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert texts(window) == []
    assert window.focusWidget() is window.page.canvas
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.do(window, "image_context")
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Escape)
    assert window.notices.text == ""
    assert texts(window) == [said(TRAINER)]
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Escape)
    assert texts(window) == []
    studio.until(lambda: left(window) == names(MASK))


def test_a_hint_moves_nothing_under_the_brush(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    bar = window.page.phase.parentWidget()
    studio.until(lambda: bar.height() == bar.sizeHint().height())  # the layout has settled
    with_hint = canvas.geometry(), canvas.widget_from_image(50, 50)
    window.hints.close_shown()
    QApplication.processEvents()
    assert (canvas.geometry(), canvas.widget_from_image(50, 50)) == with_hint


def test_who_knew_the_program_has_none_and_the_menu_shows_them_again(studio) -> None:
    file = str(studio.project.folder.file)
    publish_document(studio.folders.settings, Settings(last_images={file: FIRST, "another": "leaf.png"}))
    window = studio.open()
    assert texts(window) == []
    studio.do(window, "show_hints")
    assert texts(window) == [said(PAINT)]
    studio.until(lambda: left(window) == names(*HINTS))


@pytest.mark.parametrize("given", [("paint", "of a newer program"), ()])
def test_unknown_hints_in_the_settings_are_left_out(studio, given) -> None:
    publish_document(studio.folders.settings, Settings(hints=given))
    assert texts(studio.open()) == ([said(PAINT)] if given else [])
