"""`brushloop-trainer segment`: make masks for a folder of images."""

import argparse
import sys
import time
from importlib.metadata import version
from pathlib import Path

from shared_folder.mask_files import MaskFormat
from shared_folder.refused import Refused
from trainer.commands.options import FAILED, add_device, existing_folder, share, write_error

EXAMPLES = """examples:
  brushloop-trainer segment --model 000012_lab-1f3a.safetensors --images scans --to masks
  brushloop-trainer segment --model roots.safetensors --images scans --to masks --format rhizovision
  brushloop-trainer segment --model 000012_lab-1f3a.safetensors 000041_1700000000.pkl --images scans --to masks

A run that was stopped goes on where it was when the same command is given again.
exit codes: 0 all masks made, 1 some could not be made, 2 a mistake in the command, 130 stopped with Ctrl-C
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    segment = commands.add_parser(
        "segment",
        help="make masks for a folder of images",
        description="Make a mask for every image of a folder and its subfolders, with one model, or with the "
        "mean of several (an ensemble).",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    segment.add_argument(
        "--model",
        type=Path,
        required=True,
        nargs="+",
        metavar="FILE",
        help="a model, FILE.safetensors or RootPainter's FILE.pkl; of several the mean counts",
    )
    segment.add_argument("--images", type=Path, required=True, metavar="DIR", help="the folder of images")
    segment.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder for the masks")
    segment.add_argument(
        "--format",
        choices=["png", *(known.value for known in MaskFormat if known is not MaskFormat.MASK)],
        default="png",
        help="png: 0 and 255, or 0, 1, 2, ... for several classes; rhizovision: 0 for foreground, 255 elsewhere; "
        "npz: key seg; labels: class ids, coloured (default: %(default)s)",
    )
    segment.add_argument(
        "--threshold", type=share, default=0.5, help="probability above which a pixel is foreground (default: 0.5)"
    )
    add_device(segment)
    segment.set_defaults(command=_segment)


def _segment(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.model_store import load_model  # noqa: PLC0415
    from trainer.segment_folder import Progress, run_facts, segment_folder  # noqa: PLC0415

    images = existing_folder(options.images)
    for file in options.model:
        if not file.is_file():
            raise Refused(f"{file}: there is no such model file.")
    if options.to.exists() and not options.to.is_dir():
        raise Refused(f"{options.to}: is a file; --to names the folder for the masks.")
    if options.to.resolve().is_relative_to(images):
        raise Refused(f"{options.to}: lies in the folder of images; masks would be taken for images. Choose another.")
    mask_format = MaskFormat.MASK if options.format == "png" else MaskFormat(options.format)
    device = choose_device(options.device, options.memory)
    models = [load_model(file, device) for file in options.model]
    for file, other in zip(options.model[1:], models[1:], strict=True):
        if other.class_ids != models[0].class_ids:
            raise Refused(
                f"{file}: tells other classes apart than {options.model[0].name}. Choose models of the same."
            )
    facts = run_facts(options.model, options.threshold, version("brushloop"), mask_format)
    progress = Progress(write_error, sys.stderr.isatty(), time.monotonic)
    try:
        outcome = segment_folder(models, images, options.to, facts, progress.report)
    finally:
        progress.end()
    print(f"{outcome.made} masks made, {outcome.skipped} were there, {len(outcome.bad)} images could not be used")
    for sentence in outcome.bad:
        print(sentence, file=sys.stderr)
    return FAILED if outcome.bad else 0
