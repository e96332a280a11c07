"""Masks in other forms: for RhizoVision Explorer, as annotations, and with corrections laid over them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from painter_app.marking import marked
from painter_app.tools.mask_reading import foreground_of, labels_of_annotation, labels_of_mask
from painter_app.tools.tool import (
    FROM_MASKS,
    TO_FOLDER,
    Entry,
    Kind,
    Outcome,
    Progress,
    Tool,
    Values,
    by_image,
    for_each,
    fresh,
    masks_in,
    outside,
)
from shared_folder.annotation import corrected
from shared_folder.classes import BACKGROUND, FOREGROUND, new_classes
from shared_folder.label_files import ANNOTATION_CODE, encode_rgba
from shared_folder.labels import Labels
from shared_folder.mask_files import MaskFormat, mask_suffix, write_mask
from shared_folder.names import image_id
from shared_folder.publish import publish

_ONE_CLASS = new_classes(["foreground"])


def _for_rhizovision(to: Path, path: Path) -> None:
    labels = np.where(foreground_of(path), np.uint8(FOREGROUND), np.uint8(BACKGROUND))
    write_mask(fresh(to / f"{path.stem}.png"), labels, MaskFormat.RHIZOVISION, _ONE_CLASS)


def _to_annotation(to: Path, path: Path) -> None:
    labels = np.where(foreground_of(path), np.uint8(FOREGROUND), np.uint8(BACKGROUND))
    publish(fresh(to / f"{path.stem}.png"), encode_rgba(Labels.from_array(labels), ANNOTATION_CODE, "{}"))


def _correct(annotations: dict[str, Path], to: Path, mask_format: MaskFormat, path: Path) -> None:
    """A mask with what was painted on its image laid over it; as it is where nothing was."""
    labels = labels_of_mask(path)
    painted = annotations.get(image_id(path.name))
    if painted is not None:
        labels = corrected(labels, labels_of_annotation(painted, (labels.shape[0], labels.shape[1])))
    several = [f"class {label}" for label in range(FOREGROUND, max(FOREGROUND, int(_highest(labels))) + 1)]
    target = fresh(to / f"{path.stem}{mask_suffix(mask_format)}")
    write_mask(target, labels, mask_format, new_classes(several))


def _highest(labels: np.ndarray) -> int:
    known = labels[labels < 255]
    return int(known.max()) if known.size else BACKGROUND


def _each_mask(work: Callable[[Values], Callable[[Path], None]]) -> Callable[[Values, Progress], Outcome]:
    def run(values: Values, progress: Progress) -> Outcome:
        outside(values["to"], values["masks"])
        return for_each(masks_in(values["masks"]), work(values), progress)

    return run


def _annotations(folder: Path) -> dict[str, Path]:
    """Of a folder, or of a project's annotations/ with train/ and val/ in it."""
    return by_image(folder) | by_image(folder / "train") | by_image(folder / "val")


RHIZOVISION = Tool(
    "rhizovision",
    marked("For Rhizo&Vision…"),
    marked("Writes the masks of a folder for RhizoVision Explorer: black things on white."),
    (FROM_MASKS, TO_FOLDER),
    _each_mask(lambda values: partial(_for_rhizovision, values["to"])),
    "--masks masks --to for-rhizovision",
)
TO_ANNOTATIONS = Tool(
    "to-annotations",
    marked("As &annotations…"),
    marked("Writes the masks of a folder as annotations, every pixel labelled, to learn from them."),
    (FROM_MASKS, TO_FOLDER),
    _each_mask(lambda values: partial(_to_annotation, values["to"])),
    "--masks masks --to annotations",
)
CORRECT = Tool(
    "correct",
    marked("With co&rrections…"),
    marked("Writes the masks of a folder with a project's annotations laid over them."),
    (
        FROM_MASKS,
        Entry(
            "annotations",
            marked("A&nnotations"),
            marked("A project's folder of annotations, or any with files of the same names"),
            Kind.FOLDER,
        ),
        Entry(
            "format",
            marked("&Format"),
            marked("How the masks are written"),
            Kind.CHOICE,
            MaskFormat.MASK.value,
            (
                (MaskFormat.MASK.value, marked("Mask (PNG, black and white)")),
                (MaskFormat.RHIZOVISION.value, marked("RhizoVision Explorer (PNG)")),
                (MaskFormat.NPZ.value, marked("Numpy archive (NPZ)")),
            ),
        ),
        TO_FOLDER,
    ),
    _each_mask(
        lambda values: partial(
            _correct, _annotations(values["annotations"]), values["to"], MaskFormat(values["format"])
        )
    ),
    "--masks masks --annotations projects/roots/annotations --to corrected",
)
