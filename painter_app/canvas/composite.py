"""Composite: the layers drawn into one picture as large as the view, mended only where it was spoiled.

Moving the brush's circle or a message over it costs a copy of pixels, and a step to the side only the strips that
came into view. What lies below the paint is kept as a picture too, the ground: a stroke costs itself, not the image
and the mask under it.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PyQt6.QtCore import QPointF, QRect, QRectF
from PyQt6.QtGui import QImage, QPainter

MOST_SPOILED = 24
"""Rectangles that are mended one by one; more become one."""
_WASTE = 4096
"""Pixels: two rectangles become one where that adds no more, since each has a cost of its own."""

Draw = Callable[[QPainter, QRect], None]


class Composite:
    """A picture of `width` x `height` logical pixels, all of it spoiled at first."""

    def __init__(self) -> None:
        self.picture = QImage()
        self._ground = QImage()
        self._view = QRect()
        self._spoiled = _Parts()
        self._spoiled_ground = _Parts()

    @property
    def whole(self) -> bool:
        """Whether nothing is spoiled."""
        return not self._spoiled.parts

    def resize(self, width: int, height: int, density: float) -> None:
        """density: the screen's pixels for each logical one."""
        self._view = QRect(0, 0, width, height)
        self.picture = _picture(max(1, round(width * density)), max(1, round(height * density)), density)
        self._ground = self.picture.copy()
        self.spoil_all()

    def spoil(self, part: QRect, paint_only: bool = False) -> None:
        """Draw a part, in logical pixels, anew at the next mending. paint_only: its ground is as it was."""
        if not self.picture.devicePixelRatio().is_integer():
            part = part.adjusted(-1, -1, 1, 1)  # its edges may lie within pixels of the screen
        part = part.intersected(self._view)
        if part.isEmpty():
            return
        self._spoiled.add(part)
        if not paint_only:
            self._spoiled_ground.add(part)

    def spoil_all(self) -> None:
        self._spoiled, self._spoiled_ground = _Parts([QRect(self._view)]), _Parts([QRect(self._view)])

    def scroll(self, dx: float, dy: float) -> bool:
        """Move what is drawn, and spoil what comes into view. Returns False, and does nothing, where it can't: for
        parts of the screen's pixels, or while something is spoiled."""
        density = self.picture.devicePixelRatio()
        fits = all(abs(by * density - round(by * density)) < 1e-6 and abs(by - round(by)) < 1e-6 for by in (dx, dy))
        if not (fits and self.whole) or abs(dx) >= self._view.width() or abs(dy) >= self._view.height():
            return False
        right, down = round(dx), round(dy)
        self.picture, self._ground = (_moved(each, right, down) for each in (self.picture, self._ground))
        width, height = self._view.width(), self._view.height()
        self.spoil(QRect(0 if right > 0 else width + right, 0, abs(right), height))
        self.spoil(QRect(0, 0 if down > 0 else height + down, width, abs(down)))
        return True

    def mend_ground(self, draw: Draw) -> None:
        """Draw what is spoiled of the ground. draw: covers a part with a painter that is clipped to it."""
        spoiled, self._spoiled_ground = self._spoiled_ground, _Parts()
        for painter, part in _each_clipped(self._ground, spoiled):
            draw(painter, part)

    def mend(self, draw: Draw) -> None:
        """Then the rest. draw: what lies over the ground, in a part, with a painter that is clipped to it."""
        spoiled, self._spoiled = self._spoiled, _Parts()
        for painter, part in _each_clipped(self.picture, spoiled):
            painter.drawImage(QPointF(0, 0), self._ground)
            draw(painter, part)


@dataclass
class _Parts:
    """Rectangles of a picture, few enough to be drawn one by one."""

    parts: list[QRect] = field(default_factory=list)

    def add(self, part: QRect) -> None:
        for number, other in enumerate(self.parts):
            both = other.united(part)
            if _area(both) <= _area(other) + _area(part) + _WASTE:
                self.parts[number] = both
                return
        self.parts.append(part)
        if len(self.parts) > MOST_SPOILED:
            self.parts = [functools.reduce(QRect.united, self.parts)]


def _each_clipped(picture: QImage, spoiled: _Parts) -> Iterator[tuple[QPainter, QRect]]:
    """A painter on a picture for each part, clipped to it."""
    painter = QPainter(picture)
    for part in spoiled.parts:
        painter.save()
        painter.setClipRect(QRectF(part))
        yield painter, part
        painter.restore()
    painter.end()


def _picture(columns: int, rows: int, density: float) -> QImage:
    picture = QImage(columns, rows, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(density)
    return picture


def _moved(picture: QImage, right: int, down: int) -> QImage:
    """A picture's content moved by logical pixels; what comes into view is left as it may be."""
    moved = _picture(picture.width(), picture.height(), picture.devicePixelRatio())
    painter = QPainter(moved)
    painter.drawImage(QPointF(right, down), picture)
    painter.end()
    return moved


def _area(part: QRect) -> int:
    return part.width() * part.height()
