"""Draw images together with their exact ground truth: the sample project, and material for starter weights.

Everything is drawn from distance fields, so that each pixel knows how much of it a root covers. The mask is 1 where
a visible root (or a cell) covers more than half of the pixel: what crumbs of soil or a piece of straw hide is
background, what a drop of water or a scratch on the glass overlies stays root.

    python -m trainer.synthetic --to DIR
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from trainer.synthetic_shapes import (
    Drawn,
    Floats,
    Shape,
    Strand,
    crumbs,
    draw_blob,
    draw_strand,
    fractal_noise,
    smoothstep,
)

Bytes = NDArray[np.uint8]

DOWN = np.pi / 2  # headings are angles from "right" towards "down"
SAMPLE_SHAPE = (450, 600)


# ---- growth -------------------------------------------------------------------------------------------------------


def _grow(
    start: Floats, heading: float, length: float, radius: float, rng: np.random.Generator, *, pull: float
) -> Strand:
    """A root from `start`: it wanders, and gravity turns it downwards by `pull` radians a pixel."""
    steps = max(8, round(2 * length))
    wander = (
        gaussian_filter1d(rng.standard_normal(steps), 30) * 0.06
        + gaussian_filter1d(rng.standard_normal(steps), 5) * 0.03
    )
    headings = np.empty(steps)
    for step in range(steps):
        heading += wander[step] + 0.5 * pull * np.sin(DOWN - heading)
        headings[step] = heading
    points = start + 0.5 * np.cumsum(np.stack((np.sin(headings), np.cos(headings)), -1), 0)
    position = np.linspace(0, 1, steps)
    uneven = 1 + 0.09 * gaussian_filter1d(rng.standard_normal(steps), 7) * 4
    radii = (
        radius
        * (1 - 0.45 * position)
        * np.sqrt(np.minimum(1, (1 - position) * length / (2 * radius) + 0.15))
        * uneven
    )
    return Strand(points.astype(np.float32), np.maximum(radii, 0.75).astype(np.float32))


def _laterals(parent: Strand, spacing: float, reach: float, rng: np.random.Generator) -> list[Strand]:
    """Side roots of `parent`, about `spacing` pixels apart, up to `reach` pixels long: near its base the longest."""
    grown: list[Strand] = []
    at, last = rng.uniform(0.3, 1) * spacing, 0.82 * len(parent.points) / 2
    while at < last:
        index = round(2 * at)
        tangent = parent.points[min(index + 2, len(parent.points) - 1)] - parent.points[index - 2]
        side = rng.choice((-1, 1)) * rng.uniform(0.8, 1.4)
        age = 1 - at / (last / 0.82)
        length = reach * rng.uniform(0.25, 1) * (0.25 + 0.75 * age)
        radius = np.clip(parent.radii[index] * rng.uniform(0.28, 0.5), 0.9, 2.2)
        heading = float(np.arctan2(tangent[0], tangent[1]) + side)
        grown.append(_grow(parent.points[index], heading, length, float(radius), rng, pull=0.006))
        at += spacing * rng.uniform(0.4, 1.6)
    return grown


def _root_system(shape: Shape, rng: np.random.Generator) -> list[Strand]:
    """All roots of an image, the finest first, so that the axes lie over their branches."""
    axes: list[Strand] = []
    for _ in range(max(1, round(shape[1] / 150 * rng.uniform(0.5, 1.5)))):
        start = np.array((rng.uniform(-30, 0.25 * shape[0]), rng.uniform(-0.05, 1.05) * shape[1]), np.float32)
        start[0] = -8 if rng.random() < 0.75 else start[0]
        length = rng.uniform(0.6, 1.5) * shape[0]
        axes.append(_grow(start, DOWN + rng.normal(0, 0.5), length, rng.uniform(2.6, 6), rng, pull=0.014))
    branches = [root for axis in axes for root in _laterals(axis, rng.uniform(16, 45), rng.uniform(70, 220), rng)]
    fine = [root for branch in branches for root in _laterals(branch, 30, 45, rng) if len(branch.points) > 140]
    return fine + branches + axes


# ---- the scene ----------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A picture in the making.

    colour: (H, W, 3), 0..1; truth: (H, W), 0..1, how much of each pixel is root; light: towards it, down, right, up.
    """

    colour: Floats
    truth: Floats
    light: Floats

    @property
    def shape(self) -> Shape:
        return self.truth.shape[0], self.truth.shape[1]

    def lit(self, slope: Floats) -> Floats:
        """Brightness of a surface with that slope (h, w, 2): about 0.5 turned away from the light, 1.1 towards it."""
        up = np.sqrt(np.maximum(0.04, 1 - (slope**2).sum(-1)))
        return np.asarray(0.5 + 0.6 * np.maximum(0, slope @ self.light[:2] + up * self.light[2]), np.float32)

    def lay(self, drawn: Drawn, colour: Floats, alpha: Floats, is_object: bool) -> None:
        """Put a solid thing on top. colour: (h, w, 3) before lighting; alpha: (h, w), what shows of it."""
        self._shade(drawn, alpha)
        shaded = colour * self.lit(drawn.slope)[..., None]
        self.colour[drawn.window] += alpha[..., None] * (shaded - self.colour[drawn.window])
        self.truth[drawn.window] += alpha * (float(is_object) - self.truth[drawn.window])

    def _shade(self, drawn: Drawn, alpha: Floats) -> None:
        """The shadow that it casts on what lies below, away from the light."""
        rows, columns = drawn.window
        grown = (
            slice(max(0, rows.start - 6), min(self.shape[0], rows.stop + 6)),
            slice(max(0, columns.start - 6), min(self.shape[1], columns.stop + 6)),
        )
        shadow = np.zeros((grown[0].stop - grown[0].start, grown[1].stop - grown[1].start), np.float32)
        top, left = rows.start - grown[0].start, columns.start - grown[1].start
        shadow[top : top + alpha.shape[0], left : left + alpha.shape[1]] = alpha
        offset = np.round(-3 * self.light[:2]).astype(int)
        shadow = gaussian_filter(np.roll(shadow, offset, (0, 1)), 2.2)
        self.colour[grown] *= 1 - 0.55 * shadow[..., None]


SOILS = np.array(
    [
        (0.30, 0.21, 0.14),
        (0.38, 0.28, 0.19),
        (0.22, 0.17, 0.13),
        (0.42, 0.27, 0.16),
        (0.34, 0.30, 0.25),
        (0.42, 0.34, 0.25),
    ],
    np.float32,
)
ROOTS = np.array([(0.84, 0.76, 0.60), (0.88, 0.82, 0.70), (0.72, 0.58, 0.40), (0.78, 0.68, 0.50)], np.float32)
STONES = np.array([(0.62, 0.58, 0.52), (0.74, 0.70, 0.62), (0.50, 0.44, 0.38), (0.82, 0.78, 0.70)], np.float32)


def _soil(shape: Shape, rng: np.random.Generator) -> tuple[Scene, Floats]:
    """Bare soil, and its surface's height (deviation about 1), which decides what it buries."""
    height, tone = 0.5 * fractal_noise(shape, rng, 2.9, 200), 0.6 * fractal_noise(shape, rng, 2.0)
    for spacing, tall in zip(rng.uniform((40, 13, 5), (80, 24, 8)), (1.5, 1.1, 0.5), strict=True):
        grains, tones = crumbs(shape, spacing, rng)
        height, tone = height + tall * grains, tone + 0.45 * tones
    height += 0.1 * fractal_noise(shape, rng, 1.0, 30)
    turn = rng.uniform(-np.pi, 0)  # the light never comes from below
    light = np.array((0.6 * np.sin(turn), 0.6 * np.cos(turn), 0.8), np.float32)
    scene = Scene(np.empty((*shape, 3), np.float32), np.zeros(shape, np.float32), light)
    smooth = gaussian_filter(height, 0.6)
    steep = np.stack(np.gradient(-smooth), -1) * 1.7
    hollow = sum(smoothstep(smooth - gaussian_filter(smooth, blur), -1.1, 0.4) for blur in (3, 9, 22)) / 3
    wet = smoothstep(fractal_noise(shape, rng, 3.2), -0.5, 1.2) * rng.uniform(0.2, 0.5)
    brightness = scene.lit(steep / np.sqrt(1 + (steep**2).sum(-1, keepdims=True)))
    brightness = brightness * (0.3 + 0.8 * hollow) * np.exp(0.16 * tone) * (1 - wet)
    other = smoothstep(fractal_noise(shape, rng, 2.0), -1, 2)[..., None]
    base = rng.choice(SOILS) * (1 - other) + rng.choice(SOILS) * other
    scene.colour[:] = base * brightness[..., None] * 1.15
    return scene, np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)


def _strew_stones(scene: Scene, rng: np.random.Generator) -> None:
    """Grains of quartz, pebbles, and black flecks of char and humus."""
    area = scene.shape[0] * scene.shape[1]
    stony = rng.uniform(0.4, 1.6)
    for count, small, large in ((60, 1.2, 2.5), (35, 2, 5), (7, 6, 13), (1.2, 13, 24)):
        for _ in range(rng.poisson(count * stony * area / 270_000)):
            centre = rng.uniform((0, 0), scene.shape).astype(np.float32)
            drawn = draw_blob(centre, rng.uniform(small, large), scene.shape, rng, 0.14)
            if drawn is not None:
                dark = rng.random() < 0.3
                colour = rng.choice(STONES) * (rng.uniform(0.15, 0.3) if dark else rng.uniform(0.5, 1.1))
                grain = gaussian_filter(rng.standard_normal(drawn.coverage.shape), 1.2)[..., None]
                scene.lay(drawn, colour * (1 + 0.25 * grain), drawn.coverage * rng.uniform(0.6, 1), False)


def _lay_roots(scene: Scene, height: Floats, rng: np.random.Generator) -> None:
    """Roots against the glass; the soil's higher crumbs cover parts of them."""
    bury = 0.85 * fractal_noise(scene.shape, rng, 3.4, 150) + 0.4 * gaussian_filter(height, 3)
    colour, spread = rng.choice(ROOTS) * rng.uniform(0.88, 1.08), rng.uniform(0.03, 0.12)
    for strand in _root_system(scene.shape, rng):
        drawn = draw_strand(strand, scene.shape)
        if drawn is None:
            continue
        level = rng.normal(1.25, 0.3)
        bare = 1 - smoothstep(bury[drawn.window], level - 0.15, level + 0.15)
        stain = smoothstep(fractal_noise(drawn.coverage.shape, rng, 2.0, 60), 0, 2)[..., None]
        aged = rng.exponential(spread)
        tint = colour * np.exp(rng.normal(0, spread)) * np.exp(-aged * np.array((1, 1.5, 2.1)))
        rind = 1 + 0.07 * gaussian_filter(rng.standard_normal(drawn.coverage.shape), 0.8)[..., None]
        scene.lay(drawn, tint * (1 - stain * np.array((0.25, 0.35, 0.45))) * rind, drawn.coverage * bare, True)


def _straight(shape: Shape, length: float, radius: float, bend: float, rng: np.random.Generator) -> Strand:
    """A stiff piece somewhere in the image: its curvature is one number, `bend` radians in all."""
    headings = rng.uniform(0, 2 * np.pi) + np.linspace(0, bend, round(2 * length))
    start = rng.uniform((0, 0), shape)
    points = start + 0.5 * np.cumsum(np.stack((np.sin(headings), np.cos(headings)), -1), 0)
    return Strand(points.astype(np.float32), np.full(len(points), radius, np.float32))


def _drop_straw(scene: Scene, rng: np.random.Generator) -> None:
    """Pieces of straw and dead leaf over soil and roots: straight, blunt, fibrous. Not roots."""
    for _ in range(rng.poisson(2.2)):
        radius = rng.uniform(1.2, 5)
        drawn = draw_strand(
            _straight(scene.shape, rng.uniform(25, 90), radius, rng.normal(0, 0.12), rng), scene.shape
        )
        if drawn is not None:
            fibre = np.sin(drawn.slope.sum(-1) * radius * 2.6 + rng.uniform(0, 6))[..., None]
            colour = np.array((0.73, 0.55, 0.34)) * rng.uniform(0.5, 1.05) * (1 + 0.16 * fibre)
            flat = Drawn(drawn.window, drawn.coverage, drawn.slope * np.float32(0.35))
            scene.lay(flat, colour.astype(np.float32), drawn.coverage, False)


def _wet_glass(scene: Scene, rng: np.random.Generator) -> None:
    """Drops of condensation and scratches on the glass: what lies below stays what it is."""
    for _ in range(rng.poisson(2.5)):
        strand = _straight(scene.shape, rng.uniform(30, 260), rng.uniform(0.4, 0.9), rng.normal(0, 0.25), rng)
        drawn = draw_strand(strand, scene.shape)
        if drawn is not None:
            worn = smoothstep(fractal_noise(drawn.coverage.shape, rng, 2.0, 80), -1.2, 1)
            scene.colour[drawn.window] += (rng.uniform(0.08, 0.3) * drawn.coverage * worn)[..., None]
    middle = rng.uniform((0, 0), scene.shape)
    for _ in range(rng.poisson(9) if rng.random() < 0.55 else 0):
        centre = (middle + rng.normal(0, 55, 2)).astype(np.float32)
        drawn = draw_blob(centre, 3 + rng.gamma(2, 2.2), scene.shape, rng, 0.05)
        if drawn is not None:
            facing = drawn.slope @ scene.light[:2]
            glint = np.exp(-((drawn.slope - 0.5 * scene.light[:2] / 0.6) ** 2).sum(-1) / 0.02)
            bent = 1.1 - 0.9 * facing - 0.45 * (drawn.slope**2).sum(-1)
            inside = scene.colour[drawn.window] * bent[..., None] + 0.7 * glint[..., None] + 0.03
            scene.colour[drawn.window] += drawn.coverage[..., None] * (inside - scene.colour[drawn.window])


def _photograph(scene: Scene, rng: np.random.Generator) -> Bytes:
    """What the camera makes of it: uneven light, vignetting, a soft lens, noise. (H, W, 3)"""
    rows, columns = np.mgrid[-1 : 1 : scene.shape[0] * 1j, -1 : 1 : scene.shape[1] * 1j]
    slant = rng.normal(0, 0.14, 2)
    gain = np.exp(slant[0] * rows + slant[1] * columns) * (1 - rng.uniform(0.08, 0.25) * (rows**2 + columns**2))
    gain *= rng.uniform(0.85, 1.25) * (1 + 0.05 * fractal_noise(scene.shape, rng, 3))
    warmth = rng.normal(0.01, 0.04)
    cast = np.array((1 + warmth, 1, 1 - warmth))
    seen = gaussian_filter(scene.colour * gain[..., None] * cast, (rng.uniform(0.45, 0.8),) * 2 + (0,))
    noise = rng.standard_normal(seen.shape) * 0.5 + rng.standard_normal(scene.shape)[..., None] * 0.8
    seen = np.maximum(seen, 0)
    seen += noise * (0.006 + 0.016 * np.sqrt(seen))
    return np.asarray(np.clip((1 - np.exp(-1.8 * seen)) * 290, 0, 255), np.uint8)


def roots_in_soil(shape: Shape, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    """A photograph of roots behind glass. shape: rows, columns. Returns colours (H, W, 3), mask (H, W), 1 on root."""
    scene, height = _soil(shape, rng)
    _strew_stones(scene, rng)
    _lay_roots(scene, height, rng)
    _drop_straw(scene, rng)
    _wet_glass(scene, rng)
    return _photograph(scene, rng), (scene.truth > 0.5).astype(np.uint8)


def cells(shape: Shape, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Stained cells under a fluorescence microscope, among bright debris. Takes and returns as `roots_in_soil`."""
    haze = 0.07 + 0.03 * smoothstep(fractal_noise(shape, rng, 3), -2, 2)
    glow, truth = haze, np.zeros(shape, np.float32)
    typical, area = rng.uniform(9, 17), shape[0] * shape[1]
    for _ in range(rng.poisson(0.3 * area / (3.14 * typical**2))):
        centre = rng.uniform((0, 0), shape).astype(np.float32)
        drawn = draw_blob(centre, typical * np.exp(rng.normal(0, 0.2)), shape, rng, 0.09)
        if drawn is not None and truth[drawn.window].mean() < 0.35:
            chromatin = np.exp(0.22 * fractal_noise(drawn.coverage.shape, rng, 2.2, 12))
            stain = rng.uniform(0.07, 0.5) * chromatin * (1 - 0.45 * (drawn.slope**2).sum(-1))
            glow[drawn.window] += drawn.coverage * stain
            truth[drawn.window] = np.maximum(truth[drawn.window], drawn.coverage)
    for _ in range(rng.poisson(area / 12_000)):
        drawn = draw_blob(rng.uniform((0, 0), shape).astype(np.float32), rng.uniform(1, 3.5), shape, rng, 0.1)
        if drawn is not None:
            glow[drawn.window] += drawn.coverage * rng.uniform(0.2, 1)
    glow = gaussian_filter(glow, rng.uniform(0.7, 1.1)) + 0.3 * gaussian_filter(glow, 12)
    slant = np.linspace(rng.uniform(0.5, 1.3), rng.uniform(0.5, 1.3), shape[1], dtype=np.float32)
    colour = (glow * slant)[..., None] * rng.choice(np.array([(0.25, 0.45, 1), (0.2, 1, 0.3), (0.9, 0.9, 0.9)]))
    colour += rng.standard_normal(colour.shape) * (0.012 + 0.035 * np.sqrt(colour))
    return np.asarray(np.clip(colour * 255, 0, 255), np.uint8), (truth > 0.5).astype(np.uint8)


# ---- files --------------------------------------------------------------------------------------------------------

KINDS: dict[str, Callable[[Shape, np.random.Generator], tuple[Bytes, Bytes]]] = {
    "roots": roots_in_soil,
    "cells": cells,
}


def write_sample(
    folder: Path, count: int = 24, seed: int = 2026, kind: str = "roots", shape: Shape = SAMPLE_SHAPE
) -> None:
    """Write images/<kind>_01.jpg ... and masks/<kind>_01.png (a pixel's value is its class: 0, 1) into `folder`.

    The first images stay the same whatever the count: each has random numbers of its own.
    """
    images, masks = folder / "images", folder / "masks"
    images.mkdir(parents=True, exist_ok=True)
    masks.mkdir(exist_ok=True)
    for number in range(1, count + 1):
        image, mask = KINDS[kind](shape, np.random.default_rng([seed, number]))
        name = f"{kind}_{number:02d}"
        Image.fromarray(image).save(images / f"{name}.jpg", quality=90, optimize=True)
        Image.fromarray(mask).save(masks / f"{name}.png", optimize=True)


EXAMPLES = """examples:
  python -m trainer.synthetic --to sample
  python -m trainer.synthetic --to cells --kind cells --count 10 --seed 7
"""


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.synthetic",
        description="Draw images with exact masks: DIR/images/*.jpg and DIR/masks/*.png (0 background, 1 object).",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder for images/ and masks/")
    parser.add_argument("--count", type=int, default=24, metavar="N", help="how many images (default 24)")
    parser.add_argument(
        "--seed", type=int, default=2026, metavar="S", help="another seed, other images (default 2026)"
    )
    parser.add_argument("--kind", choices=KINDS, default="roots", help="what to draw (default roots)")
    wanted = parser.parse_args(arguments)
    if wanted.count < 1 or wanted.seed < 0:
        parser.error("--count must be at least 1, --seed at least 0")
    write_sample(wanted.to, wanted.count, wanted.seed, wanted.kind)


if __name__ == "__main__":
    main()
