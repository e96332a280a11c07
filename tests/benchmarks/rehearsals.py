"""Rehearsals over several labelled folders and seeds, one table; and ablations, which take parts away one at a time.

    python -m tests.benchmarks.rehearsals DATA --to rehearsals --minutes 3 --seeds 0 1 2
    python -m tests.benchmarks.rehearsals DATA --to rehearsals --sets drive_vessels --without rotation agreement

DATA holds a folder for each set, with images/ and masks/. A finished run is kept under its set, its seed and the hash
of its recipe (the code that learns and the options), and not done again: the table grows from call to call.
"""

import argparse
import functools
import hashlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from shared_folder.publish import publish
from trainer.augment import Augmentation
from trainer.device import choose_device
from trainer.loss import IGNORED, cross_entropy, dice_loss
from trainer.rehearsal.whole import Settings, rehearse

REPOSITORY = Path(__file__).parent.parent.parent
RECIPE = ("trainer", "shared_folder")
"""Folders whose code makes the recipe."""
AUGMENTATIONS = tuple(field.name for field in fields(Augmentation))


def one_loss(of: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """The loss with only one of its two parts."""

    def loss(scores: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        known = target != IGNORED
        channel = torch.where(known, target, 0).long()
        log_probabilities = torch.log_softmax(scores.float(), dim=1)
        which = log_probabilities if of is cross_entropy else log_probabilities.exp()
        return of(which, channel, known * weight)

    return loss


ABLATIONS: dict[str, dict[str, Any]] = {
    **{
        name: {"trainer.training.Augmentation": functools.partial(Augmentation, **{name: 0.0})}
        for name in AUGMENTATIONS
    },
    "augmentation": {"trainer.training.Augmentation": lambda: Augmentation(**dict.fromkeys(AUGMENTATIONS, 0.0))},
    "agreement": {"trainer.project_view.DONE": ()},
    "weight for the newest": {"trainer.sampling.shares": lambda known: np.sqrt(known) / np.sqrt(known).sum()},
    "square-root sampling of images": {"trainer.sampling.shares": lambda known: np.ones(len(known)) / len(known)},
    "logit adjustment": {"trainer.training.shift_of_scores": lambda painted, _: 0 * painted},
    "thresholds for the largest Dice": {"trainer.decision.best_threshold": lambda _: 0.5},
    "scale": {"trainer.taking_up.suiting_scale": lambda _, now: now},
    "consistency": {"trainer.training.weight_at": lambda _: 0.0},
    "Dice loss": {"trainer.training.segmentation_loss": one_loss(cross_entropy)},
    "cross-entropy": {"trainer.training.segmentation_loss": one_loss(dice_loss)},
    "averaged weights": {"trainer.training.AVERAGED_STEPS": 1},
    "saving while painting": {"trainer.rehearsal.run.SAVING": float("inf")},
    "starter weights": {},
}
"""What is replaced by what to take a part away."""


def main() -> int:
    options = _parser().parse_args()
    device = choose_device("cpu")
    for minutes, set_folder, seed, without in _wanted(options):
        settings = Settings(
            images=set_folder / "images",
            masks=set_folder / "masks",
            to=options.to / "_",
            minutes=minutes,
            groups=options.groups and set_folder / "index.csv",
            seed=seed,
            perfect=options.perfect,
            tiles_per_second=options.tiles_per_second,
            start_model="" if without == "starter weights" or options.from_scratch else "starter",
        )
        digest = recipe(settings, without)
        name = f"{set_folder.name}-{seed}-{digest}"
        result = options.to / f"{name}.json"
        if not result.exists():
            facts = _run(settings, options.to / "runs" / name, without, device)
            named = {"set": set_folder.name, "without": without, "minutes": minutes, "hash": digest}
            publish(result, json.dumps(facts | named, indent=1).encode())
        print(_line(json.loads(result.read_text(encoding="utf-8"))), flush=True)
    print(table([json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.to.glob("*.json"))]))
    return 0


def recipe(settings: Settings, without: str) -> str:
    """Hash of everything that a result depends on but the set and the seed."""
    rest = {key: value for key, value in settings.identity.items() if key not in ("images", "masks", "seed")}
    return digest_of([rest, settings.minutes, without])


def digest_of(rest: object) -> str:
    """Hash of the code that learns and of what else a result depends on."""
    digest = hashlib.sha256()
    for folder in RECIPE:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    digest.update(json.dumps(rest, sort_keys=True).encode())
    return digest.hexdigest()[:10]


def table(results: Sequence[dict[str, Any]]) -> str:
    """Markdown: a line for each set and part that was taken away, mean and range over the seeds."""
    lines = ["| set | without | seeds | minutes | Dice at 3 min | Dice at the end | best | seconds to 0.6 | worse |"]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    keys = sorted({(each["set"], each["without"], each["minutes"], each["hash"]) for each in results})
    for key in keys:
        same = [each for each in results if (each["set"], each["without"], each["minutes"], each["hash"]) == key]
        reached = [each["seconds_to_dice"]["0.6"] for each in same]
        seconds = "-" if None in reached else f"{statistics.median(reached):.0f}"
        counted = ("models_worse_than_the_one_before", "models_measured")
        worse = " of ".join(str(sum(each[name] for each in same)) for name in counted)
        at_three = _spread([each["dice_at_minutes"]["3"] for each in same])
        end, best = (_spread([each[name] for each in same]) for name in ("dice_final", "dice_best"))
        lines.append(
            f"| {key[0]} | {key[1] or 'nothing'} | {len(same)} | {key[2]:g} | {at_three} | {end} | {best} "
            f"| {seconds} | {worse} |"
        )
    return "\n".join(lines)


def _spread(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    if len(known) == 1:
        return f"{known[0]:.3f}"
    return f"{statistics.mean(known):.3f} ({min(known):.3f} to {max(known):.3f})"


def _run(settings: Settings, to: Path, without: str, device: Any) -> dict[str, Any]:
    with ExitStack() as stack:
        for target, value in ABLATIONS[without].items() if without else ():
            stack.enter_context(patch(target, value))
        own = Settings(**{field.name: getattr(settings, field.name) for field in fields(settings)} | {"to": to})
        return rehearse(own, device, lambda _: None)


def _line(facts: dict[str, Any]) -> str:
    at = ", ".join(
        f"{minute} min {dice:.3f}" for minute, dice in facts["dice_at_minutes"].items() if dice is not None
    )
    without = f" without {facts['without']}" if facts["without"] else ""
    return f"{facts['set']} seed {facts['seed']}{without}: {at}; end {facts['dice_final']:.3f}"


def _wanted(options: argparse.Namespace) -> Iterator[tuple[float, Path, int, str]]:
    """Runs in turns of seeds, so that a table that was stopped holds something of each set."""
    sets = options.sets or sorted(path.name for path in options.data.iterdir() if (path / "masks").is_dir())
    for seed in options.seeds:
        for without in options.without or [""]:
            for name in sets:
                yield options.minutes, options.data / name, seed, without


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--to", type=Path, default=Path("rehearsals"))
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--tiles-per-second", type=float, help="instead of real time")
    parser.add_argument("--groups", action="store_true", help="hold whole groups out, as each set's index.csv says")
    parser.add_argument("--perfect", action="store_true")
    parser.add_argument("--from-scratch", action="store_true")
    parser.add_argument("--without", nargs="+", choices=sorted(ABLATIONS), metavar="PART")
    return parser


if __name__ == "__main__":
    sys.exit(main())
