"""Watching folders: native events where they work, a rescan everywhere.

An event only means "look again": native events miss what other hosts do on a network file system, and some cloud
folders send none. So awaited files are checked every second, a folder counts as changed when its own time did,
and everything counts as changed once a minute.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from shared_folder.names import is_debris

_log = logging.getLogger(__name__)
# It calls it an error when an event arrives while a watch ends.
logging.getLogger("watchdog.observers.inotify").setLevel(logging.CRITICAL)

RESCAN_SECONDS = 1.0
EVERYTHING_SECONDS = 60.0
SETTLING_SECONDS = 2.5
"""So long after the last change everything counts as changed once more: file systems' times are up to 2 s coarse, so
that a second change may leave a folder's time as the first one did."""

# Not opened or closed without writing: those would be our own reading, which would wake us for ever.
_EVENTS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]

_Look = tuple[int, int, int] | None


class FolderWatch:
    """Calls `changed` when a watched folder or an awaited file may have changed.

    `changed` is called from threads of the watch and must return at once: set an event, emit a queued signal.
    native: whether to use the system's events as well as the rescan.
    """

    def __init__(self, changed: Callable[[], None], native: bool = True) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._folders: dict[Path, _Look] = {}
        self._files: dict[Path, _Look] = {}
        self._scheduled: dict[Path, tuple[ObservedWatch, int]] = {}  # and the inode: another folder may take the name
        self._settled_at = float("inf")  # monotonic; when to look once more after a change
        self._observer: BaseObserver | None = _started_observer() if native else None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._rescan_for_ever, name="folder-watch", daemon=True)
        self._thread.start()

    def watch(self, folders: Iterable[Path]) -> None:
        """Watch these folders (not what lies below them) instead of the former; ones that don't exist are awaited."""
        wanted = {folder: _look(folder) for folder in folders}
        with self._lock:
            # What is known of a folder stays known: a change between two calls must not be swallowed.
            if wanted.keys() - self._folders.keys():
                self._settled_at = time.monotonic() + SETTLING_SECONDS
            self._folders = {folder: self._folders.get(folder, look) for folder, look in wanted.items()}
            self._schedule()

    def await_files(self, paths: Iterable[Path]) -> None:
        """Check these files every second, instead of the former; they need not exist yet."""
        wanted = {path: _look(path) for path in paths}
        with self._lock:
            self._files = {path: self._files.get(path, look) for path, look in wanted.items()}

    def close(self) -> None:
        """Stop watching; `changed` is not called any more once this returns."""
        self._closed.set()
        self._thread.join()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def _rescan_for_ever(self) -> None:
        last_everything = time.monotonic()
        while not self._closed.wait(RESCAN_SECONDS):
            now = time.monotonic()
            everything = now - last_everything >= EVERYTHING_SECONDS
            if everything:
                last_everything = now
            if self._anything_new():
                self._settled_at = now + SETTLING_SECONDS
                self._changed()
            elif everything or now >= self._settled_at:
                self._settled_at = float("inf")
                self._changed()

    def _anything_new(self) -> bool:
        with self._lock:
            places = [(self._folders, path) for path in self._folders] + [(self._files, path) for path in self._files]
        new = False
        for known, path in places:
            look = _look(path)
            with self._lock:
                if path in known and known[path] != look:
                    known[path] = look
                    new = True
        if new:
            with self._lock:
                self._schedule()  # a folder may just have come into being
        return new

    def _schedule(self) -> None:
        if self._observer is None:
            return
        inodes = {folder: look[2] for folder in self._folders if (look := _look(folder)) is not None}
        alive = {emitter.watch for emitter in self._observer.emitters if emitter.is_alive()}
        for folder, (watch, inode) in list(self._scheduled.items()):
            if inodes.get(folder) != inode or watch not in alive:
                del self._scheduled[folder]
                with contextlib.suppress(KeyError, OSError):
                    self._observer.unschedule(watch)
        for folder, inode in inodes.items():
            if folder not in self._scheduled and folder.is_dir():
                try:
                    watch = self._observer.schedule(
                        _Handler(self._changed), str(folder), recursive=False, event_filter=_EVENTS
                    )
                    self._scheduled[folder] = watch, inode
                except OSError as error:  # too many watches, or a file system without events: the rescan serves
                    _log.info("%s: no native events (%s)", folder, error)


class _Handler(FileSystemEventHandler):
    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def on_any_event(self, event: FileSystemEvent) -> None:
        name = Path(str(event.dest_path or event.src_path)).name
        if not is_debris(name):
            self._changed()


def _started_observer() -> BaseObserver | None:
    try:
        observer: BaseObserver = Observer()
        observer.start()
    except OSError as error:
        _log.info("no native events (%s)", error)
        return None
    return observer


def _look(path: Path) -> _Look:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
