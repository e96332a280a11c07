"""Help > What the network sees: the real window; the trainer is the test writing answers."""

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QCheckBox, QLabel, QPushButton, QSlider

from painter_app.dialogs.neighbourhood import MARGIN, TILE, UNKNOWN_SIDE
from painter_app.dialogs.network_view import NO_MODEL, NetworkView
from painter_app.network_desk import ASKING, NO_TRAINER
from shared_folder.inspection import FAMILIES, Inspection, InspectionAnswer, Picture, write_answer
from shared_folder.publish import publish_document
from shared_folder.status import TrainerStatus

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen

FIRST, SECOND = "plant_1.png", "plant_2.png"
NAMES = ("tile", "augmented", "mask of rotated", "rotated mask")
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


@pytest.fixture
def window(studio):
    window = studio.open()
    studio.do(window, "network_view")
    studio.until(lambda: asked(studio, window) is not None)
    return window


def asked(studio, window) -> Inspection | None:
    return studio.wish(window).inspection


def texts(dialog: NetworkView) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def give_answer(studio, window, question: Inspection, names: tuple[str, ...] = NAMES, **facts: object) -> None:
    """Write an answer as a trainer does: a plain colour for each picture."""
    strip = Image.new("RGB", (16 * len(names), 16))
    for index in range(len(names)):
        strip.paste(COLOURS[index], (16 * index, 0, 16 * index + 16, 16))
    known = {"row": question.row, "column": question.column, "tile": 64, "margin": 32, "receptive_field": 90}
    pictures = tuple(Picture(name=name, left=16 * index, side=16) for index, name in enumerate(names))
    answer = InspectionAnswer(
        asked=question,
        network="A U-Net of 2 levels",
        pictures=pictures,
        **{**known, "model": "1", "dice": 0.83, **facts},
    )
    write_answer(studio.project.folder.inspection(window.settings.now.painter), answer, strip)


def test_it_asks_about_the_middle_with_everything_on_and_says_that_nobody_answers(studio, window) -> None:
    assert asked(studio, window) == Inspection(image=FIRST, row=100, column=150, families=tuple(FAMILIES))
    dialog = window.network.dialog
    assert not dialog.isModal()
    assert NO_TRAINER in texts(dialog)
    for words in FAMILIES.values():
        assert words in texts(dialog)


def test_a_trainer_at_work_is_waited_for(studio, window) -> None:
    for counter in (1, 2):
        publish_document(studio.project.shared.trainer_status("lab-1"), TrainerStatus(counter=counter))
        studio.until(lambda: any(s.counter == counter for s in window.session.pulse.statuses.values()))  # noqa: B023
    studio.until(lambda: ASKING in texts(window.network.dialog))


def test_an_answer_shows_its_pictures_its_sizes_and_its_figure(studio, window) -> None:
    dialog = window.network.dialog
    assert dialog.neighbourhood.side == UNKNOWN_SIDE
    give_answer(studio, window, asked(studio, window))
    studio.until(lambda: not dialog.waiting)
    shown = [label.pixmap().toImage().pixelColor(8, 8).getRgb()[:3] for label in dialog._pictures.values()]
    assert tuple(shown) == COLOURS
    assert "0.83" in texts(dialog)
    assert "A U-Net of 2 levels" in texts(dialog)
    assert dialog.neighbourhood._sides[TILE.name] == 64
    assert dialog.neighbourhood._sides[MARGIN.name] == 64 + 2 * 32
    studio.until(lambda: dialog.neighbourhood._picture is not None)
    drawn = dialog.neighbourhood.grab().toImage()
    scale = dialog.neighbourhood.width() / dialog.neighbourhood.side
    corner = dialog.neighbourhood.width() / 2 + 31.5 * scale
    colours = {drawn.pixelColor(round(corner) + d, drawn.height() // 2 + 20).name() for d in range(-6, 7)}
    assert TILE.colour in colours


def test_before_a_model_it_says_what_to_do(studio, window) -> None:
    give_answer(studio, window, asked(studio, window), NAMES[:2], model="", dice=None)
    studio.until(lambda: NO_MODEL in texts(window.network.dialog))


def test_families_draws_and_rotation_are_asked_for_as_they_change(studio, window) -> None:
    dialog = window.network.dialog
    box = next(each for each in dialog.findChildren(QCheckBox) if each.text() == "Rotation")
    box.click()
    studio.until(lambda: "rotation" not in asked(studio, window).families)
    assert len(asked(studio, window).families) == len(FAMILIES) - 1
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    buttons["None"].click()
    studio.until(lambda: asked(studio, window).families == ())
    buttons["All"].click()
    studio.until(lambda: asked(studio, window).families == tuple(FAMILIES))
    buttons["Another draw"].click()
    studio.until(lambda: asked(studio, window).seed == 1)
    dialog.findChild(QSlider).setValue(-30)
    studio.until(lambda: asked(studio, window).rotation == -30)


def test_an_answer_to_an_earlier_question_is_not_shown(studio, window) -> None:
    old = asked(studio, window).model_copy(update={"seed": 99})
    give_answer(studio, window, old)
    studio.until(lambda: window.network._stamp is not None)
    assert window.network.dialog.waiting


def test_it_follows_the_pointer_that_rests_on_the_image(studio, window) -> None:
    canvas = window.page.canvas
    place = canvas.widget_from_image(40, 60).toPoint()
    QTest.mouseMove(canvas, place)
    QTest.mouseMove(canvas, place + QPoint(1, 0))
    studio.until(lambda: asked(studio, window).row in (39, 40, 41))
    assert abs(asked(studio, window).column - 60) <= 2
    studio.do(window, "next")
    studio.until(lambda: asked(studio, window).image == SECOND)
    assert (asked(studio, window).row, asked(studio, window).column) == (100, 150)


def test_closed_it_asks_for_nothing_and_can_be_opened_again(studio, window) -> None:
    QTest.keyClick(window.network.dialog, Qt.Key.Key_Escape)
    studio.until(lambda: asked(studio, window) is None)
    studio.do(window, "network_view")
    studio.until(lambda: asked(studio, window) is not None)


def test_a_damaged_answer_is_passed(studio, window) -> None:
    path = studio.project.folder.inspection(window.settings.now.painter)
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(path)
    studio.qtbot.wait(400)
    give_answer(studio, window, asked(studio, window))
    studio.until(lambda: not window.network.dialog.waiting)
