"""That she paints is told once for many strokes, again while it lasts, and taken back a little later."""

import socket
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from painter_app.session import wishes
from painter_app.session.wishes import Wishes
from shared_folder.desired import DesiredState
from shared_folder.publish import read_document


class Painter:
    """Workers that write at once, and the states that they wrote."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.states: list[DesiredState] = []

    def submit(self, work, *_answers, urgent=False) -> None:  # noqa: ARG002
        work()
        self.states.append(read_document(self.path, DesiredState))

    submit_in_order = submit

    @property
    def told(self) -> list[bool]:
        return [state.painting for state in self.states]


@pytest.fixture
def painter(tmp_path: Path, monkeypatch) -> Painter:
    monkeypatch.setattr(wishes, "PAUSE_MILLISECONDS", 150)
    monkeypatch.setattr(wishes, "_IN_HAND_MILLISECONDS", 20)
    return Painter(tmp_path / "ada.json")


def test_a_burst_of_strokes_is_one_change(qtbot, painter) -> None:
    made = Wishes(painter, painter.path, "Ada", "projects/roots")
    for _ in range(10):
        made.paint(lambda: False)
        qtbot.wait(5)
    qtbot.waitUntil(lambda: len(painter.told) >= 2)
    assert painter.told == [True, False]
    assert painter.states[0].host == socket.gethostname()


def test_a_long_stroke_lasts_until_its_end(qtbot, painter) -> None:
    made = Wishes(painter, painter.path, "Ada", "projects/roots")
    in_hand = True
    made.paint(lambda: in_hand)
    qtbot.wait(400)
    assert painter.told == [True]
    in_hand = False
    qtbot.waitUntil(lambda: painter.told == [True, False])


def test_while_she_paints_the_counter_moves(qtbot, painter, monkeypatch) -> None:
    monkeypatch.setattr(wishes, "AGAIN_MILLISECONDS", 30)
    made = Wishes(painter, painter.path, "Ada", "projects/roots")
    made.paint(lambda: True)
    qtbot.waitUntil(lambda: len(painter.told) >= 4)
    assert all(painter.told)
    counters = [state.counter for state in painter.states]
    assert counters == sorted(set(counters))
    made.say_goodbye()
    assert not painter.told[-1]
    there = len(painter.told)
    qtbot.wait(100)
    assert len(painter.told) == there


def test_the_window_says_so_from_the_press_on(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    assert not studio.wish(window).painting
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.widget_from_image(50, 50).toPoint())
    studio.until(lambda: studio.wish(window).painting)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.widget_from_image(50, 60).toPoint())
    studio.until(lambda: not studio.wish(window).painting)
