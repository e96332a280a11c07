"""What the canvas costs, with real mouse events through the real widget, beside a plain canvas that repaints whole
pixmaps and beside the best-known peer's window.

    python -m tests.benchmarks.canvas
"""

import os
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from painter_app.canvas.brush import Brush
from painter_app.canvas.view import CanvasView
from shared_folder.annotation import Annotation
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle
from tests.benchmarks.rows import Row, row

SIDES = (750, 2000, 4000, 8000, 20_000)
_PLAIN_TO = 8000  # beyond, whole pixmaps take gigabytes
# RootPainter 0.3.1's window, offscreen, measured on two cores.
PEER_MOVE = {750: 1.2, 2000: 5.0, 4000: 36.0, 8000: 145.0}  # milliseconds, median
PEER_STROKE_END = {750: 0.2, 2000: 1.5, 4000: 26.0, 8000: 175.0}  # milliseconds
PEER_UNDO_STEP = {750: 2000.0, 2000: 15_000.0, 4000: 61_000.0, 8000: 244_000.0}  # kilobytes
SHOWN_WITHIN = {750: 50.0, 2000: 50.0, 4000: 50.0, 8000: 150.0}  # milliseconds, all tiles; larger ones come by tile
_VIEW = (1200, 800)
_MOVES = 60


class DrawnImage:
    """A pattern of noise of any size, at once on the canvas as an image that is open and decoded would be."""

    def __init__(self, side: int) -> None:
        self._noise = np.random.default_rng(side).integers(0, 256, (256, 256, 3), np.uint8)
        self.shape = (side, side, 3)
        self.levels = 1 + max(0, (side - 1).bit_length() - 8)

    def displayed(self, _level: int, rectangle: Rectangle, _tones: object = ()) -> NDArray[np.uint8]:
        rows = np.arange(rectangle.top, rectangle.bottom) % 256
        columns = np.arange(rectangle.left, rectangle.right) % 256
        return self._noise[rows[:, None], columns]


class PlainCanvas(QGraphicsView):
    """The usual way: an annotation is a pixmap as large as the image, painted on and shown anew at each move; a
    copy of it is kept for each undo step."""

    def __init__(self, image: DrawnImage) -> None:
        super().__init__()
        side = image.shape[0]
        pixels = np.ascontiguousarray(image.displayed(0, Rectangle(0, 0, side, side)))
        seen = QImage(pixels.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888)
        scene = QGraphicsScene(self)
        scene.addPixmap(QPixmap.fromImage(seen))
        self._annotation = QPixmap(side, side)
        self._annotation.fill(Qt.GlobalColor.transparent)
        self._item = QGraphicsPixmapItem(self._annotation)
        self._last = QPointF()
        self.undo_steps = [self._annotation.copy()]
        scene.addItem(self._item)
        self.setScene(scene)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._last = self.mapToScene(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        here = self.mapToScene(event.position().toPoint())
        painter = QPainter(self._annotation)
        painter.setPen(QPen(QColor("red"), 25, cap=Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._last, here)
        painter.end()
        self._last = here
        self._item.setPixmap(self._annotation)

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        self.undo_steps = [*self.undo_steps[-1:], self._annotation.copy()]


def rows(sides: tuple[int, ...] = SIDES) -> list[Row]:
    """Every figure, worst of the zooms fit, 100 % and 400 %. Takes about half a minute."""
    app = QApplication.instance() or QApplication(["benchmark"])
    assert isinstance(app, QApplication)
    return [figure for side in sides for figure in _rows_of(app, side)]


def _rows_of(app: QApplication, side: int) -> Iterator[Row]:
    image = DrawnImage(side)
    mask = mask_of_lines(side)
    canvas, stroke_sizes = shown_canvas(app, image, mask), list[int]()
    canvas.stroke_finished.connect(lambda patch: stroke_sizes.append(patch.size))
    fine, corrected, wide, end, undo, redo, wide_undo, view = [], [], [], [], [], [], [], []
    for zoom in ("fit", 1.0, 4.0):
        _show(app, canvas, image, mask)  # so that each stroke falls on unpainted ground
        if zoom != "fit":
            canvas.actual_size()
            canvas.zoom_by(float(zoom))
        _settle(app, canvas)
        canvas.brush_diameter = 25
        moves, release = brush_stroke(app, canvas)
        fine += moves[1:]
        end.append(release)
        undo.append(_timed(app, canvas.undo))
        redo.append(_timed(app, canvas.redo))
        usual = stroke_sizes[-1]
        canvas.undo()
        canvas.set_corrected(True)
        _settle(app, canvas)
        corrected += brush_stroke(app, canvas)[0][1:]
        canvas.set_corrected(False)
        _settle(app, canvas)
        canvas.brush_diameter = 500
        wide += brush_stroke(app, canvas)[0][1:]
        wide_undo.append(_timed(app, canvas.undo))
        canvas.redo()
        view += _view_steps(app, canvas)
    first = _timed(app, partial(_show, app, canvas, image, mask))
    canvas.close()
    name = f"{side} px: "
    yield row(name + "brush move with repaint, 25 px, p95", _p95(fine), "ms", PEER_MOVE.get(side), 4)
    yield row(name + "the same while the corrected mask is shown", _p95(corrected), "ms", None, 4)
    yield row(name + "brush move with repaint, 500 px, p95", _p95(wide), "ms", None, 8)
    yield row(name + "end of a stroke", max(end), "ms", PEER_STROKE_END.get(side), 8)
    yield row(name + "undo", max(undo), "ms", None, 8)
    yield row(name + "redo", max(redo), "ms", None, 8)
    yield row(name + "undo of a stroke of 500 px", max(wide_undo), "ms", None, 8)
    yield row(name + "kept for one undo step", usual / 1000, "kB", PEER_UNDO_STEP.get(side), 200)
    yield row(name + "zoom or pan step, p95", _p95(view), "ms", None, 16)
    yield row(
        name + "decoded image and mask on the screen",
        first,
        "ms",
        None,
        {750: 50, 2000: 50, 4000: 50, 8000: 150}.get(side),
    )
    if side <= _PLAIN_TO:
        move, release = _plain(app, image)
        yield row(name + "brush move on a plain whole-pixmap canvas, p95", move, "ms", PEER_MOVE.get(side), None)
        yield row(name + "end of a stroke on it", release, "ms", PEER_STROKE_END.get(side), None)


def mask_of_lines(side: int) -> Labels:
    """Thin lines on background, in every tile."""
    mask = np.full((side, side), BACKGROUND, np.uint8)
    mask[::40, :] = mask[:, ::60] = FOREGROUND
    return Labels.from_array(mask)


def shown_canvas(app: QApplication, image: DrawnImage, mask: Labels) -> CanvasView:
    """A shown canvas with an empty annotation."""
    canvas = CanvasView()
    canvas.resize(*_VIEW)
    canvas.show()
    canvas.set_tool(Brush(FOREGROUND))
    _show(app, canvas, image, mask)
    return canvas


def _show(app: QApplication, canvas: CanvasView, image: DrawnImage, mask: Labels) -> None:
    """Until all of it is on the screen."""
    canvas.show_image(image, Annotation(Labels(mask.shape)), mask)
    _settle(app, canvas)


def _plain(app: QApplication, image: DrawnImage) -> tuple[float, float]:
    """Milliseconds of a plain canvas's brush move (95th percentile, at 100 %) and end of a stroke."""
    canvas = PlainCanvas(image)
    canvas.resize(*_VIEW)
    canvas.show()
    app.processEvents()
    moves, release = brush_stroke(app, canvas, moves=20)
    canvas.close()
    return _p95(moves[1:]), release


def brush_stroke(app: QApplication, canvas: QWidget, moves: int = _MOVES) -> tuple[list[float], float]:
    """Milliseconds of each move of one stroke, an arc in the view's middle, and of its end."""
    target = canvas.viewport() if isinstance(canvas, PlainCanvas) else canvas
    points = [
        QPoint(600 + round(220 * np.cos(angle)), 400 + round(220 * np.sin(angle)))
        for angle in np.linspace(0, 1.5 * np.pi, moves)
    ]
    assert target is not None
    QTest.mousePress(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0])
    app.processEvents()
    times = [_timed(app, partial(_move, target, point)) for point in points[1:]]
    release = partial(QTest.mouseRelease, target, Qt.MouseButton.LeftButton, pos=points[-1])
    return times, _timed(app, release)


def _move(target: QWidget, point: QPoint) -> None:
    """A move with the left button held, without the pause that QTest makes."""
    position = QPointF(point)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        target.mapToGlobal(position),
        Qt.MouseButton.NoButton,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)


def _view_steps(app: QApplication, canvas: CanvasView) -> list[float]:
    """Milliseconds of steps that zoom in and out at the cursor and pan across."""
    cursor = QPointF(500, 300)
    zooms = [partial(canvas.zoom_by, factor, cursor) for factor in (1.25, 1.25, 1.25, 0.8, 0.8, 0.8, 0.8, 1.25)]
    pans = [partial(canvas.pan_by, dx, dy) for dx, dy in ((30, 0), (0, 30), (-60, -10), (-100, 40), (80, -80))]
    return [_timed(app, step) for step in (*zooms, *pans)]


def _settle(app: QApplication, canvas: CanvasView) -> None:
    app.processEvents()
    while not canvas.drawn:
        app.processEvents()


def _timed(app: QApplication, act: Callable[[], object]) -> float:
    """Milliseconds that an act and the repaint after it take."""
    start = time.perf_counter()
    act()
    app.processEvents()
    return 1000 * (time.perf_counter() - start)


def _p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for figure in rows():
        print(figure)
