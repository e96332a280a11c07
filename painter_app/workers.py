"""Workers: threads for what would block the window, with the answers delivered on the window's thread."""

import os
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PyQt6.QtCore import QObject, QThreadPool, pyqtSignal, pyqtSlot

Result = TypeVar("Result")

_USUAL, _IDLE = 1, 0


class Workers(QObject):
    """Runs work in threads; `done` and `failed` are called on the thread that made this object.

    What is urgent, what somebody waits for, never waits for what is not (thumbnails, images made ready ahead).

    Saves go through the ordered lane: one after another, in the order given, so that two writes of one file
    never overlap. Nothing is delivered after `close`.
    """

    unexpected = pyqtSignal(Exception)
    """A failure that nobody claimed with `failed`."""
    _finished = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, threads: int | None = None) -> None:
        super().__init__(parent)
        processors = os.cpu_count() or 2
        self._pool = self._threads(threads or max(1, processors - 1))
        self._urgent = self._threads(threads or max(2, processors))
        self._lane = self._threads(1)
        self._in_order: deque[Callable[[], None]] = deque()  # of the lane: its pool alone wouldn't keep the order
        self._lock = threading.Lock()
        self._pending = 0
        self._saves = 0
        self._closed = False
        self._finished.connect(self._answer)

    @property
    def pending(self) -> int:
        """Work that was submitted and hasn't ended."""
        with self._lock:
            return self._pending

    @property
    def saves_left(self) -> int:
        """Work of the ordered lane that hasn't ended."""
        with self._lock:
            return self._saves

    @property
    def busy(self) -> bool:
        """Whether any work is going on."""
        return any(pool.activeThreadCount() for pool in (self._lane, self._pool, self._urgent))

    def submit(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        urgent: bool = False,
        idle: bool = False,
    ) -> None:
        """Run `work` on some thread. urgent: somebody waits for it. idle: after all else. Dropped after close."""
        if not self._closed:
            pool = self._urgent if urgent else self._pool
            pool.start(self._counted(work, done, failed), _IDLE if idle else _USUAL)

    def submit_in_order(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` after all that was given to this lane before: for saves. Dropped after close."""

        def save() -> Result:
            try:
                return work()
            finally:
                with self._lock:
                    self._saves -= 1

        if not self._closed:
            with self._lock:
                self._saves += 1
            self._in_order.append(self._counted(save, done, failed))
            self._lane.start(self._next_in_order)

    def shut(self) -> None:
        """Take no more work, drop what has not begun, but saves; answer nobody."""
        self._closed = True
        for pool in (self._pool, self._urgent):
            pool.clear()

    def close(self, seconds: float) -> bool:
        """Shut, and wait for what has begun and for saves. Returns whether all ended in time."""
        self.shut()
        # The lane first: it holds saves.
        ended = [pool.waitForDone(int(seconds * 1000)) for pool in (self._lane, self._pool, self._urgent)]
        return all(ended)

    def _threads(self, count: int) -> QThreadPool:
        pool = QThreadPool(self)
        pool.setMaxThreadCount(count)
        return pool

    def _counted(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[Exception], None] | None,
    ) -> Callable[[], None]:
        """What a thread shall run. It counts as pending from now on."""
        with self._lock:
            self._pending += 1

        def run() -> None:
            try:
                result = work()
            except Exception as error:
                self._deliver(partial(failed or self.unexpected.emit, error))
            else:
                self._deliver(partial(done, result))

        return run

    def _next_in_order(self) -> None:
        self._in_order.popleft()()

    def _deliver(self, answer: Callable[[], None]) -> None:
        with self._lock:
            self._pending -= 1
        if not self._closed:
            self._finished.emit(answer)

    @pyqtSlot(object)
    def _answer(self, answer: Callable[[], None]) -> None:
        if not self._closed:
            answer()


class OneAtATime:
    """Runs one look after another, and once more if it was asked to while it looked."""

    def __init__(self, workers: Workers, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._workers, self._work, self._done = workers, work, done
        self._looking = False
        self._again = False

    def look(self) -> None:
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        self._workers.submit(self._work, self._ended, self._failed, urgent=True)

    def _ended(self, result: object) -> None:
        self._looking = False
        self._done(result)
        if self._again:
            self.look()

    def _failed(self, error: Exception) -> None:
        self._looking = False
        if not isinstance(error, OSError):
            raise error  # a share that is away for a moment is no news; anything else is a fault of ours
