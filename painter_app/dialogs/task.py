"""Long work behind a dialog: on a worker, with progress on the window's thread, and a way to stop it."""

import threading
import time

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.datasets.make import Cancelled

_SECONDS_BETWEEN_REPORTS = 0.05


class Task(QObject):
    """One piece of work. `report` is called by the work itself, on its thread, and raises Cancelled once stopped."""

    progressed = pyqtSignal(str, int, int)
    """What is going on, how much of it is done, how much there is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stopped = threading.Event()
        self._reported = 0.0

    def stop(self) -> None:
        self._stopped.set()

    def report(self, what: str, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise Cancelled
        now = time.monotonic()
        if done == total or now - self._reported > _SECONDS_BETWEEN_REPORTS:
            self._reported = now
            self.progressed.emit(what, done, total)
