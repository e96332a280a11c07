"""Folders of images with their true masks, and the project that demonstrations and rehearsals make of them."""

import csv
import random
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared_folder.classes import BACKGROUND, LAST_CLASS, LabelClass, new_classes
from shared_folder.image_tiles import PROPOSED_SIDE, encode_lossless, grid, lossless_suffix, proposes_tiles
from shared_folder.images import open_image
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id, list_images, plan_names
from shared_folder.project import STARTER, Project, ProjectSettings, Source, create_project
from shared_folder.publish import publish
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.scores import LabelMap

ANNOTATED = 12
"""Images that the simulated user of a demonstration paints."""
HELD_OUT = 1 / 3
"""Share of the images that nobody annotates."""
MOST_HELD_OUT = 12
"""To measure on: more take long and tell little more."""
_FEWEST = 4  # two to learn from and to validate with, one to correct, one held out
_WITH_OBJECTS = 0.8  # share of the tiles that are chosen for what they hold


@dataclass(frozen=True)
class LabelledImage:
    """One image with its truth: a file, or a tile of one."""

    path: Path
    source: PurePosixPath
    """Relative to the folder of images."""
    rectangle: Rectangle | None
    """The tile; None for the whole image."""
    truth: LabelMap
    """(H, W) class ids, 1 is background."""


@dataclass(frozen=True)
class Lesson:
    """What the simulated user paints, and what she never touches."""

    annotated: tuple[LabelledImage, ...]
    held_out: tuple[LabelledImage, ...]
    classes: tuple[LabelClass, ...]
    left_out: tuple[str, ...]
    """A sentence for each image that can't be used."""


@dataclass(frozen=True)
class LabelledProject:
    """The project made of a lesson, with the truth that only the simulated user and the measuring know."""

    project: Project
    annotated: tuple[str, ...]
    """File names, in order."""
    held_out: tuple[str, ...]
    truth: dict[str, LabelMap]


def read_lesson(
    images: Path,
    masks: Path,
    class_name: str = "foreground",
    seed: int = 0,
    *,
    most: int = ANNOTATED,
    held_out: float = HELD_OUT,
    groups: Path | None = None,
) -> Lesson:
    """Choose what to annotate and what to hold out of a labelled folder.

    masks: label files matched by stem, whose pixel value is the class, 0 for background (0 and 255 count as 0 and
    1). most: images to annotate. held_out: share of the images, whole groups of them, that is held out. groups: a
    table with the columns stem and group; every image is by itself where none is given. Of a large image, one
    tile is taken. class_name: what to find, where there is one class. Raises Refused for folders that can't be used.
    """
    pairs, left_out = _pairs(images, masks)
    if len(pairs) < _FEWEST:
        reasons = " ".join(left_out[:3])
        raise Refused(
            f"{images}: {len(pairs)} of its images can be used, and {_FEWEST} are needed. {reasons}".strip()
        )
    chance = random.Random(seed)
    to_annotate, to_hold_out = _split(list(pairs), _groups(groups), held_out, chance)
    taught = _images(images, {source: pairs[source] for source in to_annotate[:most]}, chance)
    measured = _images(images, {source: pairs[source] for source in to_hold_out[:MOST_HELD_OUT]}, chance)
    highest = max(int(image.truth.max()) for image in taught + measured)
    if highest == BACKGROUND:
        raise Refused(f"{masks}: there is nothing but background in its masks.")
    count = highest - BACKGROUND
    names = [class_name] if count == 1 else [f"class {number}" for number in range(1, count + 1)]
    return Lesson(tuple(taught), tuple(measured), new_classes(names), tuple(left_out))


def make_labelled_project(
    shared: SharedFolder, name: str, lesson: Lesson, start_model: str = STARTER
) -> LabelledProject:
    """Make the project: images to annotate first, those held out last, as its test set, which nothing learns from.

    start_model: as in its settings.
    """
    everything = (*lesson.annotated, *lesson.held_out)
    planned = plan_names(_file_name(image) for image in everything)
    sources = {
        plan.name: Source(
            path=image.source.as_posix(),
            rectangle=None if image.rectangle is None else tuple(image.rectangle),
            reason=plan.reason,
        )
        for plan, image in zip(planned, everything, strict=True)
    }
    folder = shared.datasets / name
    folder.mkdir(parents=True)
    for plan, image in zip(planned, everything, strict=True):
        if image.rectangle is None:
            shutil.copyfile(image.path, folder / plan.name)
        else:
            opened = open_image(image.path)
            publish(
                folder / plan.name,
                encode_lossless(opened.read(0, image.rectangle), opened.has_alpha, opened.channels),
            )
    tiled = any(image.rectangle is not None for image in everything)
    split: Literal["source", "image"] = "source" if tiled else "image"
    names, count = tuple(plan.name for plan in planned), len(lesson.annotated)
    settings = ProjectSettings(classes=lesson.classes, split=split, start_model=start_model, test_set=names[count:])
    project = create_project(shared, name, name, names, settings, sources)
    truth = {plan.name: image.truth for plan, image in zip(planned, everything, strict=True)}
    return LabelledProject(project, names[:count], names[count:], truth)


def _pairs(images: Path, masks: Path) -> tuple[dict[PurePosixPath, Path], list[str]]:
    """Mask of each image that has one and can be opened, and a sentence for each other image."""
    for folder in (images, masks):
        if not folder.is_dir():
            raise Refused(f"{folder}: there is no such folder.")
    by_id = {image_id(mask.name): masks / mask for mask in list_images(masks)}
    pairs: dict[PurePosixPath, Path] = {}
    left_out = []
    for source in list_images(images):
        mask = by_id.get(image_id(source.name))
        if mask is None:
            left_out.append(f"{source}: has no mask; left out.")
            continue
        try:
            height, width, _ = open_image(images / source).shape
            with Image.open(mask) as opened:
                if opened.size != (width, height):
                    raise Refused(f"{mask.name}: its size is not that of its image; left out.")
                if opened.mode not in ("1", "L", "P"):
                    raise Refused(f"{mask.name}: is not a grey or palette image of class numbers; left out.")
            pairs[source] = mask
        except Refused as refusal:
            left_out.append(str(refusal))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            left_out.append(f"{mask.name}: can't be read ({error}); left out.")
    return pairs, left_out


def _groups(table: Path | None) -> dict[str, str]:
    """Group of each image id. Refuses a table that isn't there."""
    if table is None:
        return {}
    if not table.is_file():
        raise Refused(f"{table}: there is no such table of groups.")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {image_id(row["stem"]): row["group"] for row in rows if row.get("stem") and row.get("group")}


def _split(
    sources: Sequence[PurePosixPath], groups: dict[str, str], share: float, chance: random.Random
) -> tuple[list[PurePosixPath], list[PurePosixPath]]:
    """To annotate, and to hold out: a share in whole groups. Of a single group, such as a stack, its end."""
    by_group: defaultdict[str, list[PurePosixPath]] = defaultdict(list)
    for source in sources:
        by_group[groups.get(image_id(source.name), f"image {source}")].append(source)
    wanted = max(1, int(share * len(sources)))
    if len(by_group) == 1:
        rest, held_out = list(sources[:-wanted]), list(sources[-wanted:])
    else:
        order = sorted(by_group)
        chance.shuffle(order)
        held_out, rest = list(by_group[order[0]]), []
        for group in order[1:]:
            fits = len(held_out) + len(by_group[group]) <= wanted
            (held_out if fits else rest).extend(by_group[group])
    chance.shuffle(rest)
    chance.shuffle(held_out)
    return rest, held_out


def _images(images: Path, masks: dict[PurePosixPath, Path], chance: random.Random) -> list[LabelledImage]:
    """Images whole, or one tile of each large one."""
    return [_image(images / source, source, _truth(mask), chance) for source, mask in masks.items()]


def _image(path: Path, source: PurePosixPath, truth: LabelMap, chance: random.Random) -> LabelledImage:
    if not proposes_tiles(truth.shape):
        return LabelledImage(path, source, None, truth)
    tiles = grid(truth.shape, PROPOSED_SIDE)
    # Where objects are rare, most tiles are empty: a person would begin with those that show something.
    if chance.random() < _WITH_OBJECTS:
        found = [int((truth[tile.slices] > BACKGROUND).sum()) for tile in tiles]
        middle = max(sorted(found)[len(found) // 2], min(1, max(found)))
        tiles = [tile for tile, pixels in zip(tiles, found, strict=True) if pixels >= middle]
    tile = chance.choice(tiles)
    return LabelledImage(path, source, tile, truth[tile.slices].copy())


def _truth(mask: Path) -> LabelMap:
    """(H, W) class ids of a mask's file. Refuses more classes than there are ids."""
    with Image.open(mask) as opened:
        values: NDArray[np.uint8] = np.asarray(opened).astype(np.uint8)
    if set(np.unique(values).tolist()) <= {0, 255}:
        values = (values > 0).astype(np.uint8)
    if values.max() > LAST_CLASS - BACKGROUND:
        raise Refused(f"{mask.name}: {values.max()} is more classes than there can be; 0 to 253 are known.")
    return values + np.uint8(BACKGROUND)


def _file_name(image: LabelledImage) -> PurePosixPath:
    if image.rectangle is None:
        return image.source
    opened = open_image(image.path)
    suffix = lossless_suffix(opened.dtype, opened.shape[2], opened.has_alpha, opened.channels)
    return image.source.with_name(f"{image.source.stem}_{image.rectangle.top}_{image.rectangle.left}{suffix}")
