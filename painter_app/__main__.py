"""`brushloop`: opens the window, or works without one."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from painter_app import commands
from painter_app.tools import TOOLS

_EXAMPLES = """\
examples:
  brushloop                                     open the window where you left it
  brushloop ~/brushloop/projects/roots          open a project (its folder, or its .seg_proj file)
  brushloop /lab/shared                         use a shared folder and choose a project in it
  brushloop new roots --images ~/scans --in ~/brushloop
  brushloop export ~/brushloop/projects/roots --to ~/masks
  brushloop demo                                watch a simulated user teach a network
  brushloop regions --masks ~/masks --to regions.csv

commands: new, export, metrics, demo; for folders of masks and images: count, length, regions, correct, rhizovision,
to-annotations, composites, mask-images, split, resize. `brushloop new --help` and the like say more.
The trainer is another program: brushloop-trainer --help
"""
_COMMANDS = ("new", "export", "metrics", "demo", *(tool.name for tool in TOOLS))
_SYSTEM_LIBRARIES = {  # what PyQt6's wheels expect of a Linux system: a part of the complaint, and Debian's package
    "libEGL": "libegl1",
    "libGL": "libgl1",
    "libxkbcommon": "libxkbcommon0",
    "libdbus": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libglib": "libglib2.0-0",
    "libxcb-cursor": "libxcb-cursor0",
}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] == "demo":
        return _demo(arguments[1:])
    if arguments and arguments[0] in _COMMANDS:
        options = _command_parser().parse_args(arguments)
        code: int = options.handler(options)
        return code
    options = _window_parser().parse_args(arguments)
    return _window(options.path)


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="brushloop",
        usage="brushloop [PROJECT or FOLDER]\n       brushloop COMMAND ...",
        description="Teach a neural network to segment your images by correcting it with a brush.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"brushloop {_version()}")
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PROJECT or FOLDER", help="a project, or a shared folder to work in"
    )
    return parser


def _command_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="brushloop")
    commands.add_parsers(parser.add_subparsers(required=True))
    return parser


def _window(path: Path | None) -> int:
    if path is not None and not path.exists():
        return _complain(f"{path}: there is no such project or folder.")
    if (complaint := qt_complaint()) is not None:
        return _complain(complaint)
    from painter_app import app  # noqa: PLC0415  (Qt is needed for the window alone)
    from painter_app.settings import user_folders  # noqa: PLC0415

    return app.run(path.expanduser().resolve() if path is not None else None, user_folders())


def _demo(arguments: list[str]) -> int:
    if (complaint := qt_complaint(offscreen=True)) is not None:
        return _complain(complaint)
    from painter_app.demo.command import main as demo  # noqa: PLC0415  (Qt is needed for the window alone)

    code: int = demo(arguments)
    return code


def qt_complaint(offscreen: bool = False) -> str | None:
    """What is missing for a window, in one line with the command that mends it; None if nothing is.

    offscreen: no screen is needed.
    """
    try:
        importlib.import_module("PyQt6.QtWidgets")
        importlib.import_module("PyQt6.QtSvg")
    except ModuleNotFoundError:
        return "The window needs PyQt6. Install it with:  pip install brushloop[gui]"
    except ImportError as error:
        return library_sentence(str(error))
    if sys.platform.startswith("linux") and not offscreen:
        return _screen_complaint()
    return None


def library_sentence(error: str) -> str:
    """The command that brings the system's libraries which an import of Qt missed."""
    missing = [package for part, package in _SYSTEM_LIBRARIES.items() if part in error]
    packages = " ".join(missing or ["libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libxcb-cursor0"])
    return (
        f"Qt can't start: {error.split(':', maxsplit=1)[0]} is missing. Install it with:  sudo apt install {packages}"
    )


def _screen_complaint() -> str | None:
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform not in ("", "xcb"):
        return None
    if not platform and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return (
            "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set). Log in with `ssh -X`, or run "
            "without a screen:  QT_QPA_PLATFORM=offscreen brushloop"
        )
    on_x11 = platform == "xcb" or not os.environ.get("WAYLAND_DISPLAY")
    if on_x11 and not _loads("libxcb-cursor.so.0"):  # without it Qt aborts the whole program
        return library_sentence("libxcb-cursor.so.0: not found")
    return None


def _loads(library: str) -> bool:
    import ctypes  # noqa: PLC0415  (only where Qt needs X11)

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _complain(sentence: str) -> int:
    print(f"brushloop: {sentence}", file=sys.stderr)
    return 1


def _version() -> str:
    try:
        return version("brushloop")
    except PackageNotFoundError:
        return "(from a checkout)"


if __name__ == "__main__":
    sys.exit(main())
