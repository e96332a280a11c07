"""What to do next, from what is wanted and what exists. Pure: no clock, no files, no network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import chain, zip_longest

from shared_folder.inspection import Inspection
from shared_folder.rectangle import Rectangle

TURN_SECONDS = 120.0
"""How long a project learns before the next one's turn: long enough for several models, short enough to wait for."""


class Have(IntEnum):
    """The mask that an image has."""

    NONE = 0  # no file, or an empty mask from before there was a model
    OLDER = 1
    CURRENT = 2  # made by the newest model, or empty and there is no model yet


@dataclass(frozen=True)
class WantedMask:
    """A mask that a painter or a folder job wants."""

    project: str
    """ "projects/<name>" """
    image: str
    have: Have
    on_screen: bool = False
    """Whether she looks at this image now."""
    first: Rectangle | None = None
    """What she sees of it."""
    probability_for: tuple[str, ...] = ()
    """Painters who look at it and still lack the newest model's map of probabilities."""

    @property
    def key(self) -> tuple[str, str]:
        return self.project, self.image

    @property
    def done(self) -> bool:
        """Whether nothing of it is to be made."""
        return self.have is Have.CURRENT and not self.probability_for


@dataclass(frozen=True)
class Inspect:
    """Step: the answer to a painter who wants to see what the network sees."""

    project: str
    painter: str
    asked: Inspection

    @property
    def name(self) -> str:
        return "What the network sees"

    @property
    def key(self) -> tuple[str, str]:
        return self.project, f"inspection of {self.painter}"


@dataclass(frozen=True)
class Requested:
    """Step: one tile of the masks that RootPainter's window asked for."""

    instruction: str
    """File name."""

    @property
    def name(self) -> str:
        return self.instruction

    @property
    def key(self) -> str:
        return self.instruction


@dataclass(frozen=True)
class Situation:
    """What is wanted and can be done here now."""

    masks: tuple[WantedMask, ...] = ()
    """Painters' wishes, most wanted first; see `in_turn`."""
    learning: tuple[str, ...] = ()
    """Projects that want learning, and that this trainer can train now."""
    job: WantedMask | None = None
    """The next mask of the folder jobs."""
    inspection: Inspect | None = None
    """The next answer that a painter waits for."""
    requested: Requested | None = None
    """The folder that RootPainter's window wants segmented next."""


@dataclass(frozen=True)
class Turn:
    """Which of several projects learns."""

    project: str
    since: float
    """By the trainer's own clock."""


@dataclass(frozen=True)
class MakeMask:
    """Step: one tile of this mask."""

    mask: WantedMask

    @property
    def name(self) -> str:
        return self.mask.image

    @property
    def key(self) -> tuple[str, str]:
        return self.mask.key


@dataclass(frozen=True)
class Learn:
    """Step: one batch, one tile of validation or one publication of this project."""

    project: str

    @property
    def name(self) -> str:
        return self.project

    @property
    def key(self) -> str:
        return self.project


Step = MakeMask | Learn | Inspect | Requested


def next_step(situation: Situation, turn: Turn | None, last: Step | None) -> Step | None:
    """The most wanted step, or None when there is nothing to do.

    The image on a screen comes first, then what a painter wants to see of the network, which is one short step; then
    images that have no mask. Masks that only an older model made, and folders that RootPainter's window asks for,
    alternate with learning, so that neither starves.
    Folder jobs wait for all that. turn: from `next_turn` for this situation; last: what was done before.
    """
    missing = [mask for mask in situation.masks if not mask.done]
    for mask in missing:
        if mask.on_screen:
            return MakeMask(mask)
    if situation.inspection is not None:
        return situation.inspection
    for mask in missing:
        if mask.have is Have.NONE:
            return MakeMask(mask)
    learn = Learn(turn.project) if turn is not None else None
    waits = situation.requested or (MakeMask(missing[0]) if missing else None)
    if waits is not None and not (learn is not None and isinstance(last, MakeMask | Requested)):
        return waits
    if learn is not None:
        return learn
    return MakeMask(situation.job) if situation.job is not None else None


def next_turn(learning: Sequence[str], turn: Turn | None, now: float) -> Turn | None:
    """Whose turn to learn it is: the same project's for TURN_SECONDS, then the next one's in order of name."""
    if not learning:
        return None
    if turn is not None and turn.project in learning and (now - turn.since < TURN_SECONDS or len(learning) == 1):
        return turn
    order = sorted(learning)
    later = [project for project in order if turn is not None and project > turn.project]
    return Turn((later or order)[0], now)


def in_turn(wishes: Sequence[Sequence[WantedMask]]) -> tuple[WantedMask, ...]:
    """Join painters' wishes, each most wanted first, so that nobody waits for all of another's. Each image once."""
    joined: dict[tuple[str, str], WantedMask] = {}
    for mask in chain.from_iterable(zip_longest(*wishes)):
        if mask is None:
            continue
        known = joined.get(mask.key, mask)
        better = mask if mask.on_screen and not known.on_screen else known
        everybody = tuple(sorted({*known.probability_for, *mask.probability_for}))
        joined[mask.key] = replace(better, probability_for=everybody)
    return tuple(joined.values())
