"""TIFF: pages, stored pyramids, and what is decoded of them."""

from pathlib import Path
from typing import Any

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
    open_unchanged,
    too_large,
)
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.tiff_page import TiffPage

BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


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
                reduced = list(full[page].pages or ())
                if not reduced and len(full) == 1:
                    reduced = [each for each in tiff.pages if each.is_reduced]
                self._page = TiffPage(path, full[page])
                coarser = _pyramid(full[page], reduced)
                self._levels = {0: self._page, **{level: TiffPage(path, each) for level, each in coarser.items()}}
                orientation = _orientation(full[page])
        self.header = Header(
            shape=(*self._page.size, self._page.channels),
            dtype=self._page.dtype,
            has_alpha=self._page.has_alpha,
            pages=len(full),
            orientation=orientation,
        )
        self.by_part = self._page.by_part
        """Whether it is read by part, never decoded whole."""
        if not self.by_part and self._page.size[0] * self._page.size[1] > LIMIT:
            raise too_large(path)

    @property
    def cheap_halvings(self) -> int:
        """A level is averaged on the fly from one in the file at most this many levels finer; others are built and
        kept. A strip has far more pixels than what is looked at."""
        return 2 if self._page.tiled else 1

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels that the file holds, 0 first."""
        return tuple(sorted(self._levels))

    @property
    def segment_height(self) -> int:
        """Rows that are decoded together."""
        return self._page.segment_height

    def decode(self, halvings: int = 0) -> Pixels:  # noqa: ARG002 (there are levels in the file, or none)
        return self.read(0, whole(self.header.shape))

    def read(self, level: int, rectangle: Rectangle) -> Pixels:
        """Pixels (h, w, C) as stored. level: one of `levels`; rectangle: in that level, as stored.

        A reduced copy that is a pixel short of the level's shape (writers round down) repeats its last row or column.
        """
        page = self._levels[level]
        held = rectangle.intersection(whole(page.size))
        if held.empty:
            held = rectangle.shifted(min(0, page.size[0] - rectangle.bottom), min(0, page.size[1] - rectangle.right))
        with open_unchanged(self._path, self._version) as file:
            pixels = page.read(file, held)
        missing = (rectangle.height - pixels.shape[0], rectangle.width - pixels.shape[1])
        return np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), "edge") if any(missing) else pixels


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
