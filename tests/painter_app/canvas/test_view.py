"""The canvas with real mouse, wheel, pen and key events."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import (
    QMouseEvent,
)
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from painter_app.canvas.brush import Brush
from painter_app.canvas.layer_stack import MaskLook
from painter_app.canvas.layers import LabelLayer
from shared_folder.annotation import Annotation
from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN, new_classes
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.sweeps import swept_disc
from tests.painter_app.canvas.painter import SHAPE, Painter

Button, Modifier = Qt.MouseButton, Qt.KeyboardModifier
LEFT, RIGHT, MIDDLE = Button.LeftButton, Button.RightButton, Button.MiddleButton
NONE, CTRL = Modifier.NoModifier, Modifier.ControlModifier
SHIFT, ALT = Modifier.ShiftModifier, Modifier.AltModifier
POINTS = [QPoint(200, 200), QPoint(260, 230), QPoint(300, 400), QPoint(420, 380)]


@pytest.mark.parametrize("zoom", [0.3, 1, 1.7, 8])
@pytest.mark.parametrize("diameter", [1.0, 13.0, 120.0])
def test_a_stroke_labels_the_rasterisation_of_its_points(painter: Painter, zoom: float, diameter: float) -> None:
    painter.canvas.zoom_by(zoom / painter.canvas.viewport.zoom)
    painter.canvas.brush_diameter = diameter
    painter.drag(POINTS)
    expected = painter.expected(POINTS)
    assert expected.any() or diameter == 1  # the smallest brush may pass between the centres
    labels = painter.labels
    beyond = labels != expected
    assert int(beyond.sum()) <= (len(POINTS) if diameter == 1 else 0)  # the pixel under each point counts too
    assert len(painter.strokes) == 1
    assert labels.any()


def test_a_click_is_a_dab_and_a_quick_second_one_another(painter: Painter) -> None:
    QTest.mouseClick(painter.canvas, LEFT, NONE, QPoint(300, 300))
    QTest.mouseDClick(painter.canvas, LEFT, NONE, QPoint(400, 300))
    QTest.mouseRelease(painter.canvas, LEFT, NONE, QPoint(400, 300))
    assert len(painter.strokes) == 2
    np.testing.assert_array_equal(
        painter.labels, painter.expected([QPoint(300, 300)]) | painter.expected([QPoint(400, 300)])
    )


def test_sub_pixel_positions_are_kept(painter: Painter) -> None:
    painter.canvas.brush_diameter = 9
    where = painter.canvas.widget_from_image(300.3, 400.8)
    for kind, buttons in ((QEvent.Type.MouseButtonPress, LEFT), (QEvent.Type.MouseButtonRelease, LEFT)):
        QApplication.sendEvent(
            painter.canvas, QMouseEvent(kind, where, painter.canvas.mapToGlobal(where), LEFT, buttons, NONE)
        )
    expected = swept_disc(whole(SHAPE), (300.3, 400.8), (300.3, 400.8), 4.5)
    np.testing.assert_array_equal(painter.labels == FOREGROUND, expected)


def test_the_right_button_erases(painter: Painter) -> None:
    painter.drag(POINTS)
    painter.drag(POINTS, RIGHT)
    assert not painter.labels.any()
    assert len(painter.strokes) == 2


def test_each_label_has_its_brush(painter: Painter) -> None:
    for label in (BACKGROUND, CANT_TELL, 7):
        painter.canvas.set_tool(Brush(label))
        painter.drag(POINTS)
        assert set(np.unique(painter.labels)) == {UNKNOWN, label}
    painter.canvas.set_tool(Brush(UNKNOWN))
    painter.drag(POINTS)
    assert not painter.labels.any()


def test_a_release_outside_the_widget_ends_the_stroke(painter: Painter) -> None:
    started: list[bool] = []
    painter.canvas.stroke_started.connect(lambda: started.append(painter.canvas.stroke_in_hand))
    QTest.mousePress(painter.canvas, LEFT, NONE, POINTS[0])
    assert painter.canvas.stroke_in_hand
    QTest.mouseMove(painter.canvas, QPoint(-300, 900))
    QTest.mouseRelease(painter.canvas, LEFT, NONE, QPoint(-300, 900))
    assert started == [False]  # told before anything was painted
    assert not painter.canvas.stroke_in_hand
    assert len(painter.strokes) == 1


def test_another_button_neither_ends_nor_changes_a_stroke(painter: Painter) -> None:
    QTest.mousePress(painter.canvas, LEFT, NONE, POINTS[0])
    QTest.mouseClick(painter.canvas, RIGHT, NONE, POINTS[0])
    assert painter.canvas.stroke_in_hand
    QTest.mouseRelease(painter.canvas, LEFT, NONE, POINTS[0])
    assert painter.labels.any()


def test_leaving_the_widget_and_losing_the_focus_end_nothing(painter: Painter) -> None:
    QTest.mousePress(painter.canvas, LEFT, NONE, POINTS[0])
    QApplication.sendEvent(painter.canvas, QEvent(QEvent.Type.Leave))
    painter.canvas.clearFocus()
    assert painter.canvas.stroke_in_hand
    QTest.mouseRelease(painter.canvas, LEFT, NONE, POINTS[0])


def test_undo_and_redo_go_stroke_by_stroke(painter: Painter) -> None:
    painter.drag(POINTS)
    one = painter.labels
    painter.canvas.set_tool(Brush(BACKGROUND))
    painter.drag([point + QPoint(20, 10) for point in POINTS])
    two = painter.labels
    assert painter.canvas.undo() == painter.strokes[1]
    np.testing.assert_array_equal(painter.labels, one)
    assert painter.canvas.undo() == painter.strokes[0]
    assert not painter.labels.any()
    assert painter.canvas.undo() is None
    assert painter.canvas.redo() == painter.strokes[0]
    assert painter.canvas.redo() == painter.strokes[1]
    np.testing.assert_array_equal(painter.labels, two)
    assert not painter.canvas.can_redo


def test_undo_in_the_middle_of_a_stroke_takes_that_stroke_back(painter: Painter) -> None:
    QTest.mousePress(painter.canvas, LEFT, NONE, POINTS[0])
    assert painter.canvas.can_undo
    assert painter.canvas.undo() == painter.strokes[0]
    assert painter.annotation.empty
    QTest.mouseMove(painter.canvas, POINTS[1])
    QTest.mouseRelease(painter.canvas, LEFT, NONE, POINTS[1])
    assert painter.annotation.empty


def test_a_stroke_made_elsewhere_is_laid_down_and_can_be_undone(painter: Painter) -> None:
    other = Annotation(Labels(SHAPE))
    other.begin_stroke()
    other.stamp((100, 100), (700, 1000), 40, BACKGROUND)
    stroke = other.end_stroke()
    assert stroke is not None
    painter.canvas.lay(stroke)
    assert painter.annotation.labels == other.labels
    assert painter.strokes == [stroke]
    painter.canvas.undo()
    assert painter.annotation.empty


def test_another_image_finishes_the_stroke_in_hand(painter: Painter, drawn_image: Callable[..., object]) -> None:
    QTest.mousePress(painter.canvas, LEFT, NONE, POINTS[0])
    painter.canvas.show_image(drawn_image(500, 500), Annotation(Labels((500, 500))), None)
    assert len(painter.strokes) == 1
    assert painter.labels.any()
    assert not painter.canvas.can_undo
    QTest.mouseRelease(painter.canvas, LEFT, NONE, POINTS[0])
    assert len(painter.strokes) == 1


def test_nothing_is_painted_on_a_hidden_annotation(painter: Painter) -> None:
    painter.canvas.set_layer_visible("annotation", False)
    painter.drag(POINTS)
    assert painter.annotation.empty
    assert painter.notices == [("The annotation is hidden. Show it to paint.", "toggle_annotation")]
    painter.canvas.set_layer_visible("annotation", True)
    painter.drag(POINTS)
    assert not painter.annotation.empty


def test_nothing_is_painted_while_read_only(painter: Painter) -> None:
    painter.canvas.set_read_only("Anna has this image open.")
    painter.drag(POINTS)
    assert painter.annotation.empty
    assert painter.notices == [("Anna has this image open.", "")]
    painter.canvas.set_read_only(None)
    painter.drag(POINTS)
    assert len(painter.strokes) == 1


def test_nothing_is_painted_without_an_annotation(painter: Painter) -> None:
    painter.canvas.show_image(None, None, None, "Open a project")
    painter.drag(POINTS)
    painter.canvas.show_image(painter.image, None, None)
    painter.drag(POINTS)
    assert not painter.strokes


def test_erasing_only_the_mask_says_what_to_do(painter: Painter) -> None:
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    mask[:, 600:] = FOREGROUND
    painter.canvas.set_mask(Labels.from_array(mask))
    here = painter.canvas.widget_from_image(450, 900).toPoint()
    there = painter.canvas.widget_from_image(450, 100).toPoint()
    painter.drag([there], RIGHT)
    assert not painter.notices
    painter.drag([here], RIGHT)
    assert painter.notices == [("That is the model's. Paint background.", "brush_background")]
    painter.drag([here])
    painter.drag([here], RIGHT)  # erases what was painted: no advice needed
    assert len(painter.notices) == 1


@pytest.mark.parametrize("modifiers", [NONE, CTRL])
def test_the_wheel_zooms_at_the_cursor(painter: Painter, modifiers: Modifier) -> None:
    zooms: list[float] = []
    painter.canvas.zoom_changed.connect(zooms.append)
    at = QPointF(250.5, 380.25)
    painter.canvas.zoom_by(2)
    before = painter.canvas.image_from_widget(at)
    for notches in (1, 1, 1, -1, 3):
        painter.wheel(at, notches, modifiers)
        assert painter.canvas.image_from_widget(at) == pytest.approx(before)
    assert zooms[-1] == painter.canvas.viewport.zoom > zooms[0]


@pytest.mark.parametrize("modifiers", [SHIFT, ALT])
def test_shift_or_alt_and_the_wheel_size_the_brush(painter: Painter, modifiers: Modifier) -> None:
    sizes: list[float] = []
    painter.canvas.brush_size_changed.connect(sizes.append)
    zoom = painter.canvas.viewport.zoom
    painter.wheel(QPointF(300, 300), 1, modifiers)
    assert sizes[-1] > 25
    for _ in range(100):
        painter.wheel(QPointF(300, 300), 1, modifiers)
    assert painter.canvas.brush_diameter == 1000
    for _ in range(100):
        painter.wheel(QPointF(300, 300), -1, modifiers)
    assert painter.canvas.brush_diameter == 1
    assert painter.canvas.viewport.zoom == zoom


def test_shift_and_a_move_size_the_brush_where_it_is(painter: Painter) -> None:
    canvas = painter.canvas
    QTest.mouseMove(canvas, QPoint(300, 300))
    for x in (300, 320, 350):
        at = QPointF(x, 300)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            canvas.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            SHIFT,
        )
        QApplication.sendEvent(canvas, event)
    assert canvas.brush_diameter == pytest.approx(25 * np.exp(0.5))
    assert canvas.cursor_circle.centre == QPointF(300, 300)
    assert not painter.strokes


@pytest.mark.parametrize(("button", "modifiers"), [(MIDDLE, NONE), (LEFT, CTRL)])
def test_the_middle_button_and_ctrl_pan(painter: Painter, button: Button, modifiers: Qt.KeyboardModifier) -> None:
    painter.canvas.zoom_by(4)
    before = painter.canvas.widget_from_image(450, 600)
    painter.drag([QPoint(300, 300), QPoint(330, 280), QPoint(350, 270)], button, modifiers)
    assert painter.canvas.widget_from_image(450, 600) == before + QPointF(50, -30)
    assert painter.annotation.empty


def test_the_space_bar_pans(painter: Painter) -> None:
    painter.canvas.zoom_by(4)
    before = painter.canvas.widget_from_image(450, 600)
    QTest.keyPress(painter.canvas, Qt.Key.Key_Space)
    painter.drag([QPoint(300, 300), QPoint(310, 300)])
    QTest.keyRelease(painter.canvas, Qt.Key.Key_Space)
    assert painter.canvas.widget_from_image(450, 600) == before + QPointF(10, 0)
    assert painter.annotation.empty
    painter.drag(POINTS)
    assert not painter.annotation.empty


def test_at_the_highest_zoom_a_click_hits_the_pixel_it_points_at(painter: Painter) -> None:
    canvas = painter.canvas
    canvas.brush_diameter = 1
    canvas.zoom_by(1e6, canvas.widget_from_image(450.5, 600.5))
    assert canvas.viewport.zoom == 64
    QTest.mouseClick(canvas, LEFT, NONE, canvas.widget_from_image(451.9, 602.1).toPoint())
    assert np.argwhere(painter.labels).tolist() == [[451, 602]]
    assert canvas.visible_rectangle().intersection(Rectangle(450, 600, 451, 601)) == Rectangle(450, 600, 451, 601)


def test_what_is_painted_is_seen_in_its_classs_colour(painter: Painter) -> None:
    canvas = painter.canvas
    canvas.set_classes(new_classes(["root", "nodule"]))
    canvas.set_tool(Brush(3))
    canvas.set_layer_opacity("annotation", 1.0)
    canvas.actual_size()
    canvas.brush_diameter = 60
    painter.drag([QPoint(400, 300)])
    QTest.mouseMove(canvas, QPoint(50, 50))
    assert painter.seen().pixelColor(400, 300).name() == "#0072b2"
    canvas.set_layer_visible("annotation", False)
    assert painter.seen().pixelColor(400, 300).name() != "#0072b2"


def test_changes_of_a_newer_mask_are_marked_for_a_moment(painter: Painter, qtbot: QtBot) -> None:
    canvas = painter.canvas
    canvas.actual_size()
    before, after = np.full(SHAPE, BACKGROUND, np.uint8), np.full(SHAPE, BACKGROUND, np.uint8)
    row, column = (int(part) for part in canvas.image_from_widget(QPointF(400, 300)))
    after[row - 20 : row + 20, column - 20 : column + 20] = FOREGROUND
    canvas.set_mask(Labels.from_array(before))
    plain = painter.seen().pixelColor(400, 300)
    canvas.set_mask(Labels.from_array(after), mark_changes=True)
    canvas._fading.stop()  # however slow the machine
    marked = painter.seen().pixelColor(400, 300)
    canvas._fading.start()
    assert marked.red() > 200  # yellow over grey
    assert marked.blue() < 60
    qtbot.waitUntil(lambda: painter.seen().pixelColor(400, 300).blue() > 100, timeout=4000)
    assert painter.seen().pixelColor(400, 300) != plain  # the mask itself stays


def test_a_hidden_mask_marks_no_changes(painter: Painter) -> None:
    canvas = painter.canvas
    canvas.set_mask(Labels(SHAPE))
    plain = painter.seen()
    canvas.set_layer_visible("mask", False)
    canvas.set_mask(Labels.from_array(np.full(SHAPE, FOREGROUND, np.uint8)), mark_changes=True)
    assert painter.seen() == plain


def test_a_message_is_seen_with_and_without_an_image(painter: Painter) -> None:
    canvas = painter.canvas
    for image in (painter.image, None):
        canvas.show_image(image, None, None)
        plain = painter.seen()
        canvas.set_message("Mask on its way…")
        assert painter.seen() != plain
        canvas.set_message("")
        assert painter.seen() == plain


def test_an_outline_leaves_the_middle_of_a_region_free(painter: Painter) -> None:
    canvas = painter.canvas
    canvas.actual_size()
    plain = painter.seen()
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    row, column = (int(part) for part in canvas.image_from_widget(QPointF(400, 300)))
    mask[row - 20 : row + 20, column - 20 : column + 20] = FOREGROUND
    canvas.set_mask(Labels.from_array(mask))
    filled = painter.seen()
    canvas.set_mask_look(MaskLook.OUTLINE)
    lines = painter.seen()
    assert filled.pixelColor(400, 300) != plain.pixelColor(400, 300) == lines.pixelColor(400, 300)
    edge = canvas.widget_from_image(row + 0.5, column - 19.5).toPoint()
    assert lines.pixelColor(edge) != plain.pixelColor(edge)


def test_a_stroke_on_a_large_image_colours_only_what_it_touched(
    painter: Painter, drawn_image: Callable[..., object], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas, annotation = painter.canvas, Annotation(Labels((8000, 8000)))
    annotation.labels.write(Rectangle(0, 0, 8000, 4000), BACKGROUND)
    canvas.show_image(drawn_image(8000, 8000), annotation, Labels.from_array(np.ones((8000, 8000), np.uint8)))
    canvas.actual_size()
    qtbot.waitUntil(lambda: canvas.drawn)
    made: list[object] = []
    coloured: list[int] = []
    make, ranks = LabelLayer.make, LabelLayer._ranks

    def spy_ranks(layer: LabelLayer, source: Labels, level: int, rectangle: Rectangle) -> Pixels:
        coloured.append(rectangle.height * rectangle.width)
        return ranks(layer, source, level, rectangle)

    monkeypatch.setattr(LabelLayer, "make", lambda layer, key: made.append(key) or make(layer, key))
    monkeypatch.setattr(LabelLayer, "_ranks", spy_ranks)
    painter.drag([QPoint(400, 300), QPoint(430, 320)])
    qtbot.waitUntil(lambda: bool(coloured))
    assert not made
    assert 0 < sum(coloured) <= 4 * 60 * 80
    coloured.clear()
    canvas.undo()
    qtbot.waitUntil(lambda: bool(coloured))
    assert 0 < sum(coloured) <= 4 * 60 * 80


def test_the_pointer_is_followed_and_its_rest_is_timed(painter: Painter) -> None:
    seen: list[tuple[float, float]] = []
    painter.canvas.pointer_moved.connect(lambda row, column: seen.append((row, column)))
    QTest.mouseMove(painter.canvas, QPoint(100, 200))
    assert seen[-1] == pytest.approx(painter.canvas.image_from_widget(QPointF(100, 200)))
    painter.clock.now += 1.5
    assert painter.canvas.pointer_rest_seconds() == pytest.approx(1.5)
    QTest.mouseMove(painter.canvas, QPoint(101, 200))
    assert painter.canvas.pointer_rest_seconds() == 0


def test_labels_of_another_shape_are_refused(painter: Painter) -> None:
    with pytest.raises(ValueError, match="shape"):
        painter.canvas.set_mask(Labels((10, 10)))
    with pytest.raises(ValueError, match="shape"):
        painter.canvas.show_image(painter.image, Annotation(Labels((10, 10))), None)
    painter.drag(POINTS)  # and all is as it was
    assert len(painter.strokes) == 1


def test_it_can_be_reached_by_keyboard_and_has_a_name(painter: Painter) -> None:
    assert painter.canvas.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert painter.canvas.accessibleName()
