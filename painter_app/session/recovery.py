"""Recovery: strokes that a crash left in a journal are offered, never laid by themselves."""

from collections.abc import Callable, Sequence

from painter_app.journal import Recovered
from painter_app.language import plural, tr
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
        self._offered = plural(
            strokes,
            "{image}: {n} stroke that no file holds was found on this computer.",
            "{image}: {n} strokes that no file holds were found on this computer.",
            image=painting.name,
        )
        if changed:
            self._offered += " " + tr("The annotation was changed since they were painted.")
        answers = (
            Answer(tr("Restore"), lambda: self._restore(painting, found)),
            Answer(tr("Discard"), lambda: self._forget(found)),
        )
        self._notify(Notice(self._offered, Weight.QUESTION, answers))

    def _tell_misfits(self, name: str, misfits: list[Recovered]) -> None:
        """Strokes that can't be offered: the image is another one by now."""
        if misfits:
            was = misfits[0].facts
            self._offered = tr(
                "{image}: unsaved strokes on this computer belong to an image of {width} × {height} pixels, "
                "which this one isn't. Put that image back to restore them."
            ).format(image=name, width=was.width, height=was.height)
            answer = Answer(tr("Discard them"), lambda: self._forget(misfits))
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
    listed = ", ".join(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        text = tr("Strokes that were never saved are waiting for {images} and others.")
    else:
        text = tr("Strokes that were never saved are waiting for {images}.")
    go = Answer(tr("Go to {image}").format(image=names[0]), lambda: go_to(names[0]))
    return Notice(text.format(images=listed), Weight.QUESTION, (go,))


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
