"""Label maps as PNG files: one codec for annotations and segmentations, chosen by the file itself.

RGBA PNGs are RootPainter's, for one class beside background. 8-bit palette PNGs, whose index is the class id,
hold any number of classes and take a quarter of the memory. Facts (who, which model, which image) travel in a
text chunk, so that one file is whole by itself.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from shared_folder.classes import (
    BACKGROUND,
    BACKGROUND_COLOUR,
    CANT_TELL,
    CANT_TELL_COLOUR,
    FOREGROUND,
    UNKNOWN,
    LabelClass,
)
from shared_folder.labels import Labels, Pixels
from shared_folder.refused import Refused

FACTS_KEY = "brushloop"
MOST_RGBA_PIXELS = 100_000_000
"""Larger binary maps are written with a palette: RGBA would need 400 MB to write them."""

_COMPRESSION = 3  # of 9: label maps are flat, more effort gains little
_MOST_PIXELS = 20_000 * 20_000


@dataclass(frozen=True)
class RgbaCode:
    """How RootPainter colours labels: bytes written for each label, and how bytes are read back."""

    colours: dict[int, tuple[int, int, int, int]]

    def encode(self, labels: Pixels) -> NDArray[np.uint8]:
        """(H, W) labels to (H, W, 4); a label without a colour is left transparent."""
        table = np.zeros((256, 4), np.uint8)
        for label, colour in self.colours.items():
            table[label] = colour
        return table[labels]


ANNOTATION_CODE = RgbaCode({FOREGROUND: (255, 0, 0, 180), BACKGROUND: (0, 255, 0, 180), CANT_TELL: (0, 0, 255, 180)})
SEGMENTATION_CODE = RgbaCode({FOREGROUND: (0, 255, 255, 178)})


def needs_palette(classes: tuple[LabelClass, ...], shape: tuple[int, int]) -> bool:
    """Whether labels of these classes and this shape go into a palette PNG rather than RootPainter's RGBA."""
    return [known.id for known in classes] != [FOREGROUND] or shape[0] * shape[1] > MOST_RGBA_PIXELS


def encode_rgba(labels: Labels, code: RgbaCode, facts: str) -> bytes:
    """RootPainter's PNG of a binary label map. facts: JSON for the text chunk."""
    return _png(Image.fromarray(code.encode(labels.to_array())), facts)


def encode_palette(labels: Labels, classes: tuple[LabelClass, ...], facts: str) -> bytes:
    """8-bit palette PNG whose index is the class id; the colours are for people who open the file elsewhere."""
    image = Image.fromarray(labels.to_array()).convert("P")
    colours = np.zeros((256, 3), np.uint8)
    colours[:, :] = np.arange(256, dtype=np.uint8)[:, None]
    colours[UNKNOWN] = 0
    listed = {known.id: known.colour for known in classes}
    for label, colour in {BACKGROUND: BACKGROUND_COLOUR, CANT_TELL: CANT_TELL_COLOUR, **listed}.items():
        colours[label] = rgb(colour)
    image.putpalette(colours.tobytes())
    return _png(image, facts)


def decode_annotation(content: bytes, name: str) -> tuple[Labels, str]:
    """Labels and facts (JSON, or nothing) of an annotation's PNG. RootPainter's channels, or a palette."""
    image, facts = _open(content, name)
    if image.mode in ("P", "L"):
        return Labels.from_array(np.asarray(image)), facts
    channels = np.asarray(image.convert("RGBA"))
    labels = np.zeros(channels.shape[:2], np.uint8)
    # Later lines win: RootPainter's foreground is any red, its background any green.
    labels[channels[..., 2] > 0] = CANT_TELL
    labels[channels[..., 1] > 0] = BACKGROUND
    labels[channels[..., 0] > 0] = FOREGROUND
    return Labels.from_array(labels), facts


def decode_segmentation(content: bytes, name: str) -> tuple[Labels, str]:
    """Labels and facts (JSON, or nothing) of a segmentation's PNG: RootPainter's (alpha > 0), or a palette."""
    image, facts = _open(content, name)
    if image.mode in ("P", "L"):
        return Labels.from_array(np.asarray(image)), facts
    alpha = np.asarray(image.convert("RGBA").getchannel("A"))
    return Labels.from_array(np.where(alpha > 0, np.uint8(FOREGROUND), np.uint8(BACKGROUND))), facts


def read_facts(path: Path) -> str:
    """The facts (JSON, or nothing) of a label file, without decoding its pixels. FileNotFoundError if none."""
    try:
        with Image.open(path, formats=("PNG",)) as image:
            return _facts_of(image)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SyntaxError) as error:
        raise _damaged(path.name) from error


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three bytes; grey for anything else."""
    try:
        value = int(colour.removeprefix("#"), 16)
    except ValueError:
        value = 0x808080
    return (value >> 16) & 255, (value >> 8) & 255, value & 255


def _png(image: Image.Image, facts: str) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text(FACTS_KEY, json.dumps(json.loads(facts)))  # ASCII: any PNG reader takes it
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_COMPRESSION, pnginfo=text)
    return file.getvalue()


def _open(content: bytes, name: str) -> tuple[Image.Image, str]:
    try:
        image = Image.open(io.BytesIO(content), formats=("PNG",))
        if image.width * image.height > _MOST_PIXELS:
            raise Refused(f"{name}: {image.width} x {image.height} pixels are more than Brushloop opens.")
        facts = _facts_of(image)
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise _damaged(name) from error
    return image, facts


def _facts_of(image: Image.Image) -> str:
    text = image.info.get(FACTS_KEY, "")
    return text if isinstance(text, str) else ""


def _damaged(name: str) -> Refused:
    return Refused(f"{name}: not a whole PNG file; it may still be arriving. Try again, or restore it from a copy.")
