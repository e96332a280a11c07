"""What is known of a project besides its images: review states, annotated images, whether there is a model. No Qt."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from painter_app.datasets.make import Progress
from painter_app.journal import Journals
from painter_app.language import sentence
from painter_app.marking import marked
from painter_app.session.image_filter import Judged
from painter_app.session.image_order import Order, Ordered
from painter_app.session.listing import Listing, listing_of
from painter_app.session.opening import images_with_unsaved_strokes
from shared_folder.annotation_files import AnnotationFacts, annotated_names, conflict_copies
from shared_folder.model_facts import latest_model
from shared_folder.names import image_id
from shared_folder.project import Project, open_project
from shared_folder.publish import read_document, read_documents
from shared_folder.refused import Refused
from shared_folder.review import Reached, Reviews, ReviewState, reviews_of_all

_PARTS = 5  # of a project, that are read when it is opened
_DONE = (ReviewState.EXAMPLE, ReviewState.COMPLETE, ReviewState.NOTHING_TO_CORRECT, ReviewState.SKIPPED)
_LOOKED_AHEAD = 1000
"""Images among which the next ones to annotate are sought: their masks are asked for, no more."""


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
    listing: Listing
    """The images in the order that she chose, and which of them are shown."""
    unsaved: list[str] = field(default_factory=list)
    """Images with strokes on this machine that no annotation holds."""
    refusals: list[str] = field(default_factory=list)
    conflict_copies: dict[str, list[Path]] = field(default_factory=dict)
    """Second versions of annotations that a synchroniser kept, by image id."""
    open_elsewhere: frozenset[str] = frozenset()
    """Ids of the images that other painters have open just now."""
    reached: dict[str, Reached] = field(default_factory=dict)
    """How she came to images when she opened them first, by image id; those of earlier only where it was recorded."""
    others_reached: dict[str, Reached] = field(default_factory=dict)

    def state(self, name: str) -> ReviewState:
        """Her own state of an image, or somebody else's if she has none."""
        own = self.reviews.state(image_id(name))
        return self.others.get(image_id(name), own) if own is ReviewState.UNSEEN else own

    def states(self) -> dict[str, ReviewState]:
        return self.others | {image: state for image, state in self.reviews.states.items() if state != "unseen"}

    def set_state(self, name: str, state: ReviewState, reached: Reached | None = None) -> bool:
        """reached: how she came to the image when she opened it first. Returns whether the state is new."""
        if self.reviews.state(image_id(name)) is state:
            return False
        self.reviews = self.reviews.having(image_id(name), state, reached)
        return True

    def reach(self, name: str, how: Reached, annotated: AnnotationFacts | None) -> Reached | None:
        """She opens an image. Returns how she came to it when she opened it first; None where nobody recorded that.

        annotated: what the image's annotation says of itself.
        """
        image = image_id(name)
        before = annotated is not None or self.reviews.state(image) is not ReviewState.UNSEEN
        recorded = self.reached.get(image) or (annotated.reached if annotated is not None else None)
        found = recorded or (None if before else how)
        if found is not None:
            self.reached[image] = found
        return found

    def way_to_first(self, name: str) -> Reached:
        """How she comes to the image that the project opens with: in order where something was done with the one
        before."""
        images = self.project.images
        here = images.index(name)
        before = images[here - 1] if here else name
        began = not here or image_id(before) in self.annotated or self.state(before) is not ReviewState.UNSEEN
        return Reached.ORDER if began else Reached.CHOICE

    def example_number(self, name: str) -> int:
        """This image's number among the examples, from 1."""
        examples = {image for image, state in self.states().items() if state is ReviewState.EXAMPLE}
        return len(examples - {image_id(name)}) + 1

    def ahead(self, name: str, count: int) -> list[str]:
        """The next images that are shown after this one and that nobody has dealt with, at most so many."""
        listing = self.listing
        if listing.order.by_worth:
            coming: Iterable[str] = listing.names
        else:
            here = listing.places.get(name, -1)
            coming = itertools.takewhile(lambda image: listing.places[image] > here, listing.from_here(name))
        undone = (image for image in itertools.islice(coming, _LOOKED_AHEAD) if image != name and self._undone(image))
        return list(itertools.islice(undone, count))

    def soon_opened(self, name: str, count: int) -> list[str]:
        """The image after this one and those ahead: what she opens next is not always what she corrects next."""
        following = self.listing.beside(name, 1)
        return list(dict.fromkeys([*([following] if following is not None else []), *self.ahead(name, count)]))

    def after(self, name: str, step: int, judged: bool) -> str | None:
        """Where Next and Previous go (step: 1, -1). judged: after Save & Next or Skip, which pass over what
        somebody else is about to annotate. None: there is none in line."""
        if judged and self.listing.order.by_worth:
            return None
        target = self.listing.beside(name, step)
        while judged and target is not None and self.taken(target):
            target = self.listing.beside(target, step)
        return target

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

    def taken(self, name: str) -> bool:
        """Whether somebody else is about to annotate an image."""
        return image_id(name) in self.open_elsewhere and self._undone(name)

    def next_undone(self, name: str) -> str | None:
        """The next shown image that is not dealt with, from the beginning again after the last; None when all are.

        In an order by worth it is the first of all. One that others have open comes after all others.
        """
        free = (image for image in self._all_undone(name) if not self.taken(image))
        return next(free, None) or next(self._all_undone(name), None)

    def _all_undone(self, name: str) -> Iterator[str]:
        listing = self.listing
        if listing.order.by_worth:
            return (image for image in listing.names if image != name and self._undone(image))
        return (image for image in listing.from_here(name) if self.state(image) not in _DONE)


def dealt_with(judged: Judged) -> frozenset[str]:
    """Ids of the images that need no annotation any more: they have one, or somebody said so."""
    return frozenset({*judged.annotated, *(image for image, state in judged.states.items() if state in _DONE)})


def read_project_state(
    path: Path, painter: str, person: str, journals: Path, progress: Progress = lambda *_: None
) -> ProjectState:
    """Open a project with what is known of it; belongs into a worker. Writes nothing in the shared folder."""
    progress(marked("its list of images"), 0, _PARTS)
    project = open_project(path)
    folder = project.folder
    progress(marked("what was reviewed"), 1, _PARTS)
    refusals = []
    try:
        reviews = read_document(folder.review(painter), Reviews)
    except FileNotFoundError:
        reviews = Reviews(person=person)
    except Refused as refusal:
        refusals.append(str(refusal))
        reviews = Reviews(person=person)
    by_person, refused = read_documents(folder.reviews, Reviews)
    refusals += [said for said in refused if not said.startswith(folder.review(painter).name)]
    others = {who: theirs for who, theirs in by_person.items() if who != painter}
    progress(marked("which images are annotated"), 2, _PARTS)
    annotated = {*annotated_names(folder.train), *annotated_names(folder.validation)}
    progress(marked("strokes that were never saved"), 3, _PARTS)
    unsaved = images_with_unsaved_strokes(project, Journals(journals, project))
    progress(marked("second versions of annotations"), 4, _PARTS)
    return ProjectState(
        project=project,
        reviews=reviews,
        others=reviews_of_all(others),
        listing=listing_of(Ordered(Order.PROJECT, project.images, 0)),
        annotated=annotated,
        has_model=latest_model(folder.models) is not None or any(folder.rootpainter_models.glob("*.pkl")),
        unsaved=unsaved,
        refusals=[sentence(said) for said in refusals],
        conflict_copies=conflict_copies(project),
        reached=dict(reviews.reached),
        others_reached={image: how for theirs in others.values() for image, how in theirs.reached.items()},
    )
