"""Replays: annotations of finished rehearsals learned from anew, so that only the learning differs; ablations in a
fraction of a rehearsal's time.

    python -m tests.benchmarks.replays RUNS --to replays --images 3 --steps 60 150 --seeds 0 1
    python -m tests.benchmarks.replays RUNS --to replays --without deformation flipping "starter weights"

RUNS holds rehearsals, each a folder as `brushloop-trainer rehearse --to` leaves it. The first images of each that she
left are learned from, from the starter weights on; Dice is taken on its held-out images. A finished replay is kept
under its rehearsal, its seed and the hash of its recipe, and not done again.
"""

import argparse
import itertools
import json
import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared_folder.labelled import LabelledProject
from shared_folder.layout import starter_weights
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.publish import publish
from tests.benchmarks.rehearsals import ABLATIONS, digest_of
from trainer.device import choose_device
from trainer.model_store import UNetModel, load_model
from trainer.open_images import OpenImages
from trainer.project_view import ProjectView
from trainer.rehearsal.curve import Curve
from trainer.rehearsal.measuring import HeldOut
from trainer.rehearsal.whole import open_rehearsal
from trainer.taking_up import TakingUp
from trainer.training import TrainingRun
from trainer.unannotated import Unannotated

STARTER_WEIGHTS = "starter weights"
Result = dict[str, Any]


def main() -> int:
    options = _parser().parse_args()
    runs = [path.parent for path in sorted(options.runs.glob("*/rehearsal.json"))]
    for seed, without, run in itertools.product(options.seeds, options.without or [""], runs):
        key = {
            "rehearsal": run.name,
            "images": options.images,
            "steps": options.steps,
            "without": without,
            "seed": seed,
        }
        path = options.to / f"{run.name}-{seed}-{digest_of(key)}.json"
        if not path.exists():
            publish(
                path, json.dumps(key | {"dice": replay(run, options.images, options.steps, seed, without)}).encode()
            )
        result = json.loads(path.read_text(encoding="utf-8"))
        print(f"{run.name} seed {seed} without {without or 'nothing'}: {result['dice']}", flush=True)
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.to.glob("*.json"))]
    print(table([each for each in kept if (each["images"], each["steps"]) == (options.images, options.steps)]))
    return 0


def replay(folder: Path, images: int, steps: Sequence[int], seed: int, without: str) -> list[float]:
    """Mean held-out Dice after each number of steps.

    images: how many of the first that she left are learned from. without: one of ABLATIONS, or nothing.
    """
    device = choose_device("cpu")
    labelled = open_rehearsal(folder)
    held_out = HeldOut(labelled, device)
    classes = tuple(ModelClass(id=one.id, name=one.name, colour=one.colour) for one in labelled.project.classes)
    parent = None if without == STARTER_WEIGHTS else load_model(starter_weights(), device).network
    found = []
    with ExitStack() as stack:
        for target, value in ABLATIONS[without].items() if without else ():
            stack.enter_context(patch(target, value))
        taken, unannotated = _annotated(labelled, Curve.read(folder / "curve.csv"), images)
        run = TrainingRun(taken.class_ids, device, seed, parent, channels=taken.channels, scale=taken.scale)
        run.images(taken.train, [], unannotated.draw)
        for step in sorted(steps):
            while run.steps < step:
                run.advance()
            facts = ModelFacts(number=1, trainer="", classes=classes, network={}, normalisation="", scale=run.scale)
            found.append(round(held_out.score(UNetModel(run.predicting(), facts, device)).dice, 4))
    return found


def _annotated(labelled: LabelledProject, curve: Curve, images: int) -> tuple[TakingUp, Unannotated]:
    """The first images that she left, as the trainer takes them up; and the others, without labels."""
    project, opened = labelled.project, OpenImages()
    view = ProjectView(project.folder, f"projects/{project.name}", {})
    view.look(0.0, everything=True)
    first = list(curve.states())[:images]
    view.train = {name: file for name, file in {**view.train, **view.validation}.items() if name in first}
    view.validation = {}
    view.done = {name: state for name, state in view.done.items() if name in first}
    taken = TakingUp(view, opened)
    taken.look()
    while taken.waiting:
        taken.read_one()
    others = Unannotated(view, opened)
    others.are_not(first, taken.channels)
    return taken, others


def table(results: Sequence[Result]) -> str:
    """Markdown: a line for each part that was taken away, Dice after the last step by rehearsal, mean over seeds."""
    rehearsals = sorted({each["rehearsal"] for each in results})
    whole = _by_rehearsal(results, "")
    lines = [
        f"| without | {' | '.join(rehearsals)} | mean | against all parts |",
        "|---" * (len(rehearsals) + 3) + "|",
    ]
    for without in sorted({each["without"] for each in results}):
        own = _by_rehearsal(results, without)
        shared = [name for name in own if name in whole]
        changes = [
            value - whole[name][seed] for name in shared for seed, value in own[name].items() if seed in whole[name]
        ]
        cells = [f"{statistics.mean(own[name].values()):.3f}" if name in own else "-" for name in rehearsals]
        mean = statistics.mean(statistics.mean(own[name].values()) for name in own)
        lines.append(f"| {without or 'nothing'} | {' | '.join(cells)} | {mean:.3f} | {_change(changes)} |")
    return "\n".join(lines)


def _by_rehearsal(results: Sequence[Result], without: str) -> dict[str, dict[int, float]]:
    """Dice after the last step by rehearsal and seed."""
    found: dict[str, dict[int, float]] = {}
    for each in results:
        if each["without"] == without:
            found.setdefault(each["rehearsal"], {})[each["seed"]] = each["dice"][-1]
    return found


def _change(changes: Sequence[float]) -> str:
    """Mean difference of pairs of one rehearsal and seed, and its standard error."""
    if len(changes) < 2:
        return "-"
    error = statistics.stdev(changes) / len(changes) ** 0.5
    return f"{statistics.mean(changes):+.3f} ± {error:.3f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, metavar="RUNS")
    parser.add_argument("--to", type=Path, default=Path("replays"))
    parser.add_argument("--images", type=int, default=3, help="how many of the first images she left (default 3)")
    parser.add_argument("--steps", nargs="+", type=int, default=[60, 150], help="when Dice is taken (default 60 150)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--without", nargs="+", choices=sorted(ABLATIONS), metavar="PART", help="as in rehearsals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
