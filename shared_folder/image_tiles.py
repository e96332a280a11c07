"""Tiles: large images cut into squares that a person can correct in a minute, without losing a bit."""

import io
from itertools import pairwise
from typing import Any

import imagecodecs
import numpy as np
import tifffile

from shared_folder.decoders import Pixels
from shared_folder.rectangle import Rectangle

PROPOSED_SIDE = 750
"""Pixels; the side that RootPainter's users are used to."""
PROPOSED_ABOVE = 1_500_000
"""Pixels of an image: larger ones are slow to correct, and one picture is little to learn from."""
SMALLEST_SIDE = 100


def grid(shape: tuple[int, ...], side: int) -> list[Rectangle]:
    """Cut an image (H, W, ...) into tiles that cover it without overlap, all of nearly one size close to `side`."""
    rows, columns = (_edges(length, side) for length in shape[:2])
    return [
        Rectangle(top, left, bottom, right) for top, bottom in pairwise(rows) for left, right in pairwise(columns)
    ]


def proposes_tiles(shape: tuple[int, ...]) -> bool:
    """Whether an image (H, W, ...) is better worked on in tiles."""
    return shape[0] * shape[1] > PROPOSED_ABOVE


def lossless_suffix(dtype: np.dtype[Any], channels: int, has_alpha: bool) -> str:
    """The kind of file that holds such pixels exactly: ".png", or ".tif" where PNG can't."""
    if dtype not in (np.uint8, np.uint16):
        return ".tif"
    # Two and four channels are grey and RGB with opacity to a PNG, nothing else
    return ".png" if channels in (1, 3) or (has_alpha and channels in (2, 4)) else ".tif"


def encode_lossless(pixels: Pixels, has_alpha: bool) -> bytes:
    """A PNG or TIFF with exactly these pixels. pixels: (h, w, C) uint8, uint16 or float32."""
    channels = pixels.shape[2]
    plane = np.ascontiguousarray(pixels[..., 0] if channels == 1 else pixels)
    if lossless_suffix(pixels.dtype, channels, has_alpha) == ".png":
        return bytes(imagecodecs.png_encode(plane, level=4))
    colours = 3 if channels >= 3 else 1
    extra = ["unassalpha" if has_alpha and channels == colours + 1 else "unspecified"] * (channels - colours)
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        plane,
        photometric="rgb" if colours == 3 else "minisblack",
        planarconfig="contig",
        extrasamples=extra,
        compression="adobe_deflate",
        metadata=None,
    )
    return file.getvalue()


def _edges(length: int, side: int) -> list[int]:
    parts = max(1, round(length / side))
    return [length * part // parts for part in range(parts + 1)]
