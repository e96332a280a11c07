"""The long benchmark with programs whose learning is known."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.benchmarks import long
from tests.benchmarks.long import Result, both, seconds_to
from tests.benchmarks.students import Task


class Known:
    """Takes a second a step; its Dice grows to 1 in so many steps."""

    program = "known"
    needs = 1

    def __init__(self, clock: list[float]) -> None:
        self.steps = 0
        self._clock = clock

    def advance(self) -> float:
        self.steps += 1
        self._clock[0] += 1
        return 0.0

    def segment(self, _image: Path) -> np.ndarray:
        right = min(1.0, self.steps / self.needs)
        return np.where(np.arange(100)[None] < 100 * right, np.uint8(2), np.uint8(1))

    def save(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(self.steps))

    def load(self, path: Path) -> None:
        self.steps = int(path.read_text())


class Slow(Known):
    program = "slow"
    needs = 480


class Quick(Known):
    program = "quick"
    needs = 40


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    seconds = [0.0]
    monkeypatch.setattr(long, "time", SimpleNamespace(perf_counter=lambda: seconds[0]))
    monkeypatch.setattr(long, "Peer", lambda _task: Slow(seconds))
    monkeypatch.setattr(long, "Ours", lambda _task: Quick(seconds))
    return seconds


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task("set", 0, tmp_path / "set seed 0", (), ((Path("a.png"), np.full((1, 100), 2, np.uint8)),))


def test_both_learn_in_turns_until_ours_is_as_good(clock: list[float], task: Task) -> None:
    peer, ours = both(task, minutes=4)
    assert [seconds for seconds, _ in peer.curve] == [60, 120, 180, 240]
    assert peer.best == pytest.approx(2 * 0.5 / 1.5)
    reached = seconds_to(ours, peer.best)
    assert reached is not None
    assert 20 <= reached <= 20 * long.OUR_GROWTH + 1
    assert ours.seconds < 240


def test_what_is_finished_is_not_done_again(clock: list[float], task: Task) -> None:
    first = both(task, minutes=4)
    spent = clock[0]
    assert both(task, minutes=4) == first
    assert clock[0] == spent


def test_what_was_broken_off_goes_on(clock: list[float], task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(long, "_our_turn", broken_off)
        with pytest.raises(KeyboardInterrupt):
            both(task, minutes=4)
    assert clock[0] == 60
    peer, _ = both(task, minutes=4)
    assert peer.seconds == 240
    assert clock[0] < 240 + 60


@pytest.mark.parametrize(
    ("peer", "ours", "said"),
    [
        (Result(seconds=60, curve=((60, 0.5),)), Result(seconds=3, curve=((2, 0.4), (3, 0.5))), "20.0"),
        (Result(seconds=60, curve=((60, 0.05),)), Result(), "doesn't count"),
        (Result(seconds=60, curve=((60, 0.5),)), Result(seconds=60, curve=((60, 0.3),)), "not reached: 0.300"),
    ],
)
def test_the_table_says_how_each_set_ended(
    peer: Result, ours: Result, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    long.print_table([("set, seed 0", peer, ours)], 1)
    assert said in capsys.readouterr().out
