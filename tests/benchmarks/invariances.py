"""How far the mask changes under translation, rotation, scaling and flipping, with and without augmentation.

    python -m tests.benchmarks.invariances [DIR]

DIR holds images/ and masks/; without it images of roots are drawn. One network learns with all families of
augmentation, one for each transformation without the family that matches it; all see the same tiles' number. Prints a
table in Markdown: the mean Dice, over images that nobody learned from and over some seeds, of the transformed image's
mask with the transformed mask, and how far the seeds lie apart.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from shared_folder.classes import BACKGROUND
from shared_folder.images import open_image
from shared_folder.labelled import LabelledImage, read_lesson
from shared_folder.labels import Labels
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.rectangle import whole
from shared_folder.scores import LabelMap
from trainer.augment import Augmentation
from trainer.device import choose_device
from trainer.invariance import Segment, Transformation, agreement, flipping, mean_dice, rotation, scaling, translation
from trainer.model_store import UNetModel
from trainer.patches import FloatImage
from trainer.sampling import AnnotatedImage
from trainer.segmenting import segment
from trainer.synthetic import roots_in_soil
from trainer.training import TrainingRun

Pair = tuple[FloatImage, LabelMap]
"""An image (H, W, C), about -1..1, and its true labels (H, W)."""

FAMILIES: dict[str, tuple[Transformation, ...]] = {
    "translation": (translation(5, 3), translation(16, 16)),
    "rotation": (rotation(90), rotation(180), rotation(30)),
    "scaling": (scaling(0.8), scaling(1.25)),
    "flipping": (flipping(),),
}
STEPS = 300
SEEDS = (0, 1, 2)
LEARNED, HELD_OUT = 6, 12
SHAPE = (256, 256)
EDGE = 32
"""Pixels along every edge that are not compared."""
DEVICE = replace(choose_device("cpu"), batch_size=4, tile_size=96, widths=(16, 32, 48))
"""A small network, so that five of them learn in a few minutes."""


def drawn() -> list[Pair]:
    pairs = []
    for number in range(LEARNED + HELD_OUT):
        image, mask = roots_in_soil(SHAPE, np.random.default_rng([7, number]))
        pairs.append((image.astype(np.float32) / 127.5 - 1, mask + np.uint8(BACKGROUND)))
    return pairs


def labelled(folder: Path) -> list[Pair]:
    lesson = read_lesson(folder / "images", folder / "masks")
    return [_pair(one) for one in (*lesson.annotated[:LEARNED], *lesson.held_out[:HELD_OUT])]


def _pair(one: LabelledImage) -> Pair:
    image = open_image(one.path)
    return image.learned(one.rectangle or whole(image.shape)), one.truth


def learn(pairs: Sequence[Pair], augmentation: Augmentation, seed: int) -> Segment:
    """A network that has learned from all labels of these images. Returns what it makes of an image."""
    class_ids = tuple(int(label) for label in np.unique(np.concatenate([np.unique(truth) for _, truth in pairs])))
    run = TrainingRun(class_ids, DEVICE, seed, augmentation=augmentation)
    images = [
        AnnotatedImage(str(number), truth.shape, lambda r, pixels=image: pixels[r.slices], Labels.from_array(truth))
        for number, (image, truth) in enumerate(pairs)
    ]
    run.images(images, [])
    for _ in range(STEPS):
        run.advance()
    classes = tuple(ModelClass(id=label, name=str(label), colour="#000000") for label in class_ids[1:])
    facts = ModelFacts(number=1, trainer="", classes=classes, network=run.network.shape.to_dict(), normalisation="")
    model = UNetModel(run.averaged, facts, DEVICE)
    return lambda image: segment(model, lambda r: image[r.slices], image.shape[:2]).to_array()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    folder = parser.parse_args().folder
    began = time.monotonic()
    pairs = drawn() if folder is None else labelled(folder)
    learned, held_out = pairs[:LEARNED], pairs[LEARNED:]

    def networks(augmentation: Augmentation) -> list[Segment]:
        return [learn(learned, augmentation, seed) for seed in SEEDS]

    def dice(network: Segment) -> float:
        return float(np.mean([mean_dice(network(image), truth) for image, truth in held_out]))

    def agreeing(network: Segment, by: Transformation) -> float:
        return float(np.mean([agreement(network, image, by, EDGE) for image, _ in held_out]))

    everything = networks(Augmentation())
    print("| transformation | all families | without the matching one | Dice with the truth: all | without |")
    print("|---|---|---|---|---|")
    for family, transformations in FAMILIES.items():
        without = networks(replace(Augmentation(), **{family: 0.0}))
        scores = " | ".join(_in_words([dice(network) for network in each]) for each in (everything, without))
        for by in transformations:
            agreements = (_in_words([agreeing(network, by) for network in each]) for each in (everything, without))
            print(f"| {by.name} | {' | '.join(agreements)} | {scores} |", flush=True)
    seconds = time.monotonic() - began
    print(f"\n{STEPS} steps, {len(SEEDS)} seeds; {seconds:.0f} s on {DEVICE.description}", file=sys.stderr)


def _in_words(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"


if __name__ == "__main__":
    main()
