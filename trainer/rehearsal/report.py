"""What a rehearsal leaves to read: report.md with the curve as SVG and pictures of before and after."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from shared_folder.classes import BACKGROUND
from shared_folder.images import open_image
from shared_folder.labelled import LabelledProject
from shared_folder.publish import publish
from shared_folder.rectangle import whole
from shared_folder.scores import LabelMap
from trainer.rehearsal.curve import Row

PICTURED = 3
"""Held-out images whose masks are shown."""
_HEIGHT = 300  # pixels of a picture
_WIDE, _HIGH, _EDGE = 720, 320, 46  # the curve
_BLUE, _ORANGE = "#0072b2", "#d55e00"  # told apart by the colour-blind (Okabe and Ito)


def write_report(
    to: Path, labelled: LabelledProject, rows: Sequence[Row], facts: dict[str, Any], masks: dict[str, list[LabelMap]]
) -> None:
    """Write report.md, curve.svg and a picture for each image. masks: by held-out image, the first model's and the
    last one's."""
    publish(to / "curve.svg", _curve(rows).encode())
    pictures = []
    for number, (name, both) in enumerate(masks.items(), start=1):
        picture = to / f"held_out_{number}.png"
        _side_by_side(labelled, name, both).save(picture)
        pictures.append(picture.name)
    publish(to / "report.md", _words(rows, facts, pictures).encode())


def _words(rows: Sequence[Row], facts: dict[str, Any], pictures: Sequence[str]) -> str:
    images = sum(bool(row.image) for row in rows)
    reached = {level: seconds for level, seconds in facts["seconds_to_dice"].items() if seconds is not None}
    last = rows[-1]
    lines = [
        "# A rehearsal",
        "",
        f"A simulated user annotated {images} images with {last.strokes} strokes in {last.seconds:.0f} seconds, "
        f"{last.annotation_seconds:.0f} of them painting. Dice on {facts['held_out']} images that she never touched: "
        f"**{facts['dice_final']:.2f}** at the end, {facts['dice_best']:.2f} at best.",
        "",
        "".join(f"Dice {level} was reached after {seconds:.0f} s. " for level, seconds in reached.items()),
        "",
        "![Learning curve](curve.svg)",
        "",
        f"The clock: {facts['clock']}. Device: {facts['device']}. Of {facts['models_measured']} models that "
        f"followed another, {facts['models_worse_than_the_one_before']} were worse on the held-out images than it.",
        "",
        "| image left | as | seconds | strokes | Dice | validation Dice |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.image} | {row.phase} | {row.seconds:.0f} | {row.strokes} | {row.dice:.3f} "
        f"| {'' if row.validation_dice is None else f'{row.validation_dice:.3f}'} |"
        for row in rows
        if row.image
    ]
    lines += ["", "Held-out images: the image, its truth, the first model's mask, the last one's.", ""]
    lines += [f"![held-out image]({picture})" for picture in pictures]
    lines += [
        "",
        "The same seed gives the same strokes and the same tiles. In real time the strokes fall on masks of other",
        "moments in each run, so that two runs differ; compare several seeds.",
    ]
    return "\n".join(lines) + "\n"


def _curve(rows: Sequence[Row]) -> str:
    """Held-out and validation Dice over the seconds, as SVG."""
    end = max(60.0, rows[-1].seconds)

    def at(seconds: float, dice: float) -> str:
        x = _EDGE + (_WIDE - 2 * _EDGE) * seconds / end
        return f"{x:.1f},{_HIGH - _EDGE - (_HIGH - 2 * _EDGE) * dice:.1f}"

    held_out = " ".join(at(row.seconds, row.dice) for row in rows)
    validation = " ".join(at(row.seconds, row.validation_dice) for row in rows if row.validation_dice is not None)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif">']
    parts.append(f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>')
    for tenth in range(0, 11, 2):
        start, stop = at(0, tenth / 10), at(end, tenth / 10)
        (x1, y1), (x2, y2) = start.split(","), stop.split(",")
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#ddd"/>')
        parts.append(f'<text x="8" y="{y1}" font-size="12" fill="#333">{tenth / 10:.1f}</text>')
    for minute in range(int(end // 60) + 1):
        x, y = at(60 * minute, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18:.0f}" font-size="12" fill="#333">{minute}</text>')
    for row in rows:
        if row.image:
            x, y = at(row.seconds, row.dice).split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{_BLUE}"/>')
    parts.append(f'<polyline points="{held_out}" fill="none" stroke="{_BLUE}" stroke-width="2"/>')
    parts.append(
        f'<polyline points="{validation}" fill="none" stroke="{_ORANGE}" stroke-width="1.5" stroke-dasharray="5 3"/>'
    )
    words = "Dice by minutes; a dot: an image was left. Blue: held-out images. Orange, dashed: validation."
    parts.append(f'<text x="{_EDGE}" y="20" font-size="13" fill="#333">{words}</text></svg>')
    return "\n".join(parts)


def _side_by_side(labelled: LabelledProject, name: str, masks: Sequence[LabelMap]) -> Image.Image:
    """The image, the image with its truth, then with each mask."""
    opened = open_image(labelled.project.image_path(name))
    learned = opened.learned(whole(opened.shape))[..., :3]
    pixels = np.asarray((learned.clip(-1, 1) + 1) * 127.5, np.uint8)
    columns = [pixels, *(_overlaid(pixels, labels) for labels in (labelled.truth[name], *masks))]
    width = max(1, round(_HEIGHT * pixels.shape[1] / pixels.shape[0]))
    sheet = Image.new("RGB", ((width + 6) * len(columns) - 6, _HEIGHT + 18), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (title, column) in enumerate(
        zip(("image", "truth", "first model", "last model"), columns, strict=False)
    ):
        sheet.paste(Image.fromarray(column).resize((width, _HEIGHT)), (number * (width + 6), 18))
        draw.text((number * (width + 6) + 2, 3), title, fill="black")
    return sheet


def _overlaid(pixels: NDArray[np.uint8], labels: LabelMap) -> NDArray[np.uint8]:
    colours = np.array([(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167)], np.float32)
    objects = labels > BACKGROUND
    result = pixels.astype(np.float32)
    result[objects] = 0.35 * result[objects] + 0.65 * colours[(labels[objects] - BACKGROUND - 1) % len(colours)]
    return result.astype(np.uint8)
