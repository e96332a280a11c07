from shared_folder.status import Pulse


def test_a_counter_that_was_seen_once_is_not_alive() -> None:
    pulse = Pulse()
    pulse.look("lab", 7, now=0.0)
    pulse.look("lab", 7, now=5.0)
    assert pulse.silent_seconds("lab", 5.0) is None
    assert not pulse.alive("lab", 5.0)


def test_a_counter_that_moves_is_alive_until_patience_ends() -> None:
    pulse = Pulse()
    pulse.look("lab", 7, now=0.0)
    pulse.look("lab", 8, now=10.0)
    assert pulse.alive("lab", 39.9)
    assert not pulse.alive("lab", 40.0)
    assert not pulse.alive("lab", 12.0, patience=2.0)
    assert pulse.silent_seconds("lab", 12.0) == 2.0


def test_a_counter_that_goes_back_moves_too() -> None:
    """A restarted program begins to count anew."""
    pulse = Pulse()
    pulse.look("lab", 7, now=0.0)
    pulse.look("lab", 1, now=1.0)
    assert pulse.alive("lab", 1.0)


def test_one_that_was_silent_is_alive_again_with_its_next_beat() -> None:
    pulse = Pulse()
    for counter, now in ((1, 0.0), (2, 1.0), (3, 100.0)):
        pulse.look("lab", counter, now)
    assert pulse.alive("lab", 101.0)


def test_others_do_not_count() -> None:
    pulse = Pulse()
    pulse.look("lab", 1, now=0.0)
    pulse.look("lab", 2, now=1.0)
    assert not pulse.alive("office", 1.0)
