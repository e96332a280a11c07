"""Ways to see the mask: with what was painted laid over it, not at all for a moment, and what has changed."""

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QColor, QFocusEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QCheckBox, QComboBox

from painter_app.canvas.blink import TURN_MILLISECONDS
from painter_app.canvas.layers import MASK_COLOUR
from painter_app.canvas.probability import ramp_colour
from painter_app.panels.map_key import MapKey
from painter_app.window import MainWindow
from shared_folder.classes import FOREGROUND, new_classes
from shared_folder.probability import ProbabilityFacts, ProbabilityMap, write_probability
from shared_folder.project import ProjectSettings
from shared_folder.publish import publish_document, read_document
from shared_folder.rectangle import Rectangle
from tests.painter_app.conftest import SHAPE, Studio

FIRST = "plant_1.png"
PLACE = (50, 50)  # row and column, inside the mask that the studio gives


def opened(studio: Studio) -> MainWindow:
    """With a mask that is opaque."""
    studio.give_mask(FIRST)
    window = studio.open()
    window.page.canvas.set_layer_opacity("mask", 1.0)
    studio.until(lambda: window.session.mask.shown is not None)
    window.page.canvas.setFocus()
    return window


def colour(studio: Studio, window: MainWindow, at: tuple[float, float] = PLACE) -> QColor:
    """What is seen at a row and column of the image, once all is drawn."""
    canvas = window.page.canvas
    QTest.mouseMove(canvas, QPoint(2, 2))  # away with the brush's circle
    studio.until(lambda: canvas.drawn)
    return canvas.grab().toImage().pixelColor(canvas.widget_from_image(*at).toPoint())


def tick(window: MainWindow, text: str) -> QCheckBox:
    return next(each for each in window.page.layers.findChildren(QCheckBox) if each.text() == text)


def test_the_corrected_mask_is_seen_by_key_tick_and_menu(studio: Studio) -> None:
    window = opened(studio)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Comma)
    assert tick(window, "Corrected mask").isChecked()
    assert window.actions_by_name["toggle_corrected"].isChecked()
    QTest.keyClick(window.page.canvas, Qt.Key.Key_W)
    studio.paint(window, PLACE, (55, 55))
    result = colour(studio, window)
    assert result.name() != MASK_COLOUR
    QTest.mouseClick(tick(window, "Corrected mask"), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert not window.actions_by_name["toggle_corrected"].isChecked()
    assert colour(studio, window).name() not in (MASK_COLOUR, result.name())
    studio.do(window, "toggle_corrected")
    window.session.next()
    studio.at(window, "plant_2.png")
    window.session.previous()
    studio.at(window, FIRST)
    assert colour(studio, window) == result  # it goes on from image to image
    assert tick(window, "Corrected mask").isChecked()


def test_what_will_be_exported_never_lies_on_a_newer_mask(studio: Studio) -> None:
    window = opened(studio)
    studio.paint(window, PLACE, (55, 55))
    newest, corrected = (window.actions_by_name[name] for name in ("newest_mask", "toggle_corrected"))
    newest.trigger()
    corrected.trigger()
    assert (newest.isChecked(), corrected.isChecked()) == (False, True)
    newest.trigger()
    assert (newest.isChecked(), corrected.isChecked()) == (True, False)
    assert not tick(window, "Corrected mask").isChecked()


def test_while_h_is_held_the_image_is_seen_alone(studio: Studio) -> None:
    window = opened(studio)
    canvas = window.page.canvas
    canvas.set_layer_visible("mask", False)
    image = colour(studio, window)
    canvas.set_layer_visible("mask", True)
    QTest.keyPress(canvas, Qt.Key.Key_Backspace)
    assert colour(studio, window) == image
    QTest.keyRelease(canvas, Qt.Key.Key_Backspace)
    assert colour(studio, window).name() == MASK_COLOUR
    for end in (
        lambda: QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(30, 30)),
        lambda: QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut)),
    ):
        QTest.keyPress(canvas, Qt.Key.Key_Backspace)
        assert colour(studio, window) == image
        end()
        assert colour(studio, window).name() == MASK_COLOUR
        QTest.keyRelease(canvas, Qt.Key.Key_Backspace)
    assert window.session.painting.annotation.empty


def test_a_stroke_in_hand_keeps_its_labels(studio: Studio) -> None:
    window = opened(studio)
    canvas = window.page.canvas
    at = canvas.widget_from_image(150, 250).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.keyPress(canvas, Qt.Key.Key_Backspace)
    assert colour(studio, window).name() == MASK_COLOUR
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at)


def test_blinking_by_itself_is_off_at_first_and_slow(studio: Studio) -> None:
    assert 1000 / (2 * TURN_MILLISECONDS) < 2  # hertz
    window = opened(studio)
    changes: list[bool] = []
    blink = window.mask_desk._blink
    blink.bare_changed.connect(changes.append)
    assert not window.actions_by_name["blink"].isChecked()
    assert not blink._turns.isActive()
    blink._turns.setInterval(5)  # so that the test is quick
    studio.do(window, "blink")
    studio.until(lambda: len(changes) >= 4)
    assert changes[:4] == [True, False, True, False]
    studio.do(window, "blink")
    assert colour(studio, window).name() == MASK_COLOUR
    assert not blink._turns.isActive()


def give_probability(studio: Studio, window: MainWindow, image: str, values: int, classes: tuple[int, ...]) -> None:
    """As a trainer answers: the same everywhere, one more for each further class."""
    maps = np.stack([np.full(SHAPE, values + number, np.uint8) for number in range(len(classes))])
    facts = ProbabilityFacts(image=image, model="000001_t", classes=classes, scale=1)
    path = studio.project.folder.probability(window.settings.now.painter)
    write_probability(path, ProbabilityMap(maps, facts))


def probability_key(window: MainWindow) -> MapKey:
    return next(each for each in window.page.layers.findChildren(MapKey) if "How likely" in each.accessibleName())


def test_probabilities_are_asked_for_and_shown_while_she_looks(studio: Studio) -> None:
    window = opened(studio)
    canvas = window.page.canvas
    assert not studio.wish(window).probability
    QTest.keyClick(canvas, Qt.Key.Key_Period)
    studio.until(lambda: studio.wish(window).probability)
    studio.until(lambda: "a trainer makes it" in probability_key(window).accessibleName())
    assert colour(studio, window).name() == MASK_COLOUR
    give_probability(studio, window, "plant_2.png", 255, (FOREGROUND,))  # of an image that she has left
    give_probability(studio, window, FIRST, 255, (FOREGROUND,))
    studio.until(lambda: "0 %" in probability_key(window).accessibleName())
    assert colour(studio, window) == ramp_colour(1.0)
    window.session.next()
    studio.at(window, "plant_2.png")
    assert "How likely: root" in probability_key(window).accessibleName()
    studio.until(lambda: "a trainer makes it" in probability_key(window).accessibleName())
    window.session.previous()
    studio.at(window, FIRST)
    QTest.keyClick(canvas, Qt.Key.Key_Period)
    studio.until(lambda: not studio.wish(window).probability)
    assert colour(studio, window).name() == MASK_COLOUR


def test_one_way_to_see_the_mask_at_a_time(studio: Studio) -> None:
    window = opened(studio)
    actions = [window.actions_by_name[f"toggle_{name}"] for name in ("outline", "probability", "corrected")]
    looks = window.page.layers.findChild(QComboBox)

    def states() -> tuple[bool, ...]:
        return tuple(action.isChecked() for action in actions)

    outline, probability, corrected = actions
    probability.trigger()
    assert (states(), looks.currentText()) == ((False, True, False), "Probability")
    outline.trigger()
    assert (states(), looks.currentText()) == ((True, False, False), "Outlines only")
    corrected.trigger()
    assert states() == (True, False, True)  # the corrected mask has outlines too
    probability.trigger()
    assert states() == (False, True, False)
    corrected.trigger()
    assert (states(), looks.currentText()) == ((False, False, True), "Fill")
    QTest.keyClick(looks, Qt.Key.Key_Down)
    assert states() == (True, False, True)


def test_with_several_classes_the_probability_is_that_of_the_brush(studio: Studio) -> None:
    classes = new_classes(["root", "stone"])
    settings = studio.project.folder.settings
    publish_document(settings, read_document(settings, ProjectSettings).model_copy(update={"classes": classes}))
    window = opened(studio)
    canvas = window.page.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Period)
    give_probability(studio, window, FIRST, 100, (2, 3))
    studio.until(lambda: "How likely: root. Key" in probability_key(window).accessibleName())
    assert colour(studio, window) == ramp_colour(100 / 255)
    QTest.keyClick(canvas, Qt.Key.Key_2)
    assert "How likely: stone" in probability_key(window).accessibleName()
    assert colour(studio, window) == ramp_colour(101 / 255)
    QTest.keyClick(canvas, Qt.Key.Key_W)
    assert "How likely: stone" in probability_key(window).accessibleName()


def test_what_a_newer_mask_has_changed_can_be_seen_again(studio: Studio) -> None:
    window = opened(studio)
    canvas = window.page.canvas
    QTest.keyClick(canvas, Qt.Key.Key_F9)
    assert "No mask has taken another's place" in window.notices.text
    better = np.ones(SHAPE, np.uint8)
    better[20:80, 20:80] = FOREGROUND
    better[100:160, 200:260] = better[150:190, 20:60] = FOREGROUND
    QTest.mouseMove(canvas, QPoint(3, 3))
    studio.give_mask(FIRST, better, model="000002_t")
    studio.until(lambda: window.session.mask.shown.model == "000002_t")
    studio.until(lambda: not canvas._fading.isActive())
    plain = colour(studio, window, (130, 230))
    QTest.keyClick(canvas, Qt.Key.Key_F9)
    canvas._fading.stop()  # however slow the machine
    assert colour(studio, window, (130, 230)).red() > plain.red() + 100  # yellow
    assert colour(studio, window, PLACE).name() == MASK_COLOUR  # that is as it was
    studio.until(lambda: "differs from the one before in 2 places" in window.notices.text)
    whole = canvas.visible_rectangle()
    seen = []
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_F9)
        seen.append(canvas.visible_rectangle())
        assert len(canvas._frames) == 1
    assert seen[0].intersection(Rectangle(100, 200, 160, 260)) == Rectangle(100, 200, 160, 260)
    assert seen[1].intersection(Rectangle(150, 20, 190, 60)) == Rectangle(150, 20, 190, 60)
    QTest.keyClick(canvas, Qt.Key.Key_F9)
    assert canvas.visible_rectangle() == whole
    assert not canvas._frames
    window.session.next()
    studio.at(window, "plant_2.png")
    QTest.keyClick(canvas, Qt.Key.Key_F9)
    assert "No mask has taken another's place" in window.notices.text
