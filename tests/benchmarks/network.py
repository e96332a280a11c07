"""What learning and segmenting cost, beside RootPainter's way in the same run, on this machine's processor.

python -m tests.benchmarks.network

Both programs take turns, so that whatever else the machine does falls on both; figures are medians.
"""

import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file

from shared_folder.classes import BACKGROUND, BINARY, FOREGROUND
from shared_folder.label_files import ANNOTATION_CODE, encode_rgba
from shared_folder.labels import Labels
from shared_folder.segmentation import Segmentation, write_segmentation
from tests.benchmarks.learning import strokes
from tests.benchmarks.rootpainter_recipe import Example, Recipe
from tests.benchmarks.rows import Row, row
from tests.benchmarks.students import CLASS_IDS, annotated_images, our_model
from trainer.augment import Augmentation
from trainer.consistency import FIRST_STEP, LABELLED_TILES, RISING_STEPS
from trainer.device import choose_device
from trainer.open_images import OpenImages
from trainer.rootpainter_network import INPUT_SIDE, OUTPUT_SIDE, RootPainterNetwork
from trainer.rootpainter_prediction import THRESHOLD, foreground
from trainer.sampling import Sampler
from trainer.segmenting import segment
from trainer.synthetic import roots_in_soil
from trainer.training import TrainingRun

PHOTO = 750
PHOTOS = 4
ROUNDS = 3
TILE_ROUNDS = 10
TARGETS = {True: (20, 50), False: (8, 15)}
"""How many times cheaper a training step and a mask should be, with and without 16-bit arithmetic."""
TILE_TARGET = 8
MEMORY_TARGET_GB = 2.0
MEMORY_STEPS, PEERS_MEMORY_STEPS = 30, 3
WEIGHTS = "weights.safetensors"
PUBLISHED = {"step": 3.2, "tile": 0.11, "photo": 8.0}
"""What RootPainter's own code costs, measured in forward passes of its network on one tile."""
ALIKE = 0.3
"""The imitation may differ from that by this part."""
WITHOUT_BFLOAT16 = {"ONEDNN_MAX_CPU_ISA": "AVX2"}

Actions = dict[str, tuple[Callable[[], object], int]]
"""By name: what to do, and how many times a round."""


def rows() -> list[Row]:
    """Forward, a training step, a photograph's mask, an augmented tile, memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_photos(folder)
        measured = [*rows_of_time(folder), *rows_of_tiles(folder)]
        if choose_device("cpu").autocast is not None:
            found: list[Row] = json.loads(_in_a_process("time", folder, WITHOUT_BFLOAT16))
            measured += [figure for figure in found if figure["peer"] is not None]
        ours, peers = (float(_in_a_process(f"memory-{whose}", folder)) for whose in ("ours", "peers"))
    if ours and peers:
        measured.append(row("resident memory while training", ours, "GB", peers, MEMORY_TARGET_GB))
    return measured


# ---- what is measured on --------------------------------------------------------------------------------------


def draw_photos(folder: Path) -> None:
    """Photographs of roots with sparse annotations, and weights of the peer's network, as files."""
    numbers = np.random.default_rng(0)
    for photo, annotation in examples(folder):
        pixels, mask = roots_in_soil((PHOTO, PHOTO), numbers)
        Image.fromarray(pixels).save(photo, quality=92)
        painted = strokes((mask > 0).astype(np.uint8) + 1, numbers)
        annotation.write_bytes(encode_rgba(Labels.from_array(painted), ANNOTATION_CODE, "{}"))
    save_file(RootPainterNetwork().state_dict(), folder / WEIGHTS)


def examples(folder: Path) -> list[Example]:
    """Where the photographs and annotations are."""
    return [Example(folder / f"{number}.jpg", folder / f"{number}.png") for number in range(PHOTOS)]


def training_run(folder: Path) -> TrainingRun:
    """Ours, with all that a step does once it has learned something."""
    run, photographs = TrainingRun(CLASS_IDS, choose_device("cpu")), annotated_images(examples(folder))
    run.images(photographs, [], lambda numbers: photographs[numbers.integers(len(photographs))])
    run.steps = FIRST_STEP + RISING_STEPS
    return run


def recipe(folder: Path) -> Recipe:
    """The peer's."""
    return Recipe(RootPainterNetwork(), examples(folder), np.random.default_rng(0))


# ---- time -----------------------------------------------------------------------------------------------------


def rows_of_time(folder: Path) -> list[Row]:
    """Forward, a training step with sampling, a mask; and whether the imitation costs what the original costs."""
    device = choose_device("cpu")
    run, peer = training_run(folder), recipe(folder)
    tile = peer.tile()
    images, peers_images = torch.zeros(1, 3, 512, 512), torch.zeros(1, 3, INPUT_SIDE, INPUT_SIDE)

    def forward() -> None:
        with torch.inference_mode(), device.half_precision():
            run.averaged(images)

    def peers_forward() -> None:
        with torch.inference_mode():
            peer.network(peers_images)

    seconds = interleaved(
        {
            "forward": (forward, 4),
            "peer's forward": (peers_forward, 1),
            "step": (run.advance, 4),
            "peer's step": (lambda: peer.learn(tile), 1),
            "peer's tile": (peer.tile, 5),
            "photo": (lambda: segment_photo(folder, run), 4),
            "peer's photo": (lambda: segment_peers_photo(folder), 1),
        },
        ROUNDS,
    )
    words = "" if device.autocast is not None else ", 32 bits"
    times_a_step, times_a_photo = TARGETS[device.autocast is not None]
    # A loader of the peer's draws the next tile meanwhile, on the same cores: the two add up.
    peers_step = (seconds["peer's step"] + seconds["peer's tile"]) / OUTPUT_SIDE**2
    learned_from = run.batch_size + run.batch_size // LABELLED_TILES
    step = seconds["step"] / (learned_from * device.tile_size**2)
    peers_forwards = seconds["peer's forward"] / OUTPUT_SIDE**2
    return [
        _per_million(f"forward{words}", seconds["forward"] / 512**2, peers_forwards),
        _per_million(f"training step with sampling{words}", step, peers_step, times_a_step),
        row(
            f"mask of a {PHOTO} x {PHOTO} photograph, as each program makes it{words}",
            1000 * seconds["photo"],
            "ms",
            1000 * seconds["peer's photo"],
            round(1000 * seconds["peer's photo"] / times_a_photo),
        ),
        *imitation(seconds),
    ]


def imitation(seconds: dict[str, float]) -> list[Row]:
    """Whether the peer's recipe and prediction, as they are written here, cost what its own code costs."""
    forwards = {name: seconds[f"peer's {name}"] / seconds["peer's forward"] for name in PUBLISHED}
    return [
        Row(
            name=f"the peer's {name}, written anew, beside its own code's: within {ALIKE:.0%}",
            value=round(forwards[name], 3),
            unit="forwards",
            peer=None,
            ratio=None,
            target=own,
            met=abs(forwards[name] / own - 1) <= ALIKE,
        )
        for name, own in PUBLISHED.items()
    ]


def segment_photo(folder: Path, run: TrainingRun) -> None:
    """Decode, segment, write the mask; the model stays in memory between masks."""
    photo = folder / "0.jpg"
    read = functools.partial(OpenImages().learned, photo, 0, (PHOTO, PHOTO))
    labels = segment(our_model(run, choose_device("cpu")), read, (PHOTO, PHOTO))
    write_segmentation(folder / "mask.png", Segmentation(labels, "1"), BINARY)


def segment_peers_photo(folder: Path) -> None:
    """Read the weights, decode, segment with the mirror image, write the mask."""
    network = RootPainterNetwork()
    network.load_state_dict(load_file(folder / WEIGHTS))
    with Image.open(folder / "0.jpg") as picture:
        photo = np.asarray(ImageOps.exif_transpose(picture.convert("RGB")))
    found = foreground(network, photo) > THRESHOLD
    labels = Labels.from_array(np.where(found, np.uint8(FOREGROUND), np.uint8(BACKGROUND)))
    write_segmentation(folder / "peers_mask.png", Segmentation(labels, "1"), BINARY)


def rows_of_tiles(folder: Path) -> list[Row]:
    """An augmented, normalised tile on one core: per pixel of the network's input, on both sides."""
    device = choose_device("cpu")
    sampler, peer = Sampler(annotated_images(examples(folder)), CLASS_IDS), recipe(folder)
    numbers, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        seconds = interleaved(
            {
                "tiles": (
                    lambda: sampler.batch(device.batch_size, device.tile_size, Augmentation(), numbers, generator),
                    4,
                ),
                "peer's tile": (peer.tile, 4),
            },
            TILE_ROUNDS,
        )
    finally:
        torch.set_num_threads(threads)
    ours = seconds["tiles"] / (device.batch_size * device.tile_size**2)
    peers = seconds["peer's tile"] / INPUT_SIDE**2
    return [_per_million("augmented, normalised tile, one core", ours, peers, TILE_TARGET)]


def interleaved(actions: Actions, rounds: int) -> dict[str, float]:
    """Median seconds of each action, after one that doesn't count."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(rounds + 1):
        for name, (action, times) in actions.items():
            for _ in range(times if number else 1):
                begun = time.perf_counter()
                action()
                if number:
                    seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def _per_million(name: str, ours: float, peers: float, times: float | None = None) -> Row:
    """Seconds for one pixel as milliseconds for a million. times: how many times less than the peer is wanted."""
    target = None if times is None else round(1e9 * peers / times)
    return row(f"{name}, per million pixels", 1e9 * ours, "ms", 1e9 * peers, target)


# ---- in processes of their own --------------------------------------------------------------------------------


def _in_a_process(part: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.network", part, str(folder)]
    ended = subprocess.run(command, env=os.environ | (environment or {}), check=True, capture_output=True, text=True)
    return ended.stdout


def memory(learn: Callable[[], object], steps: int) -> float:
    """Most resident memory of this process in GB, after some steps; 0 where the system doesn't tell."""
    for _ in range(steps):
        learn()
    # Not resource.getrusage: a program inherits the peak of the one that started it there.
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) * 1024 / 1e9 for line in lines if line.startswith("VmHWM"))


def _part(name: str, folder: Path) -> None:
    if name == "time":
        print(json.dumps(rows_of_time(folder)))
    elif name == "memory-ours":
        print(memory(training_run(folder).advance, MEMORY_STEPS))
    else:
        print(memory(recipe(folder).advance, PEERS_MEMORY_STEPS))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _part(sys.argv[1], Path(sys.argv[2]))
    else:
        for found in rows():
            print(found)
