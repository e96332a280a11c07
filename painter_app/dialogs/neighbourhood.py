"""The image around a pixel, with the squares that the network sees drawn as labelled frames."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from painter_app.language import plural, tr
from painter_app.marking import marked
from shared_folder.inspection import InspectionAnswer
from shared_folder.rectangle import Rectangle

UNKNOWN_SIDE = 768
"""Pixels of the image that are shown before the network's sizes are known."""
_AIR = 1.06
_WIDGET_SIDE = 380
_OUTSIDE, _PLATE, _CROSS = QColor("#7a8387"), QColor(0, 0, 0, 185), QColor("#ffffff")


@dataclass(frozen=True)
class Frame:
    """One square around the pixel. Its line differs in form too, not in colour alone. name, meaning: translated where
    they are shown."""

    name: str
    colour: str
    line: Qt.PenStyle
    meaning: str


# Okabe and Ito's palette (2008), which colour-blind people tell apart.
TILE = Frame(
    marked("Tile"),
    "#e69f00",
    Qt.PenStyle.SolidLine,
    marked("the square that the network learns from, and predicts, at once"),
)
FIELD = Frame(
    marked("Receptive field"),
    "#f0e442",
    Qt.PenStyle.DotLine,
    marked("all that can change what the pixel in the middle is called; what lies outside, the network can't know"),
)
MARGIN = Frame(
    marked("Margin"),
    "#56b4e9",
    Qt.PenStyle.DashLine,
    marked(
        "what is seen around a tile when a mask is made, so that its border doesn't show; beyond the image's edge, "
        "the image is mirrored"
    ),
)
FRAMES = (TILE, FIELD, MARGIN)


class Neighbourhood(QWidget):
    """Shows a square of the image, and the frames once their sizes are known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_WIDGET_SIDE, _WIDGET_SIDE)
        self.setAccessibleName(tr("The image around the pixel, with tile, margin and receptive field"))
        self._picture: QImage | None = None
        self._shown = Rectangle(0, 0, 0, 0)  # the part of the image that the picture shows
        self._place = (0, 0)
        self._sides: dict[str, int] = {}  # by the frames' names, in pixels of the image

    @property
    def side(self) -> int:
        """Pixels of the image from one edge to the other."""
        return int(_AIR * max(self._sides.values())) if self._sides else UNKNOWN_SIDE

    def around(self, place: tuple[int, int], shape: tuple[int, ...]) -> Rectangle:
        """What of an image (H, W, ...) is in view around a pixel."""
        top, left = place[0] - self.side // 2, place[1] - self.side // 2
        seen = Rectangle(top, left, top + self.side, left + self.side)
        return seen.intersection(Rectangle(0, 0, shape[0], shape[1]))

    def show_image(self, pixels: NDArray[np.uint8] | None, shown: Rectangle, place: tuple[int, int]) -> None:
        """pixels: (h, w, 3) of the rectangle `shown` of the image, or None. place: row, column of the pixel."""
        self._shown, self._place = shown, place
        if pixels is None:
            self._picture = None
        else:
            height, width = pixels.shape[:2]
            view = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            self._picture = view.copy()  # its own memory
        self.update()

    def show_sizes(self, answer: InspectionAnswer | None) -> None:
        """Draw the frames of these sizes; none while nobody has told them."""
        self._sides = {}
        if answer is not None:
            with_margin = answer.tile + 2 * answer.margin
            self._sides = {TILE.name: answer.tile, FIELD.name: answer.receptive_field, MARGIN.name: with_margin}
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), _OUTSIDE)
        if self._picture is not None:
            painter.drawImage(self._on_screen(self._shown), self._picture)
            for frame in sorted(FRAMES, key=lambda frame: -self._sides.get(frame.name, 0)):
                if frame.name in self._sides:
                    self._draw_frame(painter, frame)
            middle = QPointF(self.width() / 2, self.height() / 2)
            painter.setPen(QPen(_CROSS, 1.5))
            painter.drawLine(middle - QPointF(7, 0), middle + QPointF(7, 0))
            painter.drawLine(middle - QPointF(0, 7), middle + QPointF(0, 7))
        painter.end()

    def _draw_frame(self, painter: QPainter, frame: Frame) -> None:
        side = self._sides[frame.name]
        top, left = self._place[0] - side // 2, self._place[1] - side // 2
        box = self._on_screen(Rectangle(top, left, top + side, left + side))
        painter.setPen(QPen(QColor(0, 0, 0, 150), 4))
        painter.drawRect(box)
        painter.setPen(QPen(QColor(frame.colour), 2, frame.line))
        painter.drawRect(box)
        words = f"{tr(frame.name)}: {self._words(frame)}"
        plate = QRectF(painter.fontMetrics().boundingRect(words)).adjusted(-4, -1, 4, 2)
        plate.moveTopLeft(box.topLeft() + QPointF(3, 3))
        painter.fillRect(plate, _PLATE)
        painter.setPen(QColor(frame.colour))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _words(self, frame: Frame) -> str:
        side = self._sides[frame.name]
        if frame is MARGIN:
            return plural((side - self._sides[TILE.name]) // 2, "{n} pixel", "{n} pixels")
        return f"{side} × {side}"

    def _on_screen(self, rectangle: Rectangle) -> QRectF:
        """A rectangle of the image in this widget's pixels."""
        scale = self.width() / self.side
        top, left = self._place[0] - self.side // 2, self._place[1] - self.side // 2
        return QRectF(
            (rectangle.left - left) * scale,
            (rectangle.top - top) * scale,
            rectangle.width * scale,
            rectangle.height * scale,
        )
