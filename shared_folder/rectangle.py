"""Rectangles of pixels, half open, in rows and columns."""

from typing import NamedTuple


class Rectangle(NamedTuple):
    """Pixels with top <= row < bottom and left <= column < right."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def empty(self) -> bool:
        return self.bottom <= self.top or self.right <= self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """Indexes of the rectangle in an array (H, W, ...) whose origin is row 0, column 0."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def intersection(self, other: "Rectangle") -> "Rectangle":
        return Rectangle(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def union(self, other: "Rectangle") -> "Rectangle":
        """Smallest rectangle that holds both; an empty one adds nothing."""
        if self.empty:
            return other
        if other.empty:
            return self
        return Rectangle(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def shifted(self, rows: int, columns: int) -> "Rectangle":
        return Rectangle(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def grown(self, pixels: int) -> "Rectangle":
        return Rectangle(self.top - pixels, self.left - pixels, self.bottom + pixels, self.right + pixels)


NOTHING = Rectangle(0, 0, 0, 0)


def whole(shape: tuple[int, ...]) -> Rectangle:
    """The rectangle of a whole image. shape: (H, W, ...)."""
    return Rectangle(0, 0, shape[0], shape[1])
