"""Dice over training time on a folder of images and masks, from simulated sparse strokes.

    python tests/benchmarks/learning.py DIR [--seconds 60] [--at 20,60] [--annotated 12] [--crop 0] [--seed 0]

DIR holds images/<stem>.* and masks/<stem>.png, whose pixel values are 0 for background and 1.. for the classes.
Some images get strokes along their classes and through their background; the rest are held out, and Dice is
taken there on every pixel. Prints figures; writes nothing.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.io import imread
from skimage.morphology import skeletonize

from shared_folder.images import open_image
from shared_folder.labels import Labels
from shared_folder.rectangle import whole
from trainer.device import choose_device
from trainer.sampling import AnnotatedImage
from trainer.training import TrainingRun
from trainer.validating import dice_by_class

Pixels = NDArray[np.uint8]
CROP_ATTEMPTS = 50


def load(folder: Path, crop: int, numbers: np.random.Generator) -> Iterator[tuple[str, NDArray[np.float32], Pixels]]:
    """Name, image (H, W, 3) about -1..1, truth (H, W) in label ids 1.. of each pair."""
    for path in sorted((folder / "images").iterdir()):
        opened = open_image(path)
        image = opened.learned(whole(opened.shape))
        truth = imread(folder / "masks" / f"{path.stem}.png").astype(np.uint8) + 1
        if crop and min(truth.shape) > crop:
            row, column = crop_with_objects(truth, crop, numbers)
            image = np.ascontiguousarray(image[row : row + crop, column : column + crop])
            truth = truth[row : row + crop, column : column + crop]
        yield path.stem, image, truth


def crop_with_objects(truth: Pixels, side: int, numbers: np.random.Generator) -> tuple[int, int]:
    """Corner of the square with most objects out of some random ones."""
    rows = numbers.integers(0, truth.shape[0] - side + 1, CROP_ATTEMPTS)
    columns = numbers.integers(0, truth.shape[1] - side + 1, CROP_ATTEMPTS)
    found = [(truth[r : r + side, c : c + side] > 1).sum() for r, c in zip(rows, columns, strict=True)]
    best = int(np.argmax(found))
    return int(rows[best]), int(columns[best])


def strokes(truth: Pixels, numbers: np.random.Generator, count: int = 12) -> Pixels:
    """A sparse annotation (H, W): for each class some short strokes along its middle, and background beside.

    truth: label ids 1... Strokes stay inside their class, as a careful user's do.
    """
    painted = np.zeros_like(truth)
    height, width = truth.shape
    rows, columns = np.mgrid[:height, :width]
    for label in np.unique(truth):
        middle = np.argwhere(truth == 1 if label == 1 else skeletonize(truth == label))
        for row, column in middle[numbers.integers(0, len(middle), count)]:
            radius = 25 if label > 1 else 18
            near = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
            painted[near & (truth == label)] = label
    return painted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", default="20,60", help="seconds of training at which Dice is taken")
    parser.add_argument("--annotated", type=int, default=12)
    parser.add_argument("--held-out", type=int, default=8)
    parser.add_argument("--crop", type=int, default=0, help="side of the crop of each image, around objects")
    parser.add_argument("--scale", type=float, default=1.0, help="how much larger the network sees the images")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(2)
    numbers = np.random.default_rng(options.seed)
    pairs = list(load(options.folder, options.crop, np.random.default_rng(0)))
    order = numbers.permutation(len(pairs))
    annotated = [annotate(*pairs[index], numbers) for index in order[: options.annotated]]
    truths = [annotate(*pairs[index]) for index in order[options.annotated :][: options.held_out]]
    class_ids = tuple(int(label) for label in np.unique(np.concatenate([np.unique(truth) for _, _, truth in pairs])))
    known = np.mean([(image.labels.to_array() > 0).mean() for image in annotated])
    print(f"{options.folder.name}: {len(annotated)} annotated ({known:.1%} known), {len(truths)} held out")
    run = TrainingRun(class_ids, choose_device("cpu"), options.seed, scale=options.scale)
    train(run, annotated, truths, options.at)


def annotate(
    name: str, image: NDArray[np.float32], truth: Pixels, numbers: np.random.Generator | None = None
) -> AnnotatedImage:
    """An image with simulated strokes, or, without random numbers, with its whole truth."""
    labels = Labels.from_array(truth if numbers is None else strokes(truth, numbers))
    return AnnotatedImage(name, truth.shape, lambda rectangle: image[rectangle.slices], labels)


def train(run: TrainingRun, annotated: list[AnnotatedImage], truths: list[AnnotatedImage], at: str) -> None:
    """Train, and print Dice at each of the seconds."""
    run.images(annotated, truths)
    spent = 0.0
    for seconds in map(float, at.split(",")):
        losses = []
        while spent < seconds:
            before = time.perf_counter()
            losses.append(run.advance())
            spent += time.perf_counter() - before
        print(
            f"{spent:4.0f} s {run.steps:5d} steps {1000 * spent / run.steps:4.0f} ms  "
            f"loss {np.mean(losses[-50:]):.3f}  {held_out(run, truths)}",
            flush=True,
        )


def held_out(run: TrainingRun, truths: list[AnnotatedImage]) -> str:
    """Dice pooled over pixels, and its mean over images, by class."""
    pooled = np.zeros((256, 256), np.int64)
    singles = []
    for truth in truths:
        run._validation_images = [truth]
        validation = run.validation()
        while validation.advance():
            pass
        pooled += validation.confusion
        singles.append(dice_by_class(validation.confusion, run.class_ids))
    by_class = {
        label: (dice, np.mean([single[label] for single in singles if label in single]))
        for label, dice in dice_by_class(pooled, run.class_ids).items()
    }
    return "  ".join(f"class {label}: pooled {a:.3f} mean {b:.3f}" for label, (a, b) in by_class.items())


if __name__ == "__main__":
    main()
