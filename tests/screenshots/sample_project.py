"""The sample project as it looks after an hour's work: masks, review states, a trainer that learns."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.graph import route_through_array
from skimage.morphology import skeletonize

from painter_app.datasets.make import NewProject, make_project
from shared_folder.annotation_files import AnnotationFacts, choose_folder, encode_annotation
from shared_folder.classes import BACKGROUND, FOREGROUND, UNKNOWN, new_classes
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder, assets
from shared_folder.names import image_id
from shared_folder.notes import Notes
from shared_folder.probability import ProbabilityFacts, ProbabilityMap, write_probability
from shared_folder.project import Project, label_name
from shared_folder.publish import publish, publish_document
from shared_folder.review import Reached, Reviews, ReviewState
from shared_folder.segmentation import Segmentation, write_segmentation
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from shared_folder.uncertainty import SCALE, UncertaintyMap, write_uncertainty

SAMPLE = assets() / "sample"
MODEL = "000009_lab-4c1d"
BETTER_MODEL = "000010_lab-4c1d"
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


def mask_of(name: str, wrong: float = 1.0) -> NDArray[np.uint8]:
    """A mask (H, W) as a half-trained network makes it: borders a little off, roots missed, soil taken for root.

    wrong: how far the errors reach; 0.5 for a better network's.
    """
    truth = truth_of(name)
    random = np.random.default_rng(int(Path(name).stem[-2:]))
    wobble = ndimage.gaussian_filter(random.normal(size=truth.shape), 5) * 9
    root = ndimage.gaussian_filter((truth == FOREGROUND).astype(float), 1.2) + 0.25 * wrong * wobble > 0.5
    rows, columns = np.mgrid[: truth.shape[0], : truth.shape[1]]
    for size, is_root in ((34, False), (28, False), (24, False), (9, True), (7, True), (8, True)):
        row, column = random.integers(30, truth.shape[0] - 30), random.integers(30, truth.shape[1] - 30)
        distance = (rows - row) ** 2 + ((columns - column) * 0.7) ** 2
        near = distance < (size * wrong) ** 2 * (1 + 0.3 * wobble)
        root = root | near if is_root else root & ~near
    return np.where(root, FOREGROUND, BACKGROUND).astype(np.uint8)


def probability_of(name: str) -> NDArray[np.float64]:
    """(H, W) how likely each pixel is root, as the network has it that made the mask."""
    likely: NDArray[np.float64] = ndimage.gaussian_filter((mask_of(name) == FOREGROUND).astype(float), 2.5)
    return np.clip(likely * 1.15, 0, 0.99)


def along_the_longest_root(name: str) -> list[tuple[float, float]]:
    """Points (row, column) on the centre line of the largest root, from its top to its bottom."""
    parts, count = ndimage.label(truth_of(name) == FOREGROUND, np.ones((3, 3)))
    largest = 1 + int(np.argmax(ndimage.sum_labels(parts > 0, parts, range(1, count + 1))))
    line = skeletonize(parts == largest)
    rows, columns = np.nonzero(line)
    ends = [(rows[at], columns[at]) for at in (np.argmin(rows), np.argmax(rows))]
    way, _ = route_through_array(np.where(line, 1.0, 1e6), *ends)
    return [(float(row), float(column)) for row, column in way]


def widest_missed(name: str) -> tuple[float, float]:
    """Row and column of the middle of the widest piece of root that the mask has missed."""
    missed = (truth_of(name) == FOREGROUND) & (mask_of(name) != FOREGROUND)
    row, column = np.unravel_index(np.argmax(ndimage.distance_transform_edt(missed)), missed.shape)
    return float(row), float(column)


def second_excess(name: str) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the second largest region that the mask has and the truth hasn't."""
    truth = truth_of(name)
    parts, count = ndimage.label((mask_of(name) == FOREGROUND) & (truth != FOREGROUND))
    sizes = ndimage.sum_labels(parts > 0, parts, range(1, count + 1))
    rows, columns = ndimage.find_objects(parts)[int(np.argsort(sizes)[-2])]
    return rows.start, columns.start, rows.stop, columns.stop


def write_masks(project: Project) -> None:
    for name in project.images:
        write_mask(project, name, mask_of(name))


def write_better_mask(project: Project, name: str) -> None:
    write_mask(project, name, mask_of(name, wrong=0.5), BETTER_MODEL)


def write_mask(project: Project, name: str, mask: NDArray[np.uint8], model: str = MODEL) -> None:
    path = project.segmentation_path(name)
    write_segmentation(path, Segmentation(Labels.from_array(mask), model), project.classes)


def write_probability_of(project: Project, name: str, painter: str) -> None:
    facts = ProbabilityFacts(image=name, model=MODEL, classes=(FOREGROUND,), scale=1)
    values = (probability_of(name) * 255).astype(np.uint8)[None]
    write_probability(project.folder.probability(painter), ProbabilityMap(values, facts))


def write_uncertainty_of(project: Project, name: str) -> None:
    unsure = 1 - np.abs(2 * probability_of(name) - 1)
    padded = np.pad(unsure, [(0, -side % SCALE) for side in unsure.shape], mode="edge")
    height, width = (side // SCALE for side in padded.shape)
    means = padded.reshape(height, SCALE, width, SCALE).mean(axis=(1, 3))
    write_uncertainty(project.uncertainty_path(name), UncertaintyMap((means * 255).astype(np.uint8), MODEL))


def write_annotations(project: Project) -> None:
    """What two people have corrected of the first images."""
    people = (("ada", 212.0, 31), ("ada", 168.0, 24), ("Bob", 305.0, 42), ("ada", 96.0, 17), ("Bob", 61.0, 9))
    for name, (person, seconds, clicks) in zip(project.images, people, strict=False):
        truth = truth_of(name)
        labels = Labels.from_array(np.where(mask_of(name) != truth, truth, UNKNOWN).astype(np.uint8))
        facts = AnnotationFacts(person=person, seconds=seconds, clicks=clicks, model=MODEL, dice=0.71)
        folder = choose_folder(project, name)
        publish(folder / label_name(name), encode_annotation(labels, facts, project))


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
