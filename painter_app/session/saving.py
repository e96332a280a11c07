"""Saving what she painted: in workers, one file after another, never losing a stroke on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from painter_app.language import plural, tr
from painter_app.notices import Answer, Notice, Weight, in_words
from painter_app.session.painting import Painting
from painter_app.workers import Workers
from shared_folder.annotation import Patch
from shared_folder.annotation_files import (
    AnnotationFacts,
    SavedAnnotation,
    StoredAnnotation,
    save_annotation,
    use_as_test_image,
)
from shared_folder.client_log import SAVED, Event, append_events
from shared_folder.images import content_hash
from shared_folder.labels import Labels
from shared_folder.project import Project
from shared_folder.publish import publish_document, read_document
from shared_folder.refused import Refused
from shared_folder.review import Reviews
from shared_folder.segmentation import Segmentation, write_segmentation


@dataclass(frozen=True)
class Unsaved:
    """One image's strokes on their way to its file: a snapshot, so that she can go on painting."""

    painting: Painting
    labels: Labels
    strokes: tuple[Patch, ...]
    facts: AnnotationFacts
    shown: Labels | None
    """The mask that the strokes correct."""
    events: tuple[Event, ...] = ()
    """For RootPainter's log, if the project is its."""

    @classmethod
    def of(cls, painting: Painting, person: str) -> "Unsaved":
        labels, strokes = painting.annotation.labels.snapshot(), tuple(painting.strokes)
        shown = painting.shown.labels if painting.shown is not None else None
        return cls(painting, labels, strokes, painting.facts(person), shown, tuple(painting.events.take()))


class Saver:
    """Writes annotations, shown masks and review states in the workers' ordered lane.

    notify: shows a notice.
    """

    def __init__(
        self,
        workers: Workers,
        project: Project,
        painter: str,
        notify: Callable[[Notice], None],
    ) -> None:
        self._workers = workers
        self._project = project
        self._painter = painter
        self._notify = notify
        self._on_their_way: list[str] = []
        self._told: set[tuple[str, bool]] = set()  # images that others paint too, and whether they differ

    def follow(self, project: Project) -> None:
        """The project with other settings: what is saved from now on heeds them."""
        self._project = project

    def on_its_way(self, name: str) -> bool:
        """Whether an image is being saved: then its file is read after that, in the same lane."""
        return name in self._on_their_way

    def save(self, painting: Painting, person: str) -> None:
        """Save what she painted on an image."""
        self._send(Unsaved.of(painting, person))

    def save_meanwhile(
        self,
        painting: Painting,
        person: str,
        done: Callable[[int, StoredAnnotation | None], None],
        failed: Callable[[], None],
    ) -> None:
        """Save what she has painted so far; she goes on. done: gets how many strokes the file holds, and the file if
        it needed one. Why it failed is not told: the strokes are in the journal, and it is tried again."""
        unsaved = Unsaved.of(painting, person)
        painting.begin_saving()

        def written(result: SavedAnnotation) -> None:
            self._tell_others(painting.name, result, once=True)
            done(len(unsaved.strokes), result.stored)

        self._workers.submit_in_order(partial(self._write, unsaved), written, lambda _: failed())

    def set_test_image(
        self, name: str, wanted: bool, done: Callable[[Project], None], failed: Callable[[Exception], None]
    ) -> None:
        """Take an image into the test set, or out of it; the next saves heed that."""

        def change() -> Project:
            self._project = use_as_test_image(self._project, name, wanted)
            return self._project

        self._workers.submit_in_order(change, done, failed)

    def keep_shown_mask(self, name: str, mask: Segmentation) -> None:
        """Write the mask that was on the screen at the first stroke; what metrics read later."""
        path, classes = self._project.shown_path(name), self._project.classes
        self._workers.submit_in_order(lambda: write_segmentation(path, mask, classes), lambda _: None)

    def forget_shown_mask(self, name: str) -> None:
        """Every stroke was taken back: the image is untouched again."""
        path = self._project.shown_path(name)
        self._workers.submit_in_order(lambda: path.unlink(missing_ok=True), lambda _: None)

    def save_review(self, reviews: Reviews, image: str) -> None:
        """Write one image's state (image: its id) into her file; what another window of hers wrote there stays."""
        path = self._project.folder.review(self._painter)

        def write() -> None:
            try:
                there = read_document(path, Reviews)
            except (FileNotFoundError, Refused):
                there = reviews
            publish_document(path, there.having(image, reviews.state(image), reviews.reached.get(image)))

        self._workers.submit_in_order(write, lambda _: None)

    def _send(self, unsaved: Unsaved) -> None:
        name = unsaved.painting.name
        self._on_their_way.append(name)
        self._workers.submit_in_order(
            partial(self._write_last, unsaved), partial(self._written, name), partial(self._failed, unsaved)
        )

    def _write_last(self, unsaved: Unsaved) -> SavedAnnotation:
        unsaved.painting.journal.close()
        return self._write(unsaved)

    def _write(self, unsaved: Unsaved) -> SavedAnnotation:
        """In the ordered lane, which alone uses `painting.file`."""
        file, name = unsaved.painting.file, unsaved.painting.name
        if file.image_sha256 is None:
            try:
                file.image_sha256 = content_hash(unsaved.painting.opened.image.path)
            except (Refused, OSError):
                file.image_sha256 = ""  # the image has gone meanwhile; her work is saved all the same
        facts = unsaved.facts.model_copy(update={"image_sha256": file.image_sha256})
        result = save_annotation(
            self._project, name, unsaved.labels, facts, file.stored, unsaved.strokes, unsaved.shown
        )
        if result.stored is not None and self._project.is_rootpainters:
            saved = Event(time.time(), SAVED, name)
            append_events(self._project.folder.client_log, [*unsaved.events, saved])
        if result.stored is not None:
            merged = result.kept is not None or (file.stored is not None and file.stored.merged)
            file.stored = replace(result.stored, labels=unsaved.labels, merged=merged)
        return result

    def _written(self, name: str, result: SavedAnnotation) -> None:
        self._on_their_way.remove(name)
        self._told -= {(name, True), (name, False)}
        self._tell_others(name, result, once=False)

    def _tell_others(self, name: str, result: SavedAnnotation, once: bool) -> None:
        """Say so if somebody else painted the image too. once: not again for this image until she leaves it."""
        if result.kept is None:
            return
        what = name, result.disagreements > 0
        if once and what in self._told:
            return  # two who paint at once take turns every few seconds
        self._told |= {what} if once else set()
        if result.disagreements:
            text = plural(
                result.disagreements,
                "{image}: somebody else painted it meanwhile. You differ on {n} pixel, where yours stands now; "
                "the other copy is kept as {file} in brushloop/conflicts.",
                "{image}: somebody else painted it meanwhile. You differ on {n} pixels, where yours stand now; "
                "the other copy is kept as {file} in brushloop/conflicts.",
                image=name,
                file=result.kept.name,
            )
            self._notify(Notice(text, Weight.ERROR))
        else:
            text = tr("{image}: somebody else painted it meanwhile; both your strokes are in the file now.")
            self._notify(Notice(text.format(image=name)))

    def _failed(self, unsaved: Unsaved, error: Exception) -> None:
        name = unsaved.painting.name
        self._on_their_way.remove(name)
        text = tr("{image} could not be saved. {why} Your strokes are kept on this computer.")
        again = Answer(tr("Try again"), lambda: self._send(unsaved))
        self._notify(Notice(text.format(image=name, why=in_words(error)), Weight.ERROR, (again,)))
