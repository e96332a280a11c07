"""Calibration: how far a network's confidence is from how often it is right, on generated roots new to it."""

import numpy as np
import torch
from numpy.typing import NDArray

from shared_folder.classes import BACKGROUND, FOREGROUND
from tests.benchmarks.learning import annotate
from tests.benchmarks.rows import Row, row
from trainer.calibration import Calibration
from trainer.device import choose_device
from trainer.synthetic import roots_in_soil
from trainer.tile_prediction import probabilities
from trainer.training import TrainingRun

STEPS = (100, 300)
SIDE = 256
LEARNED, HELD_OUT = 8, 8


def rows() -> list[Row]:
    """The expected calibration error after some steps of training on strokes."""
    numbers = np.random.default_rng(0)
    drawn = [roots_in_soil((SIDE, SIDE), numbers) for _ in range(LEARNED + HELD_OUT)]
    pairs = [
        (image.astype(np.float32) / 127.5 - 1, np.where(mask > 0, FOREGROUND, BACKGROUND).astype(np.uint8))
        for image, mask in drawn
    ]
    run = TrainingRun((BACKGROUND, FOREGROUND), choose_device("cpu"))
    run.images([annotate(str(index), *pair, numbers) for index, pair in enumerate(pairs[:LEARNED])], [])
    found = []
    for steps in STEPS:
        while run.steps < steps:
            run.advance()
        found.append(row(f"expected calibration error after {steps} steps", error(run, pairs[LEARNED:]), "0..1"))
    return found


def error(run: TrainingRun, pairs: list[tuple[NDArray[np.float32], NDArray[np.uint8]]]) -> float:
    """Over every pixel of images with their truth."""
    calibration = Calibration()
    for image, truth in pairs:
        likelihood = probabilities(run.averaged, image, choose_device("cpu"))
        channels = torch.from_numpy((truth == FOREGROUND).astype(np.int64))
        calibration.add(likelihood.flatten(1), channels.flatten())
    return calibration.expected_error
