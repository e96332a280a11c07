"""What the simulated user does, step by step: examples, corrections, and looking on while the network learns."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.demo.hand import Hand
from painter_app.demo.held_out import HeldOut, MaskWish
from painter_app.demo.report import Annotated, Measured, Outcome
from painter_app.masks.export import ExportReport, export_masks
from painter_app.window import MainWindow
from shared_folder.classes import BACKGROUND
from shared_folder.labelled import LabelledProject
from shared_folder.mask_files import MaskFormat
from shared_folder.model_facts import latest_model, read_model_facts
from shared_folder.segmentation import Segmentation
from shared_folder.simulated_user import Habits, SimulatedStroke, SimulatedUser

EXAMPLES = 2
"""Images with clear examples, before the first mask is corrected."""
_CAREFUL = Habits(spill=0.3)
"""Strokes wider than a thin thing teach that thin things are wide."""
_TICK_MILLISECONDS = 8  # a mouse reports so often
_LOOK_SECONDS = 0.1  # between two looks at the folder
_OPENING_SECONDS = 30.0
_TRAINER_SECONDS = 60.0  # for a trainer to start, torch read from a cold disk
_FIRST_MASK_SECONDS = 90.0
_MASK_SECONDS = 20.0
_MEASURING_SECONDS = 20.0
_STEADY_MEASUREMENTS = 4
_STEADY = 0.01
"""Learning has come to rest when so many measurements differ by no more."""

Steps = Generator[None, None, bool]
"""Steps that end with whether what was awaited happened."""


@dataclass(frozen=True)
class Plan:
    """How long what may take, in seconds since the start."""

    annotating: float = 150.0
    """Until then the images are spread, so that each comes with a better mask than the one before."""
    learning: float = 245.0
    """Until then the network goes on learning; what follows are the last masks."""
    between: float = 15.0
    """From one measurement to the next, while learning goes on."""
    last_masks: float = 14.0
    """For each of: measuring once more, the masks of all images, their export."""


class Demonstration(QObject):
    """Steps through the script on a timer, so that the window, the folder and the clock go on as they always do."""

    ended = pyqtSignal()

    def __init__(
        self,
        window: MainWindow,
        demo: LabelledProject,
        outcome: Outcome,
        to: Path,
        say: Callable[[str], None],
        plan: Plan | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """to: folder for screenshots and masks. say: prints a line of progress."""
        super().__init__()
        self.error: Exception | None = None  # what broke the script, if anything did
        self._window = window
        self._session = window.session
        self._demo = demo
        self._outcome = outcome
        self._to = to
        self._say = say
        self._plan = plan or Plan()
        self._clock = clock
        self._began = clock()
        self._user = SimulatedUser(seed=0, habits=_CAREFUL)
        self._hand = Hand(window.page.canvas, self._choose_brush, self._set_size)
        self._wish = MaskWish(demo.project)
        self._held_out = HeldOut(demo, self._wish)
        self._exported: ExportReport | None = None  # none until the export has ended
        self._shown_at = 0.0  # when the open image appeared
        self._mask_at: float | None = None  # when a trained model's mask of it did
        self._session.image_shown.connect(self._image_shown)
        self._session.mask_changed.connect(self._mask_changed)
        self._script = self._whole_script()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MILLISECONDS)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        self._window.open_path(self._demo.project.folder.file)
        self._timer.start()

    def stop(self, reason: str) -> None:
        """End before everything is done. reason: a sentence."""
        if self._timer.isActive():
            self._outcome.stopped = reason
            self._finish()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self._clock() - self._began

    def _step(self) -> None:
        if not self._window.isVisible():
            self.stop("The window was closed.")
            return
        try:
            next(self._script)
        except StopIteration:
            self._finish()
        except Exception as error:
            self.error = error
            self._finish()

    def _finish(self) -> None:
        self._timer.stop()
        self._outcome.seconds = self.seconds
        self.ended.emit()

    # The script

    def _whole_script(self) -> Iterator[None]:
        yield from self._measure_before()
        if self._outcome.stopped:
            return
        for number, name in enumerate(self._demo.annotated):
            yield from self._annotate(number, name)
        yield from self._look_on()
        yield from self._take_last_masks()

    def _measure_before(self) -> Iterator[None]:
        self._held_out.ask()
        if not (yield from self._until(self._held_out.look, _TRAINER_SECONDS, _LOOK_SECONDS)):
            self._outcome.stopped = f"No trainer answered within {_TRAINER_SECONDS:.0f} seconds."
            return
        self._outcome.before = self._measured()
        pulse = self._session.pulse
        trainer = pulse.news().trainer if pulse is not None else None
        self._outcome.device = trainer.device if trainer is not None else ""
        self._tell(f"the trainer is there: {self._outcome.device}")
        self._tell(
            f"Dice on {len(self._demo.held_out)} held-out images: {self._outcome.before.dice:.3f}, no model yet"
        )

    def _annotate(self, number: int, name: str) -> Iterator[None]:
        """One image: wait for it and its mask, paint, Save & Next, measure."""
        if not (yield from self._until(lambda: self._open(name), _OPENING_SECONDS)):
            raise RuntimeError(f"{name} was not opened: {self._window.notices.text}")
        mask = None
        if number >= EXAMPLES:
            mask = yield from self._await_mask(number)
        truth = self._demo.truth[name]
        if mask is None:
            strokes = self._user.examples(truth)
        else:
            strokes = self._user.corrections(truth, mask.labels.to_array())
            strokes += self._user.background_beside(truth, strokes)
        waited = None if mask is None or self._mask_at is None else max(0.0, self._mask_at - self._shown_at)
        if number == EXAMPLES:
            self._photograph("2_first_mask")
        for stroke in strokes:
            yield from self._hand.paint(stroke)
        self._window.page.canvas.fit()
        yield
        self._photograph({0: "1_examples", EXAMPLES: "3_first_corrections"}.get(number, ""))
        self._window.actions_by_name["save_and_next"].trigger()
        yield from self._until(lambda: not self._open(name), _OPENING_SECONDS)
        measured = yield from self._measure()
        self._record(name, mask, strokes, waited, measured)

    def _await_mask(self, number: int) -> Generator[None, None, Segmentation | None]:
        """The mask on the screen, once it is a trained model's and this image's time has come."""
        patience = _FIRST_MASK_SECONDS if number == EXAMPLES else _MASK_SECONDS
        yield from self._until(lambda: self._session.mask.shown is not None, patience)
        left = len(self._demo.annotated) - number
        share = (self._plan.annotating - self.seconds) / max(1, left) / 2
        yield from self._until(lambda: False, share)
        return self._session.mask.shown

    def _look_on(self) -> Iterator[None]:
        """Learning goes on until the time is up or nothing changes any more."""
        self._tell("all images are done; learning goes on")
        while self.seconds + self._plan.between < self._plan.learning and not self._steady():
            yield from self._until(lambda: False, self._plan.between)
            measured = yield from self._measure()
            self._outcome.later.append(measured)
            self._tell(f"Dice on held-out images {measured.dice:.3f}")

    def _take_last_masks(self) -> Iterator[None]:
        """Masks of all images by the last model, measured and exported."""
        self._photograph("4_end")
        learning = self._window.actions_by_name["learning"]
        if learning.isChecked():
            learning.trigger()  # so that the last model stays the last
        images = self._demo.project.images
        self._held_out.ask()
        yield from self._until(self._held_out.look, self._plan.last_masks, _LOOK_SECONDS)
        self._outcome.after = self._measured()
        self._wish.want(images)
        yield from self._until(
            lambda: all(self._wish.made(name) for name in images), self._plan.last_masks, _LOOK_SECONDS
        )
        self._window.workers.submit(self._export, self._export_ended)
        yield from self._until(lambda: self._exported is not None, self._plan.last_masks)
        model = latest_model(self._demo.project.folder.models)
        if model is not None:
            self._outcome.model, self._outcome.steps = model.stem, read_model_facts(model).steps
        self._outcome.exported = self._exported.written if self._exported is not None else 0

    # Parts of it

    def _until(self, happened: Callable[[], bool], seconds: float, every: float = 0.0) -> Steps:
        """Let the window live until something happened, for at most so many seconds. every: how often to look."""
        end = self._clock() + seconds
        following = 0.0
        while True:
            now = self._clock()
            if now >= following:
                if happened():
                    return True
                following = now + every
            if now >= end:
                return False
            yield

    def _measure(self) -> Generator[None, None, Measured]:
        """Dice of the newest model, with the images annotated until now."""
        before = self._outcome.before
        if before is not None and latest_model(self._demo.project.folder.models) is None:
            return Measured(self.seconds, before.confusion)
        self._held_out.ask()
        yield from self._until(self._held_out.look, _MEASURING_SECONDS, _LOOK_SECONDS)
        return self._measured()

    def _measured(self) -> Measured:
        return Measured(self.seconds, self._held_out.result())

    def _steady(self) -> bool:
        last = [measured.dice for measured in self._outcome.later[-_STEADY_MEASUREMENTS:]]
        return len(last) == _STEADY_MEASUREMENTS and max(last) - min(last) < _STEADY

    def _record(
        self,
        name: str,
        mask: Segmentation | None,
        strokes: list[SimulatedStroke],
        waited: float | None,
        measured: Measured,
    ) -> None:
        kind = "examples" if mask is None else "corrections"
        done = Annotated(
            name=name,
            kind=kind,
            strokes=len(strokes),
            painting_seconds=self._user.seconds_for(strokes),
            mask_seconds=waited,
            model=mask.model if mask is not None else "",
            measured=measured,
        )
        self._outcome.annotated.append(done)
        number, total = len(self._outcome.annotated), len(self._demo.annotated)
        wait = "" if waited is None else f", its mask after {waited:.1f} s"
        self._tell(f"image {number} of {total}: {kind}, {len(strokes)} strokes{wait}; Dice {measured.dice:.3f}")

    def _open(self, name: str) -> bool:
        painting = self._session.painting
        return painting is not None and painting.name == name

    def _choose_brush(self, class_id: int) -> None:
        """By the actions that the keys stand for."""
        classes = [known.id for known in self._demo.project.classes]
        if class_id == BACKGROUND:
            self._window.actions_by_name["brush_background"].trigger()
        else:
            self._window.canvas_desk.choose_class(classes.index(class_id))

    def _set_size(self, diameter: float) -> None:
        self._window.page.canvas.brush_diameter = diameter

    def _image_shown(self, _: object, mask: Segmentation | None) -> None:
        self._shown_at = self._clock()
        self._mask_at = self._shown_at if mask is not None else None

    def _mask_changed(self, mask: Segmentation | None, _: bool) -> None:
        if mask is not None and self._mask_at is None:
            self._mask_at = self._clock()

    def _export(self) -> ExportReport:
        return export_masks(self._demo.project, self._to / "masks", MaskFormat.MASK, True, lambda *_: None)

    def _export_ended(self, report: ExportReport) -> None:
        self._exported = report

    def _photograph(self, name: str) -> None:
        if name:
            folder = self._to / "screenshots"
            folder.mkdir(parents=True, exist_ok=True)
            self._window.grab().save(str(folder / f"{name}.png"))

    def _tell(self, sentence: str) -> None:
        self._say(f"{self.seconds:6.1f} s  {sentence}")
