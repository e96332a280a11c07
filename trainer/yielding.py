"""Yielding: while somebody paints on this machine, what is computed here leaves her canvas the processor."""

import time
from collections.abc import Callable, Mapping

from shared_folder.desired import DesiredState
from shared_folder.status import Pulse
from trainer.threads import Threads

LONGEST_SILENCE = 60.0
"""Seconds. A painter whose file stands still for longer has gone, whatever it says: a window at work replaces it
every half minute."""
PAUSE_SECONDS = 0.004
"""Between two steps: whatever the window has to do then is done at once."""


class Yielding:
    """Whether to yield, from what painters say. host: this machine. clock: seconds, monotonic."""

    def __init__(
        self, host: str, threads: Threads, clock: Callable[[], float], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._host = host
        self._threads = threads
        self._clock = clock
        self._sleep = sleep
        self._pulse = Pulse()
        self._painting: list[str] = []  # painters on this machine who say that they paint

    def look(self, painters: Mapping[str, DesiredState]) -> None:
        """Note what painters say, by their id, as it was read now."""
        for name, state in painters.items():
            self._pulse.look(name, state.counter, self._clock())
        self._painting = [name for name, state in painters.items() if state.painting and state.host == self._host]

    def between_steps(self) -> None:
        """Take a thread less and a short rest, if anybody paints here; else all threads again."""
        now = self._clock()
        wanted = any(self._pulse.alive(name, now, LONGEST_SILENCE) for name in self._painting)
        self._threads.make_way(wanted)
        if wanted:
            self._sleep(PAUSE_SECONDS)
