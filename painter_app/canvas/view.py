"""CanvasView: the widget on which the user paints. Turns mouse, pen, wheel and touchpad into strokes and views."""

import math
import time
from collections.abc import Callable

from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.easel import Easel
from painter_app.canvas.tools import eraser_of
from painter_app.language import tr

_NOTCH = 120
"""Eighths of a degree that a wheel turns at one notch."""
_ZOOM_STEP = 1.25  # for each notch
_SIZE_STEP = 1.15  # for each notch
_SIZE_BY_DRAG = 0.01  # growth for each widget pixel of Shift + move

Button = Qt.MouseButton
Modifier = Qt.KeyboardModifier


class CanvasView(Easel):
    """An easel under the user's hand: presses with a tool, moves the image, zooms, sizes the brush."""

    pointer_moved = pyqtSignal(float, float)
    """Row and column in the image."""
    pen_seen = pyqtSignal()
    """A pen touched the canvas, for the first time."""

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent, clock)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Canvas"))
        self.setAccessibleDescription(tr("The image with its mask, on which you paint"))
        self.last_input_time = clock()
        self._button = Button.NoButton  # pressed last, of those that do something
        self._pointer: QPointF | None = None  # where it was last
        self._pan_from: QPointF | None = None  # while the image is being moved
        self._size_from: QPointF | None = None  # while Shift + move sizes the brush
        self._space = False
        self._pen_seen = False
        self.view_changed.connect(self._keep_circle)
        self._update_cursor()

    def label_under_pointer(self) -> int | None:
        """What was painted there, else what the mask says; None where there is neither."""
        return None if self._pointer is None else self.label_at(self.image_from_widget(self._pointer))

    def pointer_rest_seconds(self) -> float:
        """Seconds since the user last moved, pressed or scrolled here."""
        return self._clock() - self.last_input_time

    # Events

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._press(event.position(), event.button(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.mousePressEvent(event)  # the second of two quick dabs

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._move(event.position(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._release(event.button())

    def tabletEvent(self, event: QTabletEvent | None) -> None:
        if event is None:
            return
        event.accept()  # so that Qt doesn't send the same as mouse events
        if not self._pen_seen:
            self._pen_seen = True
            self.pen_seen.emit()
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        button = Button.RightButton if eraser and event.button() == Button.LeftButton else event.button()
        if event.type() == QEvent.Type.TabletPress:
            self._press(event.position(), button, event.modifiers(), event.pressure())
        elif event.type() == QEvent.Type.TabletMove:
            self._move(event.position(), event.modifiers(), event.pressure())
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(button)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        event.accept()
        self.last_input_time = self._clock()
        angle = event.angleDelta()
        notches = (angle.y() or angle.x()) / _NOTCH  # Alt turns the wheel's axis on some systems
        if event.modifiers() & (Modifier.ShiftModifier | Modifier.AltModifier):
            self.brush_diameter *= _SIZE_STEP**notches
        elif _by_fingers(event) and not event.modifiers() & Modifier.ControlModifier:
            by = angle / 4 if event.pixelDelta().isNull() else event.pixelDelta()
            self.pan_by(by.x(), by.y())
        else:
            self.zoom_by(_ZOOM_STEP**notches, event.position())
        self._move_circle(event.position())

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QNativeGestureEvent):
            event.accept()  # so that Qt doesn't offer it to what lies below
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.last_input_time = self._clock()
                self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Space:
            self._space = True
            self._update_cursor()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Space:
            self._space = event.isAutoRepeat()
            self._update_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._space = False  # its release will go elsewhere
        self._update_cursor()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self._move_circle(None)

    # The pointer, whatever it is

    def _press(
        self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier, pressure: float = 1.0
    ) -> None:
        self.last_input_time = self._clock()
        if self.in_hand or self._pan_from is not None:
            return  # one thing at a time
        moves = self._space or bool(modifiers & Modifier.ControlModifier)
        if button == Button.MiddleButton or (button == Button.LeftButton and moves):
            self._button, self._pan_from = button, position
            self._update_cursor()
        elif button in (Button.LeftButton, Button.RightButton):
            self._button = button
            self.press(self.tool if button == Button.LeftButton else eraser_of(self.tool), position, pressure)

    def _move(self, position: QPointF, modifiers: Qt.KeyboardModifier, pressure: float = 1.0) -> None:
        self.last_input_time = self._clock()
        self._pointer = position
        if self._pan_from is not None:
            by, self._pan_from = position - self._pan_from, position
            self.pan_by(by.x(), by.y())
        elif self.in_hand:
            self.drag(position, pressure)
        elif modifiers & Modifier.ShiftModifier:
            self._size_by_drag(position)
            return
        self._size_from = None
        self._move_circle(position)
        self.pointer_moved.emit(*self.image_from_widget(position))

    def _release(self, button: Qt.MouseButton) -> None:
        self.last_input_time = self._clock()
        if button != self._button:
            return
        self.finish_stroke()
        self._button, self._pan_from = Button.NoButton, None
        self._update_cursor()

    def _size_by_drag(self, position: QPointF) -> None:
        """Moving right grows the brush, moving left shrinks it; its circle stays where it was."""
        if self._size_from is not None:
            self.brush_diameter *= math.exp((position.x() - self._size_from.x()) * _SIZE_BY_DRAG)
        self._size_from = position

    # The cursor

    def _ready_to_paint(self) -> bool:
        return super()._ready_to_paint() and not self._space and self._pan_from is None

    def _update_cursor(self) -> None:
        super()._update_cursor()
        if self._pan_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)


def _by_fingers(event: QWheelEvent) -> bool:
    device = event.device()
    return device is not None and device.type() == QInputDevice.DeviceType.TouchPad
