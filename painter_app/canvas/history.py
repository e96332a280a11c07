"""Undo history: the patches of one image's strokes, within a budget of bytes."""

from collections import deque

from shared_folder.annotation import Patch

BUDGET = 64 << 20
"""Bytes; some thousands of usual strokes."""


class History:
    """Patches that can be undone and redone. Beyond the budget the oldest are forgotten."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self._done: deque[Patch] = deque()
        self._undone: list[Patch] = []
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes kept, those of undone strokes included."""
        return self._size

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def push(self, patch: Patch) -> None:
        """Remember a new stroke; strokes that were undone can no longer be redone.

        The newest stroke is kept even where it alone is beyond the budget.
        """
        self._size -= sum(undone.size for undone in self._undone)
        self._undone.clear()
        self._done.append(patch)
        self._size += patch.size
        while self._size > self.budget and len(self._done) > 1:
            self._size -= self._done.popleft().size

    def undo(self) -> Patch | None:
        """The newest stroke, for the caller to take back, or None."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def redo(self) -> Patch | None:
        """The stroke undone last, for the caller to lay down again, or None."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]

    def clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self._size = 0
