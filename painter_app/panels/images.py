"""The project's images: thumbnails, names and review states, to find and choose from."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeySequence, QPainter, QPalette, QPen, QPixmap, QShortcut
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from painter_app.panels.image_menu import TEST_PURPOSE, test_image_menu
from painter_app.panels.order_bar import OrderBar
from painter_app.panels.review_marks import paint_doubt, paint_state
from painter_app.workers import Workers
from shared_folder.names import image_id
from shared_folder.review import ReviewState

THUMBNAIL_SIDE = 128
"""Pixels of a thumbnail: sharp on screens with two for each of ours."""
Thumbnailer = Callable[[str], NDArray[np.uint8]]

_STATE, _THUMBNAIL, _DOUBT = (Qt.ItemDataRole.UserRole + number for number in range(3))
_PICTURE = QSize(64, 48)  # most images are wider than high
_KEPT_THUMBNAILS = 600
_AT_ONCE = 2  # thumbnails in the making
_WAITING = 40  # more than a screenful has scrolled by already
_ANY = "all"
_ANNOTATED_ONLY = "annotated"
_DOUBTFUL_ONLY = "doubtful"


class ImageModel(QAbstractListModel):
    """The names that pass the filter. Thumbnails are made when a row is drawn, the latest row first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: list[str] = []
        """In the order in which they are listed."""
        self.rows: list[str] = []
        self._row_of: dict[str, int] = {}
        self._states: dict[str, ReviewState] = {}
        self._annotated: set[str] = set()
        self._doubts: dict[str, str] = {}
        self._test_set: frozenset[str] = frozenset()
        self._text = ""
        self._kind = _ANY
        self._thumbnailer: Thumbnailer | None = None
        self._workers: Workers | None = None
        self._thumbnails: OrderedDict[str, QPixmap | str] = OrderedDict()  # a text says why there is none
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._making: set[str] = set()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == _STATE:
            return self.state(name)
        if role == _THUMBNAIL:
            return self._thumbnail(name)
        if role == _DOUBT:
            return self._doubts.get(image_id(name), "")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            found = self._thumbnails.get(name)
            purpose = TEST_PURPOSE if self.is_test(name) else ""
            more = [purpose, found if isinstance(found, str) else "", self._doubts.get(image_id(name), "")]
            return "\n".join([f"{name}, {self.word(name)}", *filter(None, more)])
        return None

    def state(self, name: str) -> ReviewState:
        return self._states.get(image_id(name), ReviewState.UNSEEN)

    def word(self, name: str) -> str:
        """The state in a word; an image that somebody else painted is annotated, not unseen."""
        state = self.state(name)
        painted = state is ReviewState.UNSEEN and image_id(name) in self._annotated
        word = "annotated" if painted else str(state)
        return f"{word}, test image" if self.is_test(name) else word

    def is_test(self, name: str) -> bool:
        return image_id(name) in self._test_set

    def set_test_set(self, test_set: frozenset[str]) -> None:
        """test_set: image ids."""
        changed = test_set ^ self._test_set
        self._test_set = test_set
        for name in self.rows:
            if image_id(name) in changed:
                self._changed(name)

    def set_images(self, names: Sequence[str], states: Mapping[str, ReviewState], annotated: Collection[str]) -> None:
        if list(names) != self.names:
            self._waiting.clear()
        self.names = list(names)
        self._states = dict(states)
        self._annotated = set(annotated)
        self.filter(self._text, self._kind)

    def set_state(self, name: str, state: ReviewState) -> None:
        self._states[image_id(name)] = state
        self._changed(name)

    def set_doubts(self, doubts: Mapping[str, str]) -> None:
        """Sentences, by image id, about annotations that the newest model contradicts."""
        changed = {
            image for image in doubts.keys() | self._doubts.keys() if doubts.get(image) != self._doubts.get(image)
        }
        self._doubts = dict(doubts)
        if self._kind == _DOUBTFUL_ONLY:
            self.filter(self._text, self._kind)
        for name in self.rows:
            if image_id(name) in changed:
                self._changed(name)

    def set_order(self, names: Sequence[str]) -> None:
        """List the same images in another order. What is in view and chosen stays chosen."""
        if list(names) == self.names:
            return
        self.layoutAboutToBeChanged.emit()
        before = {index.row(): self.rows[index.row()] for index in self.persistentIndexList()}
        self.names = list(names)
        self._find_rows()
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.place(before[index.row()]))
        self.layoutChanged.emit()

    def filter(self, text: str, kind: str) -> None:
        """Show the names that contain a text, without case, and whose state is a kind (a state, or _ANY)."""
        self.beginResetModel()
        self._text, self._kind = text, kind
        self._find_rows()
        self.endResetModel()

    def set_thumbnailer(self, thumbnailer: Thumbnailer, workers: Workers) -> None:
        self._thumbnailer, self._workers = thumbnailer, workers
        self._thumbnails.clear()
        self._waiting.clear()
        self._making.clear()

    def place(self, name: str) -> QModelIndex:
        """Where a name is shown; an invalid index when the filter hides it."""
        row = self._row_of.get(name)
        return QModelIndex() if row is None else self.index(row)

    def _find_rows(self) -> None:
        wanted = self._text.casefold().strip()
        self.rows = [name for name in self.names if wanted in name.casefold() and self._is_kind(name)]
        self._row_of = {name: row for row, name in enumerate(self.rows)}

    def _is_kind(self, name: str) -> bool:
        if self._kind == _ANY:
            return True
        if self._kind == _ANNOTATED_ONLY:
            return image_id(name) in self._annotated
        if self._kind == _DOUBTFUL_ONLY:
            return image_id(name) in self._doubts
        return self.state(name) == self._kind

    def _thumbnail(self, name: str) -> QPixmap | str | None:
        """A picture, or why there is none, or nothing yet."""
        found = self._thumbnails.get(name)
        if found is None:
            if self._thumbnailer is not None and name not in self._making:
                self._waiting[name] = None
                self._waiting.move_to_end(name)
                while len(self._waiting) > _WAITING:
                    self._waiting.popitem(last=False)
                self._make_next()
            return None
        self._thumbnails.move_to_end(name)
        return found

    def _make_next(self) -> None:
        thumbnailer, workers = self._thumbnailer, self._workers
        while thumbnailer is not None and workers is not None and self._waiting and len(self._making) < _AT_ONCE:
            name, _ = self._waiting.popitem()
            self._making.add(name)
            keep = partial(self._keep, name, thumbnailer)
            workers.submit(partial(thumbnailer, name), keep, keep, idle=True)

    def _keep(self, name: str, thumbnailer: Thumbnailer, result: NDArray[np.uint8] | Exception) -> None:
        if thumbnailer is not self._thumbnailer:
            return  # asked for in another project
        made = str(result) if isinstance(result, Exception) else pixmap(result)
        self._making.discard(name)
        self._thumbnails[name] = made
        while len(self._thumbnails) > _KEPT_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        self._changed(name)
        self._make_next()

    def _changed(self, name: str) -> None:
        place = self.place(name)
        if place.isValid():
            self.dataChanged.emit(place, place)


class ImageList(QWidget):
    """The list with its filters. A click or Enter chooses an image."""

    chosen = pyqtSignal(str)
    test_image_chosen = pyqtSignal(str, bool)
    """An image's name, and whether it is to be a test image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ImageModel(self)
        self._current = ""
        self._search = QLineEdit()
        self._search.setPlaceholderText("Filter by name")
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName("Filter images by name")
        self._search.setToolTip("Show only images whose name contains this ; Enter opens the first (Alt+N)")
        self._kind = QComboBox()
        self._kind.setAccessibleName("Filter images by state")
        self._kind.setToolTip("Show only images of one state (Alt+A)")
        self._kind.addItem("All states", _ANY)
        self._kind.addItem("Annotated by anybody", _ANNOTATED_ONLY)
        self._kind.addItem("Doubtful annotations", _DOUBTFUL_ONLY)
        for state in ReviewState:
            self._kind.addItem(state.capitalize(), state)
        self.order = OrderBar()
        self._view = QListView()
        self._view.setModel(self._model)
        self._view.setUniformItemSizes(True)
        self._view.setItemDelegate(_ImageRow(self._view))
        self._view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setAccessibleName("Images")
        self._view.setToolTip("Click an image to open it, or choose with the arrows and Enter")
        self._count = QLabel()
        self._count.setAccessibleName("Number of images shown")
        self._view.clicked.connect(self._choose)
        self._view.activated.connect(self._choose)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.customContextMenuRequested.connect(self._show_menu)
        self._search.textChanged.connect(self._filter)
        self._search.returnPressed.connect(self._choose_first)
        self._kind.currentIndexChanged.connect(self._filter)
        self._lay_out()

    def set_images(self, names: Sequence[str], states: Mapping[str, ReviewState], annotated: Collection[str]) -> None:
        """names: in the project's order. states, annotated: by image id."""
        self.order.reset()
        self._model.set_images(names, states, annotated)
        self._show_current()

    def set_order(self, names: Sequence[str], from_top: bool) -> None:
        """List the same images in another order. from_top: scroll to those that come first now."""
        self._model.set_order(names)
        if from_top:
            self._view.scrollToTop()

    def set_doubts(self, doubts: Mapping[str, str]) -> None:
        """Mark annotations that the newest model contradicts: a sentence each, by image id."""
        self._model.set_doubts(doubts)
        self._show_count()

    def set_test_set(self, test_set: frozenset[str]) -> None:
        """Mark the test images, given by id."""
        self._model.set_test_set(test_set)

    def set_state(self, name: str, state: ReviewState) -> None:
        self._model.set_state(name, state)

    def set_current(self, name: str) -> None:
        """Mark the image that is open and scroll to it, without a signal."""
        self._current = name
        self._show_current()

    def set_thumbnailer(self, thumbnailer: Thumbnailer, workers: Workers) -> None:
        """thumbnailer: from a name to (h, w, 3) uint8, at most THUMBNAIL_SIDE; called on workers."""
        self._model.set_thumbnailer(thumbnailer, workers)

    def _filter(self) -> None:
        self._model.filter(self._search.text(), self._kind.currentData())
        self._show_current()

    def _choose(self, index: QModelIndex) -> None:
        self._current = self._model.rows[index.row()]
        self.chosen.emit(self._current)

    def _show_menu(self, place: QPoint) -> None:
        index = self._view.indexAt(place)
        if index.isValid():
            name = self._model.rows[index.row()]
            menu = test_image_menu(self._view, self._model.is_test(name), partial(self.test_image_chosen.emit, name))
            menu.popup(self._view.mapToGlobal(place))

    def _choose_first(self) -> None:
        if self._model.rowCount():
            self._choose(self._model.index(0))

    def _show_current(self) -> None:
        place = self._model.place(self._current)
        self._view.setCurrentIndex(place)
        if place.isValid():
            self._view.scrollTo(place)
        self._show_count()

    def _show_count(self) -> None:
        shown, total = self._model.rowCount(), len(self._model.names)
        self._count.setText(f"{total:,} images" if shown == total else f"{shown:,} of {total:,} images")

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(4)
        for field, key in ((self._search, "Alt+N"), (self._kind, "Alt+A")):
            field.setMinimumWidth(60)
            filters.addWidget(field, 1)
            QShortcut(QKeySequence(key), self, field.setFocus)
        QShortcut(QKeySequence("Alt+O"), self, self.order.choice.setFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(filters)
        layout.addWidget(self.order)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._count)


class _ImageRow(QStyledItemDelegate):
    """One row: thumbnail, name, and the state as a mark with its word."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: ARG002
        return QSize(160, _PICTURE.height() + 8)

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
        paint_state(painter, mark, index.data(_STATE), text)
        painter.drawText(
            line.adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, model.word(model.rows[index.row()])
        )
        if index.data(_DOUBT):
            paint_doubt(painter, QRectF(line.right() - 14, line.center().y() - 7, 14, 14), text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, index: QModelIndex, text: QColor) -> None:
        made = index.data(_THUMBNAIL)
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


def pixmap(pixels: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of an RGB picture (h, w, 3). On the window's thread only."""
    height, width = pixels.shape[:2]
    content = np.ascontiguousarray(pixels).tobytes()
    return QPixmap.fromImage(QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888))
