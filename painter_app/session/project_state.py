"""What is known of a project besides its images: review states, annotated images, whether there is a model. No Qt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from painter_app.datasets.make import Progress
from painter_app.journal import Journals
from painter_app.session.opening import images_with_unsaved_strokes
from shared_folder.annotation_files import annotated_names, conflict_copies
from shared_folder.model_facts import latest_model
from shared_folder.names import image_id
from shared_folder.project import Project, open_project
from shared_folder.publish import read_document, read_documents
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState, reviews_of_all

_PARTS = 5  # of a project, that are read when it is opened
_DONE = (ReviewState.EXAMPLE, ReviewState.COMPLETE, ReviewState.NOTHING_TO_CORRECT, ReviewState.SKIPPED)


@dataclass
class ProjectState:
    """A project as it was read when it was opened, kept up to date by what she does."""

    project: Project
    reviews: Reviews
    """Her own."""
    others: dict[str, ReviewState]
    """What other persons have done, by image id."""
    annotated: set[str]
    """Ids of the images that have an annotation."""
    has_model: bool
    order: tuple[str, ...] = ()
    """The images in the order that she chose, those to annotate first; none for the project's own."""
    unsaved: list[str] = field(default_factory=list)
    """Images with strokes on this machine that no annotation holds."""
    refusals: list[str] = field(default_factory=list)
    conflict_copies: dict[str, list[Path]] = field(default_factory=dict)
    """Second versions of annotations that a synchroniser kept, by image id."""
    open_elsewhere: frozenset[str] = frozenset()
    """Ids of the images that other painters have open just now."""

    def state(self, name: str) -> ReviewState:
        """Her own state of an image, or somebody else's if she has none."""
        own = self.reviews.state(image_id(name))
        return self.others.get(image_id(name), own) if own is ReviewState.UNSEEN else own

    def states(self) -> dict[str, ReviewState]:
        return self.others | {image: state for image, state in self.reviews.states.items() if state != "unseen"}

    def set_state(self, name: str, state: ReviewState) -> bool:
        """Returns whether that is new."""
        if self.reviews.state(image_id(name)) is state:
            return False
        self.reviews = self.reviews.having(image_id(name), state)
        return True

    def example_number(self, name: str) -> int:
        """This image's number among the examples, from 1."""
        examples = {image for image, state in self.states().items() if state is ReviewState.EXAMPLE}
        return len(examples - {image_id(name)}) + 1

    def ahead(self, name: str, count: int) -> list[str]:
        """The next images after this one that nobody has dealt with, at most so many."""
        images = self.sequence
        after = images if self.order or name not in images else images[images.index(name) + 1 :]
        found: list[str] = []
        for image in after:
            if len(found) >= count:
                break
            if image != name and self._undone(image):
                found.append(image)
        return found

    @property
    def sequence(self) -> tuple[str, ...]:
        """All images, one after another as she goes through them."""
        return self.order or self.project.images

    def dealt_with(self) -> set[str]:
        """Ids of the images that need no annotation any more: they have one, or somebody said so."""
        return self.annotated | {image for image, state in self.states().items() if state in _DONE}

    def _undone(self, name: str) -> bool:
        return image_id(name) not in self.annotated and self.state(name) not in _DONE

    def first_image(self, last: str) -> str | None:
        """Where to begin: the image open last, else the one after the last annotated (RootPainter's rule)."""
        images = self.project.images
        if not images:
            return None
        if last in images:
            return last
        last_first = range(len(images) - 1, -1, -1) if self.annotated else ()
        annotated = next((index for index in last_first if image_id(images[index]) in self.annotated), -1)
        following = annotated + 1
        return images[following if following < len(images) else 0]

    def following(self, name: str, step: int, passing: bool = False) -> str | None:
        """The image so many places on in the sequence; None beyond its ends. passing: over images that others have
        open and nobody has dealt with."""
        images = self.sequence
        place = images.index(name) + step
        while passing and 0 <= place < len(images) and self.taken(images[place]):
            place += step
        return images[place] if 0 <= place < len(images) else None

    def taken(self, name: str) -> bool:
        """Whether somebody else is about to annotate an image."""
        return image_id(name) in self.open_elsewhere and self._undone(name)

    def next_undone(self, name: str) -> str | None:
        """The next image that is not dealt with, from the beginning again after the last; None when all are.

        In an order that she chose it is the first of all. One that others have open comes after all others.
        """
        free = (image for image in self._all_undone(name) if not self.taken(image))
        return next(free, None) or next(self._all_undone(name), None)

    def _all_undone(self, name: str) -> Iterator[str]:
        if self.order:
            yield from (image for image in self.order if image != name and self._undone(image))
            return
        images = self.project.images
        here = images.index(name) if name in images else 0
        yield from (image for image in images[here + 1 :] + images[:here] if self.state(image) not in _DONE)


def read_project_state(
    path: Path, painter: str, person: str, journals: Path, progress: Progress = lambda *_: None
) -> ProjectState:
    """Open a project with what is known of it; belongs into a worker. Writes nothing in the shared folder."""
    progress("its list of images", 0, _PARTS)
    project = open_project(path)
    folder = project.folder
    progress("what was reviewed", 1, _PARTS)
    refusals = []
    try:
        reviews = read_document(folder.review(painter), Reviews)
    except FileNotFoundError:
        reviews = Reviews(person=person)
    except Refused as refusal:
        refusals.append(str(refusal))
        reviews = Reviews(person=person)
    by_person, refused = read_documents(folder.reviews, Reviews)
    refusals += [sentence for sentence in refused if not sentence.startswith(folder.review(painter).name)]
    progress("which images are annotated", 2, _PARTS)
    annotated = {*annotated_names(folder.train), *annotated_names(folder.validation)}
    progress("strokes that were never saved", 3, _PARTS)
    unsaved = images_with_unsaved_strokes(project, Journals(journals, project))
    progress("second versions of annotations", 4, _PARTS)
    return ProjectState(
        project=project,
        reviews=reviews,
        others=reviews_of_all({who: theirs for who, theirs in by_person.items() if who != painter}),
        annotated=annotated,
        has_model=latest_model(folder.models) is not None,
        unsaved=unsaved,
        refusals=refusals,
        conflict_copies=conflict_copies(project),
    )
