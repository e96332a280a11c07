"""Brightness and contrast, in the real window: the image follows, the project remembers, nothing else changes."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from painter_app.canvas.tone import Tone

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen


def grey(studio, window) -> int:
    canvas = window.page.canvas
    studio.until(lambda: canvas.drawn)
    return canvas.grab().toImage().pixelColor(canvas.widget_from_image(100.5, 150.5).toPoint()).lightness()


def press(dialog, word: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if word in each.text().replace("&", ""))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_image_follows_the_sliders_and_the_project_remembers(studio) -> None:
    window = studio.open()
    before = grey(studio, window)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_V)
    dialog = window.contrast.dialog
    dialog.white.setValue(60)
    assert window.page.canvas.tone == Tone(0, 60)
    assert grey(studio, window) > before
    QTest.keyClick(dialog, Qt.Key.Key_V)
    assert window.contrast.dialog is None
    studio.do(window, "next")
    studio.at(window, "plant_2.png")
    assert window.page.canvas.tone == Tone(0, 60)
    window.close()
    again = studio.open("plant_1.png")
    assert again.page.canvas.tone == Tone(0, 60)
    QTest.keyClick(again.page.canvas, Qt.Key.Key_V)
    press(again.contrast.dialog, "As it is")
    assert again.page.canvas.tone.plain
    assert grey(studio, again) == before
    assert again.settings.now.tones == {}


def test_white_stays_above_black(studio) -> None:
    window = studio.open()
    studio.do(window, "contrast")
    dialog = window.contrast.dialog
    dialog.black.setValue(200)
    dialog.white.setValue(10)
    assert window.page.canvas.tone == Tone(200, 201)


def test_it_is_fitted_to_the_image(studio) -> None:
    window = studio.open()
    studio.do(window, "contrast")
    press(window.contrast.dialog, "Fit")
    studio.until(lambda: not window.page.canvas.tone.plain)
    tone = window.page.canvas.tone
    assert 0 < tone.black < 10  # noise of all levels
    assert 245 < tone.white < 255
    assert window.contrast.dialog.black.value() == tone.black
