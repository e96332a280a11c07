"""Keys go where the user means them: to the canvas while she paints, to a field while she types."""

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QTableView

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
