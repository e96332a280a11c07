"""A ceiling is the best of a curve that has become flat."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import ceilings
from tests.benchmarks.ceilings import FEWEST, GAIN, Learning, everything, is_flat
from tests.benchmarks.students import Ours, make_task
from tests.benchmarks.test_long import Known
from tests.benchmarks.test_students import labelled_folder


def test_a_curve_is_flat_when_its_last_third_brings_nothing() -> None:
    rising = list(np.linspace(0.1, 0.8, FEWEST + 1))
    assert not is_flat(rising)
    assert is_flat([*rising, *[rising[-1] + GAIN / 2] * FEWEST])
    assert not is_flat([0.5] * (FEWEST - 1))


def test_the_whole_truth_is_learned_until_the_curve_is_flat_and_never_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(labelled_folder(tmp_path / "stripes"), 0, tmp_path / "to", everything, 60, grouped=False)
    clock = [0.0]
    monkeypatch.setattr(ceilings.time, "perf_counter", lambda: clock[0])
    first = Known(clock)
    monkeypatch.setattr(Known, "segment", lambda self, _: np.full((90, 80), 2 if self.steps > 110 else 1, np.uint8))
    broken_off = Learning(first, task).to_the_plateau(90.0)
    assert not broken_off.flat
    assert broken_off.best.dice == 0
    second = Known(clock)
    whole = Learning(second, task).to_the_plateau(10_000.0)
    assert second.steps > first.steps
    assert whole.flat
    assert whole.best.pooled > 0
    assert whole.curve[: len(broken_off.curve)] == broken_off.curve
    third = Known(clock)
    assert Learning(third, task).to_the_plateau(10_000.0) == whole
    assert third.steps == 0


def test_our_network_learns_every_pixel(tmp_path: Path) -> None:
    task = make_task(labelled_folder(tmp_path / "stripes"), 0, tmp_path / "to", everything, 60, grouped=False)
    mean, pooled = task.scores(Ours(task).segment)
    assert 0 <= mean <= 1
    assert 0 <= pooled <= 1
