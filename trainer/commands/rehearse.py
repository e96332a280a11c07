"""`brushloop-trainer rehearse`: how long would my data take?"""

import argparse
from pathlib import Path

from shared_folder.labelled import HELD_OUT
from shared_folder.project import STARTER
from trainer.commands.options import add_device, existing_folder, share

EXAMPLES = """examples:
  brushloop-trainer rehearse --images vessels/images --masks vessels/masks --to rehearsal
  brushloop-trainer rehearse --images scans --masks truth --to rehearsal --minutes 3 --tiles-per-second 25

A simulated user works through the images with the true masks as her knowledge, and the trainer learns meanwhile, as
it would from you. A mask's pixels are 0 for background and 1, 2, ... (or 255) for classes; its name is its image's.
--to then holds report.md, curve.csv and summary.json. A rehearsal that was stopped goes on at the image at which it
was when the same command is given again.
exit codes: 0 done, 2 a mistake in the command, 130 stopped with Ctrl-C
"""


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
    rehearse.add_argument(
        "--from-scratch", action="store_true", help="begin with random weights instead of the starter weights"
    )
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
    from trainer.rehearsal.whole import Settings, rehearse  # noqa: PLC0415

    settings = Settings(
        images=existing_folder(options.images),
        masks=existing_folder(options.masks),
        to=options.to,
        minutes=options.minutes,
        most_images=options.images_limit,
        held_out=options.held_out,
        groups=options.groups,
        seed=options.seed,
        perfect=options.perfect,
        tiles_per_second=options.tiles_per_second,
        start_model="" if options.from_scratch else STARTER,
    )
    facts = rehearse(settings, choose_device(options.device, options.memory), _say)
    _say(f"Dice {facts['dice_final']:.3f} at the end, {facts['dice_best']:.3f} at best; {options.to / 'report.md'}")
    return 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)
