"""Opening one image with all that belongs to it. No Qt: this runs in workers."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from painter_app.journal import Journals, Recovered
from painter_app.language import plural, sentence, tr
from painter_app.notices import in_words
from shared_folder.annotation_files import StoredAnnotation, annotation_path, read_annotation
from shared_folder.images import ImageFile, open_image
from shared_folder.label_files import check_size
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.segmentation import Segmentation, read_segmentation

Stamp = tuple[int, int, int]
"""A file's time, size and inode: another stamp means other content."""

_FIRST_PIXEL = Rectangle(0, 0, 1, 1)


@dataclass(frozen=True)
class FoundMask:
    """A mask as it was read. segmentation: None for the empty answer from before any model."""

    segmentation: Segmentation | None
    stamp: Stamp


@dataclass(frozen=True)
class OpenImage:
    """An image that can be shown at once: decoded, with its annotation and mask."""

    name: str
    image: ImageFile
    stored: StoredAnnotation | None
    mask: FoundMask | None
    """None while no trainer has answered."""
    mask_was_corrected: bool
    """Whether the mask is the one on which she painted earlier."""
    recovered: tuple[Recovered, ...] = ()
    """Strokes found on this machine that the annotation doesn't hold."""
    refusal: str = ""
    """Why the image can't be painted (its annotation or name can't be used), or nothing."""

    @property
    def shape(self) -> tuple[int, int]:
        return self.image.shape[0], self.image.shape[1]


def decode(project: Project, name: str, roots: Mapping[str, Path]) -> ImageFile:
    """Open an image and decode what a first view needs of it. Refuses a missing or damaged one."""
    path, pages = project.image_place(name, roots)
    try:
        image = open_image(path, pages)
    except FileNotFoundError:
        raise Refused(
            f"{name}: there is no such image any more; it was moved or renamed. Put it back to see it."
        ) from None
    _decode_levels(image, image.first_level)
    return image


def decode_rest(image: ImageFile) -> None:
    """Decode what a first view does without."""
    with contextlib.suppress(Refused):  # whoever looks at that part is told
        _decode_levels(image, 0)


def _decode_levels(image: ImageFile, finest: int) -> None:
    """Coarser levels too, so that zooming out never waits."""
    for level in range(finest, image.levels):
        image.displayed(level, _FIRST_PIXEL)


def open_whole(project: Project, image: ImageFile, name: str, journals: Journals) -> OpenImage:
    """Read what belongs to a decoded image now. Journals whose strokes the annotation holds are removed."""
    shape = image.shape[0], image.shape[1]
    refusal, stored = sentence(project.read_only), None
    if name in project.colliders:
        refusal = tr(
            "{image} has the same name as {other} but for its ending, so both would share one annotation. "
            "Rename one of them to paint it."
        ).format(image=name, other=project.colliders[name])
    try:
        check_size(shape, name)
        path = annotation_path(project, name)
        stored = read_annotation(path, shape) if path is not None else None
    except (Refused, OSError) as error:
        refusal = in_words(error)
    shown = project.shown_path(name)
    corrected = shown.is_file()
    mask = find_mask(shown if corrected else project.segmentation_path(name), shape)
    recovered = () if refusal else unsaved(journals.recover(name), stored)
    return OpenImage(name, image, stored, mask, corrected, recovered, refusal)


def find_mask(path: Path, shape: tuple[int, int], known: Stamp | None = None) -> FoundMask | None:
    """A mask that isn't the known one, or None if there is none that can be used (yet)."""
    stamp = stamp_of(path)
    if stamp is None or stamp == known:
        return None
    try:
        segmentation = read_segmentation(path, shape)
    except (Refused, OSError):
        return None  # half of it has arrived, perhaps; it is looked at again
    return FoundMask(None if segmentation.no_model else segmentation, stamp)


def passed_sentence(passed: list[str]) -> str:
    """That images were passed over. passed: why they could not be opened, one at least."""
    said = tr("{why} Passed.").format(why=passed[0])
    if len(passed) == 1:
        return said
    one_or_more = plural(
        len(passed) - 1, "So was {n} other that can't be opened.", "So were {n} others that can't be opened."
    )
    return f"{said} {one_or_more}"


def newest_mask(project: Project, name: str, shape: tuple[int, int]) -> FoundMask | None:
    """What the newest model says of an image, also where an older mask has been corrected."""
    return find_mask(project.latest_path(name), shape) or find_mask(project.segmentation_path(name), shape)


def unsaved(found: list[Recovered], stored: StoredAnnotation | None) -> tuple[Recovered, ...]:
    """Journals whose strokes the annotation doesn't hold; those that it holds are removed."""
    left = []
    for recovered in (each.beyond(stored) for each in found):
        if recovered.held_by(stored):
            with contextlib.suppress(OSError):  # Windows: still open; the next opening removes it
                recovered.path.unlink(missing_ok=True)
        else:
            left.append(recovered)
    return tuple(left)


def images_with_unsaved_strokes(project: Project, journals: Journals) -> list[str]:
    """Names of the project's images whose journals hold strokes that no annotation has, in the project's order."""
    found = set()
    for recovered in journals.all():
        name = recovered.facts.image
        if name in project.images:
            path = annotation_path(project, name)
            try:
                stored = read_annotation(path, None) if path is not None else None
            except (Refused, OSError):
                continue
            if unsaved([recovered], stored):
                found.add(name)
    return [name for name in project.images if name in found]


def stamp_of(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
