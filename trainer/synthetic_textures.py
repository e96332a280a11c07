"""Fields of random numbers and colours: the ground that `synthetic_scenes` draws its structures on."""

from collections.abc import Callable

import numpy as np
from scipy import fft
from scipy.ndimage import gaussian_filter, zoom
from scipy.spatial import cKDTree

from trainer.synthetic_shapes import Floats, Shape, smoothstep

CELL_STEP = 2
"""Cellular textures are computed at every second pixel: four times faster, and nobody sees it."""


def noise(shape: Shape, rng: np.random.Generator, beta: float, largest: float = 400) -> Floats:
    """As `fractal_noise`, in single precision: a third faster. Its numbers are others.

    beta: its power is 1 / frequency ** beta, up to the period `largest` (pixels). (H, W), mean 0, deviation 1.
    """
    frequency = np.hypot(fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None]).astype(np.float32)
    spectrum = fft.rfft2(rng.standard_normal(shape, np.float32))
    spectrum *= np.maximum(frequency, 1 / largest) ** np.float32(-beta / 2)
    spectrum[0, 0] = 0
    return _standard(fft.irfft2(spectrum, s=shape))


def smooth_noise(shape: Shape, rng: np.random.Generator, period: float) -> Floats:
    """Soft clouds of about that period (pixels). (H, W), mean about 0, deviation about 1."""
    knots = tuple(max(4, round(side / period) + 3) for side in shape)
    coarse = zoom(rng.standard_normal(knots), 4, order=2)
    factors = (shape[0] / (coarse.shape[0] - 4), shape[1] / (coarse.shape[1] - 4))
    return _standard(zoom(coarse, factors, order=1)[: shape[0], : shape[1]])


def _standard(field: Floats) -> Floats:
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), np.float32)


# ---- kinds of texture: each (H, W), mean 0, deviation 1 -----------------------------------------------------------


def _clouds(shape: Shape, rng: np.random.Generator) -> Floats:
    return noise(shape, rng, rng.uniform(0.6, 3.5), rng.uniform(15, 400))


def _grain(shape: Shape, rng: np.random.Generator) -> Floats:
    return _standard(gaussian_filter(rng.standard_normal(shape, np.float32), rng.uniform(0.4, 2.5)))


def _veined(shape: Shape, rng: np.random.Generator) -> Floats:
    return _standard(np.abs(noise(shape, rng, rng.uniform(2.2, 3.2), rng.uniform(30, 200))))


def _stripes(shape: Shape, rng: np.random.Generator) -> Floats:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    turn, period = rng.uniform(0, np.pi), rng.uniform(4, 60)
    bend = noise(shape, rng, 3) * rng.uniform(0, 0.8)
    wave = np.sin(2 * np.pi * (rows * np.sin(turn) + columns * np.cos(turn)) / period + bend)
    return _standard(np.tanh(wave * rng.uniform(0.5, 3)))


def _crumbly(shape: Shape, rng: np.random.Generator) -> Floats:
    """Grains packed side by side (Worley 1996), each with a tone and a rounded top."""
    rows, columns = np.mgrid[: shape[0] : CELL_STEP, : shape[1] : CELL_STEP]
    spacing = rng.uniform(5, 45)
    count = max(6, round((shape[0] + 2 * spacing) * (shape[1] + 2 * spacing) / spacing**2))
    seeds = rng.uniform((-spacing, -spacing), (shape[0] + spacing, shape[1] + spacing), (count, 2))
    bend = noise(rows.shape, rng, 2.6, spacing) * 0.2 * spacing
    where = np.stack((rows + bend, columns + bend[::-1]), -1)
    distance, nearest = cKDTree(seeds).query(where.reshape(-1, 2), k=2)
    gap = np.clip((distance[:, 1] - distance[:, 0]) / (0.7 * spacing), 0, 1) ** 0.5
    tones = rng.uniform(-1, 1, count) * rng.uniform(0.2, 1)
    field = (gap + tones[nearest[:, 0]]).reshape(rows.shape)
    return _standard(zoom(field, CELL_STEP, order=1)[: shape[0], : shape[1]])


def _speckled(shape: Shape, rng: np.random.Generator) -> Floats:
    """Sparse points, bright, dark or both, each spread over a pixel or a few."""
    points = rng.random(shape, np.float32) < rng.uniform(0.002, 0.04)
    heights = points * (rng.choice((-1.0, 1.0)) if rng.random() < 0.7 else rng.choice((-1.0, 1.0), shape))
    return _standard(gaussian_filter(heights.astype(np.float32), rng.uniform(0.5, 1.4)))


def _dotted(shape: Shape, rng: np.random.Generator) -> Floats:
    """A raster, as of a screen, a weave or a sensor."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    period = rng.uniform(2.5, 24, 2)
    tilt = rng.uniform(-0.3, 0.3)
    first = np.sin(2 * np.pi * (rows + tilt * columns) / period[0])
    return _standard(first * np.sin(2 * np.pi * (columns - tilt * rows) / period[1]) + 0.3 * _grain(shape, rng))


TEXTURES: tuple[tuple[float, Callable[[Shape, np.random.Generator], Floats]], ...] = (
    (0.32, _clouds),
    (0.2, _grain),
    (0.1, _veined),
    (0.08, _stripes),
    (0.14, _crumbly),
    (0.12, _speckled),
    (0.04, _dotted),
)


def texture(shape: Shape, rng: np.random.Generator) -> Floats:
    """One to three kinds laid over each other. (H, W), mean 0, deviation 1."""
    weights = np.array([weight for weight, _ in TEXTURES])
    chosen = rng.choice(len(TEXTURES), rng.integers(1, 4), p=weights / weights.sum())
    return _standard(np.sum([rng.uniform(0.3, 1) * TEXTURES[kind][1](shape, rng) for kind in chosen], 0))


# ---- colours ------------------------------------------------------------------------------------------------------


def colour(rng: np.random.Generator, brightness: float) -> Floats:
    """A random colour (3,), 0..1, of about that brightness; strong ones are rare."""
    hue = rng.standard_normal(3)
    strength = rng.exponential(0.1) if rng.random() < 0.85 else rng.uniform(0.2, 0.6)
    spread = (hue - hue.mean()) / max(float(np.abs(hue - hue.mean()).max()), 1e-6)
    return np.asarray(np.clip(brightness * (1 + spread * strength * 1.5) + 0.1 * strength * spread, 0, 1), np.float32)


def colour_pair(rng: np.random.Generator, dark_on_light: bool | None = None) -> tuple[Floats, Floats]:
    """Colours (3,) of a ground and of what lies on it: from barely to well told apart.

    dark_on_light: which of the two is brighter; by chance when None.
    """
    contrast = np.exp(rng.uniform(np.log(0.13), np.log(0.75)))
    dark = rng.random() < 0.5 if dark_on_light is None else dark_on_light
    middle = rng.uniform(0.04 + contrast / 2, 0.96 - contrast / 2)
    sign = 1 if dark else -1
    ground = colour(rng, middle + sign * contrast / 2)
    if rng.random() < 0.4:  # the same hue, as of a lightly stained thing
        return ground, np.clip(ground - sign * np.float32(contrast), 0, 1)
    return ground, colour(rng, middle - sign * contrast / 2)


def roughness(rng: np.random.Generator, base: Floats, tint: Floats, most: float) -> float:
    """A contrast for the texture of `base`, up to `most`, in which a thing of the colour `tint` can still be seen."""
    visible = float(np.abs(base - tint).mean()) / max(float(base.mean()), 0.05)
    return float(min(rng.exponential(most / 2), most, rng.uniform(0.2, 0.8) * visible))


def ground(shape: Shape, rng: np.random.Generator, base: Floats, rough: float) -> Floats:
    """A textured surface of about the colour `base`: (H, W, 3). rough: contrast of the texture, 0..0.5 or so."""
    amplitude = np.float32(rough)
    relief = 1 + amplitude * texture(shape, rng)
    surface = base * relief[..., None] + np.float32(0.15) * amplitude * (relief - 1)[..., None]
    if rng.random() < 0.5:  # stains of another colour
        other = colour(rng, float(base.mean()) * (1 + rng.uniform(-2, 2) * min(rough, 0.3)))
        share = smoothstep(noise(shape, rng, rng.uniform(1.5, 3.5)), rng.uniform(-1, 1), 2.5)[..., None]
        surface = surface + share * rng.uniform(0.1, 0.8) * (other - base)
    return np.asarray(surface, np.float32)
