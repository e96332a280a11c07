"""CanvasView: the widget on which the user paints. Turns mouse, pen and wheel into strokes and views."""

import math
import time
from collections.abc import Callable, Sequence

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

from painter_app.canvas.brush import LARGEST, SMALLEST, Brush
from painter_app.canvas.history import History
from painter_app.canvas.layers import DisplayedImage
from painter_app.canvas.strokes import Strokes
from painter_app.canvas.surface import Surface
from painter_app.canvas.tools import Filling, Painting, Pan, Tool, eraser_of
from shared_folder.annotation import Annotation, Patch, Point
from shared_folder.classes import FOREGROUND, UNKNOWN, LabelClass
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole

_NOTCH = 120
"""Eighths of a degree that a wheel turns at one notch."""
_ZOOM_STEP = 1.25  # for each notch
_SIZE_STEP = 1.15  # for each notch
_SIZE_BY_DRAG = 0.01  # growth for each widget pixel of Shift + move
_MOST_PIECES = 256

Button = Qt.MouseButton
Modifier = Qt.KeyboardModifier


class CanvasView(Surface):
    """Paints strokes on an annotation. Signals what happened; knows nothing of windows or files."""

    stroke_started = pyqtSignal()
    """A press, before anything is painted."""
    stroke_finished = pyqtSignal(object)
    """The Patch. A stroke that changed nothing has none and isn't signalled."""
    fill_wanted = pyqtSignal(object)
    """The Fill of a tool that covers an area; somebody answers with `lay`."""
    pointer_moved = pyqtSignal(float, float)
    """Row and column in the image."""
    brush_size_changed = pyqtSignal(float)
    """Diameter in image pixels."""
    notice = pyqtSignal(str)
    """A sentence for the user."""

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent, clock)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Canvas"))
        self.setAccessibleDescription(self.tr("The image with its mask, on which you paint"))
        self.last_input_time = clock()
        self._strokes = Strokes()
        self._tool: Tool = Brush(FOREGROUND)
        self._outline: list[Point] = []  # where the pointer went, while an area is drawn around
        self._outlining: Filling | None = None
        self._diameter = 25.0
        self._read_only: str | None = None  # why, if nothing may be painted
        self._button = Button.NoButton  # the one that began the stroke or the pan
        self._pointer: QPointF | None = None  # where it was last
        self._pan_from: QPointF | None = None  # while the image is being moved
        self._size_from: QPointF | None = None  # while Shift + move sizes the brush
        self._space = False
        self.view_changed.connect(lambda: self._move_circle(self.cursor_circle.centre))
        self._update_cursor()

    # What is open

    def show_image(
        self, image: DisplayedImage | None, annotation: Annotation | None, mask: Labels | None, message: str = ""
    ) -> None:
        """Show another image, or none. A stroke in hand is finished first; the undo history begins anew."""
        self.finish_stroke()
        self._show_layers(image, annotation.labels if annotation is not None else None, mask)
        self._strokes.open(annotation)
        self.set_message(message)
        self._update_cursor()

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        super().set_classes(classes)
        self._update_cursor()

    def set_read_only(self, reason: str | None) -> None:
        """Refuse painting with a sentence that says why; None allows it again."""
        self._read_only = reason
        self._update_cursor()

    # Tools

    @property
    def tool(self) -> Tool:
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Takes effect with the next press."""
        self._tool = tool
        self._update_cursor()

    @property
    def brush_diameter(self) -> float:
        """In image pixels, SMALLEST to LARGEST."""
        return self._diameter

    @brush_diameter.setter
    def brush_diameter(self, diameter: float) -> None:
        diameter = min(max(diameter, SMALLEST), LARGEST)
        if diameter != self._diameter:
            self._diameter = diameter
            self._move_circle(self.cursor_circle.centre)
            self.brush_size_changed.emit(diameter)

    @property
    def stroke_in_hand(self) -> bool:
        return self._strokes.in_hand

    def label_under_pointer(self) -> int | None:
        """What was painted there, else what the mask says; None where there is neither."""
        if self._pointer is None or self._strokes.annotation is None:
            return None
        row, column = (math.floor(each) for each in self.image_from_widget(self._pointer))
        pixel = Rectangle(row, column, row + 1, column + 1)
        if pixel.intersection(whole(self._strokes.annotation.shape)) != pixel:
            return None
        sources = (self._strokes.annotation.labels, self._layers.mask)
        found = (int(source.read(pixel)[0, 0]) for source in sources if source is not None)
        return next((label for label in found if label != UNKNOWN), None)

    def pointer_rest_seconds(self) -> float:
        """Seconds since the user last moved, pressed or scrolled here."""
        return self._clock() - self.last_input_time

    def lay(self, stroke: Patch) -> None:
        """Lay down a whole stroke that was made elsewhere (recovered, or over all of the image), as if painted."""
        self._end_stroke()  # but not an outline in hand, which paints nothing yet
        self._strokes.lay(stroke)
        self._show_patch(stroke)
        self.stroke_finished.emit(stroke)

    def finish_stroke(self) -> None:
        """End the stroke in hand, if there is one, as a release does."""
        self._finish_outline()
        self._end_stroke()

    def _end_stroke(self) -> None:
        if not self.stroke_in_hand:
            return
        self._button = Button.NoButton
        at_end = bool(self._strokes.path)
        patch = self._strokes.finish()
        if at_end:
            self._show_patch(patch)
        self._update_cursor()
        if self._strokes.late is not None:
            self.fill_wanted.emit(self._strokes.late)
        elif patch is not None:
            self.stroke_finished.emit(patch)
        elif self._strokes.erased_mask_only:
            self.notice.emit(self.tr("That is the model's. Paint background (W)."))

    # Undo

    @property
    def history(self) -> History:
        return self._strokes.history

    @property
    def can_undo(self) -> bool:
        return self._read_only is None and (
            self.history.can_undo or self.stroke_in_hand or self._outlining is not None
        )

    @property
    def can_redo(self) -> bool:
        return self._read_only is None and self.history.can_redo

    def undo(self) -> Patch | None:
        """Take back the last stroke, the one in hand if there is one. Returns its patch."""
        if self._drop_unpainted():
            return None
        self.finish_stroke()
        return self._show_patch(self._strokes.undo()) if self.can_undo else None

    def _drop_unpainted(self) -> bool:
        """Let go of what is in hand and would paint only when it is released. Returns whether there was such."""
        if self._outlining is None and not self._strokes.path:
            return False
        self._outlining, self._button = None, Button.NoButton
        self._strokes.drop()
        self._show_path((), None)
        self._update_cursor()
        return True

    def redo(self) -> Patch | None:
        """Lay the stroke undone last down again. Returns its patch."""
        self.finish_stroke()
        return self._show_patch(self._strokes.redo()) if self.can_redo else None

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
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        button = Button.RightButton if eraser and event.button() == Button.LeftButton else event.button()
        if event.type() == QEvent.Type.TabletPress:
            self._press(event.position(), button, event.modifiers())
        elif event.type() == QEvent.Type.TabletMove:
            self._move(event.position(), event.modifiers())
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

    def _press(self, position: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        self.last_input_time = self._clock()
        if self._button != Button.NoButton:
            return  # one thing at a time
        moves = self._space or bool(modifiers & Modifier.ControlModifier) or isinstance(self._tool, Pan)
        if button == Button.MiddleButton or (button == Button.LeftButton and moves):
            self._button, self._pan_from = button, position
            self._update_cursor()
        elif button == Button.LeftButton and not isinstance(self._tool, Pan):
            self._begin(self._tool, button, position)
        elif button == Button.RightButton:
            self._begin(eraser_of(self._tool), button, position)

    def _move(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.last_input_time = self._clock()
        self._pointer = position
        if self._pan_from is not None:
            by, self._pan_from = position - self._pan_from, position
            self.pan_by(by.x(), by.y())
        elif self._outlining is not None:
            self._outline.append(self.image_from_widget(position))
            self._show_path(self._outline, None, closed=True)
        elif self.stroke_in_hand:
            self._annotation_changed(self._strokes.move(self.image_from_widget(position)))
            self._show_path(self._strokes.path, self._diameter)
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

    # Strokes

    def _begin(self, tool: Painting | Filling, button: Qt.MouseButton, position: QPointF) -> None:
        if self._read_only is not None:
            self.notice.emit(self._read_only)
        elif self._strokes.annotation is None:
            return
        elif not self.layer_visible("annotation"):
            self.notice.emit(self.tr("The annotation is hidden: show it (A) to paint."))
        elif isinstance(tool, Filling):
            self._begin_fill(tool, button, self.image_from_widget(position))
        else:
            self.stroke_started.emit()
            self._button = button
            point = self.image_from_widget(position)
            layers = self._layers
            changed = self._strokes.begin(tool, point, self._diameter, layers.mask, layers.read_image)
            self._annotation_changed(changed)
            self._update_cursor()
            self._move_circle(position)

    def _begin_fill(self, tool: Filling, button: Qt.MouseButton, point: Point) -> None:
        if tool.at_once:
            self.fill_wanted.emit(tool.fill([point]))
        else:
            self._button, self._outlining, self._outline = button, tool, [point]

    def _finish_outline(self) -> None:
        tool, self._outlining = self._outlining, None
        if tool is not None:
            self._button = Button.NoButton
            self._show_path((), None)
            self.fill_wanted.emit(tool.fill(self._outline))

    def _show_patch(self, patch: Patch | None) -> Patch | None:
        if patch is not None:
            # Piece by piece while that is less than all between them.
            parts = patch.pieces if len(patch.pieces) <= _MOST_PIECES else (patch,)
            self._annotation_changed([part.rectangle for part in parts])
        return patch

    # The cursor

    def _move_circle(self, position: QPointF | None) -> None:
        """Put the brush's circle at a point of the widget; None: the pointer is elsewhere."""
        circle, before = self.cursor_circle, self.cursor_circle.region()
        paints = self.stroke_in_hand or (self._ready_to_paint() and not isinstance(self._tool, Filling))
        circle.centre = position if paints else None
        circle.radius = self._diameter / 2 * self.viewport.scale
        self.update(before)
        self.update(circle.region())

    def _ready_to_paint(self) -> bool:
        moves = self._space or self._pan_from is not None or isinstance(self._tool, Pan)
        return self._strokes.annotation is not None and self._read_only is None and not moves

    def _update_cursor(self) -> None:
        label = self._strokes.label
        if label is None:
            label = UNKNOWN if isinstance(self._tool, Pan) else self._tool.label
        self.cursor_circle.colour = self.colour_of(label)
        self._show_path(self._strokes.path, self._diameter)
        if self._pan_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space or isinstance(self._tool, Pan):
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._ready_to_paint():
            fills = isinstance(self._tool, Filling)
            self.setCursor(Qt.CursorShape.CrossCursor if fills else Qt.CursorShape.BlankCursor)
        else:
            self.unsetCursor()
        self._move_circle(self.cursor_circle.centre)


def _by_fingers(event: QWheelEvent) -> bool:
    device = event.device()
    return device is not None and device.type() == QInputDevice.DeviceType.TouchPad
