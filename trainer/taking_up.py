"""Taking up annotations: files become annotated images, one file a step, and only those that changed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from shared_folder.annotation_files import read_annotation
from shared_folder.classes import BACKGROUND, UNKNOWN, LabelClass
from shared_folder.labels import Labels
from shared_folder.merging import merge_table, merged_labels, remaining
from shared_folder.model_facts import read_model_facts
from shared_folder.names import check_plain_name
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.review import ReviewState
from shared_folder.segmentation import read_segmentation
from shared_folder.thickness import proposed_scale
from trainer.architecture import OURS, Architecture
from trainer.open_images import OpenImages, Unreadable
from trainer.patches import FloatImage
from trainer.project_view import AnnotationFile, ProjectView
from trainer.sampling import AnnotatedImage
from trainer.stamps import Stamp

RIPE_STEPS = 400
"""Of training that a network must have had for what she leaves of its masks to count as right: a younger one misses
half of everything, and nobody has the patience to paint all that."""
FEWEST_TO_VALIDATE = 3
"""Images in val/ before any is kept from learning: fewer say little of the others, and every stroke counts."""
SCALED_BY = 3
"""Oldest images whose painted widths tell the scale: later ones are corrected, along borders, with thin strokes."""
MOST_ENLARGED = 2_000_000
"""Pixels of an image. Larger ones are never enlarged of the trainer's own accord: their masks would take seconds."""
_READ_ONCE = Stamp(0, 0, 0)


@dataclass(frozen=True)
class _Held:
    """What became of one annotation file."""

    file: AnnotationFile
    done: bool = False
    """Whether the image was done when this was read."""
    image: AnnotatedImage | None = None
    """None when it can't be used, or holds no label to learn."""
    refusal: str = ""
    unreadable: Path | None = None
    """The image file that can't be read; once it changes, the annotation is taken up again."""


class TakingUp:
    """The annotated images of one project, as they are learned from."""

    def __init__(self, view: ProjectView, images: OpenImages) -> None:
        self._view = view
        self._images = images
        self._classes = view.project.classes
        self._architecture = OURS
        self._held: dict[str, _Held] = {}
        self._waiting: dict[str, AnnotationFile] = {}
        self.train: list[AnnotatedImage] = []
        """In the order in which their files were last written, by the file system's own times."""
        self.validation: list[AnnotatedImage] = []
        """Those of the test set alone, as soon as one of it is annotated."""
        self.test_images = 0
        """How many of these are of the test set: all or none."""
        self._test_set = view.project.test_set
        self.channels = 0
        """Of the images that are learned from: as many as the first has, as long as any like it is annotated."""

        self.scale = 1.0
        """How much larger than they are the network should see the images, by how wide things are painted."""

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The label of each of the network's outputs."""
        return (BACKGROUND, *(known.id for known in self.classes))

    @property
    def classes(self) -> list[LabelClass]:
        """Those that are learned, by their ids: in whatever order she lists them, the network's outputs stay."""
        return sorted(remaining(self._classes), key=lambda known: known.id)

    @property
    def refusals(self) -> list[str]:
        return [held.refusal for held in self._held.values() if held.refusal] + [
            f"{image.name}: has {image.channels} channels where the first annotated image has {self.channels}, so it "
            "is not learned from. Save all images of a project with the same channels."
            for image in self._usable.values()
            if self.channels and image.channels != self.channels
        ]

    def look(self) -> bool:
        """Find files that changed. Returns whether there are any to read, or any that went, or other classes."""
        others = self._look_at_classes()
        files = {**self._untouched(), **self._view.train, **self._view.validation}
        gone = self._held.keys() - files.keys()
        for name in gone:
            del self._held[name]
        self._waiting = {name: file for name, file in files.items() if self._is_news(name, file)}
        others = others or bool(gone) or self._view.project.test_set != self._test_set
        self._test_set = self._view.project.test_set
        if others and not self._waiting:
            self._collect()
        return others or bool(self._waiting)

    def _look_at_classes(self) -> bool:
        """Let go of what other classes make to be read again. Returns whether others are learned."""
        before, ids = self._classes, self.class_ids
        self._classes = self._view.project.classes
        if (merge_table(self._classes) != merge_table(before)).any():
            self._held.clear()
        elif ids != self.class_ids:  # what held nothing to learn may hold something now, and she agreed with less
            unlike = (
                name for name, held in self._held.items() if held.image is None or held.image.agreed is not None
            )
            for name in list(unlike):
                del self._held[name]
        else:
            return False  # other names, colours or places
        return True

    def _untouched(self) -> dict[str, AnnotationFile]:
        """The masks of images in which there was nothing to correct. Each is read once: it stands for what she saw,
        and not for what newer models, which learned from it, make of the image."""
        return {
            name: AnnotationFile(self._view.project.segmentation_path(name), _READ_ONCE)
            for name, state in self._view.done.items()
            if state is ReviewState.NOTHING_TO_CORRECT and not self._view.annotated(name)
        }

    def read_for(self, architecture: Architecture) -> None:
        """Read all images anew, for networks of this kind."""
        if architecture is not self._architecture:
            self._architecture = architecture
            self._held.clear()

    @property
    def waiting(self) -> bool:
        """Whether any file is still to be read."""
        return bool(self._waiting)

    def read_one(self) -> bool:
        """Read the next file. Returns whether that was the last one, and `train` and `validation` are new."""
        name = next(iter(self._waiting))
        self._held[name] = self._read(name, self._waiting.pop(name))
        if not self._waiting:
            self._collect()
        return not self._waiting

    def set_aside(self, path: Path) -> None:
        """Leave out the annotation whose image file turned out unreadable while it was learned from."""
        for name, held in self._held.items():
            try:
                broken = self._view.image_place(name)[0] == path
            except Refused:
                broken = False
            if broken:
                self._held[name] = _Held(held.file, held.done, unreadable=path)
        self._collect()

    def _is_news(self, name: str, file: AnnotationFile) -> bool:
        held = self._held.get(name)
        if held is None or held.file != file or held.done != (name in self._view.done):
            return True
        return held.unreadable is not None and not self._images.is_refused(held.unreadable)

    def _read(self, name: str, file: AnnotationFile) -> _Held:
        done = name in self._view.done
        try:
            path, pages = self._view.image_place(name)
            opened = self._images.open(path, pages)
            shape = opened.shape[0], opened.shape[1]
            labels = read_annotation(file.path, shape).labels if self._view.annotated(name) else Labels(shape)
        except Unreadable as refusal:
            return _Held(file, done, unreadable=refusal.path)
        except (Refused, OSError) as problem:
            return _Held(file, done, refusal=str(problem))
        labels = merged_labels(labels, merge_table(self._classes))
        agreed = self._agreed(name, shape) if done else None
        pixels = self._architecture.pixels
        if agreed is None and not labels.counts().keys() & set(self.class_ids):
            return _Held(file, done)

        def read(rectangle: Rectangle) -> FloatImage:
            return self._images.read((path, pages), labels.shape, rectangle, pixels)

        image = AnnotatedImage(name, labels.shape, read, labels, self._architecture.channels(opened), agreed)
        return _Held(file, done, image)

    def _agreed(self, name: str, shape: tuple[int, int]) -> Labels | None:
        """The mask that she saw when she was done with the image; None where it is not there (any more), or where she
        corrected one of a network that had hardly learned."""
        project, corrected = self._view.project, self._view.annotated(name)
        path = project.shown_path(name) if corrected else project.segmentation_path(name)
        try:
            mask = read_segmentation(path, shape)
        except (FileNotFoundError, Refused):
            return None
        unripe = mask.findings.steps is not None and mask.findings.steps < RIPE_STEPS
        if mask.no_model or (corrected and unripe):
            return None
        counts_as = merge_table(self._classes)
        if not self._told_all_apart(mask.model):  # what she left as background may be of a class that is new
            counts_as[counts_as == BACKGROUND] = UNKNOWN
        return merged_labels(mask.labels, counts_as)

    def _told_all_apart(self, model: str) -> bool:
        """Whether a model knew all classes that are learned now; one of which nothing is known counts as such."""
        try:
            facts = read_model_facts(self._view.project.folder.models / f"{check_plain_name(model)}.safetensors")
        except (Refused, OSError):
            return True
        return {known.id for known in self.classes} <= {known.id for known in facts.classes}

    def _collect(self) -> None:
        """Divide the images. As long as there are few to validate on, and no test set, all are learned from."""
        usable, view = self._usable, self._view
        numbers = [image.channels for image in usable.values()]
        if numbers and self.channels not in numbers:
            self.channels = numbers[0]
        images = {name: image for name, image in usable.items() if image.channels == self.channels}
        tests = [image for name, image in images.items() if view.project.is_test(name)]
        held_out = tests or [image for name, image in images.items() if name in view.validation]
        self.test_images = len(tests)
        self.validation = held_out if tests or len(held_out) >= FEWEST_TO_VALIDATE else []
        apart = {image.name for image in (*tests, *self.validation)}
        files = {**view.train, **view.validation}
        oldest_first = sorted(files, key=lambda name: files[name].stamp.modified_ns)
        order = [name for name in (*self._untouched(), *oldest_first) if name in images and name not in apart]
        # Beside a test set, val/ stays apart as well: other programs validate on it.
        self.train = [images[name] for name in order if not (tests and name in view.validation)]
        self.scale = suiting_scale(self.train, view.latest_scale or self.scale)

    @property
    def _usable(self) -> dict[str, AnnotatedImage]:
        return {name: held.image for name, held in self._held.items() if held.image is not None}


def suiting_scale(images: Iterable[AnnotatedImage], now: float = 1.0) -> float:
    """How much larger than they are the network should see images, by what was painted on the first of them.

    now: the scale so far.
    """
    painted = ((image, image.thickness) for image in images)
    measured = list(islice(((image, found) for image, found in painted if found is not None), SCALED_BY))
    if not measured:
        return 1.0
    lines = sum(found.lines for _, found in measured) > len(measured) / 2
    scale = proposed_scale(median(found.width for _, found in measured), lines, now)
    return min(1.0, scale) if any(math.prod(image.shape) > MOST_ENLARGED for image, _ in measured) else scale
