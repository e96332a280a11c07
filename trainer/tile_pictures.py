"""What the network sees, as pictures: tiles as they are learned from, their labels outlined; and a sheet of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.inspection import FAMILIES
from shared_folder.label_files import rgb
from shared_folder.rectangle import Rectangle, whole
from trainer.augment import NO_AUGMENTATION, Augmentation, augment, source_side
from trainer.patches import FloatImage, read_window
from trainer.sampling import AnnotatedImage

Labels = NDArray[np.uint8]
"""(H, W) label ids."""

BACKGROUND_OUTLINE = "#e69f00"
OUTLINES = ("#56b4e9", "#cc79a7", "#f0e442", "#009e73", "#d55e00", "#0072b2")
"""Okabe and Ito's palette (2008), which colour-blind people tell apart; class 2 takes the first."""
SHOWN_RANGE = 1.2
"""Values of the network's input, from minus this to this, become black to white: a little more than images span."""
DRAWS = 5
_ATTEMPTS = 10
_TINT = 0.45
_GAP, _CAPTION, _TITLE = 8, 250, 64
_GROUND, _INK, _FAINT = "#ffffff", "#1d2528", "#586468"


def only(families: Sequence[str]) -> Augmentation:
    """The usual augmentation with only these families on."""
    usual = Augmentation()
    return replace(NO_AUGMENTATION, **{name: getattr(usual, name) for name in FAMILIES if name in families})


def draw_tiles(
    image: AnnotatedImage,
    place: tuple[int, int],
    tile: int,
    augmentation: Augmentation,
    count: int,
    generator: torch.Generator,
    scale: float = 1.0,
) -> list[tuple[FloatImage, Labels]]:
    """Tiles around a pixel (row, column) as they are learned from: values (tile, tile, C) and labels (tile, tile).

    tile: side in pixels. generator: on the processor. scale: pixels of a tile for each of the image.
    """
    side = source_side(tile, scale)
    row, column = place
    window = Rectangle(row - side // 2, column - side // 2, row - side // 2 + side, column - side // 2 + side)
    inside = window.intersection(whole(image.shape))
    labels = np.full((side, side), UNKNOWN, np.uint8)
    if not inside.empty:
        labels[inside.shifted(-window.top, -window.left).slices] = image.labels.read(inside)
    source = torch.from_numpy(read_window(image.read, image.shape, window)).movedim(-1, 0)
    values, warped = augment(
        source.expand(count, -1, -1, -1),
        torch.from_numpy(labels).expand(count, -1, -1),
        tile,
        augmentation,
        generator,
        scale,
    )
    return [(one.movedim(0, -1).numpy(), known.numpy()) for one, known in zip(values, warped, strict=True)]


def picture_of(values: FloatImage, labels: Labels | None = None) -> Image.Image:
    """The network's input (H, W, C) as a picture, with the borders of what is known in it."""
    shown = ((values / SHOWN_RANGE + 1) * 127.5).clip(0, 255).astype(np.uint8)
    colours = shown[..., :3] if shown.shape[-1] >= 3 else np.repeat(shown[..., :1], 3, axis=-1)
    colours = np.ascontiguousarray(colours)
    if labels is not None:
        known = [label for label in np.unique(labels).tolist() if label not in (UNKNOWN, CANT_TELL)]
        for label in known:  # a dark line around each, so that it shows on any ground
            colours[_border(labels != label)] = 0
        for label in known:
            colours[_border(labels == label)] = rgb(outline_colour(label))
    return Image.fromarray(colours)


def mask_picture(values: FloatImage, mask: Labels) -> Image.Image:
    """The network's input (H, W, C) with a mask (H, W) laid over it: what is found is tinted and outlined."""
    found = np.where(mask == BACKGROUND, np.uint8(UNKNOWN), mask)
    colours = np.asarray(picture_of(values)).astype(np.float32)
    for label in np.unique(found[found != UNKNOWN]).tolist():
        tint = np.array(rgb(outline_colour(label)), np.float32)
        colours[found == label] += _TINT * (tint - colours[found == label])
    tinted = colours / np.float32(127.5) - 1
    return picture_of(tinted * np.float32(SHOWN_RANGE), found)


def outline_colour(label: int) -> str:
    """ "#rrggbb"."""
    return BACKGROUND_OUTLINE if label == BACKGROUND else OUTLINES[(label - BACKGROUND - 1) % len(OUTLINES)]


def _border(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels of a region (H, W) that have a neighbour outside it; the picture's own edge is none."""
    padded = np.pad(region, 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.asarray(region & ~inner)


def interesting_place(image: AnnotatedImage, numbers: np.random.Generator) -> tuple[int, int]:
    """Row and column of a known pixel of a class to find, rather inside the image than at its edge.

    Of an image on which nothing is known, the middle.
    """
    middle = image.shape[0] // 2, image.shape[1] // 2
    label = max((label for label in image.places if label != CANT_TELL), default=UNKNOWN)
    if label == UNKNOWN:
        return middle
    places = [image.places[label].draw(image.labels, label, numbers) for _ in range(_ATTEMPTS)]
    return min(places, key=lambda place: abs(place[0] - middle[0]) + abs(place[1] - middle[1]))


def augmentation_sheet(
    images: Sequence[AnnotatedImage], tile: int, title: str, seed: int = 0, scale: float = 1.0
) -> Image.Image:
    """One row for each family of augmentation, and one for all together: the plain tile, then several draws.

    images: at least one; rows take them in turns. tile: side in pixels. scale: pixels of a tile for each of an image.
    """
    numbers, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    rows = [(name, words, only([name])) for name, words in FAMILIES.items()]
    rows.append(("all together", "as the network learns from it", Augmentation()))
    width = _CAPTION + (1 + DRAWS) * (tile + _GAP)
    sheet = Image.new("RGB", (width, _TITLE + len(rows) * (tile + _GAP)), _GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, _GAP), title, _INK, ImageFont.load_default(22))
    for column, words in enumerate(("as it is", *(f"draw {number + 1}" for number in range(DRAWS)))):
        draw.text((_CAPTION + column * (tile + _GAP), _TITLE - 24), words, _FAINT, ImageFont.load_default(16))
    for index, (name, words, augmentation) in enumerate(rows):
        image = images[index % len(images)]
        place = interesting_place(image, numbers)
        drawn = [
            *draw_tiles(image, place, tile, NO_AUGMENTATION, 1, generator, scale),
            *draw_tiles(image, place, tile, augmentation, DRAWS, generator, scale),
        ]
        top = _TITLE + index * (tile + _GAP)
        for column, (values, labels) in enumerate(drawn):
            sheet.paste(picture_of(values, labels), (_CAPTION + column * (tile + _GAP), top))
        _caption(draw, top, name, words, image.name)
    return sheet


def _caption(draw: ImageDraw.ImageDraw, top: int, name: str, words: str, image: str) -> None:
    """What a row shows, to its left."""
    draw.text((_GAP, top), name, _INK, ImageFont.load_default(20))
    font = ImageFont.load_default(15)
    lines = [*_wrapped(draw, words, font), "", *_wrapped(draw, image, font)]
    draw.multiline_text((_GAP, top + 30), "\n".join(lines), _FAINT, font)


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    """Lines that fit beside the pictures."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font) <= _CAPTION - 2 * _GAP:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
