"""`brushloop-trainer watch`: serve a shared folder until stopped."""

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from shared_folder.refused import Refused
from trainer.commands.options import add_device, existing_folder
from trainer.processes import make_way

EXAMPLES = """examples:
  brushloop-trainer watch ~/lab/brushloop
  brushloop-trainer watch /srv/brushloop --device cuda:1 --memory 8GB
  brushloop-trainer watch /srv/brushloop --images scans=/data/scans --images fields=/data/fields
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    watch = commands.add_parser(
        "watch",
        help="serve a shared folder until stopped",
        description="Serve a shared folder: learn from annotations, make the masks that painters want.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    watch.add_argument("folder", type=Path, metavar="FOLDER", help="the folder that painters and trainers share")
    add_device(watch)
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


def _watch(options: argparse.Namespace) -> int:
    from trainer.device import choose_device, cuda_advice  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.service import Service  # noqa: PLC0415

    folder = existing_folder(options.folder)
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


def _polite_ends() -> list[signal.Signals]:
    """What asks a program to end: a kill, Ctrl-C, and a terminal that is closed, unless nohup had that ignored."""
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    heeded = hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([hang_up] if hang_up is not None and heeded else [])]


def _image_root(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not name or not equals:
        raise Refused(f'--images {text}: say it as NAME=DIR, such as "scans=/data/scans".')
    return name, existing_folder(Path(folder))


def _stop_at_end_of_input(stop: Callable[[], None]) -> None:
    """The window that started this trainer holds its standard input; when it goes, so does the trainer."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stop()
