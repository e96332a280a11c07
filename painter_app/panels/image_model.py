"""The model of the list of images: the names that pass the filter, their states and thumbnails."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import QWidget

from painter_app.panels.image_menu import TEST_PURPOSE
from painter_app.session.other_painters import OtherPainter, Presence
from painter_app.workers import Workers
from shared_folder.names import image_id
from shared_folder.review import ReviewState

Thumbnailer = Callable[[str], NDArray[np.uint8]]

STATE, THUMBNAIL, DOUBT, OPEN_BY = (Qt.ItemDataRole.UserRole + number for number in range(4))
"""Roles, beside Qt's own."""
ANY, ANNOTATED_ONLY, DOUBTFUL_ONLY = "all", "annotated", "doubtful"
"""Kinds to filter by, beside the review states."""
_KEPT_THUMBNAILS = 600
_AT_ONCE = 2  # thumbnails in the making
_WAITING = 40  # more than a screenful has scrolled by already


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
        self._open_by: Presence = {}
        self._test_set: frozenset[str] = frozenset()
        self._answers: dict[int, Callable[[str], object]] = {
            Qt.ItemDataRole.DisplayRole: str,
            Qt.ItemDataRole.ToolTipRole: self._description,
            Qt.ItemDataRole.AccessibleTextRole: self._description,
            STATE: self.state,
            THUMBNAIL: self._thumbnail,
            DOUBT: self._doubt,
            OPEN_BY: lambda name: ", ".join(other.name for other in self._others(name)),
        }
        self._text = ""
        self._kind = ANY
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
        word = "annotated" if painted else str(state)
        return f"{word}, test image" if self.is_test(name) else word

    def is_test(self, name: str) -> bool:
        return image_id(name) in self._test_set

    def set_test_set(self, test_set: frozenset[str]) -> None:
        """test_set: image ids."""
        changed = test_set ^ self._test_set
        self._test_set = test_set
        self._images_changed(changed)

    def set_open_by(self, others: Presence) -> None:
        """Who else has images open, by their ids."""
        known = self._open_by
        self._open_by = dict(others)
        self._images_changed({each for each in others.keys() | known.keys() if others.get(each) != known.get(each)})

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
        if self._kind == DOUBTFUL_ONLY:
            self.filter(self._text, self._kind)
        self._images_changed(changed)

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
        """Show the names that contain a text, without case, and whose state is a kind (a state, or ANY)."""
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
        if not wanted and self._kind == ANY:
            self.rows = self.names
        else:
            self.rows = [name for name in self.names if wanted in name.casefold() and self._is_kind(name)]
        self._row_of = {name: row for row, name in enumerate(self.rows)}

    def _is_kind(self, name: str) -> bool:
        if self._kind == ANY:
            return True
        if self._kind == ANNOTATED_ONLY:
            return image_id(name) in self._annotated
        if self._kind == DOUBTFUL_ONLY:
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

    def _description(self, name: str) -> str:
        """All that a row says, in words."""
        found, others = self._thumbnails.get(name), self._others(name)
        present = f"Open by {', '.join(other.place for other in others)}" if others else ""
        purpose = TEST_PURPOSE if self.is_test(name) else ""
        more = [present, purpose, found if isinstance(found, str) else "", self._doubt(name)]
        return "\n".join([f"{name}, {self.word(name)}", *filter(None, more)])

    def _doubt(self, name: str) -> str:
        return self._doubts.get(image_id(name), "")

    def _others(self, name: str) -> tuple[OtherPainter, ...]:
        return self._open_by.get(image_id(name), ())

    def _images_changed(self, images: Collection[str]) -> None:
        """images: by id."""
        for name in self.rows if images else ():
            if image_id(name) in images:
                self._changed(name)

    def _changed(self, name: str) -> None:
        place = self.place(name)
        if place.isValid():
            self.dataChanged.emit(place, place)


def pixmap(pixels: NDArray[np.uint8]) -> QPixmap:
    """A pixmap of an RGB picture (h, w, 3). On the window's thread only."""
    height, width = pixels.shape[:2]
    content = np.ascontiguousarray(pixels).tobytes()
    return QPixmap.fromImage(QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888))
