"""Conflict copies: second versions of an annotation that a cloud folder kept, offered for merging."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from painter_app.language import plural, tr
from painter_app.notices import Answer, Notice, Weight, in_words
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.annotation import Patch, take_over
from shared_folder.annotation_files import read_annotation, set_aside
from shared_folder.labels import Labels
from shared_folder.project import Project
from shared_folder.refused import Refused


class ConflictCopies:
    """Offers the copies of one image after another. lay: puts a stroke on the canvas, as if she had painted it."""

    def __init__(
        self, workers: Workers, project: Project, lay: Callable[[Patch], None], notify: Callable[[Notice], None]
    ) -> None:
        self._workers = workers
        self._project = project
        self._lay = lay
        self._notify = notify

    def offer(self, painting: Painting, copies: list[Path], still_open: Callable[[Painting], bool]) -> str:
        """Ask whether to merge the first of an image's copies; one that is merged is taken out of them.

        copies: at least one. still_open: asked before anything is laid. Returns the question.
        """
        copy = copies[0]
        merge = partial(self._merge, painting, copies, copy, still_open)
        question = tr(
            "{file} is a second version of this image's annotation, which a synchroniser kept. "
            "Take over what only that one has?"
        ).format(file=copy.name)
        answers = (Answer(tr("Merge"), merge), Answer(tr("Not now"), lambda: None))
        self._notify(Notice(question, Weight.QUESTION, answers))
        return question

    def _merge(
        self, painting: Painting, copies: list[Path], copy: Path, still_open: Callable[[Painting], bool]
    ) -> None:
        labels = painting.annotation.labels.snapshot()

        def merged(answer: tuple[Patch | None, int]) -> None:
            stroke, differing = answer
            if not still_open(painting):
                return
            if stroke is not None:
                self._lay(stroke)
            copies.remove(copy)
            self._workers.submit_in_order(
                partial(set_aside, self._project, copy), partial(self._say_where, differing), self._refused
            )

        self._workers.submit(partial(_stroke_of, copy, labels), merged, self._refused)

    def _say_where(self, differing: int, kept: Path) -> None:
        if differing:
            text = plural(
                differing,
                "The two differ on {n} pixel; the annotation's stands. The copy is in {folder}.",
                "The two differ on {n} pixels; the annotation's stand. The copy is in {folder}.",
                folder=str(kept),
            )
            self._notify(Notice(text))

    def _refused(self, error: Exception) -> None:
        self._notify(Notice(in_words(error), Weight.ERROR))


def _stroke_of(copy: Path, labels: Labels) -> tuple[Patch | None, int]:
    """The stroke that adds what only the copy has, and on how many pixels the two differ. Changes the labels."""
    try:
        theirs = read_annotation(copy, labels.shape).labels
    except FileNotFoundError:
        raise Refused(f"{copy.name}: is gone; somebody else has dealt with it.") from None
    return take_over(theirs, labels)
