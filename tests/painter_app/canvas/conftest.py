"""Images in memory, as `open_image` gives them once they are decoded."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from shared_folder.rectangle import Rectangle
from tests.painter_app.canvas.painter import SHAPE, Painter


class ImageInMemory:
    """Grey, brighter to the right; remembers which parts were asked for."""

    def __init__(self, height: int, width: int) -> None:
        self.shape = (height, width, 3)
        self.levels = 1
        while max(height, width) > 256 << (self.levels - 1):
            self.levels += 1
        self.read: list[tuple[int, Rectangle]] = []

    def displayed(self, level: int, rectangle: Rectangle, _tones: object = ()) -> NDArray[np.uint8]:
        self.read.append((level, rectangle))
        columns = np.arange(rectangle.left, rectangle.right) << level
        grey = (columns * 255 // self.shape[1]).astype(np.uint8)
        return np.broadcast_to(grey[None, :, None], (rectangle.height, rectangle.width, 3))


@pytest.fixture
def drawn_image() -> Callable[[int, int], ImageInMemory]:
    return ImageInMemory


@pytest.fixture
def painter(qtbot: QtBot, drawn_image: Callable[..., object]) -> Painter:
    painter = Painter(drawn_image(*SHAPE), qtbot)
    qtbot.addWidget(painter.canvas)
    with qtbot.waitExposed(painter.canvas):
        painter.canvas.show()
    return painter
