import sys
import threading
import time
from pathlib import Path

import pytest
import torch

from shared_folder.classes import BACKGROUND, LabelClass
from shared_folder.desired import DesiredState, FolderJob
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from shared_folder.publish import publish, publish_document
from shared_folder.segmentation import (
    NO_MODEL,
    Segmentation,
    empty_segmentation,
    read_segmentation,
    write_segmentation,
)
from shared_folder.status import Doing
from tests.trainer.learning import small_device
from tests.trainer.small_folder import (
    SHAPE,
    Clock,
    Start,
    look_now,
    model_of_mask,
    project_status,
    project_status_or_none,
    status_of,
    teach,
    truth_of,
    until,
    wish,
    write_image,
)
from trainer.service import Service, host_slug

pytestmark = pytest.mark.usefixtures("quick_validations")


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' names are text")
def test_names_and_kinds_of_files_that_nobody_would_choose_are_passed(
    start: Start, clock: Clock, shared: SharedFolder, project: Project
) -> None:
    teach(project)
    wish(project, 2, learning=True)
    no_text = b"\xff\xfe".decode(errors="surrogateescape")
    for folder, name in [
        (shared.painters, f"{no_text}.json"),
        (shared.jobs, f"{no_text}.json"),
        (shared.trainers, f"{no_text}.json"),
        (project.folder.train, f"{no_text}.png"),
        (project.folder.models, f"000009_{no_text}.safetensors"),
    ]:
        publish(folder / name, b"{}")
    (shared.painters / "folder.json").mkdir()
    (project.folder.models / "000010_folder.safetensors").mkdir()
    (project.folder.train / project.images[3]).mkdir()
    many = tuple(f"{number}.png" for number in range(5000))
    publish_document(
        shared.painters / "greedy.json", DesiredState(project=project.location, masks=many, view=(9, 9, 0, 0))
    )
    publish_document(shared.jobs / "greedy.json", FolderJob(project=project.location, images=many))
    service = start()
    until(service, lambda: model_of_mask(project, 2) == "000001_lab-0001")
    assert status_of(service, shared).model_dump()["projects"][0]["model"] == "000001_lab-0001"


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


def test_graphics_memory_that_others_took_is_waited_for_and_said_once(
    start: Start,
    clock: Clock,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    wish(project, 2)
    service = start()
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise torch.OutOfMemoryError("CUDA out of memory")

        patched.setattr("trainer.mask_making.write_segmentation", full)
        until(service, lambda: "graphics memory" in service._error())
        for _ in range(30):
            look_now(service, clock)
    until(service, lambda: model_of_mask(project, 2) or look_now(service, clock))
    assert not service._error()
    assert sum("graphics memory" in record.getMessage() for record in caplog.records) == 1


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


def test_a_folder_job_that_can_write_nothing_waits_and_goes_on_later(
    start: Start,
    shared: SharedFolder,
    clock: Clock,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    teach(project)
    wish(project, learning=True)
    service = start()
    until(service, lambda: project_status_or_none(service, project, "model"))
    wish(project)
    publish_document(shared.jobs / "one.json", FolderJob(project=project.location, images=(project.images[2],)))
    with monkeypatch.context() as patched:
        patched.setattr("trainer.mask_making.write_segmentation", full)
        until(service, lambda: "No space left" in service._error())
        clock.step = 0.01
        caplog.clear()
        for _ in range(50):
            service.advance()
        assert len(caplog.records) <= 1
    clock.now += 70.0
    until(service, lambda: model_of_mask(project, 2))


def test_a_mask_of_rootpainters_is_left_alone_until_there_is_a_model(start: Start, project: Project) -> None:
    path = project.segmentation_path(project.images[2])
    drawn = Segmentation(Labels.from_array(truth_of(2)), "")
    write_segmentation(path, drawn, project.classes)
    before = path.read_bytes()
    wish(project, 2, 3, on_screen=2)
    service = start()
    until(service, lambda: model_of_mask(project, 3))
    assert path.read_bytes() == before


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
