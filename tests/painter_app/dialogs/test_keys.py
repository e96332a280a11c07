"""The dialog that changes keys, with real key events."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox, QKeySequenceEdit, QPushButton, QTreeWidget

from painter_app.dialogs.keys import KeysDialog
from painter_app.keys import Keys

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
USUAL = {"undo": ("Z", "Ctrl+Z"), "fit": ("Ctrl+F",), "background": ("W",), "save": ("Return",)}
ROWS = [
    ("undo", "Edit", "Undo stroke"),
    ("fit", "View", "Fit"),
    ("background", "Brushes", "Background"),
    ("save", "Image", "Save & Next"),
]


@pytest.fixture
def dialog(qtbot) -> KeysDialog:
    dialog = KeysDialog(ROWS, Keys(USUAL, {}))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def press(dialog: KeysDialog, action: str, *key) -> None:
    dialog.choose(action)
    field = dialog.findChild(QKeySequenceEdit)
    field.setFocus()
    QTest.keyClick(field, *key)


def click(dialog: KeysDialog, word: str) -> None:
    words = {each.text().replace("&", ""): each for each in dialog.findChildren(QPushButton) if each.isVisible()}
    button = next(each for text, each in words.items() if word in text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(dialog: KeysDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QPushButton) if each.isVisible() and "ive it" in each.text()]


def written(dialog: KeysDialog) -> dict[str, str]:
    tree = dialog.findChild(QTreeWidget)
    groups = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount())]
    items = [group.child(number) for group in groups for number in range(group.childCount())]
    return {item.text(0): item.text(1) for item in items}


def test_a_key_is_pressed_and_ok_chooses_it(dialog, qtbot) -> None:
    chosen: list[Keys] = []
    dialog.keys_chosen.connect(chosen.append)
    press(dialog, "undo", Qt.Key.Key_U)
    assert written(dialog)["Undo stroke"] == "U, Ctrl+Z"
    press(dialog, "fit", Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert written(dialog)["Fit"] == "Ctrl+Shift+F"
    assert chosen == []
    QTest.mouseClick(
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton
    )
    assert chosen[0].chosen == {"undo": ("U", "Ctrl+Z"), "fit": ("Ctrl+Shift+F",)}


def test_another_actions_key_is_given_away_only_when_she_says_so(dialog) -> None:
    press(dialog, "fit", Qt.Key.Key_W)
    assert dialog.message == "W is the key of “Background”."
    assert offered(dialog) == ["&Give it to “Fit”"]
    assert dialog.keys.chosen == {}
    click(dialog, "Leave it there")
    assert dialog.keys.chosen == {}
    assert offered(dialog) == []
    press(dialog, "fit", Qt.Key.Key_W)
    click(dialog, "Give it to")
    assert written(dialog)["Fit"] == "W"
    assert written(dialog)["Background"] == ""
    press(dialog, "fit", Qt.Key.Key_Return)
    assert dialog.message == "Return is the key of “Save & Next”."
    dialog.choose("undo")  # turning away asks no more
    assert offered(dialog) == []
    assert dialog.keys.of("save") == ("Return",)


def test_what_other_things_need_is_refused_with_the_reason(dialog) -> None:
    for key, reason in ((Qt.Key.Key_Space, "Space moves the image"), (Qt.Key.Key_4, "number keys choose classes")):
        press(dialog, "fit", key)
        assert reason in dialog.message
    press(dialog, "fit", Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert "opens menus" in dialog.message
    assert dialog.keys.chosen == {}


def test_one_action_or_all_go_back_to_their_usual_keys(dialog) -> None:
    press(dialog, "fit", Qt.Key.Key_W)
    click(dialog, "Give it to")
    dialog.choose("background")
    click(dialog, "Usual key")
    assert dialog.message == "Taken back from “Fit”."
    assert written(dialog)["Background"] == "W"
    assert written(dialog)["Fit"] == ""
    click(dialog, "No key")
    assert written(dialog)["Background"] == ""
    click(dialog, "All as usual")
    assert dialog.keys.chosen == {}
    click(dialog, "Left-handed set")
    assert written(dialog)["Background"] == "O"
    assert written(dialog)["Undo stroke"] == "Backspace, /, Ctrl+Z"


def test_esc_leaves_everything_as_it_was(dialog) -> None:
    chosen: list[Keys] = []
    dialog.keys_chosen.connect(chosen.append)
    press(dialog, "undo", Qt.Key.Key_U)
    press(dialog, "undo", Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert chosen == []


def test_it_is_done_with_the_keyboard_alone_and_a_groups_name_takes_no_key(dialog) -> None:
    tree, field = dialog.findChild(QTreeWidget), dialog.findChild(QKeySequenceEdit)
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert not field.isEnabled()  # "View"
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert field.isEnabled()
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert dialog.focusWidget() is field
    assert dialog.isVisible()
    QTest.keyClick(field, Qt.Key.Key_K)
    assert dialog.keys.of("fit") == ("K",)
    assert dialog.focusWidget() is tree
