"""Ceilings: the Dice of networks that learn every pixel of the images that a rehearsal's user could have annotated.

    python -m tests.benchmarks.ceilings DATA --to ceilings --sets drive_vessels --networks ours larger RootPainter

Each folder of DATA that holds images/ and masks/ of one class is a set; images are divided as in a rehearsal with the
same seed, and their whole truth is learned. A network learns until its curve is flat: no held-out Dice of the last
third is better than the best before. What is finished is kept in the folder --to and not done again; what was broken
off goes on from its last measurement.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from shared_folder.publish import Document, publish_document, read_document
from shared_folder.refused import Refused
from shared_folder.scores import LabelMap
from tests.benchmarks.students import Larger, Ours, Peer, Student, Task, make_task
from trainer.rehearsal.whole import MOST_IMAGES

FIRST_MEASUREMENT, GROWTH = 60.0, 1.2
"""Seconds of training, and how much later each next measurement is than the one before."""
FEWEST = 14
"""Measurements before a curve can be flat."""
GAIN = 0.005
"""Less is no gain."""


class Point(Document):
    """One measurement."""

    seconds: float
    """Of training."""
    dice: float
    """Mean over the held-out images."""
    pooled: float
    """Over all their pixels together."""


class Ceiling(Document):
    """One network on one set so far, or to its plateau."""

    curve: tuple[Point, ...] = ()
    flat: bool = False

    @property
    def best(self) -> Point:
        return max(self.curve, key=lambda point: point.dice)


def is_flat(values: Sequence[float]) -> bool:
    """Whether the last third holds nothing better than what came before."""
    before = len(values) - len(values) // 3
    return len(values) >= FEWEST and max(values[before:]) < max(values[:before]) + GAIN


class Learning:
    """One network's training on one set, kept on the disk."""

    def __init__(self, student: Student, task: Task) -> None:
        self._student = student
        self._task = task
        self._document = task.folder.parent / f"{task.name} seed {task.seed} {student.program}.json"
        self._weights = self._document.with_suffix(".safetensors")
        try:
            self.ceiling = read_document(self._document, Ceiling)
            if not self.ceiling.flat:
                student.load(self._weights)
        except FileNotFoundError:
            self.ceiling = Ceiling()

    def to_the_plateau(self, most_seconds: float) -> Ceiling:
        """Train and measure until the curve is flat, or so many seconds of training have passed."""
        while not self.ceiling.flat and self._seconds < most_seconds:
            due = self._seconds * GROWTH or FIRST_MEASUREMENT
            seconds = self._seconds
            while seconds < due:
                begun = time.perf_counter()
                self._student.advance()
                seconds += time.perf_counter() - begun
            self._measure(seconds)
        return self.ceiling

    @property
    def _seconds(self) -> float:
        return self.ceiling.curve[-1].seconds if self.ceiling.curve else 0.0

    def _measure(self, seconds: float) -> None:
        mean, pooled = self._task.scores(self._student.segment)
        curve = (*self.ceiling.curve, Point(seconds=seconds, dice=mean, pooled=pooled))
        self.ceiling = Ceiling(curve=curve, flat=is_flat([point.dice for point in curve]))
        self._student.save(self._weights)
        publish_document(self._document, self.ceiling)
        print(
            f"{self._task.name}, {self._student.program}: {seconds:.0f} s, Dice {mean:.3f} ({pooled:.3f})", flush=True
        )


NETWORKS: dict[str, Callable[[Task], Student]] = {"ours": Ours, "larger": Larger, "RootPainter": Peer}


def main() -> int:
    options = _parser().parse_args()
    names = options.sets or sorted(path.name for path in options.folder.iterdir() if (path / "masks").is_dir())
    lines = []
    for name in names:
        try:
            task = make_task(
                options.folder / name, options.seed, options.to.resolve(), everything, MOST_IMAGES, grouped=False
            )
        except Refused as refusal:
            print(f"{name}: left out. {refusal}", flush=True)
            continue
        for network in options.networks:
            ceiling = Learning(NETWORKS[network](task), task).to_the_plateau(60 * options.minutes)
            best, flat = ceiling.best, "yes" if ceiling.flat else "not yet"
            lines.append(
                f"| {name} | {network} | {best.dice:.3f} | {best.pooled:.3f} | {best.seconds:.0f} | {flat} |"
            )
    print(
        "| set | network | Dice, mean over images | pooled | after s | flat |", "|---|---|---|---|---|---|", sep="\n"
    )
    print("\n".join(lines))
    return 0


def everything(truth: LabelMap, _: np.random.Generator) -> LabelMap:
    """All of the truth is known."""
    return truth


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA")
    parser.add_argument("--sets", nargs="+", metavar="SET", help="folders of DATA; all of them where none is named")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=["ours"])
    parser.add_argument("--minutes", type=float, default=120, help="the most training of one network (default 120)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, default=Path("ceilings"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
