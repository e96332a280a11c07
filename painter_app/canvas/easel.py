"""Easel: a surface that can be painted on. What strokes, fills and undo do to the annotation that is shown."""

import math
import time
from collections.abc import Callable, Sequence

from PyQt6.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.brush import LARGEST, SMALLEST, Brush
from painter_app.canvas.fill_tools import FillInHand, FloodInHand, Ground, Region
from painter_app.canvas.history import History
from painter_app.canvas.layers import DisplayedImage
from painter_app.canvas.shade import Shade
from painter_app.canvas.strokes import Strokes
from painter_app.canvas.surface import Surface
from painter_app.canvas.tools import Filling, Painting, Tool
from painter_app.language import sentence, tr
from shared_folder.annotation import Annotation, Patch
from shared_folder.classes import FOREGROUND, UNKNOWN, LabelClass
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.sweeps import Point

_MOST_PIECES = 256
_COVERING = 15
"""Milliseconds from a move to the picture of what a fill in hand covers: one for each frame is enough."""


class Easel(Surface):
    """Lays strokes on an annotation. Signals what happened; knows nothing of events, windows or files."""

    stroke_started = pyqtSignal()
    """A press, before anything is painted."""
    stroke_finished = pyqtSignal(object)
    """The Patch. A stroke that changed nothing has none and isn't signalled."""
    fill_wanted = pyqtSignal(object)
    """The Fill of a tool that covers an area; somebody answers with `lay`."""
    brush_size_changed = pyqtSignal(float)
    """Diameter in image pixels."""
    notice = pyqtSignal(str, str)
    """A sentence for the user, and the name of the action that does what it says, if one does."""

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent, clock)
        self._strokes = Strokes()
        self._tool: Tool = Brush(FOREGROUND)
        self._filling: FillInHand | None = None
        self._pressed_at = QPointF()  # where that began, in the widget
        self.tolerance = 20.0
        """With which a fill by colour begins, in grey levels; the last one is kept."""
        self._covering = QTimer(self)
        self._covering.setInterval(_COVERING)
        self._covering.timeout.connect(self._show_covered)
        self.pressure_sizes_brush = False
        """Whether a pen paints the wider, the harder it is pressed."""
        self._diameter = 25.0
        self._read_only: str | None = None  # why, if nothing may be painted

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

    def label_at(self, point: Point) -> int | None:
        """What was painted there, else what the mask says; None where there is neither."""
        if self._strokes.annotation is None:
            return None
        row, column = (math.floor(each) for each in point)
        pixel = Rectangle(row, column, row + 1, column + 1)
        if pixel.intersection(whole(self._strokes.annotation.shape)) != pixel:
            return None
        sources = (self._strokes.annotation.labels, self._layers.mask)
        found = (int(source.read(pixel)[0, 0]) for source in sources if source is not None)
        return next((label for label in found if label != UNKNOWN), None)

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

    # Strokes

    @property
    def stroke_in_hand(self) -> bool:
        return self._strokes.in_hand

    @property
    def in_hand(self) -> bool:
        """Whether a stroke or a fill has begun and not ended."""
        return self.stroke_in_hand or self._filling is not None

    def press(self, tool: Tool, position: QPointF, pressure: float = 1.0) -> None:
        """Begin a stroke or a fill at a point of the widget, if anything may be painted.

        pressure: of the pen, 0 to 1.
        """
        if self._read_only is not None:
            self.notice.emit(self._read_only, "")
        elif self._strokes.annotation is None:
            return
        elif not self.layer_visible("annotation"):
            self.notice.emit(tr("The annotation is hidden. Show it to paint."), "toggle_annotation")
        elif isinstance(tool, Filling):
            self._begin_fill(tool, position)
        else:
            self._begin_stroke(tool, position, pressure)

    def drag(self, position: QPointF, pressure: float = 1.0) -> None:
        """Go on with what is in hand, to a point of the widget."""
        if self._filling is not None:
            way = position - self._pressed_at
            self._filling.move(self.image_from_widget(position), way.x(), way.y())
            self._show_filling()
        elif self.stroke_in_hand:
            self._annotation_changed(self._strokes.move(self.image_from_widget(position), self._felt(pressure)))
            self._show_path(self._strokes.path, self._diameter)

    def finish_stroke(self) -> None:
        """End what is in hand, if there is something, as a release does."""
        self._finish_fill()
        self._end_stroke()

    def lay(self, stroke: Patch) -> None:
        """Lay down a whole stroke that was made elsewhere (recovered, or over all of the image), as if painted."""
        self._end_stroke()  # but not a fill in hand, which paints nothing yet
        self._strokes.lay(stroke)
        self._show_patch(stroke)
        self.stroke_finished.emit(stroke)

    def _begin_stroke(self, tool: Painting, position: QPointF, pressure: float) -> None:
        self.stroke_started.emit()
        point, layers = self.image_from_widget(position), self._layers
        changed = self._strokes.begin(
            tool, point, self._diameter, layers.mask, layers.read_image, self._felt(pressure)
        )
        self._annotation_changed(changed)
        self._update_cursor()
        self._move_circle(position)

    def _felt(self, pressure: float) -> float:
        return pressure if self.pressure_sizes_brush else 1.0

    def _end_stroke(self) -> None:
        if not self.stroke_in_hand:
            return
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
            self.notice.emit(tr("That is the model's. Paint background."), "brush_background")

    def _begin_fill(self, tool: Filling, position: QPointF) -> None:
        point = self.image_from_widget(position)
        if isinstance(tool, Region):
            self.fill_wanted.emit(tool.fill(point))
        elif self.viewport.shape is not None:
            ground = Ground(self._layers.read_image, self.visible_rectangle(), self.viewport.shape, self.tolerance)
            try:
                self._filling, self._pressed_at = tool.press(point, ground), position
            except Refused as refusal:
                self.notice.emit(sentence(str(refusal)), "")
            else:
                self._show_filling()

    def _show_filling(self) -> None:
        """Draw the outline of the fill in hand now, what it would cover in the next frame."""
        if self._filling is not None:
            self._show_path(self._filling.outline, None, closed=True)
        if isinstance(self._filling, FloodInHand) and not self._covering.isActive():
            self._covering.start()

    def _show_covered(self) -> None:
        """Draw what the fill in hand would cover, once that is known; from then on it changes with the pointer."""
        filling = self._filling
        if isinstance(filling, FloodInHand) and (covered := filling.covered) is not None:
            self._covering.stop()
            self._show_shade(Shade(*covered, self.colour_of(filling.label)))

    def _finish_fill(self) -> None:
        if self._filling is not None:
            filling = self._filling
            self._drop_filling()
            if isinstance(filling, FloodInHand):
                self.tolerance = filling.tolerance
            self.fill_wanted.emit(filling.fill())

    def _drop_filling(self) -> None:
        self._filling = None
        self._covering.stop()
        self._show_path((), None)
        self._show_shade(None)

    # Undo

    @property
    def history(self) -> History:
        return self._strokes.history

    @property
    def can_undo(self) -> bool:
        return self._read_only is None and (self.history.can_undo or self.in_hand)

    @property
    def can_redo(self) -> bool:
        return self._read_only is None and self.history.can_redo

    def undo(self) -> Patch | None:
        """Take back the last stroke, the one in hand if there is one. Returns its patch."""
        if self._drop_unpainted():
            return None
        self.finish_stroke()
        return self._show_patch(self._strokes.undo()) if self.can_undo else None

    def redo(self) -> Patch | None:
        """Lay the stroke undone last down again. Returns its patch."""
        self.finish_stroke()
        return self._show_patch(self._strokes.redo()) if self.can_redo else None

    def _drop_unpainted(self) -> bool:
        """Let go of what is in hand and would paint only when it is released. Returns whether there was such."""
        if self._filling is None and not self._strokes.path:
            return False
        self._drop_filling()
        self._strokes.drop()
        self._show_path((), None)
        self._update_cursor()
        return True

    def _show_patch(self, patch: Patch | None) -> Patch | None:
        if patch is not None:
            # Piece by piece while that is less than all between them.
            parts = patch.pieces if len(patch.pieces) <= _MOST_PIECES else (patch,)
            self._annotation_changed([part.rectangle for part in parts])
        return patch

    # The cursor

    def _ready_to_paint(self) -> bool:
        return self._strokes.annotation is not None and self._read_only is None

    def _keep_circle(self) -> None:
        self._move_circle(self.cursor_circle.centre)

    def _move_circle(self, position: QPointF | None) -> None:
        """Put the brush's circle at a point of the widget; None: the pointer is elsewhere."""
        circle, before = self.cursor_circle, self.cursor_circle.region()
        paints = self.stroke_in_hand or (self._ready_to_paint() and not isinstance(self._tool, Filling))
        circle.centre = position if paints else None
        circle.radius = self._diameter / 2 * self.viewport.scale
        self.update(before)
        self.update(circle.region())

    def _update_cursor(self) -> None:
        label = self._strokes.label
        self.cursor_circle.colour = self.colour_of(self._tool.label if label is None else label)
        self._show_path(self._strokes.path, self._diameter)
        if self._ready_to_paint():
            fills = isinstance(self._tool, Filling)
            self.setCursor(Qt.CursorShape.CrossCursor if fills else Qt.CursorShape.BlankCursor)
        else:
            self.unsetCursor()
        self._move_circle(self.cursor_circle.centre)
