"""Journal: strokes on this machine's disk until an annotation file surely holds them.

One append-only file for each time that an image is painted. It begins with a line of JSON (which image, which
annotation it began from), then each stroke as a length, a SHA-256 and the patch's bytes. A stroke that is undone
is written as its inverse. Where the annotation was saved while she went on painting, a mark says so. A record that
a crash tore off is left out, whatever came before it counts. The file is locked while its window lives: no other
window takes those strokes for lost ones.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from shared_folder.annotation import Patch, replay
from shared_folder.annotation_files import StoredAnnotation, already_holds
from shared_folder.labels import Labels
from shared_folder.names import image_id
from shared_folder.project import Project
from shared_folder.publish import Document

_MAGIC = b"brushloop journal 1\n"
_RECORD = struct.Struct("<I32s")  # length of the patch's bytes, their SHA-256
_LONGEST_RECORD = 1 << 30
_MARK = b"saved "
_SUFFIX = ".journal"


class JournalFacts(Document):
    """The first line of a journal."""

    image: str
    """File name of the image."""
    height: int
    width: int
    began_from: str = ""
    """Token of the annotation file that was open when the first stroke fell; nothing for none."""


class SavedMark(Document):
    """A record between strokes: the annotation's file holds the first so many of them."""

    token: str
    strokes: int


@dataclass(frozen=True)
class Recovered:
    """Strokes that a journal holds."""

    path: Path
    facts: JournalFacts
    strokes: tuple[Patch, ...]
    saved: tuple[SavedMark, ...] = ()

    def beyond(self, stored: StoredAnnotation | None) -> "Recovered":
        """Without the strokes that the annotation's file holds, where it is one that was saved meanwhile."""
        token = stored.token if stored is not None else ""
        held = max((mark.strokes for mark in self.saved if mark.token == token), default=0)
        facts = self.facts.model_copy(update={"began_from": token}) if held else self.facts
        return Recovered(self.path, facts, self.strokes[held:])

    def held_by(self, stored: StoredAnnotation | None) -> bool:
        """Whether an annotation's file holds these strokes' pixels already."""
        if stored is None:
            laid = Labels((self.facts.height, self.facts.width))
            replay(self.strokes, laid)
            return not laid.counts()
        return self.fits(stored.labels.shape) and already_holds(self.strokes, stored)

    def fits(self, shape: tuple[int, int]) -> bool:
        """Whether the strokes were painted on an image of this shape (H, W)."""
        return (self.facts.height, self.facts.width) == shape

    def older_than(self, stored: StoredAnnotation | None) -> bool:
        """Whether the annotation was written since these strokes began."""
        return stored is not None and stored.token != self.facts.began_from


class Journal:
    """The journal of one image while it is painted. Its file is made with the first stroke."""

    def __init__(self, path: Path, facts: JournalFacts) -> None:
        self.path = path
        self._owed = [_MAGIC + facts.model_dump_json().encode() + b"\n"]  # what the file is still to get
        self._file: BinaryIO | None = None  # none until the first stroke

    def append(self, stroke: Patch) -> None:
        """Hand a stroke to the operating system: it survives this program from now on, `flush` makes it survive
        the machine too. One that a full disk refuses (OSError) is tried again with the next."""
        self._append(stroke.to_bytes())

    def mark_saved(self, token: str, strokes: int) -> None:
        """Note that the annotation's file with this token holds the first so many strokes. Raises as `append`."""
        self._append(_MARK + SavedMark(token=token, strokes=strokes).model_dump_json().encode())

    def _append(self, content: bytes) -> None:
        self._owed.append(_RECORD.pack(len(content), hashlib.sha256(content).digest()) + content)
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb", buffering=0)
            _lock(self._file, for_itself=True)
        while self._owed:
            _write_whole(self._file, self._owed[0])
            del self._owed[0]

    def flush(self) -> None:
        """Wait until the disk holds every stroke; belongs into a worker."""
        if self._file is not None and not self._file.closed:
            with contextlib.suppress(OSError, ValueError):  # a disk that fails; or close() came first, and flushed
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """End the file; it stays until an opening finds its strokes in the annotation."""
        self.flush()
        if self._file is not None:
            self._file.close()


class Journals:
    """All journals of one project on this machine. folder: the user's folder of journals."""

    def __init__(self, folder: Path, project: Project) -> None:
        mark = project.file.brushloop
        identity = mark.id if mark is not None and mark.id else str(project.folder.root)
        self.folder = folder / hashlib.sha256(identity.encode()).hexdigest()[:16]

    def begin(self, image: str, shape: tuple[int, int], stored: StoredAnnotation | None) -> Journal:
        """A new journal for an image; costs nothing until the first stroke."""
        facts = JournalFacts(
            image=image, height=shape[0], width=shape[1], began_from=stored.token if stored is not None else ""
        )
        return Journal(self.folder / f"{_key(image)}.{secrets.token_hex(4)}{_SUFFIX}", facts)

    def recover(self, image: str) -> list[Recovered]:
        """Journals of one image that no window is writing, the oldest first."""
        return list(self._read(f"{_key(image)}.*{_SUFFIX}"))

    def all(self) -> list[Recovered]:
        """Journals of all the project's images that no window is writing."""
        return list(self._read(f"*{_SUFFIX}"))

    def _read(self, pattern: str) -> Iterator[Recovered]:
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob(pattern), key=lambda path: (path.stat().st_mtime_ns, path.name)):
            recovered = read_journal(path)
            if recovered is not None and not _in_use(path):
                yield recovered


def read_journal(path: Path) -> Recovered | None:
    """The strokes of a journal up to the first damaged record; None for what is no journal or holds no stroke."""
    with path.open("rb") as file:
        if file.readline(100) != _MAGIC:
            return None
        try:
            facts = JournalFacts.model_validate_json(file.readline(100_000))
        except ValidationError:
            return None
        records = list(_records(file))
    strokes = tuple(record for record in records if isinstance(record, Patch))
    marks = tuple(record for record in records if isinstance(record, SavedMark))
    return Recovered(path, facts, strokes, marks) if strokes else None


def _write_whole(file: BinaryIO, record: bytes) -> None:
    """All of a record or nothing: half of one would hide what comes after it."""
    end = file.tell()
    try:
        written = 0
        while written < len(record):
            written += file.write(record[written:])  # a disk that fills up takes a part without complaint
    except OSError:
        file.seek(end)
        file.truncate()
        raise


def _in_use(path: Path) -> bool:
    with path.open("rb") as file:
        return not _lock(file, for_itself=False)


def _lock(file: BinaryIO, for_itself: bool) -> bool:
    """Lock an open file until it is closed or its program ends, however that ends. False if another one has it.

    for_itself: whether to keep out readers too. True also where the disk knows no locks.
    """
    place = file.tell()
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  (each system has its own)

            file.seek(_LONGEST_RECORD)  # far behind the content: Windows keeps others from reading locked bytes
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, (fcntl.LOCK_EX if for_itself else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    finally:
        file.seek(place)
    return True


def inverse(stroke: Patch) -> Patch:
    """The patch that takes a stroke back."""
    return Patch(tuple(type(piece)(piece.rectangle, piece.after, piece.before) for piece in stroke.pieces))


def _records(file: BinaryIO) -> Iterator[Patch | SavedMark]:
    while True:
        head = file.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return
        length, digest = _RECORD.unpack(head)
        content = file.read(min(length, _LONGEST_RECORD))
        if len(content) < length or hashlib.sha256(content).digest() != digest:
            return
        try:
            if content.startswith(_MARK):
                yield SavedMark.model_validate_json(content[len(_MARK) :])
            else:
                yield Patch.from_bytes(content)
        except ValueError:  # pydantic's too
            return


def _key(image: str) -> str:
    """A plain file name for an image's identity, whatever characters that has."""
    return hashlib.sha256(image_id(image).encode()).hexdigest()[:24]
