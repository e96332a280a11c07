"""Work off the window's thread, answers on it."""

import threading
from functools import partial

from painter_app.workers import Workers


def test_answers_come_on_the_thread_that_made_the_workers(qtbot) -> None:
    workers = Workers()
    seen: list[tuple[bool, bool]] = []
    here = threading.current_thread()
    workers.submit(
        lambda: threading.current_thread() is here,
        lambda worked_here: seen.append((worked_here, threading.current_thread() is here)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(False, True)]
    assert workers.close(1)


def test_failures_go_to_whoever_asked_else_to_the_signal(qtbot) -> None:
    workers = Workers()
    told: list[str] = []
    unexpected: list[str] = []
    workers.unexpected.connect(lambda error: unexpected.append(str(error)))

    def fail() -> None:
        raise ValueError("broken")

    workers.submit(fail, lambda _: None, lambda error: told.append(str(error)))
    workers.submit(fail, lambda _: None)
    qtbot.waitUntil(lambda: told == ["broken"] and unexpected == ["broken"])
    assert workers.close(1)


def test_saves_keep_their_order_and_never_overlap(qtbot) -> None:
    workers = Workers()
    events: list[str] = []
    first_may_end = threading.Event()

    def first() -> None:
        events.append("first begins")
        first_may_end.wait(5)
        events.append("first ends")

    workers.submit_in_order(first, lambda _: None)
    workers.submit_in_order(lambda: events.append("second"), lambda _: None)
    workers.submit(first_may_end.set, lambda _: None)
    assert workers.close(5)
    assert events == ["first begins", "first ends", "second"]


def test_close_waits_for_saves_and_drops_their_answers(qtbot) -> None:
    workers = Workers()
    written: list[int] = []
    answered: list[None] = []
    for number in range(20):
        workers.submit_in_order(lambda number=number: written.append(number), answered.append)
    assert workers.close(5)
    assert written == list(range(20))
    qtbot.wait(20)
    assert answered == []
    workers.submit(lambda: written.append(99), answered.append)
    assert workers.close(1)
    assert 99 not in written


def test_pending_counts_what_has_not_ended(qtbot) -> None:
    workers = Workers()
    go = threading.Event()
    workers.submit(lambda: go.wait(5), lambda _: None)
    assert workers.pending == 1
    go.set()
    qtbot.waitUntil(lambda: workers.pending == 0)
    assert workers.close(1)


def test_what_somebody_waits_for_doesnt_wait_for_what_nobody_does(qtbot) -> None:
    workers = Workers(threads=1)
    go, done = threading.Event(), list[str]()
    for kind, options in (
        ("running", {"idle": True}),
        ("thumbnail", {"idle": True}),
        ("next image", {}),
        ("urgent", {"urgent": True}),
    ):
        blocked = kind == "running"
        workers.submit(
            lambda blocked=blocked: go.wait(10) if blocked else None,
            lambda _, kind=kind: done.append(kind),
            **options,
        )
    qtbot.waitUntil(lambda: done == ["urgent"])
    go.set()
    qtbot.waitUntil(lambda: len(done) == 4)
    assert done == ["urgent", "running", "next image", "thumbnail"]
    assert workers.close(1)


def test_saves_that_wake_a_resting_lane_keep_their_order_too(qtbot) -> None:
    workers, written = Workers(), list[int]()
    for number in range(0, 600, 4):
        for save in range(number, number + 4):
            workers.submit_in_order(partial(written.append, save), lambda _: None)
        qtbot.waitUntil(lambda: not workers.pending)
    assert workers.close(5)
    assert written == list(range(600))
