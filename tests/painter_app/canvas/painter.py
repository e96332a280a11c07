"""A canvas on which tests paint with real events, and the pens and touchpads that they hold."""

import functools

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QInputDevice, QPointingDevice, QTabletEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from painter_app.canvas.view import CanvasView
from shared_folder.annotation import Annotation, Patch
from shared_folder.classes import FOREGROUND
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import whole
from shared_folder.sweeps import swept_disc

SHAPE = (900, 1200)
Button, Modifier = Qt.MouseButton, Qt.KeyboardModifier
LEFT, NONE = Button.LeftButton, Modifier.NoModifier


class Clock:
    """Stands still until a test moves it. now: in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Painter:
    """A canvas with an image, its annotation, and what it signalled."""

    def __init__(self, image: object, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        # Nothing of the canvas leads back to this object, so that it dies with the test, on this thread; in a circle
        # it would wait for the garbage collector, which may run on any.
        self.clock = Clock()
        self.canvas = CanvasView(clock=self.clock)
        self.image = image
        self.annotation = Annotation(Labels(SHAPE))
        self.strokes: list[Patch] = []
        self.notices: list[tuple[str, str]] = []
        self.canvas.stroke_finished.connect(self.strokes.append)
        notices = self.notices
        self.canvas.notice.connect(lambda sentence, action: notices.append((sentence, action)))
        self.canvas.resize(800, 600)
        self.canvas.show_image(image, self.annotation, None)

    @property
    def labels(self) -> Pixels:
        return self.annotation.labels.to_array()

    def seen(self) -> QImage:
        """The canvas as it looks once all its tiles are there."""
        self._qtbot.waitUntil(lambda: self.canvas.drawn)
        return self.canvas.grab().toImage()

    def drag(self, points: list[QPoint], button: Button = LEFT, modifiers: Modifier = NONE) -> None:
        QTest.mousePress(self.canvas, button, modifiers, points[0])
        for point in points[1:]:
            QTest.mouseMove(self.canvas, point)
        QTest.mouseRelease(self.canvas, button, modifiers, points[-1])

    def wheel(self, at: QPointF, notches: int, modifiers: Modifier = NONE, by_fingers: bool = False) -> None:
        if by_fingers:
            self.scroll(touchpad(), at, QPoint(0, 40 * notches), QPoint(0, 120 * notches), modifiers)
        else:
            self.scroll(QPointingDevice.primaryPointingDevice(), at, QPoint(), QPoint(0, 120 * notches), modifiers)

    def scroll(
        self, device: QPointingDevice, at: QPointF, pixels: QPoint, angle: QPoint, modifiers: Modifier = NONE
    ) -> None:
        event = QWheelEvent(
            at,
            self.canvas.mapToGlobal(at),
            pixels,
            angle,
            Button.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
            Qt.MouseEventSource.MouseEventNotSynthesized,
            device,
        )
        QApplication.sendEvent(self.canvas, event)

    def expected(self, points: list[QPoint], label: int = FOREGROUND) -> Pixels:
        """The reference rasterisation of a stroke through points of the widget."""
        path = [self.canvas.image_from_widget(QPointF(point)) for point in points]
        painted = np.zeros(SHAPE, np.uint8)
        for start, end in zip([path[0], *path], path, strict=False):
            painted[swept_disc(whole(SHAPE), start, end, self.canvas.brush_diameter / 2)] = label
        return painted


@functools.cache  # Qt remembers devices by their address
def touchpad() -> QPointingDevice:
    return QPointingDevice(
        "touchpad",
        7,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.PixelScroll,
        5,
        3,
    )


@functools.cache
def pen(kind: QPointingDevice.PointerType) -> QPointingDevice:
    return QPointingDevice("pen", 8, QInputDevice.DeviceType.Stylus, kind, QInputDevice.Capability.Pressure, 1, 2)


def use_pen(
    canvas: CanvasView,
    touches: list[tuple[QPointF, float]],
    kind: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen,
    button: Button = LEFT,
) -> None:
    """One stroke of a pen through points of the widget, each with its pressure; lifted at the last."""
    device, none = pen(kind), Button.NoButton
    steps = [
        (QEvent.Type.TabletPress, *touches[0], button, button),
        *((QEvent.Type.TabletMove, *touch, none, button) for touch in touches[1:]),
        (QEvent.Type.TabletRelease, touches[-1][0], 0.0, button, none),
    ]
    for step, at, pressure, pressed, buttons in steps:
        there = canvas.mapToGlobal(at)
        event = QTabletEvent(step, device, at, there, pressure, 0, 0, 0, 0, 0, NONE, pressed, buttons)
        QApplication.sendEvent(canvas, event)
        assert event.isAccepted()  # so that Qt makes no mouse event of it
