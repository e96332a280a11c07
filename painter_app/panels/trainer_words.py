"""What the trainer is doing, in plain words. Pure: no widgets, no clock, no files."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from painter_app.language import number, plural, sentence, tr
from painter_app.session.rootpainter_trainer import Obstacle, RootPainterNews
from shared_folder.publish import FORMAT
from shared_folder.status import Doing, ProjectStatus, TrainerStatus


def score_meaning(project: ProjectStatus | None) -> str:
    """What a score is measured on."""
    if project is not None and project.test_images:
        return plural(project.test_images, "Dice on {n} test image", "Dice on {n} test images")
    return tr("Dice on the parts you corrected")


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


def starting() -> TrainerWords:
    """This window's own trainer has been started and hasn't said anything yet."""
    return TrainerWords(
        Tone.WAITING,
        tr("Starting the trainer on this computer…"),
        tr("That takes some seconds. You can paint already; it catches up."),
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
            tr("No trainer yet"),
            tr("A trainer makes the masks and learns from what you paint. You can paint already; it catches up."),
            can_start=True,
        )
    if trainer.ended:
        return TrainerWords(
            Tone.WAITING,
            tr("The trainer has ended"),
            tr("You can go on painting. Start a trainer to get masks again."),
            error=_error(trainer),
            can_start=True,
        )
    if not alive:
        return _unreachable(trainer, silent_since)
    if FORMAT not in trainer.formats:
        return TrainerWords(
            Tone.TROUBLE,
            tr("The trainer is of another version"),
            tr(
                "It can't work with this window: it is version {theirs}, the window {ours}. "
                "Update the older of the two."
            ).format(theirs=trainer.version, ours=version),
            device=_device(trainer),
        )
    return _at_work(trainer, project, version, learning)


def describe_rootpainter(news: RootPainterNews, learning: bool) -> TrainerWords:
    """Say what RootPainter's trainer does for the open project, and what can't be had from it."""
    tone, headline, detail = _rootpainter_doing(news, learning)
    return TrainerWords(
        tone,
        headline,
        detail,
        masks=plural(news.queue, "{n} mask to make", "{n} masks to make") if news.queue else "",
        device=tr(
            "This is RootPainter's trainer. A mask is made once and stays as it is while the model learns; how sure "
            "the model is, its probabilities and what it sees can't be shown. Brushloop's own trainer does all that."
        ),
        error=tr("Last error: {error}").format(error=sentence(news.error)) if news.error else "",
        can_start=True,
    )


def _rootpainter_doing(news: RootPainterNews, learning: bool) -> tuple[Tone, str, str]:
    if news.training:
        return Tone.LEARNING, tr("Learning"), _message(news.message)
    if not learning:
        return Tone.OFF, tr("Learning is off"), _while_off(None)
    hindrance = _hindrance(news)
    if hindrance:
        return hindrance
    if news.message.startswith("Training finished"):
        return Tone.RESTING, tr("Resting"), tr("No more progress. It wakes when you correct more.")
    return (
        Tone.WAITING,
        tr("Ready"),
        tr("RootPainter's trainer is there and learns from the next image that you save."),
    )


def _hindrance(news: RootPainterNews) -> tuple[Tone, str, str] | None:
    """Why RootPainter's trainer doesn't learn for the open project."""
    if news.obstacle is Obstacle.EXAMPLES and not news.elsewhere:
        needed = tr("Paint clear examples on two images and save them: one to learn from, one to check itself on.")
        return Tone.WAITING, tr("Waiting for examples"), needed
    if news.obstacle is Obstacle.CLASSES:
        several = tr("RootPainter's trainer knows one class; this project has several.")
        return Tone.TROUBLE, tr("It can't learn here"), several
    if news.obstacle is Obstacle.ELSEWHERE:
        place = tr("RootPainter's trainer needs the images in the shared folder, below datasets.")
        return Tone.TROUBLE, tr("It can't learn here"), place
    if news.elsewhere:
        other = tr("RootPainter's trainer learns for one at a time, now for {name}. Stop it there, or wait.")
        return Tone.WAITING, tr("It learns for another project"), other.format(name=news.elsewhere)
    return None


def _message(message: str) -> str:
    """RootPainter's word on how far it is, as ours; anything else as it said it."""
    found = re.fullmatch(r"Training (\d+) of max (\d+) epochs without progress", message)
    if found is None:
        return message
    return tr("{n} of at most {most} epochs without progress").format(
        n=number(int(found[1])), most=number(int(found[2]))
    )


def _unreachable(trainer: TrainerStatus, silent_since: datetime | None) -> TrainerWords:
    if silent_since is None:
        return TrainerWords(Tone.WAITING, tr("Looking for the trainer…"), device=_device(trainer))
    host = tr("the computer “{name}”").format(name=trainer.host) if trainer.host else tr("its computer")
    return TrainerWords(
        Tone.TROUBLE,
        tr("Not reachable since {time}").format(time=f"{silent_since:%H:%M}"),
        tr(
            "Check that {host} is switched on, that it still has the shared folder, and that brushloop-trainer runs "
            "on it. What you paint is kept until then."
        ).format(host=host),
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
        turns=_turns(project),
        device=_device(trainer),
        version=_version(trainer.version, version),
        error=_error(trainer),
    )


def _doing(project: ProjectStatus | None, learning: bool) -> tuple[Tone, str, str]:
    """Tone, headline and detail of a trainer that is there."""
    if not learning:
        return Tone.OFF, tr("Learning is off"), _while_off(project)
    if project is None:
        return Tone.WAITING, tr("Ready"), tr("The trainer is there and takes up this project in a moment.")
    if project.doing is Doing.NEEDS_IMAGES:
        return Tone.WAITING, *_needed(project)
    if project.doing is Doing.LEARNING:
        return Tone.LEARNING, tr("Learning"), _learning(project)
    return {
        Doing.RESTING: (
            Tone.RESTING,
            tr("Resting"),
            tr("No more progress, {from_what}. It wakes when you correct more.").format(from_what=_material(project)),
        ),
        Doing.ANOTHER_LEARNS: (
            Tone.LEARNING,
            tr("Another trainer learns"),
            tr("This one makes masks for you meanwhile."),
        ),
        Doing.IDLE: (Tone.WAITING, tr("About to learn"), tr("The trainer takes this project up in a moment.")),
    }[project.doing]


def _while_off(project: ProjectStatus | None) -> str:
    if project is None:
        return tr("The trainer is there. Switch learning on when you have painted examples.")
    if project.doing is Doing.LEARNING:
        return tr("It stops in a moment, unless somebody else wants it to go on.")
    return tr("Masks come from the newest model. What you paint now is not learned from yet.")


def _needed(project: ProjectStatus) -> tuple[str, str]:
    if project.validation_images:
        return tr("Waiting for an image to learn from"), tr(
            "All of the annotated ones are for checking. Paint another one."
        )
    return tr("Waiting for examples"), tr("Paint clear examples on an image: it begins while you paint.")


def _learning(project: ProjectStatus) -> str:
    spent = _duration(project.learning_seconds)
    return tr("for {duration}, {from_what}").format(duration=spent, from_what=_material(project))


def _material(project: ProjectStatus) -> str:
    learned = plural(project.train_images, "from {n} image", "from {n} images")
    count = project.validation_images
    if not count:
        checked = tr("checked on none yet")
    elif project.test_images:
        checked = plural(count, "checked on {n} test image", "checked on {n} test images")
    else:
        checked = plural(count, "checked on {n} image", "checked on {n} images")
    return f"{learned}, {checked}"


def _score(project: ProjectStatus | None) -> str:
    if project is None or project.score is None:
        return ""
    return f"{score_meaning(project)}: {number(project.score, 2)}"


def _masks(project: ProjectStatus | None) -> str:
    if project is None or not project.queue:
        return ""
    return plural(project.queue, "{n} mask to make", "{n} masks to make")


def _version(trainers: str, windows: str) -> str:
    if not trainers or trainers == windows:
        return ""
    return tr("The trainer is version {theirs}, this window {ours}. Update the older of the two.").format(
        theirs=trainers, ours=windows
    )


def _device(trainer: TrainerStatus) -> str:
    where = f", {trainer.host}" if trainer.host else ""
    return tr("Runs on: {device}").format(device=f"{trainer.device}{where}") if trainer.device else ""


def _error(trainer: TrainerStatus) -> str:
    last = [tr("Last error: {error}").format(error=sentence(trainer.error))] if trainer.error else []
    return "\n".join([*last, *(sentence(refusal) for refusal in trainer.refusals[:3])])


def _duration(seconds: float) -> str:
    if seconds < 90:
        return tr("{n} s").format(n=number(max(0, round(seconds))))
    if seconds < 90 * 60:
        return tr("{n} min").format(n=number(round(seconds / 60)))
    return tr("{n} h").format(n=number(seconds / 3600, 1))


def _turns(project: ProjectStatus | None) -> str:
    """Whom a project shares its trainer with: "a", "a and b", "a, b and 2 others"."""
    if project is None or not project.turns_with:
        return ""
    short = [name.removeprefix("projects/") for name in project.turns_with]
    if len(short) > 3:
        others = number(len(short) - 2)
        return tr("In turns with {names} and {n} others").format(names=", ".join(short[:2]), n=others)
    if len(short) > 1:
        return tr("In turns with {names} and {last}").format(names=", ".join(short[:-1]), last=short[-1])
    return tr("In turns with {name}").format(name=short[0])
