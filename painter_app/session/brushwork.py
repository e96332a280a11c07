"""Brushwork: the strokes on the open image, from the press to the journal, and what becomes of them on leaving."""

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.language import tr
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.autosave import Autosave
from painter_app.session.conflict_copies import ConflictCopies
from painter_app.session.mask_on_screen import MaskOnScreen
from painter_app.session.painting import Leaving, Painting
from painter_app.session.project_state import ProjectState
from painter_app.session.recovery import Recovery
from painter_app.session.saving import Saver
from painter_app.workers import Workers
from shared_folder.annotation import Patch
from shared_folder.fills import Fill
from shared_folder.merging import UNMERGED
from shared_folder.names import image_id

_AGAIN = 50
"""Milliseconds until a fill is tried again that she painted into."""


class Brushwork(QObject):
    """At most one Painting at a time. mask: the one on the screen."""

    leaving = pyqtSignal()
    """The open image is about to be left: a stroke in hand ends now, or is lost."""
    in_use = pyqtSignal()
    """A stroke begins, or has ended."""
    stroke_proposed = pyqtSignal(object)
    """A Patch to lay on the canvas as one stroke."""
    state_changed = pyqtSignal(str, object)
    """An image's name and its ReviewState."""
    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)

    def __init__(self, workers: Workers, mask: MaskOnScreen) -> None:
        super().__init__()
        self._workers = workers
        self._mask = mask
        self.painting: Painting | None = None
        """What is painted on the open image; None while none is open."""
        self.counts_as = UNMERGED
        """By the merges of the project's classes."""
        self._saver: Saver | None = None
        self._question = ""  # about a conflict copy of the open image
        self.autosave = Autosave()
        self._recovery = Recovery(workers, self._lay, self.noticed.emit, self.notice_withdrawn.emit)

    def in_hand(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self.painting is not None and self.painting.annotation.painting

    def open(self, painting: Painting, saver: Saver, person: str) -> None:
        """Another image is on the screen. person: who paints it."""
        self.painting, self._saver = painting, saver
        self.autosave.open(painting, saver, person)
        self._mask.open(painting)

    def offer_found(self, state: ProjectState) -> None:
        """Offer strokes that a crash left and versions that a synchroniser kept, if there are any."""
        painting = self.painting
        if painting is None or painting.opened.refusal:
            return
        copies = state.conflict_copies.get(image_id(painting.name))
        if copies:
            conflicts = ConflictCopies(self._workers, state.project, self._lay, self.noticed.emit)
            self._question = conflicts.offer(painting, copies, lambda asked: asked is self.painting)
        self._recovery.propose(painting)

    def leave(self, leaving: Leaving, state: ProjectState, person: str) -> None:
        """Save what was painted, if anything was, and judge the image."""
        self.leaving.emit()
        painting, saver = self.painting, self._saver
        if painting is None or saver is None:
            return
        self.painting = None
        self.autosave.leave()
        self._recovery.leave()
        self.notice_withdrawn.emit(self._question)
        judged = painting.state_after(state.state(painting.name), leaving, mask_shown=self._mask.shown is not None)
        self._mask.open(None)
        if painting.unsaved:
            saver.save(painting, person)
        else:
            self._workers.submit_in_order(painting.journal.close, lambda _: None)
        if painting.changed:
            state.annotated.add(image_id(painting.name))
        elif painting.strokes and painting.opened.stored is None and not painting.opened.mask_was_corrected:
            saver.forget_shown_mask(painting.name)
        if not painting.opened.refusal and state.set_state(painting.name, judged, painting.reached):
            saver.save_review(state.reviews, image_id(painting.name))
            self.state_changed.emit(painting.name, judged)

    def begin_stroke(self) -> None:
        """A press."""
        if self.painting is not None:
            self.in_use.emit()
            self.painting.begin_stroke(self._mask.shown)

    def record(self, stroke: Patch) -> None:
        """A stroke ended: it goes to the journal at once."""
        if self.painting is not None and self._saver is not None:
            self.in_use.emit()
            shown = self.painting.record(stroke)
            if shown is not None:
                self._saver.keep_shown_mask(self.painting.name, shown)
            self._keep(self.painting)

    def undone(self, stroke: Patch) -> None:
        if self.painting is not None:
            self.painting.undone(stroke)
            self._keep(self.painting)

    def redone(self, stroke: Patch) -> None:
        if self.painting is not None:
            self.painting.redone(stroke)
            self._keep(self.painting)

    def fill(self, fill: Fill) -> None:
        """Cover an area, as a stroke that can be undone. A worker finds it; what she paints meanwhile stays."""
        painting, shown = self.painting, self._mask.shown
        if painting is None or painting.opened.refusal:
            return
        strokes, labels = len(painting.strokes), painting.annotation.labels.snapshot()
        mask, counts_as = shown.labels if shown is not None else None, self.counts_as

        def found(stroke: Patch | None) -> None:
            if painting is not self.painting:
                return
            if painting.annotation.painting or len(painting.strokes) != strokes:
                QTimer.singleShot(_AGAIN, lambda: self.fill(fill))
            elif stroke is not None:
                self._lay(stroke)
                if fill.remark:
                    self.noticed.emit(Notice(fill.remark, Weight.INFORMATION))

        self._workers.submit(lambda: fill.patch(labels, mask, counts_as), found, self._cannot_fill, urgent=True)

    def _cannot_fill(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.INFORMATION))

    def _lay(self, stroke: Patch) -> None:
        """Put a whole stroke on the canvas, which answers with the stroke as if it had been painted."""
        self.begin_stroke()
        self.stroke_proposed.emit(stroke)

    def _keep(self, painting: Painting) -> None:
        """Write the last stroke to the journal: to the system now, to the disk by a worker."""
        try:
            painting.journal.append(painting.strokes[-1])
        except OSError as error:
            text = tr("Your strokes can't be kept safe on this computer until you save. {why}")
            self.noticed.emit(Notice(text.format(why=in_words(error)), Weight.ERROR))
        else:
            self._workers.submit_in_order(painting.journal.flush, lambda _: None)
        self.autosave.strokes_changed()
