"""A rehearsal from a folder of labelled images to its report; what was finished before is not done again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from shared_folder.labelled import HELD_OUT, LabelledProject, Lesson, make_labelled_project, read_lesson
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import latest_model
from shared_folder.project import STARTER, open_project
from shared_folder.publish import make_folder, publish
from shared_folder.refused import Refused
from shared_folder.simulated_user import Habits
from trainer.device import Device
from trainer.model_store import load_model
from trainer.rehearsal.clocks import Clock, RealClock, WorkClock
from trainer.rehearsal.curve import Curve, summary
from trainer.rehearsal.measuring import HeldOut
from trainer.rehearsal.painter import PERFECT
from trainer.rehearsal.report import PICTURED, write_report
from trainer.rehearsal.run import Rehearsal

MOST_IMAGES = 60
"""To annotate; nobody does more in the minutes that a rehearsal takes."""
_SETTINGS = "rehearsal.json"


@dataclass(frozen=True)
class Settings:
    """What is rehearsed."""

    images: Path
    masks: Path
    to: Path
    """Folder of the results."""
    minutes: float = 10.0
    most_images: int = MOST_IMAGES
    held_out: float = HELD_OUT
    """Share of the images, 0..1."""
    groups: Path | None = None
    seed: int = 0
    perfect: bool = False
    """Whether the user misses nothing and her hand is steady."""
    tiles_per_second: float | None = None
    """Work that is a second; None: real time."""
    start_model: str = STARTER
    """As in a project's settings."""

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same for a rehearsal to go on."""
        places = {"images": self.images.resolve().as_posix(), "masks": self.masks.resolve().as_posix()}
        groups = None if self.groups is None else self.groups.resolve().as_posix()
        names = ("most_images", "held_out", "seed", "perfect", "tiles_per_second", "start_model")
        return places | {"groups": groups} | {name: getattr(self, name) for name in names}


def rehearse(settings: Settings, device: Device, say: Callable[[str], None]) -> dict[str, Any]:
    """Rehearse, or go on where an earlier run was stopped. Returns what summary.json holds.

    say: prints a line of progress. Raises Refused for folders that can't be used.
    """
    labelled = _project(settings, _lesson(settings))
    curve = Curve.read(settings.to / "curve.csv")
    seconds = 60 * settings.minutes
    began, tiles = (curve.rows[-1].seconds, curve.rows[-1].tiles) if curve.rows else (0.0, 0)
    if began < seconds:
        rate = settings.tiles_per_second
        clock: Clock = WorkClock(rate, began, tiles) if rate else RealClock(began, tiles)
        habits = PERFECT if settings.perfect else Habits()
        run = Rehearsal(labelled, device, clock, curve, habits=habits, seed=settings.seed, seconds=seconds, say=say)
        run.run()
    return _conclude(settings, labelled, curve, device)


def open_rehearsal(folder: Path) -> LabelledProject:
    """The project of a finished rehearsal, with its truth. folder: as it was left. Raises Refused for any other."""
    try:
        identity = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
        places = {key: Path(identity[key]) if identity[key] else None for key in ("images", "masks", "groups")}
        settings = Settings(**identity | places, to=folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Refused(f"{folder}: holds no rehearsal.") from error
    return _project(settings, _lesson(settings))


def _lesson(settings: Settings) -> Lesson:
    return read_lesson(
        settings.images,
        settings.masks,
        "object",
        settings.seed,
        most=settings.most_images,
        held_out=settings.held_out,
        groups=settings.groups,
    )


def _project(settings: Settings, lesson: Lesson) -> LabelledProject:
    """The project of this rehearsal, made or found. Refuses a folder of another one."""
    path, to = settings.to / _SETTINGS, settings.to
    shared = SharedFolder(to.resolve() / "shared")
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != settings.identity:
            raise Refused(f"{to}: holds another rehearsal. Give its own options, or choose another folder.")
    elif to.exists() and any(to.iterdir()):
        raise Refused(f"{to}: is not empty, and no rehearsal made it. Choose another folder.")
    else:
        make_folder(to)
        made = make_labelled_project(shared, "rehearsal", lesson, settings.start_model)
        publish(path, json.dumps(settings.identity, indent=1).encode())
        return made
    project = open_project(shared.project("rehearsal").root)
    truths = [image.truth for image in (*lesson.annotated, *lesson.held_out)]
    count = len(lesson.annotated)
    truth = dict(zip(project.images, truths, strict=True))
    return LabelledProject(project, project.images[:count], project.images[count:], truth)


def _conclude(settings: Settings, labelled: LabelledProject, curve: Curve, device: Device) -> dict[str, Any]:
    """Write summary.json and the report."""
    rate = settings.tiles_per_second
    last = curve.rows[-1]
    facts = summary(curve.rows) | {
        "images": len(curve.states()),
        "strokes": last.strokes,
        "held_out": len(labelled.held_out),
        "user": "perfect" if settings.perfect else "with a person's habits",
        "clock": f"{rate:g} tiles of work are a second" if rate else "real time",
        "tiles_per_second": round(last.tiles / max(1.0, last.training_seconds), 1),
        "start_model": settings.start_model,
        "seed": settings.seed,
        "device": device.description,
        "versions": {"brushloop": version("brushloop"), "torch": torch.__version__},
    }
    publish(settings.to / "summary.json", json.dumps(facts, indent=1).encode())
    folder = labelled.project.folder.models
    newest = latest_model(folder)
    models = [*sorted(folder.glob("*.safetensors"))[:1], *([newest] if newest is not None else [])]
    held_out = HeldOut(labelled, device)
    masks = {
        name: [held_out.mask(load_model(path, device), name) for path in models]
        for name in labelled.held_out[:PICTURED]
    }
    write_report(settings.to, labelled, curve.rows, facts, masks)
    return facts
