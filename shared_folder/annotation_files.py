"""Annotations on disk: where each one lies, what it says of itself, and how several writers keep their strokes."""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared_folder.annotation import Patch, replay
from shared_folder.classes import CANT_TELL
from shared_folder.label_files import ANNOTATION_CODE, decode_annotation, encode_palette, encode_rgba, needs_palette
from shared_folder.labels import Labels
from shared_folder.names import image_id, is_debris
from shared_folder.project import Project, label_name
from shared_folder.publish import Document, publish
from shared_folder.refused import Refused
from shared_folder.segmentation import check_shape

VALIDATION_SHARE = 5
"""RootPainter's rule: one validation image for every five to train on."""


class AnnotationFacts(Document):
    """What an annotation's file says of itself."""

    person: str = ""
    seconds: float = 0.0
    """Time spent painting this image."""
    clicks: int = 0
    model: str = ""
    """The model whose mask was corrected; nothing for an example."""
    image_sha256: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class StoredAnnotation:
    """An annotation as it was read from its file."""

    path: Path
    labels: Labels
    facts: AnnotationFacts
    token: str
    """Hash of the file's content: tells whether somebody wrote it since."""


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
    """An image's annotation file, if it has one. An image in both train and val is validation."""
    for folder in (project.folder.validation, project.folder.train):
        path = folder / label_name(name)
        if path.is_file():
            return path
    return None


def annotated_names(folder: Path) -> dict[str, str]:
    """Annotation files of train/ or val/: image id to file name. Drafts, hidden files and conflict copies aside."""
    if not folder.is_dir():
        return {}
    names = sorted(path.name for path in folder.iterdir() if path.suffix == ".png")
    return {image_id(name): name for name in names if not is_debris(name)}


def read_annotation(path: Path, shape: tuple[int, int] | None) -> StoredAnnotation:
    """Read an annotation. Refuses a damaged file, and one of another size than `shape` (H, W)."""
    content = path.read_bytes()
    labels, facts = decode_annotation(content, path.name)
    check_shape(path, labels.shape, shape)
    return StoredAnnotation(path, labels, _parse(facts), _token(content))


def choose_folder(project: Project, name: str) -> Path:
    """Whether a new annotation goes to train/ or val/: with its group, else by RootPainter's rule.

    To the one that is empty when the other is not; else to validation while there are at least five training
    images for each validation image, so that the very first goes there.
    """
    train = annotated_names(project.folder.train)
    validation = annotated_names(project.folder.validation)
    if project.settings.split != "image":
        group = project.group(name)
        groups = {image_id(image): project.group(image) for image in project.images}
        if group in {groups.get(known) for known in validation}:
            return project.folder.validation
        if group in {groups.get(known) for known in train}:
            return project.folder.train
    if bool(train) != bool(validation):
        return project.folder.validation if train else project.folder.train
    return project.folder.validation if len(train) >= VALIDATION_SHARE * len(validation) else project.folder.train


def save_annotation(
    project: Project,
    name: str,
    labels: Labels,
    facts: AnnotationFacts,
    loaded: StoredAnnotation | None,
    strokes: Sequence[Patch],
) -> SavedAnnotation:
    """Write an annotation whole or not at all; belongs into a worker.

    If the file on disk isn't the one that was loaded, our strokes are replayed on it, disagreements are counted
    and the other copy is kept. An existing annotation is rewritten where it is, even when emptied; a new empty one
    is not written. Labels that are only "can't tell" never stay in train/, where RootPainter would look for ever
    for a class in them.
    """
    if project.read_only:
        raise Refused(project.read_only)
    if name in project.colliders:
        raise Refused(
            f"{name}: has the same name as {project.colliders[name]} but for its ending. Rename one of them."
        )
    path = annotation_path(project, name)
    disagreements, kept = 0, None
    if path is not None:
        theirs = read_annotation(path, labels.shape)
        if loaded is None or theirs.token != loaded.token:
            kept = _keep(project, path)
            labels = theirs.labels.snapshot()
            disagreements = replay(strokes, labels)
    counts = labels.counts()
    if path is None and not counts:
        return SavedAnnotation(None)
    target = path or choose_folder(project, name) / label_name(name)
    if set(counts) == {CANT_TELL}:
        target = project.folder.validation / label_name(name)
    token = _write(target, labels, facts, project)
    if path is not None and path != target:
        path.unlink()
    return SavedAnnotation(StoredAnnotation(target, labels.snapshot(), facts, token), disagreements, kept)


def move_annotation(project: Project, name: str, to_validation: bool) -> None:
    """Move an image between training and validation, when the user says so. Nothing to do is fine."""
    path = annotation_path(project, name)
    folder = project.folder.validation if to_validation else project.folder.train
    if path is None or path.parent == folder:
        return
    if not to_validation and set(read_annotation(path, None).labels.counts()) == {CANT_TELL}:
        raise Refused(f'{name}: has nothing but "can\'t tell" to train on. Paint a class or background first.')
    # Written first and removed after: an image in both folders for a moment is validation, one in neither is lost.
    publish(folder / path.name, path.read_bytes())
    path.unlink()


def encode_annotation(labels: Labels, facts: AnnotationFacts, project: Project) -> bytes:
    """The file of an annotation: RootPainter's RGBA where that can hold it, else a palette."""
    text = facts.model_copy(update={"height": labels.shape[0], "width": labels.shape[1]}).model_dump_json()
    if needs_palette(project.classes, labels.shape):
        return encode_palette(labels, project.classes, text)
    return encode_rgba(labels, ANNOTATION_CODE, text)


def already_holds(strokes: Iterable[Patch], stored: StoredAnnotation) -> bool:
    """Whether the pixels of strokes (laid one after another) are in a stored annotation."""
    laid = stored.labels.snapshot()
    replay(strokes, laid)
    return laid == stored.labels


def _write(path: Path, labels: Labels, facts: AnnotationFacts, project: Project) -> str:
    content = encode_annotation(labels, facts, project)
    publish(path, content)
    return _token(content)


def _keep(project: Project, path: Path) -> Path:
    kept = (
        project.folder.conflicts / f"{path.stem}_{time.strftime('%Y%m%d-%H%M%S')}_{_token(path.read_bytes())[:6]}.png"
    )
    publish(kept, path.read_bytes())
    return kept


def _token(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _parse(facts: str) -> AnnotationFacts:
    try:
        return AnnotationFacts.model_validate_json(facts)
    except ValidationError:
        return AnnotationFacts()  # RootPainter's files carry no facts
