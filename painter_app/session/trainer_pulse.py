"""Which trainer serves the open project, and whether it is alive by this machine's own clock. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from painter_app.session.rootpainter_trainer import RootPainterNews
from shared_folder.status import ProjectStatus, Pulse, TrainerStatus

GRACE_SECONDS = 5.0
"""A counter must be seen to move; for so long after the first look a trainer is believed to be alive."""
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class TrainerNews:
    """What the trainer's panel shows."""

    trainer: TrainerStatus | None
    trainer_id: str
    project: ProjectStatus | None
    alive: bool
    silent_since: datetime | None


class TrainerPulse:
    """Watches all trainers' counters. clock: monotonic seconds; now: this machine's time of day, for people."""

    def __init__(self, location: str, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._location = location
        self._clock, self._now = clock, now
        self._began = clock()
        self._pulse = Pulse()
        self.statuses: Mapping[str, TrainerStatus] = {}
        self.looked = False
        """Whether the folder was read at all since the project was opened."""
        self.rootpainter = RootPainterNews()
        """Whether RootPainter's trainer is the one that serves this folder."""

    def look(self, statuses: Mapping[str, TrainerStatus]) -> None:
        """Note statuses as they were read now."""
        self.statuses, self.looked = statuses, True
        for name, status in statuses.items():
            self._pulse.look(name, status.counter, self._clock())

    def alive(self, name: str) -> bool:
        status = self.statuses.get(name)
        if status is None or status.ended:
            return False
        return self._pulse.alive(name, self._clock(), PATIENCE_SECONDS) or (
            self._pulse.silent_seconds(name, self._clock()) is None and self._clock() - self._began < GRACE_SECONDS
        )

    def any_moved(self) -> bool:
        """Whether any trainer was seen at work in the last half minute."""
        return any(
            not status.ended and self._pulse.alive(name, self._clock(), PATIENCE_SECONDS)
            for name, status in self.statuses.items()
        )

    def served_by_others(self, host: str, window: str) -> bool:
        """Whether another machine, or a trainer of its own, has ever served this folder."""
        return any(status.host != host or status.window != window for status in self.statuses.values())

    def watched_seconds(self) -> float:
        return self._clock() - self._began

    def news(self) -> TrainerNews:
        """The trainer that serves the project: alive before silent, at work on it before others, lowest id first."""

        def rank(name: str) -> tuple[bool, bool, bool, str]:
            status = self.statuses[name]
            return not self.alive(name), status.ended, self._status_of_project(status) is None, name

        best = min(self.statuses, key=rank, default=None)
        if best is None:
            return TrainerNews(None, "", None, alive=False, silent_since=None)
        status = self.statuses[best]
        silent = self._pulse.silent_seconds(best, self._clock())
        since = None if silent is None else self._now() - timedelta(seconds=silent)
        return TrainerNews(status, best, self._status_of_project(status), self.alive(best), since)

    def _status_of_project(self, status: TrainerStatus) -> ProjectStatus | None:
        return next((known for known in status.projects if known.project == self._location), None)
