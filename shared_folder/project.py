"""Project: an ordered list of images to segment, with its classes."""

import functools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared_folder.classes import BINARY, LabelClass
from shared_folder.layout import ProjectFolder, SharedFolder
from shared_folder.names import check_plain_name, find_colliders, image_id
from shared_folder.publish import FORMAT, Document, publish, publish_document, read_document
from shared_folder.refused import Refused

RANDOM_WEIGHTS = "random weights"


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
        return names


class Source(Document):
    """Where an image came from."""

    path: str
    """The file's path relative to the folder that was chosen, or to the image root."""
    page: int | None = None
    """Page of a file with several, from 1."""
    rectangle: tuple[int, int, int, int] | None = None
    """The tile's place in the source: top, left, bottom, right in pixels."""
    reason: str = ""
    """Why the image has another name than its source."""


class ProjectSettings(Document):
    """What else we know of a project. File: <project>/brushloop/project.json; absent in RootPainter's projects."""

    classes: tuple[LabelClass, ...] = BINARY
    image_root: str = ""
    """Name of the image root that holds the images; nothing: they lie in datasets/."""
    split: Literal["image", "source", "subfolder"] = "image"
    """What stays together in training or validation."""
    start_model: str = ""
    """File name of a model in brushloop/models/ to start from; nothing: from scratch."""


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

    def image_path(self, name: str, roots: Mapping[str, Path] | None = None) -> Path:
        """Where an image lies on this machine. roots: image roots by name. Refuses a root it doesn't know."""
        root_name = self.settings.image_root
        if not root_name:
            return self.shared.datasets / inner_path(self.file.dataset, "dataset") / name
        root = (roots or {}).get(root_name)
        if root is None:
            raise Refused(
                f'The images of "{self.name}" lie in the image root "{root_name}", which this machine has not been '
                f"told. In the window choose its folder; start a trainer with --images {root_name}=FOLDER."
            )
        source = self.sources.get(name)
        return root / inner_path(source.path if source else name, name)

    def segmentation_path(self, name: str) -> Path:
        return self.folder.segmentations / label_name(name)

    def latest_path(self, name: str) -> Path:
        return self.folder.latest / label_name(name)

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
    if path.is_absolute() or ".." in path.parts or ":" in relative or "\0" in relative:
        raise Refused(
            f'{what}: the path "{relative}" leads out of the shared folder. Correct it in the project file.'
        )
    return Path(*path.parts)


def open_project(path: Path) -> Project:
    """Open a project by its .seg_proj file or its folder. Writes nothing. Refuses what can't be used."""
    folder = ProjectFolder(path.resolve() if path.is_dir() else path.resolve().parent)
    file_path = folder.file if path.is_dir() else path.resolve()
    try:
        file = read_document(file_path, ProjectFile)
    except FileNotFoundError:
        raise Refused(
            f"{file_path}: there is no such project file. Choose a folder that holds a .seg_proj."
        ) from None
    inner_path(file.dataset, f"{file_path.name}: dataset")
    return Project(
        shared=SharedFolder(folder.root.parent.parent),
        folder=folder,
        file=file,
        settings=_read_or(folder.settings, ProjectSettings()),
        sources=_read_or(folder.sources, Sources()).sources,
        read_only=_read_only(file),
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
    for made in (
        folder.train,
        folder.validation,
        folder.segmentations,
        folder.root / "models",
        folder.models,
        folder.root / "messages",
        folder.root / "logs",
        folder.latest,
        folder.shown,
        folder.reviews,
    ):
        made.mkdir(parents=True, exist_ok=True)
    publish_document(folder.settings, settings or ProjectSettings())
    publish_document(folder.sources, Sources(sources=dict(sources or {})))
    publish(folder.file, json.dumps(file.model_dump(mode="json"), indent=1).encode())
    return open_project(folder.file)


def list_projects(shared: SharedFolder) -> list[Path]:
    """Project files of a shared folder, by name."""
    return sorted(shared.projects.glob("*/*.seg_proj")) if shared.projects.is_dir() else []


def _read_only(file: ProjectFile) -> str:
    if file.brushloop is not None and file.brushloop.reads_from > FORMAT:
        return (
            f'"{file.name}" was written by a newer Brushloop (format {file.brushloop.format}). '
            "You can look at it; update Brushloop to change it."
        )
    return ""


def _read_or(path: Path, default: Any) -> Any:
    try:
        return read_document(path, type(default))
    except FileNotFoundError:
        return default
