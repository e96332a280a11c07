"""Inspecting: what the network sees of a project's images, on a sheet, and as the answers that windows ask for."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from shared_folder.desired import DesiredState
from shared_folder.inspection import Inspection, InspectionAnswer, Picture, read_answered, write_answer
from shared_folder.labels import Labels
from shared_folder.layout import ProjectFolder
from shared_folder.merging import remaining
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.scores import LabelMap
from trainer.augment import NO_AUGMENTATION
from trainer.device import Device
from trainer.invariance import mean_dice, rotation, transform_image, transform_mask
from trainer.mask_making import annotation_of
from trainer.model_store import UNetModel, load_model
from trainer.network import NetworkShape, margin, receptive_field
from trainer.network_facts import in_words
from trainer.open_images import OpenImages, Unreadable
from trainer.patches import FloatImage, read_window
from trainer.plan import Inspect
from trainer.project_view import ProjectView
from trainer.sampling import AnnotatedImage
from trainer.segmenting import segment
from trainer.stamps import Stamp, stamp_of
from trainer.taking_up import suiting_scale
from trainer.tile_pictures import augmentation_sheet, draw_tiles, mask_picture, only, picture_of

SHEET_IMAGES = 5
"""Different images on a sheet of augmentations."""


class Inspecting:
    """Answers painters who want to see what the network sees. The files of the answers say what is answered."""

    def __init__(self, images: OpenImages, device: Device) -> None:
        self._images = images
        self._device = device
        self._model: tuple[Path, UNetModel | None] | None = None  # the last one that was asked of
        self._answered: dict[Path, tuple[Stamp | None, InspectionAnswer | None]] = {}

    def wanted(self, painters: Mapping[str, DesiredState], projects: Mapping[str, ProjectView]) -> list[Inspect]:
        """What is asked and not answered yet, or answered by an older model."""
        return [
            Inspect(state.project, painter, state.inspection)
            for painter, state in sorted(painters.items())
            if state.inspection is not None
            and (view := projects.get(state.project)) is not None
            and not view.refusal
            and view.knows(state.inspection.image)
            and not self._is_answered(view, painter, state.inspection)
        ]

    def answer(self, view: ProjectView, wanted: Inspect) -> None:
        """Write the answer. Raises Refused for an image or a model that can't be used."""
        try:
            image = annotated_image(view, self._images, wanted.asked.image)
        except Unreadable as problem:  # her question stays: to be tried again, not to be passed
            raise Refused(str(problem)) from problem
        model = self._model_of(view.latest) if view.latest is not None else None
        if model is None:
            classes = len(remaining(view.project.classes))
            shape = NetworkShape(image.channels, 1 + classes, self._device.widths)
            scale = view.project.settings.scale or suiting_scale([image])
            seen = _Seen(shape, scale, self._device.tile_size)
        else:
            seen = _Seen(model.network.shape, model.facts.scale, self._device.tile_size)
        answer, pictures = inspect_tile(image, wanted.asked, seen, model)
        answer = answer.model_copy(update={"model": _name_of(view)})
        write_answer(view.project.folder.inspection(wanted.painter), answer, pictures)

    def _is_answered(self, view: ProjectView, painter: str, asked: Inspection) -> bool:
        path = view.project.folder.inspection(painter)
        stamp = stamp_of(path)
        known = self._answered.get(path)
        if known is None or known[0] != stamp:
            known = self._answered[path] = (stamp, read_answered(path))
        answer = known[1]
        return answer is not None and answer.asked == asked and answer.model == _name_of(view)

    def _model_of(self, path: Path) -> UNetModel | None:
        """None for one of RootPainter's: what is shown is the network that learns here."""
        if self._model is None or self._model[0] != path:
            model = load_model(path, self._device)
            self._model = (path, model if isinstance(model, UNetModel) else None)
        return self._model[1]


@dataclass(frozen=True)
class _Seen:
    """How a network sees images. scale: pixels that it sees for each of the image."""

    shape: NetworkShape
    scale: float
    tile: int
    """Side of a training tile in seen pixels."""

    def in_image(self, pixels: float) -> int:
        """Seen pixels in pixels of the image."""
        return round(pixels / self.scale)

    def square(self, pixels: float) -> int:
        """Side, in pixels of the image, of a square that holds so many seen pixels.

        Pooling falls on the same pixels in all squares around one middle: their sides differ by two strides.
        """
        step = 2 * self.shape.stride
        return 2 * round(math.ceil(pixels / step) * step / self.scale / 2)


def inspect_tile(
    image: AnnotatedImage, asked: Inspection, seen: _Seen, model: UNetModel | None
) -> tuple[InspectionAnswer, Image.Image]:
    """The answer but for the model's name, and its pictures beside each other.

    model: whose masks are compared, if there is one.
    """
    place = min(max(asked.row, 0), image.shape[0] - 1), min(max(asked.column, 0), image.shape[1] - 1)
    generator = torch.Generator().manual_seed(asked.seed)
    pictures = {}
    for name, augmentation in (("tile", NO_AUGMENTATION), ("augmented", only(asked.families))):
        drawn = draw_tiles(image, place, seen.tile, augmentation, 1, generator, seen.scale)
        pictures[name] = picture_of(*drawn[0])
    dice = None
    if model is not None:
        dice, compared = compare_rotated(image, place, asked.rotation, seen, model)
        pictures |= compared
    field, words = _about(seen.shape, seen.tile)
    answer = InspectionAnswer(
        asked=asked,
        row=place[0],
        column=place[1],
        tile=seen.in_image(seen.tile),
        margin=seen.in_image(margin(seen.shape)),
        receptive_field=seen.in_image(field),
        network=words,
        dice=dice,
        pictures=tuple(
            Picture(name=name, left=index * seen.tile, side=seen.tile) for index, name in enumerate(pictures)
        ),
    )
    return answer, side_by_side(list(pictures.values()), seen.tile)


def compare_rotated(
    image: AnnotatedImage, place: tuple[int, int], degrees: float, seen: _Seen, model: UNetModel
) -> tuple[float, dict[str, Image.Image]]:
    """The mask of the rotated image and the rotated mask around a pixel: their mean Dice, and a picture of each.

    Compared is the square that stays inside the tile whatever the angle, with all that the network sees around it.
    """
    inner, around = seen.tile / math.sqrt(2), 2 * margin(seen.shape)
    straight, turned = seen.square(seen.tile + around), seen.square(inner + around)
    side = seen.in_image(inner) // 2 * 2
    by = rotation(degrees)
    wide = _around(image, place, 2 * math.ceil(turned / math.sqrt(2)))
    rotated = transform_image(wide, by, (turned, turned))
    middle = _middle(rotated.shape, side)
    mask_of_rotated = _segmented(model, rotated)[middle]
    rotated_mask = transform_mask(_segmented(model, _around(image, place, straight)), by, (side, side))
    pictures = {
        "mask of rotated": mask_picture(rotated[middle], mask_of_rotated),
        "rotated mask": mask_picture(rotated[middle], rotated_mask),
    }
    return mean_dice(mask_of_rotated, rotated_mask), pictures


def side_by_side(pictures: list[Image.Image], side: int) -> Image.Image:
    """Square pictures, each brought to this side, from left to right."""
    strip = Image.new("RGB", (side * len(pictures), side))
    for index, picture in enumerate(pictures):
        strip.paste(picture.resize((side, side), Image.Resampling.BILINEAR), (index * side, 0))
    return strip


@functools.cache
def _about(shape: NetworkShape, tile: int) -> tuple[int, str]:
    """Receptive field, and the network in a sentence: they take a tenth of a second."""
    return receptive_field(shape), in_words(shape, tile)


def _name_of(view: ProjectView) -> str:
    return view.latest.stem if view.latest is not None else ""


def _around(image: AnnotatedImage, place: tuple[int, int], side: int) -> FloatImage:
    """The square (side, side, C) whose middle is a pixel; mirrored where it reaches outside the image."""
    top, left = place[0] - side // 2, place[1] - side // 2
    return read_window(image.read, image.shape, Rectangle(top, left, top + side, left + side))


def _segmented(model: UNetModel, pixels: FloatImage) -> LabelMap:
    return segment(model, lambda r: pixels[r.slices], (pixels.shape[0], pixels.shape[1])).to_array()


def _middle(shape: tuple[int, ...], side: int) -> tuple[slice, slice]:
    """The square of this side in the middle."""
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    return slice(top, top + side), slice(left, left + side)


def project_sheet(project: Project, tile: int) -> Image.Image:
    """A sheet of augmentations of a project's annotated images, or of its first ones before any is annotated.

    tile: side in pixels. Raises Refused when no image can be used.
    """
    view = ProjectView(ProjectFolder(project.folder.root), project.location, {})
    view.look(0.0, everything=True)
    annotated = [name for name in project.images if view.annotated(name)]
    opened, images, problem = OpenImages(), [], "it has no images"
    for name in annotated or project.images:
        try:
            images.append(annotated_image(view, opened, name))
        except Refused as refusal:
            problem = str(refusal)
        if len(images) == SHEET_IMAGES:
            break
    if not images:
        raise Refused(f"{project.name}: there is no image to draw ({problem}).")
    title = f"What the network sees of “{project.name}”"
    return augmentation_sheet(images, tile, title, scale=project.settings.scale or suiting_scale(images))


def annotated_image(view: ProjectView, opened: OpenImages, name: str) -> AnnotatedImage:
    """An image of a project and what is annotated on it, if anything. Raises Refused for one that can't be used."""
    path, pages = view.image_place(name)
    image = opened.open(path, pages)
    height, width = image.shape[:2]
    labels = annotation_of(view, name, (height, width)) or Labels((height, width))

    def read(rectangle: Rectangle) -> FloatImage:
        return opened.learned(path, pages, (height, width), rectangle)

    return AnnotatedImage(name, (height, width), read, labels, image.learned_channels)
