"""Learning of one project: takes up annotations, trains, validates, publishes better models, rests."""

import gc
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.refused import Refused
from shared_folder.status import Doing
from trainer.architecture import OURS, Network
from trainer.device import Device
from trainer.model_store import LoadedModel, ModelStore
from trainer.newest_model import STARTER_NUMBER, NewestModel, architecture_for, parent_of
from trainer.open_images import OpenImages, Unreadable
from trainer.project_view import DICE, ProjectView
from trainer.sampling import AnnotatedImage
from trainer.taking_up import TakingUp
from trainer.threads import Threads
from trainer.training import TrainingRun
from trainer.unannotated import Unannotated
from trainer.validating import Round, Validation, ValidationScore

FIRST_VALIDATION_SECONDS = 8.0
"""Of work before the first validation after a start or new annotations' waking: an early mask, even if rough."""
VALIDATION_SECONDS = 15.0
"""Of work between validations."""
LEAST_BATCHES = 20
"""Between validations, however slow the machine: fewer change little, and the first ones only warm up."""
MOST_VALIDATING = 0.25
"""Share of the time that validations may take: with many images to validate on they come less often."""
SAVE_SECONDS = 60.0
"""The most work that a power cut costs."""
SAME_DICE = 0.005
"""Two models that differ by less count as equal: on few annotated pixels chance alone may make so much."""
PATIENCE = 40
"""Validations without a better model before it rests: ten minutes of work, in which the averaged weights turn over
dozens of times; what more could be gained is less than the next correction brings."""
SCORES_KEPT = 100


@dataclass(frozen=True)
class Identity:
    """Who learns, for the model's facts."""

    trainer: str
    version: str


class Learning:
    """What a trainer does to teach one project's network. Each `advance` is one short step."""

    def __init__(
        self,
        view: ProjectView,
        images: OpenImages,
        device: Device,
        threads: Threads,
        identity: Identity,
        clock: Callable[[], float],
        seed: int = 0,
    ) -> None:
        self._seed = seed
        self._view = view
        self._device = device
        self._threads = threads
        self._identity = identity
        self._clock = clock
        self._store = ModelStore(view.project.folder.models)
        self._taking_up = TakingUp(view, images)
        self._unannotated = Unannotated(view, images)
        self._architecture = OURS
        self._chosen_for: tuple[object, ...] = ()  # what the architecture depends on, as it was
        self._scale = view.project.settings.scale or 1.0
        self._run: TrainingRun | None = None
        self._round: Round | None = None
        self._newest = NewestModel(view, device)
        self._measured: list[AnnotatedImage] = []  # the validation annotations as they are
        self._validation_seconds = 0.0  # how long the last one took
        self._work = 0.0  # seconds in batches since the last validation
        self._batches = 0  # since then
        self._interval = FIRST_VALIDATION_SECONDS
        self._fruitless = 0
        self._taught: list[AnnotatedImage] = []  # the training annotations as they are
        self._changes: list[int] = []  # the steps at which they changed, until a model has learned the change
        self._resting = False
        self._began = clock()
        self._saved_at = clock()
        self._scores: deque[tuple[int, float]] = deque(maxlen=SCORES_KEPT)
        self._steps = 0
        self._note = ""

    @property
    def doing(self) -> Doing:
        if self._resting:
            return Doing.RESTING
        return Doing.LEARNING if self.can_advance else Doing.NEEDS_IMAGES

    @property
    def can_advance(self) -> bool:
        """Whether there is anything to do: a file to read, or a network to train."""
        return self._taking_up.waiting or (self._ready and not self._resting)

    @property
    def train_images(self) -> int:
        return len(self._taking_up.train)

    @property
    def validation_images(self) -> int:
        return len(self._taking_up.validation)

    @property
    def test_images(self) -> int:
        return self._taking_up.test_images

    @property
    def seconds(self) -> float:
        """Since it began or woke."""
        return self._clock() - self._began if self._run is not None else 0.0

    @property
    def steps(self) -> int:
        return self._steps

    @property
    def progress(self) -> float:
        """0..1 of the way to the next validation."""
        if self._round is not None:
            return 1.0
        return min(1.0, self._work / self._interval, self._batches / LEAST_BATCHES)

    @property
    def score(self) -> float | None:
        """Dice of the newest model, on the validation annotations as they were when it was last measured."""
        if not self._taking_up.validation:
            return None
        return self._newest.score if self._newest.score is not None else self._view.latest_score

    @property
    def scores(self) -> tuple[tuple[int, float], ...]:
        return tuple(self._scores)

    @property
    def refusals(self) -> list[str]:
        return [*self._taking_up.refusals, *([self._note] if self._note else [])]

    def look(self) -> None:
        """See whether annotations or classes changed; wakes from resting if so. Costs nothing when none did."""
        self._choose_architecture()
        if self._taking_up.look():
            self._wake()
            if self._run is not None and self._run.class_ids != self._taking_up.class_ids:
                self._tell_apart(self._run)
            if not self._taking_up.waiting:
                self._hand_over()
        scale = self._view.project.settings.scale or self._taking_up.scale if self._architecture.scaled else 1.0
        if self._scale != scale:
            self._scale = scale
            self._wake()
            self._round = None
            self._changes.append(self._steps)
            if self._run is not None:  # it goes on with what it knows
                self._run.scale = scale

    def _choose_architecture(self) -> None:
        """The one in which the project learns, as it is to start and as its classes are now."""
        project = self._view.project
        decisive = (project.settings.start_model, project.classes)
        if decisive == self._chosen_for:
            return
        self._chosen_for = decisive
        before, self._architecture = self._architecture, architecture_for(self._view, self._device)
        self._taking_up.read_for(self._architecture)
        if self._run is not None and self._architecture is not before:
            self._forget_network()
            if self._architecture is OURS:
                self._note = (
                    f'RootPainter\'s network tells one class from background: "{project.name}" goes on with ours.'
                )
            else:
                self._note = f'"{project.name}" goes on with RootPainter\'s network.'

    def advance(self) -> None:
        """One step. Raises Refused when no network can be trained here."""
        if self._taking_up.waiting:
            if self._taking_up.read_one():
                self._hand_over()
        elif self._run is None:
            self._begin()
        else:
            try:
                self._train_or_validate(self._run)
            except Unreadable as refusal:
                self._round = None
                self._taking_up.set_aside(refusal.path)
                self._hand_over()

    def stop(self) -> None:
        """Save where learning stands, and free the memory."""
        if self._run is not None:
            self._save(self._run)
        self._forget_network()

    @property
    def _ready(self) -> bool:
        """Whether there is something to tell apart: at least two classes."""
        known = {label for image in self._taking_up.train for label in image.places}
        return len(known & set(self._taking_up.class_ids)) > 1

    def _begin(self) -> None:
        """A network: as it was left, else from the newest model, else new."""
        try:
            run = self._new_run(None)
            run.load_state(self._view.project.folder.training)
        except FileNotFoundError:
            run = self._new_run(self._parent())
        except Refused as refusal:
            self._note = str(refusal)
            run = self._new_run(self._parent())
        self._run = run
        self._steps = run.steps
        self._changes = [run.steps]
        self._work, self._batches, self._interval = 0.0, 0, FIRST_VALIDATION_SECONDS
        self._began = self._saved_at = self._clock()
        self._hand_over()

    def _new_run(self, parent: LoadedModel | None) -> TrainingRun:
        known = self._taking_up
        starter = parent is not None and parent.facts.number == STARTER_NUMBER
        return TrainingRun(
            known.class_ids,
            self._device,
            self._seed,
            parent=parent.network if parent is not None else None,
            # The starter weights' classes are their own, whatever their ids.
            parent_classes=parent.class_ids if parent is not None and not starter else (),
            channels=known.channels,
            scale=self._scale,
            architecture=self._architecture,
        )

    def _parent(self) -> LoadedModel | None:
        try:
            return parent_of(self._view, self._device, self._architecture)
        except (Refused, FileNotFoundError) as problem:
            self._note = f"{problem} Training starts from nothing."
            return None

    def _tell_apart(self, run: TrainingRun) -> None:
        """Go on with other classes; the next model, which tells them apart, comes as soon as a first one."""
        run.tell_apart(self._taking_up.class_ids)
        self._measured, self._round = [], None
        self._newest.forget()
        self._changes.append(self._steps)
        self._work, self._batches, self._interval = 0.0, 0, FIRST_VALIDATION_SECONDS

    def _hand_over(self) -> None:
        """Give the network the annotations as they are now; the next batch comes from them."""
        if self._run is not None and self._run.network.shape.in_channels != self._taking_up.channels:
            self._forget_network()
            self._note = f'The images of "{self._view.project.name}" have other channels now: it starts anew.'
        validation = self._taking_up.validation
        if [id(image) for image in validation] != [id(image) for image in self._measured]:
            self._measured = list(validation)
            self._newest.score = None
            self._round = None
        train = self._taking_up.train
        if [id(image) for image in train] != [id(image) for image in self._taught]:
            self._taught = list(train)
            self._changes.append(self._steps)
        if self._run is not None:
            annotated = {*self._view.train, *self._view.validation, *(image.name for image in train)}
            self._unannotated.are_not(annotated, self._taking_up.channels, self._architecture)
            self._run.images(train, validation, self._unannotated.draw)

    def _train_or_validate(self, run: TrainingRun) -> None:
        if self._round is not None:
            began = self._clock()
            more = self._round.advance()
            self._validation_seconds += self._clock() - began
            if not more:
                self._conclude(run, self._round)
        elif self._work >= self._interval and self._batches >= LEAST_BATCHES:
            self._round = self._next_round(run)
            self._validation_seconds = 0.0
        else:
            began = self._clock()
            run.advance()
            self._steps = run.steps
            self._batches += 1
            took = self._clock() - began
            self._work += took
            self._threads.batch_took(took)
            if self._clock() - self._saved_at >= SAVE_SECONDS:
                self._save(run)

    def _next_round(self, run: TrainingRun) -> Round:
        model = self._newest.comparable(self._taking_up.class_ids, self._taking_up.channels)
        if model is None or self._newest.score is not None:
            return Round(run.validation(), None)
        validation = self._taking_up.validation
        published = Validation(model.predict, validation, model.class_ids)
        return Round(run.validation(), published)

    def _conclude(self, run: TrainingRun, done: Round) -> None:
        """Publish the network if it is to take the last model's place; rest when there is no progress any more.

        Better on the same annotations is progress, and so is having learned new ones, since they show where the last
        model was wrong. The score alone can't tell: what was corrected on a few images is no fair sample of their
        pixels, and a model that finds too much everywhere looks best where a mask had missed something.
        """
        self._round = None
        self._work, self._batches = 0.0, 0
        self._interval = max(VALIDATION_SECONDS, self._validation_seconds * (1 / MOST_VALIDATING - 1))
        score = done.candidate.score()
        if self._taking_up.validation:
            self._scores.append((run.steps, score.mean))
        if done.published is not None:
            self._newest.score = done.published.score().mean
        learned = [change for change in self._changes if run.steps - change >= LEAST_BATCHES]
        better = self._newest.score is None or score.mean > self._newest.score
        progress = better or bool(learned)
        self._fruitless = 0 if progress else self._fruitless + 1
        if (progress and not self._newest.is_other_than(run.architecture)) or self._riper(run, score):
            self._publish(run, done.candidate.network, score)
            self._changes = [change for change in self._changes if change not in learned]
        if self._fruitless >= PATIENCE:
            self._rest(run)

    def _riper(self, run: TrainingRun, score: ValidationScore) -> bool:
        """Whether the network is as good as the last model and has learned for twice as many steps.

        On few annotations an early model may score as high as anything can. Only twice as many, so that a handful of
        models takes the place of one like it, not one at each validation.
        """
        model = self._newest.compared
        if (
            model is None
            or self._newest.score is None
            or (self._newest.is_other_than(run.architecture) and not self._taking_up.validation)
        ):
            return False
        return run.steps >= 2 * model.facts.steps and score.mean >= self._newest.score - SAME_DICE

    def _publish(self, run: TrainingRun, network: Network, score: ValidationScore) -> None:
        """network: the very one that was validated."""
        project = self._view.project
        parent = self._view.latest or Path(project.settings.start_model)
        named = {f"dice {known.name}": score.dice[known.id] for known in project.classes if known.id in score.dice}
        facts = ModelFacts(
            number=0,  # the store gives the next one
            trainer=self._identity.trainer,
            classes=tuple(ModelClass(id=c.id, name=c.name, colour=c.colour) for c in self._taking_up.classes),
            network={},  # the store describes it
            normalisation=run.architecture.normalisation,
            scale=run.scale,
            scores={DICE: score.mean, **named} if self._taking_up.validation else {},
            parent=parent.stem,
            created=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            version=self._identity.version,
            steps=run.steps,
        )
        path = self._store.save(network, facts)
        self._view.look_at_models()
        self._newest.replace(path, score.mean)
        self._note = ""
        self._save(run)

    def _save(self, run: TrainingRun) -> None:
        if self._view.project.folder.file.exists():  # a project that was deleted doesn't come back
            run.save_state(self._view.project.folder.training)
        self._saved_at = self._clock()

    def _rest(self, run: TrainingRun) -> None:
        self._save(run)
        self._forget_network()
        self._resting = True

    def _wake(self) -> None:
        self._fruitless = 0
        self._resting = False

    def _forget_network(self) -> None:
        """Free the memory of the processor and of the graphics card."""
        self._run = None
        self._round = None
        self._newest.forget()
        gc.collect()  # an optimiser and its network may refer to each other
        self._device.release()
