"""Other painters: who else has which image of the project open just now."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.language import plural, tr
from painter_app.notices import Notice
from painter_app.session.project_state import ProjectState
from shared_folder.desired import DesiredState
from shared_folder.names import image_id
from shared_folder.publish import FORMAT
from shared_folder.status import Pulse

PATIENCE_SECONDS = 100.0
"""A window renews its file every half minute: one that misses three, and some slowness of the folder, has died."""
_LONGEST_NAME = 60


@dataclass(frozen=True)
class OtherPainter:
    """Somebody at another window."""

    person: str
    host: str

    @property
    def name(self) -> str:
        return self.person[:_LONGEST_NAME].strip() or tr("Somebody")

    @property
    def place(self) -> str:
        """ "Ada on lab-3" """
        if not self.host:
            return self.name
        return tr("{person} on {computer}").format(person=self.name, computer=self.host[:_LONGEST_NAME])


Presence = dict[str, tuple[OtherPainter, ...]]
"""Who has an image open, by its id."""


class OtherPainters(QObject):
    """Notes what other windows have open while their counters move.

    painter: this window's own id. clock: seconds, monotonic.
    """

    changed = pyqtSignal(object)
    """The Presence."""
    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)

    def __init__(self, painter: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._painter = painter
        self._clock = clock
        self._pulse = Pulse()
        self._project: ProjectState | None = None
        self._states: Mapping[str, DesiredState] | None = None  # before the first look
        self._image: str | None = None  # the one on the screen
        self._told = ""  # of that image
        self.now: Presence = {}

    def open(self, project: ProjectState | None) -> None:
        """Another project is open, or none."""
        self._project, self._pulse, self._states = project, Pulse(), None
        self.show_image(None)
        self.look_again()

    def look(self, states: Mapping[str, DesiredState]) -> None:
        """Note desired states, by painter's id, as they were read now."""
        known, now = self._states, self._clock()
        self._states = {who: state for who, state in states.items() if who != self._painter}
        for who, state in self._states.items():
            if known is not None and who not in known:
                self._pulse.look(who, state.counter - 1, now)  # a file that came while we watched has moved
            self._pulse.look(who, state.counter, now)
        self.look_again()

    def look_again(self) -> None:
        """Somebody may have fallen silent."""
        found: dict[str, tuple[OtherPainter, ...]] = {}
        for who, state in sorted((self._states or {}).items()):
            if self._here(state) and self._pulse.alive(who, self._clock(), PATIENCE_SECONDS):
                image = image_id(state.image or "")
                found[image] = (*found.get(image, ()), OtherPainter(state.person, state.host))
        if found != self.now:
            self.now = found
            if self._project is not None:
                self._project.open_elsewhere = frozenset(found)
            self.changed.emit(found)
            self._tell()

    def show_image(self, name: str | None) -> None:
        """An image is on the screen, or none: whoever has it open too is named."""
        self._image = name
        self._tell()

    def passed_over(self, here: str, target: str) -> None:
        """Say which images Save & Next left out on its way, since others have them open."""
        names = self._project.listing.between(here, target) if self._project is not None else ()
        if names:
            text = _told_of(
                self.now.get(image_id(names[0]), ()),
                tr("{image} was passed over: {name} has it open."),
                tr("{image} was passed over: {names} and {last} have it open."),
                image=names[0],
            )
            more = plural(len(names) - 1, "So was {n} other.", "So were {n} others.") if len(names) > 1 else ""
            self.noticed.emit(Notice(f"{text} {more}".strip()))

    def _here(self, state: DesiredState) -> bool:
        """Whether somebody has an image of this project open, in words that this program speaks."""
        project = self._project.project if self._project is not None else None
        return (
            project is not None
            and state.project == project.location
            and bool(state.image)
            and FORMAT in state.formats
        )

    def _tell(self) -> None:
        others = self.now.get(image_id(self._image), ()) if self._image is not None else ()
        told = together(others) if others else ""
        if told != self._told:
            if self._told:
                self.notice_withdrawn.emit(self._told)
            self._told = told
            if told:
                self.noticed.emit(Notice(told))


def together(others: tuple[OtherPainter, ...]) -> str:
    """What it means that others have the image open too. others: at least one."""
    have = _told_of(others, tr("{name} has this image open too."), tr("{names} and {last} have this image open too."))
    return f"{have} " + tr(
        "You can both paint: nothing is lost, every save merges what both painted. What others painted shows when "
        "you open the image again."
    )


def _told_of(others: tuple[OtherPainter, ...], of_one: str, of_more: str, **filled_in: str) -> str:
    """A text with who they are: "Ada", "Ada and Bob"."""
    names = list(dict.fromkeys(other.name for other in others)) or [tr("Somebody")]
    if len(names) == 1:
        return of_one.format(name=names[0], **filled_in)
    return of_more.format(names=", ".join(names[:-1]), last=names[-1], **filled_in)
