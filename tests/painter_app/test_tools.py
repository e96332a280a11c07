"""The tools that cover an area, with real mouse and key events on the real window."""

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QCheckBox, QLabel, QToolButton

from shared_folder.classes import BACKGROUND, FOREGROUND, UNKNOWN
from tests.painter_app.canvas.painter import use_pen
from tests.painter_app.conftest import SHAPE

FIRST = "plant_1.png"
SQUARE = ((50.0, 100.0), (50.0, 200.0), (150.0, 200.0), (150.0, 100.0))
RIGHT, LEFT = Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton


def key(window, letter: Qt.Key) -> None:
    QTest.keyClick(window.page.canvas, letter)


def labels(window) -> np.ndarray:
    return window.session.painting.annotation.labels.to_array()


def click(window, row: float, column: float, button=LEFT) -> None:
    canvas = window.page.canvas
    QTest.mouseClick(canvas, button, pos=canvas.widget_from_image(row, column).toPoint())


def draw(window, points, button) -> None:
    canvas = window.page.canvas
    places = [canvas.widget_from_image(*point).toPoint() for point in points]
    QTest.mousePress(canvas, button, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, QPoint(place))
    QTest.mouseRelease(canvas, button, pos=places[-1])


@pytest.fixture
def corrected(studio):
    """A window with a mask: a square of the class from 20 to 80."""
    studio.give_mask(FIRST)
    window = studio.open()
    studio.until(lambda: window.session.mask.shown is not None)
    return window


def test_the_lasso_fills_and_the_right_button_erases_in_it(studio) -> None:
    window = studio.open()
    key(window, Qt.Key.Key_G)
    studio.paint(window, *SQUARE)
    studio.until(lambda: bool(labels(window).any()))
    painted = labels(window)
    assert painted[60:140, 110:190].all()
    assert 9000 < (painted == FOREGROUND).sum() < 11_000
    draw(window, ((40, 90), (40, 150), (160, 150), (160, 90)), RIGHT)
    studio.until(lambda: not labels(window)[100, 120])
    assert labels(window)[100, 180] == FOREGROUND
    studio.do(window, "undo")
    np.testing.assert_array_equal(labels(window), painted)
    studio.do(window, "undo")
    assert not labels(window).any()


def test_while_a_lasso_is_drawn_its_outline_is_seen_and_nothing_is_painted(studio) -> None:
    window = studio.open()
    canvas = window.page.canvas
    key(window, Qt.Key.Key_G)
    places = [canvas.widget_from_image(*point).toPoint() for point in SQUARE]
    studio.until(lambda: canvas.drawn)
    before = canvas.grab().toImage()
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    during = canvas.grab().toImage()
    assert during.pixelColor(places[1]) != before.pixelColor(places[1])
    assert not labels(window).any()
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])
    studio.until(lambda: bool(labels(window).any()))


def test_a_straight_line_is_painted_from_press_to_release(studio) -> None:
    window = studio.open()
    window.page.canvas.brush_diameter = 5
    key(window, Qt.Key.Key_D)
    studio.paint(window, (50.5, 20.5), (150.5, 200.5), (50.5, 280.5))  # by a detour
    painted = labels(window)
    assert (painted[50, 25:275] == FOREGROUND).all()
    assert 1200 < (painted == FOREGROUND).sum() < 1500
    assert not painted[100:].any()
    studio.do(window, "undo")
    assert not labels(window).any()


def test_a_wrong_blob_goes_with_one_click_and_comes_back_with_undo(studio, corrected) -> None:
    key(corrected, Qt.Key.Key_F)
    click(corrected, 50, 50)
    studio.until(lambda: bool(labels(corrected).any()))
    painted = labels(corrected)
    assert (painted[20:80, 20:80] == BACKGROUND).all()
    assert (painted != UNKNOWN).sum() == 3600
    studio.do(corrected, "undo")
    assert not labels(corrected).any()
    click(corrected, 150, 250)  # open background
    studio.until(lambda: "no hole" in corrected.notices.text)
    assert not labels(corrected).any()


def test_what_the_mask_has_right_is_said_with_a_lasso_or_for_all_in_view(studio, corrected) -> None:
    key(corrected, Qt.Key.Key_T)
    studio.paint(corrected, (10, 10), (10, 50), (100, 50), (100, 10))
    studio.until(lambda: bool(labels(corrected).any()))
    painted = labels(corrected)
    assert (painted[25:75, 25:45] == FOREGROUND).all()
    assert painted[90, 30] == BACKGROUND
    assert painted[50, 100] == UNKNOWN
    key(corrected, Qt.Key.Key_Y)
    studio.until(lambda: bool(labels(corrected).all()))
    assert (labels(corrected) == FOREGROUND).sum() == 3600


def test_a_fill_that_is_painted_into_is_tried_again(studio, corrected) -> None:
    canvas = corrected.page.canvas
    canvas.brush_diameter = 3
    key(corrected, Qt.Key.Key_F)
    click(corrected, 50, 50)
    key(corrected, Qt.Key.Key_B)
    studio.paint(corrected, (50.5, 50.5), (50.5, 60.5))  # before the worker's answer is delivered
    studio.until(lambda: labels(corrected)[25, 25] != UNKNOWN)
    assert labels(corrected)[50, 55] == FOREGROUND or (labels(corrected)[20:80, 20:80] == BACKGROUND).all()
    assert len(corrected.session.painting.strokes) == 2


def test_the_class_under_the_pointer_is_picked(studio, corrected) -> None:
    canvas = corrected.page.canvas
    for place, label in (((50.0, 50.0), FOREGROUND), ((150.0, 250.0), BACKGROUND)):
        QTest.mouseMove(canvas, canvas.widget_from_image(*place).toPoint())
        key(corrected, Qt.Key.Key_P)
        assert canvas.tool.label == label


def test_the_tools_show_which_is_in_hand(studio) -> None:
    window = studio.open()
    buttons = {each.defaultAction().objectName(): each for each in window.page.brushes.findChildren(QToolButton)}
    tools = ("brush", "line", "snap", "lasso", "region", "fill", "right")
    assert list(buttons) == [f"tool_{tool}" for tool in tools]
    assert buttons["tool_brush"].isChecked()
    QTest.mouseClick(buttons["tool_lasso"], LEFT)
    QTest.mouseClick(buttons["tool_lasso"], LEFT)  # again: it stays
    assert [name for name, each in buttons.items() if each.isChecked()] == ["tool_lasso"]
    said = [label.text() for label in window.page.brushes.findChildren(QLabel)]
    assert "Lasso  (G)" in said
    assert window.focusWidget() is window.page.canvas
    assert type(window.page.canvas.tool).__name__ == "Lasso"
    studio.do(window, "brush_background")
    assert type(window.page.canvas.tool).__name__ == "Lasso"
    assert window.page.canvas.tool.label == BACKGROUND


def test_a_stroke_snaps_to_the_line_between_its_ends(studio, tmp_path) -> None:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    away = abs(np.hypot(rows - 150, columns - 150) - 100)
    away[rows > 150] = 1000
    grey = np.where(away < 2, 220, 80 + np.random.default_rng(0).integers(0, 30, SHAPE)).astype(np.uint8)
    Image.fromarray(np.repeat(grey[..., None], 3, axis=2)).save(studio.project.image_path(FIRST))
    window = studio.open()
    canvas = window.page.canvas
    canvas.brush_diameter = 4
    key(window, Qt.Key.Key_X)
    way = [(150 - 100 * np.sin(angle), 150 - 100 * np.cos(angle)) for angle in np.linspace(0.02, np.pi - 0.02, 9)]
    places = [canvas.widget_from_image(*point).toPoint() for point in way]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        studio.until(lambda: canvas._strokes._gesture.snapped)
        QTest.mouseMove(canvas, place)
    assert not labels(window).any()
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])
    painted = labels(window) == FOREGROUND
    assert painted.sum() > 900
    assert (away[painted] < 5).mean() > 0.97
    studio.do(window, "undo")
    assert not labels(window).any()


def test_a_snap_that_is_released_before_its_way_is_found_is_painted_by_a_worker(studio) -> None:
    window = studio.open()
    window.page.canvas.brush_diameter = 4
    key(window, Qt.Key.Key_X)
    studio.paint(window, (50.5, 50.5), (60.5, 90.5))
    studio.until(lambda: bool(labels(window).any()))
    painted = np.argwhere(labels(window) == FOREGROUND)
    assert len(painted)
    assert np.hypot(*(painted - (50, 50)).T).min() < 3
    assert np.hypot(*(painted - (60, 90)).T).min() < 3


@pytest.mark.parametrize("letter", [Qt.Key.Key_G, Qt.Key.Key_D, Qt.Key.Key_X])
def test_undo_lets_go_of_what_is_in_hand_and_keeps_the_stroke_before(studio, letter) -> None:
    window = studio.open()
    canvas = window.page.canvas
    studio.paint(window, (20, 20), (20, 60))
    painted = labels(window)
    key(window, letter)
    places = [canvas.widget_from_image(*point).toPoint() for point in SQUARE]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    studio.do(window, "undo")
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])
    studio.until(lambda: window.workers.pending == 0)
    np.testing.assert_array_equal(labels(window), painted)
    studio.do(window, "undo")
    assert not labels(window).any()


def test_a_fill_that_arrives_leaves_the_outline_in_hand(studio, corrected) -> None:
    canvas = corrected.page.canvas
    key(corrected, Qt.Key.Key_G)
    places = [canvas.widget_from_image(*point).toPoint() for point in SQUARE]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    QTest.mouseMove(canvas, places[1])
    studio.do(corrected, "right_in_view")
    studio.until(lambda: bool(labels(corrected).all()))
    for place in places[2:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])
    studio.until(lambda: labels(corrected)[100, 150] == FOREGROUND)
    assert (labels(corrected)[60:140, 110:190] == FOREGROUND).all()


def pressure_box(window) -> QCheckBox:
    return next(each for each in window.page.brushes.findChildren(QCheckBox) if "sizes" in each.text())


def test_who_has_a_pen_may_let_its_pressure_size_the_brush_and_that_is_remembered(studio) -> None:
    window = studio.open()
    box, canvas = pressure_box(window), window.page.canvas
    assert not box.isVisible()  # without a pen it would only be in the way
    use_pen(canvas, [(QPointF(canvas.rect().center()), 0.5)])
    assert box.isVisible()
    assert not box.isChecked()
    assert not canvas.pressure_sizes_brush
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert canvas.pressure_sizes_brush
    window.close()
    again = studio.open()
    assert again.page.canvas.pressure_sizes_brush
    assert pressure_box(again).isChecked()


DISC = (100, 150, 40)
"""Row, column and radius of what stands out in a picture."""


@pytest.fixture
def coloured(studio):
    """A window with a picture of a disc, brighter towards its left, on dark ground."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    row, column, radius = DISC
    inside = np.hypot(rows - row, columns - column) <= radius
    grey = np.where(inside, 200 - (columns - 110) // 2, 60) + np.random.default_rng(0).integers(-3, 4, SHAPE)
    Image.fromarray(np.repeat(grey[..., None].astype(np.uint8), 3, axis=2)).save(studio.project.image_path(FIRST))
    return studio.open()


def disc(shrunk: int) -> np.ndarray:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.hypot(rows - DISC[0], columns - DISC[1]) <= DISC[2] - shrunk


def drag_fill(window, at, across: int, button=LEFT, until=lambda: None) -> None:
    """Press, drag to the right by pixels of the widget, release. until: waits for what is to be seen before that."""
    canvas = window.page.canvas
    place = canvas.widget_from_image(*at).toPoint()
    QTest.mousePress(canvas, button, pos=place)
    QTest.mouseMove(canvas, place + QPoint(across, 0))
    until()
    QTest.mouseRelease(canvas, button, pos=place + QPoint(across, 0))


def test_what_is_coloured_alike_is_filled_and_taken_back_in_one_step(studio, coloured) -> None:
    key(coloured, Qt.Key.Key_H)
    coloured.page.canvas.tolerance = 50
    click(coloured, 100, 150)
    studio.until(lambda: bool(labels(coloured).any()))
    painted = labels(coloured) == FOREGROUND
    assert painted[disc(3)].all()
    assert not painted[~disc(-1)].any()
    assert coloured.notices.text == ""
    click(coloured, 100, 150, RIGHT)
    studio.until(lambda: not labels(coloured).any())
    studio.do(coloured, "undo")
    np.testing.assert_array_equal(labels(coloured) == FOREGROUND, painted)
    studio.do(coloured, "undo")
    assert not labels(coloured).any()


def test_dragging_takes_in_more_or_less_is_seen_at_once_and_remembered(studio, coloured) -> None:
    canvas = coloured.page.canvas
    key(coloured, Qt.Key.Key_H)
    canvas.tolerance = 6
    studio.until(lambda: canvas.drawn)
    before = canvas.grab().toImage()
    left, right = (canvas.widget_from_image(100, column).toPoint() for column in (120, 185))

    def seen() -> tuple[bool, bool]:
        now = canvas.grab().toImage()
        return tuple(now.pixelColor(place) != before.pixelColor(place) for place in (left, right))

    drag_fill(coloured, (100, 150), 0, until=lambda: studio.until(lambda: canvas._shade is not None))
    studio.until(lambda: bool(labels(coloured).any()))
    few = int((labels(coloured) == FOREGROUND).sum())
    assert 100 < few < 0.5 * disc(0).sum()
    studio.do(coloured, "undo")
    drag_fill(coloured, (100, 150), 200, until=lambda: studio.until(lambda: seen() == (True, True)))
    assert canvas.tolerance == pytest.approx(6 * np.exp(0.008 * 200))
    studio.until(lambda: bool(labels(coloured).any()))
    assert canvas._shade is None
    assert (labels(coloured) == FOREGROUND)[disc(3)].all()
    studio.do(coloured, "undo")
    place = canvas.widget_from_image(100, 150).toPoint()
    QTest.mousePress(canvas, LEFT, pos=place)
    QTest.mouseMove(canvas, place + QPoint(0, 400))  # down: less
    QTest.mouseRelease(canvas, LEFT, pos=place)
    coloured.close()
    again = studio.open()
    assert again.page.canvas.tolerance == pytest.approx(6 * np.exp(0.008 * (200 - 400)))


def test_a_fill_stays_in_view_and_says_so(studio, coloured) -> None:
    canvas = coloured.page.canvas
    canvas.zoom_by(5, canvas.widget_from_image(100, 150))
    seen = canvas.visible_rectangle()
    assert seen.width < 2 * DISC[2]
    key(coloured, Qt.Key.Key_H)
    canvas.tolerance = 60
    click(coloured, 100, 150)
    studio.until(lambda: bool(labels(coloured).any()))
    painted = np.argwhere(labels(coloured))
    assert painted.min(0)[1] == seen.left
    assert painted.max(0)[1] == seen.right - 1
    studio.until(lambda: "as far as is in view" in coloured.notices.text)


def test_beside_the_image_nothing_is_filled_and_undo_lets_go_of_a_fill(studio, coloured) -> None:
    canvas = coloured.page.canvas
    key(coloured, Qt.Key.Key_H)
    click(coloured, -3, 150)
    assert coloured.notices.text == "That is beside the image."
    assert not canvas.in_hand
    key(coloured, Qt.Key.Key_B)
    studio.paint(coloured, (20, 20), (20, 60))
    key(coloured, Qt.Key.Key_H)
    painted = labels(coloured)
    QTest.mousePress(canvas, LEFT, pos=canvas.widget_from_image(100, 150).toPoint())
    studio.until(lambda: canvas._shade is not None)
    studio.do(coloured, "undo")
    assert canvas._shade is None
    QTest.mouseRelease(canvas, LEFT, pos=canvas.widget_from_image(100, 150).toPoint())
    studio.until(lambda: coloured.workers.pending == 0)
    np.testing.assert_array_equal(labels(coloured), painted)
