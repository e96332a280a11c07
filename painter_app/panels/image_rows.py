"""The rows of the list of images: thumbnail, name, the state as a mark with its word, and other marks."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap
from PyQt6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from painter_app.panels.image_model import OPEN_BY, STATE, THUMBNAIL, ImageModel, Mark
from painter_app.panels.review_marks import paint_choice, paint_doubt, paint_note, paint_person, paint_state

THUMBNAIL_SIDE = 128
"""Pixels of a thumbnail: sharp on screens with two for each of ours."""
_PICTURE = QSize(64, 48)  # most images are wider than high
_ROW = _PICTURE.height() + 8
_NAMES = 0.5
"""Of a row's second line, at most, for the names of those who have the image open too."""
_MARK = 18
"""From one mark to the next."""
_PAINT = {Mark.NOTE: paint_note, Mark.CHOICE: paint_choice, Mark.DOUBT: paint_doubt}


class ImageRows(QTableView):
    """Rows of one height. A list view would lay out all of 100,000 rows anew whenever a thumbnail comes."""

    def __init__(self, model: QAbstractListModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_ImageRow(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        if across is not None and down is not None:
            across.hide()
            across.setStretchLastSection(True)
            down.hide()
            down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            down.setDefaultSectionSize(_ROW)


class _ImageRow(QStyledItemDelegate):
    """One row: thumbnail, name, the state as a mark with its word, and other marks at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: ARG002
        return QSize(160, _ROW)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model, view = index.model(), option.widget
        if painter is None or not isinstance(model, ImageModel) or view is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = view.style()
        if style is not None:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, view)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        text = option.palette.color(role)
        box = QRectF(option.rect).adjusted(4, 4, -6, -4)
        picture = QRectF(box.topLeft(), QSizeF(_PICTURE))
        self._paint_picture(painter, picture, index, text)
        words = box.adjusted(_PICTURE.width() + 10, 4, 0, -4)
        painter.setPen(text)
        metrics = painter.fontMetrics()
        name = metrics.elidedText(model.rows[index.row()], Qt.TextElideMode.ElideMiddle, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, name)
        line = QRectF(words.left(), words.bottom() - metrics.height(), words.width(), metrics.height())
        mark = QRectF(line.left() + 1, line.center().y() - 6.5, 13, 13)
        paint_state(painter, mark, index.data(STATE), text)
        for each in reversed(model.marks(model.rows[index.row()])):
            _PAINT[each](painter, QRectF(line.right() - 14, line.center().y() - 7, 14, 14), text)
            line.setRight(line.right() - _MARK)
        line.setRight(line.right() - _paint_persons(painter, line, index.data(OPEN_BY), text))
        line.setLeft(line.left() + 20)
        word = metrics.elidedText(model.word(model.rows[index.row()]), Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, word)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, index: QModelIndex, text: QColor) -> None:
        made = index.data(THUMBNAIL)
        if isinstance(made, QPixmap):
            size = made.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, made, QRectF(made.rect()))
            return
        faint = QColor(text)
        faint.setAlphaF(0.4)
        painter.setPen(QPen(faint, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(6, 6, -6, -6))
        if isinstance(made, str):
            painter.setPen(text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "!")


def _paint_persons(painter: QPainter, line: QRectF, names: str, colour: QColor) -> float:
    """Who has the image open too, at the right end of a line. Returns the width that it takes."""
    if not names:
        return 0.0
    mark = 15
    shown = painter.fontMetrics().elidedText(names, Qt.TextElideMode.ElideRight, int(_NAMES * line.width()) - mark)
    width = painter.fontMetrics().horizontalAdvance(shown) + mark
    box = QRectF(line.right() - width, line.center().y() - 6.5, 13, 13)
    paint_person(painter, box, colour)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
    return width + 6
