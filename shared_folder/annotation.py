"""Annotation: the labels that the user painted on one image, and the patch that each stroke made.

A patch (the pixels that a stroke changed, before and after) is what undo, the journal and merging share.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_folder.classes import CANT_TELL, UNKNOWN
from shared_folder.labels import TILE, Labels, Pixels, TileIndex
from shared_folder.rectangle import NOTHING, Rectangle, whole
from shared_folder.sweeps import Disc, Point, around, newly_swept

_PIECE = struct.Struct("<6I")  # a piece's rectangle, and the lengths of its two compressed blocks


_TWO = b"\x02"
"""Begins a block of two labels; zlib's own begin otherwise."""


@dataclass(frozen=True)
class Piece:
    """Part of a patch: one rectangle inside one tile, its labels before and after.

    A block of labels is one byte where they are all the same; where there are two, both and a zlib-compressed bit for
    each pixel, as a stroke on unpainted ground leaves them; else all of them, zlib-compressed.
    """

    rectangle: Rectangle
    before: bytes
    after: bytes

    def values(self, block: bytes) -> Pixels:
        """The labels (h, w) of a block; not to be written to."""
        held = self.held(block)
        shape = (self.rectangle.height, self.rectangle.width)
        return np.broadcast_to(np.uint8(held), shape) if isinstance(held, int) else held

    def held(self, block: bytes) -> Pixels | int:
        """The labels (h, w) of a block, or the only one. Raises ValueError or zlib.error if it is damaged."""
        if len(block) == 1:
            return block[0]
        shape = (self.rectangle.height, self.rectangle.width)
        count = shape[0] * shape[1]
        if block[:1] == _TWO:
            bits = np.frombuffer(zlib.decompressobj().decompress(block[3:], -(-count // 8)), np.uint8)
            if len(bits) * 8 < count:
                raise ValueError(f"a piece of a patch has {count} pixels, not {len(bits) * 8}")
            second: Pixels = np.unpackbits(bits, count=count).reshape(shape)
            second *= np.uint8(block[2] ^ block[1])
            second ^= np.uint8(block[1])
            return second
        return np.frombuffer(zlib.decompressobj().decompress(block, count), np.uint8).reshape(shape)


@dataclass(frozen=True)
class Patch:
    """The pixels that one stroke changed."""

    pieces: tuple[Piece, ...]

    @property
    def rectangle(self) -> Rectangle:
        """Smallest rectangle that holds every change."""
        union = NOTHING
        for piece in self.pieces:
            union = union.union(piece.rectangle)
        return union

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, for the undo history's budget."""
        return sum(len(piece.before) + len(piece.after) + 200 for piece in self.pieces)

    def to_bytes(self) -> bytes:
        blocks = []
        for piece in self.pieces:
            blocks += [
                _PIECE.pack(*piece.rectangle, len(piece.before), len(piece.after)),
                piece.before,
                piece.after,
            ]
        return b"".join(blocks)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Patch":
        """The inverse of to_bytes. Raises ValueError for anything else."""
        pieces, position = [], 0
        try:
            while position < len(content):
                *corners, before, after = _PIECE.unpack_from(content, position)
                position += _PIECE.size
                middle, end = position + before, position + before + after
                if end > len(content):
                    raise ValueError("a patch ends too early")
                piece = Piece(Rectangle(*corners), content[position:middle], content[middle:end])
                if not (0 < piece.rectangle.height <= TILE and 0 < piece.rectangle.width <= TILE):
                    raise ValueError(f"a piece of a patch lies within one tile; {piece.rectangle} can't")
                piece.values(piece.before)
                piece.values(piece.after)
                pieces.append(piece)
                position = end
        except (struct.error, zlib.error) as error:
            raise ValueError(f"not a patch: {error}") from error
        return cls(tuple(pieces))


class Annotation:
    """The labels of one image while they are painted: strokes come in, patches come out."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._before: Labels | None = None  # the labels when the stroke in hand began
        self._touched: dict[TileIndex, Rectangle] = {}  # what of each tile the stroke in hand may have changed
        self._pieces: dict[TileIndex, Piece | None] = {}  # of the tiles that it has left behind

    @property
    def shape(self) -> tuple[int, int]:
        return self.labels.shape

    @property
    def painting(self) -> bool:
        return self._before is not None

    @property
    def empty(self) -> bool:
        """Whether no pixel carries a label."""
        return not any(tile.any() for _, tile in self.labels.tiles())

    def begin_stroke(self) -> None:
        """Begin to collect changes; a stroke that was never ended is ended first."""
        if self._before is not None:
            self.end_stroke()
        self._before = self.labels.snapshot()
        self._touched, self._pieces = {}, {}

    def stamp(
        self, start: Point, end: Point, radius: float, label: int, before: Point | None = None
    ) -> tuple[Rectangle, ...]:
        """Label every pixel whose centre is within radius of the segment from start to end: `sweep` with an even
        brush. before: where the segment stamped last began, which ended in `start`."""
        behind = None if before is None else Disc(before, radius)
        return self.sweep(Disc(start, radius), Disc(end, radius), label, behind)

    def sweep(self, start: Disc, end: Disc, label: int, before: Disc | None = None) -> tuple[Rectangle, ...]:
        """Label every pixel whose centre lies in a disc that moves and grows evenly from start to end.

        The pixel under the end is always labelled, so that the smallest brush paints too. before: where the segment
        swept last began, which ended in `start`; what it labelled is left alone, so that a wide brush costs the
        crescent that it moves on by. Returns rectangles inside the image that hold everything that changed.
        """
        bounds = around(start).union(around(end)).intersection(whole(self.shape))
        if bounds.empty:
            return ()
        changed = tuple(self.paint(part, label, inside) for part, inside in newly_swept(bounds, start, end, before))
        self._compress_left_behind(bounds)
        return changed

    def paint(self, rectangle: Rectangle, label: int, where: NDArray[np.bool_] | None = None) -> Rectangle:
        """Give the chosen pixels of a rectangle one label. where: (h, w); all of it when None."""
        if self._before is not None:
            for index in self.labels.indexes(rectangle):
                part = rectangle.intersection(self.labels.tile_rectangle(index))
                self._touched[index] = part.union(self._touched.get(index, NOTHING))
                self._pieces.pop(index, None)
        self.labels.write(rectangle, label, where)
        return rectangle

    def end_stroke(self) -> Patch | None:
        """What the stroke changed, or None if it changed nothing."""
        before, self._before = self._before, None
        if before is None:
            return None
        for index in self._touched.keys() - self._pieces.keys():
            self._pieces[index] = self._piece(before, index)
        found = tuple(piece for _, piece in sorted(self._pieces.items()) if piece is not None)
        return Patch(found) if found else None

    def undo(self, patch: Patch) -> Rectangle:
        """Give the pixels of a patch the labels from before it."""
        for piece in patch.pieces:
            self.labels.write(piece.rectangle, piece.held(piece.before))
        return patch.rectangle

    def redo(self, patch: Patch) -> Rectangle:
        """Give the pixels of a patch the labels from after it."""
        for piece in patch.pieces:
            self.labels.write(piece.rectangle, piece.held(piece.after))
        return patch.rectangle

    def _compress_left_behind(self, here: Rectangle) -> None:
        """Make the pieces of tiles that the stroke in hand has left, so that its end costs its last tiles only."""
        if self._before is None:
            return
        for index in self._touched.keys() - self._pieces.keys():
            if self.labels.tile_rectangle(index).intersection(here).empty:
                self._pieces[index] = self._piece(self._before, index)

    def _piece(self, before: Labels, index: TileIndex) -> Piece | None:
        if self.labels.same_tile(before, index):
            return None
        place = self._touched[index]
        old, new = before.read(place), self.labels.read(place)
        changed = old != new
        rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
        if not len(rows):
            return None
        inner = Rectangle(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
        return Piece(
            inner.shifted(place.top, place.left),
            _block(old[inner.slices]),
            _block(new[inner.slices]),
        )


def _block(labels: Pixels) -> bytes:
    """What a piece keeps of labels (h, w)."""
    first = labels[0, 0]
    others = labels != first
    if not others.any():
        return bytes((first,))
    second = labels.flat[others.argmax()]
    if ((labels == second) == others).all():
        return _TWO + bytes((first, second)) + zlib.compress(np.packbits(others).tobytes(), 1)
    return zlib.compress(labels.tobytes(), 1)


def replay(patches: Iterable[Patch], labels: Labels, written: Labels | None = None) -> int:
    """Lay strokes over labels that somebody else may have changed meanwhile.

    What was painted and taken back again changes nothing, unless it was written before it was taken back. written:
    our labels as they were written last, while these strokes were painted. Returns the number of pixels on which the
    two disagreed: labelled by both, differently. The strokes win; the caller keeps the other copy.
    """
    disagreements = 0
    before, after, touched = Labels(labels.shape), Labels(labels.shape), Labels(labels.shape)
    for patch in patches:
        for piece in patch.pieces:
            old, new = piece.values(piece.before), piece.values(piece.after)
            changed = old != new
            before.write(piece.rectangle, old, changed & (touched.read(piece.rectangle) == 0))
            after.write(piece.rectangle, new, changed)
            touched.write(piece.rectangle, 1, changed)
    for rectangle, seen in touched.tiles():
        old, new, theirs = before.read(rectangle), after.read(rectangle), labels.read(rectangle)
        changes = old != new if written is None else (old != new) | (written.read(rectangle) != new)
        ours = (seen != 0) & changes
        disagreements += int((ours & (theirs != old) & (theirs != new) & (theirs != UNKNOWN)).sum())
        labels.write(rectangle, new, ours)
    return disagreements


def take_over(theirs: Labels, ours: Labels) -> tuple[Patch | None, int]:
    """Give our unknown pixels what another annotation of the image knows of them.

    Returns the stroke that does so (None if it has nothing new), already laid on ours, and the number of pixels that
    both know differently, which stay as they are.
    """
    annotation = Annotation(ours)
    annotation.begin_stroke()
    differing = 0
    for rectangle, tile in theirs.tiles():
        known = ours.read(rectangle)
        differing += int(((known != UNKNOWN) & (tile != UNKNOWN) & (known != tile)).sum())
        for label in set(np.unique(tile).tolist()) - {UNKNOWN}:
            annotation.paint(rectangle, label, (tile == label) & (known == UNKNOWN))
    return annotation.end_stroke(), differing


def corrected(segmentation: Pixels, annotation: Pixels) -> Pixels:
    """The corrected mask: a segmentation with the annotation laid over it. Both (H, W) labels."""
    says = (annotation != UNKNOWN) & (annotation != CANT_TELL)
    return np.where(says, annotation, segmentation).astype(np.uint8)
