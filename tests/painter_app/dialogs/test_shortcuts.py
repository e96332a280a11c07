from PyQt6.QtWidgets import QLabel

from painter_app.dialogs.shortcuts import ShortcutSheet


def test_every_row_is_on_the_sheet_without_mnemonics(qtbot):
    rows = [("Image", "&Save && Next", "Enter"), ("View", "Ma&sk", "S")] + [
        ("Brushes", f"b{i}", str(i)) for i in range(20)
    ]
    sheet = ShortcutSheet(rows)
    qtbot.addWidget(sheet)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    assert {"Image", "View", "Brushes", "Save & Next", "Mask", "Enter", "S", "b19", "19"} <= set(texts)
    assert sheet.sizeHint().height() < 768


def test_a_sheet_that_is_higher_than_the_screen_scrolls(qtbot):
    sheet = ShortcutSheet([("Image", f"action {number}", "K") for number in range(200)])
    qtbot.addWidget(sheet)
    assert sheet.sizeHint().height() < sheet.screen().availableGeometry().height()


def test_an_empty_table_makes_an_empty_sheet(qtbot):
    sheet = ShortcutSheet([])
    qtbot.addWidget(sheet)
    assert sheet.findChildren(QLabel) == []
