"""Tile maker: makes the tiles of layers in threads, so that no decoding and no colouring holds up the window."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Sequence

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from painter_app.canvas.layers import Key, Layer, Tile

Task = tuple[Layer, Key]


class TileMaker(QObject):
    """Makes what is wanted now; what is no longer wanted and wasn't begun is dropped."""

    made = pyqtSignal(object, object, object)
    """The Layer, the Key and the Tile, on the window's thread."""
    failed = pyqtSignal(object, Exception)
    """The Layer, and why one of its tiles can't be made; it stays blank."""
    _finished = pyqtSignal(object, object)

    def __init__(self, parent: QObject, threads: int | None = None) -> None:
        """threads: as many as there are processors but one, which is the window's."""
        super().__init__(parent)
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._lock = threading.Lock()
        self._wanted: deque[Task] = deque()
        self._begun: set[Task] = set()  # until the window has them
        self._active = 0
        self._finished.connect(self._hand_over)

    def want(self, tasks: Sequence[Task]) -> None:
        """Make these, the first first, instead of what was wanted before."""
        with self._lock:
            self._wanted = deque(task for task in tasks if task not in self._begun)
            more = min(len(self._wanted), self._threads - self._active)
            self._active += more
        for _ in range(more):
            # No pool of Qt's: it is waited for when the canvas goes, by a thread that holds Python's lock.
            threading.Thread(target=self._work, daemon=True, name="tiles").start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._active -= 1
                    return
                task = self._wanted.popleft()
                self._begun.add(task)
            layer, key = task
            try:
                made: object = layer.make(key)
            except Exception as error:
                made = error
            with contextlib.suppress(RuntimeError):  # the canvas was closed meanwhile
                self._finished.emit(task, made)

    @pyqtSlot(object, object)
    def _hand_over(self, task: Task, made: object) -> None:
        with self._lock:
            self._begun.discard(task)
        if isinstance(made, Exception):
            self.failed.emit(task[0], made)
        self.made.emit(*task, made if isinstance(made, Tile) else Tile())
