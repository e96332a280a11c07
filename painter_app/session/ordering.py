"""The image list: its order, its filter, and the annotations that the newest model doubts, while files arrive."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.language import tr
from painter_app.notices import Answer, Notice
from painter_app.session.file_facts import FileFacts
from painter_app.session.image_filter import Filter, Judged, shown
from painter_app.session.image_order import Order, ordered
from painter_app.session.listing import Listing, listing_of
from painter_app.session.project_state import ProjectState, dealt_with
from painter_app.workers import Workers
from shared_folder.classes import LabelClass
from shared_folder.merging import merge_table
from shared_folder.names import image_id
from shared_folder.segmentation import Contradiction

_LEAST_SECONDS = 1.0
_SHARE = 0.1
"""Of the time that looking may take: a folder of a hundred thousand masks is looked at seldom."""
_READING_SECONDS = 0.3
"""Of one look at files; those that are left are read in the next, so that the list fills while they are."""

Doubts = dict[str, tuple[Contradiction, ...]]
"""By image id."""


class Ordering(QObject):
    """Looks at files in workers, one look at a time, whenever it is told that something may have changed."""

    listed = pyqtSignal(object)
    """The Listing, where it is another one."""
    filter_changed = pyqtSignal(object)
    """The Filter that is wanted now; the listing follows."""
    doubts_changed = pyqtSignal(object)
    """The Doubts."""

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self._workers = workers
        self._state: ProjectState | None = None
        self._facts: FileFacts | None = None
        self._looking = False
        self._noted: frozenset[str] = frozenset()
        self._filters: dict[Path, Filter] = {}  # of the projects that were open in this window
        self.order = Order.PROJECT
        self.filter = Filter()
        self.doubts: Doubts = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._begin)

    def open(self, state: ProjectState | None) -> None:
        """Another project, in its own order, with the filter that it had last in this window; or none."""
        self._state, self._looking = state, False
        self._facts = FileFacts(state.project.folder) if state is not None else None
        self._soon.stop()
        self._noted = frozenset()
        self.order, self.doubts = Order.PROJECT, {}
        self.filter = self._filters.get(state.project.folder.file, Filter()) if state is not None else Filter()
        self.filter_changed.emit(self.filter)
        self._begin()

    def choose(self, order: Order) -> None:
        """List the images in another order; it is there a moment later."""
        if self._state is not None and order is not self.order:
            self.order = order
            self._begin(fresh=False)

    def show(self, wanted: Filter) -> None:
        """List what a filter leaves; it is there a moment later."""
        if self._state is not None and wanted != self.filter:
            self.filter = self._filters[self._state.project.folder.file] = wanted
            self.filter_changed.emit(wanted)
            self._begin(fresh=False)

    def set_noted(self, images: Collection[str]) -> None:
        """Ids of the images that have notes."""
        self._noted = frozenset(images)
        self._begin(fresh=False)

    def look(self) -> None:
        """Files, states or annotations may have changed."""
        if self._state is not None and not self._soon.isActive():
            self._soon.start(round(1000 * _LEAST_SECONDS))

    def all_done(self) -> Notice:
        """What to say where no image is left to go to."""
        if self.filter.shows_all:
            return Notice(tr("Every image is done. Export the masks from the Project menu."))
        show_all = Answer(tr("Show all images"), lambda: self.show(Filter()))
        return Notice(tr("Every image that is shown is done."), answers=(show_all,))

    def next_doubtful(self, name: str | None) -> str | None:
        """The next image, in the project's order and from its beginning again, with doubts about its annotation."""
        images = self._state.project.images if self._state is not None else ()
        here = images.index(name) + 1 if name in images else 0
        following = (*images[here:], *images[:here])
        return next((image for image in following if image_id(image) in self.doubts), None)

    def _begin(self, fresh: bool = True) -> None:
        """fresh: what files say may have changed."""
        state, facts = self._state, self._facts
        if state is None or facts is None:
            return
        if self._looking:
            if fresh:
                self.look()
            return
        self._looking = True
        wanted = self._wanted()
        self._workers.submit(
            lambda: _look(state, facts, wanted, fresh), lambda looked: self._looked(state, wanted, looked)
        )

    def _wanted(self) -> "_Wanted":
        return _Wanted(self.order, self.filter, self._noted)

    def _looked(self, state: ProjectState, wanted: "_Wanted", looked: "_Looked") -> None:
        if state is not self._state:
            return
        self._looking = False
        if wanted != self._wanted():
            self._begin(fresh=False)
            return
        if looked.seconds > _LEAST_SECONDS * _SHARE:
            self._soon.start(round(1000 * looked.seconds / _SHARE))  # not before; what is told meanwhile is seen then
        if looked.listing is not state.listing:
            state.listing = looked.listing
            self.listed.emit(looked.listing)
        doubts = standing(looked.doubts, state.project.classes)
        if doubts != self.doubts:
            self.doubts = doubts
            self.doubts_changed.emit(doubts)
        if looked.listing.unread:
            self._begin(fresh=False)


@dataclass(frozen=True)
class _Wanted:
    order: Order
    filter: Filter
    noted: frozenset[str]


@dataclass(frozen=True)
class _Looked:
    listing: Listing
    """The very one that was there before, where nothing changed."""
    doubts: Doubts
    seconds: float
    """That listing the folders took; none where they were not listed."""


def _look(state: ProjectState, facts: FileFacts, wanted: _Wanted, fresh: bool) -> _Looked:
    """In a worker. Of the state it uses what is replaced and never changed, and copies the rest at one go."""
    began = time.monotonic()
    known = facts.look(wanted.order.need | wanted.filter.need, fresh, _READING_SECONDS)
    images, classes = state.project.images, state.project.classes
    judged = Judged(state.states(), frozenset(state.annotated), wanted.noted)
    done = dealt_with(judged) if wanted.order.by_worth else frozenset()
    found = ordered(wanted.order, images, done, known)
    chosen = None if wanted.filter.shows_all else shown(found.names, wanted.filter, judged, known, classes)
    listing = listing_of(found, chosen, wanted.filter, known.unread).after(state.listing)
    return _Looked(listing, dict(known.contradictions), time.monotonic() - began if fresh else 0.0)


def standing(doubts: Doubts, classes: tuple[LabelClass, ...]) -> Doubts:
    """The doubts as classes count: there is none between two that were merged since."""
    counts_as = dict(enumerate(merge_table(classes).tolist()))
    found = {}
    for image, each in doubts.items():
        pairs = [[counts_as.get(label, label) for label in (one.annotated, one.predicted)] for one in each]
        found[image] = tuple(
            one.model_copy(update={"annotated": annotated, "predicted": predicted})
            for one, (annotated, predicted) in zip(each, pairs, strict=True)
            if annotated != predicted
        )
    return {image: each for image, each in found.items() if each}
