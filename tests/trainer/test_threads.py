"""Threads: the quicker number is found, kept, and left again when the machine changes."""

from collections.abc import Callable

from trainer.threads import Threads


class Machine:
    """Batches take what `seconds` says for a number of threads."""

    def __init__(self, most: int, seconds: Callable[[int], float]) -> None:
        self.now = most
        self.seconds = seconds
        self.spent: list[int] = []  # threads of each batch
        self.threads = Threads(most, self.apply)

    def apply(self, count: int) -> None:
        self.now = count

    def work(self, batches: int) -> None:
        for _ in range(batches):
            self.spent.append(self.now)
            self.threads.batch_took(self.seconds(self.now))


def test_a_quiet_machine_keeps_all_its_threads() -> None:
    machine = Machine(4, lambda count: 1 / count)
    machine.work(500)
    assert machine.threads.count == 4
    assert machine.spent.count(4) > 450


def test_a_busy_machine_goes_down_to_one_and_stays() -> None:
    machine = Machine(4, lambda count: 0.3 * count**2)
    machine.work(60)
    assert machine.threads.count == 1
    machine.work(500)
    assert machine.threads.count == 1
    assert machine.spent[60:].count(1) > 480


def test_a_machine_that_becomes_busy_is_noticed_within_a_few_batches() -> None:
    machine = Machine(2, lambda count: 1 / count)
    machine.work(600)
    machine.seconds = lambda count: 3.0 if count == 2 else 1.1
    machine.work(8)
    assert machine.threads.count == 1


def test_a_machine_that_becomes_quiet_gets_its_threads_back() -> None:
    machine = Machine(2, lambda count: 3.0 if count == 2 else 1.0)
    machine.work(600)
    assert machine.threads.count == 1
    machine.seconds = lambda count: 1 / count
    machine.work(250)
    assert machine.threads.count == 2
    assert machine.now == 2


def test_one_thread_has_nothing_to_try() -> None:
    machine = Machine(1, lambda count: 1 / count)
    machine.work(100)
    assert set(machine.spent) == {1}


def test_making_way_takes_one_thread_less_and_tries_nothing() -> None:
    machine = Machine(4, lambda count: 1 / count)
    machine.work(500)
    machine.threads.make_way(True)
    machine.spent.clear()
    machine.work(500)
    assert set(machine.spent) == {3}
    machine.threads.make_way(False)
    assert machine.now == 4
    machine.spent.clear()
    machine.work(500)
    assert machine.spent.count(4) > 450


def test_the_only_thread_stays() -> None:
    machine = Machine(1, lambda _: 1.0)
    machine.threads.make_way(True)
    assert machine.now == 1
