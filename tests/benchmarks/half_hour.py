"""Whether any handling of an event holds the window up, in what somebody does in half an hour.

    python -m tests.benchmarks half_hour

The work is that of half an hour, forty images; only her pauses for thought are left out.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtCore import QEvent, QObject, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from painter_app.app import make_application
from painter_app.window import MainWindow
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from shared_folder.segmentation import Segmentation, write_segmentation
from tests.benchmarks.open_window import open_window, rest, until
from tests.benchmarks.rows import Row, row

SIDE = 2000
IMAGES = 40
STROKES = 12
MOVES = 40
LONGEST = 50.0  # milliseconds


class Watched(QApplication):
    """Measures how long each event is handled, with all that it sets off at once."""

    def __init__(self) -> None:
        super().__init__(["benchmark"])
        self.watching = False
        self.took: list[tuple[float, str]] = []
        self._depth = 0

    def notify(self, receiver: QObject | None, event: QEvent | None) -> bool:
        if not self.watching or self._depth:
            return super().notify(receiver, event)
        kind = f"{type(receiver).__name__} {event.type().name if event is not None else ''}"
        self._depth += 1
        began = time.perf_counter()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            self.took.append((1000 * (time.perf_counter() - began), kind))


def rows() -> list[Row]:
    """About two minutes. The application must be this one's own: run it by itself if another is there."""
    application = QApplication.instance() or Watched()
    if not isinstance(application, Watched):
        print("half_hour: left out, since another benchmark made the application. Run it by itself.", file=sys.stderr)
        return []
    make_application()
    with tempfile.TemporaryDirectory() as folder:
        project = _project(SharedFolder(Path(folder) / "shared"))
        with open_window(project, Path(folder), native=True) as window:
            application.watching = True
            for number in range(IMAGES):
                _work(window, np.random.default_rng(number))
                _save_and_next(window)
            application.watching = False
    times = np.array([took for took, _ in application.took])
    for took, kind in sorted(application.took, reverse=True)[:5]:
        print(f"half_hour: {took:.0f} ms, {kind}", file=sys.stderr)
    name = f"half an hour of work on {IMAGES} images of {SIDE:,} px: "
    return [
        row(name + "events handled in more than 50 ms", float((times > LONGEST).sum()), f"of {len(times)}", None, 0),
        row(name + "longest", float(times.max()), "ms", None, LONGEST),
        row(name + "99.9th percentile", float(np.percentile(times, 99.9)), "ms", None, None),
    ]


def _project(shared: SharedFolder) -> Project:
    dataset = shared.datasets / "work"
    dataset.mkdir(parents=True)
    names = tuple(f"image_{number:02d}.jpg" for number in range(IMAGES + 1))
    pixels = np.random.default_rng(0).integers(0, 255, (SIDE // 8, SIDE // 8, 3), np.uint8)
    Image.fromarray(pixels).resize((SIDE, SIDE)).save(dataset / names[0], quality=90)
    for name in names[1:]:
        (dataset / name).hardlink_to(dataset / names[0])
    project = create_project(shared, "work", "work", names)
    across, down = np.mgrid[:SIDE, :SIDE]
    stripes = np.sin((across + 30 * np.sin(down / 40)) / 12) > 0.6
    mask = Segmentation(Labels.from_array(np.where(stripes, FOREGROUND, BACKGROUND).astype(np.uint8)), "000001_bench")
    for name in names:
        write_segmentation(project.segmentation_path(name), mask, project.classes)
    return project


def _work(window: MainWindow, numbers: np.random.Generator) -> None:
    """On one image: look at it nearer, correct it with all tools, take something back."""
    canvas, act = window.page.canvas, window.actions_by_name
    until(lambda: window.session.mask.shown is not None)
    for brush in ("brush_first", "brush_background"):
        act[brush].trigger()
        canvas.brush_diameter = float(numbers.choice([5, 25, 80]))
        for _ in range(STROKES // 2):
            _scroll(window, int(numbers.integers(-2, 4)), *numbers.uniform(200, 500, 2))
            _drag(window, _arc(numbers))
    for name in ("undo", "undo", "redo", "toggle_mask", "toggle_mask", "toggle_outline", "toggle_outline", "fit"):
        act[name].trigger()
        _events()
    for opacity in (0.2, 0.4, 0.6):
        canvas.set_layer_opacity("mask", opacity)
        _events()
    for tool in ("tool_lasso", "tool_right", "tool_line"):
        act[tool].trigger()
        _drag(window, _arc(numbers))
    act["tool_region"].trigger()
    _drag(window, _arc(numbers)[:1])
    act["tool_brush"].trigger()
    rest(0.3)


def _save_and_next(window: MainWindow) -> None:
    before = window.session.image_name
    window.actions_by_name["save_and_next"].trigger()
    until(lambda: window.session.painting is not None and window.session.image_name != before)


def _arc(numbers: np.random.Generator) -> list[QPointF]:
    middle, radius = numbers.uniform(200, 400, 2), numbers.uniform(20, 150)
    angles = np.linspace(0, numbers.uniform(1, 5), MOVES)
    return [QPointF(middle[0] + radius * np.cos(each), middle[1] + radius * np.sin(each)) for each in angles]


def _drag(window: MainWindow, points: list[QPointF]) -> None:
    canvas, left, none = window.page.canvas, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = QEvent.Type
    for kind, point, button in (
        (kinds.MouseButtonPress, points[0], left),
        *((kinds.MouseMove, point, none) for point in points[1:]),
        (kinds.MouseButtonRelease, points[-1], left),
    ):
        held = none if kind == kinds.MouseButtonRelease else left
        event = QMouseEvent(kind, point, canvas.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)
        _events()


def _scroll(window: MainWindow, notches: int, x: float, y: float) -> None:
    canvas, place = window.page.canvas, QPointF(x, y)
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        place.toPoint() * 0,
        QPointF(0, 120 * notches).toPoint(),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)
    _events()


def _events() -> None:
    QApplication.processEvents()
