"""Tile maker: makes the tiles of layers in threads, so that no decoding and no colouring holds up the window."""

import os
import threading
from collections import deque
from collections.abc import Sequence

from painter_app.canvas.layers import Key, Layer, Tile

Task = tuple[Layer, Key]


class TileMaker:
    """Makes what is wanted now; what is no longer wanted and wasn't begun is dropped.

    Its threads never touch Qt's objects, which go with the window while a tile is still being made: whoever wants
    tiles collects them.
    """

    def __init__(self, threads: int | None = None) -> None:
        """threads: as many as there are processors but one, which is the window's."""
        self._threads = threads or max(1, (os.cpu_count() or 2) - 1)
        self._lock = threading.Lock()
        self._wanted: deque[Task] = deque()
        self._begun: set[Task] = set()  # until they are collected
        self._made: list[tuple[Task, Tile | Exception]] = []
        self._active = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted, in the making or to be collected."""
        with self._lock:
            return not self._wanted and not self._begun

    @property
    def finished(self) -> bool:
        """Whether nothing is wanted or in the making: what there is can be collected."""
        with self._lock:
            return not self._wanted and len(self._begun) == len(self._made)

    def want(self, tasks: Sequence[Task]) -> None:
        """Make these, the first first, instead of what was wanted before."""
        with self._lock:
            self._wanted = deque(task for task in tasks if task not in self._begun)
            more = min(len(self._wanted), self._threads - self._active)
            self._active += more
        for _ in range(more):
            threading.Thread(target=self._work, daemon=True, name="tiles").start()

    def collect(self) -> list[tuple[Task, Tile | Exception]]:
        """What has been made since the last time; an exception where a tile can't be."""
        with self._lock:
            made, self._made = self._made, []
            self._begun.difference_update(task for task, _ in made)
        return made

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
                made: Tile | Exception = layer.make(key)
            except Exception as error:
                made = error
            with self._lock:
                self._made.append((task, made))
