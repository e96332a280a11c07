"""Yielding: only to somebody who paints on this machine, and whose window lives."""

import socket

import pytest

from shared_folder.desired import DesiredState
from shared_folder.project import Project
from shared_folder.publish import publish_document
from tests.trainer.small_folder import Clock, Start
from trainer.threads import Threads
from trainer.yielding import LONGEST_SILENCE, Yielding


class Bench:
    """A trainer on the machine "here", with two threads, and one painter."""

    def __init__(self) -> None:
        self.now = 0.0
        self.threads_now = 2
        self.rests: list[float] = []
        threads = Threads(2, self.apply)
        self.yielding = Yielding("here", threads, lambda: self.now, self.rests.append)

    def apply(self, count: int) -> None:
        self.threads_now = count

    def yields_to(self, counter: int, painting: bool, host: str = "here") -> bool:
        """What a step does once this was read."""
        self.yielding.look({"ada": DesiredState(counter=counter, painting=painting, host=host)})
        return self.yields()

    def yields(self) -> bool:
        self.rests.clear()
        self.yielding.between_steps()
        assert bool(self.rests) == (self.threads_now == 1)
        return self.threads_now == 1


def test_it_yields_while_somebody_paints_here() -> None:
    bench = Bench()
    assert not bench.yields_to(1, painting=False)
    assert bench.yields_to(2, painting=True)
    assert bench.yields()
    assert not bench.yields_to(3, painting=False)


def test_it_does_not_for_somebody_elsewhere() -> None:
    bench = Bench()
    bench.yields_to(1, painting=False, host="there")
    assert not bench.yields_to(2, painting=True, host="there")


def test_a_window_that_died_while_painting_slows_nothing_for_ever() -> None:
    bench = Bench()
    assert not bench.yields_to(7, painting=True)  # found so: nobody knows how old it is
    assert bench.yields_to(8, painting=True)
    bench.now += LONGEST_SILENCE - 1
    assert bench.yields_to(8, painting=True)
    bench.now += 2
    assert not bench.yields()
    assert bench.yields_to(9, painting=True)  # it lives after all


def test_one_whose_file_went_does_not_paint() -> None:
    bench = Bench()
    bench.yields_to(1, painting=False)
    assert bench.yields_to(2, painting=True)
    bench.yielding.look({})
    assert not bench.yields()


def test_the_trainer_rests_between_its_steps(
    project: Project, start: Start, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, rests = start(), list[float]()
    monkeypatch.setattr(service._yielding, "_sleep", rests.append)

    def paints(counter: int, painting: bool) -> list[float]:
        state = DesiredState(
            counter=counter,
            project=project.location,
            masks=project.images[counter : counter + 1],
            painting=painting,
            host=socket.gethostname(),
        )
        publish_document(project.shared.desired_state("ada"), state)
        clock.now += 2  # it looks at the folder
        rests.clear()
        while service.advance():
            pass
        return rests

    assert not paints(1, painting=False)
    assert paints(2, painting=True)
    assert not paints(3, painting=False)
