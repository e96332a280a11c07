"""Surface: what the canvas shows. Layers under one viewport, the brush's cursor and a quiet message on top."""

import functools
import time
from collections.abc import Callable, Iterable, Sequence

from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.brush import BrushCursor
from painter_app.canvas.composite import MOST_SPOILED, Composite
from painter_app.canvas.frames import paint_frames
from painter_app.canvas.layer_stack import LIVE, LayerStack, MaskLook
from painter_app.canvas.layers import DisplayedImage, Layer, Tile
from painter_app.canvas.message import paint_message
from painter_app.canvas.shade import Shade
from painter_app.canvas.tile_maker import TileMaker
from painter_app.canvas.tone import Tone
from painter_app.canvas.tool_path import ToolPath
from painter_app.canvas.viewport import Viewport
from shared_folder.classes import LabelClass
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import NOTHING, Rectangle
from shared_folder.sweeps import Point

_PAINTING_TIME = 0.002
"""Seconds that one repaint may spend on making tiles; the rest follow in the next."""
_BEGUN_BY = 0.006
"""Seconds after a repaint's begin in which it makes tiles at all: when all below them is drawn anew, they wait."""
_ARRIVALS = 4
"""Milliseconds from one look for tiles that were made to the next."""
_GATHERED = 0.016
"""Seconds in which they are gathered before they are shown together, unless none is awaited any more: a screen shows
no more frames than that, and each costs the makers time."""
_CHANGES_STEP = 200  # milliseconds


class Surface(QWidget):
    """An image, its mask and its annotation in layers, zoomed and panned."""

    view_changed = pyqtSignal()
    zoom_changed = pyqtSignal(float)
    """Screen pixels for each image pixel; never while there is no image."""
    damaged = pyqtSignal(Exception)
    """Why a part of the image can't be shown; once for each image."""

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.viewport = Viewport()
        self.cursor_circle = BrushCursor()
        self._clock = clock
        self._layers = LayerStack()
        self._frames: tuple[Rectangle, ...] = ()
        self._path = ToolPath()
        self._shade: Shade | None = None  # while a fill in hand covers something
        self._message = ""
        self._composite = Composite()
        self._maker = TileMaker()
        self._arrivals = QTimer(self)
        self._arrivals.setInterval(_ARRIVALS)
        self._arrivals.timeout.connect(self._collect_tiles)
        self._damaged: tuple[Layer, ...] = ()  # those of which that was said
        self._awaiting = False  # tiles in view, of the maker
        self._collected_at = 0.0
        self._missing = NOTHING  # part of the live layers whose tiles are still to be made or mended, here
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(_ARRIVALS)
        self._more.timeout.connect(self._make_more)  # no lambda: it can be gone before its timer
        self._fading = QTimer(self)
        self._fading.setInterval(_CHANGES_STEP)
        self._fading.timeout.connect(self._fade_changes)

    # What is shown

    def set_mask(self, labels: Labels | None, mark_changes: bool = False) -> None:
        """Show another mask; mark_changes: highlight for a moment where it differs from the one before."""
        _check_shape(labels, self.viewport.shape)
        self._layers.set_mask(labels)
        self._fading.stop()
        if mark_changes:
            self.mark_changes()
        self._redraw()

    def mark_changes(self) -> tuple[Labels, Labels] | None:
        """Highlight for a moment where the mask differs from the one before. Returns the two; None without them."""
        compared = self._layers.mark_changes()
        if compared is not None:
            self._fading.start()
            self._redraw()
        return compared

    def set_uncertainty(self, values: Pixels | None) -> None:
        """Show another uncertainty map of the image, or none. values: as a layer takes them."""
        self._layers.set_uncertainty(values)
        self._redraw()

    def set_probability(self, values: Pixels | None, scale: int) -> None:
        """Show another map of one class's probability, or none. values, scale: as a layer takes them."""
        self._layers.set_probability(values, scale)
        self._redraw()

    @property
    def tone(self) -> Tone:
        return self._layers.tone

    def set_tone(self, tone: Tone) -> None:
        """How bright the image is shown."""
        if tone != self._layers.tone:
            self._layers.set_tone(tone)
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
        """The project's classes; those that were merged into others are shown as these."""
        self._layers.set_classes(tuple(classes))
        self._fading.stop()
        self._redraw()

    def set_layer_visible(self, name: str, visible: bool) -> None:
        """name: one of LAYERS."""
        self._layers.visible[name] = visible
        self._redraw()

    def layer_visible(self, name: str) -> bool:
        return self._layers.visible[name]

    def set_layer_opacity(self, name: str, opacity: float) -> None:
        """opacity: 0 (not seen at all) to 1."""
        self._layers.opacity[name] = min(max(opacity, 0.0), 1.0)
        self._layers.recolour()
        self._redraw()

    def layer_opacity(self, name: str) -> float:
        return self._layers.opacity[name]

    def set_mask_look(self, look: MaskLook) -> None:
        self._layers.set_look(look)
        self._redraw()

    def set_bare(self, bare: bool) -> None:
        """Show the image alone for now, or all that is to be seen again."""
        self._layers.bare = bare
        self._redraw()

    def set_corrected(self, shown: bool) -> None:
        """Show the corrected mask instead of the mask and the annotation."""
        self._layers.set_corrected(shown)
        self._redraw()

    def colour_of(self, label: int) -> QColor:
        """White for unknown."""
        return self._layers.colour_of(label)

    @property
    def drawn(self) -> bool:
        """Whether everything in view is on the screen, as sharp as it gets."""
        return self._composite.whole and not self._awaiting and self._missing.empty

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

    def show_middle(self, zoom: float, row: float, column: float) -> None:
        """Set the zoom (the screen's pixels for each of the image's), with a point of the image in the middle."""
        self._change_view(lambda: self.viewport.show_middle(zoom, (row, column)))

    def look_at(self, place: Rectangle) -> None:
        """Show a place of the image near by, in the middle and framed."""
        self._change_view(lambda: self.viewport.look_at(place))
        self.set_frames([place])

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
        if not self._composite.whole:
            self._mend()
        painter = QPainter(self)
        painter.drawImage(QPointF(0, 0), self._composite.picture)
        paint_frames(painter, self._frames, self.viewport)
        if self._shade is not None:
            self._shade.paint(painter, self.viewport)
        self._path.paint(painter, self.viewport, self.cursor_circle.colour)
        self.cursor_circle.paint(painter)
        if self._message:
            paint_message(painter, self._message, self.rect(), at_top=bool(self._layers))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._measure()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.DevicePixelRatioChange:
            self._measure()
        elif event is not None and event.type() == QEvent.Type.PaletteChange:
            self._redraw()
        return super().event(event)

    def _mend(self) -> None:
        """Draw anew what changed, and ask for the tiles that it lacks."""
        self._missing = self._missing.intersection(self.viewport.visible())  # what left the view is never made
        begun = time.perf_counter()
        self._composite.mend_ground(self._draw_ground)
        end = min(time.perf_counter() + _PAINTING_TIME, begun + _BEGUN_BY)
        self._composite.mend(lambda painter, part: self._draw_paint(painter, part, end))
        seen, wanted = self.viewport.visible(), []
        for name, layer in self._layers.shown():
            if name != "annotation":
                wanted += [(layer, key) for key in layer.missing(seen, self.viewport.zoom)]
                layer.trim(self._tiles_budget())
        self._awaiting = bool(wanted)
        self._maker.want(wanted)
        if wanted:
            self._arrivals.start()
        if not self._missing.empty:
            self._more.start()

    def _draw_ground(self, painter: QPainter, part: QRect) -> None:
        """Cover a part of the widget with what lies below the paint."""
        painter.fillRect(part, self.palette().color(QPalette.ColorRole.Dark))
        self._draw_layers(painter, self._pixels_in(part), self._layers.ground())

    def _draw_paint(self, painter: QPainter, part: QRect, end: float) -> None:
        """Draw the rest over it. end: until when tiles of the annotation may be made."""
        exposed = self._pixels_in(part)
        if not exposed.empty:
            self._prepare_live(exposed, end)
            self._draw_layers(painter, exposed, self._layers.paint())

    def _pixels_in(self, part: QRect) -> Rectangle:
        edges = QRectF(part)
        return self.viewport.pixels_in(edges.left(), edges.top(), edges.right(), edges.bottom())

    def _draw_layers(self, painter: QPainter, exposed: Rectangle, layers: Iterable[tuple[str, Layer]]) -> None:
        view, rows_and_columns = self.viewport, self.viewport.shape
        if rows_and_columns is None or exposed.empty:
            return
        painter.translate(view.x, view.y)
        painter.scale(view.scale, view.scale)
        # A coarse level's last pixels reach over the image's edge.
        image = QRectF(0, 0, rows_and_columns[1], rows_and_columns[0])
        painter.setClipRect(image, Qt.ClipOperation.IntersectClip)
        for name, layer in layers:
            painter.setOpacity(self._layers.opacity["image"] if name == "image" else 1.0)
            layer.draw(painter, exposed, view.zoom)

    def _prepare_live(self, exposed: Rectangle, end: float) -> None:
        """Make or mend live tiles in a part, as many as the time allows: what is being painted appears at once."""
        if exposed.intersection(self._missing) == self._missing:
            self._missing = NOTHING
        for name, layer in self._layers.shown():
            if name in LIVE:
                missing = layer.prepare(exposed, self.viewport.zoom, lambda: time.perf_counter() > end)
                self._missing = self._missing.union(missing.intersection(self.viewport.visible()))
                layer.trim(self._tiles_budget())

    def _make_more(self) -> None:
        self.update(self._spoil_pixels(self._missing, paint_only=True))

    def _collect_tiles(self) -> None:
        """Show the tiles that were made meanwhile; what can't be read stays blank."""
        if not self._maker.finished and time.perf_counter() - self._collected_at < _GATHERED:
            return
        self._collected_at = time.perf_counter()
        made = [(layer, key, tile) for (layer, key), tile in self._maker.collect() if layer in self._layers]
        for layer, key, tile in made:
            if isinstance(tile, Exception):
                self._tell_damaged(layer, tile)
            self._spoil_pixels(layer.take(key, Tile() if isinstance(tile, Exception) else tile))
        if made:
            self.update()
        if self._maker.idle:
            self._arrivals.stop()

    def _tell_damaged(self, layer: Layer, error: Exception) -> None:
        if layer not in self._damaged:
            self._damaged = (*self._damaged, layer)
            self.damaged.emit(error)

    # Within

    def _show_path(self, points: Sequence[Point], width: float | None, closed: bool = False) -> None:
        """Draw where a tool went, in image pixels, over everything; none to take it away. width: of a line as it
        will be painted; None for an outline."""
        if points or self._path.points:
            self._path = ToolPath(tuple(points), width, closed)
            self.update()

    def _show_shade(self, shade: Shade | None) -> None:
        """Draw what a fill would cover over the image; None to take it away."""
        if shade is not None or self._shade is not None:
            self._shade = shade
            self.update()

    def _show_layers(self, image: DisplayedImage | None, annotation: Labels | None, mask: Labels | None) -> None:
        """Another image, fitted; or none."""
        shape = (image.shape[0], image.shape[1]) if image is not None else None
        _check_shape(annotation, shape)
        _check_shape(mask, shape)
        self._missing, self._frames, self._damaged = NOTHING, (), ()
        self._fading.stop()
        self._layers.open(image, annotation, mask)
        self.viewport.show(shape)
        self._redraw()
        if shape is not None:
            self.zoom_changed.emit(self.viewport.zoom)
        self.view_changed.emit()

    def _fade_changes(self) -> None:
        if not self._layers.fade_changes():
            self._fading.stop()
        self._redraw()

    def _annotation_changed(self, rectangles: Sequence[Rectangle]) -> None:
        """Pixels of the annotation changed: show them."""
        live = [layer for name in LIVE if (layer := self._layers[name]) is not None]
        if not live or not rectangles:
            return
        for layer in live:
            for rectangle in rectangles:
                layer.changed(rectangle)
        if len(rectangles) > MOST_SPOILED:
            rectangles = (functools.reduce(Rectangle.union, rectangles),)
        for rectangle in rectangles:
            # A coarse level shows a change in every pixel that it touches, and an outline beside those too.
            grown = rectangle.grown(2 << live[0].level_for(self.viewport.zoom))
            self.update(self._spoil_pixels(grown, paint_only=True))

    def _redraw(self) -> None:
        """Repaint everything."""
        self._composite.spoil_all()
        self._missing = self.viewport.visible()
        self.update()

    def _spoil_pixels(self, rectangle: Rectangle, paint_only: bool = False) -> QRect:
        """Draw what shows a rectangle of the image anew at the next repaint, or only what is painted there. Returns
        the part of the widget."""
        top_left = self.widget_from_image(rectangle.top, rectangle.left)
        bottom_right = self.widget_from_image(rectangle.bottom, rectangle.right)
        part = QRectF(top_left, bottom_right).intersected(QRectF(self.rect())).toAlignedRect()
        self._composite.spoil(part, paint_only)
        return part

    def _change_view(self, change: Callable[[], None]) -> None:
        view = self.viewport
        zoom, x, y = view.zoom, view.x, view.y
        change()
        if view.zoom == zoom and self._composite.scroll(view.x - x, view.y - y):
            self.update()
        else:
            self._redraw()
        if self.viewport.shape is not None and self.viewport.zoom != zoom:
            self.zoom_changed.emit(self.viewport.zoom)
        self.view_changed.emit()

    def _measure(self) -> None:
        self._composite.resize(self.width(), self.height(), self.devicePixelRatioF())
        self._change_view(lambda: self.viewport.resize(self.width(), self.height(), self.devicePixelRatioF()))

    def _tiles_budget(self) -> int:
        """Bytes of tiles that each layer may keep: twice what the view can need, which is two of a level's pixels a
        side for each of the screen's, at four bytes."""
        density = self.devicePixelRatioF()
        return max(16 << 20, int(2 * 16 * self.width() * self.height() * density * density))


def _check_shape(labels: Labels | None, shape: tuple[int, int] | None) -> None:
    if labels is not None and labels.shape != shape:
        raise ValueError(f"labels of shape {labels.shape} on an image of shape {shape}")
