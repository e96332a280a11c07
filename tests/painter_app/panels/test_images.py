import threading
import time

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QTableView

from painter_app.panels.images import ImageList
from painter_app.workers import Workers
from shared_folder.names import image_id
from shared_folder.review import ReviewState

NAMES = [f"img_{index:02d}.jpg" for index in range(30)]


@pytest.fixture
def images(qtbot) -> ImageList:
    images = ImageList()
    qtbot.addWidget(images)
    images.resize(260, 400)
    states = {image_id(NAMES[1]): ReviewState.COMPLETE, image_id(NAMES[2]): ReviewState.SKIPPED}
    images.set_images(NAMES, states, {image_id(NAMES[0]), image_id(NAMES[1])})
    return images


@pytest.fixture
def workers(qtbot) -> Workers:
    workers = Workers()
    yield workers
    assert workers.close(5)


def rows(images: ImageList) -> list[str]:
    model = images.findChild(QTableView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def state_filter(images: ImageList, word: str) -> None:
    box = images.findChild(QComboBox)
    box.setCurrentIndex(box.findText(word))


def test_filters_by_name_and_state_together(images):
    assert rows(images) == NAMES
    state_filter(images, "Complete")
    assert rows(images) == [NAMES[1]]
    state_filter(images, "Annotated by anybody")
    assert rows(images) == NAMES[:2]
    images.findChild(QLineEdit).setText("IMG_00")
    assert rows(images) == [NAMES[0]]
    assert "1 of 30 images" in [label.text() for label in images.findChildren(QLabel)]


def test_states_are_words_and_change(images):
    def word(row: int) -> str:
        return images.findChild(QTableView).model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)

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
    images.findChild(QLineEdit).setText("img_2")
    images.findChild(QLineEdit).clear()
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


def test_a_hundred_thousand_images_are_listed_and_filtered_at_once(images):
    names = [f"{index:06d}.jpg" for index in range(100_000)]
    began = time.process_time()
    images.set_images(names, {}, set())
    images.set_current(names[90_000])
    images.findChild(QLineEdit).setText("99")
    assert time.process_time() - began < 2
    assert len(rows(images)) == sum("99" in name for name in names)


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_a_test_image_is_chosen_in_the_menu_and_marked(images, qtbot):
    view = images.findChild(QTableView)
    index = view.model().index(3, 0)
    chosen = []
    images.test_image_chosen.connect(lambda *choice: chosen.append(choice))

    def menu_action():
        view.customContextMenuRequested.emit(view.visualRect(index).center())
        menu = view.findChildren(QMenu)[-1]
        (action,) = menu.actions()
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
