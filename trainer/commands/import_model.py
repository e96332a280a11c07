"""`brushloop-trainer import`: a model of RootPainter's becomes one of ours, in its own architecture."""

import argparse
import time
from importlib.metadata import version
from pathlib import Path

from shared_folder.refused import Refused

EXAMPLES = """examples:
  brushloop-trainer import 000041_1700000000.pkl --to roots.safetensors

Of the file nothing is taken but tensors, and nothing is run.
exit codes: 0 done, 1 the disk failed, 2 a mistake in the command or a file that is no such model
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "import",
        help="make a model of ours from RootPainter's FILE.pkl",
        description="Convert RootPainter's model; it segments as before. A project can start from it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("model", type=Path, metavar="FILE.pkl", help="RootPainter's model")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.safetensors", help="the file to write")
    command.set_defaults(command=_import)


def _import(options: argparse.Namespace) -> int:
    from trainer.device import choose_device  # noqa: PLC0415  (torch takes seconds: --help doesn't wait)
    from trainer.model_store import write_model  # noqa: PLC0415
    from trainer.rootpainter_models import read_pkl  # noqa: PLC0415

    source, target = options.model, options.to
    if not source.is_file():
        raise Refused(f"{source}: there is no such model file.")
    new_file(target, ".safetensors")
    model = read_pkl(source, choose_device("cpu"))
    created = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    facts = model.facts.model_copy(
        update={"parent": source.stem, "created": created, "version": version("brushloop")}
    )
    write_model(target, model.network, facts)
    print(target)
    return 0


def new_file(path: Path, suffix: str) -> None:
    """Refuse a file to write that has another ending, or is there already."""
    if path.suffix != suffix:
        raise Refused(f"{path}: give it a name that ends in {suffix}.")
    if path.exists():
        raise Refused(f"{path}: is there already. Choose another name.")
