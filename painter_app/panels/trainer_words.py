"""What the trainer is doing, in plain words. Pure: no Qt, no clock, no files."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from painter_app.words import counted
from shared_folder.publish import FORMAT
from shared_folder.status import Doing, ProjectStatus, TrainerStatus

SCORE_MEANING = "Dice on the parts you corrected"


def score_meaning(project: ProjectStatus | None) -> str:
    """What a score is measured on."""
    if project is not None and project.test_images:
        return f"Dice on {counted(project.test_images, 'test image')}"
    return SCORE_MEANING


class Tone(Enum):
    """How a state is marked: each tone has its own shape, besides its colour."""

    LEARNING = auto()
    OFF = auto()
    WAITING = auto()
    RESTING = auto()
    TROUBLE = auto()


@dataclass(frozen=True)
class TrainerWords:
    """What the panel says. Empty parts are not shown."""

    tone: Tone
    headline: str
    detail: str = ""
    progress: float | None = None
    """0..1 of the way to the next check, while it learns."""
    score: str = ""
    masks: str = ""
    turns: str = ""
    device: str = ""
    version: str = ""
    error: str = ""
    can_start: bool = False
    """Whether to offer a trainer on this computer."""


STARTING = TrainerWords(
    Tone.WAITING,
    "Starting the trainer on this computer…",
    "That takes some seconds. You can paint already; it catches up.",
)


def describe_trainer(
    trainer: TrainerStatus | None,
    project: ProjectStatus | None,
    alive: bool,
    silent_since: datetime | None,
    version: str,
    learning: bool,
) -> TrainerWords:
    """Say what the trainer does for the open project.

    silent_since: by this machine's own clock, when the trainer was last seen to move; None when it never was.
    version: this window's. learning: whether it is wanted here.
    """
    if trainer is None:
        return TrainerWords(
            Tone.WAITING,
            "No trainer yet",
            "A trainer makes the masks and learns from what you paint. You can paint already; it catches up.",
            can_start=True,
        )
    if trainer.ended:
        return TrainerWords(
            Tone.WAITING,
            "The trainer has ended",
            "You can go on painting. Start a trainer to get masks again.",
            error=_error(trainer),
            can_start=True,
        )
    if not alive:
        return _unreachable(trainer, silent_since)
    if FORMAT not in trainer.formats:
        return TrainerWords(
            Tone.TROUBLE,
            "The trainer is of another version",
            f"It can't work with this window: it is version {trainer.version}, the window {version}. "
            "Update the older of the two.",
            device=_device(trainer),
        )
    return _at_work(trainer, project, version, learning)


def _unreachable(trainer: TrainerStatus, silent_since: datetime | None) -> TrainerWords:
    if silent_since is None:
        return TrainerWords(Tone.WAITING, "Looking for the trainer…", device=_device(trainer))
    host = f"the computer “{trainer.host}”" if trainer.host else "its computer"
    return TrainerWords(
        Tone.TROUBLE,
        f"Not reachable since {silent_since:%H:%M}",
        f"Check that {host} is switched on, that it still has the shared folder, and that brushloop-trainer runs on "
        "it. What you paint is kept until then.",
        device=_device(trainer),
        error=_error(trainer),
        can_start=True,
    )


def _at_work(trainer: TrainerStatus, project: ProjectStatus | None, version: str, learning: bool) -> TrainerWords:
    tone, headline, detail = _doing(project, learning)
    learns = project is not None and project.doing is Doing.LEARNING
    return TrainerWords(
        tone,
        headline,
        detail,
        progress=project.progress if project is not None and learns else None,
        score=_score(project),
        masks=_masks(project),
        turns=f"In turns with {_listed(project.turns_with)}" if project is not None and project.turns_with else "",
        device=_device(trainer),
        version=_version(trainer.version, version),
        error=_error(trainer),
    )


def _doing(project: ProjectStatus | None, learning: bool) -> tuple[Tone, str, str]:
    """Tone, headline and detail of a trainer that is there."""
    if not learning:
        return Tone.OFF, "Learning is off", _while_off(project)
    if project is None:
        return Tone.WAITING, "Ready", "The trainer is there and takes up this project in a moment."
    if project.doing is Doing.NEEDS_IMAGES:
        return Tone.WAITING, *_needed(project)
    if project.doing is Doing.LEARNING:
        return Tone.LEARNING, "Learning", f"for {_duration(project.learning_seconds)}, {_material(project)}"
    return {
        Doing.RESTING: (
            Tone.RESTING,
            "Resting",
            f"No more progress, {_material(project)}. It wakes when you correct more.",
        ),
        Doing.ANOTHER_LEARNS: (Tone.LEARNING, "Another trainer learns", "This one makes masks for you meanwhile."),
        Doing.IDLE: (Tone.WAITING, "About to learn", "The trainer takes this project up in a moment."),
    }[project.doing]


def _while_off(project: ProjectStatus | None) -> str:
    if project is None:
        return "The trainer is there. Switch learning on when you have painted examples."
    if project.doing is Doing.LEARNING:
        return "It stops in a moment, unless somebody else wants it to go on."
    return "Masks come from the newest model. What you paint now is not learned from yet."


def _needed(project: ProjectStatus) -> tuple[str, str]:
    if project.validation_images:
        return "Waiting for an image to learn from", "All of the annotated ones are for checking. Paint another one."
    return "Waiting for examples", "Paint clear examples on an image: it begins while you paint."


def _material(project: ProjectStatus) -> str:
    kind = "test image" if project.test_images else "image"
    checked = counted(project.validation_images, kind) if project.validation_images else "none yet"
    return f"from {counted(project.train_images, 'image')}, checked on {checked}"


def _score(project: ProjectStatus | None) -> str:
    if project is None or project.score is None:
        return ""
    return f"{score_meaning(project)}: {project.score:.2f}"


def _masks(project: ProjectStatus | None) -> str:
    if project is None or not project.queue:
        return ""
    return f"{counted(project.queue, 'mask')} to make"


def _version(trainers: str, windows: str) -> str:
    if not trainers or trainers == windows:
        return ""
    return f"The trainer is version {trainers}, this window {windows}. Update the older of the two."


def _device(trainer: TrainerStatus) -> str:
    where = f", {trainer.host}" if trainer.host else ""
    return f"Runs on: {trainer.device}{where}" if trainer.device else ""


def _error(trainer: TrainerStatus) -> str:
    return "\n".join([*([f"Last error: {trainer.error}"] if trainer.error else []), *trainer.refusals[:3]])


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _listed(names: tuple[str, ...]) -> str:
    """Project names in words: "a", "a and b", "a, b and 2 others"."""
    short = [name.removeprefix("projects/") for name in names]
    if len(short) > 3:
        return f"{short[0]}, {short[1]} and {len(short) - 2} others"
    return " and ".join([", ".join(short[:-1]), short[-1]] if len(short) > 1 else short)
