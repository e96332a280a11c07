"""The trainer's command line: `brushloop-trainer watch FOLDER` and `brushloop-trainer segment ...`."""

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from shared_folder.mask_files import MaskFormat
from shared_folder.refused import Refused
from trainer.processes import make_way

WATCH_EXAMPLES = """examples:
  brushloop-trainer watch ~/lab/brushloop
  brushloop-trainer watch /srv/brushloop --device cuda:1 --memory 8GB
  brushloop-trainer watch /srv/brushloop --images scans=/data/scans --images fields=/data/fields
"""
SEGMENT_EXAMPLES = """examples:
  brushloop-trainer segment --model 000012_lab-1f3a.safetensors --images scans --to masks
  brushloop-trainer segment --model roots.safetensors --images scans --to masks --format rhizovision

A run that was stopped goes on where it was when the same command is given again.
exit codes: 0 all masks made, 1 some could not be made, 2 a mistake in the command, 130 stopped with Ctrl-C
"""
FAILED, USAGE_ERROR, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code; what the user did wrong is said in a sentence on stderr."""
    _share_the_processor()
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:  # a full disk, a folder that can't be written, a network that went
        print(f"{error.filename or 'the disk'}: {error.strerror}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="brushloop-trainer", description="Learns from what painters correct, and makes masks."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('brushloop')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_watch(commands)
    _add_segment(commands)
    return parser


def _add_watch(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    watch = commands.add_parser(
        "watch",
        help="serve a shared folder until stopped",
        description="Serve a shared folder: learn from annotations, make the masks that painters want.",
        epilog=WATCH_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    watch.add_argument("folder", type=Path, metavar="FOLDER", help="the folder that painters and trainers share")
    _add_device(watch)
    watch.add_argument(
        "--images",
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="where the images of the image root NAME lie on this machine",
    )
    # What a window says to the trainer that it starts for itself.
    watch.add_argument("--window", default="", metavar="PAINTER", help=argparse.SUPPRESS)
    watch.add_argument("--stdin-open", action="store_true", help=argparse.SUPPRESS)
    watch.set_defaults(command=_watch)


def _add_segment(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    segment = commands.add_parser(
        "segment",
        help="make masks for a folder of images",
        description="Make a mask for every image of a folder and its subfolders, with one model.",
        epilog=SEGMENT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    segment.add_argument("--model", type=Path, required=True, metavar="FILE", help="a model, FILE.safetensors")
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
        "--threshold", type=_share, default=0.5, help="probability above which a pixel is foreground (default: 0.5)"
    )
    _add_device(segment)
    segment.set_defaults(command=_segment)


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", help="cpu, cuda, cuda:1 or mps (default: the fastest here)")
    parser.add_argument("--memory", help="what it may use of the device's memory, such as 8GB")


def _share_the_processor() -> None:
    """Let a thread that waits for the other threads of a convolution give up its core soon. Before torch is loaded.

    Threads spin for long by default. While a window or another program needs a core too, the one that spins then
    keeps the one that works waiting: steps took two to six times as long. An idle machine loses up to a third.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def _watch(options: argparse.Namespace) -> int:
    from trainer.device import choose_device, cuda_advice  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.service import Service  # noqa: PLC0415

    folder = _existing(options.folder)
    roots = dict(_image_root(text) for text in options.images)
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    if options.window:
        make_way()
    device = choose_device(options.device, options.memory)
    if (advice := cuda_advice()) is not None and options.device is None:
        logging.getLogger("trainer").warning(advice)
        device = replace(device, description=f"{device.description}. {advice}")  # so that windows show it too
    try:
        service = Service(folder, device, roots=roots, window=options.window)
    except OSError as error:
        raise Refused(f"{folder}: can't be written ({error.strerror}). Check its permissions.") from error
    for number in _polite_ends():
        signal.signal(number, lambda *_: service.finish())
    if options.stdin_open:
        threading.Thread(target=_stop_at_end_of_input, args=(service.stop,), daemon=True).start()
    service.run()
    return 0


def _segment(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.model_store import load_model  # noqa: PLC0415
    from trainer.segment_folder import Progress, run_facts, segment_folder  # noqa: PLC0415

    images = _existing(options.images)
    if not options.model.is_file():
        raise Refused(f"{options.model}: there is no such model file.")
    if options.to.exists() and not options.to.is_dir():
        raise Refused(f"{options.to}: is a file; --to names the folder for the masks.")
    if options.to.resolve().is_relative_to(images):
        raise Refused(f"{options.to}: lies in the folder of images; masks would be taken for images. Choose another.")
    mask_format = MaskFormat.MASK if options.format == "png" else MaskFormat(options.format)
    model = load_model(options.model, choose_device(options.device, options.memory))
    facts = run_facts(options.model, options.threshold, version("brushloop"), mask_format)
    progress = Progress(_write_error, sys.stderr.isatty(), time.monotonic)
    try:
        outcome = segment_folder(model, images, options.to, facts, progress.report)
    finally:
        progress.end()
    print(f"{outcome.made} masks made, {outcome.skipped} were there, {len(outcome.bad)} images could not be used")
    for sentence in outcome.bad:
        print(sentence, file=sys.stderr)
    return FAILED if outcome.bad else 0


def _polite_ends() -> list[signal.Signals]:
    """What asks a program to end: a kill, Ctrl-C, and a terminal that is closed, unless nohup had that ignored."""
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    heeded = hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([hang_up] if hang_up is not None and heeded else [])]


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refused(f"{folder}: there is no such folder.")
    return folder.resolve()


def _image_root(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not name or not equals:
        raise Refused(f'--images {text}: say it as NAME=DIR, such as "scans=/data/scans".')
    return name, _existing(Path(folder))


def _share(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) < 1:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0 and 1")


def _stop_at_end_of_input(stop: Callable[[], None]) -> None:
    """The window that started this trainer holds its standard input; when it goes, so does the trainer."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stop()


def _write_error(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
