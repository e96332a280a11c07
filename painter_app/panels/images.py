"""The project's images: thumbnails, names, review states and notes, to find and choose from."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from PyQt6.QtCore import QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from painter_app.language import number, plural, tr
from painter_app.panels.filter_bar import FilterBar
from painter_app.panels.image_menu import image_menu
from painter_app.panels.image_model import ImageModel, Thumbnailer
from painter_app.panels.image_rows import ImageRows
from painter_app.panels.order_bar import OrderBar
from painter_app.session.image_filter import Filter
from painter_app.session.image_notes import NotesByImage
from painter_app.session.image_order import Order
from painter_app.session.listing import Listing
from painter_app.session.other_painters import Presence
from painter_app.workers import Workers
from shared_folder.classes import LabelClass
from shared_folder.review import Reached, ReviewState


class ImageList(QWidget):
    """The list below its filter and its order, as somebody else lists it. A click or Enter chooses an image."""

    chosen = pyqtSignal(str)
    filter_chosen = pyqtSignal(object)
    """The Filter; its Listing is awaited."""
    note_wanted = pyqtSignal(str)
    """An image's name: its note is to be written."""
    test_image_chosen = pyqtSignal(str, bool)
    """An image's name, and whether it is to be a test image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ImageModel(self)
        self._current = ""
        self._listing: Listing | None = None
        self._opens_first = False  # once the filter is there
        self.filter = FilterBar()
        self.order = OrderBar()
        self._view = ImageRows(self._model)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setAccessibleName(tr("Images"))
        self._view.setToolTip(tr("Click an image to open it, or choose with the arrows and Enter"))
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._empty = _EmptyPage()
        self._pages = QStackedWidget()
        self._count = QLabel()
        self._count.setAccessibleName(tr("Number of images shown"))
        self._count.setWordWrap(True)
        self._show_all = QPushButton(tr("Show all"))
        self._show_all.setObjectName("small")
        self._show_all.setToolTip(tr("Take the filter away (Alt+W)"))
        self._view.clicked.connect(self._choose)
        self._view.activated.connect(self._choose)
        self._view.customContextMenuRequested.connect(self._show_menu)
        self.filter.changed.connect(self.filter_chosen)
        self.filter.first_wanted.connect(self._want_first)
        for button in (self._show_all, self._empty.show_all):
            button.clicked.connect(self.show_all)
        self._lay_out()

    def set_project(
        self,
        listing: Listing,
        states: dict[str, ReviewState],
        annotated: Collection[str],
        reached: dict[str, Reached],
        classes: Sequence[LabelClass] = (),
    ) -> None:
        """Another project. states, annotated, reached: by image id; they are kept, and changed with what is told."""
        self.order.reset()
        self.filter.set_classes(classes)
        self._model.set_project(states, annotated, reached)
        self._listing = None
        self.set_listing(listing)

    def set_listing(self, listing: Listing) -> None:
        """Show these images. What is in view stays there, unless another order or filter was chosen."""
        former, self._listing = self._listing, listing
        bar = self._view.verticalScrollBar()
        place = bar.value() if bar is not None else 0
        self._model.set_listing(listing)
        if former is not None and former.order is not listing.order and listing.order is not Order.PROJECT:
            self._view.setCurrentIndex(self._model.place(self._current))
            self._view.scrollToTop()
        elif former is None or (former.order, former.filter) != (listing.order, listing.filter):
            self._show_current()
        else:
            self._view.setCurrentIndex(self._model.place(self._current))
            if bar is not None:
                bar.setValue(place)
        self._show_count()
        if self._opens_first and listing.filter == self.filter.filter:
            self._open_first()

    def set_filter(self, wanted: Filter) -> None:
        """Show which filter is wanted, without a signal."""
        self.filter.set_filter(wanted)

    def set_doubts(self, doubts: Mapping[str, str]) -> None:
        """Mark annotations that the newest model contradicts: a sentence each, by image id."""
        self._model.set_doubts(doubts)

    def set_notes(self, notes: NotesByImage) -> None:
        self._model.set_notes(notes)

    def set_test_set(self, test_set: frozenset[str]) -> None:
        """Mark the test images, given by id."""
        self._model.set_test_set(test_set)

    def set_open_by(self, others: Presence) -> None:
        """Mark the images that other painters have open."""
        self._model.set_open_by(others)

    def set_state(self, name: str, state: ReviewState) -> None:
        self._model.set_state(name, state)

    def set_reached(self, name: str, reached: Reached) -> None:
        """How an image was reached when it was opened first."""
        self._model.set_reached(name, reached)

    def set_current(self, name: str) -> None:
        """Mark the image that is open and scroll to it, without a signal."""
        self._current = name
        self._show_current()

    def set_thumbnailer(self, thumbnailer: Thumbnailer, workers: Workers) -> None:
        """thumbnailer: from a name to (h, w, 3) uint8, at most THUMBNAIL_SIDE; called on workers."""
        self._model.set_thumbnailer(thumbnailer, workers)

    def show_all(self) -> None:
        """Take the filter away."""
        self.filter.set_filter(Filter())
        self.filter_chosen.emit(Filter())

    def _choose(self, index: QModelIndex) -> None:
        self._current = self._model.rows[index.row()]
        self.chosen.emit(self._current)

    def _show_menu(self, place: QPoint) -> None:
        index = self._view.indexAt(place)
        if index.isValid():
            name = self._model.rows[index.row()]
            menu = image_menu(
                self._view,
                self._model.is_test(name),
                partial(self.test_image_chosen.emit, name),
                partial(self.note_wanted.emit, name),
            )
            menu.popup(self._view.mapToGlobal(place))

    def _want_first(self) -> None:
        if self._listing is not None and self._listing.filter == self.filter.filter:
            self._open_first()
        else:
            self._opens_first = True

    def _open_first(self) -> None:
        self._opens_first = False
        if self._model.rowCount():
            self._choose(self._model.index(0))

    def _show_current(self) -> None:
        place = self._model.place(self._current)
        self._view.setCurrentIndex(place)
        if place.isValid():
            self._view.scrollTo(place)

    def _show_count(self) -> None:
        listing = self._listing
        if listing is None:
            return
        shown, total, all_shown = len(listing.names), len(listing.places), listing.filter.shows_all
        text = plural(total, "{n} image", "{n} images")
        if not all_shown:
            text = tr("{n} of {all} shown").format(n=number(shown), all=number(total))
            if listing.unread:
                text += "; " + plural(listing.unread, "{n} file to read", "{n} files to read")
        self._count.setText(text)
        self._count.setToolTip("" if all_shown else tr("Next and Save & Next go through the images that are shown"))
        self._show_all.setVisible(not all_shown)
        self._empty.set_unread(listing.unread)
        self._pages.setCurrentWidget(self._view if shown or all_shown else self._empty)

    def _lay_out(self) -> None:
        QShortcut(QKeySequence("Alt+O"), self, self.order.choice.setFocus)
        QShortcut(QKeySequence("Alt+W"), self, self.show_all)
        self._pages.addWidget(self._view)
        self._pages.addWidget(self._empty)
        below = QHBoxLayout()
        below.addWidget(self._count, 1)
        below.addWidget(self._show_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self.filter)
        layout.addWidget(self.order)
        layout.addWidget(self._pages, 1)
        layout.addLayout(below)


class _EmptyPage(QWidget):
    """In the place of the rows where the filter leaves none."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_all = QPushButton(tr("Show all images"))
        self.show_all.setToolTip(tr("Take the filter away (Alt+W)"))
        self.show_all.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self._sentence)
        layout.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def set_unread(self, files: int) -> None:
        """How many files have still to be looked at."""
        none_yet = plural(
            files,
            "No image fits the filter yet; {n} file is still to be read.",
            "No image fits the filter yet; {n} files are still to be read.",
        )
        self._sentence.setText(none_yet if files else tr("No image fits the filter."))
