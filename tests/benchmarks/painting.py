"""What painting costs while a trainer learns on the same machine, and what that costs the trainer.

    python -m tests.benchmarks painting

Rounds with and without "she paints" in the painter's file take turns, so that other load falls on both.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname

import numpy as np
from PIL import Image
from PyQt6.QtWidgets import QApplication

from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.classes import FOREGROUND
from shared_folder.desired import DesiredState
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from shared_folder.publish import publish_document, read_documents
from shared_folder.status import TrainerStatus
from tests.benchmarks.canvas import DrawnImage, brush_stroke, mask_of_lines, shown_canvas
from tests.benchmarks.rows import Row, row

SIDE = 2000
ROUNDS = 4
ROUND_SECONDS = 12.0
SETTLING_SECONDS = 3.0
_LONGEST_START = 120.0
_TARGET = 12.0  # milliseconds of a brush move


def rows() -> list[Row]:
    """About two minutes."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(SharedFolder(Path(folder)))
        with _learning(project):
            moves, steps = _rounds(project)
    ratio = statistics.median(steps[True]) / max(statistics.median(steps[False]), 1e-9)
    name = f"{SIDE} px, 25 px brush, trainer learning on the same machine: "
    return [
        row(name + "move with repaint, p95", _p95(moves[True]), "ms", _p95(moves[False]), _TARGET),
        row(name + "slowest of a hundred moves", _p99(moves[True]), "ms", _p99(moves[False])),
        row("steps that the trainer takes while she paints, of those it takes else", 100 * ratio, "%"),
    ]


def _rounds(project: Project) -> tuple[dict[bool, list[float]], dict[bool, list[float]]]:
    """Milliseconds of the moves, and the trainer's steps a second, by whether it knows that she paints."""
    app = QApplication.instance() or QApplication(["benchmark"])
    assert isinstance(app, QApplication)
    canvas = shown_canvas(app, DrawnImage(SIDE), mask_of_lines(SIDE))
    canvas.actual_size()
    canvas.brush_diameter = 25
    moves: dict[bool, list[float]] = {True: [], False: []}
    steps: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * ROUNDS):
        painting = number % 2 == 0
        _wish(project, number + 2, painting)
        time.sleep(SETTLING_SECONDS)
        began, before = time.monotonic(), _status(project).steps
        while time.monotonic() - began < ROUND_SECONDS:
            times, _ = brush_stroke(app, canvas)
            moves[painting] += times[1:]
            canvas.undo()
            time.sleep(0.3)  # she lifts the pen
        steps[painting].append((_status(project).steps - before) / (time.monotonic() - began))
    canvas.close()
    return moves, steps


def _project(shared: SharedFolder) -> Project:
    """Two annotated images of noise with a bright bar."""
    names = ("a.png", "b.png")
    (shared.datasets / "noise").mkdir(parents=True)
    project = create_project(shared, "noise", "noise", names)
    for seed, name in enumerate(names):
        pixels = np.random.default_rng(seed).integers(0, 120, (750, 750, 3), np.uint8)
        pixels[300:340] += 100
        Image.fromarray(pixels).save(shared.datasets / "noise" / name)
        labels = np.ones((750, 750), np.uint8)
        labels[300:340] = FOREGROUND
        labels[:, 400:] = 0
        save_annotation(project, name, Labels.from_array(labels), AnnotationFacts(), None, [])
    return project


@contextmanager
def _learning(project: Project) -> Iterator[None]:
    """A trainer of its own process, as one runs that no window started, while it learns."""
    _wish(project, 1, painting=False)
    began = time.monotonic()
    folder = str(project.shared.root)
    trainer = subprocess.Popen([sys.executable, "-m", "trainer", "watch", folder], stderr=subprocess.DEVNULL)
    try:
        while not read_documents(project.shared.trainers, TrainerStatus)[0] or _status(project).steps < 20:
            time.sleep(0.5)
            if time.monotonic() - began > _LONGEST_START:
                raise TimeoutError("the trainer doesn't learn")
        yield
    finally:
        trainer.terminate()
        trainer.wait()


def _wish(project: Project, counter: int, painting: bool) -> None:
    state = DesiredState(
        counter=counter, project=project.location, learning=True, painting=painting, host=gethostname()
    )
    publish_document(project.shared.desired_state("ada"), state)


def _status(project: Project) -> TrainerStatus:
    (status,) = read_documents(project.shared.trainers, TrainerStatus)[0].values()
    return status


def _p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def _p99(values: list[float]) -> float:
    return float(np.percentile(values, 99))
