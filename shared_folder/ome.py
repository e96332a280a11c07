"""OME-XML, the description in an OME-TIFF: which page holds which channel, slice and time, and the channels' names.

The text comes with images from anywhere: no entity is expanded, nothing is fetched, and what is too long isn't read.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

LONGEST = 16 * 2**20
"""Characters. A description of a hundred thousand planes has fewer."""
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Channel:
    """What is known of a channel that is a picture of its own."""

    name: str = ""
    colour: str = ""
    """ "#rrggbb"; nothing where nobody says."""


@dataclass
class OmeImage:
    """One image of the file, of several dimensions."""

    order: str
    """Of the planes: "XYCZT" or another, the fastest dimension first."""
    sizes: Mapping[str, int]
    """By "Z", "C" and "T"."""
    samples: int = 1
    """Of each pixel of a page: 3 where pages are RGB. Then "C" counts them all."""
    channels: list[Channel] = field(default_factory=list)
    pages: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """By z, c and t, each from 0: the page, from 0."""

    @property
    def planes(self) -> dict[str, int]:
        """Sizes in pages."""
        return {**self.sizes, "C": max(1, self.sizes["C"] // max(1, self.samples))}


def read_ome(description: str, pages: int) -> list[OmeImage]:
    """The images that a file's description tells of; none where it can't be used. pages: that the file has."""
    if "<OME" not in description[:4096] and ":OME" not in description[:4096]:
        return []
    if len(description) > LONGEST:
        return []
    reader = _Reader(pages)
    try:
        reader.read(description)
    except (expat.ExpatError, ValueError, KeyError):
        return []
    return reader.images


class _Reader:
    def __init__(self, pages: int) -> None:
        self.images: list[OmeImage] = []
        self._pages = pages
        self._own_id = ""  # of this file; other files of the same set have others
        self._block: dict[str, str] | None = None  # the TiffData that is being read
        self._block_id = ""
        self._in_id = False
        self._placed = 0

    def read(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text.encode("utf-8", "replace"), True)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "OME":
            self._own_id = given.get("UUID", "")
        elif name == "Pixels":
            sizes = {each: int(given[f"Size{each}"]) for each in "ZCT"}
            order = given["DimensionOrder"]
            if min(sizes.values()) < 1 or sorted(order) != sorted("XYZCT"):
                raise ValueError(order)
            self.images.append(OmeImage(order, sizes))
        elif name == "Channel" and self.images:
            self._channel(given)
        elif name == "TiffData" and self.images:
            self._block, self._block_id = given, ""
        self._in_id = name == "UUID" and self._block is not None

    def _text(self, text: str) -> None:
        if self._in_id:
            self._block_id += text.strip()

    def _end(self, tag: str) -> None:
        self._in_id = False
        if tag.rpartition(":")[2] == "TiffData" and self._block is not None:
            if not self._block_id or not self._own_id or self._block_id == self._own_id:
                self._place(self.images[-1], self._block)
            self._block = None

    def _channel(self, given: dict[str, str]) -> None:
        image = self.images[-1]
        colour = int(given["Color"]) & 0xFFFFFFFF if "Color" in given else None  # red, green, blue, alpha
        image.samples = max(image.samples, int(given.get("SamplesPerPixel", "1")))
        if len(image.channels) < image.sizes["C"]:
            name = " ".join(given.get("Name", "").split())[:_LONGEST_NAME]
            image.channels.append(Channel(name, "" if colour is None else f"#{colour >> 8:06x}"))

    def _place(self, image: OmeImage, block: dict[str, str]) -> None:
        """Note which pages a block of planes lies in; as many as the file can hold."""
        sizes = image.planes
        fast = [each for each in image.order if each in "ZCT"]
        first = {each: int(block.get(f"First{each}", "0")) for each in fast}
        everything = sizes["Z"] * sizes["C"] * sizes["T"]
        count = int(block.get("PlaneCount", "1" if "IFD" in block else str(everything)))
        page = int(block.get("IFD", "0"))
        self._placed += min(count, self._pages)
        if self._placed > self._pages:
            raise ValueError("more planes than pages")
        start, step = 0, 1
        for each in fast:
            start += first[each] * step
            step *= sizes[each]
        for number in range(start, start + min(count, self._pages)):
            place, left = defaultdict(int), number
            for each in fast:
                left, place[each] = divmod(left, sizes[each])
            image.pages[place["Z"], place["C"], place["T"]] = page + number - start


def _refuse(*_: object) -> None:
    raise ValueError("declares a document type or an entity")
