"""Composite: the layers drawn into one picture as large as the view, mended only where it was spoiled.

Moving the brush's circle or a message over it costs a copy of pixels, and a step to the side only the strips that
came into view.
"""

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRect, QRectF
from PyQt6.QtGui import QImage, QPainter

MOST_SPOILED = 24
"""Rectangles that are mended one by one; more become one."""
_WASTE = 4096
"""Pixels: two rectangles become one where that adds no more, since each has a cost of its own."""


class Composite:
    """A picture of `width` x `height` logical pixels, all of it spoiled at first."""

    def __init__(self) -> None:
        self.picture = QImage()
        self._view = QRect()
        self._spoiled: list[QRect] = []

    @property
    def whole(self) -> bool:
        """Whether nothing is spoiled."""
        return not self._spoiled

    def resize(self, width: int, height: int, density: float) -> None:
        """density: the screen's pixels for each logical one."""
        self._view = QRect(0, 0, width, height)
        rows, columns = max(1, round(height * density)), max(1, round(width * density))
        self.picture = QImage(columns, rows, QImage.Format.Format_RGB32)
        self.picture.setDevicePixelRatio(density)
        self.spoil_all()

    def spoil(self, part: QRect) -> None:
        """Draw a part, in logical pixels, anew at the next mending."""
        if not self.picture.devicePixelRatio().is_integer():
            part = part.adjusted(-1, -1, 1, 1)  # its edges may lie within pixels of the screen
        part = part.intersected(self._view)
        if part.isEmpty():
            return
        for number, other in enumerate(self._spoiled):
            both = other.united(part)
            if _area(both) <= _area(other) + _area(part) + _WASTE:
                self._spoiled[number] = both
                return
        self._spoiled.append(part)
        if len(self._spoiled) > MOST_SPOILED:
            together = QRect()
            for each in self._spoiled:
                together = together.united(each)
            self._spoiled = [together]

    def spoil_all(self) -> None:
        self._spoiled = [QRect(self._view)]

    def scroll(self, dx: float, dy: float) -> bool:
        """Move what is drawn, and spoil what comes into view. Returns False, and does nothing, where it can't: for
        parts of the screen's pixels."""
        density = self.picture.devicePixelRatio()
        whole = all(abs(by * density - round(by * density)) < 1e-6 and abs(by - round(by)) < 1e-6 for by in (dx, dy))
        if not whole or abs(dx) >= self._view.width() or abs(dy) >= self._view.height():
            return False
        right, down = round(dx), round(dy)
        moved = QImage(self.picture.size(), self.picture.format())
        moved.setDevicePixelRatio(density)
        painter = QPainter(moved)
        painter.drawImage(QPointF(right, down), self.picture)
        painter.end()
        self.picture = moved
        before, self._spoiled = self._spoiled, []
        for each in before:
            self.spoil(each.translated(right, down))
        width, height = self._view.width(), self._view.height()
        self.spoil(QRect(0 if right > 0 else width + right, 0, abs(right), height))
        self.spoil(QRect(0, 0 if down > 0 else height + down, width, abs(down)))
        return True

    def mend(self, draw: Callable[[QPainter, QRect], None]) -> None:
        """Draw what is spoiled. draw: covers a part with a painter that is clipped to it."""
        spoiled, self._spoiled = self._spoiled, []
        painter = QPainter(self.picture)
        for part in spoiled:
            painter.save()
            painter.setClipRect(QRectF(part))
            draw(painter, part)
            painter.restore()
        painter.end()


def _area(part: QRect) -> int:
    return part.width() * part.height()
