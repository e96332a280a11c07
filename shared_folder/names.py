"""One identity for each image, names that every system accepts, and names that aren't files of ours at all.

An image's id is its stem, in one Unicode form (NFC) and without upper and lower case: annotations and masks are
`<stem>.png`, and file systems disagree on whether `Leaf.png` and `leaf.png` are one file.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shared_folder.images import IMAGE_SUFFIXES
from shared_folder.refused import Refused

LONGEST_NAME = 120
"""Bytes (UTF-8) of a planned name: leaves room below file systems' 255 for pages, drafts and conflict copies."""

_WINDOWS_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]) *(\..*)?",
    re.IGNORECASE,
)
"""Microsoft, Naming Files, Paths, and Namespaces: reserved with any extension."""
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_FORBIDDEN = re.compile(rf'[{_CONTROL}<>:"/\\|?*\ud800-\udfff]')
"""What Windows forbids in names, and half characters that come from names that aren't UTF-8."""

_DEBRIS = re.compile(
    r"""
    \..*                        # hidden: .DS_Store, ._x, .~lock.x#, .fuse_hidden*, .nfs*, .syncthing.*.tmp, drafts
    | ~\$.* | ~syncthing~.*     # Office's locks, Syncthing on Windows
    | .*~                       # editors' backups
    | .*\.(part|partial|filepart|tmp|temp|crdownload|download|opdownload|swp|!sync|bts|drivedownload|driveupload)
    | thumbs\.db | ehthumbs\.db | desktop\.ini | icon\r
    | @eadir | __macosx | \$recycle\.bin | system\ volume\ information | lost\+found
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_CONFLICT = re.compile(
    r"""
    \.sync-conflict-\d{8}-\d{6}-[0-9a-z]{7}                             # Syncthing
    | \ \(([^()]*['’]s?\ )?conflicted\ copy[^()]*\)                     # Dropbox, Nextcloud
    | \ \((case|unicode\ encoding|selective\ sync)\ conflict[^()]*\)    # Dropbox
    | \ \(sfconflict[^()]*\)                                            # Seafile
    | _conflict-\d{8}-\d{6}                                             # ownCloud
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMBERED = re.compile(r" \(\d+\)(?=(\.[^.]*)?$)")
"""Google Drive's second file of one name, but also many a camera's or browser's only one."""


def image_id(file_name: str) -> str:
    """The identity of an image or of anything made of it: `Leaf.JPG` and `leaf.png` are one image."""
    stem = _stem(file_name)
    if stem.isascii():
        return stem.lower()
    folded = unicodedata.normalize("NFC", stem).casefold()
    return unicodedata.normalize("NFC", folded)


def _stem(file_name: str) -> str:
    """As of PurePosixPath, which takes twenty times as long: projects have 100,000 names."""
    if "/" in file_name or file_name == ".":
        return PurePosixPath(file_name).stem
    dot = file_name.rfind(".")
    return file_name[:dot] if 0 < dot < len(file_name) - 1 else file_name


def natural_key(text: str) -> tuple[tuple[str | int, ...], str]:
    """Sorts `leaf 9` before `leaf 10`, without case; the text itself decides between equals."""
    parts = re.split(r"([0-9]+)", text.casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), text


def is_debris(file_name: str) -> bool:
    """Whether cloud folders, systems and programs give such names to partial, temporary, hidden or conflicting files.

    OneDrive's `-HOSTNAME` and Google Drive's ` (1)` can't be told from a user's own names, so those stay.
    """
    return _DEBRIS.fullmatch(file_name) is not None or _CONFLICT.search(file_name) is not None


def conflict_of(file_name: str, beside: Collection[str] = ()) -> str | None:
    """The name of the file that a conflict copy is another version of; None if this isn't one.

    beside: the names in the same folder. ` (1)` counts as Google Drive's conflict only if the original is among them.
    """
    original = _CONFLICT.sub("", file_name)
    if original != file_name:
        return original
    unnumbered = _NUMBERED.sub("", file_name)
    return unnumbered if unnumbered != file_name and unnumbered in beside else None


def check_plain_name(name: str) -> str:
    """The name itself, if it is one file's in one folder, on every system. For names that come from other files."""
    shown = ascii(name[:80])
    if not name.strip(" .") or len(name.encode(errors="surrogatepass")) > 255:
        raise Refused(f"{shown} is not a file's name; it must be 1 to 255 bytes and more than dots and spaces.")
    if re.search(r"[/\\]", name) or re.match(r"[A-Za-z]:", name):
        raise Refused(f"{shown} is a path where a file's name is wanted; leave out its folders.")
    if re.search(rf"[{_CONTROL}\ud800-\udfff]", name):
        raise Refused(f"{shown} has control or broken characters in it; rename the file.")
    if _WINDOWS_RESERVED.fullmatch(name):
        raise Refused(f"{shown} is the name of a device in Windows; rename the file.")
    return name


@dataclass(frozen=True)
class PlannedName:
    """Where an image comes from and what it is called in the project."""

    source: PurePosixPath
    """Relative to the folder of images."""
    name: str
    reason: str = ""
    """Why it isn't called what it was; empty if it is. In words for the user."""


def plan_names(relative_paths: Iterable[PurePosixPath]) -> list[PlannedName]:
    """A flat, unique, portable name for each image of a folder that was read recursively, in the order given.

    The same paths get the same names. The first of several with one identity keeps its name; no renamed file takes a
    name that another one has by itself.
    """
    wanted = [(source, *_portable(source)) for source in relative_paths]
    taken: set[str] = set()
    first = []
    for _, name, _ in wanted:
        first.append(image_id(name) not in taken)
        taken.add(image_id(name))
    planned = []
    numbers: dict[str, int] = {}  # the last one given to each identity
    for (source, name, reasons), is_first in zip(wanted, first, strict=True):
        if is_first:
            planned.append(PlannedName(source, name, "; ".join(reasons)))
            continue
        number = numbers.get(image_id(name), 1) + 1
        while image_id(unique := _numbered(name, source, number)) in taken:
            number += 1
        numbers[image_id(name)] = number
        taken.add(image_id(unique))
        planned.append(PlannedName(source, unique, "; ".join([*reasons, "another image has this name"])))
    return planned


def find_colliders(file_names: Iterable[str]) -> dict[str, str]:
    """In an existing project: each file whose identity an earlier one has, and that earlier one's name."""
    owners: dict[str, str] = {}
    colliders = {}
    for name in file_names:
        owner = owners.setdefault(image_id(name), name)
        if owner != name:
            colliders[name] = owner
    return colliders


def walk_images(folder: Path) -> Iterator[PurePosixPath]:
    """The images of a folder and its subfolders, relative to it, in natural order, as they are found.

    By suffix; debris and hidden files and folders are passed. Folders behind symbolic links are not entered: they may
    lead out of the folder, or round in circles. Raises Refused where a folder can't be listed.
    """
    yield from _walk(folder, PurePosixPath())


def list_images(folder: Path) -> list[PurePosixPath]:
    """All that `walk_images` finds."""
    return list(walk_images(folder))


def _walk(folder: Path, relative: PurePosixPath) -> Iterator[PurePosixPath]:
    try:
        with os.scandir(folder / relative) as entries:
            found = sorted(entries, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        place = folder / relative
        raise Refused(f"{place}: this folder can't be listed ({error.strerror}); check its permissions.") from error
    for entry in found:
        # A photograph may well be called "plant (conflicted copy 2024-01-01).jpg": it is never hidden from its owner.
        if is_debris(entry.name) and conflict_of(entry.name) is None:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, relative / entry.name)
        elif PurePosixPath(entry.name).suffix.lower() in IMAGE_SUFFIXES and entry.is_file():
            yield relative / entry.name


def _portable(source: PurePosixPath) -> tuple[str, list[str]]:
    """A name that every system accepts, and what had to be changed for it."""
    if source.is_absolute() or ".." in source.parts or not source.name:
        raise ValueError(f"{source} does not lie inside the folder of images")
    reasons = []
    joined = "__".join(source.parts)
    if len(source.parts) > 1:
        reasons.append("was in a subfolder")
    name = unicodedata.normalize("NFC", joined)
    if name != joined:
        reasons.append("accents are written in one form")
    clean = _FORBIDDEN.sub("_", name)
    stem, suffix = PurePosixPath(clean).stem, PurePosixPath(clean).suffix.rstrip(" .")
    clean = (re.sub(r"^\.", "_", stem.rstrip(" .").lstrip(" ")) or "image") + suffix
    if clean != name:
        reasons.append("has characters that some systems don't allow")
    if _CONFLICT.search(clean):
        clean = _CONFLICT.sub(lambda found: "_" + re.sub(r"\W+", "_", found.group()).strip("_"), clean)
        reasons.append("looks like a cloud folder's conflict copy")
    if _WINDOWS_RESERVED.fullmatch(clean):
        clean = "_" + clean
        reasons.append("is the name of a device in Windows")
    if len(clean.encode()) > LONGEST_NAME:
        clean = _cut(clean, f"_{_fingerprint(source)}")
        reasons.append("was too long")
    return clean, reasons


def _numbered(name: str, source: PurePosixPath, number: int) -> str:
    """`leaf_2.png`, still within LONGEST_NAME."""
    path, tag = PurePosixPath(name), f"_{number}"
    unique = f"{path.stem}{tag}{path.suffix}"
    return unique if len(unique.encode()) <= LONGEST_NAME else _cut(name, f"_{_fingerprint(source)}{tag}")


def _cut(name: str, tag: str) -> str:
    """Shorten the stem so that name and tag fit, between whole characters."""
    path = PurePosixPath(name)
    suffix = path.suffix if len(path.suffix.encode()) <= 16 else ""
    room = LONGEST_NAME - len((tag + suffix).encode())
    stem = path.stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{stem}{tag}{suffix}"


def _fingerprint(source: PurePosixPath) -> str:
    """Tells cut names apart, and the same on every machine."""
    return hashlib.sha256(str(source).encode(errors="surrogatepass")).hexdigest()[:8]
