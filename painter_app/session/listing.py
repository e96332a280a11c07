"""The image list as it stands: an order, a filter, and the way from one image to the next. Made in workers."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from painter_app.language import tr
from painter_app.session.image_filter import Filter
from painter_app.session.image_order import Order, Ordered

ALL = Filter()


@dataclass(frozen=True)
class Listing:
    """The images that are shown, and all of them, in one order. Looking one up costs nothing."""

    order: Order
    filter: Filter
    names: tuple[str, ...]
    """Those that are shown."""
    rows: Mapping[str, int]
    """Where a name is among them."""
    places: Mapping[str, int]
    """Where a name is among all images."""
    unjudged: int = 0
    """Images to annotate that there is nothing to order by yet."""
    unread: int = 0
    """Files that are still to be read; what is shown may change with them."""

    @property
    def in_order(self) -> bool:
        """Whether these are all images as the project lists them, so that who goes through them chooses none."""
        return self.order is Order.PROJECT and self.filter.shows_all

    def after(self, former: "Listing") -> "Listing":
        """This listing, or as much of the former as is the same: then nobody need compare them name by name again."""
        if self == former:
            return former
        same = self.names == former.names
        return replace(self, names=former.names, rows=former.rows) if same else self

    def beside(self, name: str, step: int) -> str | None:
        """The image shown after this one (step 1) or before it (-1), also of a hidden one; None beyond the end."""
        after = self._first_after(name)
        target = after if step > 0 else self.rows.get(name, after) - 1
        return self.names[target] if 0 <= target < len(self.names) else None

    def between(self, here: str, there: str) -> tuple[str, ...]:
        """The images shown after one and before another that is shown."""
        return self.names[self._first_after(here) : self.rows[there]]

    def from_here(self, name: str) -> Iterator[str]:
        """The images shown after this one, and then those from the beginning on, without itself."""
        first = self._first_after(name)
        for place in range(first, first + len(self.names) - (name in self.rows)):
            yield self.names[place % len(self.names)]

    def end_sentence(self, step: int) -> str:
        """That there is no image beyond this one. step: 1 or -1."""
        if self.filter.shows_all:
            return tr("This is the first image.") if step < 0 else tr("This is the last image.")
        if step < 0:
            return tr("This is the first image that is shown.")
        return tr("This is the last image that is shown.")

    def _first_after(self, name: str) -> int:
        """The row of the first image shown that comes after this one."""
        row = self.rows.get(name)
        if row is not None:
            return row + 1
        return bisect_left(self.names, self.places.get(name, -1), key=self.places.__getitem__)


def listing_of(
    found: Ordered, chosen: tuple[str, ...] | None = None, filter_: Filter = ALL, unread: int = 0
) -> Listing:
    """found: all images in their order. chosen: those that the filter leaves; None: all."""
    places = {name: place for place, name in enumerate(found.names)}
    if chosen is None or len(chosen) == len(found.names):
        return Listing(found.order, filter_, found.names, places, places, found.unjudged, unread)
    rows = {name: row for row, name in enumerate(chosen)}
    return Listing(found.order, filter_, chosen, rows, places, found.unjudged, unread)
