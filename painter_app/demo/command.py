"""`brushloop demo`: the loop demonstrated on the sample, or on any folder of images with their true masks."""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from PyQt6.QtCore import QEventLoop

from painter_app.app import exception_hook, make_application, make_window
from painter_app.demo.report import NEEDED_GAIN, Outcome, write_report
from painter_app.demo.script import Demonstration, Plan
from painter_app.settings import Settings, SettingsFile, UserFolders
from shared_folder.labelled import LabelledProject, Lesson, make_labelled_project, read_lesson
from shared_folder.layout import SharedFolder, assets
from shared_folder.publish import publish, publish_document
from shared_folder.refused import Refused

_MARK = ".brushloop-demo"
"""A file that tells a folder made by a demonstration, which the next one may replace."""
_EXAMPLES = """\
examples:
  brushloop demo
  brushloop demo --images vessels/images --masks vessels/masks --to vessels-demo

exit codes: 0 learning showed, 1 it did not, 2 a folder can't be used, 130 stopped
"""
_FAILED, _REFUSED, _INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str]) -> int:
    """Run the demonstration. Returns the exit code."""
    options = _parser().parse_args(argv)
    if (options.images is None) != (options.masks is None):
        return _complain("Give both --images and --masks, or neither.")
    sample = assets() / "sample"
    images, masks = (options.images, options.masks) if options.images else (sample / "images", sample / "masks")
    try:
        index = images.parent / "index.csv"  # which images belong together, where somebody wrote that down
        lesson = read_lesson(
            images,
            masks,
            "root" if images == sample / "images" else "foreground",
            groups=index if index.is_file() else None,
        )
        to = prepare_folder(options.to.expanduser().resolve())
        return run(lesson, to)
    except Refused as refusal:
        return _complain(str(refusal))


def run(lesson: Lesson, to: Path, plan: Plan | None = None) -> int:
    """Demonstrate a lesson in a prepared folder. Returns the exit code."""
    _choose_platform()
    application = make_application()
    demo = make_labelled_project(SharedFolder(to / "shared"), "demonstration", lesson)
    for sentence in lesson.left_out:
        _say(sentence)
    _say(f"{len(demo.annotated)} images to annotate, {len(demo.held_out)} held out; everything goes to {to}")
    outcome = Outcome(demo.project.classes, demo.held_out, lesson.left_out)
    error = _play(demo, outcome, to, plan or Plan())
    write_report(to, outcome)
    application.processEvents()
    if error is not None:
        raise error
    return _conclude(outcome, to)


def prepare_folder(to: Path) -> Path:
    """An empty folder for a demonstration. One that a former demonstration made is replaced, any other refused."""
    if to.exists():
        if not to.is_dir() or (any(to.iterdir()) and not (to / _MARK).is_file()):
            raise Refused(f"{to}: exists, and no demonstration made it. Choose another folder with --to.")
        shutil.rmtree(to)
    try:
        publish(to / _MARK, b"Made by brushloop demo, which replaces this folder when it runs again.\n")
    except OSError as error:
        raise Refused(f"{to}: can't be made ({error.strerror}). Choose another folder with --to.") from error
    return to


def _play(demo: LabelledProject, outcome: Outcome, to: Path, plan: Plan) -> Exception | None:
    """Show the window and step through the script until it ends. Returns the error that broke it, if one did."""
    folders = UserFolders(to / "user", to / "user", to / "user")  # nothing of the real user's is read or written
    publish_document(folders.settings, Settings(person="simulated user"))
    window = make_window(SettingsFile(folders.settings), folders)
    window.resize(1366, 768)
    demonstration = Demonstration(window, demo, outcome, to, _say, plan)
    loop = QEventLoop()
    demonstration.ended.connect(loop.quit)

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        demonstration.stop("It was interrupted.")

    before = {each: signal.signal(each, interrupted) for each in (signal.SIGINT, signal.SIGTERM)}
    hook, sys.excepthook = sys.excepthook, exception_hook(window.notices.show_notice, folders.log)
    try:
        window.show()
        demonstration.start()
        loop.exec()
    finally:
        window.close()  # ends the trainer too
        window.deleteLater()
        sys.excepthook = hook
        for each, handler in before.items():
            signal.signal(each, handler)
    return demonstration.error


def _conclude(outcome: Outcome, to: Path) -> int:
    if outcome.stopped:
        _say(f"{outcome.stopped} {to / 'report.md'} says how far it came.")
        return _INTERRUPTED if outcome.before is not None else _FAILED
    before, after = (0.0 if each is None else each.dice for each in (outcome.before, outcome.after))
    _say(
        f"Dice on images that were never annotated: {before:.3f} before, {after:.3f} after "
        f"{len(outcome.annotated)} images and {outcome.seconds:.0f} seconds. Report: {to / 'report.md'}"
    )
    if not outcome.gained:
        _say(f"That is less than {NEEDED_GAIN} more: the demonstration failed.")
        return _FAILED
    return 0


def _choose_platform() -> None:
    """Offscreen where there is no screen."""
    screens = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="brushloop demo",
        description="Watch a simulated user teach a network: the real window, the real trainer, five minutes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="folder of images (default: the sample)")
    parser.add_argument(
        "--masks", type=Path, metavar="DIR", help="their true masks, of the same names; a pixel's value is its class"
    )
    parser.add_argument(
        "--to", type=Path, default=Path("demo"), metavar="DIR", help="folder for all results (default: demo)"
    )
    return parser


def _complain(sentence: str) -> int:
    print(f"brushloop demo: {sentence}", file=sys.stderr)
    return _REFUSED


def _say(sentence: str) -> None:
    print(sentence, flush=True)
