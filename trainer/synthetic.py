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
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates
from scipy.spatial import cKDTree

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Window = tuple[slice, slice]
Shape = tuple[int, int]

DOWN = np.pi / 2  # headings are angles from "right" towards "down"
SAMPLE_SHAPE = (450, 600)


@dataclass(frozen=True)
class Strand:
    """A curved strip: a root, a straw, a scratch. points: (N, 2) row, column, half a pixel apart; radii: (N,) pixels."""

    points: Floats
    radii: Floats


@dataclass(frozen=True)
class Drawn:
    """What one object covers. coverage: 0..1 of each pixel; slope: (h, w, 2) tilt of its surface, -1..1 down and right."""

    window: Window
    coverage: Floats
    slope: Floats


# ---- fields of numbers --------------------------------------------------------------------------------------------


def _smoothstep(values: Floats, low: float, high: float) -> Floats:
    position = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(position * position * (3 - 2 * position), np.float32)


def fractal_noise(shape: Shape, rng: np.random.Generator, beta: float, largest: float = 400) -> Floats:
    """Noise with power 1 / frequency ** beta, flat above the period `largest` (pixels). (H, W), mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * np.maximum(frequency, 1 / largest) ** (-beta / 2)
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=shape)
    return np.asarray(noise / noise.std(), np.float32)


def _crumbs(shape: Shape, spacing: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Grains packed side by side (a cellular texture, Worley 1996): height 0..1, and a random tone -1..1 for each."""
    count = max(4, round((shape[0] + 60) * (shape[1] + 60) / spacing**2))
    seeds = rng.uniform((-30, -30), (shape[0] + 30, shape[1] + 30), (count, 2))
    bend = [fractal_noise(shape, rng, 2.6, 4 * spacing) * 0.22 * spacing for _ in range(2)]
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    where = np.stack((rows + bend[0], columns + bend[1]), -1)
    distance, nearest = cKDTree(seeds).query(where, k=2)
    tall, tones = rng.uniform(0.3, 1, count), rng.uniform(-1, 1, count)
    gap = np.clip((distance[..., 1] - distance[..., 0]) / (0.6 * spacing), 0, 1)
    height = tall[nearest[..., 0]] * np.sqrt(gap)
    return np.asarray(height, np.float32), np.asarray(tones[nearest[..., 0]], np.float32)


# ---- shapes -------------------------------------------------------------------------------------------------------


def _window(low: Floats, high: Floats, shape: Shape) -> Window | None:
    """The part of the image between two corners (row, column); None outside the image."""
    top, left = np.maximum(np.floor(low), 0).astype(int)
    bottom, right = np.minimum(np.ceil(high) + 1, shape).astype(int)
    return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None


def draw_strand(strand: Strand, shape: Shape) -> Drawn | None:
    """A round strip along its line. None when it lies outside the image of that shape."""
    reach = float(strand.radii.max()) + 1
    window = _window(strand.points.min(0) - reach, strand.points.max(0) + reach, shape)
    if window is None:
        return None
    rows, columns = np.mgrid[window]
    where = np.stack((rows, columns), -1).astype(np.float32)
    far, nearest = cKDTree(strand.points).query(where, distance_upper_bound=reach)
    outside, nearest = np.isinf(far), np.minimum(nearest, len(strand.points) - 1)
    tangents = np.gradient(strand.points, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    offset = where - strand.points[nearest]
    along = (offset * tangents[nearest]).sum(-1)
    end = (nearest == 0) | (nearest == len(strand.points) - 1)
    aside = offset - along[..., None] * tangents[nearest] * ~end[..., None]
    distance, radius = np.linalg.norm(aside, axis=-1), strand.radii[nearest]
    coverage = np.clip(radius - distance + 0.5, 0, 1) * np.minimum(2 * radius, 1) * ~outside
    slope = np.clip(aside / np.maximum(radius, 0.5)[..., None], -1, 1)
    return Drawn(window, coverage.astype(np.float32), slope.astype(np.float32))


def draw_blob(centre: Floats, radius: float, shape: Shape, rng: np.random.Generator, rough: float) -> Drawn | None:
    """A stone, drop or cell: an ellipse whose outline wavers by `rough` of its radius. None outside the image."""
    window = _window(centre - 1.8 * radius, centre + 1.8 * radius, shape)
    if window is None:
        return None
    rows, columns = np.mgrid[window]
    offset = np.stack((rows - centre[0], columns - centre[1]), -1)
    turn, stretch = rng.uniform(0, np.pi), np.exp(rng.normal(0, 2 * rough))
    along = np.array((np.sin(turn), np.cos(turn))) * stretch
    across = np.array((np.cos(turn), -np.sin(turn))) / stretch
    angle = np.arctan2(offset @ across, offset @ along)
    outline = np.ones_like(angle)
    for lobes in (2, 3, 5):
        outline += rough / lobes * rng.normal() * np.cos(lobes * angle + rng.uniform(0, 6.28))
    rho = np.hypot(offset @ along, offset @ across) / (radius * np.maximum(outline, 0.4))
    coverage = np.clip((1 - rho) * radius + 0.5, 0, 1)
    slope = np.clip(offset / radius, -1, 1) * np.minimum(rho, 1)[..., None]
    return Drawn(window, coverage.astype(np.float32), slope.astype(np.float32))


# ---- growth -------------------------------------------------------------------------------------------------------


def _grow(start: Floats, heading: float, length: float, radius: float, pull: float, rng: np.random.Generator) -> Strand:
    """A root from `start`: it wanders, and gravity turns it downwards by `pull` radians a pixel."""
    steps = max(8, round(2 * length))
    wander = gaussian_filter1d(rng.standard_normal(steps), 18) * 0.11 + gaussian_filter1d(rng.standard_normal(steps), 4) * 0.025
    headings = np.empty(steps)
    for step in range(steps):
        heading += wander[step] + 0.5 * pull * np.sin(DOWN - heading)
        headings[step] = heading
    points = start + 0.5 * np.cumsum(np.stack((np.sin(headings), np.cos(headings)), -1), 0)
    position = np.linspace(0, 1, steps)
    uneven = 1 + 0.09 * gaussian_filter1d(rng.standard_normal(steps), 7) * 4
    radii = radius * (1 - 0.45 * position) * np.sqrt(np.minimum(1, (1 - position) * length / (2 * radius) + 0.15)) * uneven
    return Strand(points.astype(np.float32), np.maximum(radii, 0.75).astype(np.float32))


def _laterals(parent: Strand, spacing: float, reach: float, rng: np.random.Generator) -> list[Strand]:
    """Side roots of `parent`, about `spacing` pixels apart, up to `reach` pixels long: the oldest, near its base, longest."""
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
        grown.append(_grow(parent.points[index], heading, length, float(radius), 0.006, rng))
        at += spacing * rng.uniform(0.4, 1.6)
    return grown


def _root_system(shape: Shape, rng: np.random.Generator) -> list[Strand]:
    """All roots of an image, the finest first, so that the axes lie over their branches."""
    axes: list[Strand] = []
    for _ in range(max(1, round(shape[1] / 200 * rng.uniform(0.5, 1.4)))):
        start = np.array((rng.uniform(-30, 0.25 * shape[0]), rng.uniform(-0.05, 1.05) * shape[1]), np.float32)
        start[0] = -8 if rng.random() < 0.75 else start[0]
        length = rng.uniform(0.5, 1.2) * shape[0]
        axes.append(_grow(start, DOWN + rng.normal(0, 0.5), length, rng.uniform(2.6, 6), 0.004, rng))
    branches = [root for axis in axes for root in _laterals(axis, rng.uniform(18, 45), rng.uniform(60, 170), rng)]
    fine = [root for branch in branches for root in _laterals(branch, 30, 45, rng) if len(branch.points) > 140]
    return fine + branches + axes
