"""`brushloop-trainer inspect`: what a model is made of, and what the network sees of a project."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from shared_folder.project import open_project
from shared_folder.refused import Refused
from trainer.commands.options import add_device

if TYPE_CHECKING:
    from trainer.prediction import Model

EXAMPLES = """examples:
  brushloop-trainer inspect ~/lab/brushloop/projects/roots --augmentations sheet.png
  brushloop-trainer inspect roots.seg_proj --augmentations sheet.png
  brushloop-trainer inspect 000012_lab-1f3a.safetensors
  brushloop-trainer inspect 000041_1700000000.pkl

exit codes: 0 done, 1 the disk failed, 2 a mistake in the command, 130 stopped with Ctrl-C
"""
MODEL_SUFFIXES = (".safetensors", ".pkl", ".pth")
_COLUMNS = ("part", "layer", "channels", "height x width", "parameters", "multiply-adds")

_ROOTPAINTER = [
    ("network", "RootPainter's: 5 levels of 64 channels, 1,322,438 parameters"),
    ("window", "572 x 572 pixels, of which the middle 500 x 500 are predicted"),
]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inspect = commands.add_parser(
        "inspect",
        help="show what a model is made of, or what the network sees of a project",
        description="Of a model: print its layers, sizes, receptive field, memory and facts. Of a project: draw a "
        "sheet of tiles as the network learns from them, a row for each family of augmentation, labels outlined.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inspect.add_argument(
        "what",
        type=Path,
        metavar="WHAT",
        help="a model (FILE.safetensors, or RootPainter's FILE.pkl), or a project (FILE.seg_proj, or its folder)",
    )
    inspect.add_argument(
        "--augmentations", type=Path, metavar="FILE.png", help="where to draw the sheet of a project's augmentations"
    )
    add_device(inspect)
    inspect.set_defaults(command=_inspect)


def _inspect(options: argparse.Namespace) -> int:
    what, sheet = options.what, options.augmentations
    if not what.exists():
        raise Refused(f"{what}: there is no such file or folder.")
    if what.suffix in MODEL_SUFFIXES and what.is_file():
        if sheet is not None:
            raise Refused(
                "--augmentations draws the images of a project: give a .seg_proj file, or a project's folder."
            )
        print(_model_table(what, options))
        return 0
    if not (what.is_dir() or what.suffix == ".seg_proj"):
        raise Refused(
            f"{what}: neither a model ({', '.join(MODEL_SUFFIXES[:2])}) nor a project (.seg_proj, or its folder)."
        )
    if sheet is None:
        raise Refused("Say where to draw what the network sees of a project: --augmentations FILE.png")
    if sheet.suffix.lower() != ".png" or sheet.is_dir():
        raise Refused(f"{sheet}: the sheet is a PNG file; give it a name that ends in .png.")
    _draw_sheet(what, sheet, options)
    return 0


def _draw_sheet(what: Path, sheet: Path, options: argparse.Namespace) -> None:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.inspecting import project_sheet  # noqa: PLC0415

    project = open_project(what)
    project_sheet(project, choose_device(options.device, options.memory).tile_size).save(sheet, "PNG")
    print(sheet)


def _model_table(path: Path, options: argparse.Namespace) -> str:
    from trainer.device import choose_device  # noqa: PLC0415
    from trainer.model_store import UNetModel, load_model  # noqa: PLC0415
    from trainer.network import margin  # noqa: PLC0415
    from trainer.network_facts import layers, network_facts, prediction_bytes, training_bytes  # noqa: PLC0415

    device = choose_device(options.device, options.memory)
    model = load_model(path, device)
    if not isinstance(model, UNetModel):
        return "\n".join([path.name, "", *_table([*_ROOTPAINTER, *_facts(model)])])
    shape, tile = model.network.shape, device.tile_size
    facts = network_facts(shape, tile)
    window = device.core_size + 2 * margin(shape)
    rows = [
        (row.place, row.words, str(row.size[0]), f"{row.size[1]} x {row.size[2]}", _counted(row.parameters),
         _counted(row.multiply_adds))
        for row in layers(shape, tile)
    ]  # fmt: skip
    totals = ("all", "", "", "", _counted(facts.parameters), _counted(facts.multiply_adds))
    numbers = [
        ("sizes above", f"for a tile of {tile} x {tile} pixels"),
        ("receptive field", f"{facts.receptive_field} x {facts.receptive_field} pixels"),
        ("margin of a tile", f"{facts.margin} pixels on each side"),
        ("sides of tiles", f"multiples of {facts.stride} pixels (stride)"),
        ("memory, training", f"{training_bytes(shape, tile) / 1e6:,.0f} MB for a tile of {tile} x {tile} (32 bits)"),
        ("memory, prediction", f"{prediction_bytes(shape, window) / 1e6:,.0f} MB for {window} x {window} (32 bits)"),
    ]
    return "\n".join([path.name, "", *_table([_COLUMNS, *rows, totals]), "", *_table([*numbers, *_facts(model)])])


def _facts(model: "Model") -> list[tuple[str, str]]:
    """What a model file says of itself."""
    facts = model.facts
    classes = ", ".join(f"{one.id} {one.name} ({one.colour})" for one in facts.classes)
    lines = [
        ("number", str(facts.number)),
        ("classes", f"1 background, {classes}"),
        ("normalisation", facts.normalisation),
        ("scores", ", ".join(f"{name} {score:.3f}" for name, score in facts.scores.items())),
        ("steps", _counted(facts.steps)),
        ("parent", facts.parent),
        ("trainer", f"{facts.trainer} {facts.version}".strip()),
        ("created", facts.created),
    ]
    return [(name, value) for name, value in lines if value]


def _counted(number: int) -> str:
    return f"{number:,}" if number else "0"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines with their columns under each other; a column of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(_aligned(cell, width, right=len(row) > 2) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _aligned(cell: str, width: int, right: bool) -> str:
    """right: whether numbers go to the right."""
    return cell.rjust(width) if right and cell[:1].isdigit() else cell.ljust(width)
