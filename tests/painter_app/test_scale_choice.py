"""The size to learn at, as the menu shows and changes it in the real window."""

import json
import struct

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox, QLabel

from painter_app.dialogs.learning_scale import LearningScaleDialog
from painter_app.project_desk import newest_scale
from shared_folder.model_facts import HEADER_KEY, ModelFacts
from shared_folder.project import change_scale, read_settings
from tests.painter_app.conftest import Studio

OK, CANCEL = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel


def scale(studio: Studio) -> float | None:
    return read_settings(studio.project.folder).scale


def opened_dialog(studio: Studio, window) -> LearningScaleDialog:
    studio.do(window, "learning_scale")
    studio.until(lambda: window.findChild(LearningScaleDialog) is not None)
    return window.findChild(LearningScaleDialog)


def chosen_in_dialog(studio: Studio, window, wanted: float | None, button=OK) -> None:
    dialog = opened_dialog(studio, window)
    assert [each for each, choice in dialog.choices.items() if choice.isChecked()] == [scale(studio)]
    dialog.choices[wanted].click()
    QTest.mouseClick(dialog.findChild(QDialogButtonBox).button(button), Qt.MouseButton.LeftButton)
    studio.until(lambda: window.findChild(LearningScaleDialog) is None)


def give_model(studio: Studio, scale: float) -> None:
    """Write a model file as a trainer does, as far as its facts go."""
    facts = ModelFacts(number=1, trainer="t", classes=(), network={}, normalisation="range", scale=scale)
    header = json.dumps({"__metadata__": {HEADER_KEY: facts.model_dump_json()}}).encode()
    models = studio.project.folder.models
    models.mkdir(parents=True, exist_ok=True)
    (models / "000001_t.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)


@pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen
def test_the_menu_shows_the_size_changes_it_and_takes_it_back(studio) -> None:
    window = studio.open()
    assert scale(studio) is None
    chosen_in_dialog(studio, window, 2.0)
    studio.until(lambda: window.notices.text == "From now on the network sees the images at twice their size.")
    assert scale(studio) == 2
    assert window.session.project.settings.scale == 2
    assert read_settings(studio.project.folder).classes == studio.project.classes
    chosen_in_dialog(studio, window, 0.5, CANCEL)
    assert scale(studio) == 2
    chosen_in_dialog(studio, window, None)
    studio.until(lambda: "that the trainer chooses by what is painted" in window.notices.text)
    assert scale(studio) is None
    assert window.session.project.settings.scale is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_it_shows_what_the_file_and_the_newest_model_say_by_now(studio) -> None:
    window = studio.open()
    change_scale(studio.project, 1.0)  # somebody else
    give_model(studio, 0.5)
    dialog = opened_dialog(studio, window)
    assert dialog.choices[1.0].isChecked()
    assert "The newest model sees them at half their size." in [label.text() for label in dialog.findChildren(QLabel)]


def test_a_damaged_model_says_nothing_and_keeps_nobody_from_choosing(studio) -> None:
    give_model(studio, 0.5)
    assert newest_scale(studio.project.folder) == 0.5
    (studio.project.folder.models / "000002_t.safetensors").write_bytes(b"cut")
    assert newest_scale(studio.project.folder) is None


def test_a_size_that_the_choices_lack_is_shown(qtbot) -> None:
    dialog = LearningScaleDialog(3.0, None)
    qtbot.addWidget(dialog)
    chosen: list[float | None] = []
    dialog.chosen.connect(chosen.append)
    assert list(dialog.choices) == [None, 0.5, 1.0, 2.0, 3.0]
    assert dialog.choices[3.0].isChecked()
    dialog.accept()
    assert chosen == []


def test_each_choice_has_a_key_of_its_own(qtbot) -> None:
    dialog = LearningScaleDialog(None, None)
    qtbot.addWidget(dialog)
    keys = {choice.text().split("&")[1][0] for choice in dialog.choices.values()}
    assert len(keys | {"O", "C"}) == len(dialog.choices) + 2  # OK and Cancel have theirs on some systems
