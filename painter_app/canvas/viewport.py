"""Viewport: which part of the image is seen, and how large. Knows nothing of widgets or pixels' values."""

import math

from shared_folder.rectangle import NOTHING, Rectangle, whole
from shared_folder.sweeps import Point

SMALLEST_ZOOM, LARGEST_ZOOM = 1 / 64, 64.0
_FIT_MARGIN = 8.0
"""Widget pixels left free around an image that is fitted."""


class Viewport:
    """Maps between image pixels (row, column) and a widget's logical pixels (x, y).

    `scale` is logical pixels for each image pixel; `zoom` is the screen's own pixels for each image pixel, which is
    what "100 %" means to a user on a screen of any density.
    """

    def __init__(self) -> None:
        self.width, self.height = 1.0, 1.0  # of the widget, logical pixels
        self.density = 1.0  # the screen's pixels for each logical one
        self.shape: tuple[int, int] | None = None  # none while no image is shown
        self.scale = 1.0
        self.x, self.y = 0.0, 0.0  # where the image's top left corner lies
        self._fitted = True  # until the user zooms or pans

    @property
    def zoom(self) -> float:
        return self.scale * self.density

    def resize(self, width: float, height: float, density: float) -> None:
        """The widget's new size. Keeps what is in its centre, or the whole image in view if it was."""
        centre = self.middle
        zoom = self.zoom
        self.width, self.height, self.density = max(1.0, width), max(1.0, height), density
        if self._fitted:
            self.fit()
        else:
            self._place(zoom / density, centre, self.width / 2, self.height / 2)

    def show(self, shape: tuple[int, int] | None) -> None:
        """A new image (H, W), fitted."""
        self.shape = shape
        self.fit()

    def fit(self) -> None:
        """Show the whole image; a small one grows to fill the view, up to 8 times its size."""
        self._fitted = True
        if self.shape is None:
            return
        rows, columns = self.shape
        room = max(1.0, self.width - 2 * _FIT_MARGIN), max(1.0, self.height - 2 * _FIT_MARGIN)
        zoom = min(room[0] / columns, room[1] / rows) * self.density
        self._place(min(zoom, 8.0) / self.density, (rows / 2, columns / 2), self.width / 2, self.height / 2)

    def zoom_to(self, zoom: float, x: float, y: float) -> None:
        """Set the zoom, keeping the image's point at (x, y) of the widget where it is."""
        self._fitted = False
        self._place(zoom / self.density, self.to_image(x, y), x, y)

    @property
    def fitted(self) -> bool:
        """Whether the whole image is in view, and stays so when the widget changes its size."""
        return self._fitted

    @property
    def middle(self) -> Point:
        """The image's point in the middle of the widget."""
        return self.to_image(self.width / 2, self.height / 2)

    def show_middle(self, zoom: float, point: Point) -> None:
        """Set the zoom, with a point of the image in the middle of the widget."""
        self._fitted = False
        self._place(zoom / self.density, point, self.width / 2, self.height / 2)

    def look_at(self, place: Rectangle) -> None:
        """Show a place of the image in the middle of the widget, filling half of it or, if one was nearer, more."""
        self._fitted = False
        room = min(self.width / max(1, place.width), self.height / max(1, place.height))
        middle = (place.top + place.bottom) / 2, (place.left + place.right) / 2
        self._place(min(max(self.scale, room / 2), room), middle, self.width / 2, self.height / 2)

    def pan(self, dx: float, dy: float) -> None:
        """Move the image by logical pixels, as far as some of it stays near the centre."""
        self._fitted = False
        self.x, self.y = self.x + dx, self.y + dy
        self._keep_in_view()

    def to_image(self, x: float, y: float) -> Point:
        return (y - self.y) / self.scale, (x - self.x) / self.scale

    def to_widget(self, row: float, column: float) -> tuple[float, float]:
        return self.x + column * self.scale, self.y + row * self.scale

    def visible(self) -> Rectangle:
        """The pixels of the image that are seen at least in part."""
        return self.pixels_in(0, 0, self.width, self.height)

    def pixels_in(self, left: float, top: float, right: float, bottom: float) -> Rectangle:
        """The pixels of the image that a rectangle of the widget shows at least in part."""
        if self.shape is None:
            return NOTHING
        first, last = self.to_image(left, top), self.to_image(right, bottom)
        seen = Rectangle(math.floor(first[0]), math.floor(first[1]), math.ceil(last[0]), math.ceil(last[1]))
        inside = seen.intersection(whole(self.shape))
        return NOTHING if inside.empty else inside

    def _place(self, scale: float, point: Point, x: float, y: float) -> None:
        zoom = min(max(scale * self.density, SMALLEST_ZOOM), LARGEST_ZOOM)
        self.scale = zoom / self.density
        self.x, self.y = x - point[1] * self.scale, y - point[0] * self.scale
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        if self.shape is not None:
            self.x = _kept(self.x, self.shape[1] * self.scale, self.width)
            self.y = _kept(self.y, self.shape[0] * self.scale, self.height)


def _kept(offset: float, size: float, room: float) -> float:
    """Centred where it fits, else with the view's centre somewhere on the image."""
    if size <= room:
        return (room - size) / 2
    return min(max(offset, room / 2 - size), room / 2)
