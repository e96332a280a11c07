"""The trainer's command line: `brushloop-trainer watch FOLDER` and the other commands."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from shared_folder.refused import Refused
from trainer.commands import export_model, import_model, inspect, pretrain, rehearse, segment, watch
from trainer.commands.options import FAILED, INTERRUPTED, USAGE_ERROR
from trainer.processes import keep_freed_memory

COMMANDS = (watch, segment, rehearse, inspect, import_model, export_model, pretrain)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code; what the user did wrong is said in a sentence on stderr."""
    _share_the_processor()
    keep_freed_memory()
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
    for command in COMMANDS:
        command.add(commands)
    return parser


def _share_the_processor() -> None:
    """Let a thread that waits for the other threads of a convolution give up its core soon. Before torch is loaded.

    Threads spin for long by default. While a window or another program needs a core too, the one that spins then
    keeps the one that works waiting: steps took two to six times as long. With much less than this, threads fall
    asleep between two convolutions, and on an idle machine steps take nearly twice as long.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")


if __name__ == "__main__":
    sys.exit(main())
