"""Classes of the open project, changed in the real dialog: what the file, the window and other windows make of it."""

import json

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)

from painter_app.dialogs.class_editor import ClassEditor
from painter_app.dialogs.classes import ClassesDialog
from painter_app.window import MainWindow
from shared_folder.class_changes import change_classes
from shared_folder.classes import BACKGROUND_COLOUR, FOREGROUND, MOST_CLASSES, PALETTE, LabelClass, new_classes
from shared_folder.project import open_project, read_settings
from shared_folder.publish import publish_document
from shared_folder.segmentation import read_segmentation
from tests.painter_app.conftest import SHAPE, Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen

FIRST, SECOND = "plant_1.png", "plant_2.png"
TWO = new_classes(["root", "stem"])
SAVE, CANCEL = QDialogButtonBox.StandardButton.Save, QDialogButtonBox.StandardButton.Cancel


@pytest.fixture
def two(studio: Studio) -> Studio:
    """The studio's project with two classes."""
    change_classes(studio.project, studio.project.classes, TWO)
    studio.project = open_project(studio.project.folder.root)
    return studio


def opened_dialog(studio: Studio, window: MainWindow) -> ClassesDialog:
    studio.do(window, "classes")
    studio.until(lambda: window.findChild(ClassesDialog) is not None)
    return window.findChild(ClassesDialog)


def button(where: QWidget, text: str) -> QAbstractButton:
    """The one that is called so, or says so."""
    found = [
        each
        for each in where.findChildren(QAbstractButton)
        if text in (each.accessibleName(), each.text().replace("&", "")) and not each.isHidden()
    ]
    assert len(found) == 1, f"{len(found)} buttons {text!r}"
    return found[0]


def field(where: QWidget, number: int) -> QLineEdit:
    name = f"Name of class {number}"
    return next(each for each in where.findChildren(QLineEdit) if each.accessibleName() == name and each.isVisible())


def typed(where: QWidget, number: int, name: str) -> None:
    line = field(where, number)
    line.selectAll()
    QTest.keyClicks(line, name)


def saved(studio: Studio, window: MainWindow, dialog: ClassesDialog) -> None:
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).button(SAVE), Qt.MouseButton.LeftButton)
    studio.until(lambda: window.findChild(ClassesDialog) is None)
    window.activateWindow()
    studio.until(window.isActiveWindow)


def merged(studio: Studio, dialog: ClassesDialog, name: str, into: str, answer: str = "Merge") -> str:
    """Merge one class into another by the menu and the question. Returns what the question says."""
    menu = button(dialog, f"Merge {name} into another class").menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == into).trigger()
    studio.until(lambda: dialog.findChild(QMessageBox) is not None)
    box = dialog.findChild(QMessageBox)
    words = box.informativeText()
    QTest.mouseClick(button(box, answer), Qt.MouseButton.LeftButton)
    studio.until(lambda: dialog.findChild(QMessageBox) is None)
    return words


def in_file(studio: Studio) -> list[LabelClass]:
    return list(read_settings(studio.project.folder).classes)


def brushes(window: MainWindow) -> list[str]:
    names = [each.accessibleName() for each in window.page.brushes.findChildren(QPushButton) if not each.isHidden()]
    return [name.removeprefix("Brush: ") for name in names if name.startswith("Brush: ")][:-3]


def colour_at(studio: Studio, window: MainWindow, row: int, column: int) -> str:
    """What the screen shows at a pixel of the image; layers must be opaque."""
    canvas = window.page.canvas
    canvas.repaint()
    studio.until(lambda: canvas.drawn)
    place = canvas.widget_from_image(row + 0.5, column + 0.5).toPoint()
    return canvas.grab().toImage().pixelColor(place).name()


def make_opaque(window: MainWindow) -> None:
    for layer in ("mask", "annotation"):
        window.page.canvas.set_layer_opacity(layer, 1.0)


def test_an_added_class_has_a_brush_a_key_and_a_colour_at_once_and_what_it_paints_is_saved(studio) -> None:
    window = studio.open()
    make_opaque(window)
    studio.paint(window, (30, 30), (30, 60))
    dialog = opened_dialog(studio, window)
    QTest.mouseClick(button(dialog, "Add a class"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(dialog.focusWidget(), "stone")
    saved(studio, window, dialog)
    assert [(known.id, known.name, known.colour) for known in in_file(studio)] == [
        (2, "root", PALETTE[0]),
        (3, "stone", PALETTE[1]),
    ]
    assert brushes(window) == ["root", "stone"]
    assert window.page.canvas.tool.label == FOREGROUND  # what was in hand stays
    assert window.page.phase.text() == "Examples 1 of 6: paint clear root, stone and background, ignore the mask"
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    studio.paint(window, (100, 100), (100, 160))
    assert colour_at(studio, window, 100, 130) == PALETTE[1]
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert studio.saved(FIRST)[100, 130] == 3
    assert studio.saved(FIRST)[30, 45] == 2


def test_a_class_is_renamed_and_recoloured_under_what_is_painted(two) -> None:
    window = two.open()
    make_opaque(window)
    window.page.canvas.setFocus()
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    two.paint(window, (100, 100), (100, 160))
    dialog = opened_dialog(two, window)
    typed(dialog, 2, "stalk")
    QTest.mouseClick(button(dialog, "Colour of stem"), Qt.MouseButton.LeftButton)
    chooser = dialog.findChild(QColorDialog)
    chooser.setCurrentColor(QColor("#123456"))
    chooser.accept()
    assert field(dialog, 2).hasFocus()
    saved(two, window, dialog)
    assert in_file(two)[1] == LabelClass(3, "stalk", "#123456", "2")
    assert brushes(window) == ["root", "stalk"]
    assert window.page.canvas.tool.label == 3
    assert colour_at(two, window, 100, 130) == "#123456"


def test_a_merge_is_asked_for_shown_at_once_and_taken_back_in_the_same_place(two) -> None:
    labels = np.ones(SHAPE, np.uint8)
    labels[20:80, 20:80] = 2
    labels[120:180, 20:80] = 3
    two.give_mask(FIRST, labels)
    window = two.open()
    make_opaque(window)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    two.paint(window, (100, 100), (100, 160))
    dialog = opened_dialog(two, window)
    merged(two, dialog, "stem", "root", "Cancel")
    assert field(dialog, 2).text() == "stem"
    words = merged(two, dialog, "stem", "root")
    assert "will count as root" in words
    assert "separate the two again" in words
    assert not button(dialog, "Merge root into another class").isEnabled()  # something must be left to find
    saved(two, window, dialog)
    assert in_file(two)[1].merged_into == 2
    assert brushes(window) == ["root"]
    assert window.page.canvas.tool.label == 2
    assert colour_at(two, window, 100, 130) == PALETTE[0]
    assert colour_at(two, window, 150, 50) == colour_at(two, window, 50, 50)  # the mask as well
    assert window.canvas_desk.name_of(3) == "root"
    QTest.mouseMove(window.page.canvas, window.page.canvas.widget_from_image(150.5, 50.5).toPoint())
    two.do(window, "brush_background")
    two.do(window, "pick_class")
    assert window.page.canvas.tool.label == 2

    two.do(window, "save_and_next")
    two.at(window, SECOND)
    two.until(lambda: two.saved(FIRST) is not None)
    assert two.saved(FIRST)[100, 130] == 3  # the pixels are as they were painted
    two.do(window, "previous")
    two.at(window, FIRST)
    dialog = opened_dialog(two, window)
    assert "stem, merged into root" in [label.text() for label in dialog.findChildren(QLabel)]
    QTest.mouseClick(button(dialog, "Separate stem from root again"), Qt.MouseButton.LeftButton)
    saved(two, window, dialog)
    assert in_file(two) == list(TWO)
    assert colour_at(two, window, 100, 130) == PALETTE[1]
    assert colour_at(two, window, 150, 50) == PALETTE[1]


def test_a_class_merged_into_background_leaves_the_mask_and_is_painted_as_background(two) -> None:
    labels = np.ones(SHAPE, np.uint8)
    labels[120:180, 20:80] = 3
    two.give_mask(FIRST, labels)
    window = two.open()
    make_opaque(window)
    grey = colour_at(two, window, 10, 10)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    two.paint(window, (100, 100), (100, 160))
    dialog = opened_dialog(two, window)
    merged(two, dialog, "stem", "background")
    saved(two, window, dialog)
    assert colour_at(two, window, 100, 130) == BACKGROUND_COLOUR
    assert colour_at(two, window, 150, 50) != PALETTE[1]
    assert colour_at(two, window, 10, 10) == grey
    assert window.page.brushes._group.checkedId() == window.page.canvas.tool.label == 1


def test_another_window_follows_and_keeps_its_brush(two) -> None:
    window, other = two.open(), two.open()
    QTest.keyClick(other.page.canvas, Qt.Key.Key_2)
    dialog = opened_dialog(two, window)
    typed(dialog, 1, "fine root")
    saved(two, window, dialog)
    two.until(lambda: brushes(other) == ["fine root", "stem"])
    assert other.page.canvas.tool.label == 3
    assert other.session.project.classes == window.session.project.classes


def test_what_another_window_changed_while_the_dialog_was_open_stays(two) -> None:
    window = two.open()
    dialog = opened_dialog(two, window)
    change_classes(two.project, TWO, (*TWO, LabelClass(4, "seed", "#abcdef")))
    typed(dialog, 1, "fine root")
    QTest.mouseClick(button(dialog, "Add a class"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(dialog.focusWidget(), "tip")
    saved(two, window, dialog)
    expected = ["fine root", "stem", "seed", "tip"]
    assert [known.name for known in in_file(two)] == expected
    assert [known.id for known in in_file(two)] == [2, 3, 4, 5]
    assert brushes(window) == expected


def test_what_cannot_be_saved_is_said_in_the_dialog_and_can_be_mended(two) -> None:
    window = two.open()
    dialog = opened_dialog(two, window)
    typed(dialog, 2, "root")
    button_box = dialog.findChild(QDialogButtonBox)
    QTest.mouseClick(button_box.button(SAVE), Qt.MouseButton.LeftButton)
    assert any("Two classes have the same name" in each.text() for each in dialog.findChildren(QLabel))
    typed(dialog, 2, "leaf")
    change_classes(two.project, TWO, (*TWO, LabelClass(4, "leaf", "#abcdef")))  # somebody was quicker
    QTest.mouseClick(button_box.button(SAVE), Qt.MouseButton.LeftButton)
    two.until(lambda: any('"leaf"' in each.text() for each in dialog.findChildren(QLabel)))
    assert in_file(two)[1].name == "stem"
    typed(dialog, 2, "blade")
    saved(two, window, dialog)
    assert [known.name for known in in_file(two)] == ["root", "blade", "leaf"]


def test_cancel_changes_nothing(two) -> None:
    window = two.open()
    before = two.project.folder.settings.read_bytes()
    dialog = opened_dialog(two, window)
    typed(dialog, 1, "other")
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).button(CANCEL), Qt.MouseButton.LeftButton)
    assert two.project.folder.settings.read_bytes() == before


def test_a_mask_shown_while_classes_changed_is_kept_with_all_its_classes(studio) -> None:
    window = studio.open()
    change_classes(studio.project, studio.project.classes, TWO)  # another window
    studio.until(lambda: brushes(window) == ["root", "stem"])
    studio.project = open_project(studio.project.folder.root)
    labels = np.ones(SHAPE, np.uint8)
    labels[120:180, 20:80] = 3
    studio.give_mask(FIRST, labels)
    studio.until(lambda: window.session.mask.shown is not None)
    studio.paint(window, (100, 100), (100, 160))
    path = studio.project.shown_path(FIRST)
    studio.until(path.exists)
    assert read_segmentation(path, SHAPE).labels.counts()[3] == 3600


def test_a_project_that_can_only_be_read_says_so(studio) -> None:
    facts = json.loads(studio.project.folder.file.read_text())
    facts["brushloop"] |= {"format": 9, "reads_from": 9}
    studio.project.folder.file.write_text(json.dumps(facts))
    window = studio.open()
    studio.do(window, "classes")
    assert "newer Brushloop" in window.notices.text
    assert window.findChild(ClassesDialog) is None


def test_a_damaged_file_is_said_and_the_classes_stay_as_they_were(two) -> None:
    window = two.open()
    good = two.project.folder.settings.read_bytes()
    two.project.folder.settings.write_bytes(b"{")
    two.do(window, "classes")
    two.until(lambda: "project.json" in window.notices.text)
    assert brushes(window) == ["root", "stem"]
    two.project.folder.settings.write_bytes(good.replace(b"stem", b"stalk"))
    two.until(lambda: brushes(window) == ["root", "stalk"])


def test_the_test_set_follows_another_window_too(two) -> None:
    window = two.open()
    settings = read_settings(two.project.folder).model_copy(update={"test_set": (SECOND,)})
    publish_document(two.project.folder.settings, settings)
    two.until(lambda: window.session.project.is_test(SECOND))


def editor_of(qtbot, names: list[str]) -> ClassEditor:
    editor = ClassEditor(names)
    qtbot.addWidget(editor)
    editor.resize(500, 240)
    editor.show()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    return editor


def test_classes_are_moved_with_the_arrows_and_with_the_keyboard_and_keep_their_ids(qtbot) -> None:
    editor = editor_of(qtbot, [])
    editor.set_classes(new_classes(["a", "b", "c"]))
    QTest.mouseClick(button(editor, "Move a down"), Qt.MouseButton.LeftButton)
    assert button(editor, "Move a down").hasFocus()
    line = field(editor, 3)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert field(editor, 2).hasFocus()
    QTest.keyClick(field(editor, 2), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(field(editor, 1), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # it is the first already
    assert [(known.id, known.name, known.shortcut) for known in editor.classes()] == [
        (4, "c", "1"),
        (3, "b", "2"),
        (2, "a", "3"),
    ]
    assert not button(editor, "Move c up").isEnabled()
    assert not button(editor, "Move a down").isEnabled()


def test_the_last_of_many_new_classes_is_in_sight_where_it_is_named(qtbot) -> None:
    editor = editor_of(qtbot, ["root"])
    add = button(editor, "Add a class")
    while add.isEnabled():
        QTest.mouseClick(add, Qt.MouseButton.LeftButton)
    assert len(editor.names()) == MOST_CLASSES
    last = field(editor, MOST_CLASSES)
    assert last.hasFocus()
    qtbot.waitUntil(lambda: last.visibleRegion().boundingRect().size() == last.size())
    editor.set_names([f"class {number}" for number in range(MOST_CLASSES)])
    assert [known.colour for known in editor.classes()] == list(PALETTE)
