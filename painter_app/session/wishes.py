"""Wishes: this painter's desired state, published whenever it changes."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer

from painter_app.workers import Workers
from shared_folder.desired import DesiredState
from shared_folder.publish import publish_document, read_document
from shared_folder.refused import Refused

_SOON_MILLISECONDS = 20  # several changes that belong together go into one file
_VIEW_MILLISECONDS = 400  # panning and zooming come in hundreds
PAUSE_MILLISECONDS = 300
"""After a stroke she counts as painting for so long: between strokes the trainer may have the whole processor."""
AGAIN_MILLISECONDS = 30_000
"""The file is replaced so often though nothing changes: trainers and other windows know that this one lives."""
_IN_HAND_MILLISECONDS = 200  # a long stroke is waited for


class Wishes(QObject):
    """Keeps one desired state and its file. The counter goes on from the file that an earlier session left."""

    def __init__(self, workers: Workers, path: Path, person: str, project: str) -> None:
        super().__init__()
        self._workers = workers
        self._path = path
        self.now = DesiredState(person=person, project=project, host=socket.gethostname())
        self._file = _CountedFile(path)
        self._version = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._publish)
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MILLISECONDS)
        self._again.timeout.connect(self._renew)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._may_have_paused)
        self._in_hand: Callable[[], bool] = bool  # no stroke yet

    def want(self, **changes: Any) -> None:
        """Change what is wanted: fields of DesiredState."""
        wanted = self.now.model_copy(update=changes)
        if wanted == self.now:
            return
        self.now = wanted
        delay = _VIEW_MILLISECONDS if set(changes) == {"view"} else _SOON_MILLISECONDS
        if not self._timer.isActive() or self._timer.remainingTime() > delay:
            self._timer.start(delay)

    def paint(self, in_hand: Callable[[], bool]) -> None:
        """A stroke begins or has ended. in_hand: whether there is a stroke that goes on."""
        self._in_hand = in_hand
        self._pause.start(PAUSE_MILLISECONDS)
        if not self.now.painting:
            self.want(painting=True)

    def say_goodbye(self) -> None:
        """Nothing is open and no mask is wanted any more; learning stays as it was. Published before saves end."""
        for timer in (self._timer, self._again, self._pause):
            timer.stop()
        self.now = self.now.model_copy(
            update={"image": None, "view": None, "masks": (), "inspection": None, "painting": False}
        )
        self._version += 1
        version, wanted = self._version, self.now
        self._workers.submit_in_order(lambda: self._file.write(version, wanted), _nothing)

    def _may_have_paused(self) -> None:
        if self._in_hand():
            self._pause.start(_IN_HAND_MILLISECONDS)
        else:
            self.want(painting=False)

    def _publish(self) -> None:
        self._write(None)

    def _renew(self) -> None:
        """The same again; that it couldn't be written was said when it was new."""
        self._write(_nothing)

    def _write(self, failed: Callable[[Exception], None] | None) -> None:
        self._again.start()
        self._version += 1
        version, wanted = self._version, self.now
        self._workers.submit(lambda: self._file.write(version, wanted), _nothing, failed, urgent=True)


class _CountedFile:
    """The file, written from several threads: an older wish never replaces a newer one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._written = 0
        self._counter: int | None = None  # read from the file first

    def write(self, version: int, wanted: DesiredState) -> None:
        with self._lock:
            if version <= self._written:
                return
            if self._counter is None:
                self._counter = self._earlier()
            self._counter += 1
            publish_document(self._path, wanted.model_copy(update={"counter": self._counter}))
            self._written = version

    def _earlier(self) -> int:
        try:
            return read_document(self._path, DesiredState).counter
        except (FileNotFoundError, Refused):
            return 0


def _nothing(_: object) -> None:
    """A published wish needs no answer: the mask is one."""
