"""Surface: what the canvas shows. Layers under one viewport, the brush's cursor and a quiet message on top."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.brush import BrushCursor
from painter_app.canvas.frames import paint_frames
from painter_app.canvas.layers import DisplayedImage, ImageLayer, LabelLayer, Layer, colour_table, mask_classes
from painter_app.canvas.pyramid import Difference, LabelSource
from painter_app.canvas.uncertainty import UncertaintyLayer, uncertainty_colours
from painter_app.canvas.viewport import Viewport
from shared_folder.annotation import Point
from shared_folder.classes import BACKGROUND_CLASS, BINARY, CANT_TELL_CLASS, FOREGROUND, LabelClass
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import NOTHING, Rectangle

LAYERS = ("image", "mask", "uncertainty", "annotation")
_PAINTING_TIME = 0.005
"""Seconds that one repaint may spend on making tiles; the rest follow in the next."""
_CHANGES_COLOUR = LabelClass(FOREGROUND, "changed", "#fff200")
_CHANGES_SHOWN = (0.9, 0.9, 0.9, 0.9, 0.7, 0.5, 0.3, 0.15)
"""Opacity of the highlighted changes, step by step."""
_MESSAGE_WIDTH = 560  # pixels; a longer line is hard to read
_CHANGES_STEP = 200  # milliseconds


class Surface(QWidget):
    """An image, its mask and its annotation in layers, zoomed and panned."""

    view_changed = pyqtSignal()
    zoom_changed = pyqtSignal(float)
    """Screen pixels for each image pixel."""

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.viewport = Viewport()
        self.cursor_circle = BrushCursor()
        self._clock = clock
        self._classes: tuple[LabelClass, ...] = BINARY
        self._visible = {name: name != "uncertainty" for name in LAYERS}
        self._opacity = {"image": 1.0, "mask": 0.55, "uncertainty": 0.9, "annotation": 0.75}
        self._outlined = False
        self._layers: dict[str, Layer] = {}  # in the order in which they are drawn
        self._mask: Labels | None = None  # none until the trainer answers
        self._frames: tuple[Rectangle, ...] = ()
        self._message = ""
        self._missing = NOTHING  # part of the image whose tiles are still to be made
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(lambda: self._update_pixels(self._missing))
        self._changes_step = 0
        self._fading = QTimer(self)
        self._fading.setInterval(_CHANGES_STEP)
        self._fading.timeout.connect(self._fade_changes)

    # What is shown

    def set_mask(self, labels: Labels | None, mark_changes: bool = False) -> None:
        """Show another mask; mark_changes: highlight for a moment where it differs from the one before."""
        _check_shape(labels, self.viewport.shape)
        before, self._mask = self._mask, labels.snapshot() if labels is not None else None
        changes = None
        if mark_changes and before is not None and self._mask is not None:
            changes = Difference(before, self._mask)
        self._set_changes(changes)
        self._set_labels("mask", self._mask)
        self._redraw()

    def set_uncertainty(self, values: Pixels | None) -> None:
        """Show another uncertainty map of the image, or none. values: as a layer takes them."""
        self._layers.pop("uncertainty", None)
        shape = self.viewport.shape
        if values is not None and shape is not None:
            colours = uncertainty_colours(self._opacity["uncertainty"])
            self._layers["uncertainty"] = UncertaintyLayer(shape, values, colours)
        self._sort_layers()
        self._redraw()

    def set_frames(self, frames: Sequence[Rectangle]) -> None:
        """Draw thin frames around places of the image; none to take them away."""
        self._frames = tuple(frames)
        self.update()

    def set_message(self, text: str) -> None:
        """A quiet line over the image, such as "Mask on its way…"; empty for none."""
        if text != self._message:
            self._message = text
            self.update()

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        self._classes = tuple(classes)
        self._recolour()

    def set_layer_visible(self, name: str, visible: bool) -> None:
        """name: one of LAYERS."""
        self._visible[name] = visible
        self._redraw()

    def layer_visible(self, name: str) -> bool:
        return self._visible[name]

    def set_layer_opacity(self, name: str, opacity: float) -> None:
        """opacity: 0 (not seen at all) to 1."""
        self._opacity[name] = min(max(opacity, 0.0), 1.0)
        self._recolour()

    def layer_opacity(self, name: str) -> float:
        return self._opacity[name]

    def set_outline(self, outlined: bool) -> None:
        """Show only the outline of the mask's regions."""
        self._outlined = outlined
        if self._mask is not None:
            self._set_labels("mask", self._mask)
        self._redraw()

    def colour_of(self, label: int) -> QColor:
        """White for unknown."""
        known = {c.id: c.colour for c in (BACKGROUND_CLASS, CANT_TELL_CLASS, *self._classes)}
        return QColor(known.get(label, "#ffffff"))

    @property
    def drawn(self) -> bool:
        """Whether everything in view is on the screen, as sharp as it gets."""
        return self._missing.empty

    # What part of it

    def fit(self) -> None:
        """Show the whole image."""
        self._change_view(self.viewport.fit)

    def actual_size(self) -> None:
        """One pixel of the screen for each of the image, around the centre of the view."""
        centre = self.rect().center()
        self._change_view(lambda: self.viewport.zoom_to(1.0, centre.x(), centre.y()))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, keeping what is at a point of the widget where it is; the view's centre when None."""
        point = QRectF(self.rect()).center() if at is None else at
        zoom = self.viewport.zoom * factor
        self._change_view(lambda: self.viewport.zoom_to(zoom, point.x(), point.y()))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the image by pixels of the widget."""
        self._change_view(lambda: self.viewport.pan(dx, dy))

    def visible_rectangle(self) -> Rectangle:
        """The part of the image in view, in its pixels."""
        return self.viewport.visible()

    def image_from_widget(self, position: QPointF) -> Point:
        """Row and column, with fractions, at a point of the widget; may lie outside the image."""
        return self.viewport.to_image(position.x(), position.y())

    def widget_from_image(self, row: float, column: float) -> QPointF:
        return QPointF(*self.viewport.to_widget(row, column))

    # Drawing

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if event is None:
            return
        painter = QPainter(self)
        exposed = event.rect()
        painter.fillRect(exposed, self.palette().color(QPalette.ColorRole.Dark))
        if self._layers:
            edges = QRectF(exposed)
            part = self.viewport.pixels_in(edges.left(), edges.top(), edges.right(), edges.bottom())
            self._prepare_layers(part)
            self._draw_layers(painter, part)
        paint_frames(painter, self._frames, self.viewport)
        self.cursor_circle.paint(painter)
        if self._message:
            self._draw_message(painter)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._measure()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.DevicePixelRatioChange:
            self._measure()
        return super().event(event)

    def _draw_layers(self, painter: QPainter, exposed: Rectangle) -> None:
        view, rows_and_columns = self.viewport, self.viewport.shape
        if exposed.empty or rows_and_columns is None:
            return
        painter.save()
        painter.translate(view.x, view.y)
        painter.scale(view.scale, view.scale)
        # A coarse level's last pixels reach over the image's edge.
        painter.setClipRect(QRectF(0, 0, rows_and_columns[1], rows_and_columns[0]))
        for name, layer in self._layers.items():
            if self._shown(name):
                painter.setOpacity(self._opacity["image"] if name == "image" else 1.0)
                layer.draw(painter, exposed, view.zoom)
        painter.restore()

    def _prepare_layers(self, exposed: Rectangle) -> None:
        """Make the tiles of a part, as many as the time allows; what the user paints comes first."""
        end = time.perf_counter() + _PAINTING_TIME
        if exposed.intersection(self._missing) == self._missing:
            self._missing = NOTHING
        for name in ("annotation", "image", "mask", "uncertainty", "changes"):
            layer = self._layers.get(name)
            if layer is not None and self._shown(name):
                missing = layer.prepare(exposed, self.viewport.zoom, lambda: time.perf_counter() > end)
                self._missing = self._missing.union(missing.intersection(self.viewport.visible()))
                layer.trim(self._tiles_budget())
        if not self._missing.empty:
            self._more.start()

    def _draw_message(self, painter: QPainter) -> None:
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        most = QRect(0, 0, min(self.width() - 64, _MESSAGE_WIDTH), self.height())
        text = self.fontMetrics().boundingRect(most, int(flags), self._message)
        pill = QRectF(0, 0, text.width() + 32, text.height() + 14)
        pill.moveCenter(QRectF(self.rect()).center())
        if self._layers:
            pill.moveTop(16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(20, 20, 20, 200))
        painter.drawRoundedRect(pill, 14, 14)
        painter.setPen(QColor(245, 245, 245))
        painter.drawText(pill.adjusted(16, 7, -16, -7), int(flags), self._message)

    # Within

    def _show_layers(self, image: DisplayedImage | None, annotation: Labels | None, mask: Labels | None) -> None:
        """Another image, fitted; or none."""
        shape = (image.shape[0], image.shape[1]) if image is not None else None
        _check_shape(annotation, shape)
        _check_shape(mask, shape)
        self._layers, self._missing, self._frames = {}, NOTHING, ()
        self._set_changes(None)
        self.viewport.show(shape)
        if image is not None:
            self._layers["image"] = ImageLayer(image)
        self._mask = mask.snapshot() if mask is not None else None
        self._set_labels("mask", self._mask)
        self._set_labels("annotation", annotation)
        self._redraw()
        self.zoom_changed.emit(self.viewport.zoom)
        self.view_changed.emit()

    def _set_labels(self, name: str, source: LabelSource | None) -> None:
        self._layers.pop(name, None)
        if source is not None:
            outlined = self._outlined and name == "mask"
            self._layers[name] = LabelLayer(source, self._colours(name), outlined)
        self._sort_layers()

    def _sort_layers(self) -> None:
        order = ("image", "mask", "uncertainty", "changes", "annotation")
        self._layers = {name: self._layers[name] for name in order if name in self._layers}

    def _set_changes(self, changes: Difference | None) -> None:
        self._changes_step = 0
        self._set_labels("changes", changes)
        if changes is None:
            self._fading.stop()
        else:
            self._fading.start()

    def _fade_changes(self) -> None:
        self._changes_step += 1
        if self._changes_step >= len(_CHANGES_SHOWN):
            self._set_changes(None)
        else:
            self._recolour_layer("changes")
        self._redraw()

    def _colours(self, name: str) -> NDArray[np.uint32]:
        if name == "changes":
            return colour_table((_CHANGES_COLOUR,), _CHANGES_SHOWN[self._changes_step], background=False)
        opacity = self._opacity[name]
        if name == "mask" and self._outlined:
            opacity = min(1.0, 2 * opacity)  # a line needs more than a field to be seen
        if name == "mask":
            return colour_table(mask_classes(self._classes), opacity, background=False)
        return colour_table(self._classes, opacity, background=True)

    def _recolour(self) -> None:
        for name in self._layers:
            self._recolour_layer(name)
        self._redraw()

    def _recolour_layer(self, name: str) -> None:
        layer = self._layers[name]
        if isinstance(layer, LabelLayer):
            layer.colours = self._colours(name)
            layer.forget()
        elif isinstance(layer, UncertaintyLayer):
            layer.colours = uncertainty_colours(self._opacity[name])
            layer.forget()

    def _labels_changed(self, name: str, rectangle: Rectangle) -> None:
        """Pixels of a label map changed: show them."""
        layer = self._layers.get(name)
        if layer is not None and not rectangle.empty:
            layer.changed(rectangle)
            # A coarse level shows a change in every pixel that it touches.
            self._update_pixels(rectangle.grown(1 << layer.level_for(self.viewport.zoom)))

    def _shown(self, name: str) -> bool:
        return self._visible["mask" if name == "changes" else name]

    def _redraw(self) -> None:
        """Repaint everything."""
        self._missing = self.viewport.visible()
        self.update()

    def _update_pixels(self, rectangle: Rectangle) -> None:
        """Repaint what shows a rectangle of the image."""
        top_left = self.widget_from_image(rectangle.top, rectangle.left)
        bottom_right = self.widget_from_image(rectangle.bottom, rectangle.right)
        self.update(QRectF(top_left, bottom_right).intersected(QRectF(self.rect())).toAlignedRect())

    def _change_view(self, change: Callable[[], None]) -> None:
        zoom = self.viewport.zoom
        change()
        self._redraw()
        if self.viewport.zoom != zoom:
            self.zoom_changed.emit(self.viewport.zoom)
        self.view_changed.emit()

    def _measure(self) -> None:
        self._change_view(lambda: self.viewport.resize(self.width(), self.height(), self.devicePixelRatioF()))

    def _tiles_budget(self) -> int:
        """Bytes of tiles that each layer may keep: twice what the view can need, which is two of a level's pixels a
        side for each of the screen's, at four bytes."""
        density = self.devicePixelRatioF()
        return max(32 << 20, int(2 * 16 * self.width() * self.height() * density * density))


def _check_shape(labels: Labels | None, shape: tuple[int, int] | None) -> None:
    if labels is not None and labels.shape != shape:
        raise ValueError(f"labels of shape {labels.shape} on an image of shape {shape}")
