"""Images: their shape, their pixels at any magnification, what is shown of them and what is learned from them.

Two mappings, the same in both programs:

- `displayed`: 8-bit colours as they are; 16-bit and float stretched over the image's own range; channels that are no
  colours each in its own range and colour, added up.
- `learned`: the image's own range brought to -1..1; of more than three channels, and of channels that are pages of
  their own, each channel's own.

Both ranges belong to the image, not to the rectangle. A range taken from each tile would make an empty tile's noise
look like content, give one pixel two values in two overlapping tiles, and so draw the tiles' borders into the mask;
one fixed range for all images would lose dim micrographs.

Transparent pixels are laid on white, as image viewers and browsers do: what is drawn on a transparent ground is
mostly dark (scans, tracings), and would vanish on black.
"""

import contextlib
import functools
import hashlib
import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared_folder.channels import ChannelTone, first_tones, mixed
from shared_folder.decoders import (
    PillowDecoder,
    Pixels,
    damaged,
    exif_orientation,
    open_with_pillow,
    refusing,
)
from shared_folder.frames import Pages
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.tiff import BEGINNINGS, TiffDecoder

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})
"""Lower case; compare with `suffix.lower()`."""

COARSEST_SIDE = 256
"""Levels are offered until the longest side is at most this."""
FIRST_SIDE = 1000
"""Pixels of the longest side that a first view needs at least, where a coarser level can be had much sooner."""
_LEAST_BAND = 64  # rows of the file that are averaged together
SAMPLE_PIXELS = 2**18
SAMPLE_SQUARES = 16
SAMPLE_SQUARE_SIDE = 64
DISPLAYED_PERCENTILES = (0.1, 99.9)
LEARNED_PERCENTILES = (1.0, 99.0)
LEAST_CONTRAST = 16.0
"""Grey levels of an integer image that `learned` stretches at most to -1..1: less is noise, not content."""
LEARNED_LIMIT = 3.0
LARGE = 64 * 2**20
"""Bytes of a decoded image."""
_one_at_a_time = threading.Lock()


def open_image(path: Path, pages: Pages = ()) -> "ImageFile":
    """Read an image's header; pixels are decoded at the first read.

    Raises Refused for what is missing, damaged, of another kind, or larger than `decoders.LIMIT`.
    """
    return ImageFile(path, pages)


def read_shape(path: Path) -> tuple[int, int, int]:
    """(H, W, C) of a file's first image as shown, from the header alone."""
    return open_image(path).shape


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with refusing(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def thumbnail(path: Path, side: int, pages: Pages = ()) -> NDArray[np.uint8]:
    """A small picture (h, w, 3), its longest side at most `side` pixels; never larger than the image."""
    with refusing(path), path.open("rb") as file:
        if file.read(2) == b"\xff\xd8" and pages in ((), (0,)):  # JPEG can be decoded at a fraction of its size
            file.seek(0)
            with open_with_pillow(path, file) as picture:
                orientation = exif_orientation(picture)
                picture.thumbnail((side, side), reducing_gap=2.0)
                return np.ascontiguousarray(orientation.apply(np.asarray(picture.convert("RGB"))))
    image = open_image(path, pages)
    level = 0
    while level + 1 < image.levels and max(image.level_shape(level + 1)) >= side:
        level += 1
    # Of large images one after another: many at once would need as much memory as all of them together.
    with _one_at_a_time if image.memory >= LARGE else contextlib.nullcontext():
        small = Image.fromarray(image.displayed(level, whole(image.level_shape(level))))
    small.thumbnail((side, side))
    return np.array(small)


class ImageFile:
    """One image of a file. Safe to share between threads; holds its decoded pixels until it is forgotten.

    shape: (H, W, C) as shown, EXIF orientation applied. dtype: uint8, uint16 or float32. levels: level k is the image
    at 1/2**k. frames: the images in the file. channels: of an image whose channels are pages, none else. A large TIFF
    in tiles, strips or uncompressed is never decoded whole.
    """

    def __init__(self, path: Path, pages: Pages) -> None:
        self.path = path
        with refusing(path):
            decoder = _decoder(path, pages)
        self._decoder = decoder
        header = decoder.header
        self._orientation = header.orientation
        height, width = self._orientation.shown_shape(*header.shape[:2])
        self.shape = (height, width, header.shape[2])
        self.dtype = header.dtype
        self.has_alpha = header.has_alpha
        self.frames = header.frames
        self.channels = header.channels
        self.levels = 1 + max(0, math.ceil(math.log2(max(height, width) / COARSEST_SIDE)))
        self._by_part = decoder if isinstance(decoder, TiffDecoder) and decoder.by_part else None
        self._kept: dict[int, Pixels] = {}  # levels in memory, as shown
        self._keeping = threading.RLock()

    @property
    def first_level(self) -> int:
        """The finest level for a first view. Where it isn't 0, it and the coarser ones are there long before 0 is."""
        level = 0
        while level < self._decoder.most_reduced and max(self.level_shape(level + 1)) >= FIRST_SIDE:
            level += 1
        return min(level, self.levels - 1)

    @property
    def memory(self) -> int:
        """Bytes that it holds once all its levels have been looked at."""
        part = self._by_part
        kept = [level for level in range(self.levels) if part is None or not _is_cheap(part, level)]
        return sum(math.prod(self.level_shape(level)) for level in kept) * self.shape[2] * self.dtype.itemsize

    def level_shape(self, level: int) -> tuple[int, int]:
        """(H, W) of a level, halves rounded up."""
        return -(-self.shape[0] >> level), -(-self.shape[1] >> level)

    def read(self, level: int, rectangle: Rectangle) -> Pixels:
        """A copy of the pixels, (h, w, C) in the file's dtype.

        rectangle: in the level's coordinates. Raises ValueError unless it lies inside the level, Refused if the file
        is damaged or was changed since it was opened.
        """
        if not 0 <= level < self.levels:
            raise ValueError(f"{self.path.name} has levels 0 to {self.levels - 1}, not {level}")
        inside = whole(self.level_shape(level))
        if rectangle.empty or rectangle.intersection(inside) != rectangle:
            raise ValueError(f"{rectangle} does not lie inside {self.path.name}, {inside}")
        with refusing(self.path):
            if self._by_part is not None and _is_cheap(self._by_part, level):
                return self._averaged(self._by_part, level, rectangle)
            return self._level(level)[rectangle.slices].copy()

    @property
    def is_mixed(self) -> bool:
        """Whether its channels are no colours, so that they can be shown each in a colour of its own."""
        return bool(self.channels) or self.shape[2] - self.has_alpha not in (1, 3)

    @functools.cached_property
    def channel_tones(self) -> tuple[ChannelTone, ...]:
        """How its channels are shown unless somebody says otherwise; none for an image that is not mixed."""
        if not self.is_mixed:
            return ()
        colours, opacity = self._split(self._sample())
        values = (colours if opacity is None else colours[opacity[..., 0] > 0]).reshape(-1, colours.shape[2])
        ranges = [
            robust_range(each[np.isfinite(each)], DISPLAYED_PERCENTILES) for each in values.astype(np.float32).T
        ]
        return first_tones(ranges, self.channels)

    def displayed(self, level: int, rectangle: Rectangle, tones: Sequence[ChannelTone] = ()) -> NDArray[np.uint8]:
        """RGB (h, w, 3) for the screen: 8-bit as it is, else percentiles 0.1 and 99.9 become 0 and 255.

        tones: of a mixed image, instead of its own; others take none, and neither does one of another number.
        """
        colours, opacity = self._split(self.read(level, rectangle))
        if self.is_mixed:
            shown = mixed(colours, tones if len(tones) == colours.shape[2] else self.channel_tones)
            return _on_white(shown, opacity, 255).round().astype(np.uint8)
        if self.dtype == np.uint8 and opacity is None:
            return np.ascontiguousarray(_three(colours, 0))
        shown = colours.astype(np.float32)
        if self.dtype != np.uint8:
            (low, high), _ = self._ranges
            shown = np.nan_to_num((shown - np.float32(low)) * np.float32(255 / (high - low)), nan=0)
        shown = _on_white(_three(shown.clip(0, 255), 0), opacity, 255)
        return shown.round().astype(np.uint8)

    def plain(self, rectangle: Rectangle) -> NDArray[np.uint8]:
        """RGB (h, w, 3) without transparency: 8-bit as it is, which is what other programs see; else as displayed."""
        if self.dtype != np.uint8 or self.is_mixed:
            return self.displayed(0, rectangle)
        return np.ascontiguousarray(_three(self._split(self.read(0, rectangle))[0], 0))

    @property
    def learned_channels(self) -> int:
        """How many channels `learned` gives: all of an image that has more than three, else three."""
        return max(3, self.shape[2] - self.has_alpha)

    def learned(self, rectangle: Rectangle) -> NDArray[np.float32]:
        """What the network sees, (h, w, learned_channels) at full resolution, within -3..3.

        Percentiles 1 and 99 of the image become -1 and 1: over all its channels together so that colours keep their
        hue; of more than three, and of channels that are pages, which are no colours, for each by itself. A constant
        image is 0 everywhere. The same pixel has the same value in every rectangle.
        """
        colours, opacity = self._split(self.read(0, rectangle))
        factor, shift, clipped = self._normalisation
        values = np.multiply(colours, factor, dtype=np.float32)  # in place from here: every tile comes this way
        values += shift
        if clipped:
            np.clip(values, -LEARNED_LIMIT, LEARNED_LIMIT, out=values)
        if self.dtype.kind == "f":
            values[np.isnan(values)] = -1
        if values.shape[2] <= 3:
            values = _three(values, -1)
        return np.ascontiguousarray(_on_white(values, opacity, 1), np.float32)

    def _split(self, pixels: Pixels) -> tuple[Pixels, NDArray[np.float32] | None]:
        """Colours (h, w, C') and opacity (h, w, 1) in 0..1, None where there is none."""
        if not self.has_alpha:
            return pixels, None
        opacity = pixels[..., -1:].astype(np.float32)
        full = np.iinfo(self.dtype).max if self.dtype.kind == "u" else 1
        return pixels[..., :-1], (opacity / full).clip(0, 1)

    @functools.cached_property
    def _normalisation(self) -> tuple[NDArray[np.float32], NDArray[np.float32], bool]:
        """Factor and shift, (1,) or (C,) each, and whether any value of such a file can be beyond the limit."""
        low, high = self._ranges[1]
        factor, shift = 2 / (high - low), -(low + high) / (high - low)
        if self.dtype.kind != "u":
            return factor, shift, True
        brightest = np.iinfo(self.dtype).max * factor + shift
        return factor, shift, bool((shift < -LEARNED_LIMIT).any() or (brightest > LEARNED_LIMIT).any())

    @functools.cached_property
    def _ranges(self) -> tuple[tuple[float, float], NDArray[np.float32]]:
        """What is stretched for the screen, and for the network (2, 1) or (2, C), from visible, finite values."""
        colours, opacity = self._split(self._sample())
        visible = colours if opacity is None else colours[opacity[..., 0] > 0]
        values = visible.astype(np.float32).reshape(-1, colours.shape[2])
        least = LEAST_CONTRAST if self.dtype.kind == "u" else 0.0
        apart = bool(self.channels) or self.learned_channels > 3
        together = list(values.T) if apart else [values.ravel()]
        learned = [robust_range(each[np.isfinite(each)], LEARNED_PERCENTILES, least) for each in together]
        shown = values[np.isfinite(values)]
        return robust_range(shown, DISPLAYED_PERCENTILES), np.array(learned, np.float32).T

    def _sample(self) -> Pixels:
        """Every n-th pixel, or of an image that is read by part squares in even distances: (h, w, C)."""
        height, width, channels = self.shape
        if self._by_part is None:
            with refusing(self.path):
                step = max(1, math.isqrt(height * width // SAMPLE_PIXELS))
                return self._level(0)[::step, ::step]
        side = min(SAMPLE_SQUARE_SIDE, height, width)
        tops = np.linspace(0, height - side, SAMPLE_SQUARES).astype(int).tolist()
        lefts = np.linspace(0, width - side, SAMPLE_SQUARES).astype(int).tolist()
        squares = [self.read(0, Rectangle(y, x, y + side, x + side)) for y in tops for x in lefts]
        return np.stack(squares).reshape(-1, side, channels)

    def _level(self, level: int) -> Pixels:
        """A whole level, built once and kept. Other threads wait for it rather than build it too."""
        kept = self._kept.get(level)
        if kept is not None:  # without waiting for another level that is being decoded
            return kept
        with self._keeping:
            if level not in self._kept:
                self._kept[level] = self._built(level)
            return self._kept[level]

    def _built(self, level: int) -> Pixels:
        if self._by_part is not None and _is_cheap(self._by_part, level - 1):
            return self._halved_by_bands(self._by_part, level - 1)
        reduced = 0 < level <= self._decoder.most_reduced and not self._kept
        if level > 0 and not reduced:
            return halved(self._level(level - 1))
        stored = self._decoder.decode(level)
        height, width, channels = self._decoder.header.shape
        promised = -(-height >> level), -(-width >> level), channels
        if stored.shape != promised or stored.dtype != self.dtype:
            raise damaged(self.path, f"its header promises {promised}, it holds {stored.shape}")
        return np.ascontiguousarray(self._orientation.apply(stored))

    def _averaged(self, decoder: TiffDecoder, level: int, rectangle: Rectangle) -> Pixels:
        """A rectangle of a level, from the nearest finer one that the file holds."""
        source = _nearest(decoder, level)
        height, width = self.level_shape(source)
        scaled = Rectangle(*(side << (level - source) for side in rectangle))
        shown = scaled.intersection(Rectangle(0, 0, height, width))
        pixels = self._orientation.apply(decoder.read(source, self._orientation.stored(shown, height, width)))
        for _ in range(level - source):
            pixels = halved(pixels)
        return np.ascontiguousarray(pixels)

    def _halved_by_bands(self, decoder: TiffDecoder, level: int) -> Pixels:
        """The level above this one, a row of tiles or strips at a time so that memory stays bounded."""
        height, width = self.level_shape(level)
        result = np.empty((*self.level_shape(level + 1), self.shape[2]), self.dtype)
        rows = max(2, max(_LEAST_BAND, decoder.segment_height) >> (level - _nearest(decoder, level)) & ~1)
        for top in range(0, height, rows):
            band = self._averaged(decoder, level, Rectangle(top, 0, min(height, top + rows), width))
            result[top // 2 : top // 2 + -(-band.shape[0] // 2)] = halved(band)
        return result


def _nearest(decoder: TiffDecoder, level: int) -> int:
    """The coarsest level in the file that is at least as fine as this one."""
    return max(each for each in decoder.levels if each <= level)


def _is_cheap(decoder: TiffDecoder, level: int) -> bool:
    """Whether a level is averaged from the file whenever it is looked at, and not kept."""
    return level <= _nearest(decoder, level) + decoder.cheap_halvings


def _decoder(path: Path, pages: Pages) -> PillowDecoder | TiffDecoder:
    with path.open("rb") as file:
        beginning = file.read(4)
    if not beginning:
        raise Refused(f"{path.name}: is empty; it may still be arriving, else copy it again.")
    if beginning in BEGINNINGS:
        return TiffDecoder(path, pages)
    if pages not in ((), (0,)):
        raise Refused(f"{path.name}: has 1 page, so there is no page {max(pages) + 1}.")
    return PillowDecoder(path)


def robust_range(
    values: NDArray[np.float32], percentiles: tuple[float, float], least: float = 0.0
) -> tuple[float, float]:
    """The values at two percentiles, low < high always. values: (n,), finite.

    Where nearly all values are one (thin lines on black), their extremes; where all are, one below and one above.
    least: a narrower range is widened to this, around its middle.
    """
    if values.size == 0:
        return 0.0, 1.0
    low, high = (float(each) for each in np.percentile(values, percentiles))
    if low == high:
        low, high = float(values.min()), float(values.max())
    spread = high - low if high > low else 2.0
    spread = max(spread, least, 1e-6 * max(abs(low), abs(high)))  # float32 can't tell apart what is closer
    middle = (low + high) / 2
    return middle - spread / 2, middle + spread / 2


def halved(pixels: Pixels) -> Pixels:
    """Means of 2 x 2 pixels: (h, w, C) to (h/2, w/2, C), rounded up; an odd last row or column counts twice."""
    height, width, channels = pixels.shape
    result = np.empty((-(-height // 2), -(-width // 2), channels), pixels.dtype)
    wide: np.dtype[Any] = np.dtype({1: np.uint16, 2: np.uint32}.get(pixels.dtype.itemsize, np.float32))
    band_height = 512  # bands keep the sums, twice as wide as the pixels, in the cache
    for top in range(0, height, band_height):
        band = pixels[top : top + band_height]
        if band.shape[0] % 2 or width % 2:
            band = np.pad(band, ((0, band.shape[0] % 2), (0, width % 2), (0, 0)), "edge")
        rows = np.add(band[0::2], band[1::2], dtype=wide)
        sums = rows[:, 0::2] + rows[:, 1::2]
        means = sums / np.float32(4) if wide.kind == "f" else (sums + wide.type(2)) >> 2
        result[top // 2 : top // 2 + means.shape[0]] = means
    return result


def _three(colours: Pixels, nothing: float) -> Pixels:
    """Three channels from one, two (the third stays empty) or three."""
    channels = colours.shape[2]
    if channels == 1:
        return np.repeat(colours, 3, axis=2)
    if channels == 2:
        return np.concatenate([colours, np.full_like(colours[..., :1], nothing)], axis=2)
    return colours


def _on_white(colours: Pixels, opacity: NDArray[np.float32] | None, white: float) -> Pixels:
    return colours if opacity is None else colours * opacity + np.float32(white) * (1 - opacity)
