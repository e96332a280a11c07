"""The canvas with real events of pens and touchpads."""

import itertools

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QNativeGestureEvent, QPointingDevice
from PyQt6.QtWidgets import QApplication

from painter_app.canvas.brush import LIGHTEST, Line
from shared_folder.classes import BACKGROUND, FOREGROUND, UNKNOWN
from shared_folder.rectangle import whole
from shared_folder.sweeps import Disc
from tests.painter_app.canvas.painter import LEFT, SHAPE, Painter, touchpad, use_pen
from tests.shared_folder.test_annotation import depths

RIGHT, CTRL = Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier
PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser
WAY = [
    (QPointF(200.3, 200.8), 0.05),
    (QPointF(240.1, 230.4), 0.4),
    (QPointF(300.7, 260.2), 1.0),
    (QPointF(302.0, 260.9), 0.3),
    (QPointF(420.5, 250.5), 0.6),
    (QPointF(500.5, 250.5), 0.0),
]


def union_of_discs(painter: Painter, touches: list[tuple[QPointF, float]], lightest: float) -> np.ndarray:
    """The pixels (H, W) of all discs along a stroke, and where rounding may decide."""
    canvas = painter.canvas
    discs = [
        Disc(canvas.image_from_widget(at), canvas.brush_diameter / 2 * (lightest + (1 - lightest) * pressure))
        for at, pressure in touches
    ]
    return np.max([depths(SHAPE, *way) for way in [(discs[0], discs[0]), *itertools.pairwise(discs)]], axis=0)


@pytest.mark.parametrize("diameter", [7.0, 40.0, 200.0])
def test_a_pen_paints_the_wider_the_harder_it_is_pressed(painter: Painter, diameter: float) -> None:
    painter.canvas.brush_diameter = diameter
    painter.canvas.pressure_sizes_brush = True
    use_pen(painter.canvas, WAY)
    deepest = union_of_discs(painter, WAY, LIGHTEST)
    sure = abs(deepest) > 1e-6
    np.testing.assert_array_equal((painter.labels == FOREGROUND)[sure], (deepest > 0)[sure])
    assert len(painter.strokes) == 1
    painter.canvas.undo()
    assert painter.annotation.empty


def test_unless_that_is_chosen_pressure_changes_nothing(painter: Painter) -> None:
    use_pen(painter.canvas, WAY)
    deepest = union_of_discs(painter, WAY, 1.0)
    sure = abs(deepest) > 1e-6
    np.testing.assert_array_equal((painter.labels == FOREGROUND)[sure], (deepest > 0)[sure])


def test_a_mouse_paints_with_all_of_the_brush_all_the_same(painter: Painter) -> None:
    painter.canvas.pressure_sizes_brush = True
    points = [QPoint(200, 200), QPoint(300, 260)]
    painter.drag(points)
    np.testing.assert_array_equal(painter.labels, painter.expected(points))


def test_a_straight_line_keeps_the_brushs_width_under_a_pen(painter: Painter) -> None:
    canvas = painter.canvas
    canvas.pressure_sizes_brush = True
    canvas.set_tool(Line(BACKGROUND))
    ends = [QPointF(200, 200), QPointF(300, 260)]
    use_pen(painter.canvas, [(ends[0], 0.1), (ends[1], 0.1)])
    np.testing.assert_array_equal(
        painter.labels, painter.expected([end.toPoint() for end in ends], BACKGROUND), strict=True
    )


@pytest.mark.parametrize("sizes", [False, True])
@pytest.mark.parametrize(("kind", "button"), [(ERASER, LEFT), (PEN, RIGHT)])
def test_a_pens_other_end_and_its_second_button_erase(
    painter: Painter, kind: QPointingDevice.PointerType, button: Qt.MouseButton, sizes: bool
) -> None:
    painter.annotation.labels.write(whole(SHAPE), FOREGROUND)
    painter.canvas.pressure_sizes_brush = sizes
    use_pen(painter.canvas, WAY, kind, button)
    deepest = union_of_discs(painter, WAY, LIGHTEST if sizes else 1.0)
    sure = abs(deepest) > 1e-6
    np.testing.assert_array_equal((painter.labels == UNKNOWN)[sure], (deepest > 0)[sure])
    assert len(painter.strokes) == 1
    assert not painter.canvas.stroke_in_hand


def test_a_pen_is_told_of_once(painter: Painter) -> None:
    seen: list[None] = []
    painter.canvas.pen_seen.connect(lambda: seen.append(None))
    use_pen(painter.canvas, WAY)
    use_pen(painter.canvas, WAY, ERASER)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("pixels", "angle", "by"),
    [
        (QPoint(0, 40), QPoint(0, 120), QPointF(0, 40)),
        (QPoint(-25, 10), QPoint(-75, 30), QPointF(-25, 10)),
        (QPoint(), QPoint(-80, 20), QPointF(-20, 5)),  # where the system counts no pixels
    ],
)
def test_two_fingers_on_a_touchpad_pan(painter: Painter, pixels: QPoint, angle: QPoint, by: QPointF) -> None:
    painter.canvas.zoom_by(4)
    before, zoom = painter.canvas.widget_from_image(450, 600), painter.canvas.viewport.zoom
    painter.scroll(touchpad(), QPointF(300, 300), pixels, angle)
    moved = painter.canvas.widget_from_image(450, 600) - before
    assert (moved.x(), moved.y()) == pytest.approx((by.x(), by.y()))
    assert painter.canvas.viewport.zoom == zoom
    assert painter.annotation.empty


def test_two_fingers_and_ctrl_zoom(painter: Painter) -> None:
    zoom, at = painter.canvas.viewport.zoom, QPointF(300, 300)
    below = painter.canvas.image_from_widget(at)
    painter.wheel(at, 1, CTRL, by_fingers=True)
    assert painter.canvas.viewport.zoom == pytest.approx(1.25 * zoom)
    assert painter.canvas.image_from_widget(at) == pytest.approx(below)


@pytest.mark.parametrize("by", [0.25, -0.2])
def test_a_pinch_zooms_at_the_fingers(painter: Painter, by: float) -> None:
    painter.canvas.zoom_by(4)
    at, zoom = QPointF(300, 200), painter.canvas.viewport.zoom
    below, there = painter.canvas.image_from_widget(at), painter.canvas.mapToGlobal(at)
    kinds = Qt.NativeGestureType
    for kind, value in (
        (kinds.BeginNativeGesture, 0.0),
        (kinds.ZoomNativeGesture, by),
        (kinds.RotateNativeGesture, 12.0),  # is left alone
        (kinds.EndNativeGesture, 0.0),
    ):
        event = QNativeGestureEvent(kind, touchpad(), 2, at, at, there, value, QPointF())
        QApplication.sendEvent(painter.canvas, event)
        assert event.isAccepted()
    assert painter.canvas.viewport.zoom == pytest.approx((1 + by) * zoom)
    assert painter.canvas.image_from_widget(at) == pytest.approx(below)
    assert painter.annotation.empty
