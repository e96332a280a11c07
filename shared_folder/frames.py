"""Frames: the images that one TIFF of several pages holds. Its channels, where they are pages, make one image."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared_folder.ome import Channel, OmeImage, read_ome

MOST_CHANNELS = 1000

Pages = tuple[int, ...]
"""Pages of a file, from 0: one, or several that are the channels of one image; none for the file's first image."""


@dataclass(frozen=True)
class Frame:
    """One image: a page, or the pages that are its channels."""

    pages: Pages
    tag: str = ""
    """Goes into its name: p0003, or t0002_z0003. Nothing for the only one."""
    words: str = ""
    """The same for people: page 3, or time 2, slice 3."""
    channels: tuple[Channel, ...] = ()
    """One for each page where there are several."""

    def named(self, stem: str) -> str:
        """The stem of this image's own files."""
        return f"{stem}_{self.tag}" if self.tag else stem


ONLY = Frame((0,))
"""Of a file of one image."""

Kind = tuple[object, ...]
"""Size, type and samples of a page: those of one image's channels are alike."""


def frames_of(description: str, kinds: Sequence[Kind], single: Sequence[bool]) -> tuple[Frame, ...]:
    """The images of a file.

    description: of its first page: OME-XML, ImageJ's lines, or anything. kinds: of its pages. single: whether a page
    holds one sample for each pixel, so that it can be a channel.
    """
    count = len(kinds)
    images = read_ome(description, count) or _imagej(description, count)
    frames = [frame for number, image in enumerate(images) for frame in _frames(image, number, len(images))]
    used = [page for frame in frames for page in frame.pages]
    alike = all(
        len(frame.pages) == 1
        or (len({kinds[page] for page in frame.pages}) == 1 and all(single[page] for page in frame.pages))
        for frame in frames
        if max(frame.pages) < count
    )
    if sorted(used) == list(range(count)) and alike:
        return tuple(frames)
    if count == 1:
        return (ONLY,)
    return tuple(Frame((page,), f"p{page + 1:04d}", f"page {page + 1}") for page in range(count))


def _frames(image: OmeImage, number: int, images: int) -> list[Frame]:
    """Each slice at each time; none where the description has holes."""
    sizes = image.planes
    if sizes["C"] > MOST_CHANNELS or sizes["Z"] * sizes["C"] * sizes["T"] != len(image.pages):
        return []
    found = []
    for time in range(sizes["T"]):
        for depth in range(sizes["Z"]):
            parts = [("s", "series", number)] if images > 1 else []
            parts += [("t", "time", time)] if sizes["T"] > 1 else []
            parts += [("z", "slice", depth)] if sizes["Z"] > 1 else []
            pages = tuple(image.pages.get((depth, channel, time), -1) for channel in range(sizes["C"]))
            found.append(
                Frame(
                    pages,
                    "_".join(f"{letter}{index + 1:04d}" for letter, _, index in parts),
                    ", ".join(f"{word} {index + 1}" for _, word, index in parts),
                    _channels(image, sizes["C"]) if sizes["C"] > 1 else (),
                )
            )
    return found


def _channels(image: OmeImage, count: int) -> tuple[Channel, ...]:
    """Colours that are all the same say nothing: writers that know none write white."""
    known = [*image.channels, *[Channel()] * count][:count]
    told = len({channel.colour for channel in known}) > 1
    return tuple(Channel(channel.name, channel.colour if told else "") for channel in known)


def _imagej(description: str, pages: int) -> list[OmeImage]:
    """An ImageJ hyperstack: channels first, then slices, then frames in time."""
    if not description.startswith("ImageJ="):
        return []
    told = dict(re.findall(r"^(channels|slices|frames)=(\d{1,9})\s*$", description, re.MULTILINE))
    sizes = {"C": int(told.get("channels", 1)), "Z": int(told.get("slices", 1)), "T": int(told.get("frames", 1))}
    if min(sizes.values()) < 1 or sizes["C"] * sizes["Z"] * sizes["T"] != pages:
        return []
    places = [(z, c, t) for t in range(sizes["T"]) for z in range(sizes["Z"]) for c in range(sizes["C"])]
    return [OmeImage("XYCZT", sizes, pages={place: page for page, place in enumerate(places)})]
