"""Noise and shapes from distance fields: what `synthetic` draws with.

Each shape says how much of every pixel it covers, so that a picture and its ground truth come from the same numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float32]
Window = tuple[slice, slice]
Shape = tuple[int, int]


@dataclass(frozen=True)
class Strand:
    """A round strip: a root, a straw, a scratch. points: (N, 2) row, column, half a pixel apart; radii: (N,)."""

    points: Floats
    radii: Floats


@dataclass(frozen=True)
class Drawn:
    """What one shape covers. coverage: (h, w), 0..1 of each pixel; slope: (h, w, 2), -1..1, its surface's tilt."""

    window: Window
    coverage: Floats
    slope: Floats


# ---- fields of numbers --------------------------------------------------------------------------------------------


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, a smooth S between."""
    position = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(position * position * (3 - 2 * position), np.float32)


def fractal_noise(shape: Shape, rng: np.random.Generator, beta: float, largest: float = 400) -> Floats:
    """Noise of power 1 / frequency ** beta up to the period `largest` (pixels). (H, W), mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * np.maximum(frequency, 1 / largest) ** (-beta / 2)
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=shape)
    return np.asarray(noise / max(noise.std(), 1e-9), np.float32)


def crumbs(shape: Shape, spacing: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Grains packed side by side (a cellular texture, Worley 1996): height 0..1, and a random tone -1..1 for each."""
    count = max(4, round((shape[0] + 60) * (shape[1] + 60) / spacing**2))
    seeds = rng.uniform((-30, -30), (shape[0] + 30, shape[1] + 30), (count, 2))
    bend = [fractal_noise(shape, rng, 2.6, 4 * spacing) * 0.22 * spacing for _ in range(2)]
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    where = np.stack((rows + bend[0], columns + bend[1]), -1)
    distance, nearest = cKDTree(seeds).query(where, k=2)
    tall, tones = rng.uniform(0.3, 1, count), rng.uniform(-1, 1, count)
    gap = np.clip((distance[..., 1] - distance[..., 0]) / (0.7 * spacing), 0, 1)
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
