"""Decoders: from the bytes of an image file to an array, or to a sentence that says why not.

Pillow reads the header of PNG, JPEG, BMP and WebP, and decodes what is rare. Ordinary PNG and JPEG are decoded by
imagecodecs, straight into the array: that takes half of the memory, a half to a quarter of the time, and keeps all
16 bits of a PNG. TIFF has its own decoder in `tiff.py`. What a file is, is read from its content, not its suffix.
"""

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from shared_folder.frames import ONLY, Frame
from shared_folder.ome import Channel
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

Pixels = NDArray[Any]
"""(h, w, C) in the file's dtype: uint8, uint16 or float32."""

LIMIT = 20_000 * 20_000
"""Most pixels of an image that must be decoded whole: 1.2 GB in 8-bit RGB. More is taken for a decompression bomb."""

FORMATS = ("JPEG", "PNG", "BMP", "DIB", "WEBP")
"""Pillow's names of what may be decoded. MPO, which some phones write as .jpg, counts as JPEG."""
_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn whatever a codec raises into Refused: on damaged files they raise nearly everything."""
    try:
        yield
    except Refused:
        raise
    except FileNotFoundError as error:
        raise Refused(f"{path.name}: the file is not there (any more); look in {path.parent}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large(path) from error
    except UnidentifiedImageError as error:
        raise Refused(
            f"{path.name}: this is not a PNG, JPEG, TIFF, BMP or WebP image, or its beginning is damaged; "
            "open it in another program and save it anew."
        ) from error
    except MemoryError as error:
        raise Refused(f"{path.name}: does not fit into this machine's memory; cut it into tiles.") from error
    except OSError as error:
        if error.errno is not None:
            raise Refused(f"{path.name}: can't be read ({error.strerror}); check its folder.") from error
        raise damaged(path, error) from error
    except Exception as error:
        raise damaged(path, error) from error


def damaged(path: Path, why: object) -> Refused:
    return Refused(f"{path.name}: damaged or cut short ({why}); copy it again from where it came from.")


def too_large(path: Path) -> Refused:
    side = math.isqrt(LIMIT)
    return Refused(
        f"{path.name}: has more than {side:,} x {side:,} pixels, too many to decode at once; "
        "save it as a tiled TIFF or cut it into tiles."
    )


class Orientation(NamedTuple):
    """How stored pixels become shown ones: transpose first, then flip. EXIF 2.32, tag 0x0112."""

    transpose: bool = False
    flip_rows: bool = False
    flip_columns: bool = False

    def shown_shape(self, height: int, width: int) -> tuple[int, int]:
        return (width, height) if self.transpose else (height, width)

    def apply(self, stored: Pixels) -> Pixels:
        """A view of the pixels as they are shown."""
        turned = stored.swapaxes(0, 1) if self.transpose else stored
        return turned[:: -1 if self.flip_rows else 1, :: -1 if self.flip_columns else 1]

    def stored(self, shown: Rectangle, height: int, width: int) -> Rectangle:
        """Where a shown rectangle lies in the file. height, width: of the whole image as shown."""
        top, left, bottom, right = shown
        if self.flip_rows:
            top, bottom = height - bottom, height - top
        if self.flip_columns:
            left, right = width - right, width - left
        return Rectangle(left, top, right, bottom) if self.transpose else Rectangle(top, left, bottom, right)


UPRIGHT = Orientation()
ORIENTATIONS = {
    1: UPRIGHT,
    2: Orientation(flip_columns=True),
    3: Orientation(flip_rows=True, flip_columns=True),
    4: Orientation(flip_rows=True),
    5: Orientation(transpose=True),
    6: Orientation(transpose=True, flip_columns=True),
    7: Orientation(transpose=True, flip_rows=True, flip_columns=True),
    8: Orientation(transpose=True, flip_rows=True),
}


@dataclass(frozen=True)
class Header:
    """What is known of an image without decoding it."""

    shape: tuple[int, int, int]
    """(H, W, C) as stored, before the orientation."""
    dtype: np.dtype[Any]
    has_alpha: bool
    """The last channel is opacity."""
    frames: tuple[Frame, ...]
    """The images that the file holds."""
    channels: tuple[Channel, ...]
    """Of an image whose channels are pages of their own; none else."""
    orientation: Orientation


@dataclass(frozen=True)
class Version:
    """Which writing of a file was opened, so that another one isn't read with the first one's header."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, file: BinaryIO) -> "Version":
        status = os.fstat(file.fileno())
        return cls(status.st_size, status.st_mtime_ns)


@contextlib.contextmanager
def open_unchanged(path: Path, version: Version) -> Iterator[BinaryIO]:
    """Open for one reading: a file that stays open can't be replaced on Windows and on some network folders."""
    with path.open("rb") as file:
        if Version.of(file) != version:
            raise Refused(f"{path.name}: was changed after it was opened; open it again.")
        yield file


class Decoder(Protocol):
    """One page of one file. Every read opens the file anew, so threads may share a decoder."""

    header: Header
    most_reduced: int
    """How often the whole page can be halved while it is decoded, which takes a fraction of the time."""

    def decode(self, halvings: int = 0) -> Pixels:
        """The whole page, as stored; its sides halved so often, rounded up."""


def open_with_pillow(path: Path, file: BinaryIO) -> Image.Image:
    """Read the header only. Refuses more than LIMIT pixels before any memory is taken for them."""
    Image.MAX_IMAGE_PIXELS = LIMIT  # Pillow's own warning would come at 89 megapixels, an ordinary scan
    image = Image.open(file, formats=FORMATS)
    if image.width * image.height > LIMIT:
        raise too_large(path)
    return image


def exif_orientation(image: Image.Image) -> Orientation:
    """Asks only an EXIF block that stands before the pixels: Pillow would decode a whole PNG to look behind them."""
    if "exif" not in image.info:
        return UPRIGHT
    try:
        return ORIENTATIONS.get(image.getexif().get(0x0112, 1), UPRIGHT)
    except Exception:  # a damaged EXIF block says nothing, the pixels are good all the same
        return UPRIGHT


class PillowDecoder:
    """PNG, JPEG, BMP or WebP; of animations the first frame."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._version = Version.of(file)
            beginning = file.read(26)
            file.seek(0)
            with open_with_pillow(path, file) as image:
                self._deep = image.format == "PNG" and beginning[24] == 16
                self.most_reduced = 3 if image.format == "JPEG" and image.mode in ("L", "RGB") else 0
                plain = _plain_mode(beginning) if image.format == "PNG" else ""
                self._mode = plain if self._deep else _mode(image)
                self._png = self._deep or (plain == self._mode and "transparency" not in image.info)
                self.header = Header(
                    shape=(image.height, image.width, len(self._mode)),
                    dtype=np.dtype(np.uint16 if self._deep else np.uint8),
                    has_alpha=self._mode.endswith("A"),
                    frames=(ONLY,),
                    channels=(),
                    orientation=exif_orientation(image),
                )

    def decode(self, halvings: int = 0) -> Pixels:
        height, width, channels = self.header.shape
        with open_unchanged(self._path, self._version) as file:
            pixels = self._straight(file) if not halvings else None
            if pixels is None:
                file.seek(0)
                with open_with_pillow(self._path, file) as image:
                    if halvings:  # by libjpeg, from the coarser waves of each block alone
                        image.draft(image.mode, (width >> halvings, height >> halvings))
                    pixels = np.asarray(image if image.mode == self._mode else image.convert(self._mode))
        return pixels.reshape(-(-height >> halvings), -(-width >> halvings), -1)[..., :channels]

    def _straight(self, file: BinaryIO) -> Pixels | None:
        """The whole picture without Pillow; None where Pillow knows better."""
        if self._png:
            return np.asarray(imagecodecs.png_decode(file.read()))
        if self.most_reduced:
            content = file.read()
            if content.rfind(_JPEG_END) > content.rfind(_JPEG_SCAN):  # else cut short, of which libjpeg says nothing
                return np.asarray(imagecodecs.jpeg8_decode(content))
        return None


def _plain_mode(beginning: bytes) -> str:
    """Pillow's name for what a PNG of 8 or 16 bits holds; nothing for a palette and for fewer bits."""
    # IHDR stands first in every PNG: bit depth is byte 24, colour type byte 25
    return {0: "L", 2: "RGB", 4: "LA", 6: "RGBA"}.get(beginning[25], "") if beginning[24] in (8, 16) else ""


def _mode(image: Image.Image) -> str:
    """The mode to decode to, whose letters are the channels: 1 bit becomes 0 and 255, palette and CMYK become RGB."""
    if image.mode in ("1", "L"):
        return "L"
    if image.mode in ("LA", "RGBA"):
        return image.mode
    return "RGBA" if image.mode in ("P", "PA") and "transparency" in image.info else "RGB"
