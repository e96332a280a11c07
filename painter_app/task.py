"""Long work that somebody waits for: on a worker, with progress on the window's thread, and a way to stop it."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.datasets.make import Cancelled
from painter_app.workers import Workers

Result = TypeVar("Result")

_SECONDS_BETWEEN_REPORTS = 0.05


class Task(QObject):
    """One piece of work. `report` is called by the work itself, on its thread, and raises Cancelled once stopped.

    title: what is being done, for whoever waits.
    """

    progressed = pyqtSignal(str, int, int)
    """What is going on, in English; how much of it is done, how much there is."""
    ended = pyqtSignal()
    """Nobody has to wait any more: the work is done, has failed or was stopped."""

    def __init__(self, parent: QObject, title: str = "") -> None:
        super().__init__(parent)
        self.title = title
        self._stopped = threading.Event()
        self._what, self._reported = "", 0.0

    def run(
        self,
        workers: Workers,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run the work on a worker. Nothing is answered once it was stopped, be the worker stuck for ever."""

        def answered(answer: Callable[[], None]) -> None:
            if not self._stopped.is_set():
                self.ended.emit()
                answer()

        workers.submit(
            work,
            lambda result: answered(lambda: done(result)),
            lambda error: answered(lambda: failed(error)),
            urgent=True,
        )

    def stop(self) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            self.ended.emit()

    def report(self, what: str, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise Cancelled
        now = time.monotonic()
        if what != self._what or done == total or now - self._reported > _SECONDS_BETWEEN_REPORTS:
            self._what, self._reported = what, now
            self.progressed.emit(what, done, total)
