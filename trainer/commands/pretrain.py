"""`brushloop-trainer pretrain`: make starter weights from drawn scenes."""

import argparse
from importlib.metadata import version
from pathlib import Path

from shared_folder.refused import Refused
from trainer.commands.options import add_device, write_error

EXAMPLES = """examples:
  brushloop-trainer pretrain --to starter.safetensors
  brushloop-trainer pretrain --to starter.safetensors --minutes 5 --seed 3

Ctrl-C ends it early and keeps what was learned. The file is whole at any time; it is renewed every three minutes.
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pretrain = commands.add_parser(
        "pretrain",
        help="make starter weights from pictures that are drawn without end",
        description="Train the default network on drawn roots, vessels, cracks, membranes, cells, leaves and fibres.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    pretrain.add_argument("--to", type=Path, required=True, metavar="FILE", help="the model, FILE.safetensors")
    pretrain.add_argument("--minutes", type=_minutes, default=25.0, help="how long to train (default: %(default)g)")
    pretrain.add_argument("--seed", type=int, default=1, help="another seed, other pictures (default: %(default)s)")
    add_device(pretrain)
    pretrain.set_defaults(command=_pretrain)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes above 0")
    return minutes


def _pretrain(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.pretraining import Pretraining, in_words, pretrain  # noqa: PLC0415
    from trainer.synthetic_stream import SceneStream  # noqa: PLC0415

    if options.to.suffix != ".safetensors":
        raise Refused(f"{options.to}: the name of a model must end in .safetensors.")
    if not options.to.parent.is_dir():
        raise Refused(f"{options.to.parent}: there is no such folder.")
    if options.seed < 0:
        raise Refused("--seed must be at least 0.")
    device = choose_device(options.device, options.memory)
    write_error(f"{device.description}; drawing the first scenes\n")
    with SceneStream(options.seed) as scenes:
        pretraining = Pretraining(scenes, device, options.seed)
        pretrain(
            pretraining,
            options.to,
            60 * options.minutes,
            lambda progress: write_error(in_words(progress) + "\n"),
            version("brushloop"),
        )
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.1f} MB, {pretraining.run.steps:,} steps")
    return 0
