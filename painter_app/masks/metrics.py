"""Corrective metrics: each mask that was corrected beside itself with the corrections laid over it.

They measure what a user still has to correct, image by image, and so whether a model has become good enough. An image
without corrections counts as right. Columns are RootPainter's.
"""

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from shared_folder.annotation import corrected
from shared_folder.annotation_files import AnnotationFacts, annotated_names, annotation_path, read_annotation
from shared_folder.classes import CANT_TELL, FOREGROUND
from shared_folder.client_log import TimeSpent, time_spent
from shared_folder.labels import Pixels
from shared_folder.merging import merge_table
from shared_folder.names import image_id
from shared_folder.project import Project
from shared_folder.publish import read_documents
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState, reviews_of_all
from shared_folder.scores import LabelMap
from shared_folder.segmentation import Segmentation, read_segmentation

COLUMNS = (
    "file_name", "accuracy", "tn", "fp", "fn", "tp", "precision", "recall", "f1", "annot_fg", "annot_bg", "area_true",
    "area_pred", "area_error", "seg_time", "model_name", "annot_duration_s", "clicks",
)  # fmt: skip
PLOTTED = (
    "f1",
    "accuracy",
    "precision",
    "recall",
    "area_error",
    "annot_fg",
    "annot_bg",
    "annot_duration_s",
    "clicks",
)
"""Those of which a curve says something."""
FIRST_CORRECTIVE = 6
"""Number of the first image that was corrected; those before it are clear examples (RootPainter's protocol)."""
ROLLING = 30
"""Images of which a mean is taken."""


@dataclass(frozen=True)
class Metrics:
    """One image's. All classes count as foreground; areas in pixels, times in seconds."""

    file_name: str
    number: int
    """Its place in the project, from 1."""
    tn: int
    fp: int
    fn: int
    tp: int
    annot_fg: int
    annot_bg: int
    seg_time: str
    model_name: str
    annot_duration_s: float
    clicks: int

    @property
    def accuracy(self) -> float:
        return (self.tp + self.tn) / max(1, self.tp + self.tn + self.fp + self.fn)

    @property
    def precision(self) -> float:
        """NaN without a true positive."""
        return self.tp / (self.tp + self.fp) if self.tp else math.nan

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp else math.nan

    @property
    def f1(self) -> float:
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else math.nan

    @property
    def area_true(self) -> int:
        return self.tp + self.fn

    @property
    def area_pred(self) -> int:
        return self.tp + self.fp

    @property
    def area_error(self) -> int:
        """What was predicted too much, below 0 too little."""
        return self.area_pred - self.area_true

    def value(self, column: str) -> float:
        """One of the figures."""
        return float(getattr(self, column))


@dataclass(frozen=True)
class MetricsReport:
    """Of the annotated images, in the project's order."""

    images: tuple[Metrics, ...]
    refused: tuple[str, ...]
    """A sentence for each image that can't be measured."""


def measure_corrections(project: Project, progress: Callable[[int, int], None]) -> MetricsReport:
    """Read annotations and the masks that they correct; belongs into a worker. Left out is an image without a mask,
    and one without an annotation unless there was nothing to correct.

    progress: gets how many images were looked at, of how many; whatever it raises ends the work.
    """
    spent, right = time_spent(project.folder.client_log), _nothing_to_correct(project)
    found, refused = [], []
    for done, name in enumerate(project.images):
        progress(done, len(project.images))
        try:
            image = image_id(name)
            measured = _of(project, name, done + 1, image in right, spent.get(image, TimeSpent()))
        except Refused as refusal:
            refused.append(str(refusal))
        except OSError as error:
            refused.append(f"{name}: {error.strerror}.")
        else:
            found += [measured] if measured is not None else []
    progress(len(project.images), len(project.images))
    return MetricsReport(tuple(found), tuple(refused))


def as_csv(images: Sequence[Metrics]) -> str:
    """RootPainter's table."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for metrics in images:
        table.writerow([getattr(metrics, column) for column in COLUMNS])
    return text.getvalue()


def rolling_mean(values: Sequence[float], window: int) -> list[float]:
    """The mean of each value and those before it, `window` at most; what is no number doesn't count."""
    means = []
    for end in range(1, len(values) + 1):
        known = [value for value in values[max(0, end - window) : end] if not math.isnan(value)]
        means.append(sum(known) / len(known) if known else math.nan)
    return means


def minutes_of(images: Sequence[Metrics]) -> list[float]:
    """Minutes of annotating by the end of each image."""
    return [float(total) for total in np.cumsum([metrics.annot_duration_s for metrics in images]) / 60]


def _nothing_to_correct(project: Project) -> set[str]:
    """Ids of images whose mask was left as it was: somebody said so; in a project of RootPainter's, which doesn't
    record that, all before the last that is annotated."""
    by_person, _ = read_documents(project.folder.reviews, Reviews)
    states = reviews_of_all(by_person)
    right = {image for image, state in states.items() if state is ReviewState.NOTHING_TO_CORRECT}
    if project.is_rootpainters:
        annotated = annotated_names(project.folder.train) | annotated_names(project.folder.validation)
        places = [place for place, name in enumerate(project.images) if image_id(name) in annotated]
        right |= {image_id(name) for name in project.images[: max(places, default=0)]}
    return right


def _of(project: Project, name: str, number: int, right: bool, spent: TimeSpent) -> Metrics | None:
    path = annotation_path(project, name)
    mask, mask_file = _corrected_mask(project, name)
    if mask is None or (path is None and not right):
        return None
    counts_as = merge_table(project.classes)
    said, facts = counts_as[mask.labels.to_array()], AnnotationFacts()
    painted = np.zeros_like(said)
    if path is not None:
        stored = read_annotation(path, mask.labels.shape)
        painted, facts = counts_as[stored.labels.to_array()], stored.facts
    found, true = _found(said), _found(corrected(said, painted))
    time = datetime.fromtimestamp(mask_file.stat().st_mtime).astimezone()
    return Metrics(
        file_name=name,
        number=number,
        tn=int((~found & ~true).sum()),
        fp=int((found & ~true).sum()),
        fn=int((~found & true).sum()),
        tp=int((found & true).sum()),
        annot_fg=int(_found(painted).sum()),
        annot_bg=int(((painted > 0) & ~_found(painted) & (painted != CANT_TELL)).sum()),
        seg_time=f"{time:%Y-%m-%d %H:%M:%S}",
        model_name=mask.model or _guessed_model(project, mask_file.stat().st_mtime),
        annot_duration_s=_seconds(facts, spent),
        clicks=facts.clicks or spent.clicks,
    )


def _corrected_mask(project: Project, name: str) -> tuple[Segmentation | None, Path]:
    """The mask that was on the screen at the first stroke; of RootPainter's images the one beside the annotation."""
    for path in (project.shown_path(name), project.segmentation_path(name)):
        try:
            found = read_segmentation(path)
        except FileNotFoundError:
            continue
        if not found.no_model:
            return found, path
    return None, project.segmentation_path(name)


def _found(labels: LabelMap | Pixels) -> np.ndarray:
    return np.asarray((labels >= FOREGROUND) & (labels != CANT_TELL))


def _seconds(facts: AnnotationFacts, spent: TimeSpent) -> float:
    return round(facts.seconds or spent.seconds, 1)


def _guessed_model(project: Project, made: float) -> str:
    """RootPainter's masks don't name their model: the newest that was there when the mask was made."""
    names = [path.stem for path in project.folder.rootpainter_models.glob("*.pkl")]
    times = {int(name.partition("_")[2]): name for name in names if name.partition("_")[2].isdecimal()}
    before = [time for time in times if time <= made]
    return times[max(before)] if before else ""
