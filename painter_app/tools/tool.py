"""What a tool for folders is: what it asks for, and what it does. The window and the command line are made of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from painter_app.marking import marked
from shared_folder.images import IMAGE_SUFFIXES
from shared_folder.names import image_id, is_debris
from shared_folder.refused import Refused

Progress = Callable[[int, int], None]
"""How many files are done, and of how many. Whatever it raises ends the work; what was written until then stays."""
Values = Mapping[str, Any]
"""What was chosen, by the entries' names: a Path, several, a text or a number, as its kind says."""
MASK_SUFFIXES = frozenset({".png", ".npz"})
Item = TypeVar("Item")


class Kind(StrEnum):
    """What an entry asks for."""

    FOLDER = "folder"  # that is there
    NEW_FOLDER = "new folder"  # made if need be
    NEW_FILE = "new file"
    CHOICE = "choice"
    FILES = "files"  # one or more that are there; default: their endings
    NUMBER = "number"  # whole


@dataclass(frozen=True)
class Entry:
    """One thing that a tool asks for. name: the option's, too. label: in a form; tip: more of it."""

    name: str
    label: str
    tip: str
    kind: Kind
    default: str | int = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Values, and what they are called."""
    least: int = 0
    most: int = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What became of the work."""

    done: int
    """Files that were measured or written."""
    refused: tuple[str, ...] = ()
    """A sentence for each that could not be used."""


@dataclass(frozen=True)
class Tool:
    """name: of its command and action. title: in the menu; does: a sentence in its dialog and help."""

    name: str
    title: str
    does: str
    entries: tuple[Entry, ...]
    run: Callable[[Values, Progress], Outcome]
    example: str
    """Arguments of its command."""


def for_each(items: Sequence[Item], do: Callable[[Item], None], progress: Progress) -> Outcome:
    """Do something with each; what is refused is told in the end, and the rest goes on."""
    done, refused = 0, []
    for number, item in enumerate(items):
        progress(number, len(items))
        try:
            do(item)
        except Refused as refusal:
            refused.append(str(refusal))
        except OSError as error:
            refused.append(f"{error.filename or item}: {error.strerror}.")
        else:
            done += 1
    progress(len(items), len(items))
    return Outcome(done, tuple(refused))


def masks_in(folder: Path) -> list[Path]:
    """Masks by name. Refuses a folder without any."""
    found = _files_in(folder, MASK_SUFFIXES)
    if not found:
        raise Refused(f"{folder}: there are no masks in it (PNG, NPZ). Choose another folder.")
    return found


def images_in(folder: Path) -> list[Path]:
    """Images by name, those of subfolders aside. Refuses a folder without any."""
    found = _files_in(folder, IMAGE_SUFFIXES)
    if not found:
        raise Refused(f"{folder}: there are no images in it (PNG, JPEG, TIFF, BMP, WebP).")
    return found


def _files_in(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    """The files of a folder with these endings (lower case), by name."""
    if not folder.is_dir():
        raise Refused(f"{folder}: there is no such folder.")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and not is_debris(path.name))


def by_image(folder: Path) -> dict[str, Path]:
    """Masks or annotations by the image that they belong to; none where the folder is missing."""
    if not folder.is_dir():
        return {}
    files = (path for path in folder.iterdir() if path.suffix.lower() in MASK_SUFFIXES and not is_debris(path.name))
    return {image_id(path.name): path for path in sorted(files)}


def fresh(path: Path) -> Path:
    """A path to write. Refuses one that is there already: nothing is written over."""
    if path.exists():
        raise Refused(f"{path}: is there already. Move it away, or choose another place.")
    return path


def outside(to: Path, *sources: Path) -> None:
    """Refuse to write into a folder that is read from."""
    for source in sources:
        if to.resolve() == source.resolve():
            raise Refused(f"{to}: is read from. Choose another folder to write to.")


FROM_MASKS = Entry(
    "masks", marked("&Masks"), marked("Folder of masks, in any of the formats that are exported"), Kind.FOLDER
)
FROM_IMAGES = Entry("images", marked("&Images"), marked("Folder of images"), Kind.FOLDER)
TO_FOLDER = Entry(
    "to",
    marked("&To"),
    marked("Folder to write to; made if it isn't there, and nothing in it is replaced"),
    Kind.NEW_FOLDER,
)
TO_CSV = Entry("to", marked("&To"), marked("The table to write (CSV)"), Kind.NEW_FILE, ".csv")
