"""Filters of the image list in the real window, and the way through what they leave; the trainer is just the test."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView

from painter_app.session.file_facts import FileFacts, Need
from painter_app.session.image_filter import Filter, Show
from painter_app.session.image_order import Order, Ordered
from painter_app.session.listing import listing_of
from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.class_changes import change_classes
from shared_folder.classes import BACKGROUND, BINARY, FOREGROUND, new_classes
from shared_folder.label_files import encode_palette
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id
from shared_folder.project import Project, ProjectSettings, create_project
from shared_folder.publish import publish_document
from shared_folder.review import Reviews, ReviewState
from shared_folder.segmentation import Segmentation, empty_segmentation, write_segmentation
from tests.painter_app.conftest import SHAPE, Studio

NAMES = [f"plant_{number}.png" for number in range(1, 9)]
SOON = 20.0


def rows(window) -> list[str]:
    model = window.page.images.findChild(QTableView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def show(window, kind: Show | ReviewState) -> None:
    box = window.page.images.filter.findChildren(QComboBox)[0]
    box.setCurrentIndex(box.findData(kind))


def found(window, text: str) -> None:
    box = window.page.images.filter.findChildren(QComboBox)[1]
    box.setCurrentIndex(box.findText(text))


def say(studio: Studio, **states: ReviewState) -> None:
    """Review states that somebody else gave, by image id."""
    publish_document(studio.project.folder.review("bob"), Reviews(person="Bob", states=states))


def full_of(label: int) -> Labels:
    return Labels.from_array(np.full(SHAPE, label, np.uint8))


def give_annotation(project: Project, name: str, label: int = FOREGROUND, shown: Labels | None = None) -> None:
    labels = Labels(SHAPE)
    labels.write(labels.tile_rectangle((0, 0)), label)
    save_annotation(project, name, labels, AnnotationFacts(), None, (), shown)


def test_next_and_save_and_next_go_through_what_the_filter_shows(studio: Studio) -> None:
    say(studio, plant_2=ReviewState.COMPLETE, plant_5=ReviewState.COMPLETE, plant_7=ReviewState.COMPLETE)
    window = studio.open()
    show(window, ReviewState.COMPLETE)
    studio.until(lambda: rows(window) == [NAMES[1], NAMES[4], NAMES[6]])
    assert window.page.images._count.text() == "3 of 8 shown"
    studio.do(window, "next")  # from an image that is hidden
    studio.at(window, NAMES[1])
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.at(window, NAMES[4])
    studio.do(window, "next")
    studio.at(window, NAMES[6])
    studio.do(window, "next")
    assert window.notices.text == "This is the last image that is shown."
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.until(lambda: window.notices.text == "Every image that is shown is done.")
    (button,) = window.notices.buttons
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.until(lambda: rows(window) == NAMES)
    assert window.page.images.filter.filter == Filter()


def test_what_is_annotated_leaves_the_list_of_what_is_not(studio: Studio) -> None:
    give_annotation(studio.project, NAMES[2])
    window = studio.open(NAMES[0])
    show(window, Show.UNANNOTATED)
    studio.until(lambda: rows(window) == [*NAMES[:2], *NAMES[3:]])
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.at(window, NAMES[1])
    studio.until(lambda: rows(window) == [NAMES[1], *NAMES[3:]])
    studio.do(window, "next")
    studio.at(window, NAMES[3])
    show(window, Show.ANNOTATED)
    studio.until(lambda: rows(window) == [NAMES[0], NAMES[2]])


def test_the_wanted_masks_and_images_are_those_that_are_shown(studio: Studio) -> None:
    say(studio, plant_4=ReviewState.SKIPPED, plant_6=ReviewState.PARTLY_CORRECTED)
    window = studio.open()
    show(window, ReviewState.PARTLY_CORRECTED)
    studio.until(lambda: studio.wish(window).masks == (NAMES[0], NAMES[5]))


def test_classes_are_found_in_masks_and_annotations(studio: Studio, shared: SharedFolder) -> None:
    classes = new_classes(["root", "stem"])
    project = create_project(shared, "two", "plants", tuple(NAMES), ProjectSettings(classes=classes))
    studio.project = project
    root, stem = (known.id for known in classes)
    for name, label in ((NAMES[0], root), (NAMES[1], stem), (NAMES[2], BACKGROUND)):
        write_segmentation(project.segmentation_path(name), Segmentation(full_of(label), "000001_t"), classes)
    write_segmentation(project.segmentation_path(NAMES[3]), empty_segmentation(SHAPE), classes)  # no answer at all
    give_annotation(project, NAMES[4], stem)
    # Of a program that counts nothing: looked at itself.
    project.segmentation_path(NAMES[5]).write_bytes(encode_palette(full_of(stem), classes, '{"model": "old"}'))
    window = studio.open()
    found(window, "With stem")
    studio.until(lambda: rows(window) == [NAMES[1], NAMES[4], NAMES[5]])
    found(window, "With root")
    studio.until(lambda: rows(window) == [NAMES[0]])
    found(window, "Nothing found")
    studio.until(lambda: rows(window) == [NAMES[2]])
    newer = Segmentation(full_of(root), "000002_t")
    write_segmentation(project.latest_path(NAMES[2]), newer, classes)
    studio.until(lambda: rows(window) == [])
    assert "No image fits the filter." in window.page.images._empty._sentence.text()
    button = next(each for each in window.page.images.findChildren(QPushButton) if each.text() == "Show all images")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.until(lambda: rows(window) == NAMES)


def test_the_filter_follows_the_classes(studio: Studio) -> None:
    classes = new_classes(["root", "stem"])
    studio.project = create_project(
        studio.project.shared, "two", "plants", tuple(NAMES), ProjectSettings(classes=classes)
    )
    root, stem = (known.id for known in classes)
    give_annotation(studio.project, NAMES[0], root)
    give_annotation(studio.project, NAMES[4], stem)
    window = studio.open()
    found(window, "With stem")
    studio.until(lambda: rows(window) == [NAMES[4]])
    renamed = replace(classes[1], name="stalk")
    window.session.take_settings(change_classes(studio.project, classes, (classes[0], renamed)))
    assert window.page.images.filter.findChildren(QComboBox)[1].currentText() == "With stalk"
    assert rows(window) == [NAMES[4]]
    merged = replace(renamed, merged_into=root)
    window.session.take_settings(change_classes(studio.project, (classes[0], renamed), (classes[0], merged)))
    studio.until(lambda: rows(window) == NAMES)  # there is no such class any more
    found(window, "With root")
    studio.until(lambda: rows(window) == [NAMES[0], NAMES[4]])


def test_typing_narrows_the_list_and_enter_opens_the_first(studio: Studio) -> None:
    window = studio.open()
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    field = window.focusWidget()
    QTest.keyClicks(field, "T_6")
    QTest.keyClick(field, Qt.Key.Key_Return)
    studio.at(window, NAMES[5])
    assert rows(window) == [NAMES[5]]
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    studio.until(lambda: rows(window) == NAMES)
    assert field.text() == ""


def test_each_project_keeps_its_filter_while_the_window_is_open(studio: Studio, shared: SharedFolder) -> None:
    other = create_project(shared, "other", "plants", tuple(NAMES[:3]), ProjectSettings(classes=BINARY))
    window = studio.open()
    window.page.images.filter.findChild(QLineEdit).setText("7")
    studio.until(lambda: rows(window) == [NAMES[6]])
    window.open_path(other.folder.file)
    studio.until(lambda: rows(window) == NAMES[:3])
    assert window.page.images.filter.filter == Filter()
    window.open_path(studio.project.folder.file)
    studio.until(lambda: rows(window) == [NAMES[6]])
    assert window.page.images.filter.filter == Filter("7")
    again = studio.open()
    assert again.page.images.filter.filter == Filter()


def test_worst_dice_and_latest_change_first(studio: Studio) -> None:
    mask = full_of(BACKGROUND)
    give_annotation(studio.project, NAMES[6], FOREGROUND, mask)  # Dice 0
    give_annotation(studio.project, NAMES[3], BACKGROUND, mask)  # 1
    give_annotation(studio.project, NAMES[2])  # an example
    # Corrected in a window that counts nothing: mask and annotation are compared.
    give_annotation(studio.project, NAMES[4], BACKGROUND)
    write_segmentation(
        studio.project.shown_path(NAMES[4]), Segmentation(full_of(FOREGROUND), "t"), studio.project.classes
    )
    window = studio.open()
    choice = window.page.images.order.choice
    choice.setCurrentIndex(choice.findData(Order.WORST_DICE))
    studio.until(lambda: rows(window)[:3] == [NAMES[6], NAMES[4], NAMES[3]])
    assert rows(window)[3:] == [NAMES[0], NAMES[1], NAMES[2], NAMES[5], NAMES[7]]
    window.session.go_to(NAMES[6])
    studio.at(window, NAMES[6])
    studio.do(window, "save_and_next")  # down the list, though it is done
    studio.at(window, NAMES[4])
    choice.setCurrentIndex(choice.findData(Order.RECENT))
    studio.until(lambda: set(rows(window)[:4]) == {NAMES[2], NAMES[3], NAMES[4], NAMES[6]})
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "next")
    studio.until(lambda: rows(window)[0] == NAMES[4])


def test_files_are_read_a_few_at_a_time_and_only_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        content = encode_palette(full_of(FOREGROUND), studio.project.classes, "{}")
        studio.project.segmentation_path(name).write_bytes(content)
    files = FileFacts(studio.project.folder)
    known = files.look(Need.CLASSES, fresh=True, seconds=0)
    assert (len(known.masks), known.unread) == (1, 7)
    looks = 1
    while known.unread:
        known, looks = files.look(Need.CLASSES, fresh=False, seconds=0), looks + 1
    assert looks == 8
    assert all(facts.pixels == {FOREGROUND: SHAPE[0] * SHAPE[1]} for facts in known.masks.values())
    monkeypatch.setattr("painter_app.session.file_facts.read_segmentation", None)
    assert files.look(Need.CLASSES, fresh=True, seconds=SOON).masks == known.masks


def test_a_damaged_file_is_passed_until_it_is_whole(studio: Studio) -> None:
    path = studio.project.segmentation_path(NAMES[0])
    content = encode_palette(full_of(FOREGROUND), studio.project.classes, "{}")
    path.write_bytes(content[: len(content) // 2])
    files = FileFacts(studio.project.folder)
    known = files.look(Need.CLASSES, fresh=True, seconds=SOON)
    assert known.unread == 0
    assert all(facts.pixels is None for facts in known.masks.values())
    path.write_bytes(content)
    known = files.look(Need.CLASSES, fresh=True, seconds=SOON)
    assert known.masks[image_id(NAMES[0])].pixels == {FOREGROUND: SHAPE[0] * SHAPE[1]}


def test_the_way_through_a_listing() -> None:
    names = tuple("abcdefgh")
    listing = listing_of(Ordered(Order.PROJECT, names, 0), ("b", "e", "f"), Filter("x"))
    assert [listing.beside("e", step) for step in (-1, 1)] == ["b", "f"]
    assert [listing.beside("c", step) for step in (-1, 1)] == ["b", "e"]
    assert [listing.beside("a", step) for step in (-1, 1)] == [None, "b"]
    assert [listing.beside("h", step) for step in (-1, 1)] == ["f", None]
    assert list(listing.from_here("e")) == ["f", "b"]
    assert list(listing.from_here("c")) == ["e", "f", "b"]
    assert list(listing_of(Ordered(Order.PROJECT, names, 0), (), Filter("x")).from_here("c")) == []


def test_a_hundred_thousand_names_are_filtered_without_the_window(studio: Studio) -> None:
    names = tuple(f"{index:06d}.jpg" for index in range(100_000))
    project = create_project(studio.project.shared, "many", "plants", names)
    (studio.project.shared.datasets / "plants" / names[0]).write_bytes(
        (studio.project.shared.datasets / "plants" / NAMES[0]).read_bytes()
    )
    studio.project = project
    window = studio.open()
    listed = []
    window.session.ordering.listed.connect(listed.append)
    window.page.images.filter.findChild(QLineEdit).setText("99")

    def ready() -> bool:
        return bool(listed) and listed[-1].filter == Filter("99")

    studio.until(ready)
    assert len(rows(window)) == sum("99" in name for name in names)
    assert window.page.images._count.text() == f"{len(rows(window)):,} of 100,000 shown"
