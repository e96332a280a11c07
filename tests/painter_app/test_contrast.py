"""Brightness and contrast, in the real window: the image follows, the project remembers, nothing else changes."""

import numpy as np
import pytest
import tifffile
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from painter_app.canvas.tone import Tone
from tests.painter_app.conftest import SHAPE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen


def grey(studio, window) -> int:
    canvas = window.page.canvas
    studio.until(lambda: canvas.drawn)
    return canvas.grab().toImage().pixelColor(canvas.widget_from_image(100.5, 150.5).toPoint()).lightness()


def picture(studio, window) -> np.ndarray:
    canvas = window.page.canvas
    studio.until(lambda: canvas.drawn)
    seen = canvas.grab().toImage()
    return np.frombuffer(seen.constBits().asstring(seen.sizeInBytes()), np.uint8)


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


def test_local_contrast_is_remembered(studio) -> None:
    window = studio.open()
    before = picture(studio, window)
    studio.do(window, "contrast")
    window.contrast.dialog.local.setValue(80)
    assert window.page.canvas.tone == Tone(local=0.8)
    assert not np.array_equal(picture(studio, window), before)
    window.contrast.dialog.close()
    window.close()
    assert studio.open().page.canvas.tone == Tone(local=0.8)


@pytest.fixture
def cells(studio):
    """The second image has three channels that are pages, in the order DAPI (blue), GFP (green), and one unnamed."""
    path = studio.project.image_path("plant_2.png")
    pixels = np.zeros((3, *SHAPE), np.uint16)
    pixels[0, :, :100], pixels[1, :100], pixels[2, :, 200:] = 60_000, 900, 500
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "GFP", ""], "Color": [0x0000FFFF, 0x00FF00FF, -16776961]}}
    tifffile.imwrite(path, pixels, ome=True, photometric="minisblack", metadata=metadata)  # the suffix says nothing
    return studio


def colour(studio, window, row: float, column: float) -> tuple[int, int, int]:
    studio.until(lambda: window.page.canvas.drawn)
    canvas = window.page.canvas
    seen = canvas.grab().toImage().pixelColor(canvas.widget_from_image(row, column).toPoint())
    return seen.red(), seen.green(), seen.blue()


def test_channels_are_switched_coloured_and_fitted(cells) -> None:
    window = cells.open("plant_2.png")
    assert colour(cells, window, 50, 50) == (0, 255, 255)
    assert colour(cells, window, 150, 50) == (0, 0, 255)
    cells.do(window, "contrast")
    dialog = window.contrast.dialog
    assert [row.seen.text() for row in dialog.channels.rows] == ["DAPI", "GFP", "Channel 3"]
    assert not dialog.black.isVisible()
    dapi, gfp, third = dialog.channels.rows
    QTest.mouseClick(dapi.seen, Qt.MouseButton.LeftButton, pos=QPoint(8, dapi.seen.height() // 2))
    assert colour(cells, window, 50, 50) == (0, 255, 0)
    gfp.colour.setCurrentIndex(gfp.colour.findText("magenta"))
    assert colour(cells, window, 50, 50) == (255, 0, 255)
    gfp.white.setValue(gfp.white.maximum())
    assert colour(cells, window, 50, 50) != (255, 0, 255)
    QTest.mouseClick(gfp.fit_button, Qt.MouseButton.LeftButton)
    assert colour(cells, window, 50, 50) == (255, 0, 255)
    third.white.setValue(0)
    assert third.tone.white > third.tone.black
    press(dialog, "Fit to")
    assert third.tone.white == pytest.approx(500, rel=0.01)
    assert not dapi.seen.isChecked()  # what is seen stays


def test_channels_are_remembered_and_other_images_are_as_they_were(cells) -> None:
    window = cells.open("plant_2.png")
    cells.do(window, "contrast")
    window.contrast.dialog.channels.rows[1].seen.setChecked(False)
    chosen = window.page.canvas.tone
    cells.do(window, "next")
    cells.at(window, "plant_3.png")
    assert window.page.canvas.tone.plain
    assert window.contrast.dialog.channels is None
    assert window.contrast.dialog.black.isVisible()
    window.contrast.dialog.white.setValue(100)
    window.contrast.dialog.close()
    window.close()
    again = cells.open("plant_2.png")
    assert again.page.canvas.tone == chosen
    assert colour(cells, again, 50, 50) == (0, 0, 255)
    cells.do(again, "contrast")
    assert not again.contrast.dialog.channels.rows[1].seen.isChecked()
    press(again.contrast.dialog, "As it is")
    assert colour(cells, again, 50, 50) == (0, 255, 255)
    assert again.settings.now.tones == {}
