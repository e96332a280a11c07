"""Project: an ordered list of images to segment, with its classes."""

import functools
import json
import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared_folder.classes import BACKGROUND, BINARY, FOREGROUND, LAST_CLASS, LabelClass
from shared_folder.frames import MOST_CHANNELS, Pages
from shared_folder.layout import ProjectFolder, SharedFolder
from shared_folder.names import check_plain_name, find_colliders, image_id, is_debris
from shared_folder.publish import (
    FORMAT,
    AnyDocument,
    Document,
    make_folder,
    parse_document,
    publish,
    publish_document,
    read_content,
    read_document,
)
from shared_folder.refused import Refused

RANDOM_WEIGHTS = "random weights"
STARTER = "starter"
"""As a project's start model: the weights that come with the programs, which know lines and blobs but no classes."""
LEAST_SCALE, LARGEST_SCALE = 0.25, 4.0


class FormatMark(Document):
    """Our one key in the project file."""

    format: int = FORMAT
    reads_from: int = FORMAT
    """The oldest format whose programs can still write this project."""
    id: str = ""


class ProjectFile(BaseModel):
    """RootPainter's project file, with our one key. Unknown keys survive."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    dataset: str
    file_names: tuple[str, ...]
    original_model_file: str = RANDOM_WEIGHTS
    location: str = ""
    brushloop: FormatMark | None = None

    @field_validator("file_names")
    @classmethod
    def _plain(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            check_plain_name(name)
        return tuple(dict.fromkeys(names))  # a name given twice would lead "next" back to its first place for ever


class Source(Document):
    """Where an image came from."""

    path: str
    """The file's path relative to the folder that was chosen, or to the image root."""
    page: int | None = None
    """Page of a file with several, from 1."""
    channel_pages: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(), max_length=MOST_CHANNELS)
    """Pages that are this image's channels, from 1; nothing where one page holds all of it."""
    part: str = ""
    """Which image of the file it is, in words: time 2, slice 3."""
    rectangle: tuple[int, int, int, int] | None = None
    """The tile's place in the source: top, left, bottom, right in pixels."""
    reason: str = ""
    """Why the image has another name than its source."""

    @property
    def pages(self) -> Pages:
        """Its pages in the file, from 0; none for a file of one image."""
        one = (self.page,) if self.page is not None else ()
        return tuple(page - 1 for page in self.channel_pages or one)


class ProjectSettings(Document):
    """What else we know of a project. File: <project>/brushloop/project.json; absent in RootPainter's projects."""

    classes: tuple[LabelClass, ...] = BINARY
    image_root: str = ""
    """Name of the image root that holds the images; nothing: they lie in datasets/."""
    split: Literal["image", "source", "subfolder"] = "image"
    """What stays together in training or validation."""
    start_model: str = ""
    """File name of a model in brushloop/models/ to start from, or STARTER; nothing: from scratch."""
    scale: float | None = Field(default=None, ge=LEAST_SCALE, le=LARGEST_SCALE)
    """How much larger the network sees the images than they are; None: as suits the width of what is painted."""
    test_set: tuple[str, ...] = ()
    """File names of images that are annotated fully and never learned from: models are compared on them alone."""

    @field_validator("classes")
    @classmethod
    def _usable(cls, classes: tuple[LabelClass, ...]) -> tuple[LabelClass, ...]:
        ids = {known.id for known in classes}
        if len(ids) != len(classes) or not all(FOREGROUND <= known <= LAST_CLASS for known in ids):
            raise ValueError(f"classes must have different ids from {FOREGROUND} to {LAST_CLASS}")
        if all(known.merged_into is not None for known in classes):
            raise ValueError("at least one class must be left that is not merged into another")
        if not {known.merged_into for known in classes} <= ids | {BACKGROUND, None}:
            raise ValueError("a class can be merged only into one of the project")
        if not all(re.fullmatch("#[0-9A-Fa-f]{6}", known.colour) for known in classes):
            raise ValueError("a class's colour must be like #e41a1c")
        return classes


class Sources(Document):
    """File: <project>/brushloop/sources.json"""

    sources: dict[str, Source] = Field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """An open project: its file, settings and paths as they were read. Opening writes nothing."""

    shared: SharedFolder
    folder: ProjectFolder
    file: ProjectFile
    settings: ProjectSettings
    sources: Mapping[str, Source] = field(default_factory=dict)
    read_only: str = ""
    """Why nothing may be written, or nothing."""
    colliders: Mapping[str, str] = field(default_factory=dict)
    """Images that can't be annotated: another image (the value) has the same identity."""

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def location(self) -> str:
        """The project's name in desired states and statuses: "projects/<name>"."""
        return f"projects/{self.folder.root.name}"

    @property
    def is_rootpainters(self) -> bool:
        """Whether RootPainter made it: what it logs is continued."""
        return self.file.brushloop is None

    @property
    def dataset(self) -> Path:
        """The folder of its images, where it is expected."""
        return self.shared.datasets / inner_path(self.file.dataset, "dataset")

    @property
    def dataset_root(self) -> str:
        """The name under which a machine remembers where the dataset has moved to: among its image roots."""
        return f"datasets/{self.file.dataset}"

    @property
    def images(self) -> tuple[str, ...]:
        """File names of its images in the order of annotation."""
        return self.file.file_names

    @property
    def classes(self) -> tuple[LabelClass, ...]:
        """Classes to find, without background."""
        return self.settings.classes

    @functools.cached_property
    def by_id(self) -> Mapping[str, str]:
        """Image id to file name; of several with one id the first, which alone can be annotated."""
        return {image_id(name): name for name in reversed(self.images)}

    @functools.cached_property
    def test_set(self) -> frozenset[str]:
        """Ids of the test images."""
        return frozenset(image_id(name) for name in self.settings.test_set)

    def is_test(self, name: str) -> bool:
        """Whether an image is never learned from, only measured on."""
        return image_id(name) in self.test_set

    def image_path(self, name: str, roots: Mapping[str, Path] | None = None) -> Path:
        """Where an image lies on this machine. roots: image roots by name. Refuses a root it doesn't know."""
        root_name = self.settings.image_root
        if not root_name:
            return (roots or {}).get(self.dataset_root, self.dataset) / name
        root = (roots or {}).get(root_name)
        if root is None:
            raise Refused(
                f'The images of "{self.name}" lie in the image root "{root_name}", which this machine has not been '
                f"told. In the window choose its folder; start a trainer with --images {root_name}=FOLDER."
            )
        source = self.sources.get(name)
        return root / inner_path(source.path if source else name, name)

    def image_place(self, name: str, roots: Mapping[str, Path] | None = None) -> tuple[Path, Pages]:
        """An image's file on this machine, and its pages there. Images that were copied have a file each."""
        source = self.sources.get(name)
        pages = source.pages if self.settings.image_root and source is not None else ()
        return self.image_path(name, roots), pages

    def segmentation_path(self, name: str) -> Path:
        return self.folder.segmentations / label_name(name)

    def latest_path(self, name: str) -> Path:
        return self.folder.latest / label_name(name)

    def uncertainty_path(self, name: str) -> Path:
        return self.folder.uncertainty / label_name(name)

    def shown_path(self, name: str) -> Path:
        return self.folder.shown / label_name(name)

    def group(self, name: str) -> str:
        """Images of one group are never split between training and validation."""
        source = self.sources.get(name)
        if self.settings.split == "image" or source is None:
            return image_id(name)
        if self.settings.split == "source":
            return source.path
        return PurePosixPath(source.path).parent.as_posix()


def label_name(image_name: str) -> str:
    """Name of an image's annotation and segmentation files: RootPainter's <stem>.png."""
    return f"{Path(image_name).stem}.png"


def inner_path(relative: str, what: str) -> Path:
    """A relative path that a file names, refused when it leads out of the folder it is relative to."""
    path = PurePosixPath(relative.replace("\\", "/"))
    # A drive is refused on every system; other colons are good in names elsewhere than on Windows.
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(relative).drive or "\0" in relative:
        raise Refused(
            f'{what}: the path "{relative}" leads out of the shared folder. Correct it in the project file.'
        )
    return Path(*path.parts)


def open_project(path: Path) -> Project:
    """Open a project by its .seg_proj file or its folder. Writes nothing. Refuses what can't be used."""
    path = _place(path)
    folder = ProjectFolder(path if path.is_dir() else path.parent)
    file_path = folder.file if path.is_dir() else path
    try:
        file = read_document(file_path, ProjectFile)
    except FileNotFoundError:
        raise Refused(
            f"{file_path}: there is no such project file. Choose a folder that holds a .seg_proj."
        ) from None
    inner_path(file.dataset, f"{file_path.name}: dataset")
    shared = SharedFolder(folder.root.parent.parent)
    settings, sources = _read(folder.settings, ProjectSettings), _read(folder.sources, Sources)
    arrived = file.brushloop is None or (settings is not None and sources is not None)
    return Project(
        shared=shared,
        folder=folder,
        file=file,
        settings=settings or ProjectSettings(),
        sources=(sources or Sources()).sources,
        read_only=_newer(file) or ("" if arrived else _incomplete(file)) or _led_out(shared, folder),
        colliders=find_colliders(file.file_names),
    )


def create_project(
    shared: SharedFolder,
    name: str,
    dataset: str,
    file_names: tuple[str, ...],
    settings: ProjectSettings | None = None,
    sources: Mapping[str, Source] | None = None,
) -> Project:
    """Write a new project; its file comes last, so that a half-made project is none.

    dataset: folder below datasets/ (or a label for it when the images lie in an image root).
    file_names: in the order of annotation. Refuses a name that is taken or no plain file name.
    """
    check_plain_name(name)
    folder = shared.project(name)
    if folder.file.exists():
        raise Refused(f'There is a project "{name}" already. Open it, or choose another name.')
    file = ProjectFile(
        name=name,
        dataset=dataset,
        file_names=file_names,
        location=f"projects/{name}",
        brushloop=FormatMark(id=str(uuid.uuid4())),
    )
    for made in (*_written(folder), folder.root / "models", folder.root / "messages", folder.root / "logs"):
        make_folder(made)
    publish_document(folder.settings, settings or ProjectSettings())
    publish_document(folder.sources, Sources(sources=dict(sources or {})))
    publish(folder.file, json.dumps(file.model_dump(mode="json"), indent=1).encode())
    return open_project(folder.file)


def change_test_set(project: Project, name: str, wanted: bool) -> Project:
    """Take an image into the test set, or out of it. Returns the project with its settings as they are then."""

    def test_set(now: ProjectSettings) -> tuple[str, ...]:
        others = tuple(each for each in now.test_set if image_id(each) != image_id(name))
        return (*others, name) if wanted else others

    return change_settings(project, lambda now: {"test_set": test_set(now)})


def change_scale(project: Project, scale: float | None) -> Project:
    """Have the network see the images this much larger than they are; trainers heed it while they learn.

    scale: LEAST_SCALE to LARGEST_SCALE, else ValueError; None: as suits the width of what is painted. Returns the
    project with its settings as they are then.
    """
    if scale is not None and not LEAST_SCALE <= scale <= LARGEST_SCALE:
        raise ValueError(f"a scale is from {LEAST_SCALE} to {LARGEST_SCALE}, not {scale}")
    return change_settings(project, lambda _: {"scale": scale})


def change_settings(project: Project, change: Callable[[ProjectSettings], Mapping[str, object]]) -> Project:
    """Write other values of some settings, by name. change: gets the settings as their file holds them now.

    Whatever else the file holds stays, keys that this program doesn't know among it. Returns the project with its
    settings as they are then. Refuses a project that can't be written.
    """
    if project.read_only:
        raise Refused(project.read_only)
    path = project.folder.settings
    try:
        content = read_content(path)
    except FileNotFoundError:
        if project.file.brushloop is not None:
            raise Refused(_incomplete(project.file)) from None
        content = b"{}"  # a project of RootPainter's: this is its first setting of ours
    known = parse_document(content, path.name, ProjectSettings)
    changed = change(known)
    settings = ProjectSettings.model_validate(known.model_dump() | dict(changed))
    kept, written = json.loads(content), settings.model_dump(mode="json", include=set(changed))
    if "classes" in written:
        before = {each["id"]: each for each in kept.get("classes", ())}
        written["classes"] = [before.get(each["id"], {}) | each for each in written["classes"]]
    publish(path, json.dumps(kept | written, indent=1, ensure_ascii=False).encode())
    return replace(project, settings=settings)


def read_settings(folder: ProjectFolder) -> ProjectSettings:
    """A project's settings as its file holds them now; somebody else may have changed them since it was opened."""
    return _read(folder.settings, ProjectSettings) or ProjectSettings()


def list_projects(shared: SharedFolder) -> list[Path]:
    """Project files of a shared folder, by name; hidden ones and conflict copies aside."""
    if not shared.projects.is_dir():
        return []
    files = shared.projects.glob("*/*.seg_proj")
    return sorted(path for path in files if not is_debris(path.name) and not path.parent.name.startswith("."))


def _place(path: Path) -> Path:
    """An absolute path. A link to a project from elsewhere is followed, one in projects/ is not."""
    plain = Path(os.path.abspath(path))  # noqa: PTH100 (resolve() follows links)
    folder = plain if plain.is_dir() else plain.parent
    return plain if folder.parent.name == "projects" else path.resolve()


def _written(folder: ProjectFolder) -> tuple[Path, ...]:
    """The folders of a project that our programs write in."""
    annotations = folder.train, folder.validation
    masks = folder.segmentations, folder.latest, folder.shown, folder.uncertainty
    return (*annotations, *masks, folder.models, folder.inspections, folder.reviews, folder.notes)


def _newer(file: ProjectFile) -> str:
    if file.brushloop is not None and file.brushloop.reads_from > FORMAT:
        return (
            f'"{file.name}" was written by a newer Brushloop (format {file.brushloop.format}). '
            "You can look at it; update Brushloop to change it."
        )
    return ""


def _incomplete(file: ProjectFile) -> str:
    """Its classes are not known yet: what was painted now could be taken for another class."""
    return (
        f'"{file.name}" has not arrived whole: project.json or sources.json is missing in its brushloop folder. '
        "Wait until the folder is synchronised and open it again, or restore them from a copy."
    )


def _led_out(shared: SharedFolder, folder: ProjectFolder) -> str:
    """Links are the one way in which a folder's content could make us write elsewhere on this machine."""
    root = shared.root.resolve()
    for place in (folder.root, folder.ours, folder.conflicts, *_written(folder)):
        if not place.resolve().is_relative_to(root):
            return (
                f"{place} is a link that leads out of the shared folder, so nothing is written in this project. "
                "Put a folder in the link's place."
            )
    return ""


def _read(path: Path, kind: type[AnyDocument]) -> AnyDocument | None:
    try:
        return read_document(path, kind)
    except FileNotFoundError:
        return None
