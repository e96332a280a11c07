"""Folders of images: split at random, and made smaller or larger."""

import random
import shutil
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from painter_app.marking import marked
from painter_app.tools.tool import (
    FROM_IMAGES,
    TO_FOLDER,
    Entry,
    Kind,
    Outcome,
    Progress,
    Tool,
    Values,
    for_each,
    fresh,
    images_in,
    outside,
)
from shared_folder.images import open_image
from shared_folder.label_files import encode_png
from shared_folder.publish import make_folder, publish
from shared_folder.rectangle import whole
from shared_folder.refused import Refused

_MOST_SIDE = 30_000


def split(values: Values, progress: Progress) -> Outcome:
    """Copy a random share of the images to one folder, and the rest to another."""
    images = images_in(values["images"])
    outside(values["to"], values["images"])
    outside(values["rest"], values["images"], values["to"])
    shuffled = random.Random(values["seed"]).sample(images, len(images))
    first = {*shuffled[: round(len(images) * values["percent"] / 100)]}
    for folder in (values["to"], values["rest"]):
        make_folder(folder)

    def copy(path: Path) -> None:
        folder = values["to"] if path in first else values["rest"]
        shutil.copyfile(path, fresh(folder / path.name))

    return for_each(images, copy, progress)


def resize(values: Values, progress: Progress) -> Outcome:
    """Write all images at another size, as PNG."""
    outside(values["to"], values["images"])
    return for_each(images_in(values["images"]), partial(_resize, values["to"], values["percent"]), progress)


def _resize(to: Path, percent: int, path: Path) -> None:
    target = fresh(to / f"{path.stem}.png")
    image = open_image(path)
    height, width = (max(1, round(side * percent / 100)) for side in image.shape[:2])
    if max(height, width) > _MOST_SIDE:
        raise Refused(f"{path.name}: would be larger than {_MOST_SIDE:,} pixels a side.")
    shown = Image.fromarray(np.ascontiguousarray(image.displayed(0, whole(image.shape))))
    small = shown.resize((width, height), Image.Resampling.LANCZOS)
    publish(target, encode_png(small, "{}"))


SPLIT = Tool(
    "split",
    marked("Random s&plit…"),
    marked("Copies a random share of a folder's images to one folder and the rest to another."),
    (
        FROM_IMAGES,
        Entry(
            "percent",
            marked("&Share in percent"),
            marked("Of the images that go to the first folder"),
            Kind.NUMBER,
            80,
            least=1,
            most=99,
        ),
        Entry(
            "to",
            marked("&First folder"),
            marked("Made if it isn't there, and nothing in it is replaced"),
            Kind.NEW_FOLDER,
        ),
        Entry(
            "rest",
            marked("Second f&older"),
            marked("For the rest; made if it isn't there, and nothing in it is replaced"),
            Kind.NEW_FOLDER,
        ),
        Entry("seed", marked("&Draw"), marked("The same number draws the same images again"), Kind.NUMBER, 0),
    ),
    split,
    "--images scans --percent 80 --to train --rest test",
)
RESIZE = Tool(
    "resize",
    marked("Resi&ze images…"),
    marked("Writes all images of a folder smaller or larger, as PNG in 8 bits, as they are shown."),
    (
        FROM_IMAGES,
        Entry("percent", marked("&Size in percent"), marked("Of each side"), Kind.NUMBER, 50, least=1, most=1000),
        TO_FOLDER,
    ),
    resize,
    "--images scans --percent 50 --to smaller",
)
