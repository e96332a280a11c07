"""One project as its files are: images, annotations, newest model, masks. A look costs what changed."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared_folder.classes import FOREGROUND
from shared_folder.frames import Pages
from shared_folder.layout import ProjectFolder, starter_weights
from shared_folder.merging import remaining
from shared_folder.model_facts import ROOTPAINTER_SUFFIX, latest_model, read_model_facts
from shared_folder.names import check_plain_name, image_id, is_debris
from shared_folder.probability import ProbabilityFacts, read_probability_facts
from shared_folder.project import STARTER, Project, label_name, open_project
from shared_folder.publish import read_document
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState, reviews_of_all
from shared_folder.segmentation import NO_MODEL, model_of
from trainer.plan import Have
from trainer.stamps import FolderStamps, Stamp, stamp_of

DONE = (ReviewState.COMPLETE, ReviewState.NOTHING_TO_CORRECT)
DICE = "dice"
"""Under this name a model's facts hold its mean Dice."""


@dataclass(frozen=True)
class AnnotationFile:
    """An annotation's file as it was when it was looked at."""

    path: Path
    stamp: Stamp


class ProjectView:
    """One project of the shared folder. location: its name in desired states, "projects/<name>"."""

    def __init__(self, folder: ProjectFolder, location: str, roots: Mapping[str, Path]) -> None:
        """Raises Refused for a project that can't be opened."""
        self.location = location
        self._folder = folder
        self._roots = roots
        self._project_stamps = self._stamps_of_project()
        self.project: Project = open_project(folder.root)
        self._images: dict[str, str] = {}  # image id to file name
        self._names: frozenset[str] = frozenset()
        self._index()
        self._train = FolderStamps(folder.train, ".png")
        self._validation = FolderStamps(folder.validation, ".png")
        self._models = FolderStamps(folder.models, (".safetensors", ROOTPAINTER_SUFFIX))
        self._rootpainter_models = FolderStamps(folder.rootpainter_models, ROOTPAINTER_SUFFIX)
        self._passed: dict[str, Stamp] = {}  # those of them that can't be used
        self._reviews = FolderStamps(folder.reviews, ".json")
        self._mask_models: dict[Path, tuple[Stamp, str | None]] = {}
        self._probabilities: dict[Path, tuple[Stamp | None, ProbabilityFacts | None]] = {}
        self.latest: Path | None = None
        """The newest model; before there is one, the model that the project starts from, if it knows its classes;
        else the newest of RootPainter's that lies in the project."""
        self.latest_score: float | None = None
        """Its Dice when it was published."""
        self.latest_scale: float | None = None
        """The scale that it was taught at here; None before a model was published."""
        self.train: dict[str, AnnotationFile] = {}
        """Annotations to train on, by image name."""
        self.validation: dict[str, AnnotationFile] = {}
        """Annotations to validate on, by image name; an image that is in both folders is here only."""
        self.done: dict[str, ReviewState] = {}
        """Images that somebody called complete, or found nothing to correct in, by name."""
        self.version = 0
        """Moves on whenever an annotation or what is done changed."""

    @property
    def refusal(self) -> str:
        """Why nothing may be written in this project, or nothing."""
        return self.project.read_only

    def look(self, now: float, everything: bool) -> None:
        """Take in what changed. Raises Refused when the project can't be opened any more."""
        stamps = self._stamps_of_project()
        if stamps != self._project_stamps:
            self.project = open_project(self._folder.root)
            self._project_stamps = stamps
            self._index()
            self._collect()
            self.look_at_models()
        changed = self._train.look(now, everything)
        if self._validation.look(now, everything) or changed:
            self._collect()
        theirs = self._rootpainter_models.look(now, everything)
        if self._models.look(now, everything) or theirs:
            self.look_at_models()
        if self._reviews.look(now, everything):
            self._look_at_reviews()

    def _look_at_reviews(self) -> None:
        """Which images are done. A damaged file counts as none."""
        by_person = {}
        for name in self._reviews.files:
            with contextlib.suppress(Refused, OSError):
                by_person[name] = read_document(self._folder.reviews / name, Reviews)
        states = {self._images.get(image): state for image, state in reviews_of_all(by_person).items()}
        done = {name: state for name, state in states.items() if name is not None and state in DONE}
        if done != self.done:
            self.done = done
            self.version += 1

    def look_at_models(self) -> None:
        """Find the newest model; for after one was published here."""
        before, published = self.latest, latest_model(self._folder.models)
        self.latest = published or self._start_model() or self._newest_rootpainter_model()
        if self.latest != before:
            self.latest_score = self.latest_scale = None
            if published is not None:  # a model to start from was scored on other images
                with contextlib.suppress(Refused, OSError):
                    facts = read_model_facts(published)
                    self.latest_score, self.latest_scale = facts.scores.get(DICE), facts.scale

    def start_path(self) -> Path | None:
        """The file of the model that the project is to start from, if it names one.

        Refuses a name that is a path, and starter weights that this installation lacks.
        """
        start = self.project.settings.start_model
        if start != STARTER:
            return self._folder.models / check_plain_name(start) if start else None
        if not starter_weights().is_file():
            raise Refused("The starter weights are missing from this installation.")
        return starter_weights()

    def pass_over(self, model: Path) -> None:
        """A model of RootPainter's can't be used: go on with the one before it, until its file changes."""
        stamp = self._rootpainter_models.files.get(model.name)
        if model.parent == self._folder.rootpainter_models and stamp is not None:
            self._passed[model.name] = stamp
            self.look_at_models()

    def _newest_rootpainter_model(self) -> Path | None:
        """The last by name, as RootPainter itself chooses; only where one class is looked for, as it does."""
        if [known.id for known in remaining(self.project.classes)] != [FOREGROUND]:
            return None
        files = self._rootpainter_models.files
        usable = [name for name, stamp in files.items() if self._passed.get(name) != stamp and not is_debris(name)]
        return self._folder.rootpainter_models / max(usable) if usable else None

    def _start_model(self) -> Path | None:
        """The model to start from, where its masks mean what they say here: never the starter weights."""
        if self.project.settings.start_model == STARTER:
            return None
        try:
            path = self.start_path()
            known = [each.id for each in read_model_facts(path).classes] if path is not None else []
        except (Refused, OSError):
            return None  # learning says why
        return path if known and {*known} == {each.id for each in remaining(self.project.classes)} else None

    def look_at_annotation(self, name: str) -> None:
        """Look at one image's annotation by itself: one written in place doesn't change its folder's time."""
        changed = self._train.look_at(label_name(name))
        if self._validation.look_at(label_name(name)) or changed:
            self._collect()

    def knows(self, name: str) -> bool:
        """Whether this is an image of the project that can have a mask."""
        return name in self._names

    def image_place(self, name: str) -> tuple[Path, Pages]:
        """The image's file and its pages there. Refuses an image root that this trainer wasn't told."""
        return self.project.image_place(name, self._roots)

    def annotated(self, name: str) -> bool:
        return name in self.train or name in self.validation

    def mask_path(self, name: str) -> Path:
        """Where a new mask goes: once an image is annotated its segmentation stays as it was."""
        return self.project.latest_path(name) if self.annotated(name) else self.project.segmentation_path(name)

    def mask_model(self, name: str) -> str | None:
        """Name of the model of the image's newest mask; None if it has no mask."""
        model = self._model_of(self.project.segmentation_path(name))
        if not self.annotated(name):
            return model
        later = self._model_of(self.project.latest_path(name))
        by_newest = self.latest is not None and model == self.latest.stem
        return model if later is None or by_newest else later

    def have(self, name: str) -> Have:
        """What mask the image has, against the newest model."""
        model = self.mask_model(name)
        if self.latest is None:
            return Have.NONE if model is None else Have.CURRENT
        if model is None or model == NO_MODEL:
            return Have.NONE
        return Have.CURRENT if model == self.latest.stem else Have.OLDER

    def lacks_probability(self, painter: str, image: str) -> bool:
        """Whether a painter who looks at an image hasn't got the newest model's map of probabilities."""
        path = self._folder.probability(painter)
        stamp = stamp_of(path)
        known = self._probabilities.get(path)
        if known is None or known[0] != stamp:
            known = self._probabilities[path] = (stamp, read_probability_facts(path))
        facts = known[1]
        if self.latest is None:
            return False
        return facts is None or (facts.image, facts.model) != (image, self.latest.stem)

    def _model_of(self, path: Path) -> str | None:
        stamp = stamp_of(path)
        if stamp is None:
            self._mask_models.pop(path, None)
            return None
        known = self._mask_models.get(path)
        if known is None or known[0] != stamp:
            known = self._mask_models[path] = (stamp, model_of(path))
        return known[1]

    def _index(self) -> None:
        names = [name for name in self.project.images if name not in self.project.colliders]
        self._names = frozenset(names)
        self._images = {image_id(name): name for name in names}

    def _collect(self) -> None:
        """Annotation files by the image they belong to."""
        validation = self._by_image(self._validation, self._folder.validation)
        train = self._by_image(self._train, self._folder.train)
        self.validation = validation
        self.train = {name: file for name, file in train.items() if name not in validation}
        self.version += 1

    def _by_image(self, stamps: FolderStamps, folder: Path) -> dict[str, AnnotationFile]:
        found = {}
        for file_name, stamp in stamps.files.items():
            image = self._images.get(image_id(file_name))
            if image is not None and not is_debris(file_name):
                found[image] = AnnotationFile(folder / file_name, stamp)
        return found

    def _stamps_of_project(self) -> tuple[Stamp | None, ...]:
        stamps = tuple(stamp_of(path) for path in (self._folder.file, self._folder.settings, self._folder.sources))
        if stamps[0] is None:
            raise Refused(
                f"{self._folder.file}: this project file is missing. Bring it back, or open another project."
            )
        return stamps
