"""What painters want now: the whole of it, in one small file for each, replaced when it changes.

The trainer derives its work from these files alone. A file that is lost, late or read twice changes nothing.
"""

from typing import Literal

from shared_folder.inspection import Inspection
from shared_folder.publish import FORMAT, Document


class DesiredState(Document):
    """What one painter wants now. File: brushloop/painters/<painter id>.json"""

    formats: tuple[int, ...] = (FORMAT,)
    """Formats of the contract that this painter's program speaks."""
    counter: int = 0
    """Moves on with every replacement; nobody's clock is trusted."""
    person: str = ""
    project: str = ""
    """The open project as "projects/<name>", or nothing."""
    image: str | None = None
    """File name of the image on the screen."""
    view: tuple[int, int, int, int] | None = None
    """What she sees of it: top, left, bottom, right in pixels. Its mask is made there first."""
    masks: tuple[str, ...] = ()
    """File names of the images whose masks she wants, most wanted first (usually the open one leads)."""
    learning: bool = False
    inspection: Inspection | None = None
    """What she wants to see of the network's view; nothing while she doesn't look at it."""
    probability: bool = False
    """Whether she looks at how likely the classes are in the image on the screen: a map of that is wanted too."""
    painting: bool = False
    """Whether she has a brush on the canvas just now: a trainer on the same machine leaves her the processor. The
    file is replaced every half minute; one whose counter stands still is a window that has died."""
    host: str = ""
    """The machine that she paints on."""


class FolderJob(Document):
    """Masks wanted for many images of a project. File: brushloop/jobs/<id>.json; done when all exist."""

    formats: tuple[int, ...] = (FORMAT,)
    project: str
    images: tuple[str, ...] = ()
    """File names; none means every image of the project."""
    kind: Literal["segment"] = "segment"
