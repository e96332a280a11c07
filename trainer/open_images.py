"""Open images: each is opened once, decoded pixels are kept within a memory limit, unreadable files are known."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from shared_folder.frames import Pages
from shared_folder.images import ImageFile, open_image
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.patches import FloatImage
from trainer.prediction import PixelsOf
from trainer.stamps import Stamp, stamp_of

LIMIT_BYTES = 10**9
"""Decoded pixels to keep: fifty colour images of 6 megapixels, or six hundred tiles of 750 x 750."""

Place = tuple[Path, Pages]
"""A file and the image in it."""


class Unreadable(Refused):
    """An image can't be used, at least until its file changes."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True)
class _Opened:
    image: ImageFile
    stamp: Stamp | None
    size: int


class OpenImages:
    """A cache of images for one thread. limit: bytes of decoded pixels to keep; the last one used always is."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._opened: OrderedDict[Place, _Opened] = OrderedDict()
        self._refused: dict[Path, tuple[Stamp | None, str]] = {}

    def open(self, path: Path, pages: Pages = ()) -> ImageFile:
        """The image as its file is now. Raises Unreadable, at no cost while the file hasn't changed."""
        self._check_refused(path)
        place, stamp = (path, pages), stamp_of(path)
        known = self._opened.get(place)
        if known is not None and known.stamp == stamp:
            self._opened.move_to_end(place)
            return known.image
        self._opened.pop(place, None)
        try:
            image = open_image(path, pages)
        except Refused as refusal:
            raise self.refuse(path, str(refusal)) from refusal
        self._opened[place] = _Opened(image, stamp, image.memory)
        self._shrink()
        return image

    def learned(self, path: Path, pages: Pages, shape: tuple[int, int], rectangle: Rectangle) -> FloatImage:
        """Pixels (h, w, C) for a network of ours. Otherwise as `read`."""
        return self.read((path, pages), shape, rectangle, ImageFile.learned)

    def read(self, place: Place, shape: tuple[int, int], rectangle: Rectangle, pixels: PixelsOf) -> FloatImage:
        """Pixels (h, w, C) as a model is to be given them. shape: (H, W) that the image must have. Raises
        Unreadable."""
        path, pages = place
        image = self.open(path, pages)
        if image.shape[:2] != shape:
            raise self.refuse(
                path, f"{path.name}: was replaced by an image of another size. Bring the first one back."
            )
        try:
            return pixels(image, rectangle)
        except Refused as refusal:
            raise self.refuse(path, str(refusal)) from refusal

    def refuse(self, path: Path, sentence: str) -> Unreadable:
        """Set a file aside until it changes. Returns what to raise."""
        self._refused[path] = (stamp_of(path), sentence)
        return Unreadable(path, sentence)

    def is_refused(self, path: Path) -> bool:
        """Whether the file is set aside and hasn't changed since."""
        known = self._refused.get(path)
        if known is not None and known[0] != stamp_of(path):
            del self._refused[path]
            return False
        return known is not None

    @property
    def refusals(self) -> list[str]:
        """A sentence for each file that is set aside."""
        return [sentence for _, sentence in self._refused.values()]

    def forget(self) -> None:
        """Free the memory of all pixels."""
        self._opened.clear()

    def _check_refused(self, path: Path) -> None:
        if self.is_refused(path):
            raise Unreadable(path, self._refused[path][1])

    def _shrink(self) -> None:
        held = sum(opened.size for opened in self._opened.values())
        while held > self._limit and len(self._opened) > 1:
            _, oldest = self._opened.popitem(last=False)
            held -= oldest.size
