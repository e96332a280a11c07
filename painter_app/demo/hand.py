"""The simulated user's hand: strokes as mouse events on the canvas, at the zoom that a thin brush needs."""

import math
from collections.abc import Callable, Iterator

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from painter_app.canvas.view import CanvasView
from shared_folder.simulated_user import SimulatedStroke

_THINNEST = 9.0
"""Pixels of the screen: with a thinner brush she zooms in before she paints."""
_NOTCH = 120
"""Eighths of a degree that a wheel turns at one notch, which zooms by a quarter."""
_MOVES_IN_A_STROKE = 15
"""Times that the window may draw while one stroke is painted."""
_NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Hand:
    """Paints on a canvas. Each method that yields is stepped from the event loop, so that the window stays alive.

    choose_brush: picks up the brush of a class id. set_size: the brush's diameter in image pixels.
    """

    def __init__(
        self, canvas: CanvasView, choose_brush: Callable[[int], None], set_size: Callable[[float], None]
    ) -> None:
        self._canvas = canvas
        self._choose_brush = choose_brush
        self._set_size = set_size

    def paint(self, stroke: SimulatedStroke) -> Iterator[None]:
        """Take up the brush, zoom if need be, press, drag, release."""
        yield from self._look_at(stroke)
        self._choose_brush(stroke.class_id)
        self._set_size(stroke.diameter)
        first, *rest = stroke.points
        self._mouse(QEvent.Type.MouseMove, first, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton)
        self._mouse(QEvent.Type.MouseButtonPress, first, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        portion = math.ceil(len(rest) / _MOVES_IN_A_STROKE)
        for number, point in enumerate(rest, start=1):
            self._mouse(QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)
            if number % portion == 0:
                yield
        last = stroke.points[-1]
        self._mouse(QEvent.Type.MouseButtonRelease, last, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
        yield

    def _look_at(self, stroke: SimulatedStroke) -> Iterator[None]:
        """Zoom with the wheel, and drag with the middle button, until the stroke is seen well."""
        scale = self._canvas.viewport.scale
        if self._sees(stroke) and stroke.diameter * scale >= _THINNEST:
            return
        self._canvas.fit()
        wanted = _THINNEST / (stroke.diameter * self._canvas.viewport.scale)
        rows, columns = zip(*stroke.points, strict=True)
        middle = (min(rows) + max(rows)) / 2, (min(columns) + max(columns)) / 2
        length = max(max(rows) - min(rows), max(columns) - min(columns)) + 2 * stroke.diameter
        room = min(self._canvas.width(), self._canvas.height()) / (length * self._canvas.viewport.scale)
        for _ in range(math.ceil(math.log(max(1.0, min(wanted, room)), 1.25) - 0.01)):
            self._wheel(middle)
        yield
        self._drag_to_the_middle(middle)
        yield

    def _sees(self, stroke: SimulatedStroke) -> bool:
        seen = self._canvas.visible_rectangle()
        return all(
            seen.top <= row <= seen.bottom and seen.left <= column <= seen.right for row, column in stroke.points
        )

    def _wheel(self, point: tuple[float, float]) -> None:
        at = self._canvas.widget_from_image(*point)
        event = QWheelEvent(
            at,
            QPointF(self._canvas.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, _NOTCH),
            Qt.MouseButton.NoButton,
            _NO_MODIFIER,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._canvas, event)

    def _drag_to_the_middle(self, point: tuple[float, float]) -> None:
        middle = Qt.MouseButton.MiddleButton
        self._mouse(QEvent.Type.MouseButtonPress, point, middle, middle)
        self._send(QEvent.Type.MouseMove, QPointF(self._canvas.rect().center()), Qt.MouseButton.NoButton, middle)
        self._send(
            QEvent.Type.MouseButtonRelease,
            QPointF(self._canvas.rect().center()),
            middle,
            Qt.MouseButton.NoButton,
        )

    def _mouse(
        self, kind: QEvent.Type, point: tuple[float, float], button: Qt.MouseButton, held: Qt.MouseButton
    ) -> None:
        """An event at an image's point, to the whole pixel of the screen as a mouse reports it."""
        self._send(kind, QPointF(self._canvas.widget_from_image(*point).toPoint()), button, held)

    def _send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        everywhere = QPointF(self._canvas.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(self._canvas, QMouseEvent(kind, at, everywhere, button, held, _NO_MODIFIER))
