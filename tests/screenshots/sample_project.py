"""The sample project as it looks after an hour's work: masks, review states, a trainer that learns."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from painter_app.datasets.make import NewProject, make_project
from shared_folder.classes import BACKGROUND, FOREGROUND, new_classes
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder, assets
from shared_folder.names import image_id
from shared_folder.notes import Notes
from shared_folder.project import Project
from shared_folder.publish import publish_document
from shared_folder.review import Reached, Reviews, ReviewState
from shared_folder.segmentation import Segmentation, write_segmentation
from shared_folder.status import Doing, ProjectStatus, TrainerStatus

SAMPLE = assets() / "sample"
MODEL = "000009_lab-4c1d"
STATES = (
    ReviewState.EXAMPLE,
    ReviewState.EXAMPLE,
    ReviewState.COMPLETE,
    ReviewState.COMPLETE,
    ReviewState.NOTHING_TO_CORRECT,
    ReviewState.SKIPPED,
    ReviewState.PARTLY_CORRECTED,
)
SCORES = ((40, 0.31), (90, 0.52), (150, 0.60), (220, 0.66), (300, 0.70), (380, 0.71), (470, 0.74))


def make_sample(shared: SharedFolder) -> Project:
    plan = NewProject(shared, "sample roots", SAMPLE / "images", new_classes(["root"]))
    return make_project(plan, lambda *_: None).project


def truth_of(name: str) -> NDArray[np.uint8]:
    """(H, W) class ids."""
    with Image.open(SAMPLE / "masks" / f"{Path(name).stem}.png") as mask:
        return np.where(np.asarray(mask) > 0, FOREGROUND, BACKGROUND).astype(np.uint8)


def nearly_right(truth: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """A mask as a half-trained network makes it: borders a little off, roots missed, soil taken for root."""
    random = np.random.default_rng(seed)
    wobble = ndimage.gaussian_filter(random.normal(size=truth.shape), 5) * 9
    root = ndimage.gaussian_filter((truth == FOREGROUND).astype(float), 1.2) + 0.25 * wobble > 0.5
    rows, columns = np.mgrid[: truth.shape[0], : truth.shape[1]]
    for size, is_root in ((34, False), (28, False), (24, False), (9, True), (7, True), (8, True)):
        row, column = random.integers(30, truth.shape[0] - 30), random.integers(30, truth.shape[1] - 30)
        near = (rows - row) ** 2 + ((columns - column) * 0.7) ** 2 < size**2 * (1 + 0.3 * wobble)
        root = root | near if is_root else root & ~near
    return np.where(root, FOREGROUND, BACKGROUND).astype(np.uint8)


def write_masks(project: Project) -> None:
    for seed, name in enumerate(project.images):
        labels = Labels.from_array(nearly_right(truth_of(name), seed))
        write_segmentation(project.segmentation_path(name), Segmentation(labels, MODEL), project.classes)


def write_states(project: Project, painter: str) -> str:
    """Review states of the first images, and notes. Returns the first image that is not dealt with."""
    states = {image_id(name): state for name, state in zip(project.images, STATES, strict=False)}
    reached = dict.fromkeys(states, Reached.ORDER) | {image_id(project.images[3]): Reached.CHOICE}
    publish_document(project.folder.review(painter), Reviews(person="ada", states=states, reached=reached))
    notes = Notes(person="Bob").having(image_id(project.images[1]), "fungus at the top?")
    publish_document(project.folder.notes_of("bob"), notes.having(image_id(project.images[3]), "a fine one to show"))
    return project.images[len(STATES)]


def status(project: Project, counter: int, doing: Doing = Doing.LEARNING, **of_project: object) -> TrainerStatus:
    """A trainer at work on the project."""
    known: dict[str, object] = {
        "learning_seconds": 340.0,
        "steps": 520,
        "progress": 0.6,
        "train_images": 6,
        "validation_images": 2,
        "model": MODEL,
        "score": SCORES[-1][1],
        "scores": SCORES,
    }
    return TrainerStatus(
        counter=counter,
        version="0.1.0",
        host="lab-server",
        device="CPU, 2 threads, bfloat16",
        projects=(
            ProjectStatus.model_validate({"project": project.location, "doing": doing, **known, **of_project}),
        ),
    )


def write_status(project: Project, counter: int) -> None:
    publish_document(project.shared.trainer_status("lab-4c1d"), status(project, counter))
