"""What the network costs, beside RootPainter's in the same run, on this machine's processor.

python -m tests.benchmarks.network
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

from shared_folder.labels import Labels
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.rectangle import Rectangle
from tests.benchmarks.rows import Row, row
from trainer.device import Device, choose_device
from trainer.model_store import Model
from trainer.rootpainter_network import INPUT_SIDE, LOST, OUTPUT_SIDE, RootPainterNetwork
from trainer.sampling import AnnotatedImage
from trainer.segmenting import segment
from trainer.training import TrainingRun

PHOTO = 750


def rows() -> list[Row]:
    """Forward, a training step and a photograph; per output pixel where the sizes differ. About a minute."""
    device = choose_device("cpu")
    peer = RootPainterNetwork()
    photo = np.random.default_rng(0).normal(0, 0.5, (PHOTO, PHOTO, 3)).astype(np.float32)
    run = _run(device, photo)
    learning = _median(run.advance, 8) / (run.batch_size * device.tile_size**2)
    peers_learning = _median(_peer_step(peer), 2) / OUTPUT_SIDE**2
    network = run.averaged
    return [
        row(
            "forward, per million pixels",
            1e6 * _median(lambda: _forward(network, device, 512), 6) / 512**2,
            "s",
            1e6 * _median(lambda: _forward(peer, None, INPUT_SIDE), 3) / OUTPUT_SIDE**2,
        ),
        row("training step with sampling, per million pixels", 1e6 * learning, "s", 1e6 * peers_learning),
        row(
            f"mask of a {PHOTO} x {PHOTO} photograph, as each program makes it",
            _median(lambda: segment(_model(run, device), _reader(photo), photo.shape[:2]), 4),
            "s",
            _median(lambda: _peer_photo(peer, photo), 1),
        ),
    ]


def _run(device: Device, photo: np.ndarray) -> TrainingRun:
    values = np.random.default_rng(1).integers(0, 3, photo.shape[:2], np.uint8)
    run = TrainingRun((1, 2), device)
    image = AnnotatedImage("photo", photo.shape[:2], _reader(photo), Labels.from_array(values))
    run.images([image], [image])
    return run


def _model(run: TrainingRun, device: Device) -> Model:
    classes = tuple(ModelClass(id=label, name=str(label), colour="#000000") for label in run.class_ids[1:])
    facts = ModelFacts(number=1, trainer="", classes=classes, network=run.averaged.shape.to_dict(), normalisation="")
    return Model(run.averaged, facts, device)


def _reader(photo: np.ndarray) -> Callable[[Rectangle], np.ndarray]:
    return lambda rectangle: photo[rectangle.slices]


def _forward(network: torch.nn.Module, device: Device | None, side: int) -> None:
    images = torch.zeros(1, 3, side, side)
    with torch.inference_mode():
        if device is None:
            network(images)
        else:
            with device.half_precision():
                network(images)


def _peer_step(network: RootPainterNetwork) -> Callable[[], None]:
    """One step of its recipe, without its sampling: stochastic gradient descent with Nesterov momentum."""
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.99, nesterov=True)
    images = torch.rand(1, 3, INPUT_SIDE, INPUT_SIDE)
    target = torch.zeros(1, OUTPUT_SIDE, OUTPUT_SIDE, dtype=torch.long)

    def step() -> None:
        optimiser.zero_grad()
        functional.cross_entropy(network(images), target).backward()
        optimiser.step()

    return step


def _peer_photo(network: RootPainterNetwork, photo: np.ndarray) -> None:
    """Four tiles of the photograph and four of its mirror image."""
    padded = torch.from_numpy(np.pad(photo, ((LOST, LOST), (LOST, LOST), (0, 0)), mode="reflect")).permute(2, 0, 1)
    corner = PHOTO - OUTPUT_SIDE
    with torch.inference_mode():
        for image in (padded, padded.flip(2)):
            for top in (0, corner):
                for left in (0, corner):
                    network(image[None, :, top : top + INPUT_SIDE, left : left + INPUT_SIDE]).softmax(1)


def _median(action: Callable[[], object], times: int) -> float:
    action()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


if __name__ == "__main__":
    for found in rows():
        print(found)
