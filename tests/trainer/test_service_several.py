import socket

import pytest

from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from shared_folder.publish import publish_document
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from tests.trainer.small_folder import (
    Clock,
    Start,
    look_now,
    make_project,
    model_of_mask,
    project_status,
    project_status_or_none,
    status_of,
    teach,
    until,
    wish,
)
from trainer.plan import TURN_SECONDS

pytestmark = pytest.mark.usefixtures("quick_validations")


def other_trainer(
    shared: SharedFolder, trainer_id: str, counter: int, doing: Doing = Doing.LEARNING, window: str = ""
) -> None:
    project = ProjectStatus(project="projects/roots", doing=doing)
    status = TrainerStatus(counter=counter, host="elsewhere", window=window, projects=(project,))
    publish_document(shared.trainer_status(trainer_id), status)


def test_several_projects_take_turns(start: Start, shared: SharedFolder, clock: Clock, project: Project) -> None:
    cells = make_project(shared, "cells")
    for each, painter in ((project, "ada"), (cells, "ben")):
        teach(each)
        wish(each, learning=True, painter=painter)
    service = start()

    def steps(each: Project) -> int:
        found = [one for one in status_of(service, shared).projects if one.project == each.location]
        return found[0].steps if found else 0

    service.advance()
    until(service, lambda: steps(cells) > 2)
    assert steps(project) == 0
    assert project_status(service, project).turns_with == (cells.location,)
    clock.now += TURN_SECONDS
    until(service, lambda: steps(project) > 2)


def test_the_lowest_id_alive_learns_and_the_other_makes_masks(
    start: Start, shared: SharedFolder, clock: Clock, project: Project
) -> None:
    teach(project)
    wish(project, 3, learning=True)
    other_trainer(shared, "lab-0000", 1)
    service = start()
    look_now(service, clock)
    assert project_status(service, project).doing is Doing.ANOTHER_LEARNS
    assert (project_status(service, project).train_images, project_status(service, project).steps) == (1, 0)
    other_trainer(shared, "lab-0000", 2)
    look_now(service, clock)
    until(service, lambda: model_of_mask(project, 3))
    for _ in range(10):
        look_now(service, clock)
    assert project_status(service, project).doing is Doing.ANOTHER_LEARNS
    clock.now += 30.0  # the other's counter stands still
    until(service, lambda: project_status(service, project).doing is Doing.LEARNING)


def test_a_trainer_that_is_long_dead_holds_nobody_up(
    start: Start, shared: SharedFolder, clock: Clock, project: Project
) -> None:
    teach(project)
    wish(project, learning=True)
    other_trainer(shared, "lab-0000", 1)
    service = start()
    clock.step = 0.5
    until(service, lambda: project_status_or_none(service, project, "doing") is Doing.LEARNING, turns=60)


def test_the_lower_one_waits_until_the_other_has_let_go(
    start: Start, shared: SharedFolder, clock: Clock, project: Project
) -> None:
    teach(project)
    wish(project, learning=True)
    other_trainer(shared, "lab-0002", 1)
    service = start()
    other_trainer(shared, "lab-0002", 2)
    service.advance()
    other_trainer(shared, "lab-0002", 3)
    look_now(service, clock)
    assert project_status(service, project).doing is Doing.ANOTHER_LEARNS
    other_trainer(shared, "lab-0002", 4, Doing.ANOTHER_LEARNS)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).doing is Doing.LEARNING)


def test_a_windows_trainer_ends_when_a_better_one_appears(start: Start, shared: SharedFolder, clock: Clock) -> None:
    service = start("lab-0001", window="ada")
    for counter in range(1, 6):
        other_trainer(shared, "lab-0002", counter, Doing.IDLE, window="ben")
        look_now(service, clock)
    assert not service._stopping
    for counter in range(1, 6):
        other_trainer(shared, "lab-0003", counter, Doing.IDLE)
        look_now(service, clock)
    assert service._stopping


def test_dead_trainers_of_this_machine_are_cleared_away(start: Start, shared: SharedFolder) -> None:
    dead = TrainerStatus(host=socket.gethostname(), process=2**22 + 1)
    publish_document(shared.trainer_status("gone"), dead)
    other_trainer(shared, "elsewhere", 1)
    start()
    assert not shared.trainer_status("gone").exists()
    assert shared.trainer_status("elsewhere").exists()


def test_two_trainers_share_the_work_and_the_other_goes_on_when_one_ends(
    start: Start, shared: SharedFolder, project: Project
) -> None:
    teach(project)
    wish(project, 3, learning=True)
    low, high = start("lab-0001"), start("lab-0002")
    for _ in range(60):
        low.advance()
        high.advance()
    assert (project_status(low, project).doing, project_status(high, project).doing) == (
        Doing.LEARNING,
        Doing.ANOTHER_LEARNS,
    )
    until(low, lambda: (model_of_mask(project, 3) or "").endswith("_lab-0001"))
    before = project_status(low, project).steps
    low.close()
    until(high, lambda: project_status(high, project).doing is Doing.LEARNING)
    until(high, lambda: project_status(high, project).steps > 0)
    assert project_status(high, project).steps >= before
