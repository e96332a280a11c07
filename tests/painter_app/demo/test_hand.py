"""The hand: a simulated stroke becomes the pixels it should, through mouse events, at a zoom that shows the brush."""

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from painter_app.canvas.brush import Brush
from painter_app.canvas.view import CanvasView
from painter_app.demo.hand import Hand
from shared_folder.annotation import Annotation
from shared_folder.classes import FOREGROUND
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle
from shared_folder.simulated_user import SimulatedStroke, painted

SHAPE = (600, 800)


class Grey:
    shape = (*SHAPE, 1)
    levels = 1

    def displayed(self, _level: int, rectangle: Rectangle, _tones: object = ()) -> np.ndarray:
        return np.full((rectangle.height, rectangle.width, 3), 90, np.uint8)


class Presses(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.spots: list[tuple[float, float]] = []

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.MouseButtonPress:
            self.spots.append((event.position().x(), event.position().y()))
        return False


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[CanvasView]:
    view = CanvasView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show_image(Grey(), Annotation(Labels(SHAPE)), None)
    view.show()
    return view


def hand_on(canvas: CanvasView) -> Hand:
    return Hand(
        canvas,
        lambda class_id: canvas.set_tool(Brush(class_id)),
        lambda diameter: setattr(canvas, "brush_diameter", diameter),
    )


def painted_by(canvas: CanvasView, stroke: SimulatedStroke) -> np.ndarray:
    patches = []
    canvas.stroke_finished.connect(patches.append)
    for _ in hand_on(canvas).paint(stroke):
        pass
    labels = np.zeros(SHAPE, np.uint8)
    for piece in patches[0].pieces:
        labels[piece.rectangle.slices] = piece.values(piece.after)
    assert len(patches) == 1
    return labels


def test_a_stroke_paints_what_it_stands_for(canvas: CanvasView) -> None:
    stroke = SimulatedStroke(FOREGROUND, 30.0, ((100.0, 100.0), (180.0, 300.0), (160.0, 500.0)))
    agree = painted_by(canvas, stroke) == painted([stroke], SHAPE)
    assert agree.mean() > 0.999


def test_a_thin_brush_is_used_zoomed_in(canvas: CanvasView) -> None:
    stroke = SimulatedStroke(FOREGROUND, 2.0, ((20.0, 20.0), (40.0, 60.0)))
    presses = Presses()
    canvas.installEventFilter(presses)
    labels = painted_by(canvas, stroke)
    wanted = painted([stroke], SHAPE)
    assert canvas.viewport.scale * stroke.diameter >= 4.5
    assert 2 * (labels & wanted).astype(bool).sum() / ((labels > 0).sum() + (wanted > 0).sum()) > 0.8
    assert all(canvas.rect().contains(int(x), int(y)) for x, y in presses.spots)


def test_a_long_thin_stroke_stays_in_view(canvas: CanvasView) -> None:
    stroke = SimulatedStroke(FOREGROUND, 2.0, ((300.0, 100.0), (320.0, 500.0)))
    for _ in hand_on(canvas).paint(stroke):
        pass
    seen = canvas.visible_rectangle()
    assert seen.left <= 100
    assert seen.right >= 500
