"""Seconds of training until our network is as good as RootPainter's after twenty minutes, from the same strokes.

python -m tests.benchmarks.long DIR [SET ...] [--minutes 20] [--seeds 1] [--to bench-long]

Each folder of DIR that holds images/ and masks/ of one class is a set. Fifteen images, or tiles of large ones, get
sparse strokes; both programs learn from the same files in turns in one process, so that what else the machine does
falls on both, and are measured on images that are held out, outside their time. What is finished is kept in the
folder --to and not done again; what was broken off goes on from its last minute.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from shared_folder.publish import Document, publish_document, read_document
from shared_folder.refused import Refused
from tests.benchmarks.students import Ours, Peer, Student, Task, make_task

LEAST_DICE = 0.1
"""A set counts where the peer reaches this."""
WANTED_RATIO = 40
TURN = 60.0
"""Seconds of the peer's training between two turns of ours, and between what is kept."""
OUR_SHARE = 1 / 6
"""Of the peer's time, while it trains; what is missing follows."""
PEERS_MEASUREMENTS = 4
OUR_FIRST_MEASUREMENT, OUR_GROWTH = 2.0, 1.15
"""Seconds of training, and how much later each next measurement of ours is than the one before."""


class Result(Document):
    """What one program has learned on one set so far, or to the end."""

    seconds: float = 0.0
    """Of training."""
    curve: tuple[tuple[float, float], ...] = ()
    """Seconds of training, and Dice over all pixels of the held-out images."""
    finished: bool = False

    @property
    def best(self) -> float:
        """Both programs keep the best model that they have had."""
        return max((dice for _, dice in self.curve), default=0.0)


class Learning:
    """One program's training on one task, kept on the disk."""

    def __init__(self, student: Student, task: Task, minutes: float) -> None:
        kept = f"{task.name} seed {task.seed} {minutes:g} min {student.program}"
        self.student = student
        self.task = task
        self._document = task.folder.parent / f"{kept}.json"
        self._weights = self._document.with_suffix(".safetensors")
        try:
            self.result = read_document(self._document, Result)
            if not self.result.finished:
                student.load(self._weights)
        except FileNotFoundError:
            self.result = Result()

    def learn(self, until: float) -> None:
        """Train until so many seconds of training have passed altogether."""
        seconds = self.result.seconds
        while seconds < until:
            begun = time.perf_counter()
            self.student.advance()
            seconds += time.perf_counter() - begun
        self.result = self.result.model_copy(update={"seconds": seconds})

    def measure(self) -> None:
        """Add a point to the curve."""
        dice = self.task.dice(self.student.segment)
        self.result = self.result.model_copy(update={"curve": (*self.result.curve, (self.result.seconds, dice))})
        print(f"{self.task.name}: {self.student.program} {self.result.seconds:.1f} s, Dice {dice:.3f}", flush=True)

    def keep(self, finished: bool = False) -> None:
        """Write what going on needs; of a finished one the result alone."""
        self.result = self.result.model_copy(update={"finished": finished})
        if not finished:
            self.student.save(self._weights)
        publish_document(self._document, self.result)
        if finished:
            self._weights.unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("sets", nargs="*", metavar="SET", help="folders of DIR; all of them where none is named")
    parser.add_argument("--minutes", type=float, default=20, help="of the peer's training")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--to", type=Path, default=Path("bench-long"))
    options = parser.parse_args()
    names = options.sets or sorted(path.name for path in options.folder.iterdir() if (path / "masks").is_dir())
    lines = []
    for seed in range(options.seeds):
        for name in names:
            try:
                task = make_task(options.folder / name, seed, options.to.resolve())
            except Refused as refusal:
                print(f"{name}: left out. {refusal}", flush=True)
                continue
            lines.append((f"{name}, seed {seed}", *both(task, options.minutes)))
    print_table(lines, options.minutes)
    return 0


def both(task: Task, minutes: float) -> tuple[Result, Result]:
    """Train both programs in turns, as far as that isn't done yet. Returns the peer's result and ours."""
    peer, ours = Learning(Peer(task), task, minutes), Learning(Ours(task), task, minutes)
    last = 60 * minutes
    measured = [last * (number + 1) / PEERS_MEASUREMENTS for number in range(PEERS_MEASUREMENTS)]
    while not peer.result.finished:
        due = measured[len(peer.result.curve)]
        peer.learn(min(due, peer.result.seconds + TURN))
        if peer.result.seconds >= due:
            peer.measure()
        peer.keep(finished=len(peer.result.curve) == PEERS_MEASUREMENTS)
        _our_turn(ours, min(peer.result.seconds * OUR_SHARE, last), wanted=None)
    _our_turn(ours, last, wanted=peer.result.best)
    ours.keep(finished=True)
    return peer.result, ours.result


def _our_turn(ours: Learning, until: float, wanted: float | None) -> None:
    """Train and measure, until so many seconds or the Dice that is wanted."""
    while not ours.result.finished and ours.result.seconds < until:
        if wanted is not None and ours.result.best >= wanted:
            return
        earlier = ours.result.curve[-1][0] * OUR_GROWTH if ours.result.curve else OUR_FIRST_MEASUREMENT
        ours.learn(earlier)
        ours.measure()
        ours.keep()


def seconds_to(result: Result, dice: float) -> float | None:
    """When the curve first reaches this; None where it never does."""
    return next((seconds for seconds, reached in result.curve if reached >= dice), None)


def print_table(lines: list[tuple[str, Result, Result]], minutes: float) -> None:
    """One line for each set and seed, and the median of those that count."""
    print(f"\n{'':40} {'its Dice':>9} {'its s':>8} {'our s':>8} {'ratio':>7}")
    ratios = []
    for name, peer, ours in lines:
        seconds = seconds_to(ours, peer.best)
        figures = f"{name:40} {peer.best:>9.3f} {peer.seconds:>8.0f}"
        if peer.best < LEAST_DICE:
            print(f"{figures}   doesn't count: the peer stays under {LEAST_DICE}")
        elif seconds is None:
            ratios.append(0.0)
            print(f"{figures}   not reached: {ours.best:.3f} after {ours.seconds:.0f} s")
        else:
            ratios.append(60 * minutes / seconds)
            print(f"{figures} {seconds:>8.1f} {ratios[-1]:>7.1f}")
    if ratios:
        middle = statistics.median(ratios)
        met = "met" if middle >= WANTED_RATIO else "NOT MET"
        print(f"median of {len(ratios)}: {middle:.1f} times faster; wanted {WANTED_RATIO}: {met}")


if __name__ == "__main__":
    sys.exit(main())
