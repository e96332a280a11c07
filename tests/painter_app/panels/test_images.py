import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QTextDocument
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QTableView

from painter_app.panels.image_model import Mark
from painter_app.panels.images import ImageList
from painter_app.session.image_filter import NOTHING_FOUND, Filter, Show
from painter_app.session.image_notes import Note
from painter_app.session.image_order import Order, Ordered
from painter_app.session.listing import Listing, listing_of
from painter_app.workers import Workers
from shared_folder.classes import new_classes
from shared_folder.names import image_id
from shared_folder.review import Reached, ReviewState

NAMES = [f"img_{index:02d}.jpg" for index in range(30)]
CLASSES = new_classes(["root", "stem"])


def listing(names: Sequence[str], shown: Sequence[str] | None = None, **wanted: object) -> Listing:
    """As a worker makes it. shown: what a filter leaves of the names."""
    chosen = tuple(shown) if shown is not None else None
    return listing_of(Ordered(Order.PROJECT, tuple(names), 0), chosen, Filter(**wanted))


@pytest.fixture
def images(qtbot) -> ImageList:
    images = ImageList()
    qtbot.addWidget(images)
    images.resize(260, 460)
    states = {image_id(NAMES[1]): ReviewState.COMPLETE, image_id(NAMES[2]): ReviewState.SKIPPED}
    reached = {image_id(NAMES[1]): Reached.ORDER, image_id(NAMES[2]): Reached.CHOICE}
    images.set_project(listing(NAMES), states, {image_id(NAMES[0]), image_id(NAMES[1])}, reached, CLASSES)
    return images


@pytest.fixture
def workers(qtbot) -> Workers:
    workers = Workers()
    yield workers
    assert workers.close(5)


def rows(images: ImageList) -> list[str]:
    model = images.findChild(QTableView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def texts(images: ImageList) -> list[str]:
    return [label.text() for label in images.findChildren(QLabel) if not label.isHidden()]


def button(images: ImageList, text: str) -> QPushButton:
    return next(each for each in images.findChildren(QPushButton) if each.text() == text)


def test_a_filter_is_said_and_what_it_leaves_is_shown_with_a_way_out(images):
    wanted: list[Filter] = []
    images.filter_chosen.connect(wanted.append)
    bar = images.filter
    show, found = bar.findChildren(QComboBox)
    show.setCurrentIndex(show.findText("Complete"))
    found.setCurrentIndex(found.findText("With stem"))
    QTest.keyClicks(bar.findChild(QLineEdit), "0")
    assert wanted[-1] == Filter("0", ReviewState.COMPLETE, CLASSES[1].id)
    assert "30 images" in texts(images)  # it has not been answered yet
    assert button(images, "Show all").isHidden()
    images.set_listing(listing(NAMES, [NAMES[1]], text="0", show=ReviewState.COMPLETE, found=CLASSES[1].id))
    assert rows(images) == [NAMES[1]]
    assert "1 of 30 shown" in texts(images)
    QTest.mouseClick(button(images, "Show all"), Qt.MouseButton.LeftButton)
    assert wanted[-1] == bar.filter == Filter()


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_where_the_filter_leaves_nothing_there_is_a_sentence_and_a_way_out(images, qtbot):
    images.show()
    qtbot.waitExposed(images)
    nothing = listing(NAMES, [], found=NOTHING_FOUND)
    images.set_listing(replace(nothing, unread=1200))
    assert not images.findChild(QTableView).isVisible()
    assert "No image fits the filter yet; 1,200 files are still to be read." in texts(images)
    images.set_listing(nothing)
    assert "No image fits the filter." in texts(images)
    wanted: list[Filter] = []
    images.filter_chosen.connect(wanted.append)
    QTest.mouseClick(button(images, "Show all images"), Qt.MouseButton.LeftButton)
    assert wanted == [Filter()]
    images.set_listing(listing(NAMES))
    assert images.findChild(QTableView).isVisible()


def test_enter_opens_the_first_once_the_filter_is_answered(images):
    chosen: list[str] = []
    images.chosen.connect(chosen.append)
    field = images.filter.findChild(QLineEdit)
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen == []
    images.set_listing(listing(NAMES))  # an answer to something else
    assert chosen == []
    images.set_listing(listing(NAMES, [name for name in NAMES if "2" in name], text="2"))
    assert chosen == [NAMES[2]]


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_what_leaves_the_list_leaves_the_rest_in_view(images, qtbot):
    images.show()
    qtbot.waitExposed(images)
    view = images.findChild(QTableView)
    before = listing(NAMES, NAMES[:28], show=Show.UNANNOTATED)
    images.set_listing(before)
    view.verticalScrollBar().setValue(500)
    images.set_listing(listing(NAMES, NAMES[:27], show=Show.UNANNOTATED))
    assert len(rows(images)) == 27
    QApplication.processEvents()
    assert view.verticalScrollBar().value() == 500


def test_notes_and_choice_are_marks_told_in_the_tooltip_as_plain_text(images):
    model = images.findChild(QTableView).model()
    assert model.marks(NAMES[1]) == ()
    assert "part of a fair sample" in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert model.marks(NAMES[2]) == (Mark.CHOICE,)
    assert "not part of a fair sample" in model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "sample" not in model.index(3, 0).data(Qt.ItemDataRole.ToolTipRole)
    images.set_notes({image_id(NAMES[2]): (Note("<b>odd</b> & old\u2026", ""), Note("really", "Ada"))})
    assert model.marks(NAMES[2]) == (Mark.NOTE, Mark.CHOICE)
    spoken = model.index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole).splitlines()
    assert spoken[1:3] == ["Note: <b>odd</b> & old\u2026", "Note: Ada: really"]
    document = QTextDocument()
    document.setHtml(model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert document.toPlainText().splitlines() == spoken
    images.set_reached(NAMES[3], Reached.CHOICE)
    assert model.marks(NAMES[3]) == (Mark.CHOICE,)


def test_states_are_words_and_change(images):
    def word(row: int) -> str:
        spoken = images.findChild(QTableView).model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        return spoken.splitlines()[0]

    assert word(0) == "img_00.jpg, annotated"
    assert word(1) == "img_01.jpg, complete"
    assert word(3) == "img_03.jpg, unseen"
    images.set_state(NAMES[3], ReviewState.NOTHING_TO_CORRECT)
    assert word(3) == "img_03.jpg, nothing to correct"


def test_a_click_chooses_and_the_current_one_is_set_without_an_echo(images, qtbot):
    chosen: list[str] = []
    images.chosen.connect(chosen.append)
    images.set_current(NAMES[20])
    view = images.findChild(QTableView)
    assert view.currentIndex().data() == NAMES[20]
    assert chosen == []
    view.clicked.emit(view.model().index(4, 0))
    assert chosen == [NAMES[4]]
    images.set_listing(listing(NAMES, NAMES[20:], text="img_2"))
    assert not view.currentIndex().isValid()
    images.set_listing(listing(NAMES))
    assert view.currentIndex().data() == NAMES[4]


def test_only_visible_rows_get_thumbnails(images, qtbot, workers):
    made: list[str] = []
    lock = threading.Lock()

    def thumbnailer(name: str) -> np.ndarray:
        with lock:
            made.append(name)
        return np.zeros((40, 60, 3), np.uint8)

    images.set_thumbnailer(thumbnailer, workers)
    images.grab()
    qtbot.waitUntil(lambda: len(made) >= 4)
    qtbot.waitUntil(lambda: workers.pending == 0)
    visible = images.height() // 56 + 2
    assert len(made) <= visible
    assert set(made) <= set(NAMES[: visible + 1])
    assert len(set(made)) == len(made)


def test_an_image_that_cannot_be_opened_says_why(images, qtbot, workers):
    def thumbnailer(name: str) -> np.ndarray:
        raise OSError(f"{name} is gone")

    images.set_thumbnailer(thumbnailer, workers)
    images.grab()
    model = images.findChild(QTableView).model()
    qtbot.waitUntil(lambda: "is gone" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_thumbnails_of_a_former_project_are_dropped(images, qtbot, workers):
    asked, go_on = threading.Event(), threading.Event()

    def slow(name: str) -> np.ndarray:
        asked.set()
        assert go_on.wait(5)
        raise OSError("of the former project")

    images.set_thumbnailer(slow, workers)
    images.grab()
    qtbot.waitUntil(asked.is_set)
    images.set_thumbnailer(lambda _: np.zeros((8, 8, 3), np.uint8), workers)
    go_on.set()
    qtbot.waitUntil(lambda: workers.pending == 0)
    tips = [images.findChild(QTableView).model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(30)]
    assert not any("former" in tip for tip in tips)


def test_a_hundred_thousand_images_cost_the_window_nothing_to_speak_of(images):
    names = tuple(f"{index:06d}.jpg" for index in range(100_000))
    whole, some = listing(names), listing(names, [name for name in names if "99" in name], text="99")
    images.set_project(whole, {}, set(), {})
    images.grab()
    began = time.process_time()
    for _ in range(10):
        images.set_current(names[90_000])
        images.set_listing(some)
        images.set_listing(whole)
        images.set_notes({image_id(name): (Note("x", ""),) for name in names[:10]})
        images.set_test_set(frozenset({image_id(names[5])}))
    assert (time.process_time() - began) / 10 < 0.1
    assert len(rows(images)) == len(names)


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_a_test_image_is_chosen_in_the_menu_and_marked(images, qtbot):
    view = images.findChild(QTableView)
    index = view.model().index(3, 0)
    chosen, noted = [], []
    images.note_wanted.connect(noted.append)
    images.test_image_chosen.connect(lambda *choice: chosen.append(choice))

    def menu_action():
        view.customContextMenuRequested.emit(view.visualRect(index).center())
        menu = view.findChildren(QMenu)[-1]
        note, action = menu.actions()
        note.trigger()
        menu.close()  # one that stays open takes the events of later tests
        return action

    images.show()
    qtbot.waitExposed(images)
    action = menu_action()
    assert "never learned from" in action.toolTip()
    assert not action.isChecked()
    action.trigger()
    assert chosen == [(NAMES[3], True)]
    images.set_test_set(frozenset({image_id(NAMES[3])}))
    word, *more = index.data(Qt.ItemDataRole.AccessibleTextRole).splitlines()
    assert word == "img_03.jpg, unseen, test image"
    assert "never learned from" in more[0]
    again = menu_action()
    assert again.isChecked()
    again.trigger()
    assert chosen[1:] == [(NAMES[3], False)]
    assert noted == [NAMES[3], NAMES[3]]
