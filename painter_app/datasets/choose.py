"""Which pieces of a folder's images go into a project: whole images, pages, or tiles; all of them, or a sample."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from random import Random

from shared_folder.frames import ONLY, Frame
from shared_folder.image_tiles import grid, lossless_suffix
from shared_folder.images import ImageFile, open_image
from shared_folder.names import plan_names
from shared_folder.project import Source
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused


@dataclass(frozen=True)
class Piece:
    """An image of the project-to-be: a file of the folder, a page of it, or a tile."""

    source: PurePosixPath
    """Relative to the folder of images."""
    frame: Frame = ONLY
    """Which image of the file."""
    tile: int = 0
    """Number of the tile within its image."""
    rectangle: Rectangle | None = None
    """The tile; None for the whole image."""
    suffix: str = ""
    """Of the file that will hold it; empty when the source's own file is taken as it is."""

    @property
    def wanted_name(self) -> PurePosixPath:
        """What it would be called in the source's folder: leaf_p0003_012.png, cells_t0001_z0004.tif."""
        stem = self.frame.named(self.source.stem.removesuffix(".ome") if self.frame.tag else self.source.stem)
        if self.rectangle is not None:
            stem = f"{stem}_{self.tile:03d}"
        return self.source.with_name(stem + (self.suffix or self.source.suffix))


Inspect = Callable[[PurePosixPath], list[Piece]]


def named(pieces: Iterable[Piece], taken: Iterable[str] = ()) -> dict[str, tuple[Piece, Source]]:
    """A unique, portable name for each piece, and where it comes from. taken: names that others have."""
    ordered = list(pieces)
    others = [PurePosixPath(name) for name in taken]
    planned = plan_names([*others, *(piece.wanted_name for piece in ordered)])[len(others) :]
    return {
        plan.name: (
            piece,
            Source(
                path=piece.source.as_posix(),
                page=piece.frame.pages[0] + 1 if piece.frame.tag else None,
                channel_pages=tuple(
                    page + 1 for page in piece.frame.pages if piece.frame.tag and piece.frame.channels
                ),
                part=piece.frame.words,
                rectangle=None if piece.rectangle is None else tuple(piece.rectangle),
                reason=plan.reason,
            ),
        )
        for piece, plan in zip(ordered, planned, strict=True)
    }


def pieces_of(folder: Path, source: PurePosixPath, side: int | None) -> list[Piece]:
    """What one file gives: itself, its pages, or their tiles of about `side` pixels. Refuses a damaged file."""
    first = open_image(folder / source)
    if len(first.frames) == 1 and side is None:
        check_whole(folder / source)
        return [Piece(source, first.frames[0])]
    pieces = []
    for number, frame in enumerate(first.frames):
        image = first if number == 0 else open_image(folder / source, frame.pages)
        suffix = _suffix(image)
        if side is None:
            pieces.append(Piece(source, frame, suffix=suffix))
        else:
            pieces += [
                Piece(source, frame, tile, rectangle, suffix)
                for tile, rectangle in enumerate(grid(image.shape, side))
            ]
    return pieces


def sample_evenly(sources: Iterable[PurePosixPath], inspect: Inspect, number: int, random: Random) -> Iterator[Piece]:
    """At most `number` pieces at random, spread evenly over the subfolders, then over the images of each.

    Files are inspected only as they are needed.
    """
    by_folder = defaultdict(list)
    for source in sources:
        by_folder[source.parent].append(source)
    for folder in by_folder.values():
        random.shuffle(folder)
    turns = deque(deque(folder) for folder in by_folder.values())
    left: dict[PurePosixPath, list[Piece]] = {}  # of images that have given a piece
    found = 0
    while turns and found < number:
        images = turns.popleft()
        source = images.popleft()
        pieces = left.pop(source, None)
        if pieces is None:
            pieces = inspect(source)
            random.shuffle(pieces)
        if pieces:
            found += 1
            yield pieces.pop()
        if pieces:
            left[source] = pieces
            images.append(source)
        if images:
            turns.append(images)


def check_whole(path: Path) -> None:
    """Refuse a JPEG or PNG that was cut short, the commonest damage, by its end alone."""
    with path.open("rb") as file:
        beginning = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(0, size - 65536))  # cameras and editors append things behind the picture
        end = file.read()
    mark = {b"\xff\xd8\xff": b"\xff\xd9", b"\x89PN": b"IEND"}.get(beginning[:3])
    if mark is not None and mark not in end:
        raise Refused(f"{path.name}: cut short; copy it again from where it came from.")


def _suffix(image: ImageFile) -> str:
    return lossless_suffix(image.dtype, image.shape[2], image.has_alpha, image.channels)
