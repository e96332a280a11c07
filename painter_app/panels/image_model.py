"""The model of the list of images: the names that are shown, with their states, notes and thumbnails."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import QWidget

from painter_app.language import tr
from painter_app.marking import marked
from painter_app.notices import in_words
from painter_app.panels.image_menu import TEST_PURPOSE
from painter_app.session.image_notes import NotesByImage
from painter_app.session.listing import Listing
from painter_app.session.other_painters import OtherPainter, Presence
from painter_app.words import never_html
from painter_app.workers import Workers
from shared_folder.names import image_id
from shared_folder.review import Reached, ReviewState

Thumbnailer = Callable[[str], NDArray[np.uint8]]

STATE, THUMBNAIL, OPEN_BY = (Qt.ItemDataRole.UserRole + number for number in range(3))
"""Roles, beside Qt's own."""


class Mark(Enum):
    """What an image has beside its state."""

    NOTE = auto()
    CHOICE = auto()  # it was reached by choice
    DOUBT = auto()


_REACHED = {
    Reached.ORDER: marked("Reached in the project's order: part of a fair sample"),
    Reached.CHOICE: marked("Reached by choice (a jump, a click, a filter, another order): not part of a fair sample"),
}
_KEPT_THUMBNAILS = 600
_AT_ONCE = 2  # thumbnails in the making
_WAITING = 40  # more than a screenful has scrolled by already


class ImageModel(QAbstractListModel):
    """The names that are shown. Thumbnails are made when a row is drawn, the latest row first.

    What concerns many images is taken as it is given, never gone through: there may be 100,000.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[str, ...] = ()
        self._row_of: Mapping[str, int] = {}
        self._states: dict[str, ReviewState] = {}
        self._reached: dict[str, Reached] = {}
        self._annotated: Collection[str] = frozenset()
        self._doubts: Mapping[str, str] = {}
        self._notes: NotesByImage = {}
        self._open_by: Presence = {}
        self._test_set: frozenset[str] = frozenset()
        self._answers: dict[int, Callable[[str], object]] = {
            Qt.ItemDataRole.DisplayRole: str,
            Qt.ItemDataRole.ToolTipRole: lambda name: never_html(self._description(name)),
            Qt.ItemDataRole.AccessibleTextRole: self._description,
            STATE: self.state,
            THUMBNAIL: self._thumbnail,
            OPEN_BY: lambda name: ", ".join(other.name for other in self._others(name)),
        }
        self._thumbnailer: Thumbnailer | None = None
        self._workers: Workers | None = None
        self._thumbnails: OrderedDict[str, QPixmap | str] = OrderedDict()  # a text says why there is none
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._making: set[str] = set()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        answer = self._answers.get(role)
        return answer(self.rows[index.row()]) if answer is not None else None

    def state(self, name: str) -> ReviewState:
        return self._states.get(image_id(name), ReviewState.UNSEEN)

    def word(self, name: str) -> str:
        """The state in a word; an image that somebody else painted is annotated, not unseen."""
        state = self.state(name)
        painted = state is ReviewState.UNSEEN and image_id(name) in self._annotated
        word = tr("annotated") if painted else tr(str(state))
        return tr("{state}, test image").format(state=word) if self.is_test(name) else word

    def marks(self, name: str) -> tuple[Mark, ...]:
        image = image_id(name)
        has = {
            Mark.NOTE: image in self._notes,
            Mark.CHOICE: self._reached.get(image) is Reached.CHOICE,
            Mark.DOUBT: image in self._doubts,
        }
        return tuple(mark for mark, there in has.items() if there)

    def is_test(self, name: str) -> bool:
        return image_id(name) in self._test_set

    def set_project(
        self, states: dict[str, ReviewState], annotated: Collection[str], reached: dict[str, Reached]
    ) -> None:
        """What was done with the images of another project, by image id."""
        self._waiting.clear()
        self._states, self._annotated, self._reached = states, annotated, reached

    def set_listing(self, listing: Listing) -> None:
        """Show these names. In another order what is in view and chosen stays chosen."""
        if len(listing.names) != len(self.rows):
            self.beginResetModel()
            self.rows, self._row_of = listing.names, listing.rows
            self.endResetModel()
        elif listing.names is not self.rows:
            self.layoutAboutToBeChanged.emit()
            before = {index.row(): self.rows[index.row()] for index in self.persistentIndexList()}
            self.rows, self._row_of = listing.names, listing.rows
            for index in self.persistentIndexList():
                self.changePersistentIndex(index, self.place(before[index.row()]))
            self.layoutChanged.emit()

    def set_state(self, name: str, state: ReviewState) -> None:
        self._states[image_id(name)] = state
        self._changed(name)

    def set_reached(self, name: str, reached: Reached) -> None:
        self._reached[image_id(name)] = reached
        self._changed(name)

    def set_test_set(self, test_set: frozenset[str]) -> None:
        """test_set: image ids."""
        self._test_set = test_set
        self._all_changed()

    def set_doubts(self, doubts: Mapping[str, str]) -> None:
        """Sentences, by image id, about annotations that the newest model contradicts."""
        self._doubts = doubts
        self._all_changed()

    def set_open_by(self, others: Presence) -> None:
        """Who else has images open, by their ids."""
        self._open_by = others
        self._all_changed()

    def set_notes(self, notes: NotesByImage) -> None:
        self._notes = notes
        self._all_changed()

    def set_thumbnailer(self, thumbnailer: Thumbnailer, workers: Workers) -> None:
        self._thumbnailer, self._workers = thumbnailer, workers
        self._thumbnails.clear()
        self._waiting.clear()
        self._making.clear()

    def place(self, name: str) -> QModelIndex:
        """Where a name is shown; an invalid index when the filter hides it."""
        row = self._row_of.get(name)
        return QModelIndex() if row is None else self.index(row)

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
        made = in_words(result) if isinstance(result, Exception) else pixmap(result)
        self._making.discard(name)
        self._thumbnails[name] = made
        while len(self._thumbnails) > _KEPT_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        self._changed(name)
        self._make_next()

    def _description(self, name: str) -> str:
        """All that a row says, in words."""
        image, found, others = image_id(name), self._thumbnails.get(name), self._others(name)
        reached = self._reached.get(image)
        more = [
            tr("Open by {persons}").format(persons=", ".join(other.place for other in others)) if others else "",
            tr(TEST_PURPOSE) if self.is_test(name) else "",
            found if isinstance(found, str) else "",
            *(tr("Note: {text}").format(text=note.line) for note in self._notes.get(image, ())),
            tr(_REACHED[reached]) if reached is not None else "",
            self._doubts.get(image, ""),
        ]
        return "\n".join([f"{name}, {self.word(name)}", *filter(None, more)])

    def _others(self, name: str) -> tuple[OtherPainter, ...]:
        return self._open_by.get(image_id(name), ())

    def _changed(self, name: str) -> None:
        place = self.place(name)
        if place.isValid():
            self.dataChanged.emit(place, place)

    def _all_changed(self) -> None:
        """One signal, of which the view draws what is in sight."""
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))


def pixmap(pixels: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of an RGB picture (h, w, 3). On the window's thread only."""
    height, width = pixels.shape[:2]
    content = np.ascontiguousarray(pixels).tobytes()
    return QPixmap.fromImage(QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888))
