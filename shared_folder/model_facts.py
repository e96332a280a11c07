"""What a model says of itself, readable without torch: the header of its safetensors file.

RootPainter's models say nothing: all have the same network, and tell one class from background.
"""

import json
import re
import struct
from pathlib import Path

from pydantic import Field

from shared_folder.classes import FOREGROUND, LAST_CLASS, new_classes
from shared_folder.names import is_debris
from shared_folder.project import LARGEST_SCALE, LEAST_SCALE
from shared_folder.publish import Document
from shared_folder.refused import Refused

HEADER_KEY = "brushloop"
ARCHITECTURE = "architecture"
ROOTPAINTER = "rootpainter"
"""Under the key "architecture" in a model's facts: the network is RootPainter's."""
ROOTPAINTER_SUFFIX = ".pkl"
ROOTPAINTER_NORMALISATION = "least and greatest value of each window to 0 and 1"
_ROOTPAINTER_NUMBERED = re.compile(r"([0-9]{1,12})_[0-9]+")
_STARTS = (b"PK\x03\x04", b"\x80")  # of a zip archive, as torch writes it, and of a pickle, as it did before
_LARGEST_ROOTPAINTER = 100_000_000  # bytes; such a model has five million
_NUMBERED = re.compile(r"[0-9]{1,12}_[\w .()-]+")
_LONGEST_HEADER = 10_000_000  # bytes; a safetensors header is a few kilobytes


class ModelClass(Document):
    """A class that the model tells apart, as the project had it."""

    id: int = Field(ge=FOREGROUND, le=LAST_CLASS)
    name: str
    colour: str


class ModelFacts(Document):
    """Facts in a model file's header, under the key "brushloop", as JSON."""

    number: int
    trainer: str
    classes: tuple[ModelClass, ...]
    """Classes other than background, in the order of the network's outputs after background."""
    network: dict[str, int | float | str | bool | list[int]]
    """The network's shape, enough to build it."""
    normalisation: str
    """Name of the mapping from pixels to the network's input."""
    scale: float = Field(default=1.0, ge=LEAST_SCALE, le=LARGEST_SCALE)
    """How much larger the network sees an image than it is."""
    scores: dict[str, float] = Field(default_factory=dict)
    parent: str = ""
    created: str = ""
    """ISO date and time by the trainer's clock; for people, never compared."""
    version: str = ""
    steps: int = 0


def read_model_facts(path: Path) -> ModelFacts:
    """The facts of a model file, ours or RootPainter's, without its weights. Refuses damaged and foreign files."""
    if path.suffix in (ROOTPAINTER_SUFFIX, ".pth"):
        return _rootpainter_facts(path)
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEADER:
                raise Refused(f"{path.name}: not a model file (its header is too long). Choose another model.")
            header = json.loads(file.read(length))
        return ModelFacts.model_validate_json(header["__metadata__"][HEADER_KEY])
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"{path.name}: not a Brushloop model, or damaged. Choose another model.") from error


def _rootpainter_facts(path: Path) -> ModelFacts:
    if path.suffix == ".pth":
        raise Refused(f"{path.name}: is a model of RootPainter's other network, which can't be used. Choose a .pkl.")
    with path.open("rb") as file:
        start = file.read(4)
    if not start.startswith(_STARTS) or path.stat().st_size > _LARGEST_ROOTPAINTER:
        raise Refused(
            f"{path.name}: is no model of RootPainter's, or damaged. Nothing of it was run. Choose another model."
        )
    number = _ROOTPAINTER_NUMBERED.fullmatch(path.stem)
    known = new_classes(["foreground"])[0]
    return ModelFacts(
        number=max(1, int(number[1])) if number else 1,
        trainer=ROOTPAINTER,
        classes=(ModelClass(id=known.id, name=known.name, colour=known.colour),),
        network={ARCHITECTURE: ROOTPAINTER},
        normalisation=ROOTPAINTER_NORMALISATION,
    )


def latest_model(folder: Path) -> Path | None:
    """The model with the highest number in a folder of `000012_<trainer>.safetensors` files; by name if equal.

    Conflict copies that a cloud folder made are no models of their own.
    """
    if not folder.is_dir():
        return None
    files = [path for path in folder.glob("*.safetensors") if not is_debris(path.name)]
    models = [path for path in files if _NUMBERED.fullmatch(path.stem) and path.is_file()]
    return max(models, key=lambda path: (int(path.name.split("_")[0]), path.name), default=None)
