"""One rehearsal: the simulated user works through the images while the real trainer learns, and both are measured."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from shared_folder.labelled import LabelledProject
from shared_folder.model_facts import latest_model, read_model_facts
from shared_folder.simulated_user import Habits
from trainer.device import Device
from trainer.project_view import DICE
from trainer.rehearsal.clocks import Clock
from trainer.rehearsal.curve import LEARNING, Curve, Row
from trainer.rehearsal.measuring import HeldOut
from trainer.rehearsal.painter import Painter
from trainer.service import Service

LOOKING = 1.5
"""Seconds in which she looks at an image before she decides what to paint."""
PATIENCE = 6.0
"""Seconds for which she waits for a mask when there is a model that can make one."""
SAVING = 5.0
"""Seconds of painting after which the window saves what was painted so far."""
MEASURED_EVERY = 15.0
"""Seconds between two measurements on the held-out images."""


class Rehearsal:
    """Couples the user, the trainer's service and the clock. `run` goes on until the time is up."""

    def __init__(
        self,
        labelled: LabelledProject,
        device: Device,
        clock: Clock,
        curve: Curve,
        *,
        habits: Habits,
        seed: int,
        seconds: float,
        say: Callable[[str], None],
    ) -> None:
        """clock: begins where the curve ends. seconds: until when she works and the trainer learns."""
        self._labelled = labelled
        self._clock = clock
        self._curve = curve
        self._seconds = seconds
        self._say = say
        self._painter = Painter(labelled, habits, seed)
        self._held_out = HeldOut(labelled, device)
        self._totals = curve.totals()
        self._at = clock()  # by the clock, what she has done so far
        self._measure_at = self._at
        metered = replace(device, spent=clock.spent)
        self._service = Service(
            labelled.project.shared.root, metered, clock, native=False, trainer_id="rehearsal", seed=seed
        )

    def run(self) -> None:
        """Work until the time is up. What is done is in the curve, also when this is interrupted."""
        try:
            done = self._curve.states()
            self._painter.resume(done)
            for number in self._turns(len(done)):
                if self._at >= self._seconds:
                    break
                self._annotate(number)
            self._painter.leave()
            self._service.wake()
            while self._at < self._seconds:
                self._pass(min(MEASURED_EVERY, self._seconds - self._at))
            self._measure(LEARNING, None)
        finally:
            self._service.close()

    def _turns(self, first: int) -> Iterator[int]:
        """Numbers of what she does: each image once, then all of them again until nothing is left to correct."""
        images = len(self._labelled.annotated)
        yield from range(first, images)
        for again in itertools.count(1):
            before = self._totals.strokes
            yield from range(again * images, (again + 1) * images)
            if self._totals.strokes == before:
                return

    def _annotate(self, number: int) -> None:
        self._painter.open(number)
        self._service.wake()
        self._pass(LOOKING)
        mask = self._painter.mask()
        until = self._at + PATIENCE
        while mask is None and self._at < until and self._model() is not None:
            self._pass(0.25)
            mask = self._painter.mask()
        with self._clock.aside():
            planned = self._painter.plan(number, mask)
            durations = self._painter.seconds(planned.strokes)
        if planned.shown is not None:
            self._painter.keep_shown(planned.shown)
        saved_at = self._at
        for stroke, duration in zip(planned.strokes, durations, strict=True):
            self._totals.annotation += duration
            self._pass(duration)
            if self._at > self._seconds:
                break
            self._painter.paint(stroke)
            self._totals.strokes += 1
            if self._at - saved_at >= SAVING:
                saved_at = self._at
                self._painter.save()
                self._service.wake()
        else:
            self._painter.finish(planned.state)
            self._service.wake()
            self._measure(planned.state.value, self._painter.image)

    def _pass(self, seconds: float) -> None:
        """Let the trainer work meanwhile; measure when it is time."""
        self._at += seconds
        while self._clock() < min(self._at, self._seconds):
            began = self._clock()
            if self._service.advance():
                self._totals.training += self._clock() - began
            else:
                self._clock.wait()
            if self._clock() >= self._measure_at:
                self._measure("", None)

    def _measure(self, phase: str, image: str | None) -> None:
        """Take a row of the curve. phase: what became of the image, where it was left; else what she does."""
        with self._clock.aside():
            path = self._model()
            score = self._held_out.measure(path)
            facts = read_model_facts(path) if path is not None else None
        self._measure_at = self._clock() + MEASURED_EVERY
        row = Row(
            image=image or "",
            phase=phase or "painting",
            seconds=round(self._clock(), 1),
            annotation_seconds=round(self._totals.annotation, 1),
            strokes=self._totals.strokes,
            training_seconds=round(self._totals.training, 1),
            tiles=round(self._clock.tiles),
            model=path.stem if path is not None else "",
            validation_dice=facts.scores.get(DICE) if facts is not None else None,
            dice=round(score.dice, 4),
            dice_pooled=round(score.pooled, 4),
            dice_by_class={
                known.name: score.by_class[known.id] for known in self._labelled.project.classes if score.by_class
            },
            cl_dice=score.cl_dice,
        )
        self._curve.append(row)
        self._say(row.sentence())

    def _model(self) -> Path | None:
        return latest_model(self._labelled.project.folder.models)
