"""Classes: what a pixel can be."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

UNKNOWN = 0
"""Nobody has said. Unknown pixels never enter arithmetic."""
BACKGROUND = 1
FOREGROUND = 2
"""RootPainter's foreground, and the first class of every project."""
LAST_CLASS = 254
CANT_TELL = 255
"""The user looked and can't say: stays out of loss and metrics, as unknown does, but counts as seen."""

# Eight by Okabe and Ito (2008), which colour-blind people tell apart, after RootPainter's familiar red for the first
# class. The others by a greedy search: of all colours in 18 steps each of red, green and blue that stand out from a
# grey image (CIELAB lightness 25 to 92, chroma at least 25), again and again the one that is farthest from those
# chosen before, from background's green and from can't tell's blue. The distance of two colours is the least of
# those in CIELAB, as they are and as people without red, green or blue cones see them (Machado, Oliveira and
# Fernandes 2009).
PALETTE = (
    *("#e41a1c", "#0072b2", "#e69f00", "#cc79a7", "#56b4e9", "#f0e442", "#d55e00", "#009e73"),
    *("#5a2d4b", "#c3f0c3", "#781e1e", "#4b0fa5", "#69ff87", "#b478ff", "#780078", "#ffb4d2"),
    *("#87c378", "#b40f78", "#5a00ff", "#a55a4b", "#960000", "#874bd2", "#ff7896", "#c3e15a"),
    *("#8700d2", "#1e4ba5", "#a5d2ff", "#696996", "#783c4b", "#4bffff", "#9687c3", "#ff0f69"),
)
MOST_CLASSES = len(PALETTE)
"""That the window offers. Files may hold more."""
BACKGROUND_COLOUR = "#00b43c"
CANT_TELL_COLOUR = "#3c5cff"


@dataclass(frozen=True)
class LabelClass:
    """One class of a project. Its id is the pixel value in label files and is never used again."""

    id: int
    name: str
    colour: str
    """ "#rrggbb": on the screen only; files hold ids."""
    shortcut: str = ""
    merged_into: int | None = None
    """The class that took this one's pixels, if the user merged them."""


BACKGROUND_CLASS = LabelClass(BACKGROUND, "background", BACKGROUND_COLOUR, "W")
CANT_TELL_CLASS = LabelClass(CANT_TELL, "can't tell", CANT_TELL_COLOUR, "R")
BINARY = (LabelClass(FOREGROUND, "foreground", PALETTE[0], "Q"),)


def new_classes(names: list[str]) -> tuple[LabelClass, ...]:
    """Classes with the next ids, colours and number keys. names: at least one, in the order of the keys."""
    return with_keys(
        LabelClass(FOREGROUND + index, name, PALETTE[index % len(PALETTE)]) for index, name in enumerate(names)
    )


def with_keys(classes: Iterable[LabelClass]) -> tuple[LabelClass, ...]:
    """The classes with the keys of their places: 1 to 9, Q for a single one, none for those that were merged."""
    listed = tuple(classes)
    places = [known.id for known in listed if known.merged_into is None]
    keys = {known: str(place) for place, known in enumerate(places[:9], start=1)} if len(places) > 1 else {}
    alone = {known: "Q" for known in places if len(places) == 1}
    return tuple(replace(known, shortcut=(keys | alone).get(known.id, "")) for known in listed)


def free_colour(classes: Iterable[LabelClass]) -> str:
    """The palette's first colour that no class has; its first, where all are taken."""
    taken = {known.colour.casefold() for known in classes}
    return next((colour for colour in PALETTE if colour not in taken), PALETTE[0])
