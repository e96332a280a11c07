"""Pictures made of images and masks: masks laid over images, and images with the ground blanked."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from painter_app.marking import marked
from painter_app.tools.mask_reading import Foreground, foreground_of
from painter_app.tools.tool import (
    FROM_IMAGES,
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
    images_in,
    outside,
)
from shared_folder.image_tiles import encode_lossless
from shared_folder.images import open_image
from shared_folder.label_files import encode_png
from shared_folder.names import image_id
from shared_folder.publish import publish
from shared_folder.rectangle import whole
from shared_folder.refused import Refused

MASK_COLOUR = (0, 255, 255)
OPACITY = 0.55


def composite(image: NDArray[np.uint8], foreground: Foreground) -> NDArray[np.uint8]:
    """(H, W, 3) and its mask to (H, 2 W, 3): the image, and beside it the image with the mask over it."""
    laid = image.copy()
    laid[foreground] = (image[foreground] * (1 - OPACITY) + np.array(MASK_COLOUR) * OPACITY).astype(np.uint8)
    return np.concatenate((image, laid), axis=1)


def _mask_beside(image: Path, masks: dict[str, Path], shape: tuple[int, ...]) -> Foreground:
    path = masks.get(image_id(image.name))
    if path is None:
        raise Refused(f"{image.name}: has no mask in the folder of masks.")
    foreground = foreground_of(path)
    if foreground.shape != tuple(shape[:2]):
        raise Refused(f"{path.name}: is of another size than {image.name}.")
    return foreground


def _write_composite(masks: dict[str, Path], to: Path, path: Path) -> None:
    target = fresh(to / f"{path.stem}.png")
    image = open_image(path)
    shown = image.displayed(0, whole(image.shape))
    publish(target, encode_png(Image.fromarray(composite(shown, _mask_beside(path, masks, image.shape))), "{}"))


def _write_masked(masks: dict[str, Path], to: Path, blank: str, path: Path) -> None:
    image = open_image(path)
    suffix = ".png" if path.suffix.lower() not in (".tif", ".tiff") else path.suffix
    target = fresh(to / f"{path.stem}{suffix}")
    foreground = _mask_beside(path, masks, image.shape)
    pixels = image.read(0, whole(image.shape))
    colours = pixels[..., :-1] if image.has_alpha else pixels
    colours[foreground if blank == "found" else ~foreground] = 0
    publish(target, encode_lossless(pixels, image.has_alpha, image.channels))


def _each_image(
    work: Callable[[Values], Callable[[Path], None]],
) -> Callable[[Values, Progress], Outcome]:
    def run(values: Values, progress: Progress) -> Outcome:
        outside(values["to"], values["images"], values["masks"])
        return for_each(images_in(values["images"]), work(values), progress)

    return run


COMPOSITES = Tool(
    "composites",
    marked("C&omposites…"),
    marked("Writes each image of a folder with its mask laid over it, beside the image itself."),
    (FROM_IMAGES, FROM_MASKS, TO_FOLDER),
    _each_image(lambda values: partial(_write_composite, by_image(values["masks"]), values["to"])),
    "--images scans --masks masks --to composites",
)
MASK_IMAGES = Tool(
    "mask-images",
    marked("&Blank images…"),
    marked("Writes each image of a folder with the ground black, or what its mask found."),
    (
        FROM_IMAGES,
        FROM_MASKS,
        Entry(
            "blank",
            marked("&Blank"),
            marked("What becomes black"),
            Kind.CHOICE,
            "ground",
            (("ground", marked("the ground")), ("found", marked("what was found"))),
        ),
        TO_FOLDER,
    ),
    _each_image(lambda values: partial(_write_masked, by_image(values["masks"]), values["to"], values["blank"])),
    "--images scans --masks masks --blank ground --to masked",
)
