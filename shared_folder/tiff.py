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
from shared_folder.frames import Frame, Pages, frames_of
from shared_folder.ome import Channel
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.tiff_page import TiffPage

BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class TiffDecoder:
    """One image of a TIFF: a page, or the pages that are its channels. Reduced copies that the file holds of it, in
    SubIFDs or behind it, are its levels."""

    most_reduced = 0

    def __init__(self, path: Path, pages: Pages) -> None:
        """pages: from 0; none for the first image of the file."""
        self._path = path
        with path.open("rb") as file:
            self._version = Version.of(file)
            with tifffile.TiffFile(file, name=path.name) as tiff:
                full = [each for each in tiff.pages if not each.is_reduced]
                coarser = [each for each in tiff.pages if each.is_reduced] if len(full) == 1 else []
                frames = _frames(full)
                frame = _frame(path, frames, len(full), pages)
                self._levels = _levels(path, [full[page] for page in frame.pages], coarser)
                orientation = _orientation(full[frame.pages[0]])
        page = self._levels[0][0]
        self.header = Header(
            shape=(*page.size, page.channels * len(frame.pages)),
            dtype=page.dtype,
            has_alpha=page.has_alpha and len(frame.pages) == 1,
            frames=frames,
            channels=frame.channels,
            orientation=orientation,
        )
        self.by_part = page.by_part
        """Whether it is read by part, never decoded whole."""
        if not self.by_part and page.size[0] * page.size[1] > LIMIT:
            raise too_large(path)

    @property
    def cheap_halvings(self) -> int:
        """A level is averaged on the fly from one in the file at most this many levels finer; others are built and
        kept. A strip has far more pixels than what is looked at."""
        return 2 if self._levels[0][0].tiled else 1

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels that the file holds, 0 first."""
        return tuple(sorted(self._levels))

    @property
    def segment_height(self) -> int:
        """Rows that are decoded together."""
        return self._levels[0][0].segment_height

    def decode(self, halvings: int = 0) -> Pixels:  # noqa: ARG002 (there are levels in the file, or none)
        return self.read(0, whole(self.header.shape))

    def read(self, level: int, rectangle: Rectangle) -> Pixels:
        """Pixels (h, w, C) as stored. level: one of `levels`; rectangle: in that level, as stored.

        A reduced copy that is a pixel short of the level's shape (writers round down) repeats its last row or column.
        """
        pages = self._levels[level]
        height, width = pages[0].size
        held = rectangle.intersection(whole((height, width)))
        if held.empty:
            held = rectangle.shifted(min(0, height - rectangle.bottom), min(0, width - rectangle.right))
        with open_unchanged(self._path, self._version) as file:
            parts = [page.read(file, held) for page in pages]
        pixels = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        missing = (rectangle.height - pixels.shape[0], rectangle.width - pixels.shape[1])
        return np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), "edge") if any(missing) else pixels


def _frames(full: list[Any]) -> tuple[Frame, ...]:
    if not full:
        return ()
    kinds = [(each.imagelength, each.imagewidth, each.dtype, each.photometric) for each in full]
    single = [each.samplesperpixel == 1 and each.photometric in (0, 1) for each in full]  # grey
    return frames_of(full[0].description, kinds, single)


def _frame(path: Path, frames: tuple[Frame, ...], count: int, pages: Pages) -> Frame:
    """The image that is asked for; refuses pages that the file hasn't got."""
    if not pages and frames:
        return frames[0]
    missing = next((page for page in pages if not 0 <= page < count), None)
    if missing is not None or not pages:
        raise Refused(f"{path.name}: has {count} page(s), so there is no page {(missing or 0) + 1}.")
    known = next((frame for frame in frames if frame.pages == pages), None)
    return known or Frame(pages, channels=(Channel(),) * len(pages) if len(pages) > 1 else ())


def _levels(path: Path, full: list[Any], coarser: list[Any]) -> dict[int, tuple[TiffPage, ...]]:
    """The pages of each level, one for each channel that is a page. Refuses those that aren't alike."""
    pyramids = [{0: page, **_pyramid(page, list(page.pages or ()) or coarser)} for page in full]
    shared = set.intersection(*(set(pyramid) for pyramid in pyramids))
    levels = {
        level: tuple(TiffPage(path, pyramid[level], len(full)) for pyramid in pyramids) for level in sorted(shared)
    }
    for pages in levels.values():
        if len({(page.size, page.dtype, page.channels) for page in pages}) > 1:
            raise Refused(f"{path.name}: its pages aren't of one size and type any more. Bring the first file back.")
    return levels


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
