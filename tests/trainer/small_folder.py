"""A shared folder with a small project that is easy to learn, a painter's wishes in it, and a clock of its own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from shared_folder.annotation_files import AnnotationFacts, encode_annotation
from shared_folder.desired import DesiredState
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, ProjectSettings, create_project, label_name
from shared_folder.publish import publish, publish_document, read_document
from shared_folder.segmentation import model_of
from shared_folder.status import ProjectStatus, TrainerStatus
from tests.trainer.learning import small_device
from trainer.service import Service

Start = Callable[..., Service]
"""Starts a service on the shared folder of the test: start(trainer_id, window)."""

SHAPE = (96, 128)


class Clock:
    """Moves on by itself a little whenever somebody asks, so that work takes time without taking any."""

    def __init__(self, step: float = 0.2) -> None:
        self.now = 100.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def truth_of(index: int) -> np.ndarray:
    """(H, W) ids: background with some squares of class 2."""
    truth = np.ones(SHAPE, np.uint8)
    for row, column in np.random.default_rng(index).integers(0, 80, (5, 2)):
        truth[row : row + 14, column : column + 14] = 2
    return truth


def write_image(path: Path, index: int, shape: tuple[int, int] = SHAPE) -> None:
    numbers = np.random.default_rng(index)
    bright = np.zeros(shape, np.float32)
    bright[: SHAPE[0], : SHAPE[1]] = (truth_of(index) == 2)[: shape[0], : shape[1]]
    noisy = 60 + 120 * bright[..., None] + numbers.normal(0, 15, (*shape, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(path)


def make_project(
    shared: SharedFolder, name: str = "roots", images: int = 8, settings: ProjectSettings | None = None
) -> Project:
    names = tuple(f"{name}_{index}.png" for index in range(images))
    for index, file_name in enumerate(names):
        write_image(shared.datasets / name / file_name, index)
    return create_project(shared, name, name, names, settings)


def annotate(project: Project, index: int, validation: bool = False, labels: np.ndarray | None = None) -> Path:
    """Write an annotation of an image, its right half unknown unless labels say otherwise. Returns its file."""
    if labels is None:
        labels = truth_of(index)
        labels[:, 64:] = 0
    folder = project.folder.validation if validation else project.folder.train
    path = folder / label_name(project.images[index])
    publish(path, encode_annotation(Labels.from_array(labels), AnnotationFacts(), project))
    return path


def wish(
    project: Project,
    *masks: int,
    learning: bool = False,
    on_screen: int | None = None,
    view: tuple[int, int, int, int] | None = None,
    painter: str = "ada",
    probability: bool = False,
) -> Path:
    """Replace a painter's desired state. masks: numbers of images."""
    path = project.shared.desired_state(painter)
    counter = read_document(path, DesiredState).counter + 1 if path.exists() else 1
    state = DesiredState(
        counter=counter,
        person=painter,
        project=project.location,
        image=None if on_screen is None else project.images[on_screen],
        view=view,
        masks=tuple(project.images[index] for index in masks),
        learning=learning,
        probability=probability,
    )
    publish_document(path, state)
    return path


def small_service(shared: SharedFolder, clock: Clock, trainer_id: str = "lab-0001", window: str = "") -> Service:
    """A service with a small network, without native events: what it sees depends on its clock alone."""
    return Service(shared.root, small_device(), clock, native=False, trainer_id=trainer_id, window=window)


def status_of(service: Service, shared: SharedFolder) -> TrainerStatus:
    return read_document(shared.trainer_status(service.id), TrainerStatus)


def project_status(service: Service, project: Project) -> ProjectStatus:
    found = [each for each in status_of(service, project.shared).projects if each.project == project.location]
    assert len(found) == 1
    return found[0]


def teach(project: Project) -> None:
    """One image to learn from, and as many to validate on as it takes."""
    annotate(project, 0, validation=True)
    annotate(project, 7, validation=True)
    annotate(project, 1)


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


def model_of_mask(project: Project, index: int) -> str | None:
    return model_of(project.segmentation_path(project.images[index]))


def project_status_or_none(service: Service, project: Project, field: str) -> object:
    found = service._shared.trainer_status(service.id).exists() and status_of(service, project.shared).projects
    return getattr(found[0], field) if found else None
