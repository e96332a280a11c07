"""Label maps as PNG files: one codec for annotations and segmentations, chosen by the file itself.

RGBA PNGs are RootPainter's, for one class beside background. 8-bit palette PNGs, whose index is the class id,
hold any number of classes and take a quarter of the memory. Facts (who, which model, which image) travel in a
text chunk, so that one file is whole by itself.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import imagecodecs
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
from shared_folder.decoders import LIMIT
from shared_folder.labels import TILE, Labels, Pixels
from shared_folder.png import png_by_bands
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

FACTS_KEY = "brushloop"
MOST_RGBA_PIXELS = 100_000_000
"""Larger binary maps are written with a palette: RGBA would need more than 400 MB to read them."""

_MODES = ("P", "L", "RGBA", "RGB", "LA")  # Pillow's names
_COMPRESSION = 3  # of 9: label maps are flat, more effort gains little


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
    return png_by_bands(labels.shape, map(code.encode, labels.bands()), None, _text(facts))


def encode_palette(labels: Labels, classes: tuple[LabelClass, ...], facts: str) -> bytes:
    """8-bit palette PNG whose index is the class id; the colours are for people who open the file elsewhere."""
    colours = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    colours[UNKNOWN] = 0
    listed = {known.id: known.colour for known in classes}
    for label, colour in {BACKGROUND: BACKGROUND_COLOUR, CANT_TELL: CANT_TELL_COLOUR, **listed}.items():
        colours[label] = rgb(colour)
    return png_by_bands(labels.shape, labels.bands(), colours, _text(facts))


def decode_annotation(content: bytes, name: str, shape: tuple[int, int] | None = None) -> tuple[Labels, str]:
    """Labels and facts (JSON, or nothing) of an annotation's PNG. RootPainter's channels, or a palette.

    shape: (H, W) of its image. Refuses a file of another size, before any memory is taken for its pixels.
    """

    def labels_of(channels: Pixels) -> Pixels:
        labels = np.zeros(channels.shape[:2], np.uint8)
        # Later lines win: RootPainter's foreground is any red, its background any green.
        labels[channels[..., 2] > 0] = CANT_TELL
        labels[channels[..., 1] > 0] = BACKGROUND
        labels[channels[..., 0] > 0] = FOREGROUND
        return labels

    return _decode(content, name, shape, labels_of)


def decode_segmentation(content: bytes, name: str, shape: tuple[int, int] | None = None) -> tuple[Labels, str]:
    """Labels and facts (JSON, or nothing) of a segmentation's PNG: RootPainter's (alpha > 0), or a palette.

    shape: as for an annotation.
    """

    def labels_of(channels: Pixels) -> Pixels:
        return np.where(channels[..., 3] > 0, np.uint8(FOREGROUND), np.uint8(BACKGROUND))

    return _decode(content, name, shape, labels_of)


def _decode(
    content: bytes, name: str, shape: tuple[int, int] | None, labels_of: Callable[[Pixels], Pixels]
) -> tuple[Labels, str]:
    """labels_of: RGBA (h, w, 4) to labels (h, w); where there is a palette, its indexes are the labels."""
    with _refusing(name):
        image = _checked_header(content, name, shape)
        indexed = image.mode in ("P", "L")
        if image.mode == "RGBA":  # Pillow's memory would come in pieces, which the system doesn't get back
            pixels: Pixels | None = imagecodecs.png_decode(content)
        else:
            image.load()
            pixels = None
    labels = Labels((image.height, image.width))
    for top in range(0, image.height, TILE):  # Pillow copies what numpy asks for, so not all of it at once
        place = Rectangle(top, 0, min(top + TILE, image.height), image.width)
        if pixels is None:
            part = image.crop((place.left, place.top, place.right, place.bottom))
            band = np.asarray(part if indexed else part.convert("RGBA"))
        else:
            band = pixels[place.slices]
        labels.write(place, band if indexed else labels_of(band))
    return labels, _facts_of(image)


def read_facts(path: Path) -> str:
    """The facts (JSON, or nothing) of a label file, without decoding its pixels. FileNotFoundError if none."""
    with path.open("rb") as file, _refusing(path.name):
        return _facts_of(_header(file))


def check_size(shape: tuple[int, int], name: str) -> None:
    """Refuse labels (H, W) of more pixels than are read or written."""
    if shape[0] * shape[1] > LIMIT:
        raise _too_large(name)


def rgb(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three bytes; grey for anything else."""
    try:
        value = int(colour.removeprefix("#"), 16)
    except ValueError:
        value = 0x808080
    return (value >> 16) & 255, (value >> 8) & 255, value & 255


def encode_png(image: Image.Image, facts: str) -> bytes:
    """A PNG with facts (JSON) in its text chunk."""
    text = PngImagePlugin.PngInfo()
    text.add_text(*_text(facts))
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_COMPRESSION, pnginfo=text)
    return file.getvalue()


def decode_png(content: bytes, name: str, shape: tuple[int, int] | None = None) -> tuple[Image.Image, str]:
    """A PNG, decoded, and its facts (JSON, or nothing). Refuses a damaged one, and one of another size than `shape`.

    Whatever it claims to be, no memory is taken for it before its size is known to be right.
    """
    with _refusing(name):
        image = _checked_header(content, name, shape)
        image.load()
        return image, _facts_of(image)


def _checked_header(content: bytes, name: str, shape: tuple[int, int] | None) -> Image.Image:
    image = _header(io.BytesIO(content))
    if shape is not None and (image.height, image.width) != shape:
        raise Refused(
            f"{name}: its size, {image.width} x {image.height}, is not that of the image, "
            f"{shape[1]} x {shape[0]}. Move the file away or bring back the image that it was made for."
        )
    check_size((image.height, image.width), name)
    if image.mode not in _MODES:
        raise Refused(f"{name}: is a PNG, but not one of labels (its mode is {image.mode}). Move it away.")
    return image


def _text(facts: str) -> tuple[str, str]:
    return FACTS_KEY, json.dumps(json.loads(facts))  # ASCII: any PNG reader takes it


def _header(file: BinaryIO) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = LIMIT  # of the whole process; the same as for images, since threads open both
    return Image.open(file, formats=("PNG",))


def _facts_of(image: Image.Image) -> str:
    text = image.info.get(FACTS_KEY, "")
    return text if isinstance(text, str) else ""


@contextlib.contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Turn whatever the codec raises into Refused: on damaged files it raises nearly everything."""
    try:
        yield
    except Refused:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except Exception as error:
        raise Refused(
            f"{name}: not a whole PNG file; it may still be arriving. Try again, or restore it from a copy."
        ) from error


def _too_large(name: str) -> Refused:
    return Refused(f"{name}: has more pixels than can be labelled in one file. Cut the image into tiles.")
