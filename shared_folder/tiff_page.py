"""One page of a TIFF, by rectangle: decodes only the tiles, strips or rows that it needs, of any compression."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from shared_folder.decoders import Pixels, damaged, too_large
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

BY_TILE_FROM = 64 * 2**20
"""Bytes of a decoded image from which a tiled file is read by tile; a smaller one is quicker decoded once, whole."""
BY_STRIP_FROM = 256 * 2**20
"""The same for a file in strips, of which a tile on the screen needs all that it touches in full width."""
LARGEST_STRIP = 32 * 2**20
"""Bytes of a decoded strip; a file of larger ones is decoded whole."""
KEPT_STRIPS = 64 * 2**20
"""Bytes of the strips decoded last that are kept of an image: the next tile beside needs them again."""
TILED_LIMIT = 200_000
"""Longest side of an image that is read by part."""
TILE_LIMIT = 8192 * 8192
"""Most pixels of one tile."""

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_JPEG_COMPRESSIONS = (6, 7, 33007, 34892)
_ALPHA_SAMPLES = (1, 2)
_ROWS = 64  # read at once of a page that isn't compressed


class TiffPage:
    """page: tifffile's, whose file may be closed by now. together: pages that are read with it, itself included. Safe
    to share between threads."""

    def __init__(self, path: Path, page: Any, together: int = 1) -> None:
        _check(path, page)
        self._path = path
        self._page = page
        self._together = together
        _ = page.colormap, page.jpegtables, page.decode  # tifffile reads these late
        self.size = (int(page.imagelength), int(page.imagewidth))
        """(H, W) as stored."""
        self.channels = 3 if page.photometric in (_PALETTE, _CMYK) else int(page.samplesperpixel)
        self.dtype = _dtype(page)
        self.has_alpha = page.photometric in (_BLACK_IS_ZERO, _RGB) and (
            len(page.extrasamples) == 1 and page.extrasamples[0] in _ALPHA_SAMPLES
        )
        self.tiled = bool(page.is_tiled)
        # Neither compressed nor packed, and all there
        self._by_row = bool(page.is_final) and not self.tiled and sum(page.databytecounts) >= page.nbytes
        height, width = self.size
        self._height = int(page.tilelength or (_ROWS if self._by_row else min(page.rowsperstrip or height, height)))
        self._width = int(page.tilewidth or width)
        self._recent: OrderedDict[int, Pixels] = OrderedDict()  # strips, the one used last comes last
        self._lock = threading.Lock()

    @property
    def segment_height(self) -> int:
        """Rows that are decoded together."""
        return min(self._height, self.size[0])

    @property
    def by_part(self) -> bool:
        """Whether it is better read by part than decoded whole."""
        height, width = self.size
        row = width * self.channels * self.dtype.itemsize
        decoded = height * row * self._together
        if self.tiled:
            return decoded >= BY_TILE_FROM
        return decoded >= BY_STRIP_FROM and self._height * row <= LARGEST_STRIP

    def read(self, file: BinaryIO, rectangle: Rectangle) -> Pixels:
        """Pixels (h, w, channels) of a rectangle, as stored."""
        page = self._page
        planes = page.shaped[0]
        (page_height, page_width), height, width = self.size, self._height, self._width
        across, down = -(-page_width // width), -(-page_height // height)
        result = np.zeros((rectangle.height, rectangle.width, page.samplesperpixel), page.dtype)
        for plane in range(planes):
            for row in range(rectangle.top // height, -(-rectangle.bottom // height)):
                for column in range(rectangle.left // width, -(-rectangle.right // width)):
                    samples = self._segment(file, (plane * down + row) * across + column)
                    if samples is None:  # a tile that the writer left out: nothing there
                        continue
                    corner = (row * height, column * width)
                    area = Rectangle(*corner, corner[0] + height, corner[1] + width).intersection(rectangle)
                    target = area.shifted(-rectangle.top, -rectangle.left).slices
                    source = area.shifted(-corner[0], -corner[1]).slices
                    result[(*target, slice(plane, plane + samples.shape[2]))] = samples[source]
        return _colours(result, page)

    def _segment(self, file: BinaryIO, index: int) -> Pixels | None:
        """One tile or strip: (height, width, samples)."""
        if self._by_row:
            return self._rows(file, index)
        if self.tiled:
            return self._decoded(file, index)
        with self._lock:
            kept = self._recent.get(index)
            if kept is not None:
                self._recent.move_to_end(index)
                return kept
        strip = self._decoded(file, index)
        if strip is not None and self.by_part:
            with self._lock:
                self._recent[index] = strip
                most = KEPT_STRIPS // self._together
                while len(self._recent) > 1 and len(self._recent) * strip.nbytes > most:
                    self._recent.popitem(last=False)
        return strip

    def _decoded(self, file: BinaryIO, index: int) -> Pixels | None:
        page = self._page
        if page.databytecounts[index] == 0:
            return None
        data = self._bytes(file, page.dataoffsets[index], page.databytecounts[index])
        segment, _, _ = page.decode(data, index, jpegtables=page.jpegtables)
        samples: Pixels = np.asarray(segment)[0]
        return samples

    def _rows(self, file: BinaryIO, index: int) -> Pixels:
        """Some rows of one plane of a page that lies in the file as it is."""
        page, (height, width) = self._page, self.size
        plane, band = divmod(index, -(-height // _ROWS))
        rows = min(_ROWS, height - band * _ROWS)
        row_bytes = page.nbytes // (page.shaped[0] * height)
        start = page.dataoffsets[0] + (plane * height + band * _ROWS) * row_bytes
        stored = page.dtype.newbyteorder(page.parent.byteorder)
        samples: Pixels = np.frombuffer(self._bytes(file, start, rows * row_bytes), stored).reshape(rows, width, -1)
        return samples

    def _bytes(self, file: BinaryIO, start: int, count: int) -> bytes:
        file.seek(start)
        data = file.read(count)
        if len(data) < count:
            raise damaged(self._path, "the file ends before its pixels do")
        return data


def _check(path: Path, page: Any) -> None:
    """Refuse what can't be read rightly, before any memory is taken for it."""
    if page.imagelength < 1 or page.imagewidth < 1 or page.dtype is None:
        raise damaged(path, "it has no pixels")
    if max(page.imagelength, page.imagewidth) > TILED_LIMIT or page.tilelength * page.tilewidth > TILE_LIMIT:
        raise too_large(path)
    if page.shaped[1] != 1:
        raise Refused(f"{path.name}: is a TIFF of volumes; save its slices as pages or as files of their own.")
    known = page.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK)
    if not known and not (page.photometric == _YCBCR and page.compression in _JPEG_COMPRESSIONS):
        raise Refused(f"{path.name}: its colours can't be read (photometric {page.photometric}); save it as RGB.")
    if page.dtype.kind not in "buif":
        raise Refused(f"{path.name}: its pixels are {page.dtype}, not numbers that can be shown; save it as 16-bit.")


def _dtype(page: Any) -> np.dtype[Any]:
    """uint8 and uint16 stay; 1 bit becomes uint8; palettes have 8-bit colours; every other number becomes float32."""
    if page.photometric == _PALETTE or page.dtype.kind == "b":
        return np.dtype(np.uint8)
    return np.dtype(page.dtype.type) if page.dtype in (np.uint8, np.uint16) else np.dtype(np.float32)


def _colours(samples: Pixels, page: Any) -> Pixels:
    """Samples (h, w, samples) to grey or RGB, with alpha where there is one: (h, w, C) in the header's dtype."""
    if page.photometric == _PALETTE:
        table = np.asarray(page.colormap)  # (3, entries), 16 bits; some writers left them at 8
        return (table >> 8 if table.max() > 255 else table).astype(np.uint8).T[samples[..., 0]]
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8) * np.uint8(255)
    elif samples.dtype == np.uint8 and page.bitspersample < 8:
        samples = samples * np.uint8(255 // (2**page.bitspersample - 1))
    if page.photometric == _WHITE_IS_ZERO and samples.dtype.kind == "u":
        samples = np.iinfo(samples.dtype).max - samples
    if page.photometric == _CMYK:
        samples = _rgb_from_cmyk(samples)
    return samples.astype(_dtype(page), copy=False)


def _rgb_from_cmyk(inks: Pixels) -> Pixels:
    """Ink on white paper, without a colour profile. inks: (h, w, 4 or more), 0 is no ink."""
    full = np.float32(np.iinfo(inks.dtype).max if inks.dtype.kind in "iu" else 1)
    light = full - inks[..., :4].astype(np.float32)
    rgb = light[..., :3] * light[..., 3:] / full
    return (rgb.round() if inks.dtype.kind in "iu" else rgb).astype(inks.dtype)
