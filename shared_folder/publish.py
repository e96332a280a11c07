"""Whole files or none, and reading what may still be arriving.

A file is written to a hidden draft beside its target, flushed to the disk and renamed into place, so that a
reader on any machine sees the old file or the new one. Drafts end in `.part`: RootPainter's client counts every
`.png` of an annotation folder, hidden ones too.
"""

import codecs
import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared_folder.refused import Refused

FORMAT = 1
"""The version of the folder's contract that this program writes and reads."""

_LOCKED_SECONDS = 2.0  # how long a virus scanner or a synchroniser may hold a target on Windows
_NEW_FILE_MODE = 0o666  # less the umask, as any program's new file
_LONGEST_DOCUMENT = 200_000_000  # bytes; a project of a million images takes half of it


class Document(BaseModel):
    """A small JSON file of the contract. Keys that a newer program added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


AnyDocument = TypeVar("AnyDocument", bound=BaseModel)


def publish(path: Path, content: bytes) -> None:
    """Replace a file by one with this content: all of it, or the old file stays. Makes the folder if need be."""
    make_folder(path.parent)
    # Without the target's name: RootPainter's names may take all of the 255 bytes that a file system gives.
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _NEW_FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_group(draft)
        patiently(lambda: draft.replace(path))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def publish_document(path: Path, document: BaseModel) -> None:
    publish(path, document.model_dump_json(indent=1).encode())


def read_document(path: Path, kind: type[AnyDocument]) -> AnyDocument:
    """Parse a JSON file at the door. Refuses one that is damaged or not of this kind; FileNotFoundError if none."""
    return parse_document(read_content(path), path.name, kind)


def read_content(path: Path) -> bytes:
    """The JSON of a file. Refuses one that is longer than any of ours; FileNotFoundError if none."""
    with path.open("rb") as file:
        content = file.read(_LONGEST_DOCUMENT + 1)
    if len(content) > _LONGEST_DOCUMENT:
        raise Refused(f"{path.name}: is longer than any such file. Restore it from a copy or delete it.")
    return content.removeprefix(codecs.BOM_UTF8)  # editors on Windows put a mark first


def parse_document(content: bytes, name: str, kind: type[AnyDocument]) -> AnyDocument:
    """Parse the content of a file called `name`. Refuses what is damaged or not of this kind."""
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Refused(f"{name}: {where}: {first['msg']}. Restore the file from a copy or delete it.") from error


def read_documents(folder: Path, kind: type[AnyDocument]) -> tuple[dict[str, AnyDocument], list[str]]:
    """All documents of a folder by id (the stem), and a sentence for each that was refused."""
    found: dict[str, AnyDocument] = {}
    refusals: list[str] = []
    if not folder.is_dir():
        return found, refusals
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json" and not path.name.startswith("."):
            try:
                found[path.stem] = read_document(path, kind)
            except FileNotFoundError:
                continue  # deleted between listing and reading
            except Refused as refusal:
                refusals.append(str(refusal))
            except OSError as error:
                refusals.append(f"{path.name}: can't be read ({error.strerror}). Check its permissions.")
    return found, refusals


def patiently(action: Callable[[], object], seconds: float = _LOCKED_SECONDS) -> None:
    """Try again while another program holds a file (PermissionError), for at most so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            action()
            return
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, with the group of the folder that they are in. One that exists is fine."""
    if path.is_dir():
        return
    if path.parent != path:  # else a drive that is gone, which mkdir names
        make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _take_group(path)


def _take_group(made: Path) -> None:
    """Give a file or folder its parent's group, as a set-group-id folder would, where the system allows it."""
    if hasattr(os, "chown"):
        group = made.parent.stat().st_gid
        if made.stat().st_gid != group:
            with contextlib.suppress(OSError):
                os.chown(made, -1, group)
