"""What a model says of itself, readable without torch: the header of its safetensors file."""

import json
import struct
from pathlib import Path

from pydantic import Field, ValidationError

from shared_folder.publish import Document
from shared_folder.refused import Refused

HEADER_KEY = "brushloop"
_LONGEST_HEADER = 10_000_000  # bytes; a safetensors header is a few kilobytes


class ModelClass(Document):
    """A class that the model tells apart, as the project had it."""

    id: int
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
    scores: dict[str, float] = Field(default_factory=dict)
    parent: str = ""
    created: str = ""
    """ISO date and time by the trainer's clock; for people, never compared."""
    version: str = ""
    steps: int = 0


def read_model_facts(path: Path) -> ModelFacts:
    """The facts of a model file, without reading its weights. Refuses damaged and foreign files."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEADER:
                raise Refused(f"{path.name}: not a model file (its header is too long). Choose another model.")
            header = json.loads(file.read(length))
        return ModelFacts.model_validate_json(header["__metadata__"][HEADER_KEY])
    except (struct.error, ValueError, KeyError, TypeError, ValidationError) as error:
        raise Refused(f"{path.name}: not a Brushloop model, or damaged. Choose another model.") from error


def latest_model(folder: Path) -> Path | None:
    """The model with the highest number in a folder of `000012_<trainer>.safetensors` files; by name if equal."""
    if not folder.is_dir():
        return None
    models = [path for path in folder.glob("*.safetensors") if path.name.split("_")[0].isdigit()]
    return max(models, key=lambda path: (int(path.name.split("_")[0]), path.name), default=None)
