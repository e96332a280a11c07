"""Tiles: large images cut into squares that a person can correct in a minute, without losing a bit."""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import imagecodecs
import numpy as np
import tifffile

from shared_folder.decoders import Pixels
from shared_folder.ome import Channel
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


def lossless_suffix(dtype: np.dtype[Any], channels: int, has_alpha: bool, apart: Sequence[Channel] = ()) -> str:
    """The kind of file that holds such pixels exactly: ".png", or ".tif" where PNG can't.

    apart: what is known of channels that are pages of their own, and stay so.
    """
    if apart or dtype not in (np.uint8, np.uint16):
        return ".tif"
    # Two and four channels are grey and RGB with opacity to a PNG, nothing else
    return ".png" if channels in (1, 3) or (has_alpha and channels in (2, 4)) else ".tif"


def encode_lossless(pixels: Pixels, has_alpha: bool, apart: Sequence[Channel] = ()) -> bytes:
    """A PNG or TIFF with exactly these pixels. pixels: (h, w, C) uint8, uint16 or float32; apart: as above."""
    channels = pixels.shape[2]
    if apart:
        return _encode_ome(pixels, apart)
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


def _encode_ome(pixels: Pixels, apart: Sequence[Channel]) -> bytes:
    """An OME-TIFF of one page for each channel, with what is known of them."""
    told: dict[str, list[Any]] = {"Name": [channel.name for channel in apart]}
    if all(channel.colour for channel in apart):
        told["Color"] = [_signed(int(channel.colour[1:], 16) << 8 | 255) for channel in apart]
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        np.ascontiguousarray(np.moveaxis(pixels, 2, 0)),
        ome=True,
        photometric="minisblack",
        compression="adobe_deflate",
        metadata={"axes": "CYX", "Channel": told},
    )
    return file.getvalue()


def _signed(colour: int) -> int:
    """OME's colours are 32 bits with a sign: red, green, blue, alpha."""
    return colour - 2**32 if colour >= 2**31 else colour


def _edges(length: int, side: int) -> list[int]:
    parts = max(1, round(length / side))
    return [length * part // parts for part in range(parts + 1)]
