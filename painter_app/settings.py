"""What this user chose, in one JSON file of her own; and where her files lie on each system."""

import getpass
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, FiniteFloat

from shared_folder.publish import Document, publish_document, read_document
from shared_folder.refused import Refused

ROOTPAINTER_SETTINGS = "root_painter_settings.json"


_FOLDERS_KEPT = 8


@dataclass(frozen=True)
class UserFolders:
    """Folders of one user on this machine. home is only read, for the settings that RootPainter left there."""

    config: Path
    state: Path
    """Journals and logs."""
    home: Path

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def journals(self) -> Path:
        return self.state / "journals"

    @property
    def log(self) -> Path:
        return self.state / "brushloop.log"

    @property
    def trainer_log(self) -> Path:
        return self.state / "trainer.log"


def user_folders(
    environment: Mapping[str, str] = os.environ, system: str = sys.platform, home: Path | None = None
) -> UserFolders:
    """Where the system at hand keeps a program's settings and state."""
    at_home = home or Path.home()
    if system == "win32":
        config = Path(environment.get("APPDATA") or at_home / "AppData" / "Roaming") / "Brushloop"
        state = Path(environment.get("LOCALAPPDATA") or at_home / "AppData" / "Local") / "Brushloop"
    elif system == "darwin":
        config = state = at_home / "Library" / "Application Support" / "Brushloop"
    else:
        config = Path(environment.get("XDG_CONFIG_HOME") or at_home / ".config") / "brushloop"
        state = Path(environment.get("XDG_STATE_HOME") or at_home / ".local" / "state") / "brushloop"
    return UserFolders(config, state, at_home)


class ChannelChosen(Document):
    """How one channel is shown, as `shared_folder/channels.py` has it."""

    shown: bool = True
    colour: str = Field(default="#ffffff", pattern="^#[0-9a-fA-F]{6}$")
    black: FiniteFloat = 0.0
    white: FiniteFloat = 1.0
    gamma: float = Field(default=1.0, ge=0.25, le=4.0)


class ToneChosen(Document):
    """How bright a project's images are shown, as `canvas/tone.py` has it."""

    black: int = Field(default=0, ge=0, le=254)
    white: int = Field(default=255, ge=1, le=255)
    gamma: float = Field(default=1.0, ge=0.25, le=4.0)
    local: float = Field(default=0.0, ge=0, le=1)
    channels: tuple[ChannelChosen, ...] = Field(default=(), max_length=1000)


class ViewChosen(Document):
    """What she saw of the image that was open last."""

    image: str
    zoom: float = Field(ge=1 / 64, le=64.0)
    """The screen's pixels for each of the image's."""
    row: float
    column: float
    """The image's point in the middle of the canvas."""


class Settings(Document):
    """What this user chose."""

    painter: str = Field(default_factory=lambda: secrets.token_hex(6))
    """Names her files in shared folders; made once."""
    person: str = ""
    shared_folder: str = ""
    shared_folders: tuple[str, ...] = ()
    """Those that were in use before, the latest first."""
    image_roots: dict[str, str] = Field(default_factory=dict)
    """Where this machine keeps the images of each named image root."""
    source_folders: dict[str, str] = Field(default_factory=dict)
    """Where the images of a project were taken from, by project file: what its tiles were cut from is there."""
    masks_ahead: int = Field(default=6, ge=0, le=50)
    """How many of the next images have their masks made before she gets there."""
    theme: Literal["system", "light", "dark"] = "system"
    language: str = "system"
    """A language's code, such as "de", or that of the desktop. One that isn't there is English."""
    geometry: str = ""
    """The window's place and size, as Qt saves it, in base64."""
    panel_heights: tuple[int, ...] = ()
    """Of the trainer's panel and the list of images, in pixels; none before the first close."""
    view: ViewChosen | None = None
    """None where the whole image was in view."""
    brush_diameter: float = Field(default=20.0, ge=1.0, le=1000.0)
    """In image pixels."""
    hints: tuple[str, ...] | None = None
    """Names of the hints that are still to be shown; None before the first project."""
    pressure_sizes_brush: bool = False
    """Whether a pen paints the wider, the harder it is pressed."""
    fill_tolerance: float = Field(default=20.0, ge=1.0, le=255.0)
    """Of fills by colour, in grey levels."""
    keys: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of the actions that don't have their usual ones, by the actions' names; `keys.read_keys` checks them."""
    tones: dict[str, ToneChosen] = Field(default_factory=dict)
    """Where images aren't shown as they are, by project file."""
    last_project: str = ""
    last_images: dict[str, str] = Field(default_factory=dict)
    """The image that was open last, by project file."""

    def roots(self) -> dict[str, Path]:
        return {name: Path(folder) for name, folder in self.image_roots.items()}


class SettingsFile:
    """The settings and their file. `refusal` says why the file could not be used, if so."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refusal = ""
        self._written: Settings | None = None  # none until the file holds them
        try:
            self.now = self._written = read_document(path, Settings)
        except FileNotFoundError:
            self.now = Settings(person=_login())
        except (Refused, OSError) as error:
            self.now = Settings(person=_login())
            self.refusal = f"Your settings could not be read and start anew: {error}"

    def change(self, **changes: Any) -> None:
        """Set some settings, in memory; `save` writes them."""
        self.now = Settings.model_validate({**self.now.model_dump(), **changes})

    def use_folder(self, folder: Path) -> None:
        """Another shared folder; the former ones are remembered."""
        known = [str(folder), self.now.shared_folder, *self.now.shared_folders]
        former = tuple(dict.fromkeys(known))[1 : _FOLDERS_KEPT + 1]
        self.change(shared_folder=str(folder), shared_folders=tuple(each for each in former if each))

    def remember_image(self, project: Path, name: str) -> None:
        """The image that is open in a project, given by its file; the project opened latest comes last."""
        others = {known: image for known, image in self.now.last_images.items() if known != str(project)}
        self.change(last_project=str(project), last_images={**others, str(project): name})

    def remember_source(self, project: Path, folder: Path) -> None:
        """The folder that a project's images were taken from. project: its file."""
        self.change(source_folders={**self.now.source_folders, str(project): str(folder)})

    def save(self) -> None:
        """Write the file if something changed; belongs into a worker."""
        wanted = self.now
        if wanted != self._written:
            publish_document(self.path, wanted)
            self._written = wanted


def rootpainter_folder(home: Path) -> Path | None:
    """The shared folder that RootPainter's settings name, if there is one."""
    try:
        named = json.loads((home / ROOTPAINTER_SETTINGS).read_text(encoding="utf-8"))["sync_dir"]
        folder = Path(named).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
