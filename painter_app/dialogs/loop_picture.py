"""The loop in a picture: paint, learn, correct, and again. Drawn, so that it is sharp on every screen."""

from itertools import pairwise

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from painter_app.language import tr
from painter_app.marking import marked
from shared_folder.classes import BACKGROUND_COLOUR, PALETTE

_SOIL, _ROOT, _MASK = QColor("#6b5442"), QColor("#e6d9bd"), QColor("#00c8d7")
_FOREGROUND, _BACKGROUND = QColor(PALETTE[0]), QColor(BACKGROUND_COLOUR)
_STEPS = (marked("1  You paint a few examples"), marked("2  The network learns"), marked("3  You correct its mask"))


class LoopPicture(QWidget):
    """Three cards with arrows between them, and one arrow that leads back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(
            tr("The loop: you paint a few examples, the network learns, you correct its mask, again")
        )

    def sizeHint(self) -> QSize:
        return QSize(640, 214)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 190)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.palette().color(QPalette.ColorRole.WindowText)
        line = self.fontMetrics().height()
        height = self.height() - 3 * line - 14
        width = min(height * 1.5, (self.width() - 100) / 3)
        gap = min(90.0, (self.width() - 3 * width) / 2)
        left = (self.width() - 3 * width - 2 * gap) / 2
        cards = [QRectF(left + step * (width + gap), 4, width, height) for step in range(3)]
        for card, paint in zip(cards, (_paint_examples, _paint_network, _paint_correction), strict=True):
            painter.save()
            painter.translate(card.topLeft())
            painter.scale(card.width() / 150, card.height() / 100)
            paint(painter)
            painter.restore()
            painter.setPen(QPen(text, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card, 6, 6)
        for card, words in zip(cards, _STEPS, strict=True):
            box = QRectF(card.left() - gap / 2, card.bottom() + 4, card.width() + gap, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tr(words))
        _paint_arrows(painter, cards, text, line)
        painter.end()


def _paint_arrows(painter: QPainter, cards: list[QRectF], colour: QColor, line: int) -> None:
    for before, after in pairwise(cards):
        _arrow(
            painter,
            [QPointF(before.right() + 10, before.center().y()), QPointF(after.left() - 10, after.center().y())],
            colour,
        )
    low = cards[0].bottom() + 2 * line + 4
    down = cards[0].bottom() + line + 8
    back = [
        QPointF(cards[2].center().x(), down),
        QPointF(cards[2].center().x(), low),
        QPointF(cards[1].center().x(), low),
        QPointF(cards[1].center().x(), down),
    ]
    _arrow(painter, back, colour)
    font = QFont(painter.font())
    font.setItalic(True)
    painter.setFont(font)
    words = QRectF(cards[1].center().x(), low + 1, cards[2].center().x() - cards[1].center().x(), line + 4)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, tr("image after image"))


def _arrow(painter: QPainter, points: list[QPointF], colour: QColor) -> None:
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    tip, before = points[-1], points[-2]
    length = max(1e-6, ((tip.x() - before.x()) ** 2 + (tip.y() - before.y()) ** 2) ** 0.5)
    along = (tip - before) / length
    across = QPointF(-along.y(), along.x())
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([tip, tip - along * 9 + across * 5, tip - along * 9 - across * 5]))


def _root_path() -> QPainterPath:
    path = QPainterPath(QPointF(60, 0))
    path.cubicTo(70, 30, 50, 55, 75, 100)
    path.moveTo(63, 32)
    path.cubicTo(85, 45, 105, 45, 118, 80)
    path.moveTo(62, 60)
    path.cubicTo(45, 65, 35, 78, 28, 92)
    return path


def _stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _paint_soil(painter: QPainter) -> None:
    clip = QPainterPath()
    clip.addRoundedRect(QRectF(0, 0, 150, 100), 6, 6)
    painter.setClipPath(clip)
    painter.fillRect(QRectF(0, 0, 150, 100), _SOIL)
    painter.setPen(Qt.PenStyle.NoPen)
    for index in range(60):  # crumbs, the same ones every time
        painter.setBrush(_SOIL.lighter(85 + (index * 37) % 40))
        painter.drawEllipse(QPointF((index * 53) % 150, (index * 31) % 100), 2 + index % 4, 1.5 + index % 3)
    _stroke(painter, _root_path(), _ROOT, 5)


def _paint_examples(painter: QPainter) -> None:
    _paint_soil(painter)
    red, green = QColor(_FOREGROUND), QColor(_BACKGROUND)
    red.setAlpha(190)
    green.setAlpha(190)
    on_root = QPainterPath(QPointF(62, 6))
    on_root.cubicTo(66, 22, 63, 35, 62, 46)
    _stroke(painter, on_root, red, 5)
    beside = QPainterPath(QPointF(92, 14))
    beside.cubicTo(104, 20, 120, 14, 134, 24)
    _stroke(painter, beside, green, 11)


def _paint_network(painter: QPainter) -> None:
    layers = [
        [QPointF(x, y) for y in ys]
        for x, ys in ((25, (25, 50, 75)), (58, (14, 38, 62, 86)), (92, (14, 38, 62, 86)), (125, (36, 64)))
    ]
    painter.setPen(QPen(QColor(128, 128, 128, 140), 1))
    for before, after in pairwise(layers):
        for start in before:
            for end in after:
                painter.drawLine(start, end)
    painter.setPen(Qt.PenStyle.NoPen)
    for index, layer in enumerate(layers):
        painter.setBrush(QColor(PALETTE[1]) if index < len(layers) - 1 else _MASK)
        for point in layer:
            painter.drawEllipse(point, 6, 6)


def _paint_correction(painter: QPainter) -> None:
    _paint_soil(painter)
    mask, red = QColor(_MASK), QColor(_FOREGROUND)
    mask.setAlpha(170)
    red.setAlpha(200)
    found = QPainterPath(QPointF(60, 0))
    found.cubicTo(70, 30, 50, 55, 75, 100)
    found.moveTo(62, 60)
    found.cubicTo(45, 65, 35, 78, 28, 92)
    _stroke(painter, found, mask, 7)
    missed = QPainterPath(QPointF(63, 32))
    missed.cubicTo(85, 45, 105, 45, 118, 80)
    _stroke(painter, missed, red, 5)
    painter.setPen(QPen(QColor(Qt.GlobalColor.white), 2))
    painter.drawEllipse(QPointF(118, 80), 8, 8)
