"""Blink: the image alone for a moment, while a key is held or by turns, to see what the labels cover."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QWidget

KEY = Qt.Key.Key_Backspace
TURN_MILLISECONDS = 1000
"""How long each is seen by turns: one change a second is far from what harms people with photosensitivity, whom
more than three flashes a second may (WCAG 2.2, 2.3.1)."""

_ENDS = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress, QEvent.Type.FocusOut)
"""What brings the labels back: nobody paints blindly, and without the focus the key's release goes elsewhere."""


class Blink(QObject):
    """Watches a canvas's keys and presses. in_hand: whether a stroke is, during which the labels stay."""

    bare_changed = pyqtSignal(bool)
    """Whether the image is to be seen without any labels."""

    def __init__(self, canvas: QWidget, in_hand: Callable[[], bool]) -> None:
        super().__init__(canvas)
        self._in_hand = in_hand
        self._bare = self._held = False
        self._turns = QTimer(self)
        self._turns.setInterval(TURN_MILLISECONDS)
        self._turns.timeout.connect(self._turn)
        canvas.installEventFilter(self)

    def take_turns(self, wanted: bool) -> None:
        """Let image and labels alternate by themselves, or stay."""
        if wanted:
            self._turns.start()
        else:
            self._turns.stop()
        self._show_bare(False)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: ARG002
        if isinstance(event, QKeyEvent) and event.key() == KEY and not event.modifiers():
            return self._key(event)
        if event is not None and event.type() in _ENDS:
            self._hold(False)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        """Press, repeat or release of the key. Returns whether it is done with."""
        pressed, released = (event.type() == kind for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease))
        if (pressed or released) and not event.isAutoRepeat():
            self._hold(pressed and not self._in_hand())
        return pressed or released

    def _hold(self, held: bool) -> None:
        self._held = held
        self._show_bare(held)

    def _turn(self) -> None:
        if not self._held:
            self._show_bare(not self._bare and not self._in_hand())

    def _show_bare(self, bare: bool) -> None:
        if self._turns.isActive():
            self._turns.start()  # a whole turn from now
        if bare != self._bare:
            self._bare = bare
            self.bare_changed.emit(bare)
