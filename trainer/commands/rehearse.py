"""`brushloop-trainer rehearse`: how long would my data take?"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared_folder.labelled import HELD_OUT, LabelledProject, Lesson, make_labelled_project, read_lesson
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import latest_model
from shared_folder.project import open_project
from shared_folder.publish import make_folder, publish
from shared_folder.refused import Refused
from shared_folder.simulated_user import Habits
from trainer.commands.options import add_device, existing_folder, share

if TYPE_CHECKING:
    from trainer.device import Device
    from trainer.rehearsal.curve import Curve
    from trainer.rehearsal.measuring import HeldOut

EXAMPLES = """examples:
  brushloop-trainer rehearse --images vessels/images --masks vessels/masks --to rehearsal
  brushloop-trainer rehearse --images scans --masks truth --to rehearsal --minutes 3 --tiles-per-second 25

A simulated user works through the images with the true masks as her knowledge, and the trainer learns meanwhile, as
it would from you. A mask's pixels are 0 for background and 1, 2, ... (or 255) for classes; its name is its image's.
--to then holds report.md, curve.csv and summary.json. A rehearsal that was stopped goes on at the image at which it
was when the same command is given again.
exit codes: 0 done, 2 a mistake in the command, 130 stopped with Ctrl-C
"""
_SETTINGS = "rehearsal.json"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    rehearse = commands.add_parser(
        "rehearse",
        help="measure on labelled images how fast a simulated user would get good masks",
        description="Work through labelled images with a simulated user, and measure on images held out.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    rehearse.add_argument("--images", type=Path, required=True, metavar="DIR", help="the folder of images")
    rehearse.add_argument("--masks", type=Path, required=True, metavar="DIR", help="their true masks")
    rehearse.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder for the results")
    rehearse.add_argument("--minutes", type=float, default=10.0, metavar="M", help="how long (default: 10)")
    rehearse.add_argument("--images-limit", type=int, default=60, metavar="N", help="images to annotate, at most")
    rehearse.add_argument(
        "--held-out", type=share, default=HELD_OUT, metavar="SHARE", help="share of the images that nobody annotates"
    )
    rehearse.add_argument(
        "--groups", type=Path, metavar="FILE", help="CSV with the columns stem and group: no group is torn apart"
    )
    rehearse.add_argument("--seed", type=int, default=0, metavar="S", help="of the user, the split and the network")
    rehearse.add_argument("--perfect", action="store_true", help="a user who misses nothing and whose hand is steady")
    clock = rehearse.add_mutually_exclusive_group()
    clock.add_argument(
        "--real-time", action="store_true", help="her time passes as on this machine's clock (the default)"
    )
    clock.add_argument(
        "--tiles-per-second",
        type=float,
        metavar="R",
        help="her time passes with the trainer's work: a second for so many tiles of 256 x 256 pixels learned from, "
        "so that the result doesn't depend on the machine",
    )
    add_device(rehearse)
    rehearse.set_defaults(command=_rehearse)


def _rehearse(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.rehearsal.clocks import RealClock, WorkClock  # noqa: PLC0415
    from trainer.rehearsal.curve import Curve  # noqa: PLC0415
    from trainer.rehearsal.measuring import HeldOut  # noqa: PLC0415
    from trainer.rehearsal.painter import PERFECT  # noqa: PLC0415
    from trainer.rehearsal.run import Rehearsal  # noqa: PLC0415

    images, masks = existing_folder(options.images), existing_folder(options.masks)
    device = choose_device(options.device, options.memory)
    lesson = read_lesson(
        images, masks, "object", options.seed,
        most=options.images_limit, held_out=options.held_out, groups=options.groups,
    )  # fmt: skip
    labelled = _project(options, lesson)
    curve = Curve.read(options.to / "curve.csv")
    if not curve.rows or curve.rows[-1].seconds < 60 * options.minutes:
        began = curve.rows[-1].seconds if curve.rows else 0.0
        rate = options.tiles_per_second
        clock = WorkClock(rate, began) if rate else RealClock(began)
        habits = PERFECT if options.perfect else Habits()
        seconds = 60 * options.minutes
        Rehearsal(
            labelled, device, clock, curve, habits=habits, seed=options.seed, seconds=seconds, say=_say
        ).run()  # fmt: skip
    facts = _conclude(options, labelled, curve, HeldOut(labelled, device), device)
    _say(f"Dice {facts['dice_final']:.3f} at the end, {facts['dice_best']:.3f} at best; {options.to / 'report.md'}")
    return 0


def _project(options: argparse.Namespace, lesson: Lesson) -> LabelledProject:
    """The project of this rehearsal, made or found. Refuses a folder of another one."""
    path = options.to / _SETTINGS
    named = ("images_limit", "held_out", "seed", "perfect", "tiles_per_second")
    settings = {name: getattr(options, name) for name in named} | {
        "images": options.images.resolve().as_posix(),
        "masks": options.masks.resolve().as_posix(),
    }
    shared = SharedFolder(options.to.resolve() / "shared")
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != settings:
            raise Refused(f"{options.to}: holds another rehearsal. Give its own options, or choose another folder.")
    elif options.to.exists() and any(options.to.iterdir()):
        raise Refused(f"{options.to}: is not empty, and no rehearsal made it. Choose another folder.")
    else:
        make_folder(options.to)
        made = make_labelled_project(shared, "rehearsal", lesson)
        publish(path, json.dumps(settings, indent=1).encode())
        return made
    project = open_project(shared.project("rehearsal").root)
    truths = [image.truth for image in (*lesson.annotated, *lesson.held_out)]
    count = len(lesson.annotated)
    truth = dict(zip(project.images, truths, strict=True))
    return LabelledProject(project, project.images[:count], project.images[count:], truth)


def _conclude(
    options: argparse.Namespace, labelled: LabelledProject, curve: "Curve", held_out: "HeldOut", device: "Device"
) -> dict[str, Any]:
    """Write summary.json and the report. Returns the summary."""
    import torch  # noqa: PLC0415  (as above)

    from trainer.model_store import load_model  # noqa: PLC0415
    from trainer.rehearsal.curve import summary  # noqa: PLC0415
    from trainer.rehearsal.report import PICTURED, write_report  # noqa: PLC0415

    rate = options.tiles_per_second
    facts = summary(curve.rows) | {
        "images": sum(bool(row.image) for row in curve.rows),
        "strokes": curve.rows[-1].strokes,
        "held_out": len(labelled.held_out),
        "user": "perfect" if options.perfect else "with a person's habits",
        "clock": f"{rate:g} tiles of work are a second" if rate else "real time",
        "tiles_per_second": curve.rows[-1].tiles / max(1.0, curve.rows[-1].training_seconds),
        "seed": options.seed,
        "device": device.description,
        "versions": {"brushloop": version("brushloop"), "torch": torch.__version__},
    }
    publish(options.to / "summary.json", json.dumps(facts, indent=1).encode())
    folder = labelled.project.folder.models
    models = sorted(folder.glob("*.safetensors"))[:1] + ([last] if (last := latest_model(folder)) else [])
    masks = {
        name: [held_out.mask(load_model(path, device), name) for path in models]
        for name in labelled.held_out[:PICTURED]
    }
    write_report(options.to, labelled, curve.rows, facts, masks)
    return facts


def _say(sentence: str) -> None:
    print(sentence, flush=True)
