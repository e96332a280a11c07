"""Annotations on disk: where each one lies, what it says of itself, and how several writers keep their strokes."""

import functools
import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from shared_folder.annotation import Patch, replay
from shared_folder.classes import CANT_TELL
from shared_folder.correction import dice_of_shown
from shared_folder.label_files import (
    ANNOTATION_CODE,
    check_size,
    decode_annotation,
    encode_palette,
    encode_rgba,
    needs_palette,
    read_facts,
)
from shared_folder.labels import Labels
from shared_folder.names import conflict_of, image_id, is_debris
from shared_folder.project import Project, change_test_set, label_name
from shared_folder.publish import Document, patiently, publish
from shared_folder.refused import Refused
from shared_folder.review import Reached, known_way

VALIDATION_SHARE = 5
"""RootPainter's rule: one validation image for every five to train on."""

_LONGEST_KEPT_STEM = 200  # bytes: leaves room for what is added, within file systems' 255


class AnnotationFacts(Document):
    """What an annotation's file says of itself."""

    person: str = ""
    seconds: float = 0.0
    """Time spent painting this image."""
    clicks: int = 0
    model: str = ""
    """The model whose mask was corrected; nothing for an example."""
    reached: Reached | None = None
    """How whoever painted it first had come to the image; None where nobody recorded that."""
    pixels: dict[int, int] | None = None
    """How many pixels each label has, by class id; None where nobody counted."""
    dice: float | None = Field(default=None, ge=0, le=1)
    """Of the shown mask with the corrected one; None for an example, and where nobody compared them."""
    image_sha256: str = ""
    width: int = 0
    height: int = 0

    @field_validator("reached", mode="before")
    @classmethod
    def _known(cls, reached: object) -> Reached | None:
        return known_way(reached)


@dataclass(frozen=True)
class StoredAnnotation:
    """An annotation as it was read from its file."""

    path: Path
    labels: Labels
    facts: AnnotationFacts
    token: str
    """Hash of the file's content: tells whether somebody wrote it since."""
    merged: bool = False
    """Whether the file holds somebody else's strokes too, which these labels lack."""


@dataclass(frozen=True)
class SavedAnnotation:
    """What became of an annotation that was written."""

    stored: StoredAnnotation | None
    """None when nothing was written: a new annotation without labels."""
    disagreements: int = 0
    """Pixels that somebody else had labelled otherwise meanwhile; our strokes won."""
    kept: Path | None = None
    """The other's copy, when there was one."""


def annotation_path(project: Project, name: str) -> Path | None:
    """An image's annotation file, if it has one. An image in both train and val is validation.

    Also one that is written otherwise: in another case, or with accents in another form of Unicode.
    """
    if name in project.colliders:
        return None  # what bears its name is the other image's
    # val/ twice: an annotation may be moved there between the looks at the two folders.
    for folder in (project.folder.validation, project.folder.train, project.folder.validation):
        path = _find(folder, label_name(name))
        if path is not None:
            return path
    return None


def annotated_names(folder: Path) -> dict[str, str]:
    """Annotation files of train/ or val/: image id to file name. Drafts, hidden files and conflict copies aside."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 (thousands of names: paths would take three times as long)
    except FileNotFoundError:
        return {}
    return {image_id(name): name for name in sorted(names) if name.endswith(".png") and not is_debris(name)}


def read_annotation(path: Path, shape: tuple[int, int] | None) -> StoredAnnotation:
    """Read an annotation. Refuses a damaged file, and one of another size than `shape` (H, W)."""
    content = path.read_bytes()
    labels, facts = decode_annotation(content, path.name, shape)
    return StoredAnnotation(path, labels, _parse(facts), _token(content))


def read_annotation_facts(path: Path) -> AnnotationFacts:
    """What an annotation says of itself, read without its pixels. Refuses a damaged file."""
    return _parse(read_facts(path))


def choose_folder(project: Project, name: str) -> Path:
    """Whether a new annotation goes to train/ or val/: of a test image to val/, else with its group, else by rule.

    To training while that is empty, so that learning begins with the very first; else to validation while there are
    at least five training images for each validation image, so that the second goes there.
    """
    if project.is_test(name):
        return project.folder.validation
    train = annotated_names(project.folder.train)
    validation = annotated_names(project.folder.validation)
    if project.settings.split != "image":
        group = project.group(name)
        if group in _groups(project, validation):
            return project.folder.validation
        if group in _groups(project, train):
            return project.folder.train
    validates = train and len(train) >= VALIDATION_SHARE * len(validation)
    return project.folder.validation if validates else project.folder.train


def save_annotation(
    project: Project,
    name: str,
    labels: Labels,
    facts: AnnotationFacts,
    loaded: StoredAnnotation | None,
    strokes: Sequence[Patch],
    shown: Labels | None = None,
) -> SavedAnnotation:
    """Write an annotation whole or not at all; belongs into a worker.

    loaded: the file as we read it, or wrote it last. strokes: ours since it was read, those in it by now included.
    shown: the mask that they correct.
    If the file on disk is another one, our strokes are replayed on it, disagreements are counted and the other copy
    is kept. An existing annotation is rewritten where it is, even when emptied; a new empty one
    is not written. Labels that are only "can't tell" never stay in train/, where RootPainter would look for ever
    for a class in them.
    """
    _check_writable(project, name)
    check_size(labels.shape, name)
    while True:
        ours, disagreements = labels, 0
        theirs = _stored(project, name, labels.shape)
        others = theirs is not None and (loaded is None or theirs.token != loaded.token)
        if theirs is not None and (others or (loaded is not None and loaded.merged)):
            ours = theirs.labels.snapshot()
            disagreements = replay(strokes, ours, loaded.labels if loaded is not None else None)
        counts = ours.counts()
        if theirs is None and not counts:
            return SavedAnnotation(None)
        target = theirs.path if theirs is not None else choose_folder(project, name) / label_name(name)
        if set(counts) == {CANT_TELL} or project.is_test(name):
            target = project.folder.validation / target.name
        said = facts.model_copy(update={"dice": dice_of_shown(shown, ours) if shown is not None else None})
        content = encode_annotation(ours, said, project)
        if _unchanged(project, name, theirs):  # encoding takes seconds, in which somebody else may have saved
            break
    kept = _keep(project, theirs.path) if theirs is not None and others else None
    publish(target, content)
    if theirs is not None and theirs.path != target:
        patiently(theirs.path.unlink)
    return SavedAnnotation(StoredAnnotation(target, ours.snapshot(), said, _token(content)), disagreements, kept)


def move_annotation(project: Project, name: str, to_validation: bool) -> None:
    """Move an image between training and validation, when the user says so. Nothing to do is fine."""
    _check_writable(project, name)
    if project.is_test(name) and not to_validation:
        raise Refused(f"{name}: is a test image, which is never learned from. Take it out of the test set first.")
    path = annotation_path(project, name)
    folder = project.folder.validation if to_validation else project.folder.train
    if path is None or path.parent == folder:
        return
    if not to_validation and set(read_annotation(path, None).labels.counts()) == {CANT_TELL}:
        raise Refused(f'{name}: has nothing but "can\'t tell" to train on. Paint a class or background first.')
    content, there = path.read_bytes(), _find(folder, path.name)
    if there is not None and there.read_bytes() != content:
        _keep(project, there)
    # Written first and removed after: an image in both folders for a moment is validation, one in neither is lost.
    publish(there or folder / path.name, content)
    patiently(path.unlink)


def use_as_test_image(project: Project, name: str, wanted: bool) -> Project:
    """Take an image into the test set, its annotation to validation; or out of the set. Returns the project as it is
    then."""
    _check_writable(project, name)
    changed = change_test_set(project, name, wanted)
    if wanted:
        move_annotation(changed, name, to_validation=True)
    return changed


def conflict_copies(project: Project) -> dict[str, list[Path]]:
    """Other versions of annotations, by image id; belongs into a worker.

    Those that a cloud folder kept under another name, and that in train/ of an image that is in val/ too.
    """
    found: dict[str, list[Path]] = {}
    for folder in (project.folder.validation, project.folder.train):
        beside = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        for name in sorted(beside):
            original = conflict_of(name, beside)
            # "leaf (1).png" is a copy only if no image of the project is itself called "leaf (1)".
            if original is not None and original.endswith(".png") and image_id(name) not in project.by_id:
                found.setdefault(image_id(original), []).append(folder / name)
    for image in sorted(_by_id(project.folder.validation).keys() & (in_train := _by_id(project.folder.train)).keys()):
        found.setdefault(image, []).append(project.folder.train / in_train[image])
    return found


def set_aside(project: Project, copy: Path) -> Path:
    """Move a conflict copy that was dealt with to conflicts/. Returns where it is now."""
    _check_writable(project, copy.name)
    kept = _keep(project, copy)
    patiently(copy.unlink)
    return kept


def encode_annotation(labels: Labels, facts: AnnotationFacts, project: Project) -> bytes:
    """The file of an annotation: RootPainter's RGBA where that can hold it, else a palette."""
    height, width = labels.shape
    counts = labels.counts()
    text = facts.model_copy(update={"height": height, "width": width, "pixels": counts}).model_dump_json()
    # Labels of classes that this project doesn't have are somebody's work: they are kept too.
    if needs_palette(project.classes, labels.shape) or counts.keys() - ANNOTATION_CODE.colours.keys():
        return encode_palette(labels, project.classes, text)
    return encode_rgba(labels, ANNOTATION_CODE, text)


def already_holds(strokes: Iterable[Patch], stored: StoredAnnotation) -> bool:
    """Whether the pixels of strokes (laid one after another) are in a stored annotation."""
    laid = stored.labels.snapshot()
    replay(strokes, laid)
    return laid == stored.labels


def _check_writable(project: Project, name: str) -> None:
    if project.read_only:
        raise Refused(project.read_only)
    if name in project.colliders:
        raise Refused(
            f"{name}: has the same name as {project.colliders[name]} but for its ending. Rename one of them."
        )


def _find(folder: Path, file_name: str) -> Path | None:
    path = folder / file_name
    if path.is_file():
        return path
    written = _by_id(folder).get(image_id(file_name))
    return folder / written if written is not None else None


def _by_id(folder: Path) -> dict[str, str]:
    try:
        return _listed(folder, folder.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@functools.lru_cache(maxsize=8)
def _listed(folder: Path, _modified_ns: int) -> dict[str, str]:
    """`annotated_names`, listed again when the folder's time has changed: exports ask for thousands of images.

    A file that came within one tick of the clock is found once the folder changes again, or by its exact name.
    """
    return annotated_names(folder)


def _groups(project: Project, annotated: Iterable[str]) -> set[str]:
    """The groups of annotated images, given by id. Files of images that have left the project have none."""
    return {project.group(project.by_id[image]) for image in annotated if image in project.by_id}


def _stored(project: Project, name: str, shape: tuple[int, int]) -> StoredAnnotation | None:
    path = annotation_path(project, name)
    return read_annotation(path, shape) if path is not None else None


def _unchanged(project: Project, name: str, stored: StoredAnnotation | None) -> bool:
    """Whether an image's annotation on disk is (still) this one; None: there is none."""
    path = annotation_path(project, name)
    if path is None or stored is None:
        return path is None and stored is None
    try:
        return path == stored.path and _token(path.read_bytes()) == stored.token
    except FileNotFoundError:
        return False


def _keep(project: Project, path: Path) -> Path:
    """Copy an annotation that is about to be replaced to conflicts/, under a name of its own."""
    content = path.read_bytes()
    stem = path.stem.encode()[:_LONGEST_KEPT_STEM].decode(errors="ignore")
    kept = project.folder.conflicts / f"{stem}_{time.strftime('%Y%m%d-%H%M%S')}_{_token(content)[:6]}.png"
    publish(kept, content)
    return kept


def _token(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parse(facts: str) -> AnnotationFacts:
    try:
        return AnnotationFacts.model_validate_json(facts)
    except ValidationError:
        return AnnotationFacts()  # RootPainter's files carry no facts
