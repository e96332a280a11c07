"""A small device and an easy image to learn, for the tests of what stands on the learning core."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from shared_folder.labels import Labels
from trainer.architecture import predict_with
from trainer.device import Device, choose_device
from trainer.network import UNet
from trainer.sampling import AnnotatedImage
from trainer.validating import NetworkValidation, ValidationScore

SHAPE = (96, 96)


def small_device() -> Device:
    """The processor, with a network, tiles and a batch that take milliseconds; 32 bits, so the same everywhere."""
    return replace(choose_device("cpu"), autocast=None, batch_size=2, tile_size=64, core_size=64, widths=(8, 16))


def bright_squares(seed: int = 0, labelled: float = 0.3) -> AnnotatedImage:
    """A noisy image with bright squares (class 2), of whose pixels a part is labelled."""
    numbers = np.random.default_rng(seed)
    truth = np.ones(SHAPE, np.uint8)
    for row, column in numbers.integers(0, 80, (6, 2)):
        truth[row : row + 14, column : column + 14] = 2
    image = (truth[..., None] - 1.5 + numbers.normal(0, 0.2, (*SHAPE, 3))).astype(np.float32)
    labels = Labels.from_array(np.where(numbers.random(SHAPE) < labelled, truth, 0).astype(np.uint8))
    return AnnotatedImage(f"squares {seed}", SHAPE, lambda rectangle: image[rectangle.slices], labels)


def validate(
    network: UNet, images: Sequence[AnnotatedImage], class_ids: tuple[int, ...], device: Device
) -> ValidationScore:
    """A whole validation at once."""
    validation = NetworkValidation(network, predict_with(network, 1.0, device), images, class_ids)
    while validation.advance():
        pass
    return validation.score()


def same_weights(first: torch.nn.Module, second: torch.nn.Module) -> bool:
    one, two = first.state_dict(), second.state_dict()
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)
