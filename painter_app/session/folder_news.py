"""News of the shared folder: a mask that is awaited, the project's settings, what the trainers say, and what other
painters have open."""

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.session.opening import FoundMask, OpenImage, Stamp, find_mask, stamp_of
from painter_app.workers import OneAtATime, Workers
from shared_folder.desired import DesiredState
from shared_folder.project import Project, ProjectSettings
from shared_folder.publish import read_document, read_documents
from shared_folder.refused import Refused
from shared_folder.status import TrainerStatus
from shared_folder.watch import FolderWatch


@dataclass(frozen=True)
class Awaited:
    """A mask's file, and what is known of it."""

    name: str
    path: Path
    shape: tuple[int, int]
    known: Stamp | None

    @classmethod
    def of(cls, project: Project, opened: OpenImage, annotated: bool) -> "Awaited":
        """The mask that comes next of an image that is open; annotated: whether it has an annotation by now."""
        if opened.mask_was_corrected or annotated:
            return cls(opened.name, project.latest_path(opened.name), opened.shape, None)
        known = opened.mask.stamp if opened.mask is not None else None
        return cls(opened.name, project.segmentation_path(opened.name), opened.shape, known)


class FolderNews(QObject):
    """Watches a project. What it finds is read in workers and signalled on the window's thread."""

    mask_found = pyqtSignal(str, object)
    """An image's name and the FoundMask that is new."""
    trainers_seen = pyqtSignal(object)
    """All trainers' statuses by id."""
    painters_seen = pyqtSignal(object)
    """All painters' desired states by id, this window's own among them."""
    settings_found = pyqtSignal(object)
    """The Project with its settings as their file holds them now."""
    looking = pyqtSignal()
    """Something in the project may have changed."""
    _changed = pyqtSignal()

    def __init__(self, workers: Workers, project: Project, native: bool = True) -> None:
        super().__init__()
        self._workers = workers
        self._project = project
        self._awaited: Awaited | None = None
        self._settings_known: Stamp | None = None  # when they were read last
        self._closed = False
        self._changed.connect(self.look)  # queued: it comes from the watch's threads
        self._watch = FolderWatch(self._signal, native=native)
        self._masks = OneAtATime(workers, self._look_for_mask, self._mask_looked)
        self._trainers = OneAtATime(workers, self._read_statuses, self.trainers_seen.emit)
        self._painters = OneAtATime(workers, self._read_desired, self.painters_seen.emit)
        self._settings = OneAtATime(workers, self._look_for_settings, self._settings_looked)
        folder, shared = project.folder, project.shared
        made = (folder.segmentations, folder.latest, folder.probabilities)
        folders = (*made, folder.notes, shared.trainers, shared.painters)
        workers.submit(lambda: self._begin_watching(folders), lambda _: self.look())

    def await_mask(self, awaited: Awaited | None) -> None:
        """Look for this mask from now on, instead of the former."""
        self._awaited = awaited
        self._masks.look()

    def look(self) -> None:
        """Look again at everything that is watched."""
        if not self._closed:
            self._masks.look()
            self._trainers.look()
            self._painters.look()
            self._settings.look()
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
        self._await_files()
        return awaited, find_mask(awaited.path, awaited.shape, awaited.known)

    def _begin_watching(self, folders: tuple[Path, ...]) -> None:
        self._watch.watch(folders)
        self._await_files()

    def _await_files(self) -> None:
        awaited = self._awaited
        self._watch.await_files([self._project.folder.settings, *([awaited.path] if awaited is not None else [])])

    def _look_for_settings(self) -> ProjectSettings | None:
        """None where they are those that were read last."""
        path = self._project.folder.settings
        stamp = stamp_of(path)
        if stamp is None or stamp == self._settings_known:
            return None
        try:
            found = read_document(path, ProjectSettings)
        except (Refused, FileNotFoundError):
            return None  # half of it has arrived, perhaps; it is looked at again
        self._settings_known = stamp
        return found

    def _settings_looked(self, found: ProjectSettings | None) -> None:
        if found is not None and not self._closed:
            self.settings_found.emit(replace(self._project, settings=found))

    def _mask_looked(self, looked: tuple[Awaited | None, FoundMask | None]) -> None:
        awaited, found = looked
        if awaited is None or found is None or awaited != self._awaited:
            return  # she has moved on meanwhile
        self._awaited = Awaited(awaited.name, awaited.path, awaited.shape, found.stamp)
        self.mask_found.emit(awaited.name, found)

    def _read_statuses(self) -> dict[str, TrainerStatus]:
        return read_documents(self._project.shared.trainers, TrainerStatus)[0]

    def _read_desired(self) -> dict[str, DesiredState]:
        return read_documents(self._project.shared.painters, DesiredState)[0]
