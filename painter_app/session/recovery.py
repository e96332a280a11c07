"""Recovery: strokes that a crash left in a journal are offered, never laid by themselves."""

from collections.abc import Callable, Sequence

from painter_app.journal import Recovered
from painter_app.notices import Answer, Notice, Weight
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.annotation import Annotation, Patch, replay
from shared_folder.labels import Labels

_MOST_NAMED = 3


class Recovery:
    """Offers recovered strokes of the open image. lay: puts a stroke on the canvas, as if she had painted it."""

    def __init__(
        self,
        workers: Workers,
        lay: Callable[[Patch], None],
        notify: Callable[[Notice], None],
        withdraw: Callable[[str], None],
    ) -> None:
        self._workers = workers
        self._lay = lay
        self._notify = notify
        self._withdraw = withdraw
        self._offered = ""  # the sentence on the screen
        self._painting: Painting | None = None

    def propose(self, painting: Painting) -> None:
        """Offer what was found for an image that was just opened, if anything was."""
        self._painting = painting
        found = [recovered for recovered in painting.opened.recovered if recovered.fits(painting.opened.shape)]
        misfits = [recovered for recovered in painting.opened.recovered if recovered not in found]
        if not found:
            self._tell_misfits(painting.name, misfits)
            return
        strokes = sum(len(recovered.strokes) for recovered in found)
        changed = any(recovered.older_than(painting.opened.stored) for recovered in found)
        self._offered = (
            f"{painting.name}: {strokes} {'stroke' if strokes == 1 else 'strokes'} that no file holds "
            f"{'was' if strokes == 1 else 'were'} found on this computer."
            + (" The annotation was changed since they were painted." if changed else "")
        )
        answers = (
            Answer("Restore", lambda: self._restore(painting, found)),
            Answer("Discard", lambda: self._forget(found)),
        )
        self._notify(Notice(self._offered, Weight.QUESTION, answers))

    def _tell_misfits(self, name: str, misfits: list[Recovered]) -> None:
        """Strokes that can't be offered: the image is another one by now."""
        if misfits:
            was = misfits[0].facts
            self._offered = (
                f"{name}: unsaved strokes on this computer belong to an image of {was.width} × {was.height} pixels, "
                "which this one isn't. Put that image back to restore them."
            )
            answer = Answer("Discard them", lambda: self._forget(misfits))
            self._notify(Notice(self._offered, Weight.QUESTION, (answer,)))

    def leave(self) -> None:
        """The image is closed; what was not answered is offered again when it is opened next."""
        self._painting = None
        if self._offered:
            self._withdraw(self._offered)
            self._offered = ""

    def _restore(self, painting: Painting, found: list[Recovered]) -> None:
        labels = painting.annotation.labels.snapshot()
        strokes = [stroke for recovered in found for stroke in recovered.strokes]

        def laid(patch: Patch | None) -> None:
            if painting is self._painting:
                if patch is not None:
                    self._lay(patch)  # which writes it to a journal of its own
                self._forget(found)

        self._workers.submit(lambda: as_one_stroke(strokes, labels), laid)

    def _forget(self, found: list[Recovered]) -> None:
        self._offered = ""
        paths = [recovered.path for recovered in found]

        def remove() -> None:
            for path in paths:
                path.unlink(missing_ok=True)

        self._workers.submit_in_order(remove, lambda _: None)  # after the new journal is on the disk


def waiting_strokes_notice(names: Sequence[str], go_to: Callable[[str], None]) -> Notice:
    """Which images have strokes that no file holds. names: at least one."""
    listed = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
    return Notice(
        f"Strokes that were never saved are waiting for {listed}.",
        Weight.QUESTION,
        (Answer(f"Go to {names[0]}", lambda: go_to(names[0])),),
    )


def as_one_stroke(strokes: Sequence[Patch], labels: Labels) -> Patch | None:
    """What strokes, laid one after another, change of some labels; None for nothing. Changes the labels."""
    before = labels.snapshot()
    replay(strokes, labels)
    after, annotation = labels, Annotation(before)
    annotation.begin_stroke()
    touched = {piece.rectangle for stroke in strokes for piece in stroke.pieces}
    for rectangle in touched:
        new = after.read(rectangle)
        for label in set(new.ravel().tolist()):
            annotation.paint(rectangle, label, new == label)
    return annotation.end_stroke()
