import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.classes import BACKGROUND, FOREGROUND, LabelClass
from shared_folder.desired import DesiredState, FolderJob
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import ModelClass, ModelFacts, read_model_facts
from shared_folder.project import Project, ProjectSettings
from shared_folder.publish import publish, publish_document
from shared_folder.segmentation import (
    NO_MODEL,
    Segmentation,
    empty_segmentation,
    model_of,
    read_segmentation,
    write_segmentation,
)
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from tests.trainer.learning import small_device
from tests.trainer.small_folder import (
    SHAPE,
    Clock,
    annotate,
    make_project,
    project_status,
    small_service,
    status_of,
    truth_of,
    wish,
    write_image,
)
from trainer.learning import LEAST_BATCHES, PATIENCE
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet
from trainer.plan import TURN_SECONDS
from trainer.service import Service, host_slug

Start = Callable[..., Service]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(shared: SharedFolder, clock: Clock) -> Iterator[Start]:
    """Starts services on the shared folder, and ends them."""
    services = []

    def starting(trainer_id: str = "lab-0001", window: str = "") -> Service:
        services.append(small_service(shared, clock, trainer_id, window))
        return services[-1]

    yield starting
    for service in services:
        service.close()


@pytest.fixture
def quick_validations(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch seems to take a second, and few are enough for a validation."""
    clock.step = 1.0
    monkeypatch.setattr("trainer.learning.LEAST_BATCHES", 4)


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return make_project(shared)


def until(service: Service, condition: Callable[[], object], turns: int = 3000) -> None:
    """Turn the loop until a condition holds."""
    for _ in range(turns):
        if condition():
            return
        service.advance()
    raise AssertionError(f"not after {turns} turns; {service._failures}")


def look_now(service: Service, clock: Clock) -> None:
    """One turn that looks at the folder."""
    clock.now += 1.0
    service.advance()


def teach(project: Project) -> None:
    annotate(project, 0, validation=True)
    annotate(project, 1)


def model_of_mask(project: Project, index: int) -> str | None:
    return model_of(project.segmentation_path(project.images[index]))


def test_a_wish_before_any_model_is_answered_with_an_empty_mask(start: Start, project: Project) -> None:
    service = start()
    wish(project, 2, 3)
    until(service, lambda: model_of_mask(project, 3))
    for index in (2, 3):
        answer = read_segmentation(project.segmentation_path(project.images[index]), SHAPE)
        assert answer.no_model
        assert answer.labels.counts() == {BACKGROUND: SHAPE[0] * SHAPE[1]}
    assert not service.advance()
    assert project_status(service, project).doing is Doing.IDLE


def test_it_learns_publishes_a_model_and_makes_masks_with_it(start: Start, clock: Clock, project: Project) -> None:
    service = start()
    teach(project)
    wish(project, 4, 0, learning=True, on_screen=4)
    until(service, lambda: project_status_or_none(service, project, "score"))
    status = project_status(service, project)
    assert status.doing is Doing.LEARNING
    assert (status.train_images, status.validation_images) == (1, 1)
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


def project_status_or_none(service: Service, project: Project, field: str) -> object:
    found = service._shared.trainer_status(service.id).exists() and status_of(service, project.shared).projects
    return getattr(found[0], field) if found else None


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
    annotate(project, 1)
    wish(project, learning=True)
    until(service, lambda: project_status_or_none(service, project, "doing") is Doing.NEEDS_IMAGES)
    assert project_status(service, project).train_images == 1
    annotate(project, 0, validation=True, labels=np.full(SHAPE, 255, np.uint8))  # only "can't tell": nothing known
    look_now(service, clock)
    until(service, lambda: not service.advance())
    assert project_status(service, project).doing is Doing.NEEDS_IMAGES
    annotate(project, 0, validation=True)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).doing is Doing.LEARNING)


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
    assert sorted(read) == ["roots_0.png", "roots_1.png"]
    annotate(project, 3)
    look_now(service, clock)
    until(service, lambda: project_status(service, project).train_images == 2)
    assert read[2:] == ["roots_3.png"]


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


@pytest.mark.usefixtures("quick_validations")
def test_a_model_that_is_not_better_is_not_published(start: Start, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: len(project_status_or_none(service, project, "scores") or ()) >= 6)
    best, better = -1.0, 0
    for _, score in project_status(service, project).scores:
        if score > best:
            best, better = score, better + 1
    assert len(list(project.folder.models.iterdir())) == better


@pytest.mark.usefixtures("quick_validations")
def test_the_last_model_is_measured_anew_on_changed_validation(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "score") or 0.0) > 0.6)
    inverted = np.where(truth_of(3) == FOREGROUND, BACKGROUND, FOREGROUND).astype(np.uint8)
    annotate(project, 3, validation=True, labels=inverted)
    clock.now += 1.0
    until(service, lambda: project_status(service, project).validation_images == 2)
    count = len(project_status(service, project).scores)
    until(service, lambda: len(project_status(service, project).scores) > count)
    assert (project_status(service, project).score or 0.0) < 0.6


def test_a_damaged_image_is_passed_with_a_sentence_and_retried_when_it_changes(
    start: Start, clock: Clock, project: Project
) -> None:
    broken = project.image_path(project.images[2])
    broken.write_bytes(b"not an image")
    wish(project, 2, 3, on_screen=2)
    service = start()
    until(service, lambda: model_of_mask(project, 3))
    assert not service.advance()
    look_now(service, clock)
    clock.now += 2.0
    service.advance()
    assert any("roots_2.png" in sentence for sentence in status_of(service, project.shared).refusals)
    write_image(broken, 2)
    look_now(service, clock)
    until(service, lambda: model_of_mask(project, 2))
    clock.now += 2.0
    service.advance()
    assert status_of(service, project.shared).refusals == ()


def test_an_annotation_of_another_size_is_refused_and_the_others_are_learned(start: Start, project: Project) -> None:
    teach(project)
    annotate(project, 2, labels=np.full((10, 10), 2, np.uint8))
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert any("roots_2.png" in sentence for sentence in status_of(service, project.shared).refusals)
    assert project_status(service, project).train_images == 1


def test_files_that_nobody_understands_are_named_and_work_goes_on(
    start: Start, shared: SharedFolder, project: Project
) -> None:
    wish(project, 2)
    publish(shared.painters / "damaged.json", b"{")
    newer = DesiredState(formats=(99,), project=project.location, masks=(project.images[3],))
    publish_document(shared.painters / "newer.json", newer)
    publish_document(shared.painters / "outside.json", DesiredState(project="../../etc", learning=True))
    publish_document(shared.painters / "up.json", DesiredState(project="projects/..", learning=True))
    publish_document(shared.painters / "stranger.json", DesiredState(project=project.location, masks=("../x.png",)))
    service = start()
    until(service, lambda: model_of_mask(project, 2))
    refusals = " ".join(status_of(service, shared).refusals)
    for word in ("damaged.json", "newer.json", "../../etc", "'..'", "../x.png"):
        assert word in refusals
    assert model_of_mask(project, 3) is None


def test_an_error_for_one_image_does_not_end_the_loop(
    start: Start,
    clock: Clock,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(path: Path, segmentation: Segmentation, classes: tuple[LabelClass, ...]) -> None:
        if path.name == "roots_2.png":
            raise ZeroDivisionError("a mistake of ours")
        write_segmentation(path, segmentation, classes)

    monkeypatch.setattr("trainer.mask_making.write_segmentation", failing)
    wish(project, 2, 3)
    service = start()
    until(service, lambda: model_of_mask(project, 3))
    assert not service.advance()
    clock.now += 2.0
    service.advance()
    assert any("a mistake of ours" in sentence for sentence in status_of(service, project.shared).refusals)
    log = service._shared.trainer_log(service.id).read_text()
    assert "Traceback" in log
    caplog.clear()


def test_the_disk_being_full_is_tried_again(
    start: Start,
    clock: Clock,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trainer.mask_making.write_segmentation", full)
    wish(project, 2)
    service = start()
    until(service, lambda: "No space left" in service._error())
    assert not service.advance()
    assert "No space left" in status_of(service, project.shared).error
    monkeypatch.setattr("trainer.mask_making.write_segmentation", write_segmentation)
    clock.now += 30.0
    until(service, lambda: model_of_mask(project, 2))
    caplog.clear()


def test_a_folder_job_is_done_last_and_once(start: Start, shared: SharedFolder, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    publish_document(shared.jobs / "all.json", FolderJob(project=project.location))
    broken = project.image_path(project.images[4])
    broken.write_bytes(b"no image")
    wish(project)
    expected = {2, 3, 5}
    until(service, lambda: all(model_of_mask(project, index) for index in expected))
    until(service, lambda: not service.advance())
    assert project_status(service, project).queue == 0
    assert model_of_mask(project, 4) is None
    assert project.latest_path(project.images[0]).exists()


def test_a_mask_of_rootpainters_is_left_alone_until_there_is_a_model(start: Start, project: Project) -> None:
    path = project.segmentation_path(project.images[2])
    drawn = Segmentation(Labels.from_array(truth_of(2)), "")
    write_segmentation(path, drawn, project.classes)
    before = path.read_bytes()
    wish(project, 2, 3, on_screen=2)
    service = start()
    until(service, lambda: model_of_mask(project, 3))
    assert path.read_bytes() == before


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


def other_trainer(
    shared: SharedFolder, trainer_id: str, counter: int, doing: Doing = Doing.LEARNING, window: str = ""
) -> None:
    project = ProjectStatus(project="projects/roots", doing=doing)
    status = TrainerStatus(counter=counter, host="elsewhere", window=window, projects=(project,))
    publish_document(shared.trainer_status(trainer_id), status)


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


def test_changed_classes_start_a_network_of_their_own(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    three = (*project.classes, LabelClass(3, "stone", "#0072b2"))
    publish_document(project.folder.settings, ProjectSettings(classes=three))
    clock.now += 1.0
    until(service, lambda: "classes" in " ".join(status_of(service, project.shared).refusals))
    until(service, lambda: len(list(project.folder.models.iterdir())) > 1)
    newest = max(project.folder.models.iterdir())
    assert [known.id for known in read_model_facts(newest).classes] == [2, 3]
    until(service, lambda: status_of(service, project.shared).refusals == ())


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


def test_the_status_is_written_each_second_while_busy_and_each_other_while_idle(
    start: Start, shared: SharedFolder, clock: Clock, project: Project
) -> None:
    clock.step = 0.0
    service = start()
    service.advance()
    counter = status_of(service, shared).counter
    clock.now += 1.5
    service.advance()
    assert status_of(service, shared).counter == counter
    clock.now += 1.0
    service.advance()
    assert status_of(service, shared).counter == counter + 1


def test_a_wish_wakes_a_real_loop_at_once_and_stop_ends_it(shared: SharedFolder, project: Project) -> None:
    service = Service(shared.root, small_device(), trainer_id="lab-0001")
    wish(project)
    loop = threading.Thread(target=service.run)
    loop.start()
    try:
        deadline = time.monotonic() + 10
        while not shared.trainer_status("lab-0001").exists() and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        wish(project, 3)
        while model_of_mask(project, 3) is None and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        assert model_of_mask(project, 3) == NO_MODEL
    finally:
        service.stop()
        loop.join(10)
    assert not loop.is_alive()
    assert status_of(service, shared).ended


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


def test_an_empty_mask_counts_as_none_once_there_is_a_model(start: Start, project: Project) -> None:
    write_segmentation(project.segmentation_path(project.images[3]), empty_segmentation(SHAPE), project.classes)
    teach(project)
    wish(project, 3, learning=True)
    service = start()
    until(service, lambda: model_of_mask(project, 3) != NO_MODEL)
    assert model_of_mask(project, 3) == "000001_lab-0001"


@pytest.mark.parametrize(
    ("host", "slug"), [("Lab-7.uni.example", "lab-7"), ("Ünlü_PC", "nl--pc"), ("...", "host"), ("", "host")]
)
def test_a_trainers_id_fits_in_file_names(host: str, slug: str) -> None:
    assert host_slug(host) == slug


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


def test_a_damaged_model_is_said_and_not_the_images_fault(
    start: Start, shared: SharedFolder, clock: Clock, project: Project
) -> None:
    publish(project.folder.models / "000007_elsewhere.safetensors", b"half a mod")
    wish(project, 2)
    service = start()
    until(service, lambda: "000007_elsewhere" in service._error())
    assert not service.advance()
    (project.folder.models / "000007_elsewhere.safetensors").unlink()
    clock.now += 30.0
    until(service, lambda: model_of_mask(project, 2) == NO_MODEL)
    assert not service._error()


def test_a_slow_machine_learns_from_some_batches_before_it_validates(
    start: Start, clock: Clock, project: Project
) -> None:
    clock.step = 10.0  # more than eight seconds for each batch
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "scores"))
    assert project_status(service, project).scores[0][0] >= LEAST_BATCHES


def test_a_project_starts_from_the_model_that_it_names(start: Start, shared: SharedFolder) -> None:
    project = make_project(shared, settings=ProjectSettings(start_model="roots.safetensors"))
    facts = ModelFacts(
        number=1,
        trainer="x",
        classes=(ModelClass(id=2, name="a", colour="#000000"),),
        network={},
        normalisation="any",
    )
    widths = (8, 12, 16)  # not those of a network that starts from nothing here
    ModelStore(project.folder.models).save(UNet(NetworkShape(widths=widths)), facts).rename(
        project.folder.models / "roots.safetensors"
    )
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    published = read_model_facts(project.folder.models / "000001_lab-0001.safetensors")
    assert published.network["widths"] == list(widths)
    assert published.parent == "roots"


def test_a_start_model_that_is_missing_is_said_and_learning_starts_from_nothing(
    start: Start, shared: SharedFolder
) -> None:
    project = make_project(shared, settings=ProjectSettings(start_model="gone.safetensors"))
    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: (project_status_or_none(service, project, "steps") or 0) > 0)
    assert "gone.safetensors" in " ".join(status_of(service, project.shared).refusals)
