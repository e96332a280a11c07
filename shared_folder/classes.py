"""Classes: what a pixel can be."""

from dataclasses import dataclass

UNKNOWN = 0
"""Nobody has said. Unknown pixels never enter arithmetic."""
BACKGROUND = 1
FOREGROUND = 2
"""RootPainter's foreground, and the first class of every project."""
LAST_CLASS = 254
CANT_TELL = 255
"""The user looked and can't say: stays out of loss and metrics, as unknown does, but counts as seen."""

# Okabe and Ito's palette (2008), which colour-blind people tell apart, after RootPainter's familiar
# red for the first class. Background is green in the window, as there.
PALETTE = ("#e41a1c", "#0072b2", "#e69f00", "#cc79a7", "#56b4e9", "#f0e442", "#d55e00", "#009e73")
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
    return tuple(
        LabelClass(
            FOREGROUND + index,
            name,
            PALETTE[index % len(PALETTE)],
            "Q" if len(names) == 1 else str(index + 1) if index < 9 else "",
        )
        for index, name in enumerate(names)
    )
