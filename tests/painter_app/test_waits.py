"""What takes long shows itself, says how far it is, and can be left: readers and writers wait for the test."""

import threading
import time
from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QWidget

from painter_app import wait_bar
from painter_app.app import make_window
from painter_app.dialogs.closing import ClosingDialog
from painter_app.session import opening, project_state
from painter_app.settings import SettingsFile
from painter_app.task import Task
from painter_app.wait_bar import OpeningSign, WaitBar
from shared_folder import annotation_files
from shared_folder.classes import FOREGROUND

FIRST, LAST = "plant_1.png", "plant_8.png"


class Door:
    """A function that waits until the test opens it."""

    def __init__(self, real: Callable) -> None:
        self._real = real
        self.reached, self._open = threading.Event(), threading.Event()

    def __call__(self, *args: object, **options: object) -> object:
        self.reached.set()
        assert self._open.wait(30)
        return self._real(*args, **options)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def door(monkeypatch):
    made: list[Door] = []

    def put(where: object, name: str) -> Door:
        made.append(Door(getattr(where, name)))
        monkeypatch.setattr(where, name, made[-1])
        return made[-1]

    yield put
    for each in made:
        each.open()


def empty_window(studio):
    window = make_window(SettingsFile(studio.folders.settings), studio.folders, native=False, starts_trainers=False)
    studio.windows.append(window)
    studio.qtbot.addWidget(window)
    window.show()
    return window


def cancel(window) -> None:
    QTest.mouseClick(window.waits.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_a_slow_project_says_what_it_reads_and_opens_after_all(studio, door) -> None:
    slow = door(project_state, "annotated_names")
    window = empty_window(studio)
    window.open_path(studio.project.folder.file)
    studio.until(slow.reached.is_set)
    studio.until(lambda: window.waits.text == "Opening plants… which images are annotated")
    bar = window.waits.findChild(QProgressBar)
    assert (bar.value(), bar.maximum()) == (2, 5)
    slow.open()
    studio.until(lambda: window.session.painting is not None)
    assert window.waits.text == ""


def test_a_project_that_hangs_can_be_left_and_another_opened(studio, door, monkeypatch) -> None:
    hanging = door(project_state, "annotated_names")
    window = empty_window(studio)
    window.open_path(studio.project.folder.file)
    studio.until(lambda: window.waits.text != "")
    cancel(window)
    assert window.waits.text == ""
    monkeypatch.setattr(project_state, "annotated_names", annotation_files.annotated_names)
    window.open_path(studio.project.folder.file)  # while the other still hangs
    studio.until(lambda: window.session.painting is not None)
    state = window.session._open.state
    hanging.open()
    studio.until(lambda: window.workers.pending == 0)
    assert window.session._open.state is state
    assert window.notices.text == ""


def test_what_is_over_at_once_shows_no_bar(studio, monkeypatch) -> None:
    monkeypatch.setattr(wait_bar, "SHOWN_AFTER_SECONDS", 100.0)
    window = empty_window(studio)
    window.open_path(studio.project.folder.file)
    assert window.waits._delay.isActive()
    studio.until(lambda: window.session.painting is not None)
    assert not window.waits._delay.isActive()
    assert window.waits.text == ""


def test_of_several_waits_the_latest_that_lasts_is_shown(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(wait_bar, "SHOWN_AFTER_SECONDS", 0.0)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    bar = WaitBar(window)
    first, second = Task(bar, "First"), Task(bar, "Second")
    bar.watch(first)
    bar.watch(second)
    qtbot.waitUntil(lambda: bar.text == "Second…")
    first.report("files", 3, 3)
    assert bar.text == "Second…"
    second.stop()
    assert bar.text == "First…"
    first.report("files", 3, 3)
    assert bar.text == "First… files"
    first.stop()
    assert bar.text == ""


def test_a_slow_image_says_how_long_it_takes_and_can_be_passed(studio, door) -> None:
    window = studio.open()
    slow = door(opening, "open_image")
    window.session.go_to(LAST)  # which nobody made ready ahead
    studio.until(lambda: window.page.canvas._message == f"Opening {LAST}…")
    window.session.go_to(FIRST)
    studio.at(window, FIRST)
    slow.open()


def test_the_word_on_a_slow_image_counts_the_seconds(qtbot) -> None:
    now, said = [0.0], []
    parent = QLabel()
    qtbot.addWidget(parent)
    sign = OpeningSign(parent, clock=lambda: now[0])
    sign.said.connect(said.append)
    sign.begin("leaf.png")
    qtbot.waitUntil(lambda: said == ["Opening leaf.png…"])
    now[0] = 7.0
    sign._timer.timeout.emit()
    assert said[-1] == "Opening leaf.png… 7 s. You can go to another image meanwhile."
    sign.end()
    assert not sign._timer.isActive()


def during_the_close(studio, act: Callable[[ClosingDialog], None]) -> None:
    """Do something as soon as the dialog is there that stands while the window closes."""
    dialog = next((each for each in QApplication.topLevelWidgets() if isinstance(each, ClosingDialog)), None)
    if dialog is None or not dialog.isVisible():
        QTimer.singleShot(20, lambda: during_the_close(studio, act))
    else:
        act(dialog)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_slow_save_on_closing_says_what_is_left_and_is_waited_for(studio, door) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    slow = door(annotation_files, "publish")
    said: list[str] = []

    def look(dialog: ClosingDialog) -> None:
        said.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
        slow.open()

    during_the_close(studio, look)
    window.close()
    assert "Saving your strokes…" in said[0]
    assert "left to write" in said[0]
    assert not window.isVisible()
    assert (studio.saved(FIRST) == FOREGROUND).sum() > 100
    assert not window.gave_up


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_save_that_hangs_keeps_nobody(studio, door) -> None:
    window = studio.open()
    studio.paint(window, (50, 50), (60, 120))
    hanging = door(annotation_files, "publish")
    during_the_close(
        studio, lambda dialog: QTest.mouseClick(dialog.findChild(QPushButton), Qt.MouseButton.LeftButton)
    )
    began = time.monotonic()
    window.close()
    assert not window.isVisible()
    assert window.gave_up
    assert time.monotonic() - began < 20
    assert studio.saved(FIRST) is None
    hanging.open()
    studio.until(lambda: not window.workers.busy)
