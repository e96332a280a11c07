"""What a trainer is doing: its heartbeat, one file replaced every second while it is busy or its news change.

A trainer is alive when its counter moved while somebody watched (see Pulse), never because a time is near.
"""

from enum import StrEnum

from shared_folder.publish import FORMAT, Document


class Doing(StrEnum):
    """What a trainer is doing for one project."""

    IDLE = "idle"  # masks only: learning is not wanted
    NEEDS_IMAGES = "needs images"  # learning is wanted, but no two classes are known in what was painted
    LEARNING = "learning"
    RESTING = "resting"  # no progress any more; wakes on the next correction
    ANOTHER_LEARNS = "another learns"  # a trainer with a lower id trains this project


class ProjectStatus(Document):
    """What a trainer does for one project."""

    project: str
    """ "projects/<name>" """
    doing: Doing = Doing.IDLE
    learning_seconds: float = 0.0
    """How long it has been learning since it last began or woke."""
    steps: int = 0
    progress: float = 0.0
    """0..1 of the way to the next validation."""
    train_images: int = 0
    validation_images: int = 0
    test_images: int = 0
    """How many of the validation images are of the test set: all or none."""
    model: str = ""
    """Name of the newest model, without its suffix."""
    score: float | None = None
    """Its Dice on the corrected pixels of the validation images (mean over classes other than background)."""
    scores: tuple[tuple[int, float], ...] = ()
    """(steps, Dice) of each validation, oldest first, the last hundred."""
    queue: int = 0
    """Masks asked for and not made yet."""
    turns_with: tuple[str, ...] = ()
    """Other projects that learn on this trainer in turns."""


class TrainerStatus(Document):
    """File: brushloop/trainers/<trainer id>.json"""

    formats: tuple[int, ...] = (FORMAT,)
    counter: int = 0
    version: str = ""
    host: str = ""
    process: int = 0
    device: str = ""
    """In words, such as "CPU, 2 threads, bfloat16"."""
    window: str = ""
    """Id of the painter whose window started it and with which it ends; nothing for a trainer of its own."""
    ended: bool = False
    """It said goodbye: nothing to expect of it."""
    steps: int = 0
    projects: tuple[ProjectStatus, ...] = ()
    error: str = ""
    """The last error, in words, until the next success."""
    refusals: tuple[str, ...] = ()
    """Files that it can't use, a sentence each."""


class Pulse:
    """Whether a counter moves, by the watcher's own clock alone."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float | None]] = {}

    def look(self, name: str, counter: int, now: float) -> None:
        """Note a counter as read now (seconds of a monotonic clock)."""
        known = self._seen.get(name)
        if known is None:
            self._seen[name] = (counter, None)
        elif known[0] != counter:
            self._seen[name] = (counter, now)

    def silent_seconds(self, name: str, now: float) -> float | None:
        """Seconds since the counter was last seen to move, or None if it never has."""
        moved = self._seen.get(name, (0, None))[1]
        return None if moved is None else now - moved

    def alive(self, name: str, now: float, patience: float = 30.0) -> bool:
        silent = self.silent_seconds(name, now)
        return silent is not None and silent < patience
