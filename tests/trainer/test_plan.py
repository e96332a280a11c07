from dataclasses import replace

import pytest

from shared_folder.inspection import Inspection
from shared_folder.rectangle import Rectangle
from trainer.plan import (
    TURN_SECONDS,
    Have,
    Inspect,
    Learn,
    MakeMask,
    Situation,
    Step,
    Turn,
    WantedMask,
    in_turn,
    next_step,
    next_turn,
)

ROOTS = "projects/roots"
TURN = Turn(ROOTS, 0.0)


def mask(image: str, have: Have = Have.NONE, on_screen: bool = False, project: str = ROOTS) -> WantedMask:
    return WantedMask(project, image, have, on_screen)


def test_nothing_wanted_is_nothing_to_do() -> None:
    assert next_step(Situation(), None, None) is None
    assert next_step(Situation((mask("a", Have.CURRENT, on_screen=True),)), None, None) is None


@pytest.mark.parametrize("have", [Have.NONE, Have.OLDER])
def test_the_image_on_the_screen_comes_before_everything(have: Have) -> None:
    open_image = mask("c", have, on_screen=True)
    situation = Situation((mask("a"), mask("b", Have.OLDER), open_image), (ROOTS,), mask("job"))
    assert next_step(situation, TURN, MakeMask(open_image)) == MakeMask(open_image)


def test_what_a_painter_wants_to_see_of_the_network_waits_only_for_the_image_on_a_screen() -> None:
    inspect = Inspect(ROOTS, "ada", Inspection(image="a"))
    open_image = mask("c", on_screen=True)
    assert next_step(Situation((open_image,), (ROOTS,), None, inspect), TURN, None) == MakeMask(open_image)
    assert next_step(Situation((mask("a"),), (ROOTS,), mask("job"), inspect), TURN, None) == inspect


def test_images_without_a_mask_come_before_learning() -> None:
    situation = Situation((mask("a", Have.OLDER), mask("b"), mask("c")), (ROOTS,))
    assert next_step(situation, TURN, None) == MakeMask(mask("b"))
    assert next_step(situation, TURN, MakeMask(mask("b"))) == MakeMask(mask("b"))


def test_older_masks_alternate_with_learning() -> None:
    situation = Situation((mask("a", Have.OLDER), mask("b", Have.OLDER)), (ROOTS,), mask("job"))
    steps: list[Step | None] = [None]
    for _ in range(4):
        steps.append(next_step(situation, TURN, steps[-1]))
    made, learned = MakeMask(mask("a", Have.OLDER)), Learn(ROOTS)
    assert steps[1:] == [made, learned, made, learned]


def test_older_masks_follow_each_other_when_nothing_is_to_learn() -> None:
    older = MakeMask(mask("a", Have.OLDER))
    assert next_step(Situation((older.mask,)), None, older) == older


def test_folder_jobs_come_last() -> None:
    job = mask("job")
    assert next_step(Situation((), (ROOTS,), job), TURN, None) == Learn(ROOTS)
    assert next_step(Situation((mask("a", Have.CURRENT),), (), job), None, None) == MakeMask(job)


def test_a_project_keeps_its_turn_for_two_minutes() -> None:
    turn = next_turn(["a", "b", "c"], None, 10.0)
    assert turn == Turn("a", 10.0)
    assert next_turn(["a", "b", "c"], turn, 10.0 + TURN_SECONDS - 1) == turn
    assert next_turn(["a", "b", "c"], turn, 10.0 + TURN_SECONDS) == Turn("b", 10.0 + TURN_SECONDS)


def test_turns_go_round_and_pass_who_stopped() -> None:
    assert next_turn(["a", "b"], Turn("b", 0.0), TURN_SECONDS) == Turn("a", TURN_SECONDS)
    assert next_turn(["a", "c"], Turn("b", 0.0), 1.0) == Turn("c", 1.0)
    assert next_turn([], Turn("b", 0.0), 1.0) is None
    assert next_turn(["a"], Turn("a", 0.0), 10 * TURN_SECONDS) == Turn("a", 0.0)


def test_two_painters_take_turns() -> None:
    ada, ben = [mask("a1", on_screen=True), mask("a2"), mask("a3")], [mask("b1", on_screen=True)]
    assert [each.image for each in in_turn([ada, ben])] == ["a1", "b1", "a2", "a3"]


def test_an_image_that_two_want_is_made_once_for_who_looks_at_it() -> None:
    seen = WantedMask(ROOTS, "a", Have.NONE, True, Rectangle(0, 0, 5, 5))
    assert in_turn([[mask("a"), mask("b")], [seen]]) == (seen, mask("b"))


def test_images_of_one_name_in_two_projects_are_two() -> None:
    assert len(in_turn([[mask("a"), mask("a", project="projects/cells")]])) == 2


def test_a_map_of_probabilities_is_made_for_all_who_look() -> None:
    seen = WantedMask(ROOTS, "a", Have.CURRENT, on_screen=True)
    ada, ben = (replace(seen, probability_for=(painter,)) for painter in ("ada", "ben"))
    (joined,) = in_turn([[mask("a", Have.CURRENT)], [ben], [seen], [ada]])
    assert joined == replace(seen, probability_for=("ada", "ben"))
    assert not joined.done
    assert next_step(Situation((joined,), (ROOTS,)), TURN, None) == MakeMask(joined)
    assert seen.done
    assert next_step(Situation((seen,), (ROOTS,)), TURN, None) == Learn(ROOTS)
