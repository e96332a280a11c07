"""What the trainer tells people on its terminal and in its log: a line for each piece of news, else nothing."""

import logging
import os
from pathlib import Path

from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from trainer.stamps import stamp_of

MOST_BYTES = 1_000_000
"""Longer logs are set beside as <name>.1, in the place of the one before."""
LOGS_KEPT = 10
"""Of trainers that ended; the oldest go when a new one starts."""


def news_between(before: TrainerStatus, after: TrainerStatus) -> list[str]:
    """A line for each thing that a person at the trainer's terminal wants to know, and that changed."""
    known = {each.project: each for each in before.projects}
    lines = []
    for project in after.projects:
        name = project.project.removeprefix("projects/")
        earlier = known.get(project.project)
        if project.model and (earlier is None or earlier.model != project.model):
            dice = "" if project.score is None else f", Dice {project.score:.3f}"
            lines.append(f"{name}: newest model {project.model}{dice}")
        reading = project.doing is Doing.LEARNING and not project.train_images  # annotations, before it can learn
        if not reading and (earlier is None or _doing(earlier) != _doing(project)):
            lines.append(f"{name}: {_doing(project)}")
    lines += [sentence for sentence in after.refusals if sentence not in before.refusals]
    if after.error and after.error != before.error:
        lines.append(after.error)
    return lines


def _doing(project: ProjectStatus) -> str:
    annotated = f"{project.train_images} to learn from, {project.validation_images} to validate on"
    return {
        Doing.IDLE: "makes masks; learning is off",
        Doing.NEEDS_IMAGES: f"waits for annotated images: {annotated}",
        Doing.LEARNING: f"learns; images: {annotated}",
        Doing.RESTING: "rests until the next correction",
        Doing.ANOTHER_LEARNS: "another trainer learns; this one makes masks",
    }[project.doing]


class LogFile(logging.Handler):
    """Appends records to a file that is opened for each line only: no shared file is held open.

    A folder that can't be written is no reason to stop work: the line is lost.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > MOST_BYTES:
                os.replace(self._path, self._path.with_name(f"{self._path.name}.1"))  # noqa: PTH105 (replaces)
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return


def remove_old_logs(folder: Path, prefix: str) -> None:
    """Keep the newest logs whose names begin so, remove the others."""
    stamps = {path: stamp_of(path) for path in folder.glob(f"{prefix}*.log*")}
    oldest_first = sorted((stamp.modified_ns, path) for path, stamp in stamps.items() if stamp is not None)
    for _, path in oldest_first[:-LOGS_KEPT]:
        path.unlink(missing_ok=True)
