import copy
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import ModelClass, ModelFacts, read_model_facts
from shared_folder.project import STARTER, Project, ProjectSettings
from shared_folder.publish import publish
from shared_folder.segmentation import (
    NO_MODEL,
    read_segmentation,
)
from shared_folder.status import Doing
from tests.trainer.learning import same_weights, small_device
from tests.trainer.small_folder import (
    SHAPE,
    Clock,
    Start,
    annotate,
    look_now,
    make_project,
    model_of_mask,
    project_status,
    project_status_or_none,
    status_of,
    teach,
    truth_of,
    until,
    wish,
)
from trainer import project_view
from trainer.learning import LEAST_BATCHES, PATIENCE
from trainer.model_store import ModelStore, load_model
from trainer.network import NetworkShape, UNet
from trainer.validating import Validation, ValidationScore


@pytest.mark.usefixtures("quick_validations")
def test_it_learns_publishes_a_model_and_makes_masks_with_it(start: Start, clock: Clock, project: Project) -> None:
    service = start()
    teach(project)
    wish(project, 4, 0, learning=True, on_screen=4)
    until(service, lambda: project_status_or_none(service, project, "model"))
    status = project_status(service, project)
    assert status.doing is Doing.LEARNING
    assert (status.train_images, status.validation_images) == (1, 2)
    assert status.steps > 0
    assert len(status.scores) == 1
    assert status.model == "000001_lab-0001"
    facts = read_model_facts(project.folder.models / f"{status.model}.safetensors")
    assert facts.scores["dice"] == status.score
    assert facts.classes[0].id == FOREGROUND
    until(service, lambda: (model_of_mask(project, 4) or NO_MODEL) != NO_MODEL)
    # The annotated image keeps the mask that was corrected; the newer one lies beside.
    until(service, lambda: project.latest_path(project.images[0]).exists())
    assert not project.segmentation_path(project.images[0]).exists()


def test_it_learns_to_find_the_squares(start: Start, project: Project) -> None:
    service = start()
    teach(project)
    annotate(project, 2)
    wish(project, 5, learning=True, on_screen=5)
    until(service, lambda: (project_status_or_none(service, project, "score") or 0.0) > 0.8)
    wish(project, 5, on_screen=5)
    until(service, lambda: model_of_mask(project, 5) == project_status(service, project).model)
    found = read_segmentation(project.segmentation_path(project.images[5]), SHAPE).labels.to_array()
    assert (found == truth_of(5)).mean() > 0.9


def test_it_says_what_learning_waits_for(start: Start, clock: Clock, project: Project) -> None:
    service = start()
    annotate(project, 1, labels=np.where(truth_of(1) == 2, 2, 0).astype(np.uint8))  # nothing to tell it from
    wish(project, learning=True)
    until(service, lambda: project_status_or_none(service, project, "doing") is Doing.NEEDS_IMAGES)
    assert project_status(service, project).train_images == 1
    annotate(project, 0, labels=np.full(SHAPE, 255, np.uint8))  # only "can't tell": nothing known
    look_now(service, clock)
    until(service, lambda: not service.advance())
    assert project_status(service, project).doing is Doing.NEEDS_IMAGES
    annotate(project, 1)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).doing is Doing.LEARNING)


@pytest.mark.usefixtures("quick_validations")
def test_the_first_image_alone_teaches_and_has_no_score(start: Start, project: Project) -> None:
    service = start()
    annotate(project, 1)
    wish(project, 4, learning=True, on_screen=4)
    until(service, lambda: (model_of_mask(project, 4) or NO_MODEL) != NO_MODEL)
    status = project_status(service, project)
    assert (status.train_images, status.validation_images) == (1, 0)
    assert (status.score, status.scores) == (None, ())
    assert not read_model_facts(project.folder.models / f"{status.model}.safetensors").scores


def test_learning_goes_on_after_a_restart(start: Start, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    first = start("lab-0001")
    until(first, lambda: (project_status_or_none(first, project, "steps") or 0) > 3)
    first.close()
    assert status_of(first, project.shared).ended
    before = project_status(first, project).steps
    second = start("lab-0000")
    until(second, lambda: (project_status_or_none(second, project, "steps") or 0) > 0)
    assert project_status(second, project).steps >= before


def test_a_damaged_training_state_is_said_and_learning_starts_anew(start: Start, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    publish(project.folder.training, b"no tensors at all")
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert any("training.safetensors" in sentence for sentence in status_of(service, project.shared).refusals)


def test_a_new_annotation_is_taken_up_and_only_it_is_read(
    start: Start, clock: Clock, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def reading(path: Path, shape: tuple[int, int]) -> object:
        read.append(path.name)
        return original(path, shape)

    original = __import__("trainer.taking_up", fromlist=["read_annotation"]).read_annotation
    monkeypatch.setattr("trainer.taking_up.read_annotation", reading)
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert sorted(read) == ["roots_0.png", "roots_1.png", "roots_7.png"]
    annotate(project, 3)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).train_images == 2)
    assert read[3:] == ["roots_3.png"]


@pytest.mark.usefixtures("quick_validations")
def test_it_rests_after_no_progress_and_wakes_on_the_next_correction(
    start: Start, clock: Clock, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.learning.PATIENCE", 2)
    assert PATIENCE > 10
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "doing") is Doing.RESTING)
    assert project.folder.training.exists()
    assert not service.advance()
    scores = [score for _, score in project_status(service, project).scores]
    assert max(scores[-2:]) <= max(scores[:-2])
    annotate(project, 2)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).doing is Doing.LEARNING)


def published_steps(project: Project) -> list[int]:
    """The steps that each model had learned for, oldest first."""
    return [read_model_facts(path).steps for path in sorted(project.folder.models.glob("*.safetensors"))]


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What validations find: the first of these as long as there are others, then the last one."""
    coming: list[float] = []

    def next_score(_: Validation) -> ValidationScore:
        return ValidationScore({FOREGROUND: coming.pop(0) if len(coming) > 1 else coming[0]})

    monkeypatch.setattr(Validation, "score", next_score)
    return coming


@pytest.mark.usefixtures("quick_validations")
def test_a_model_that_is_not_better_is_published_only_once_it_has_learned_new_annotations(
    start: Start, clock: Clock, project: Project, scores: list[float]
) -> None:
    scores += [0.8, 0.9, 0.7]
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: len(project_status_or_none(service, project, "scores") or ()) >= 6)
    assert [score for _, score in project_status(service, project).scores] == [0.8, 0.9, 0.7, 0.7, 0.7, 0.7]
    assert len(published_steps(project)) == 2
    annotate(project, 2)
    look_now(service, clock)
    until(service, lambda: len(published_steps(project)) == 3)
    until(service, lambda: len(project_status(service, project).scores) >= 9)
    assert len(published_steps(project)) == 3


@pytest.mark.usefixtures("quick_validations")
def test_a_lucky_early_score_gives_way_to_equal_ones_that_learned_twice_as_long(
    start: Start, project: Project, scores: list[float]
) -> None:
    scores += [1.0, 0.998]
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: len(project_status_or_none(service, project, "scores") or ()) >= 12)
    steps = published_steps(project)
    assert len(steps) >= 3
    assert all(later >= 2 * earlier for earlier, later in pairwise(steps))


@pytest.mark.usefixtures("quick_validations")
def test_annotations_that_come_faster_than_validations_are_learned_and_published(
    start: Start, clock: Clock, project: Project, scores: list[float]
) -> None:
    scores += [0.9, 0.5]
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: len(published_steps(project)) == 1)
    turns = 0
    while len(published_steps(project)) == 1 and turns < 200:
        annotate(project, 2, labels=np.full(SHAPE, 1 + turns % 2, np.uint8))  # new at every look
        look_now(service, clock)
        service.advance()
        turns += 1
    assert len(published_steps(project)) == 2


@pytest.mark.usefixtures("quick_validations")
def test_the_network_that_was_validated_is_the_one_that_is_published(
    start: Start, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    validated: list[UNet] = []

    def score(validation: Validation) -> ValidationScore:
        validated.append(copy.deepcopy(validation.network))
        return ValidationScore({FOREGROUND: 0.5})

    monkeypatch.setattr(Validation, "score", score)
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    (path,) = project.folder.models.glob("*.safetensors")
    assert same_weights(load_model(path, small_device()).network, validated[0])


def test_a_project_that_is_deleted_while_it_learns_does_not_come_back(
    start: Start, clock: Clock, project: Project
) -> None:
    teach(project)
    wish(project, 3, learning=True, on_screen=3)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 2)
    shutil.rmtree(project.folder.root)
    for _ in range(5):
        look_now(service, clock)
    assert any("missing" in sentence for sentence in status_of(service, project.shared).refusals)
    service.close()
    assert not project.folder.root.exists()


@pytest.mark.usefixtures("quick_validations")
def test_the_last_model_is_measured_anew_on_changed_validation(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "score") or 0.0) > 0.6)
    inverted = np.where(truth_of(3) == FOREGROUND, BACKGROUND, FOREGROUND).astype(np.uint8)
    annotate(project, 3, validation=True, labels=inverted)
    clock.now += 1.0
    until(service, lambda: project_status(service, project).validation_images == 3)
    count = len(project_status(service, project).scores)
    until(service, lambda: len(project_status(service, project).scores) > count)
    assert (project_status(service, project).score or 0.0) < 0.6


def test_an_annotation_of_another_size_is_refused_and_the_others_are_learned(start: Start, project: Project) -> None:
    teach(project)
    annotate(project, 2, labels=np.full((10, 10), 2, np.uint8))
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert any("roots_2.png" in sentence for sentence in status_of(service, project.shared).refusals)
    assert project_status(service, project).train_images == 1


def test_an_image_replaced_by_one_of_another_size_is_left_out_of_learning(
    start: Start, clock: Clock, project: Project
) -> None:
    teach(project)
    annotate(project, 2)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 2)
    Image.new("RGB", (40, 30)).save(project.image_path(project.images[2]))
    until(service, lambda: project_status(service, project).train_images == 1)
    steps = project_status(service, project).steps
    until(service, lambda: project_status(service, project).steps > steps)


def test_learning_that_nobody_wants_any_more_stops_and_is_saved(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 2)
    wish(project, learning=False)
    look_now(service, clock)
    assert project_status(service, project).doing is Doing.IDLE
    assert project.folder.training.exists()
    assert not service.advance()


def test_an_error_in_learning_waits_for_another_annotation(
    start: Start,
    clock: Clock,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    teach(project)
    wish(project, 3, learning=True)
    service = start()
    with monkeypatch.context() as patched:
        patched.setattr("trainer.learning.TrainingRun", None)
        until(service, lambda: "TypeError" in service._error())
        until(service, lambda: model_of_mask(project, 3))
        for _ in range(20):
            look_now(service, clock)
        assert "TypeError" in status_of(service, project.shared).error
    assert len(caplog.records) < 5
    annotate(project, 2)
    look_now(service, clock)
    until(service, lambda: not service._error() and project_status(service, project).steps > 0)
    caplog.clear()


def test_a_slow_machine_learns_from_some_batches_before_it_validates(
    start: Start, clock: Clock, project: Project
) -> None:
    clock.step = 10.0  # more than eight seconds for each batch
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "scores"))
    assert project_status(service, project).scores[0][0] >= LEAST_BATCHES


@pytest.mark.usefixtures("quick_validations")
def test_a_project_starts_from_the_model_that_it_names(start: Start, shared: SharedFolder) -> None:
    project = make_project(shared, settings=ProjectSettings(start_model="roots.safetensors"))
    facts = ModelFacts(
        number=1,
        trainer="x",
        classes=(ModelClass(id=2, name="a", colour="#000000"),),
        network={},
        normalisation="any",
        scores={"dice": 0.9},
    )
    widths = (8, 12, 16)  # not those of a network that starts from nothing here
    ModelStore(project.folder.models).save(UNet(NetworkShape(widths=widths)), facts).rename(
        project.folder.models / "roots.safetensors"
    )
    wish(project, 3)
    service = start()
    until(service, lambda: model_of_mask(project, 3) == "roots")
    assert project_status(service, project).score is None
    teach(project)
    wish(project, learning=True)
    until(service, lambda: project_status(service, project).model == "000001_lab-0001")
    published = read_model_facts(project.folder.models / "000001_lab-0001.safetensors")
    assert published.network["widths"] == list(widths)
    assert published.parent == "roots"


def test_a_start_model_of_other_classes_makes_no_masks(start: Start, shared: SharedFolder) -> None:
    project = make_project(shared, settings=ProjectSettings(start_model="stones.safetensors"))
    facts = ModelFacts(
        number=1,
        trainer="x",
        classes=(ModelClass(id=7, name="stone", colour="#000000"),),
        network={},
        normalisation="any",
    )
    ModelStore(project.folder.models).save(UNet(NetworkShape(widths=(8, 16))), facts).rename(
        project.folder.models / "stones.safetensors"
    )
    wish(project, 3)
    service = start()
    until(service, lambda: model_of_mask(project, 3) == NO_MODEL)


@pytest.mark.usefixtures("quick_validations")
def test_the_starter_weights_teach_and_make_no_masks(
    start: Start, shared: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = ModelFacts(
        number=1,
        trainer="x",
        classes=(ModelClass(id=2, name="line", colour="#000000"),),  # even where the ids are the project's
        network={},
        normalisation="any",
    )
    widths = (8, 12, 16)
    weights = ModelStore(tmp_path).save(UNet(NetworkShape(widths=widths)), facts)
    monkeypatch.setattr(project_view, "starter_weights", lambda: weights)
    project = make_project(shared, settings=ProjectSettings(start_model=STARTER))
    wish(project, 3)
    service = start()
    until(service, lambda: model_of_mask(project, 3) == NO_MODEL)
    teach(project)
    wish(project, learning=True)
    until(service, lambda: project_status(service, project).model == "000001_lab-0001")
    published = read_model_facts(project.folder.models / "000001_lab-0001.safetensors")
    assert published.network["widths"] == list(widths)
    assert published.parent == STARTER


def test_starter_weights_that_are_missing_are_said_and_learning_starts_from_nothing(
    start: Start, shared: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_view, "starter_weights", lambda: tmp_path / "starter.safetensors")
    project = make_project(shared, settings=ProjectSettings(start_model=STARTER))
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert "starter weights are missing" in " ".join(status_of(service, project.shared).refusals)


def test_a_start_model_that_is_missing_is_said_and_learning_starts_from_nothing(
    start: Start, shared: SharedFolder
) -> None:
    project = make_project(shared, settings=ProjectSettings(start_model="gone.safetensors"))
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert "gone.safetensors" in " ".join(status_of(service, project.shared).refusals)
