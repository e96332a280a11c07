"""Both programs as students of one task: annotated files to learn from, held-out ones to be measured on."""

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save as save_tensors

from shared_folder.classes import BACKGROUND, BINARY, FOREGROUND
from shared_folder.images import open_image
from shared_folder.label_files import ANNOTATION_CODE, decode_annotation, encode_rgba
from shared_folder.labelled import LabelledImage, read_lesson
from shared_folder.labels import Labels
from shared_folder.layout import starter_weights
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.publish import publish
from shared_folder.rectangle import whole
from shared_folder.refused import Refused
from shared_folder.scores import LabelMap, dice
from tests.benchmarks.learning import strokes
from tests.benchmarks.rootpainter_recipe import Example, Recipe
from trainer.device import GPU_WIDTHS, Device, choose_device
from trainer.model_store import UNetModel, load_model
from trainer.open_images import OpenImages
from trainer.rootpainter_network import RootPainterNetwork
from trainer.rootpainter_prediction import THRESHOLD, foreground
from trainer.sampling import AnnotatedImage
from trainer.segmenting import segment
from trainer.taking_up import suiting_scale
from trainer.training import TrainingRun

ANNOTATED = 15
CLASS_IDS = (BACKGROUND, FOREGROUND)
STATE_KEY = "numbers"


@dataclass(frozen=True)
class Task:
    """What is learned, as files that both programs read."""

    name: str
    seed: int
    folder: Path
    examples: tuple[Example, ...]
    held_out: tuple[tuple[Path, LabelMap], ...]
    """Images and their truth."""

    def dice(self, segmented: Callable[[Path], LabelMap]) -> float:
        """Dice of the foreground over all pixels of the held-out images together."""
        return self.scores(segmented)[1]

    def scores(self, segmented: Callable[[Path], LabelMap]) -> tuple[float, float]:
        """Dice of the foreground: the mean over the held-out images, and over all their pixels together."""
        masks = [(segmented(image), truth) for image, truth in self.held_out]
        predicted, truth = (np.concatenate([each.ravel() for each in side]) for side in zip(*masks, strict=True))
        each = [dice(mask, true, FOREGROUND) for mask, true in masks]
        return float(np.mean(each)), dice(predicted[None], truth[None], FOREGROUND)


Paint = Callable[[LabelMap, np.random.Generator], LabelMap]


def make_task(
    folder: Path,
    seed: int,
    target: Path,
    paint: Paint = strokes,
    most: int = ANNOTATED,
    grouped: bool = True,
) -> Task:
    """Paint some images of a labelled folder, and write everything to a folder in the target.

    paint: what of a truth is known; sparse strokes unless told otherwise. most: images to learn from. grouped: by the
    set's own groups, where it has any. The same seed gives the same files. Raises Refused for a folder that can't be
    used, or of several classes.
    """
    index = folder / "index.csv"
    groups = index if grouped and index.is_file() else None
    lesson = read_lesson(folder / "images", folder / "masks", seed=seed, most=most, groups=groups)
    if len(lesson.classes) > 1:
        raise Refused("RootPainter knows one class.")
    numbers = np.random.default_rng(seed)
    own = target / f"{folder.name} seed {seed}"
    examples = []
    for number, labelled in enumerate(lesson.annotated):
        example = Example(own / f"{number}.png", own / f"{number}_annotation.png")
        _write_image(example.image, labelled)
        painted = Labels.from_array(paint(labelled.truth, numbers))
        publish(example.annotation, encode_rgba(painted, ANNOTATION_CODE, "{}"))
        examples.append(example)
    held_out = []
    for number, labelled in enumerate(lesson.held_out):
        held_out.append((own / f"held_out_{number}.png", labelled.truth))
        _write_image(held_out[-1][0], labelled)
    return Task(folder.name, seed, own, tuple(examples), tuple(held_out))


def _write_image(path: Path, labelled: LabelledImage) -> None:
    opened = open_image(labelled.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(opened.displayed(0, labelled.rectangle or whole(opened.shape))).save(path)


class Student(Protocol):
    """A program that learns."""

    program: str

    def advance(self) -> float: ...

    def segment(self, image: Path) -> LabelMap: ...

    def save(self, path: Path) -> None: ...

    def load(self, path: Path) -> None: ...


class Peer:
    """RootPainter: its network, recipe and prediction."""

    program = "RootPainter"

    def __init__(self, task: Task) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(task.seed)
            network = RootPainterNetwork()
        self.network = network
        self._recipe = Recipe(network, list(task.examples), np.random.default_rng(task.seed))

    def advance(self) -> float:
        """One tile."""
        return self._recipe.advance()

    def segment(self, image: Path) -> LabelMap:
        """Labels (H, W), with its network as it is now."""
        with Image.open(image) as picture:
            found = foreground(self._recipe.network, np.asarray(picture.convert("RGB"))) > THRESHOLD
        return np.where(found, np.uint8(FOREGROUND), np.uint8(BACKGROUND))

    def save(self, path: Path) -> None:
        """Weights, momentum and random numbers."""
        recipe = self._recipe
        moments = recipe.optimiser.state_dict()["state"]
        tensors = {f"momentum.{index}": state["momentum_buffer"] for index, state in moments.items()}
        tensors |= {f"network.{name}": tensor for name, tensor in recipe.network.state_dict().items()}
        publish(path, save_tensors(tensors, {STATE_KEY: json.dumps(recipe.numbers.bit_generator.state)}))

    def load(self, path: Path) -> None:
        """Go on where `save` left off."""
        recipe = self._recipe
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            recipe.numbers.bit_generator.state = json.loads(file.metadata()[STATE_KEY])
        weights = {name: tensors[f"network.{name}"] for name in recipe.network.state_dict()}
        recipe.network.load_state_dict(weights)
        state = recipe.optimiser.state_dict()
        moments = {name: tensor for name, tensor in tensors.items() if name.startswith("momentum.")}
        state["state"] = {int(name.split(".")[1]): {"momentum_buffer": tensor} for name, tensor in moments.items()}
        recipe.optimiser.load_state_dict(state)


class Ours:
    """The trainer's own training, from the starter weights, at the scale that suits what is painted."""

    program = "Brushloop"

    def __init__(self, task: Task) -> None:
        self._device = choose_device("cpu")
        images = annotated_images(task.examples)
        parent = load_model(starter_weights(), self._device).network
        self._run = TrainingRun(CLASS_IDS, self._device, task.seed, parent, scale=suiting_scale(images))
        self._run.images(images, [])

    def advance(self) -> float:
        """One batch."""
        return self._run.advance()

    def segment(self, image: Path) -> LabelMap:
        """Labels (H, W), with the averaged network as it is now."""
        opened = open_image(image)
        return segment(our_model(self._run, self._device), opened.learned, opened.shape[:2]).to_array()

    def save(self, path: Path) -> None:
        """All that going on needs."""
        self._run.save_state(path)

    def load(self, path: Path) -> None:
        """Go on where `save` left off."""
        self._run.load_state(path)


class Larger(Ours):
    """The network for graphics cards, from random weights."""

    program = "Brushloop, larger network"

    def __init__(self, task: Task) -> None:
        self._device = replace(choose_device("cpu"), widths=GPU_WIDTHS)
        images = annotated_images(task.examples)
        self._run = TrainingRun(CLASS_IDS, self._device, task.seed, scale=suiting_scale(images))
        self._run.images(images, [])


def annotated_images(examples: Iterable[Example]) -> list[AnnotatedImage]:
    """The same files for our trainer, with its memory of decoded images."""
    opened = OpenImages()
    found = []
    for image, annotation in examples:
        shape = open_image(image).shape[:2]
        labels, _ = decode_annotation(annotation.read_bytes(), annotation.name)
        found.append(AnnotatedImage(image.name, shape, functools.partial(opened.learned, image, 0, shape), labels))
    return found


def our_model(run: TrainingRun, device: Device) -> UNetModel:
    """The network as it would be published now, for masks of one class."""
    classes = tuple(ModelClass(id=one.id, name=one.name, colour=one.colour) for one in BINARY)
    facts = ModelFacts(number=1, trainer="", classes=classes, network={}, normalisation="", scale=run.scale)
    return UNetModel(run.predicting(), facts, device)
