"""Masks out of a project, in the formats of other programs."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared_folder.annotation import corrected
from shared_folder.annotation_files import annotation_path, read_annotation
from shared_folder.desired import FolderJob
from shared_folder.labels import Pixels
from shared_folder.mask_files import MaskFormat, mask_suffix, write_mask
from shared_folder.names import check_plain_name, image_id
from shared_folder.project import Project
from shared_folder.publish import publish_document
from shared_folder.refused import Refused
from shared_folder.segmentation import Segmentation, read_segmentation

Progress = Callable[[int, int], None]
"""How many images are done, and of how many. Whatever it raises ends the export; masks written until then stay."""


@dataclass(frozen=True)
class ExportReport:
    """What became of an export."""

    written: int
    without_mask: tuple[str, ...]
    """Images that have no mask yet."""
    refused: tuple[str, ...]
    """A sentence for each image whose mask can't be used."""


def export_masks(
    project: Project, to: Path, mask_format: MaskFormat, predicted: bool, progress: Progress
) -> ExportReport:
    """Write the masks of all images of a project into a folder, which is made.

    predicted: what the newest model said; else the corrected masks, which are those that the user corrected with the
    annotation laid over them. Refuses a folder inside the project, where masks would be taken for its own.
    """
    if to.resolve().is_relative_to(project.folder.root.resolve()):
        raise Refused(f"{to}: lies inside the project. Choose another folder to export to.")
    written, without, refused = 0, [], []
    for done, name in enumerate(project.images):
        progress(done, len(project.images))
        try:
            labels = mask_of(project, name, predicted)
        except Refused as refusal:
            refused.append(str(refusal))
            continue
        if labels is None:
            without.append(name)
            continue
        _write(to, name, labels, mask_format, project)
        written += 1
    progress(len(project.images), len(project.images))
    return ExportReport(written, tuple(without), tuple(refused))


def mask_of(project: Project, name: str, predicted: bool) -> Pixels | None:
    """The mask (H, W) of one image, or None while there is none. Refuses damaged files and sizes that differ."""
    if name in project.colliders:
        other = project.colliders[name]
        raise Refused(f"{name}: has the same name as {other} but for its ending. Rename one of them.")
    segmentation = _segmentation(project, name, predicted)
    if segmentation is None:
        return None
    labels = segmentation.labels.to_array()
    path = None if predicted else annotation_path(project, name)
    if path is None:
        return labels
    return corrected(labels, read_annotation(path, segmentation.labels.shape).labels.to_array())


def ask_for_masks(project: Project, names: tuple[str, ...]) -> Path:
    """Ask the trainer for the masks of images; it makes them when nothing is more urgent. Returns the job's file."""
    if project.read_only:
        raise Refused(project.read_only)
    path = project.shared.jobs / f"{image_id(project.folder.root.name)}-{secrets.token_hex(4)}.json"
    publish_document(path, FolderJob(project=project.location, images=names))
    return path


def _segmentation(project: Project, name: str, predicted: bool) -> Segmentation | None:
    """The mask that was corrected or, if `predicted`, a newer one of the same image where there is one.

    An image with clear examples from before any model had no mask to correct: there the newer one serves both.
    """
    newest_last = project.segmentation_path(name), project.latest_path(name)
    for path in reversed(newest_last) if predicted else newest_last:
        try:
            segmentation = read_segmentation(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Refused(f"{path.name}: can't be read ({error.strerror}); check its permissions.") from error
        if not segmentation.no_model:
            return segmentation
    return None


def _write(to: Path, name: str, labels: Pixels, mask_format: MaskFormat, project: Project) -> None:
    file_name = check_plain_name(Path(name).stem + mask_suffix(mask_format))
    try:
        write_mask(to / file_name, labels, mask_format, project.classes)
    except OSError as error:
        raise Refused(f"{to}: the masks can't be written there ({error.strerror}).") from error
