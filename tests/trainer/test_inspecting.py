from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from shared_folder.desired import DesiredState
from shared_folder.inspection import FAMILIES, Inspection, InspectionAnswer, read_answer, read_answered
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.project import Project
from shared_folder.publish import publish_document
from tests.trainer.learning import small_device
from tests.trainer.small_folder import Clock, Start, annotate, look_now, status_of, until, write_image
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet, margin, receptive_field
from trainer.service import Service

SHAPE = NetworkShape(widths=(8, 16))


def ask(project: Project, counter: int = 1, painter: str = "ada", index: int = 0, **question: object) -> Inspection:
    """Replace a painter's desired state by one with a question."""
    asked = Inspection.model_validate({"image": project.images[index], "row": 40, "column": 50, **question})
    state = DesiredState(counter=counter, project=project.location, inspection=asked)
    publish_document(project.shared.desired_state(painter), state)
    return asked


def give_model(project: Project, number: int = 1) -> None:
    facts = ModelFacts(
        number=number,
        trainer="t",
        classes=tuple(ModelClass(id=each.id, name=each.name, colour=each.colour) for each in project.classes),
        network={},
        normalisation="",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(number)  # some networks call everything the same, and turn along perfectly
        network = UNet(SHAPE)
    ModelStore(project.folder.models).save(network, facts)


def answered(service: Service, clock: Clock, project: Project, asked: Inspection) -> InspectionAnswer:
    """The answer that the service writes to a question, after it has looked."""
    path = project.folder.inspection("ada")
    look_now(service, clock)
    until(service, lambda: (found := read_answered(path)) is not None and found.asked == asked)
    return read_answer(path)[0]


def test_before_a_model_the_tile_and_its_sizes_are_shown(start: Start, clock: Clock, project: Project) -> None:
    service = start()
    answer = answered(service, clock, project, ask(project))
    assert (answer.row, answer.column, answer.tile) == (40, 50, small_device().tile_size)
    assert (answer.margin, answer.receptive_field) == (margin(SHAPE), receptive_field(SHAPE))
    assert [picture.name for picture in answer.pictures] == ["tile", "augmented"]
    assert answer.model == ""
    assert answer.dice is None
    assert not service.advance()  # it is answered once


def pictures_of(project: Project) -> dict[str, np.ndarray]:
    answer, strip = read_answer(project.folder.inspection("ada"))
    return {
        each.name: np.asarray(strip.crop((each.left, 0, each.left + each.side, each.side)))
        for each in answer.pictures
    }


def test_only_the_families_that_are_switched_on_change_the_tile(start: Start, clock: Clock, project: Project) -> None:
    annotate(project, 0)
    service = start()
    answered(service, clock, project, ask(project))
    plain = pictures_of(project)
    np.testing.assert_array_equal(plain["tile"], plain["augmented"])
    answered(service, clock, project, ask(project, 2, families=("flipping", "noise", "of a newer program"), seed=3))
    varied = pictures_of(project)
    np.testing.assert_array_equal(varied["tile"], plain["tile"])
    assert not np.array_equal(varied["augmented"], plain["augmented"])
    answered(service, clock, project, ask(project, 3, families=tuple(FAMILIES), seed=4))
    assert not np.array_equal(pictures_of(project)["augmented"], varied["augmented"])


def test_masks_are_compared_and_a_newer_model_is_a_newer_answer(start: Start, clock: Clock, project: Project) -> None:
    give_model(project)
    service = start()
    asked = ask(project, rotation=360.0)
    answer = answered(service, clock, project, asked)
    assert answer.model == "000001_t"
    assert answer.dice == 1.0  # a whole turn changes nothing
    pictures = pictures_of(project)
    assert list(pictures) == ["tile", "augmented", "mask of rotated", "rotated mask"]
    np.testing.assert_array_equal(pictures["mask of rotated"], pictures["rotated mask"])
    give_model(project, 2)
    look_now(service, clock)
    until(service, lambda: read_answer(project.folder.inspection("ada"))[0].model == "000002_t")
    assert 0 <= (answered(service, clock, project, ask(project, 2, rotation=30.0)).dice or 0) < 1


@pytest.mark.parametrize(("row", "column"), [(-5, 10**9), (95, 0)])
def test_places_outside_mean_the_nearest_inside(
    start: Start, clock: Clock, project: Project, row: int, column: int
) -> None:
    answer = answered(start(), clock, project, ask(project, row=row, column=column))
    assert (answer.row, answer.column) == (min(max(row, 0), 95), min(column, 127))


def test_each_painter_has_an_answer_of_her_own(start: Start, project: Project) -> None:
    ask(project)
    ask(project, painter="ben", index=1)
    service = start()
    until(service, lambda: all(project.folder.inspection(who).exists() for who in ("ada", "ben")))
    assert read_answer(project.folder.inspection("ben"))[0].asked.image == project.images[1]


def test_an_image_that_cant_be_read_is_said_and_tried_again(start: Start, clock: Clock, project: Project) -> None:
    broken = project.image_path(project.images[0])
    broken.write_bytes(b"not an image")
    asked = ask(project)
    service = start()
    assert service.advance()
    assert not service.advance()  # it doesn't spin
    clock.now += 2.0
    service.advance()
    assert project.images[0] in status_of(service, project.shared).error
    write_image(broken, 0)
    clock.now += 11.0
    assert answered(service, clock, project, asked).asked == asked


def test_questions_that_mean_nothing_here_are_left_alone(
    start: Start, shared: SharedFolder, project: Project
) -> None:
    for painter, state in {
        "stranger": DesiredState(project=project.location, inspection=Inspection(image="../outside.png")),
        "elsewhere": DesiredState(project="projects/other", inspection=Inspection(image=project.images[0])),
    }.items():
        publish_document(shared.desired_state(painter), state)
    service = start()
    assert not service.advance()
    assert not list(project.folder.inspections.iterdir())


def test_a_damaged_answer_is_written_anew(start: Start, clock: Clock, project: Project) -> None:
    path: Path = project.folder.inspection("ada")
    Image.new("RGB", (4, 4)).save(path)
    answered(start(), clock, project, ask(project))
