"""The real window, offscreen, with real events; the trainer is just the test writing files."""

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QLabel, QToolButton

from painter_app.action_table import ACTIONS
from painter_app.app import exception_hook, make_window
from painter_app.project_desk import Kind, found_image, what_is
from painter_app.settings import SettingsFile
from painter_app.theme import colours_for
from shared_folder.annotation import Annotation
from shared_folder.annotation_files import (
    AnnotationFacts,
    annotation_path,
    encode_annotation,
    read_annotation,
    save_annotation,
)
from shared_folder.classes import BACKGROUND, FOREGROUND, new_classes
from shared_folder.labels import Labels
from shared_folder.project import ProjectSettings, create_project
from shared_folder.refused import Refused
from shared_folder.review import ReviewState
from shared_folder.segmentation import read_segmentation

SHAPE = (200, 300)

FIRST, SECOND, THIRD = "plant_1.png", "plant_2.png", "plant_3.png"


def test_painted_pixels_reach_the_disk_and_the_window_moves_on(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    painted = window.session.painting.annotation.labels.to_array()
    assert (painted == FOREGROUND).sum() > 100
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Return)
    studio.at(window, SECOND)
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert np.array_equal(studio.saved(FIRST), painted)
    facts = read_annotation(annotation_path(studio.project, FIRST), SHAPE).facts
    assert facts.clicks == 1
    assert facts.person == window.settings.now.person
    assert len(facts.image_sha256) == 64
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.EXAMPLE)
    assert not window.session.painting.annotation.labels.counts()


def test_a_mask_shows_when_it_arrives(studio) -> None:
    window = studio.open()
    assert window.page.phase.text() == "Examples 1 of 6: paint clear root and background, ignore the mask"
    studio.give_mask(FIRST)
    studio.until(lambda: window.session.mask.shown is not None)
    assert window.page.phase.text() == "Correcting: paint every error"
    assert window.session.mask.shown.labels.counts()[FOREGROUND] == 3600


def test_a_mask_for_an_image_that_was_left_is_not_shown(studio) -> None:
    window = studio.open()
    studio.do(window, "next")
    studio.at(window, SECOND)
    studio.give_mask(FIRST)
    studio.give_mask(SECOND, np.full(SHAPE, BACKGROUND, np.uint8))
    studio.until(lambda: window.session.mask.shown is not None)
    assert FOREGROUND not in window.session.mask.shown.labels.counts()


def test_before_any_model_an_empty_answer_is_no_mask(studio) -> None:
    window = studio.open()
    studio.give_mask(FIRST, model="no model")
    studio.give_mask(SECOND)
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    assert window.session.mask.shown is not None
    assert studio.state(window, FIRST) is ReviewState.UNSEEN


def test_a_better_mask_waits_for_the_pointer_to_rest_and_for_the_lock(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    rest = [0.0]
    window.session.mask._rest_seconds = lambda: rest[0]
    better = np.full(SHAPE, BACKGROUND, np.uint8)
    studio.do(window, "lock_mask")
    studio.give_mask(FIRST, better, model="000002_t")
    studio.until(lambda: window.session.mask._better is not None)
    rest[0] = 2.0
    studio.qtbot.wait(250)
    assert window.session.mask.shown.model == "000001_t"
    rest[0] = 0.5
    studio.do(window, "lock_mask")
    studio.qtbot.wait(250)
    assert window.session.mask.shown.model == "000001_t"
    rest[0] = 2.0
    studio.until(lambda: window.session.mask.shown.model == "000002_t")


def test_the_mask_under_the_first_stroke_is_kept_and_stays(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.until(lambda: studio.project.shown_path(FIRST).exists())
    studio.give_mask(FIRST, np.full(SHAPE, BACKGROUND, np.uint8), model="000002_t")
    window.session.mask._rest_seconds = lambda: 100.0
    studio.qtbot.wait(1300)
    assert window.session.mask.shown.model == "000001_t"
    kept = read_segmentation(studio.project.shown_path(FIRST), SHAPE)
    assert kept.model == "000001_t"
    assert kept.labels.counts()[FOREGROUND] == 3600
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.until(lambda: annotation_path(studio.project, FIRST) is not None)
    assert read_annotation(annotation_path(studio.project, FIRST), SHAPE).facts.model == "000001_t"
    studio.do(window, "previous")
    studio.at(window, FIRST)
    assert window.session.mask.shown.model == "000001_t"
    studio.do(window, "newest_mask")
    studio.until(lambda: window.session.mask.shown.model == "000002_t")


def test_review_states(studio) -> None:
    for name in (FIRST, SECOND, THIRD, "plant_4.png"):
        studio.give_mask(name)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "next")  # strokes, left by another way than Save & Next
    studio.at(window, SECOND)
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "save_and_next")
    studio.at(window, THIRD)
    studio.do(window, "save_and_next")  # a mask, no stroke
    studio.at(window, "plant_4.png")
    studio.do(window, "skip")
    studio.at(window, "plant_5.png")
    studio.do(window, "save_and_next")  # no mask, no stroke
    studio.at(window, "plant_6.png")
    expected = {
        FIRST: ReviewState.PARTLY_CORRECTED,
        SECOND: ReviewState.COMPLETE,
        THIRD: ReviewState.NOTHING_TO_CORRECT,
        "plant_4.png": ReviewState.SKIPPED,
        "plant_5.png": ReviewState.UNSEEN,
    }
    studio.until(lambda: studio.state(window, "plant_4.png") is ReviewState.SKIPPED)
    assert {name: studio.state(window, name) for name in expected} == expected
    window.session.go_to(FIRST)
    studio.at(window, FIRST)
    studio.do(window, "save_and_next")  # nothing more to paint on what was begun
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.COMPLETE)


def test_nothing_here_labels_everything_background_and_can_be_undone(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    labels = window.session.painting.annotation.labels
    QTest.keyClick(window, Qt.Key.Key_N)
    studio.until(lambda: labels.counts() == {BACKGROUND: SHAPE[0] * SHAPE[1]})
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert labels.counts() == {}
    studio.do(window, "redo")
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.state(window, FIRST) is ReviewState.COMPLETE)
    assert (studio.saved(FIRST) == BACKGROUND).all()


def test_undone_strokes_leave_no_annotation_behind(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.until(lambda: studio.project.shown_path(FIRST).exists())
    studio.do(window, "undo")
    studio.do(window, "next")
    studio.at(window, SECOND)
    studio.until(lambda: not studio.project.shown_path(FIRST).exists())
    assert studio.saved(FIRST) is None
    assert studio.state(window, FIRST) is ReviewState.UNSEEN


def test_strokes_survive_a_crash_as_a_proposal(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.paint(window, (100, 50), (110, 120))
    studio.do(window, "undo")
    painted = window.session.painting.annotation.labels.to_array()
    studio.until(lambda: window.workers.pending == 0)
    left = studio.after_a_crash(tmp_path)
    again = left.open(FIRST)
    assert "found on this computer" in again.notices.text
    assert not again.session.painting.annotation.labels.counts()
    restore = again.notices.buttons[0]
    assert restore.text() == "Restore"
    restore.click()
    studio.until(lambda: np.array_equal(again.session.painting.annotation.labels.to_array(), painted))
    studio.do(again, "save_and_next")
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert np.array_equal(studio.saved(FIRST), painted)
    studio.at(again, SECOND)
    studio.do(again, "previous")
    studio.at(again, FIRST)
    assert not list(left.folders.journals.rglob("*.journal"))  # the file holds it all now
    assert again.notices.text == ""


def test_discarded_strokes_are_not_proposed_again(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.until(lambda: window.workers.pending == 0)
    again = studio.after_a_crash(tmp_path).open(FIRST)
    again.notices.buttons[1].click()
    assert again.notices.text == ""
    studio.do(again, "next")
    studio.at(again, SECOND)
    studio.do(again, "previous")
    studio.at(again, FIRST)
    assert again.notices.text == ""


def test_recovered_strokes_say_when_the_annotation_is_newer(studio, tmp_path: Path) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    studio.until(lambda: window.workers.pending == 0)
    left = studio.after_a_crash(tmp_path)
    theirs = Annotation(Labels(SHAPE))
    theirs.stamp((150, 150), (150, 200), 5, BACKGROUND)
    save_annotation(studio.project, FIRST, theirs.labels, AnnotationFacts(), None, [])
    again = left.open(FIRST)
    assert "changed since" in again.notices.text
    assert again.session.painting.annotation.labels == theirs.labels


def test_a_closed_window_has_saved_and_said_goodbye(studio) -> None:
    window = studio.open()
    studio.until(lambda: studio.wish(window).image == FIRST)
    studio.paint(window, (50, 50), (60, 120))
    painted = window.session.painting.annotation.labels.to_array()
    before = studio.wish(window).counter
    window.close()
    assert np.array_equal(studio.saved(FIRST), painted)
    wish = studio.wish(window)
    assert (wish.image, wish.masks, wish.learning) == (None, (), True)
    assert wish.counter > before


def test_what_is_wanted_follows_the_image(studio) -> None:
    window = studio.open()
    window.settings.change(masks_ahead=2)
    window.session.want_masks_ahead()
    studio.until(lambda: studio.wish(window).masks == (FIRST, SECOND, THIRD))
    studio.until(lambda: studio.wish(window).view is not None)
    wish = studio.wish(window)
    assert (wish.project, wish.image, wish.learning) == ("projects/plants", FIRST, True)
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.wish(window).image == SECOND)
    studio.do(window, "learning")
    studio.until(lambda: not studio.wish(window).learning)
    studio.until(lambda: studio.wish(window).masks == (SECOND, THIRD, "plant_4.png"))


def test_a_missing_image_is_passed_with_a_notice(studio) -> None:
    (studio.project.shared.datasets / "plants" / SECOND).unlink()
    window = studio.open()
    studio.do(window, "save_and_next")
    studio.at(window, THIRD)
    assert SECOND in window.notices.text


def test_somebody_elses_strokes_are_kept(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    theirs = Annotation(Labels(SHAPE))
    theirs.stamp((50, 50), (150, 200), 5, BACKGROUND)
    save_annotation(studio.project, FIRST, theirs.labels, AnnotationFacts(), None, [])
    studio.do(window, "save_and_next")
    studio.until(lambda: "somebody else" in window.notices.text)
    merged = studio.saved(FIRST)
    assert merged[150, 200] == BACKGROUND
    assert merged[50, 50] == FOREGROUND
    assert list(studio.project.folder.conflicts.iterdir())


def test_an_annotation_of_another_size_is_refused_not_stretched(studio) -> None:
    wrong = Labels((10, 10))
    studio.project.folder.validation.joinpath("plant_1.png").write_bytes(
        encode_annotation(wrong, AnnotationFacts(), studio.project)
    )
    window = studio.open(FIRST)
    assert "10 x 10" in window.notices.text
    studio.paint(window, (50, 50), (60, 120))
    assert not window.session.painting.annotation.labels.counts()


def test_every_action_can_be_chosen_by_its_key_and_says_so(studio) -> None:
    window = studio.open()
    assert set(window.actions_by_name) == {row.name for row in ACTIONS}
    keys = [key for row in ACTIONS for key in row.keys]
    assert len(keys) == len(set(keys))
    for row in ACTIONS:
        assert window.actions_by_name[row.name].toolTip()
    QTest.keyClick(window, Qt.Key.Key_W)
    assert window.page.canvas.tool.label == BACKGROUND
    QTest.keyClick(window, Qt.Key.Key_S)
    assert not window.page.canvas.layer_visible("mask")
    QTest.keyClick(window, Qt.Key.Key_S)
    assert window.page.canvas.layer_visible("mask")


def test_the_list_goes_to_an_image(studio) -> None:
    window = studio.open()
    window.page.images.chosen.emit(THIRD)
    studio.at(window, THIRD)
    studio.until(lambda: window.settings.now.last_images != {})
    window.close()
    again = studio.open()
    assert again.session.image_name == THIRD  # where she left it


def test_a_conflict_copy_is_offered_for_merging(studio) -> None:
    def stamped(row: float, label: int) -> Labels:
        annotation = Annotation(Labels(SHAPE))
        annotation.stamp((row, 50), (row, 150), 5, label)
        return annotation.labels

    path = save_annotation(studio.project, FIRST, stamped(50, FOREGROUND), AnnotationFacts(), None, []).stored.path
    copy = path.with_name("plant_1 (Ann's conflicted copy 2026-03-01).png")
    copy.write_bytes(encode_annotation(stamped(150, BACKGROUND), AnnotationFacts(), studio.project))
    window = studio.open(FIRST)
    assert copy.name in window.notices.text
    window.notices.buttons[0].click()
    studio.until(lambda: window.session.painting.changed)
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.saved(FIRST)[150, 100] == BACKGROUND)
    assert studio.saved(FIRST)[50, 100] == FOREGROUND
    studio.until(lambda: not copy.exists())
    assert list(studio.project.folder.conflicts.glob("plant_1 (Ann's conflicted copy*"))


def test_a_newer_format_can_be_looked_at_only(studio) -> None:
    path = studio.project.folder.file
    path.write_text(path.read_text().replace('"reads_from": 1', '"reads_from": 99'))
    window = studio.open()
    assert "newer Brushloop" in window.notices.text
    studio.paint(window, (50, 50), (60, 120))
    assert not window.session.painting.annotation.labels.counts()
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    window.close()
    assert studio.saved(FIRST) is None
    assert not list(studio.project.folder.reviews.iterdir())


def test_a_jump_by_number_or_name() -> None:
    images = ("beech.png", "oak_12.png", "oak_1.png")
    assert found_image(images, "2") == "oak_12.png"
    assert found_image(images, "OAK_1.png") == "oak_1.png"
    assert found_image(images, "oak") == "oak_12.png"
    assert found_image(images, "4") is None


def test_what_a_path_is(studio, tmp_path: Path) -> None:
    assert what_is(studio.project.folder.file) is Kind.PROJECT
    assert what_is(studio.project.folder.root) is Kind.PROJECT
    assert what_is(studio.project.shared.root) is Kind.SHARED_FOLDER
    assert what_is(studio.project.shared.datasets / "plants") is Kind.IMAGES
    with pytest.raises(Refused, match="is no project"):
        what_is(studio.project.shared.datasets / "plants" / FIRST)


def test_an_unexpected_error_is_one_sentence_and_the_window_lives_on(studio, tmp_path: Path, caplog) -> None:
    window = studio.open()
    hook = exception_hook(window.notices.show_notice, tmp_path / "brushloop.log")
    try:
        raise ZeroDivisionError("one by nothing")
    except ZeroDivisionError as error:
        hook(type(error), error, error.__traceback__)
    assert "ZeroDivisionError" in window.notices.text
    assert "brushloop.log" in window.notices.text
    assert "Traceback" in caplog.text
    caplog.clear()
    hook(Refused, Refused("The disk is full."), None)
    assert window.notices.text == "The disk is full."
    assert caplog.text == ""


def test_the_welcome_page_makes_and_opens_the_sample(studio, tmp_path: Path) -> None:
    window = make_window(SettingsFile(studio.folders.settings), studio.folders, native=False, starts_trainers=False)
    studio.windows.append(window)
    studio.qtbot.addWidget(window)
    window.settings.change(shared_folder=str(tmp_path / "mine"))
    window.show()
    assert window.welcome.isVisible()
    window.welcome.sample_chosen.emit()
    studio.until(lambda: window.session.painting is not None)
    assert window.page.isVisible()
    assert len(window.session.project.images) == 24
    studio.do(window, "close_project")
    assert window.welcome.isVisible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_keeps_its_contrast(theme: str) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    table = colours_for(theme)
    grounds = (table.window, table.panel, table.field, table.hover, table.tint)
    assert all(contrast(table.text, ground) >= 4.5 for ground in (*grounds, table.information, table.question))
    assert contrast(table.text, table.error) >= 4.5
    assert all(contrast(table.faint, ground) >= 4.5 for ground in (table.window, table.panel, table.field))
    assert contrast(table.on_accent, table.accent) >= 4.5


def test_an_image_can_be_moved_between_training_and_validation(studio) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    assert not window.actions_by_name["for_validation"].isEnabled()  # there is no file yet
    studio.do(window, "save_and_next")
    studio.at(window, SECOND)
    studio.do(window, "previous")
    studio.at(window, FIRST)
    action = window.actions_by_name["for_validation"]
    assert not action.isChecked()  # the very first is learned from
    action.trigger()
    studio.until(lambda: annotation_path(studio.project, FIRST).parent == studio.project.folder.validation)


def test_images_in_an_image_root_are_asked_for_and_found(studio, monkeypatch) -> None:
    settings = ProjectSettings(classes=studio.project.classes, image_root="lab")
    studio.project = create_project(studio.project.shared, "far", "lab", (FIRST, SECOND), settings)
    window = make_window(SettingsFile(studio.folders.settings), studio.folders, native=False, starts_trainers=False)
    studio.windows.append(window)
    studio.qtbot.addWidget(window)
    window.show()
    window.open_path(studio.project.folder.file)
    studio.until(lambda: "Where is that on this computer?" in window.notices.text)
    images = str(studio.project.shared.datasets / "plants")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: images)
    window.notices.buttons[0].click()
    studio.at(window, FIRST)
    assert SettingsFile(studio.folders.settings).now.image_roots == {"lab": images}


def test_several_classes_have_number_keys(studio) -> None:
    settings = ProjectSettings(classes=new_classes(["crop", "weed", "stone"]))
    studio.project = create_project(studio.project.shared, "field", "plants", (FIRST, SECOND), settings)
    window = studio.open()
    assert window.page.phase.text().startswith("Examples 1 of 6: paint clear crop, weed, stone and background")
    QTest.keyClick(window.page.canvas, Qt.Key.Key_2)
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.until(lambda: studio.saved(FIRST) is not None)
    assert set(np.unique(studio.saved(FIRST))) == {0, 3}


def test_the_status_bar_says_what_is_under_the_pointer(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (50, 60))
    place = window.page.canvas.widget_from_image(50, 55).toPoint()
    QTest.mouseMove(window.page.canvas, place)
    said = " ".join(label.text() for label in window.status.findChildren(QLabel))
    assert "painted: root" in said
    assert "mask: root" in said
    assert str(studio.project.shared.root)[-30:] in window.status.findChild(QToolButton, "folder").text()


def test_no_button_is_cut_in_the_smallest_window(studio) -> None:
    window = studio.open()
    window.resize(window.minimumSize())
    for button in window.page.buttons.values():
        assert button.width() >= button.sizeHint().width()


def test_without_a_newer_mask_the_newest_is_said_to_come(studio) -> None:
    studio.give_mask(FIRST)
    window = studio.open()
    studio.paint(window, (50, 50), (60, 60))
    studio.do(window, "newest_mask")
    studio.until(lambda: "No newer mask" in window.notices.text)
    assert window.session.mask.shown.model == "000001_t"
    studio.give_mask(FIRST, np.full(SHAPE, BACKGROUND, np.uint8), model="000002_t")
    studio.until(lambda: window.session.mask.shown.model == "000002_t")
    studio.do(window, "newest_mask")
    assert window.session.mask.shown.model == "000001_t"


def test_many_missing_images_are_one_notice(studio) -> None:
    for name in studio.project.images[1:6]:
        studio.project.image_path(name, {}).unlink()
    window = studio.open()
    studio.do(window, "next")
    studio.at(window, "plant_7.png")
    assert "plant_2.png" in window.notices.text
    assert "4 others" in window.notices.text
    window.notices.dismiss()
    assert window.notices.text == ""


def test_a_long_name_leaves_room_for_what_to_do(studio) -> None:
    window = studio.open()
    window.resize(1100, 640)
    window.page.image_name.setText("a" * 200 + ".png   image 2 of 7")
    window.page.phase.setText("Examples 1 of 6: paint clear root and background, ignore the mask")
    studio.qtbot.wait(50)
    page = window.page
    assert page.phase.width() > 350
    assert page.image_name.width() > 150
    assert page.image_name.mapTo(page, page.image_name.rect().topRight()).x() <= page.width() - 268
    assert page.image_name.toolTip().startswith("aaa")


def test_many_classes_do_not_make_the_window_taller_than_the_screen(studio) -> None:
    studio.project = create_project(
        studio.project.shared,
        "many",
        "plants",
        studio.project.images,
        ProjectSettings(classes=new_classes([f"class {number}" for number in range(32)])),
    )
    window = studio.open()
    window.resize(1100, 640)
    studio.qtbot.wait(50)
    assert window.height() == 640
    assert "each class" in window.page.phase.text()


def test_there_is_no_zoom_without_an_image(studio) -> None:
    window = studio.open()
    assert window.status._zoom.text().endswith(" %")
    window.close_project()
    window.resize(1200, 700)
    window.page.canvas.resize(300, 300)
    assert window.status._zoom.text() == ""
