"""News of the shared folder: a mask that is awaited, and what the trainers say."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.session.opening import FoundMask, Stamp, find_mask
from painter_app.workers import Workers
from shared_folder.project import Project
from shared_folder.publish import read_documents
from shared_folder.status import TrainerStatus
from shared_folder.watch import FolderWatch


@dataclass(frozen=True)
class Awaited:
    """A mask's file, and what is known of it."""

    name: str
    path: Path
    shape: tuple[int, int]
    known: Stamp | None


class FolderNews(QObject):
    """Watches a project. What it finds is read in workers and signalled on the window's thread."""

    mask_found = pyqtSignal(str, object)
    """An image's name and the FoundMask that is new."""
    trainers_seen = pyqtSignal(object)
    """All trainers' statuses by id."""
    looking = pyqtSignal()
    """Something in the project may have changed."""
    _changed = pyqtSignal()

    def __init__(self, workers: Workers, project: Project, native: bool = True) -> None:
        super().__init__()
        self._workers = workers
        self._project = project
        self._awaited: Awaited | None = None
        self._closed = False
        self._changed.connect(self.look)  # queued: it comes from the watch's threads
        self._watch = FolderWatch(self._signal, native=native)
        self._masks = _OneAtATime(workers, self._look_for_mask, self._mask_looked)
        self._trainers = _OneAtATime(workers, self._read_statuses, self.trainers_seen.emit)
        folder = project.folder
        folders = (folder.segmentations, folder.latest, folder.probabilities, project.shared.trainers)
        workers.submit(lambda: self._watch.watch(folders), lambda _: self.look())

    def await_mask(self, awaited: Awaited | None) -> None:
        """Look for this mask from now on, instead of the former."""
        self._awaited = awaited
        self._masks.look()

    def look(self) -> None:
        """Look again at everything that is watched."""
        if not self._closed:
            self._masks.look()
            self._trainers.look()
            self.looking.emit()

    def close(self) -> None:
        """Stop looking. The watch's threads end in a worker: on a share that hangs they take their time."""
        self._closed = True
        self._workers.submit_in_order(self._watch.close, lambda _: None)

    def _signal(self) -> None:
        if not self._closed:
            self._changed.emit()

    def _look_for_mask(self) -> tuple[Awaited | None, FoundMask | None]:
        awaited = self._awaited
        if awaited is None or self._closed:
            return None, None
        self._watch.await_files([awaited.path])
        return awaited, find_mask(awaited.path, awaited.shape, awaited.known)

    def _mask_looked(self, looked: tuple[Awaited | None, FoundMask | None]) -> None:
        awaited, found = looked
        if awaited is None or found is None or awaited != self._awaited:
            return  # she has moved on meanwhile
        self._awaited = Awaited(awaited.name, awaited.path, awaited.shape, found.stamp)
        self.mask_found.emit(awaited.name, found)

    def _read_statuses(self) -> dict[str, TrainerStatus]:
        return read_documents(self._project.shared.trainers, TrainerStatus)[0]


class _OneAtATime:
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
