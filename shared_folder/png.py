"""PNG by bands: label maps of hundreds of megapixels are written without a copy of all their pixels."""

import struct
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from shared_folder.labels import Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE, _RGBA = 3, 6  # colour types
_UP = 2  # the filter that writes a row's difference from the one above: zeros where labels go on
_COMPRESSION = 3  # of 9: label maps are flat, more effort gains little


def png_by_bands(
    shape: tuple[int, int], bands: Iterable[Pixels], palette: Pixels | None, text: tuple[str, str]
) -> bytes:
    """A whole PNG of 8 bits. Takes the memory of one band beside the file.

    shape: (H, W). bands: from the top, (h, W) indexes into the palette, (256, 3), or (h, W, 4) RGBA where that is
    None. text: key and value, ASCII, of a text chunk before the pixels.
    """
    height, width = shape
    kind = _RGBA if palette is None else _PALETTE
    parts = [_SIGNATURE, _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    if palette is not None:
        parts.append(_chunk(b"PLTE", palette.tobytes()))
    parts.append(_chunk(b"tEXt", b"\0".join(part.encode("ascii") for part in text)))
    parts += [_chunk(b"IDAT", data) for data in _compressed(bands)]
    parts.append(_chunk(b"IEND", b""))
    return b"".join(parts)


def _compressed(bands: Iterable[Pixels]) -> Iterator[bytes]:
    packer = zlib.compressobj(_COMPRESSION)
    above: NDArray[np.uint8] | int = 0  # the last row of the band before
    for band in bands:
        rows = band.reshape(band.shape[0], -1)
        filtered = np.empty((rows.shape[0], 1 + rows.shape[1]), np.uint8)
        filtered[:, 0] = _UP
        filtered[0, 1:] = rows[0] - above
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        above = rows[-1]
        if data := packer.compress(filtered.data):
            yield data
    yield packer.flush()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
