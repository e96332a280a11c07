"""Pretraining: the default network learns from drawn scenes without end, so that a project starts from a network
that knows edges, lines and blobs already.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save as save_tensors

from shared_folder.classes import BACKGROUND, PALETTE
from shared_folder.images import LEARNED_LIMIT, LEARNED_PERCENTILES, robust_range
from shared_folder.labels import Labels
from shared_folder.model_facts import HEADER_KEY, ModelClass, ModelFacts
from shared_folder.publish import publish
from shared_folder.rectangle import Rectangle
from trainer.architecture import OURS
from trainer.device import CPU_WIDTHS, Device
from trainer.patches import FloatImage
from trainer.sampling import AnnotatedImage
from trainer.synthetic_scenes import CLASSES
from trainer.training import TrainingRun
from trainer.validating import ValidationScore

POOL = 600
"""Scenes that batches are drawn from; new ones take the place of the oldest."""
FIRST = 40
"""Scenes that are drawn before the first step."""
HELD_OUT = 32
"""The latest scenes wait until they have served as held-out images once; only then they are learned from."""
REPORT_SECONDS = 60.0
SAVE_SECONDS = 180.0
COOLING = 0.25
"""Last part of the time, in which the learning rates fall to 0."""

Bytes = NDArray[np.uint8]


class Scenes(Protocol):
    """Where scenes come from: a SceneStream, or a test's own."""

    def ready(self) -> bool: ...

    def take(self) -> tuple[Bytes, Bytes]: ...


@dataclass(frozen=True)
class Progress:
    """What a report says."""

    seconds: float
    steps: int
    scenes: int
    """Drawn so far."""
    loss: float
    """Mean since the last report."""
    score: ValidationScore
    """On scenes that were never learned from."""


def scene_image(name: str, image: Bytes, labels: Bytes) -> AnnotatedImage:
    """A scene as the user's images come to the network: percentiles 1 and 99 become -1 and 1, every pixel known."""
    low, high = robust_range(image.ravel()[::7].astype(np.float32), LEARNED_PERCENTILES)

    def read(rectangle: Rectangle) -> FloatImage:
        values = (image[rectangle.slices].astype(np.float32) - (low + high) / 2) * (2 / (high - low))
        return np.asarray(np.clip(values, -LEARNED_LIMIT, LEARNED_LIMIT), np.float32)

    return AnnotatedImage(name, labels.shape[:2], read, Labels.from_array(labels))


class Pretraining:
    """A training run on a pool of scenes that is renewed while it runs."""

    def __init__(self, scenes: Scenes, device: Device, seed: int, pool: int = POOL, first: int = FIRST) -> None:
        """Waits until the first scenes are drawn. pool: how many are kept; first: how many to begin with."""
        self._scenes = scenes
        self.class_ids = (BACKGROUND, *CLASSES)
        self.run = TrainingRun(self.class_ids, replace(device, widths=CPU_WIDTHS), seed)
        self.drawn = 0
        self._pool: deque[AnnotatedImage] = deque(maxlen=pool)
        self._held_out: deque[AnnotatedImage] = deque()
        self._losses: list[float] = []
        while len(self._pool) < first:
            self._pool.append(self._take())

    def advance(self) -> None:
        """One step of training, on a pool that has taken in what was drawn meanwhile."""
        if self._scenes.ready():
            self._held_out.append(self._take())
            if len(self._held_out) > HELD_OUT:
                self._pool.append(self._held_out.popleft())
        self.run.images(self._pool, self._held_out)
        self._losses.append(self.run.advance())

    def measure(self) -> tuple[float, ValidationScore]:
        """The mean loss since it was last asked, and the score on held-out scenes, which are learned from after."""
        validation = self.run.validation()
        while validation.advance():
            pass
        self._pool.extend(self._held_out)
        self._held_out.clear()
        loss = sum(self._losses) / max(1, len(self._losses))
        self._losses.clear()
        return loss, validation.score()

    def _take(self) -> AnnotatedImage:
        self.drawn += 1
        return scene_image(f"scene {self.drawn}", *self._scenes.take())


def pretrain(
    pretraining: Pretraining,
    target: Path,
    seconds: float,
    report: Callable[[Progress], None],
    version: str,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Train for that long, report every minute, and write the model every few minutes and at the end.

    Ctrl-C ends it early; what was learned is written then too.
    """
    began = clock()
    reported = saved = began
    try:
        while (left := 1 - (clock() - began) / seconds) > 0:
            pretraining.run.cooling = min(1.0, left / COOLING)
            pretraining.advance()
            if clock() - reported >= REPORT_SECONDS:
                reported = clock()
                _report(pretraining, reported - began, report)
            if clock() - saved >= SAVE_SECONDS:
                saved = clock()
                write_starter(target, pretraining.run, {}, version)
    except KeyboardInterrupt:
        pass  # not an error here: it says "enough"
    score = _report(pretraining, clock() - began, report)
    write_starter(target, pretraining.run, score.dice, version)


def _report(pretraining: Pretraining, seconds: float, report: Callable[[Progress], None]) -> ValidationScore:
    loss, score = pretraining.measure()
    report(Progress(seconds, pretraining.run.steps, pretraining.drawn, loss, score))
    return score


def write_starter(path: Path, run: TrainingRun, dice: dict[int, float], version: str) -> None:
    """Write the averaged weights in 16 bits, whole or not at all."""
    facts = ModelFacts(
        number=0,
        trainer="pretraining",
        classes=tuple(
            ModelClass(id=label, name=name, colour=colour)
            for (label, name), colour in zip(CLASSES.items(), PALETTE, strict=False)
        ),
        network=run.averaged.shape.to_dict(),
        normalisation=OURS.normalisation,
        scores={f"dice {CLASSES[label]}": value for label, value in dice.items()},
        created=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        version=version,
        steps=run.steps,
    )
    tensors = {name: _halved(tensor) for name, tensor in run.averaged.state_dict().items()}
    publish(path, save_tensors(tensors, {HEADER_KEY: facts.model_dump_json()}))


def _halved(tensor: torch.Tensor) -> torch.Tensor:
    return (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()


def in_words(progress: Progress) -> str:
    """One line for the terminal."""
    dice = ", ".join(f"{name} {progress.score.dice.get(label, 0):.3f}" for label, name in CLASSES.items())
    return (
        f"{progress.seconds / 60:5.1f} min  {progress.steps:6,} steps  {progress.scenes:6,} scenes  "
        f"loss {progress.loss:.3f}  held-out Dice {progress.score.mean:.3f} ({dice})"
    )
