"""The composite draws only what was spoiled, and what it shows is as if all were drawn anew."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from painter_app.canvas.composite import Composite


class Chequered:
    """A pattern that can be moved; remembers what was drawn of it."""

    def __init__(self) -> None:
        self.offset = QPoint(0, 0)
        self.drawn: list[QRect] = []

    def draw(self, painter: QPainter, part: QRect) -> None:
        self.drawn.append(part)
        painter.fillRect(part, QColor("white"))
        for row in range(-20, 40):
            for column in range(-20, 40):
                corner = QPoint(column * 10, row * 10) + self.offset
                painter.fillRect(QRectF(corner.x(), corner.y(), 6, 6), QColor(6 * (column + 20), 6 * (row + 20), 90))


def pixels(picture: QImage) -> np.ndarray:
    bits = picture.constBits()
    assert bits is not None
    bits.setsize(picture.sizeInBytes())
    seen = np.frombuffer(bytes(bits), np.uint8).reshape(picture.height(), picture.width(), 4)
    return seen[..., :3].copy()


@pytest.fixture
def pattern(qtbot: QtBot) -> Chequered:
    return Chequered()


@pytest.fixture
def composite(pattern: Chequered) -> Composite:
    composite = Composite()
    composite.resize(200, 120, 1.0)
    composite.mend(pattern.draw)
    pattern.drawn.clear()
    return composite


@pytest.mark.parametrize("density", [1.0, 2.0])
@pytest.mark.parametrize("by", [(30, 0), (-17, 0), (0, 44), (0, -9), (25, -13), (-40, 30)])
def test_a_step_to_the_side_draws_only_what_comes_into_view(
    pattern: Chequered, by: tuple[int, int], density: float
) -> None:
    composite, anew = Composite(), Composite()
    for each in (composite, anew):
        each.resize(200, 120, density)
    composite.mend(pattern.draw)
    pattern.drawn.clear()
    pattern.offset = QPoint(*by)
    assert composite.scroll(*by)
    composite.mend(pattern.draw)
    assert sum(part.width() * part.height() for part in pattern.drawn) < 0.75 * 200 * 120
    anew.mend(pattern.draw)
    np.testing.assert_array_equal(pixels(composite.picture), pixels(anew.picture))


def test_parts_of_a_pixel_and_steps_out_of_view_are_not_scrolled(composite: Composite) -> None:
    for by in ((0.5, 0), (0, 3.25), (200, 0), (0, -120)):
        assert not composite.scroll(*by)
        assert composite.whole


def test_only_what_is_spoiled_is_drawn(composite: Composite, pattern: Chequered) -> None:
    composite.spoil(QRect(150, 90, 500, 500))
    assert not composite.whole
    composite.mend(pattern.draw)
    assert pattern.drawn == [QRect(150, 90, 50, 30)]
    assert composite.whole


def test_parts_that_lie_far_apart_are_drawn_one_by_one(pattern: Chequered) -> None:
    composite = Composite()
    composite.resize(2000, 1000, 1.0)
    composite.mend(lambda _painter, _part: None)
    for corner in ((0, 0), (1900, 900), (5, 5)):
        composite.spoil(QRect(*corner, 20, 20))
    composite.mend(pattern.draw)
    assert pattern.drawn == [QRect(0, 0, 25, 25), QRect(1900, 900, 20, 20)]


def test_very_many_parts_become_one(pattern: Chequered) -> None:
    composite = Composite()
    composite.resize(4000, 3000, 1.0)
    composite.mend(lambda _painter, _part: None)
    for number in range(60):
        composite.spoil(QRect(400 * (number % 10), 400 * (number // 10), 10, 10))
    composite.mend(pattern.draw)
    assert len(pattern.drawn) <= 24
    drawn = QRect()
    for part in pattern.drawn:
        drawn = drawn.united(part)
    assert drawn == QRect(0, 0, 3610, 2010)


@pytest.mark.parametrize("density", [1.25, 1.5, 1.75])
def test_on_screens_of_odd_density_a_mended_part_has_no_seams(pattern: Chequered, density: float) -> None:
    composite, anew = Composite(), Composite()
    composite.resize(200, 120, density)
    composite.mend(pattern.draw)
    pattern.offset = QPoint(3, 2)
    part = QRect(31, 17, 45, 33)
    composite.spoil(part)
    composite.mend(pattern.draw)
    anew.resize(200, 120, density)
    anew.mend(pattern.draw)
    top, left = int(part.top() * density), int(part.left() * density)
    bottom, right = int((part.bottom() + 1) * density) + 1, int((part.right() + 1) * density) + 1
    inside = slice(top, bottom), slice(left, right)
    np.testing.assert_array_equal(pixels(composite.picture)[inside], pixels(anew.picture)[inside])
