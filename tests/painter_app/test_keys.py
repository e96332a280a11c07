"""Keys go where the user means them: to the canvas while she paints, to a field while she types."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QKeySequenceEdit, QLabel, QLineEdit, QTableView

from painter_app.dialogs.keys import KeysDialog
from painter_app.dialogs.shortcuts import ShortcutSheet
from shared_folder.classes import BACKGROUND, FOREGROUND

SECOND = "plant_2.png"


def test_letters_in_the_filter_choose_no_brush_and_skip_no_image(studio) -> None:
    window = studio.open()
    field = next(each for each in window.page.images.findChildren(QLineEdit) if each.placeholderText())
    studio.do(window, "brush_background")
    field.setFocus()
    QTest.keyClicks(field, "qkn2")
    assert field.text() == "qkn2"
    assert window.page.canvas.tool.label == BACKGROUND
    assert window.session.image_name == "plant_1.png"
    field.setText("plant_2")
    QTest.keyClick(field, Qt.Key.Key_Return)  # the first that is found
    studio.at(window, SECOND)
    assert window.focusWidget() is window.page.canvas


def test_after_an_image_is_chosen_from_the_list_keys_paint_on(studio) -> None:
    window = studio.open()
    view = window.page.images.findChild(QTableView)
    place = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    studio.at(window, SECOND)
    assert window.focusWidget() is window.page.canvas
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    studio.at(window, "plant_3.png")
    assert window.focusWidget() is window.page.canvas
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Return)
    studio.at(window, "plant_4.png")


def test_a_click_on_a_panel_leaves_the_keys_with_the_canvas(studio) -> None:
    window = studio.open()
    window.page.canvas.setFocus()
    for panel in (window.page.brushes, window.page.layers, window.page.trainer):
        control = next(each for each in panel.findChildren(QAbstractButton) if each.isVisible())
        QTest.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(8, control.height() // 2))
        assert window.focusWidget() is window.page.canvas


def test_enter_in_the_size_field_goes_back_to_the_canvas(studio) -> None:
    window = studio.open()
    field = next(each for each in window.page.brushes.findChildren(QLineEdit))
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "33")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.page.canvas.brush_diameter == 33
    assert window.focusWidget() is window.page.canvas
    QTest.keyClick(window.page.canvas, Qt.Key.Key_W)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Q)
    assert window.page.canvas.tool.label == FOREGROUND


def test_escape_closes_a_notice(studio) -> None:
    window = studio.open()
    studio.do(window, "image_context")
    assert window.notices.text
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Escape)
    assert window.notices.text == ""


def test_what_is_chosen_in_a_menu_shows_its_tick(studio) -> None:
    window = studio.open()
    for action in window.actions_by_name.values():
        assert not (action.isCheckable() and action.isIconVisibleInMenu())


def test_rootpainters_keys_do_what_they_did_there(studio) -> None:
    window = studio.open()
    keys = {
        "open_project": "Ctrl+O",
        "undo": "Z",
        "redo": "Ctrl+Shift+Z",
        "brush_first": "Q",
        "brush_background": "W",
        "brush_eraser": "E",
        "fit": "Ctrl+F",
        "actual_size": "Ctrl+A",
        "toggle_mask": "S",
        "toggle_annotation": "A",
        "toggle_image": "I",
        "image_context": "Ctrl+Shift+C",
        "zoom_in": "+",
        "zoom_out": "-",
        "shortcuts": "C",
    }
    for action, key in keys.items():
        assert QKeySequence(key) in window.actions_by_name[action].shortcuts(), action


def dialog_of(studio, window, kind):
    studio.until(lambda: window.findChild(kind) is not None and window.findChild(kind).isVisible())
    return window.findChild(kind)


def left_handed(studio, window) -> None:
    """From the sheet on, as a user goes."""
    QTest.keyClick(window.page.canvas, Qt.Key.Key_C)
    sheet = dialog_of(studio, window, ShortcutSheet)
    click(sheet, "Change keys")
    dialog = dialog_of(studio, window, KeysDialog)
    click(dialog, "Left-handed")
    accept(studio, window, dialog)


def accept(studio, window, dialog) -> None:
    dialog.accept()
    studio.until(lambda: window.findChild(KeysDialog) is None)
    window.activateWindow()  # which a desktop does by itself
    studio.until(window.isActiveWindow)


def click(dialog, word: str) -> None:
    button = next(each for each in dialog.findChildren(QAbstractButton) if word in each.text().replace("&", ""))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def tips(window) -> str:
    """All that the window says of its brushes and layers, and in its notices."""
    controls = [*window.page.brushes.findChildren(QAbstractButton), *window.page.layers.findChildren(QAbstractButton)]
    looks = window.page.layers.findChild(QComboBox)
    of_looks = [looks.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(looks.count())]
    return " ".join([*(each.toolTip() for each in controls), *of_looks, window.notices.text])


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_changed_keys_act_at_once_are_shown_everywhere_and_come_back(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    assert "Paint background (key W)" in tips(window)
    left_handed(studio, window)
    for each in (window, None):
        if each is None:
            window.close()
            window = studio.open()
            canvas = window.page.canvas
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_O)
        assert canvas.tool.label == BACKGROUND
        QTest.keyClick(canvas, Qt.Key.Key_W)  # the key that it had: outlines now
        assert window.actions_by_name["toggle_outline"].isChecked()
        QTest.keyClick(canvas, Qt.Key.Key_W)
        QTest.keyClick(canvas, Qt.Key.Key_P)
        assert canvas.tool.label == FOREGROUND
        said = tips(window)
        for words in ("Paint background (key O)", "Paint root (key P)", "what you painted: nobody has said (key I)"):
            assert words in said
        assert "What the model says: show or hide it (key L)" in said
        assert "The borders of its regions (key W)" in said
        assert window.actions_by_name["tool_lasso"].toolTip() == "Label all that you draw around (H)"
        studio.paint(window, (50, 50), (60, 60))
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
        assert window.session.painting.annotation.empty
        QTest.keyClick(canvas, Qt.Key.Key_Semicolon)
        studio.paint(window, (50, 50), (60, 60))
        assert window.notices.text == "The annotation is hidden. Show it to paint (;)."
        QTest.keyClick(canvas, Qt.Key.Key_Semicolon)
        QTest.keyClick(canvas, Qt.Key.Key_M)
        dialog = window.contrast.dialog
        QTest.keyClick(dialog, Qt.Key.Key_M)
        assert window.contrast.dialog is None
    QTest.keyClick(canvas, Qt.Key.Key_Comma)
    texts = [label.text() for label in dialog_of(studio, window, ShortcutSheet).findChildren(QLabel)]
    assert texts[texts.index("Background") + 1] == "O"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_key_that_was_taken_acts_no_more_and_enter_can_be_changed(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    studio.do(window, "change_keys")
    dialog = dialog_of(studio, window, KeysDialog)
    dialog.choose("save_and_next")
    field = dialog.findChild(QKeySequenceEdit)
    QTest.keyClick(field, Qt.Key.Key_F5)
    accept(studio, window, dialog)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    studio.until(lambda: window.workers.pending == 0)
    assert window.session.image_name == "plant_1.png"
    assert "(F5)" in window.page.buttons["save_and_next"].toolTip()
    QTest.keyClick(canvas, Qt.Key.Key_F5)
    studio.at(window, SECOND)
    QTest.keyClick(canvas, Qt.Key.Key_Enter)  # its second key stays
    studio.at(window, "plant_3.png")


def test_nonsense_in_the_settings_is_told_and_the_usual_keys_act(studio) -> None:
    folder = studio.folders.settings.parent
    folder.mkdir(parents=True)
    studio.folders.settings.write_text('{"painter": "ada", "keys": {"undo": ["Ctrl+Nonsense"]}}')
    window = studio.open()
    assert "'Ctrl+Nonsense' of undo is no key" in window.notices.text
    QTest.keyClick(window.page.canvas, Qt.Key.Key_W)
    assert window.page.canvas.tool.label == BACKGROUND
    assert window.settings.now.painter == "ada"  # the rest of the settings holds
