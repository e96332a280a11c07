"""Inspection: what a painter wants to see of the network's view, and the trainer's answer.

The question is a part of the desired state. The answer is one PNG with pictures side by side, whose text chunk holds
the numbers: one file, so that pictures and numbers always belong together.
"""

from pathlib import Path

from PIL import Image
from pydantic import Field, ValidationError

from shared_folder.label_files import decode_png, encode_png, read_facts
from shared_folder.publish import Document, publish
from shared_folder.refused import Refused

FAMILIES = {
    "colour": "contrast, brightness and tint vary",
    "background": "a smooth light is laid over the image",
    "translation": "the tile is moved to the side",
    "rotation": "the tile is turned",
    "scaling": "everything is made larger or smaller",
    "flipping": "left and right are swapped",
    "skewing": "squares become slanted",
    "deformation": "everything is bent a little, as rubber would be",
    "noise": "a camera's grain is added",
    "blur": "the image is blurred or sharpened a little",
}
"""The families of augmentation by their standard names, and what each does in plain words."""


class Inspection(Document):
    """What a painter wants to see: what becomes of the tile around a pixel."""

    image: str
    """File name of the image."""
    row: int = 0
    column: int = 0
    """The pixel; one outside the image stands for the nearest inside."""
    families: tuple[str, ...] = ()
    """Families of augmentation that are switched on."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Another number, another draw."""
    rotation: float = Field(default=90.0, ge=-360, le=360)
    """Degrees, anticlockwise, by which the image is turned to compare masks."""


class Picture(Document):
    """One picture in the answer's PNG."""

    name: str
    """ "tile", "augmented", "mask of rotated" or "rotated mask"."""
    left: int
    side: int
    """It is square and lies at the top."""


class InspectionAnswer(Document):
    """The trainer's answer. File: <project>/brushloop/inspections/<painter id>.png, in its text chunk."""

    asked: Inspection
    row: int
    column: int
    """Middle of the tile in the image."""
    tile: int
    """Side, in pixels of the image, of the square that is learned from."""
    margin: int
    """What a tile sees beyond what it predicts, in pixels of the image on each side, when masks are made."""
    receptive_field: int
    """Side, in pixels of the image, of what can change one pixel's class."""
    network: str
    """The network in a sentence."""
    model: str = ""
    """Name of the model whose masks are compared; nothing before there is one."""
    dice: float | None = None
    """Agreement of the rotated image's mask with the rotated mask: mean Dice of the classes, 0..1."""
    pictures: tuple[Picture, ...] = ()
    """From left to right."""


def write_answer(path: Path, answer: InspectionAnswer, pictures: Image.Image) -> None:
    """Write an answer, whole or not at all."""
    publish(path, encode_png(pictures, answer.model_dump_json()))


def read_answer(path: Path) -> tuple[InspectionAnswer, Image.Image]:
    """An answer and its PNG (RGB). Refuses a damaged file; FileNotFoundError if there is none."""
    image, facts = decode_png(path.read_bytes(), path.name)
    return _parse(facts, path.name), image.convert("RGB")


def read_answered(path: Path) -> InspectionAnswer | None:
    """An answer without its pictures; None without a (whole) file."""
    try:
        return _parse(read_facts(path), path.name)
    except (FileNotFoundError, Refused):
        return None


def _parse(facts: str, name: str) -> InspectionAnswer:
    try:
        return InspectionAnswer.model_validate_json(facts)
    except ValidationError as error:
        raise Refused(f"{name}: not an answer to an inspection. Delete it.") from error
