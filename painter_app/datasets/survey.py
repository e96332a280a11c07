"""A first look at a folder of images, before a project is made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from random import Random

import numpy as np
from numpy.typing import NDArray

from shared_folder.image_tiles import grid, proposes_tiles
from shared_folder.images import ImageFile, open_image, thumbnail
from shared_folder.names import walk_images
from shared_folder.refused import Refused

_LOOKED_AT = 9  # images opened for their size
_REPORT_EVERY = 200
THUMBNAIL_SIDE = 96


@dataclass(frozen=True)
class Inside:
    """What a file of several images, or of channels, holds."""

    name: str
    images: int
    first: str
    """Its first and its last image, in words."""
    last: str
    channels: int
    """Of each image; 0 where they are colours."""
    names: tuple[str, ...]
    """Of channels that have one."""


@dataclass(frozen=True)
class Survey:
    """What a folder holds."""

    count: int
    subfolders: int
    """Folders below the chosen one that hold images."""
    shape: tuple[int, int] | None
    """(H, W) of a typical image, the median by its pixels; None when none of those looked at can be opened."""
    pictures: tuple[tuple[str, NDArray[np.uint8]], ...]
    """A few names and thumbnails (h, w, 3)."""
    images: int
    """About how many images the files hold, pages and slices counted."""
    inside: Inside | None = None
    """Of a file that is no plain picture; None where there is none among those looked at."""

    @property
    def proposes_tiles(self) -> bool:
        return self.shape is not None and proposes_tiles(self.shape)

    def tiles(self, side: int) -> int:
        """About how many tiles there would be."""
        return self.images * (1 if self.shape is None else len(grid(self.shape, side)))


def survey(folder: Path, pictures: int, progress: Callable[[int], None]) -> Survey:
    """Count a folder's images, and look at a few. progress: is told the count; what it raises ends the survey."""
    sources: list[PurePosixPath] = []
    for source in walk_images(folder):
        sources.append(source)
        if len(sources) % _REPORT_EVERY == 0:
            progress(len(sources))
    if not sources:
        raise Refused(f"{folder}: there are no images in it (PNG, JPEG, TIFF, BMP, WebP).")
    progress(len(sources))
    drawn = Random(0).sample(sources, min(_LOOKED_AT, len(sources)))
    looked_at = {source: image for source in drawn if (image := _opened(folder / source)) is not None}
    shapes = sorted((image.shape[:2] for image in looked_at.values()), key=lambda s: s[0] * s[1])
    inside = (found for source, image in looked_at.items() if (found := inside_of(source.name, image)) is not None)
    held = sum(len(image.frames) for image in looked_at.values()) / max(1, len(looked_at))
    return Survey(
        count=len(sources),
        subfolders=len({source.parent for source in sources} - {PurePosixPath()}),
        shape=shapes[len(shapes) // 2] if shapes else None,
        pictures=tuple(_pictures(folder, drawn, pictures)),
        images=round(len(sources) * max(1.0, held)),
        inside=next(inside, None),
    )


def inside_of(name: str, image: ImageFile) -> Inside | None:
    """What a file holds; None for a plain picture."""
    frames, channels = image.frames, image.shape[2] - image.has_alpha if image.is_mixed else 0
    if len(frames) == 1 and not channels:
        return None
    names = tuple(channel.name for channel in image.channels if channel.name)
    return Inside(name, len(frames), frames[0].words, frames[-1].words, channels, names)


def _opened(path: Path) -> ImageFile | None:
    try:
        return open_image(path)
    except (Refused, OSError):
        return None  # make_project lists it, with its reason


def _pictures(folder: Path, sources: list[PurePosixPath], most: int) -> list[tuple[str, NDArray[np.uint8]]]:
    found: list[tuple[str, NDArray[np.uint8]]] = []
    for source in sources:
        if len(found) == most:
            break
        try:
            found.append((str(source), thumbnail(folder / source, THUMBNAIL_SIDE)))
        except (Refused, OSError):
            continue
    return found
