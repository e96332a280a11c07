"""The demonstration's report: report.json for programs, report.md and learning_curve.png for people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication

from painter_app.panels.curve import Axes, Series, draw_curve
from shared_folder.classes import BACKGROUND, LabelClass
from shared_folder.publish import publish
from shared_folder.scores import Confusion

NEEDED_GAIN = 0.15
"""Dice on the held-out images that the demonstration must gain, to count as one."""


@dataclass(frozen=True)
class Measured:
    """Dice on the held-out images at one moment."""

    seconds: float
    """Since the window opened."""
    confusion: Confusion

    @property
    def dice(self) -> float:
        """Over all pixels of the held-out images; the mean over classes other than background."""
        return self.confusion.mean_dice


@dataclass(frozen=True)
class Annotated:
    """One image that the simulated user is done with."""

    name: str
    kind: str
    """ "examples" or "corrections"."""
    strokes: int
    painting_seconds: float
    """What a person's hand would have taken for these strokes."""
    mask_seconds: float | None
    """From the image on the screen to its mask by a trained model; None where none was waited for or none came."""
    model: str
    """The model that was corrected; nothing for examples."""
    measured: Measured


@dataclass
class Outcome:
    """What happened, filled while the demonstration runs."""

    classes: tuple[LabelClass, ...]
    held_out: tuple[str, ...]
    left_out: tuple[str, ...]
    before: Measured | None = None
    """None until the first measurement."""
    after: Measured | None = None
    annotated: list[Annotated] = field(default_factory=list)
    later: list[Measured] = field(default_factory=list)
    """While learning went on after the last image."""
    device: str = ""
    model: str = ""
    steps: int = 0
    exported: int = 0
    seconds: float = 0.0
    stopped: str = ""
    """Why it ended early, in words."""

    @property
    def gained(self) -> bool:
        """Whether learning showed."""
        return (
            self.before is not None and self.after is not None and (self.after.dice >= self.before.dice + NEEDED_GAIN)
        )

    @property
    def curve(self) -> list[Measured]:
        first = [self.before] if self.before is not None else []
        last = [self.after] if self.after is not None else []
        return [*first, *(image.measured for image in self.annotated), *self.later, *last]


def write_report(folder: Path, outcome: Outcome) -> None:
    """Write report.json, report.md and learning_curve.png. Needs a QApplication."""
    publish(folder / "report.json", json.dumps(_facts(outcome), indent=1).encode())
    publish(folder / "report.md", _words(outcome).encode())
    _draw(folder / "learning_curve.png", outcome)


def dice_of_classes(confusion: Confusion, classes: Sequence[LabelClass]) -> dict[str, float]:
    """Dice by the class's name."""
    return {each.name: round(confusion.counts(each.id).dice, 4) for each in classes}


def _facts(outcome: Outcome) -> dict[str, object]:
    return {
        "dice_before": _dice(outcome.before),
        "dice_after": _dice(outcome.after),
        "dice_by_class": dice_of_classes(outcome.after.confusion, outcome.classes) if outcome.after else {},
        "classes_in_masks": _classes_in_masks(outcome),
        "dice_by_image": [
            {
                "image": image.name,
                "kind": image.kind,
                "strokes": image.strokes,
                "painting_seconds": round(image.painting_seconds, 1),
                "seconds": round(image.measured.seconds, 1),
                "dice": _dice(image.measured),
                "mask_seconds": None if image.mask_seconds is None else round(image.mask_seconds, 2),
                "model": image.model,
            }
            for image in outcome.annotated
        ],
        "dice_later": [{"seconds": round(each.seconds, 1), "dice": _dice(each)} for each in outcome.later],
        "seconds": round(outcome.seconds, 1),
        "images": len(outcome.annotated),
        "held_out": list(outcome.held_out),
        "left_out": list(outcome.left_out),
        "exported": outcome.exported,
        "device": outcome.device,
        "model": outcome.model,
        "steps": outcome.steps,
        "stopped": outcome.stopped,
        "passed": outcome.gained,
    }


def _dice(measured: Measured | None) -> float | None:
    return None if measured is None else round(measured.dice, 4)


def _classes_in_masks(outcome: Outcome) -> list[str]:
    """Names of the classes, background among them, that the last masks of the held-out images hold."""
    found = {predicted for _, predicted in outcome.after.confusion.pixels} if outcome.after else set()
    names = {BACKGROUND: "background"} | {each.id: each.name for each in outcome.classes}
    return [names[each] for each in sorted(found) if each in names]


def _words(outcome: Outcome) -> str:
    before, after = outcome.before, outcome.after
    lines = ["# The corrective loop, demonstrated", ""]
    if before is not None and after is not None:
        lines += [
            f"Dice on {_images(len(outcome.held_out))} that were never annotated: **{before.dice:.2f}** before any "
            f"training, **{after.dice:.2f}** after {_images(len(outcome.annotated))} and {outcome.seconds:.0f} "
            f"seconds on {outcome.device}, from scratch.",
            "",
        ]
        if len(outcome.classes) > 1:
            by_class = dice_of_classes(after.confusion, outcome.classes)
            lines += ["By class: " + ", ".join(f"{name} {dice:.2f}" for name, dice in by_class.items()) + ".", ""]
    if outcome.stopped:
        lines += [f"It ended early: {outcome.stopped}", ""]
    lines += [
        "![Learning curve](learning_curve.png)",
        "",
        "| image | painted | strokes | a person's seconds | wait for its mask | seconds since the start | Dice |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(image) for image in outcome.annotated]
    lines += [
        "",
        "Dice is taken over all pixels of the held-out images together"
        + (", and is the mean over the classes." if len(outcome.classes) > 1 else "."),
        "The wait runs from the image on the screen to a trained model's mask of it. The simulated user painted",
        "with mouse events on the window's canvas; a person's seconds are what a hand would have taken.",
        f"The last model, {outcome.model or 'none'}, had learned {outcome.steps} steps. `masks/` holds the masks",
        f"of all {outcome.exported} images, `screenshots/` the window, `shared/` the shared folder itself.",
    ]
    if outcome.left_out:
        lines += ["", "Images left out:", "", *(f"- {reason}" for reason in outcome.left_out)]
    return "\n".join(lines) + "\n"


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _row(image: Annotated) -> str:
    waited = "-" if image.mask_seconds is None else f"{image.mask_seconds:.1f} s"
    return (
        f"| {image.name} | {image.kind} | {image.strokes} | {image.painting_seconds:.0f} | {waited} "
        f"| {image.measured.seconds:.0f} | {image.measured.dice:.2f} |"
    )


def _draw(path: Path, outcome: Outcome) -> None:
    curve = outcome.curve
    series = [Series("Dice on held-out images", [(each.seconds, each.dice) for each in curve])]
    if len(outcome.classes) > 1:
        series = [
            Series(each.name, [(m.seconds, m.confusion.counts(each.id).dice) for m in curve])
            for each in outcome.classes
        ]
    axes = Axes("seconds since the start", "Dice, images never annotated")
    image = draw_curve(series, QSize(900, 540), QApplication.palette(), axes, "What the corrections taught")
    image.save(str(path))
