"""Stamps: whether a file or a folder changed, at the cost of one question to the file system."""

import os
from pathlib import Path
from typing import NamedTuple

SETTLING_SECONDS = 2.0
"""A folder is listed again for so long after its time changed: file systems' times are up to 2 s coarse."""


class Stamp(NamedTuple):
    """A file as it was when it was looked at. Only ever compared for equality: nobody's clock is trusted."""

    modified_ns: int
    size: int
    inode: int


def stamp_of(path: Path) -> Stamp | None:
    """None when there is no such file, or it can't be reached."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_size, status.st_ino)


class FolderStamps:
    """The files of a folder and their stamps; listed only when the folder's own time changed, or when asked."""

    def __init__(self, folder: Path, suffix: str | tuple[str, ...]) -> None:
        self._folder = folder
        self._suffix = suffix
        self._modified: int | None = None
        self._changed_at = float("-inf")
        self.files: dict[str, Stamp] = {}
        """By file name; hidden files and drafts aside."""

    def look(self, now: float, everything: bool) -> bool:
        """Look again. now: seconds of a monotonic clock. Returns whether any file changed, came or went."""
        folder = stamp_of(self._folder)
        modified = folder.modified_ns if folder is not None else None
        if modified != self._modified:
            self._modified, self._changed_at = modified, now
        if not everything and now - self._changed_at > SETTLING_SECONDS:
            return False
        before, self.files = self.files, self._list() if modified is not None else {}
        return before != self.files

    def look_at(self, name: str) -> bool:
        """Look at one file alone: for one that may be written in place. Returns whether it changed."""
        before, stamp = self.files.get(name), stamp_of(self._folder / name)
        if stamp is None:
            self.files.pop(name, None)
        else:
            self.files[name] = stamp
        return before != stamp

    def _list(self) -> dict[str, Stamp]:
        files = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name.endswith(self._suffix) and not entry.name.startswith(".") and _is_text(entry.name):
                        stamp = stamp_of(self._folder / entry.name)  # a scan's own answer lacks the inode on Windows
                        if stamp is not None:
                            files[entry.name] = stamp
        except OSError:
            return {}
        return dict(sorted(files.items()))


def _is_text(name: str) -> bool:
    """Whether a file's name can be said in a status: on Linux any bytes can be one."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
