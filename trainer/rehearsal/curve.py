"""The learning curve of a rehearsal: its rows on disk, and what they come to."""

import csv
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared_folder.publish import Document
from shared_folder.refused import Refused
from shared_folder.review import ReviewState

LEARNING = "learning"
"""Phase of the last row."""
LEVELS = (0.3, 0.5, 0.6, 0.7, 0.8)
"""Dice whose first reaching is told."""
WORSE = 0.005
"""A model counts as worse than the one before if its held-out Dice is lower by more."""


class Row(Document):
    """One measurement."""

    image: str
    """The image that was left just now; nothing between images."""
    phase: str
    """The image's review state, else "painting", or "learning" after the last image."""
    seconds: float
    """By the rehearsal's clock."""
    annotation_seconds: float
    strokes: int
    training_seconds: float
    tiles: int
    """Training tiles of 256 x 256 pixels, other work in what it costs of them."""
    model: str
    validation_dice: float | None
    dice: float
    dice_pooled: float
    dice_by_class: dict[str, float]
    cl_dice: float | None

    def sentence(self) -> str:
        """For the terminal."""
        where = f"{self.image} ({self.phase})" if self.image else self.phase
        return f"{self.seconds:6.0f} s  {self.strokes:4d} strokes  Dice {self.dice:.3f}  {where}"


@dataclass
class Totals:
    """What a rehearsal cost so far."""

    annotation: float = 0.0
    """Seconds in which she painted."""
    training: float = 0.0
    """Seconds in which the trainer had something to do."""
    strokes: int = 0


@dataclass
class Curve:
    """The rows of a rehearsal, each on disk as soon as it is taken. File: curve.csv"""

    path: Path
    rows: list[Row] = field(default_factory=list)

    @staticmethod
    def read(path: Path) -> "Curve":
        """What an earlier run left, up to its end or the last image that was finished: the next is done again."""
        curve = Curve(path)
        if path.exists():
            try:
                with path.open(encoding="utf-8", newline="") as file:
                    rows = [_parsed(values) for values in csv.DictReader(file)]
            except (ValueError, KeyError) as error:
                raise Refused(f"{path}: is no learning curve of a rehearsal. Choose another folder.") from error
            finished = [number for number, row in enumerate(rows) if row.image or row.phase == LEARNING]
            curve.rows = rows[: finished[-1] + 1] if finished else []
        curve._write()
        return curve

    def append(self, row: Row) -> None:
        self.rows.append(row)
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, _COLUMNS).writerow(_values(row))

    def totals(self) -> Totals:
        """As they stand at the last row."""
        if not self.rows:
            return Totals()
        last = self.rows[-1]
        return Totals(last.annotation_seconds, last.training_seconds, last.strokes)

    def states(self) -> dict[str, ReviewState]:
        """Review states of the images that were left."""
        return {row.image: ReviewState(row.phase) for row in self.rows if row.image}

    def _write(self) -> None:
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(_values(row) for row in self.rows)


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """What a curve comes to: Dice at the end, at best and at whole minutes, and the seconds until each level."""
    reached = {str(level): next((row.seconds for row in rows if row.dice >= level), None) for level in LEVELS}
    pairs = itertools.pairwise(rows)
    models = [*rows[:1], *(after for before, after in pairs if before.model != after.model)]
    changes = [after.dice - before.dice for before, after in itertools.pairwise(models) if before.model]
    return {
        "dice_final": rows[-1].dice if rows else 0.0,
        "dice_best": max((row.dice for row in rows), default=0.0),
        "dice_at_minutes": {str(minute): at_minute(rows, minute) for minute in (1, 2, 3, 5, 10, 20)},
        "seconds_to_dice": reached,
        "models_measured": len(changes),
        "models_worse_than_the_one_before": sum(change < -WORSE for change in changes),
    }


def at_minute(rows: Sequence[Row], minute: float) -> float | None:
    """Dice when so many minutes had passed; None where the curve ends before."""
    if not rows or rows[-1].seconds < 60 * minute - 1:
        return None
    return [row.dice for row in rows if row.seconds <= 60 * minute + 1][-1]


_COLUMNS = tuple(Row.model_fields)


def _values(row: Row) -> dict[str, Any]:
    values = row.model_dump(mode="json")
    for name in ("dice", "dice_pooled", "cl_dice", "validation_dice"):
        values[name] = "" if values[name] is None else f"{values[name]:.4f}"
    values["dice_by_class"] = json.dumps({name: round(each, 4) for name, each in row.dice_by_class.items()})
    return values


def _parsed(values: dict[str, str]) -> Row:
    """Raises ValueError or KeyError for another table."""
    plain: dict[str, Any] = {name: values[name] or None for name in _COLUMNS}
    plain |= {name: values[name] for name in ("image", "phase", "model")}
    plain["dice_by_class"] = json.loads(values["dice_by_class"])
    return Row.model_validate(plain)
