"""Other trainers of the same folder: who is alive, who learns, who makes way."""

from collections.abc import Mapping
from pathlib import Path

from shared_folder.publish import read_document
from shared_folder.refused import Refused
from shared_folder.status import Doing, Pulse, TrainerStatus
from trainer.processes import runs

UNSURE_SECONDS = 5.0
"""A trainer whose file was there before us may be alive for so long, until its counter moved or not: a trainer
beats every two seconds at least."""
BEATS_TO_YIELD = 3
"""A window's own trainer makes way for one that beat so often, not for one that only looked in."""
AT_WORK = (Doing.LEARNING, Doing.RESTING)


class Peers:
    """The other trainers, judged by whether their counters move while this one watches."""

    def __init__(self, own_id: str) -> None:
        self._own_id = own_id
        self._pulse = Pulse()
        self._first_seen: dict[str, float] = {}
        self._counters: dict[str, int] = {}
        self._beats: dict[str, int] = {}
        self._others: dict[str, TrainerStatus] = {}

    def look(self, statuses: Mapping[str, TrainerStatus], now: float) -> None:
        """Note all statuses as read now (seconds of a monotonic clock)."""
        self._others = {
            name: status for name, status in statuses.items() if name != self._own_id and not status.ended
        }
        for name, status in self._others.items():
            self._first_seen.setdefault(name, now)
            self._pulse.look(name, status.counter, now)
            if self._counters.get(name, status.counter) != status.counter:
                self._beats[name] = self._beats.get(name, 0) + 1
            self._counters[name] = status.counter

    def may_learn(self, project: str, learning: bool, now: float) -> bool:
        """Whether this trainer trains a project: the lowest id alive does, once whoever did before has let go.

        learning: whether this trainer trains it already.
        """
        for name, status in self._others.items():
            unsure = now - self._first_seen[name] < UNSURE_SECONDS
            if unsure or self._pulse.alive(name, now):
                at_work = any(each.project == project and each.doing in AT_WORK for each in status.projects)
                if name < self._own_id or (at_work and not learning):
                    return False
        return True

    def better_one(self, now: float) -> str | None:
        """A trainer that no window started, alive: a window's own trainer yields to it."""
        for name, status in sorted(self._others.items()):
            if not status.window and self._beats.get(name, 0) >= BEATS_TO_YIELD and self._pulse.alive(name, now):
                return name
        return None


def remove_dead(folder: Path, host: str) -> None:
    """Remove the status files of this host's trainers whose process is gone. folder: of the statuses."""
    for path in sorted(folder.glob("*.json")):
        try:
            status = read_document(path, TrainerStatus)
        except (Refused, OSError):
            continue
        if status.host == host and not runs(status.process):
            path.unlink(missing_ok=True)
