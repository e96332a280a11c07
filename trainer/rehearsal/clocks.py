"""The rehearsal's clocks: one of work done, so that results don't depend on the machine, and the real one."""

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

TILE = 256
"""Side in pixels of the tile that work is counted in."""


class Clock(Protocol):
    """Seconds since the rehearsal began, and how much the trainer has worked."""

    tiles: float
    """Training tiles (TILE x TILE pixels) learned from; other work in what it costs of them."""

    def __call__(self) -> float:
        """Seconds since the beginning."""

    def spent(self, pixels: int) -> None:
        """Note work, in pixels learned from."""

    def wait(self) -> None:
        """Let a moment pass in which the trainer has nothing to do."""

    def aside(self) -> contextlib.AbstractContextManager[None]:
        """What happens inside takes no time: planning strokes, measuring on held-out images."""


class WorkClock:
    """Moves with the trainer's work: so many training tiles are one second."""

    def __init__(self, tiles_per_second: float, began: float = 0.0, tiles: float = 0.0) -> None:
        """began, tiles: seconds and work of an earlier run that this one goes on with."""
        self.tiles = tiles
        self._rate = tiles_per_second
        self._waited = began - tiles / tiles_per_second

    def __call__(self) -> float:
        return self._waited + self.tiles / self._rate

    def spent(self, pixels: int) -> None:
        self.tiles += pixels / TILE**2

    def wait(self) -> None:
        self._waited += 0.05

    def aside(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class RealClock:
    """This machine's, stopped while something is done aside."""

    def __init__(self, began: float = 0.0, tiles: float = 0.0) -> None:
        """began, tiles: seconds and work of an earlier run that this one goes on with."""
        self.tiles = tiles
        self._zero = time.monotonic() - began

    def __call__(self) -> float:
        return time.monotonic() - self._zero

    def spent(self, pixels: int) -> None:
        self.tiles += pixels / TILE**2

    def wait(self) -> None:
        time.sleep(0.005)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._zero += time.monotonic() - began
