"""How many threads compute: as many as are quickest at the moment.

Threads that compute together wait for each other a hundred times in a batch. Where other programs want the same
cores (the window, on a small machine), each wait lasts until the system lets the last thread run, and two threads
can be five times slower than one. So other numbers are tried now and then, and the quicker one is kept.
"""

from collections import deque
from collections.abc import Callable
from statistics import median

_FIRST_TRIAL = 3
"""Batches before the first trial, and after one that found something quicker."""
_LONGEST_WAIT = 200
"""Batches between trials that find nothing; the wait doubles until then."""
_REMEMBERED = 5
_WORTH = 0.9
"""A number is taken when its batch takes less than this share of the usual time."""
_SLOWED = 1.5
"""When batches take so many times what they took at the last trial, the next one comes at once."""
_HOPELESS = 2.0
"""A trial whose first batch takes so many times the usual time ends there."""


class Threads:
    """Learns from the durations of batches, which are all alike. most: threads at the start. apply: sets a number."""

    def __init__(self, most: int, apply: Callable[[int], None]) -> None:
        self.count = most
        self._most = most
        self._apply = apply
        self._recent: deque[float] = deque(maxlen=_REMEMBERED)  # seconds, with `count` threads
        self._wait = self._left = _FIRST_TRIAL
        self._judged = float("inf")  # usual seconds when the last trial found nothing
        self._fewer = True  # whether the next trial is of fewer threads
        self._trying: int | None = None
        self._tried = 0  # batches of this trial
        self._makes_way = False

    def make_way(self, wanted: bool) -> None:
        """Leave one core to somebody else for a while, and try nothing meanwhile; or go on as before."""
        if wanted != self._makes_way:
            self._makes_way = wanted
            self._trying = None
            self._apply(max(1, self.count - 1) if wanted else self.count)

    def batch_took(self, seconds: float) -> None:
        """Note a batch that was computed with the present number of threads."""
        if self._makes_way:
            return
        if self._trying is not None:
            self._judge(self._trying, seconds)
            return
        self._recent.append(seconds)
        self._left -= 1
        slowed = len(self._recent) == _REMEMBERED and median(self._recent) > _SLOWED * self._judged
        if self._left <= 0 or slowed:
            self._try()

    def _try(self) -> None:
        """Begin a trial of the next number in turn."""
        fewer, more = max(1, self.count // 2), min(self._most, self.count * 2)
        wanted = fewer if (self._fewer and fewer != self.count) or more == self.count else more
        self._fewer = not self._fewer
        self._left = self._wait
        if wanted != self.count:
            self._trying, self._tried = wanted, 0
            self._apply(wanted)

    def _judge(self, trying: int, seconds: float) -> None:
        """The first batch with another number is slower by itself: only the second counts, unless all is clear."""
        self._tried += 1
        usual = median(self._recent)
        if self._tried == 1 and _WORTH * usual <= seconds < _HOPELESS * usual:
            return
        self._trying = None
        if seconds < _WORTH * usual:
            self.count = trying
            self._recent.clear()
            self._judged = float("inf")
            self._wait = _FIRST_TRIAL
        else:
            self._apply(self.count)
            self._judged = usual
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
        self._left = self._wait
