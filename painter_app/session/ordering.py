"""The order of the images, and the annotations that the newest model doubts: kept up to date while masks arrive."""

import time

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.session.image_order import FactsOfMasks, Order, Ordered, ordered
from painter_app.session.project_state import ProjectState
from painter_app.workers import Workers
from shared_folder.classes import LabelClass
from shared_folder.merging import merge_table
from shared_folder.names import image_id
from shared_folder.segmentation import Contradiction

_LEAST_SECONDS = 1.0
_SHARE = 0.1
"""Of the time that looking may take: a folder of a hundred thousand masks is looked at seldom."""

Doubts = dict[str, tuple[Contradiction, ...]]
"""By image id."""


class Ordering(QObject):
    """Looks at the masks in workers, one look at a time, whenever it is told that something may have changed."""

    ordered = pyqtSignal(object)
    """The Ordered."""
    doubts_changed = pyqtSignal(object)
    """The Doubts."""

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self._workers = workers
        self._state: ProjectState | None = None
        self._facts: FactsOfMasks | None = None
        self._looking = False
        self._last: Ordered | None = None
        self.order = Order.PROJECT
        self.doubts: Doubts = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._begin)

    def open(self, state: ProjectState | None) -> None:
        """Another project, in its own order; or none."""
        self._state, self._looking = state, False
        self._facts = FactsOfMasks(state.project.folder) if state is not None else None
        self._soon.stop()
        self.order, self._last, self.doubts = Order.PROJECT, None, {}
        self._begin()

    def choose(self, order: Order) -> None:
        """List the images in another order; it is there a moment later."""
        if self._state is None or order is self.order:
            return
        self.order = order
        self._begin()

    def look(self) -> None:
        """Masks or annotations may have changed."""
        if self._state is not None and not self._soon.isActive():
            self._soon.start(round(1000 * _LEAST_SECONDS))

    def next_doubtful(self, name: str | None) -> str | None:
        """The next image, in the project's order and from its beginning again, with doubts about its annotation."""
        images = self._state.project.images if self._state is not None else ()
        here = images.index(name) + 1 if name in images else 0
        following = (*images[here:], *images[:here])
        return next((image for image in following if image_id(image) in self.doubts), None)

    def _begin(self) -> None:
        state, facts, order = self._state, self._facts, self.order
        if state is None or facts is None:
            return
        if self._looking:
            self.look()
            return
        self._looking = True
        images = state.project.images
        annotated = frozenset(state.dealt_with() if order is not Order.PROJECT else ())

        def look() -> tuple[Ordered, Doubts, float]:
            began = time.monotonic()
            known = facts.newest() if order is not Order.PROJECT else {}
            return ordered(order, images, annotated, known), facts.contradictions(), time.monotonic() - began

        self._workers.submit(look, lambda looked: self._looked(state, order, *looked))

    def _looked(self, state: ProjectState, order: Order, found: Ordered, doubts: Doubts, seconds: float) -> None:
        if state is not self._state:
            return
        self._looking = False
        if order is not self.order:
            self._begin()
            return
        if seconds > _LEAST_SECONDS * _SHARE:
            self._soon.start(round(1000 * seconds / _SHARE))  # not before; what is told meanwhile is seen then
        doubts = standing(doubts, state.project.classes)
        state.order = found.names if order is not Order.PROJECT else ()
        if found != self._last:
            self._last = found
            self.ordered.emit(found)
        if doubts != self.doubts:
            self.doubts = doubts
            self.doubts_changed.emit(doubts)


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
