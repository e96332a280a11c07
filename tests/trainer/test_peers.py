from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from trainer.peers import UNSURE_SECONDS, Peers

ROOTS = "projects/roots"


def status(counter: int, doing: Doing = Doing.IDLE, window: str = "", ended: bool = False) -> TrainerStatus:
    projects = (ProjectStatus(project=ROOTS, doing=doing),)
    return TrainerStatus(counter=counter, window=window, ended=ended, projects=projects)


def seen(own: str, *beats: dict[str, TrainerStatus]) -> Peers:
    """Peers after a look a second for each."""
    peers = Peers(own)
    for second, statuses in enumerate(beats):
        peers.look(statuses, float(second))
    return peers


def test_alone_it_learns() -> None:
    assert seen("b", {}).may_learn(ROOTS, False, 0.0)
    assert seen("b", {"b": status(1)}, {"b": status(2)}).may_learn(ROOTS, False, 1.0)


def test_one_with_a_lower_id_learns_instead() -> None:
    peers = seen("b", {"a": status(1)}, {"a": status(2)})
    assert not peers.may_learn(ROOTS, True, 1.0)
    assert not peers.may_learn(ROOTS, True, 30.0)
    assert peers.may_learn(ROOTS, True, 31.0)


def test_one_with_a_higher_id_is_waited_for_until_it_lets_go() -> None:
    working = ({"c": status(1, Doing.LEARNING)}, {"c": status(2, Doing.LEARNING)})
    assert not seen("b", *working).may_learn(ROOTS, False, 1.0)
    assert seen("b", *working).may_learn(ROOTS, True, 1.0)
    assert seen("b", *working).may_learn("projects/cells", False, 1.0)
    assert seen("b", *working, {"c": status(3, Doing.ANOTHER_LEARNS)}).may_learn(ROOTS, False, 2.0)


def test_one_that_never_moved_is_waited_for_only_a_moment() -> None:
    peers = seen("b", {"a": status(1)})
    assert not peers.may_learn(ROOTS, False, UNSURE_SECONDS - 0.1)
    assert peers.may_learn(ROOTS, False, UNSURE_SECONDS)


def test_one_that_said_goodbye_counts_no_more() -> None:
    assert seen("b", {"a": status(1)}, {"a": status(2, ended=True)}).may_learn(ROOTS, False, 1.0)


def test_a_better_one_beats_and_has_no_window() -> None:
    beats = [{"c": status(counter), "w": status(counter, window="ada")} for counter in range(4)]
    assert seen("b", *beats[:3]).better_one(2.0) is None
    assert seen("b", *beats).better_one(3.0) == "c"
    assert seen("b", *beats).better_one(100.0) is None
    assert seen("b", *[{"w": each["w"]} for each in beats]).better_one(3.0) is None
