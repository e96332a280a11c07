"""What the commands share: exit codes, common options, and checks of what the user gave."""

import argparse
import contextlib
import sys
from pathlib import Path

from shared_folder.refused import Refused

FAILED, USAGE_ERROR, INTERRUPTED = 1, 2, 130


def add_device(parser: argparse.ArgumentParser) -> None:
    """Where to compute, and with how much memory."""
    parser.add_argument("--device", help="cpu, cuda, cuda:1 or mps (default: the fastest here)")
    parser.add_argument("--memory", help="what it may use of the device's memory, such as 8GB")


def existing_folder(folder: Path) -> Path:
    """Its absolute path. Raises Refused where there is none."""
    if not folder.is_dir():
        raise Refused(f"{folder}: there is no such folder.")
    return folder.resolve()


def share(text: str) -> float:
    """A number between 0 and 1, for argparse."""
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) < 1:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0 and 1")


def write_error(text: str) -> None:
    """Progress goes where errors go, so that results can be piped."""
    sys.stderr.write(text)
    sys.stderr.flush()
