"""Lines and outlines, drawn at three times the size and averaged: fast, smooth, with the exact labels beside them.

One drawing holds four numbers for each pixel: how opaque, how much of it is covered, a tone that differs from thing
to thing, and how much of it is rim.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from shared_folder.classes import BACKGROUND
from trainer.synthetic_shapes import Floats, Shape
from trainer.synthetic_textures import noise

SCALE = 3
THINNEST = 1.5
"""Width in pixels of the thinnest label; a thinner line is fainter instead."""
LINE, BLOB, BOUNDARY = 2, 3, 4
"""Labels of the pretext; what is none of them is background."""


@dataclass(frozen=True)
class Line:
    """A curved line. points: (N, 2) row, column; widths: (N,) in pixels; tone: 0..1."""

    points: Floats
    widths: Floats
    tone: float


@dataclass(frozen=True)
class Outline:
    """A closed shape. points: (N, 2) row, column; tone: 0..1; rim: width of its edge in pixels."""

    points: Floats
    tone: float
    rim: float = 0.0


@dataclass(frozen=True)
class Drawing:
    """What was drawn, each (H, W), 0..1: opacity, coverage, the tone of what covers, and rim."""

    opacity: Floats
    coverage: Floats
    tone: Floats
    rim: Floats

    @property
    def mask(self) -> NDArray[np.bool_]:
        return self.coverage > 0.5

    def buried(self, share: Floats) -> "Drawing":
        """The same with a part hidden. share: (H, W), 0..1."""
        seen = 1 - share
        return Drawing(self.opacity * seen, self.coverage * seen, self.tone, self.rim * seen)


def draw_lines(shape: Shape, lines: Iterable[Line]) -> Drawing:
    """Thin ones should come first: the last lies on top."""
    image = _sheet(shape)
    pen = ImageDraw.Draw(image)
    for line in lines:
        corners = line.points[:, ::-1] * SCALE
        for width, start, stop in zip(line.widths, corners, corners[1:], strict=False):
            thick = max(float(width), THINNEST) * SCALE
            fill = (round(255 * min(1.0, float(width) / THINNEST)), 255, round(255 * line.tone), 0)
            pen.line((start[0], start[1], stop[0], stop[1]), fill, round(thick))
            if thick > 5:
                half = thick / 2 - 0.5
                pen.ellipse((stop[0] - half, stop[1] - half, stop[0] + half, stop[1] + half), fill)
    return _drawing(image)


def draw_outlines(shape: Shape, outlines: Iterable[Outline]) -> Drawing:
    """Filled shapes; the last lies on top."""
    image = _sheet(shape)
    pen = ImageDraw.Draw(image)
    for outline in outlines:
        corners = [(float(x), float(y)) for y, x in outline.points * SCALE]
        fill = (255, 255, round(255 * outline.tone))
        pen.polygon(corners, (*fill, 0))
        if outline.rim:
            pen.line([*corners, corners[0]], (*fill, 255), max(1, round(outline.rim * SCALE)), joint="curve")
    return _drawing(image)


def _sheet(shape: Shape) -> Image.Image:
    # Four numbers a pixel that mean no colours. Of Pillow's modes with four, CMYK has no alpha that would weigh in.
    return Image.new("CMYK", (shape[1] * SCALE, shape[0] * SCALE))


def _drawing(image: Image.Image) -> Drawing:
    opacity, coverage, tone, rim = np.moveaxis(np.asarray(image.reduce(SCALE), np.float32), -1, 0) / np.float32(255)
    return Drawing(opacity, coverage, tone / np.maximum(coverage, np.float32(1e-3)), rim)


# ---- forms --------------------------------------------------------------------------------------------------------


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A size between two: as likely to be doubled as halved."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def wander(
    start: Floats,
    heading: float,
    length: float,
    curl: float,
    jitter: float,
    rng: np.random.Generator,
    step: float = 3,
) -> tuple[Floats, Floats]:
    """A way from `start` (row, column): points (N, 2), `step` pixels apart, and the headings (N,) in radians.

    curl: deviation of slow turns, radians over 30 steps or so; jitter: of sudden ones, radians a step.
    """
    count = max(3, round(length / step))
    slow = gaussian_filter1d(rng.standard_normal(count + 40), 10)[20:-20] * curl * 0.6
    headings = heading + np.cumsum(slow) + jitter * rng.standard_normal(count)
    moves = np.stack((np.sin(headings), np.cos(headings)), -1) * step
    return np.asarray(start + np.cumsum(moves, 0), np.float32), headings.astype(np.float32)


def outline_around(
    centre: Floats, radius: float, rng: np.random.Generator, rough: float, stretch: float = 1.0
) -> Floats:
    """Points (N, 2) of an ellipse whose outline wavers by `rough` of its radius. stretch: its axes' ratio."""
    angles = np.linspace(0, 2 * np.pi, max(10, min(48, round(radius * 2.5))), endpoint=False)
    radii = np.full(angles.shape, float(radius))
    for lobes in (2, 3, 4, 6):
        radii *= 1 + 1.2 * rough / lobes * rng.normal() * np.cos(lobes * angles + rng.uniform(0, 6.28))
    turn, root = rng.uniform(0, np.pi), np.sqrt(stretch)
    long, short = radii * np.cos(angles) * root, radii * np.sin(angles) / root
    rows, columns = long * np.sin(turn) + short * np.cos(turn), long * np.cos(turn) - short * np.sin(turn)
    return np.asarray(centre + np.stack((rows, columns), -1), np.float32)


# ---- the canvas ---------------------------------------------------------------------------------------------------


class Canvas:
    """A picture in the making, and what each pixel of it is."""

    def __init__(self, colour: Floats, rng: np.random.Generator) -> None:
        """colour: (H, W, 3), 0..1: the ground."""
        self.colour = colour
        self.labels = np.full(colour.shape[:2], BACKGROUND, np.uint8)
        self.rng = rng
        turn = rng.uniform(0, 2 * np.pi)
        self.light = np.array((np.sin(turn), np.cos(turn)), np.float32)
        """Where it comes from: row, column, a unit vector."""

    @property
    def shape(self) -> Shape:
        return self.colour.shape[0], self.colour.shape[1]

    def lay(self, drawing: Drawing, colour: Floats, label: int, strength: float = 1.0) -> None:
        """Put something on top. colour: (3,) or (H, W, 3); strength: its opacity, 0..1."""
        share = (drawing.opacity * np.float32(strength))[..., None]
        self.colour = self.colour + share * (colour - self.colour)
        self.labels[drawing.mask] = label

    def shade(self, drawing: Drawing, roundness: float, shadow: float) -> None:
        """Light from one side on what was laid, and the shadow that it casts on what lies below."""
        height = gaussian_filter(drawing.coverage, self.rng.uniform(0.8, 2.5))
        slope = np.gradient(height)
        lit = (slope[0] * self.light[0] + slope[1] * self.light[1]) * -roundness * drawing.opacity
        offset = np.round(-self.light * self.rng.uniform(1, 5)).astype(int)
        cast = np.roll(height, offset, (0, 1)) * (1 - drawing.coverage) * shadow
        self.colour = self.colour * (1 + lit - cast)[..., None]

    def toned(self, colour: Floats, drawing: Drawing, spread: float, grain: float) -> Floats:
        """That colour, different from thing to thing by `spread` and within one by `grain`: (H, W, 3)."""
        bright = 1 + spread * (drawing.tone - np.float32(0.5))
        if grain:
            bright = bright * (1 + grain * noise(self.shape, self.rng, self.rng.uniform(0.5, 2.5), 60))
        return np.asarray(colour * bright[..., None], np.float32)
