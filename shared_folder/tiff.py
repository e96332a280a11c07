"""TIFF by tile: any compression that tifffile knows, pages, stored pyramids; only the tiles that are asked for."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile

from shared_folder.decoders import (
    LIMIT,
    ORIENTATIONS,
    UPRIGHT,
    Header,
    Orientation,
    Pixels,
    Version,
    damaged,
    open_unchanged,
    too_large,
)
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused

BY_TILE_FROM = 64 * 2**20
"""Bytes of a decoded image from which a tiled file is read by tile; a smaller one is quicker decoded once, whole."""
TILED_LIMIT = 200_000
"""Longest side of an image that is read by tile."""
TILE_LIMIT = 8192 * 8192
"""Most pixels of one tile."""
BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_JPEG_COMPRESSIONS = (6, 7, 33007, 34892)
_ALPHA_SAMPLES = (1, 2)


class TiffDecoder:
    """One page of a TIFF. Reduced copies that the file holds of it, in SubIFDs or behind it, are its levels."""

    most_reduced = 0

    def __init__(self, path: Path, page: int) -> None:
        self._path = path
        with path.open("rb") as file:
            self._version = Version.of(file)
            with tifffile.TiffFile(file, name=path.name) as tiff:
                full = [each for each in tiff.pages if not each.is_reduced]
                if not 0 <= page < len(full):
                    raise Refused(f"{path.name}: has {len(full)} page(s), so there is no page {page + 1}.")
                self._page = full[page]
                reduced = list(self._page.pages or ())
                if not reduced and len(full) == 1:
                    reduced = [each for each in tiff.pages if each.is_reduced]
                _check(path, self._page)
                self._levels: dict[int, Any] = {0: self._page, **_pyramid(self._page, reduced)}
                for each in self._levels.values():  # tifffile reads these late, when the file is closed
                    _ = each.colormap, each.jpegtables, each.decode
        self.header = Header(
            shape=(self._page.imagelength, self._page.imagewidth, _channels(self._page)),
            dtype=_dtype(self._page),
            has_alpha=_has_alpha(self._page),
            pages=len(full),
            orientation=_orientation(self._page),
        )
        decoded = int(np.prod(self.header.shape)) * self.header.dtype.itemsize
        self.by_tile = bool(self._page.is_tiled) and decoded >= BY_TILE_FROM
        if not self.by_tile and self._page.imagelength * self._page.imagewidth > LIMIT:
            raise too_large(path)

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels that the file holds, 0 first."""
        return tuple(sorted(self._levels))

    @property
    def tile_height(self) -> int:
        return int(self._page.tilelength or self._page.imagelength)

    def decode(self, halvings: int = 0) -> Pixels:  # noqa: ARG002 (there are levels in the file, or none)
        return self.read(0, whole(self.header.shape))

    def read(self, level: int, rectangle: Rectangle) -> Pixels:
        """Pixels (h, w, C) as stored. level: one of `levels`; rectangle: in that level, as stored.

        A reduced copy that is a pixel short of the level's shape (writers round down) repeats its last row or column.
        """
        page = self._levels[level]
        held = rectangle.intersection(whole((page.imagelength, page.imagewidth)))
        if held.empty:
            held = rectangle.shifted(
                min(0, page.imagelength - rectangle.bottom), min(0, page.imagewidth - rectangle.right)
            )
        with open_unchanged(self._path, self._version) as file:
            pixels = _colours(self._samples(page, file, held), page)
        missing = (rectangle.height - pixels.shape[0], rectangle.width - pixels.shape[1])
        return np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), "edge") if any(missing) else pixels

    def _samples(self, page: Any, file: BinaryIO, rectangle: Rectangle) -> Pixels:
        """What the file holds, before colours: (h, w, samples). Decodes only the tiles or strips it needs."""
        planes, _, page_height, page_width, _ = page.shaped
        height = int(page.tilelength or min(page.rowsperstrip or page_height, page_height))
        width = int(page.tilewidth or page_width)
        across, down = -(-page_width // width), -(-page_height // height)
        result = np.zeros((rectangle.height, rectangle.width, page.samplesperpixel), page.dtype)
        for plane in range(planes):
            for row in range(rectangle.top // height, -(-rectangle.bottom // height)):
                for column in range(rectangle.left // width, -(-rectangle.right // width)):
                    samples = self._segment(page, file, (plane * down + row) * across + column)
                    if samples is None:  # a tile that the writer left out: nothing there
                        continue
                    corner = (row * height, column * width)
                    area = Rectangle(*corner, corner[0] + height, corner[1] + width).intersection(rectangle)
                    target = area.shifted(-rectangle.top, -rectangle.left).slices
                    source = area.shifted(-corner[0], -corner[1]).slices
                    result[(*target, slice(plane, plane + samples.shape[2]))] = samples[source]
        return result

    def _segment(self, page: Any, file: BinaryIO, index: int) -> Pixels | None:
        """One tile or strip: (height, width, samples)."""
        if page.databytecounts[index] == 0:
            return None
        file.seek(page.dataoffsets[index])
        data = file.read(page.databytecounts[index])
        if len(data) < page.databytecounts[index]:
            raise damaged(self._path, "the file ends before its pixels do")
        segment, _, _ = page.decode(data, index, jpegtables=page.jpegtables)
        samples: Pixels = np.asarray(segment)[0]
        return samples


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


def _pyramid(page: Any, reduced: list[Any]) -> dict[int, Any]:
    """Which of the reduced pages is the image at 1/2**k, to a pixel, in the same type and channels."""
    levels = {}
    for each in reduced:
        if each.dtype != page.dtype or each.samplesperpixel != page.samplesperpixel or each.shaped[1] != 1:
            continue
        level = round(float(np.log2(page.imagelength / max(1, each.imagelength))))
        expected = (-(-page.imagelength >> level), -(-page.imagewidth >> level)) if level > 0 else (0, 0)
        if max(abs(expected[0] - each.imagelength), abs(expected[1] - each.imagewidth)) <= 1 and level > 0:
            levels[level] = each
    return levels


def _orientation(page: Any) -> Orientation:
    tag = page.tags.get(274)
    return ORIENTATIONS.get(int(tag.value), UPRIGHT) if tag else UPRIGHT


def _has_alpha(page: Any) -> bool:
    return page.photometric in (_BLACK_IS_ZERO, _RGB) and (
        len(page.extrasamples) == 1 and page.extrasamples[0] in _ALPHA_SAMPLES
    )


def _channels(page: Any) -> int:
    return 3 if page.photometric in (_PALETTE, _CMYK) else int(page.samplesperpixel)


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
