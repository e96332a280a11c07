"""The commands that need no window: `brushloop new`, `brushloop export` and the tools for folders."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from painter_app.datasets.make import NewProject, make_project
from painter_app.masks.export import ExportReport, export_masks
from painter_app.masks.metrics import as_csv, measure_corrections
from painter_app.tools import TOOLS
from painter_app.tools.tool import Kind, Tool, fresh
from shared_folder.classes import MOST_CLASSES, new_classes
from shared_folder.image_tiles import PROPOSED_SIDE
from shared_folder.layout import SharedFolder
from shared_folder.mask_files import MaskFormat
from shared_folder.project import open_project
from shared_folder.publish import publish
from shared_folder.refused import Refused

_NEW_EXAMPLES = """\
examples:
  brushloop new roots --images ~/scans --in ~/brushloop
  brushloop new plots --images /data/field --in ~/brushloop --classes crop,weed --sample 200 --tiles 750
  brushloop new archive --images /lab/images --in /lab/shared --root lab

The last one leaves the images where they are; start its trainer with --images lab=/lab/images.
"""
_EXPORT_EXAMPLES = """\
examples:
  brushloop export ~/brushloop/projects/roots --to ~/masks
  brushloop export ~/brushloop/projects/roots --to ~/rhizo --format rhizovision
  brushloop export ~/brushloop/projects/roots --to ~/raw --format npz --predicted

formats:
  mask         8-bit grey PNG: 0 is background, 255 the class (several classes: 1, 2, ... in their order)
  rhizovision  8-bit grey PNG for RhizoVision Explorer: 0 where any class is, 255 elsewhere
  npz          compressed numpy archive with the key "seg"
  labels       8-bit palette PNG whose index is the class (1 is background)

Ends with 1 if a mask can't be used, or if there is none at all.
"""


def add_parsers(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands; each sets `handler`, a function from the arguments to the exit code."""
    _add_new(subparsers)
    _add_export(subparsers)
    _add_metrics(subparsers)
    for tool in TOOLS:
        _add_tool(subparsers, tool)


def run_new(arguments: argparse.Namespace) -> int:
    """Make a project. 0 when it was made, 1 when not."""
    return _refusing(_new, arguments)


def run_export(arguments: argparse.Namespace) -> int:
    """Export a project's masks. 0 when all that there are were written, 1 when a mask was bad or there was none."""
    return _refusing(_export, arguments)


def _add_new(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "new",
        help="make a project from a folder of images, without a window",
        description="Make a project from a folder of images (PNG, JPEG, TIFF, BMP, WebP) and its subfolders.",
        epilog=_NEW_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="the project's name")
    parser.add_argument("--images", required=True, type=_path, metavar="DIR", help="folder of images")
    parser.add_argument(
        "--in", dest="shared", required=True, type=_path, metavar="SHARED_FOLDER", help="the shared folder"
    )
    parser.add_argument(
        "--classes", default=["root"], type=_names, metavar="A,B", help="classes to find (default: root)"
    )
    parser.add_argument("--sample", type=_positive, metavar="N", help="N images (or tiles) at random; default: all")
    parser.add_argument(
        "--tiles",
        type=_tiles,
        metavar="SIZE|no",
        help=f"cut images into tiles of about SIZE pixels, such as {PROPOSED_SIDE} (default: no)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--link", action="store_true", help="hard links instead of copies, where the disk allows it")
    where.add_argument(
        "--root", default="", metavar="NAME", help="leave the images where they are, as this image root"
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--model",
        type=_path,
        metavar="FILE",
        help="a model to start from, ours or RootPainter's .pkl (default: starter weights)",
    )
    start.add_argument("--from-scratch", action="store_true", help="start from random weights")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the sample and the order of images (default: 0)"
    )
    parser.set_defaults(handler=run_new)


def _add_export(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "export",
        help="write a project's masks for other programs, without a window",
        description="Write the masks of a project for other programs: as corrected, or as the model predicted them.",
        epilog=_EXPORT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("project", type=_path, metavar="PROJECT", help="the project's folder, or its .seg_proj file")
    parser.add_argument(
        "--to", required=True, type=_path, metavar="DIR", help="folder for the masks; made if need be"
    )
    parser.add_argument(
        "--format",
        default=MaskFormat.MASK,
        type=_format,
        metavar="FORMAT",
        help=f"{', '.join(MaskFormat)} (default: {MaskFormat.MASK})",
    )
    parser.add_argument("--predicted", action="store_true", help="what the model said, without the corrections")
    parser.set_defaults(handler=run_export)


def _add_metrics(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "metrics",
        help="write how much of a project's masks was corrected, image by image",
        description="Write the corrective metrics of a project: each mask that was corrected beside its correction.",
        epilog="example:\n  brushloop metrics ~/brushloop/projects/roots --to roots.csv",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("project", type=_path, metavar="PROJECT", help="the project's folder, or its .seg_proj file")
    parser.add_argument("--to", required=True, type=_path, metavar="FILE.csv", help="the table to write")
    parser.set_defaults(handler=partial(_refusing, _metrics))


def _metrics(arguments: argparse.Namespace) -> int:
    line = _ProgressLine()
    target = fresh(arguments.to)
    report = measure_corrections(
        open_project(arguments.project), lambda done, total: line.show("Measuring", done, total)
    )
    for sentence in report.refused:
        _say(sentence)
    publish(target, as_csv(report.images).encode())
    _say(f"{_counted(len(report.images), 'image')} measured.")
    return 1 if report.refused else 0


class _Several(argparse.Action):
    """Keeps several paths as a tuple."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, values: Any, _option: object = None) -> None:
        setattr(namespace, self.dest, tuple(values))


def _add_tool(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", tool: Tool) -> None:
    parser = subparsers.add_parser(
        tool.name,
        help=tool.does,
        description=tool.does,
        epilog=f"example:\n  brushloop {tool.name} {tool.example}\n\nEnds with 1 if a file can't be used.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for entry in tool.entries:
        given: dict[str, Any] = {"required": True, "type": _path, "metavar": "PATH"}
        if entry.kind is Kind.NUMBER:
            given = {"default": entry.default, "type": partial(_between, entry.least, entry.most), "metavar": "N"}
        elif entry.kind is Kind.CHOICE:
            given = {"default": entry.default, "choices": [value for value, _ in entry.choices]}
        elif entry.kind is Kind.FILES:
            given |= {"nargs": "+", "action": _Several}
        shown = f"{entry.tip} (default: {entry.default})" if "default" in given else entry.tip
        parser.add_argument(f"--{entry.name}", help=shown, **given)
    parser.set_defaults(handler=partial(_refusing, partial(_run_tool, tool)))


def _run_tool(tool: Tool, arguments: argparse.Namespace) -> int:
    line = _ProgressLine()
    values = {entry.name: getattr(arguments, entry.name) for entry in tool.entries}
    outcome = tool.run(values, lambda done, total: line.show(tool.name, done, total))
    for sentence in outcome.refused:
        _say(sentence)
    _say(f"{_counted(outcome.done, 'file')} done.")
    return 1 if outcome.refused else 0


def _new(arguments: argparse.Namespace) -> int:
    plan = NewProject(
        shared=SharedFolder(arguments.shared),
        name=arguments.name,
        images=arguments.images,
        classes=new_classes(arguments.classes),
        sample=arguments.sample,
        tile_side=arguments.tiles,
        link=arguments.link,
        image_root=arguments.root,
        start_model=arguments.model,
        from_scratch=arguments.from_scratch,
        seed=arguments.seed,
    )
    made = make_project(plan, _ProgressLine().show)
    for sentence in made.damaged:
        _say(f"left out: {sentence}")
    _say(f"{_counted(len(made.project.images), 'image')}.")
    if plan.image_root:
        _say(f"Start the trainer with --images {plan.image_root}={plan.images}")
    print(made.project.folder.file)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    line = _ProgressLine()
    report = export_masks(
        open_project(arguments.project),
        arguments.to,
        arguments.format,
        arguments.predicted,
        lambda done, total: line.show("Exporting", done, total),
    )
    for sentence in report.refused:
        _say(sentence)
    _say(exported(report))
    return 1 if report.refused or not report.written else 0


def exported(report: ExportReport) -> str:
    """What became of an export."""
    parts = [f"{_counted(report.written, 'mask')} exported."]
    if report.without_mask:
        have = "has" if len(report.without_mask) == 1 else "have"
        parts.append(f"{_counted(len(report.without_mask), 'image')} {have} no mask yet.")
    if report.refused:
        parts.append(f"{_counted(len(report.refused), 'mask')} can't be used.")
    return " ".join(parts)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _refusing(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    try:
        return command(arguments)
    except Refused as refusal:
        _say(str(refusal))
        return 1
    except KeyboardInterrupt:
        _say("Stopped.")
        return 130  # as shells name the end by Ctrl+C


class _ProgressLine:
    """Progress on stderr: one line that changes in a terminal, a line for each tenth in a log."""

    def __init__(self) -> None:
        self._last = ("", -1)
        self._terminal = sys.stderr.isatty()

    def show(self, what: str, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if self._terminal:
            end = "\n" if done == total else ""
            print(f"\r\x1b[K{what}: {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)
        elif (what, tenth) != self._last:
            _say(f"{what}: {done:,} of {total:,}")
        self._last = (what, tenth)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names) or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError("classes are different names with commas between, such as root,stem")
    if len(names) > MOST_CLASSES:
        raise argparse.ArgumentTypeError(f"{len(names)} classes are more than the {MOST_CLASSES} that a project has")
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number of at least 1")
    return int(text)


def _between(least: int, most: int, text: str) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {least} to {most}")
    return int(text)


def _format(text: str) -> MaskFormat:
    if text not in list(MaskFormat):
        raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(MaskFormat)}")
    return MaskFormat(text)


def _tiles(text: str) -> int | None:
    return None if text == "no" else _positive(text)
