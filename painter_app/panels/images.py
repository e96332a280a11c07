"""The project's images: thumbnails, names and review states, to find and choose from."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from PyQt6.QtCore import QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from painter_app.panels.image_menu import test_image_menu
from painter_app.panels.image_model import ANNOTATED_ONLY, ANY, DOUBTFUL_ONLY, ImageModel, Thumbnailer
from painter_app.panels.image_rows import ImageRows
from painter_app.panels.order_bar import OrderBar
from painter_app.session.other_painters import Presence
from painter_app.workers import Workers
from shared_folder.review import ReviewState


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
        self._kind.addItem("All states", ANY)
        self._kind.addItem("Annotated by anybody", ANNOTATED_ONLY)
        self._kind.addItem("Doubtful annotations", DOUBTFUL_ONLY)
        for state in ReviewState:
            self._kind.addItem(state.capitalize(), state)
        self.order = OrderBar()
        self._view = ImageRows(self._model)
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

    def set_open_by(self, others: Presence) -> None:
        """Mark the images that other painters have open."""
        self._model.set_open_by(others)

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
