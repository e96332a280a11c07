"""Another size to learn at: proposed by what is painted, used, declined and taken back, in the real window."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox

from painter_app.dialogs.learning_scale import LearningScaleDialog
from painter_app.session.scale_choice import proposal_sentence
from shared_folder.classes import BINARY, new_classes
from shared_folder.project import change_scale, read_settings
from shared_folder.publish import read_document
from tests.painter_app.conftest import SHAPE, Studio

QUESTION = "What you paint as root is only one or two pixels wide."
USED = "The network learns at that size from now on."


def save_two(studio: Studio, window, diameter: float = 1.0) -> None:
    """Paint on two images and be done with them; wait until what was painted has been measured."""
    for number in (1, 2):
        window.page.canvas.brush_diameter = diameter
        studio.paint(window, (20, 40), (180, 40))
        studio.do(window, "save_and_next")
        studio.at(window, f"plant_{number + 1}.png")
    studio.until(lambda: len(window.session.scale._widths) == 2)


def proposed(studio: Studio):
    window = studio.open()
    save_two(studio, window)
    studio.until(lambda: window.notices.text.startswith(QUESTION))
    return window


def scale(studio: Studio) -> float:
    return read_settings(studio.project.folder).scale


def declined(window) -> tuple[str, ...]:
    path = window.settings.path
    return read_document(path, type(window.settings.now)).scale_declined if path.exists() else ()


def chosen_in_dialog(studio: Studio, window, wanted: float, button=QDialogButtonBox.StandardButton.Ok) -> None:
    studio.do(window, "learning_scale")
    studio.until(lambda: window.findChild(LearningScaleDialog) is not None)
    dialog = window.findChild(LearningScaleDialog)
    assert [each for each, choice in dialog.choices.items() if choice.isChecked()] == [scale(studio)]
    dialog.choices[wanted].click()
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).button(button), Qt.MouseButton.LeftButton)
    studio.until(lambda: window.findChild(LearningScaleDialog) is None)


def test_thin_strokes_on_two_images_propose_twice_the_size_and_use_it_writes_that(studio) -> None:
    window = proposed(studio)
    assert scale(studio) == 1
    (button,) = window.notices.buttons
    assert button.text() == "Use it"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.until(lambda: window.notices.text.startswith(USED))
    assert scale(studio) == 2
    assert window.session.project.settings.scale == 2
    assert read_settings(studio.project.folder).classes == studio.project.classes


def test_closed_it_is_never_asked_again_in_this_project(studio) -> None:
    window = proposed(studio)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.notices.text == ""
    studio.until(lambda: declined(window) == (str(studio.project.folder.file),))
    window.close()
    again = studio.open("plant_4.png")
    studio.paint(again, (20, 40), (180, 40))
    studio.do(again, "save_and_next")
    assert again.session.scale._decided(again.session.project)
    assert scale(studio) == 1


def test_one_image_or_wider_strokes_propose_nothing(studio) -> None:
    window = studio.open()
    window.page.canvas.brush_diameter = 1
    studio.paint(window, (20, 40), (180, 40))
    studio.do(window, "save_and_next")
    studio.until(lambda: len(window.session.scale._widths) == 1)
    assert window.notices.text == ""
    window.page.canvas.brush_diameter = 8
    for number in (2, 3):
        studio.at(window, f"plant_{number}.png")
        studio.paint(window, (20, 40), (180, 40))
        studio.do(window, "save_and_next")
    studio.until(lambda: len(window.session.scale._widths) == 3)
    assert window.notices.text == ""


def test_thin_corrections_of_a_wide_thing_propose_nothing(studio) -> None:
    mask = np.ones(SHAPE, np.uint8)
    mask[20:180, 20:40] = 2
    for number in (1, 2):
        studio.give_mask(f"plant_{number}.png", mask)
    window = studio.open()
    studio.until(lambda: window.session.mask.shown is not None)
    save_two(studio, window)
    assert min(window.session.scale._widths.values()) > 15
    assert window.notices.text == ""


def test_where_somebody_chose_another_size_meanwhile_nothing_is_proposed(studio) -> None:
    window = studio.open()
    change_scale(studio.project, 2.0)
    measured = []
    window.session.scale._measured = lambda *found: measured.append(found)
    window.page.canvas.brush_diameter = 1
    studio.paint(window, (20, 40), (180, 40))
    studio.do(window, "save_and_next")
    studio.until(lambda: bool(measured))
    del window.session.scale._measured
    for image in ("a", "b"):
        window.session.scale._measured(measured[0][0], image, *measured[0][2:])
    assert measured[0][3] == 2
    assert window.notices.text == ""


def test_another_project_takes_the_question_back(studio) -> None:
    window = proposed(studio)
    window.close_project()
    assert window.notices.text == ""
    assert not window.settings.now.scale_declined


@pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen
def test_the_menu_shows_the_size_and_takes_it_back(studio) -> None:
    window = proposed(studio)
    window.notices.buttons[0].click()
    studio.until(lambda: scale(studio) == 2)
    chosen_in_dialog(studio, window, 0.5, QDialogButtonBox.StandardButton.Cancel)
    assert scale(studio) == 2
    chosen_in_dialog(studio, window, 1.0)
    studio.until(lambda: scale(studio) == 1)
    studio.until(lambda: declined(window) == (str(studio.project.folder.file),))


def test_a_size_that_the_choices_lack_is_shown(studio, qtbot) -> None:
    dialog = LearningScaleDialog(3.0)
    qtbot.addWidget(dialog)
    chosen: list[float] = []
    dialog.chosen.connect(chosen.append)
    assert list(dialog.choices) == [0.5, 1.0, 2.0, 3.0]
    dialog.accept()
    assert chosen == []


def test_the_sentence_names_a_class_where_there_is_one() -> None:
    roots = new_classes(["root"])
    assert proposal_sentence(2.0, roots) == (
        "What you paint as root is only one or two pixels wide. Learning at twice the size sees it better, and takes "
        "four times as long for a mask."
    )
    assert proposal_sentence(2.0, BINARY).startswith("What you paint is only")
    assert proposal_sentence(2.0, new_classes(["a", "b"])).startswith("What you paint is only")
    assert proposal_sentence(0.5, roots) == (
        "What you paint as root is more than 60 pixels wide. Learning at half the size sees more of what lies around "
        "it, and takes a quarter of the time for a mask."
    )
