"""Classes that are added, renamed, merged and separated while a service learns: it goes on with what it knows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from shared_folder.class_changes import change_classes
from shared_folder.classes import LabelClass
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import read_model_facts
from shared_folder.project import Project, ProjectSettings
from tests.trainer.learning import small_device
from tests.trainer.small_folder import (
    Clock,
    Start,
    annotate,
    look_now,
    make_project,
    project_status,
    project_status_or_none,
    status_of,
    teach,
    truth_of,
    until,
    wish,
)
from trainer.model_store import load_model


def head_of(path: Path, label: int) -> torch.Tensor:
    """The weights in a model's file from which a class is told."""
    model = load_model(path, small_device())
    place, count = model.class_ids.index(label), len(model.class_ids)
    return model.network.head.weight.chunk(count)[place]


@pytest.mark.usefixtures("quick_validations")
def test_learning_goes_on_with_other_classes(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    first = max(project.folder.models.iterdir())
    steps = project_status(service, project).steps
    before = project.classes
    stone = LabelClass(3, "stone", "#0072b2")
    change_classes(project, before, (stone, *before))  # in another order, too
    labels = truth_of(2)
    labels[60:, 100:] = 3
    annotate(project, 2, labels=labels)
    look_now(service, clock)
    until(
        service, lambda: 3 in [known.id for known in read_model_facts(max(project.folder.models.iterdir())).classes]
    )
    newest = max(project.folder.models.iterdir())
    facts = read_model_facts(newest)
    assert [(known.id, known.name) for known in facts.classes] == [(2, "foreground"), (3, "stone")]
    assert facts.steps > steps
    assert torch.cosine_similarity(head_of(newest, 2).flatten(), head_of(first, 2).flatten(), dim=0) > 0.9
    assert status_of(service, project.shared).refusals == ()


@pytest.mark.usefixtures("quick_validations")
def test_other_names_and_colours_disturb_no_learning(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    learning = service._learnings[project.location]
    run, train = learning._run, list(learning._taking_up.train)
    change_classes(project, project.classes, (LabelClass(2, "fine root", "#123456"),))
    look_now(service, clock)
    assert learning._run is run
    assert all(one is other for one, other in zip(learning._taking_up.train, train, strict=True))
    models = len(list(project.folder.models.iterdir()))
    annotate(project, 2)
    look_now(service, clock)
    until(service, lambda: len(list(project.folder.models.iterdir())) > models)
    newest = read_model_facts(max(project.folder.models.iterdir()))
    assert [(known.name, known.colour) for known in newest.classes] == [("fine root", "#123456")]


@pytest.mark.usefixtures("quick_validations")
def test_a_class_merged_and_separated_while_it_learns(start: Start, clock: Clock, shared: SharedFolder) -> None:
    two = (LabelClass(2, "root", "#e41a1c"), LabelClass(3, "old root", "#0072b2"))
    project = make_project(shared, "merging", settings=ProjectSettings(classes=two))
    for index in (0, 1):
        labels = truth_of(index)
        labels[:, 64:][labels[:, 64:] == 2] = 3
        annotate(project, index, validation=index == 0, labels=labels)
    wish(project, learning=True)
    service = start()

    def told_apart() -> list[int]:
        models = list(project.folder.models.glob("*.safetensors"))
        return [known.id for known in read_model_facts(max(models)).classes] if models else []

    until(service, lambda: told_apart() == [2, 3])
    one = (two[0], replace(two[1], merged_into=2))
    change_classes(project, two, one)
    look_now(service, clock)
    until(service, lambda: told_apart() == [2])
    assert {*service._learnings[project.location]._taking_up.train[0].places} == {1, 2}
    change_classes(project, one, two)
    look_now(service, clock)
    until(service, lambda: told_apart() == [2, 3])
    assert {*service._learnings[project.location]._taking_up.train[0].places} == {1, 2, 3}


def test_after_a_restart_learning_goes_on_with_the_classes_of_then(start: Start, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    first = start("lab-0001")
    until(first, lambda: (project_status_or_none(first, project, "steps") or 0) > 3)
    first.close()
    before = project_status(first, project).steps
    change_classes(project, project.classes, (*project.classes, LabelClass(3, "stone", "#0072b2")))
    second = start("lab-0000")
    until(second, lambda: (project_status_or_none(second, project, "steps") or 0) > 0)
    assert project_status(second, project).steps >= before
    assert status_of(second, project.shared).refusals == ()


@pytest.mark.usefixtures("quick_validations")
def test_a_merged_class_is_learned_as_the_other(start: Start, shared: SharedFolder) -> None:
    classes = (LabelClass(2, "root", "#e41a1c"), LabelClass(3, "old root", "#0072b2", merged_into=2))
    merged = make_project(shared, "merged", settings=ProjectSettings(classes=classes))
    for index in (0, 1):
        labels = truth_of(index)
        annotate(merged, index, validation=index == 0, labels=np.where(labels == 2, 3, labels).astype(np.uint8))
    wish(merged, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, merged, "model"))
    newest = max(merged.folder.models.iterdir())
    assert [known.id for known in read_model_facts(newest).classes] == [2]
