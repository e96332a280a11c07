"""`brushloop-trainer export-model`: a model in RootPainter's architecture, as its own programs read it."""

import argparse
from pathlib import Path

from shared_folder.refused import Refused
from trainer.commands.import_model import new_file

EXAMPLES = """examples:
  brushloop-trainer export-model roots.safetensors --to 000042_1700003600.pkl

RootPainter's own trainer takes the newest model of a project's models/ folder, where a name is six digits,
"_" and a time.
exit codes: 0 done, 1 the disk failed, 2 a mistake in the command, or a model of another architecture
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "export-model",
        help="write a model for RootPainter, as FILE.pkl",
        description="Write a model for RootPainter's dialogs and trainer. It must have RootPainter's architecture: "
        "one that was imported, or learned from such a one.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("model", type=Path, metavar="FILE", help="a model, FILE.safetensors")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.pkl", help="the file to write")
    command.set_defaults(command=_export)


def _export(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.model_store import load_model  # noqa: PLC0415
    from trainer.rootpainter_models import RootPainterModel, write_pkl  # noqa: PLC0415

    if not options.model.is_file():
        raise Refused(f"{options.model}: there is no such model file.")
    new_file(options.to, ".pkl")
    model = load_model(options.model, choose_device("cpu"))
    if not isinstance(model, RootPainterModel):
        raise Refused(
            f"{options.model.name}: has an architecture of its own, which RootPainter can't build. Let its window "
            "segment with this trainer instead, or start a project from RootPainter's model."
        )
    write_pkl(options.to, model.network)
    print(options.to)
    return 0
