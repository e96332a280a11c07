"""What a camera makes of a scene: uneven light, field of view, blur, noise, greyness, compression."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from trainer.synthetic_shapes import Floats, smoothstep
from trainer.synthetic_textures import smooth_noise

Bytes = NDArray[np.uint8]


def photograph(colour: Floats, rng: np.random.Generator) -> Bytes:
    """A picture (H, W, 3) of a scene (H, W, 3), about 0..1."""
    seen = colour * _light(colour.shape[:2], rng)[..., None]
    if rng.random() < 0.5:
        seen = np.repeat(seen @ rng.dirichlet((2, 3, 2)).astype(np.float32)[:, None], 3, -1)
    seen = _lens(seen, rng)
    seen = _exposed(seen, rng)
    seen = _sensor(seen, rng)
    pixels = np.asarray(np.clip(seen * 255, 0, 255), np.uint8)
    return _compressed(pixels, rng) if rng.random() < 0.5 else pixels


def _light(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Brightness (H, W), about 1: a slope, vignetting, clouds; sometimes a dark surround as in a microscope."""
    rows, columns = np.ogrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    slant = rng.normal(0, 0.2, 2)
    gain = np.exp(slant[0] * rows + slant[1] * columns)
    if rng.random() < 0.5:
        gain = gain * (1 - rng.uniform(0, 0.4) * (rows**2 + columns**2) / 2)
    if rng.random() < 0.5:
        gain = gain * np.exp(rng.uniform(0, 0.3) * smooth_noise((shape[0], shape[1]), rng, rng.uniform(40, 250)))
    return np.asarray(gain, np.float32)


def field_of_view(colour: Floats, labels: Bytes, outside: int, rng: np.random.Generator) -> Floats:
    """Black, or nearly, outside a large circle; the labels there become `outside`. Returns colours (H, W, 3)."""
    rows, columns = np.ogrid[: labels.shape[0], : labels.shape[1]]
    side = min(labels.shape)
    centre = rng.uniform(0.1, 0.9, 2) * labels.shape
    radius = rng.uniform(0.45, 0.9) * side
    inside = radius - np.hypot(rows - centre[0], columns - centre[1])
    labels[inside < 0] = outside
    share = smoothstep(inside.astype(np.float32), -2, rng.uniform(1, 12))[..., None]
    return np.asarray(colour * share + (1 - share) * rng.uniform(0, 0.08), np.float32)


def _lens(seen: Floats, rng: np.random.Generator) -> Floats:
    """Blurred, sharpened, or with colours that miss each other by a pixel."""
    chance = rng.random()
    if chance < 0.6:
        seen = gaussian_filter(seen, (*(min(rng.exponential(0.7), 2.2),) * 2, 0))
    elif chance < 0.8:
        seen = seen + rng.uniform(0.3, 1.5) * (seen - gaussian_filter(seen, (*(rng.uniform(0.7, 2),) * 2, 0)))
    if rng.random() < 0.15:
        seen = seen.copy()
        seen[..., 0] = np.roll(seen[..., 0], rng.integers(-1, 2, 2), (0, 1))
    return np.asarray(seen, np.float32)


def _exposed(seen: Floats, rng: np.random.Generator) -> Floats:
    """Gamma, exposure and contrast; some pictures are negatives of others."""
    seen = np.clip(seen, 0, 1.5) ** np.float32(np.exp(rng.normal(0, 0.25)))
    low, high = np.percentile(seen[::4, ::4], (1, 99))
    if rng.random() < 0.7:  # most cameras and microscopists use the range that they have
        wanted = rng.uniform(0, 0.25), rng.uniform(0.6, 1.05)
        seen = (seen - low) * np.float32((wanted[1] - wanted[0]) / max(high - low, 0.05)) + np.float32(wanted[0])
    return np.asarray(1 - seen if rng.random() < 0.1 else seen, np.float32)


def _sensor(seen: Floats, rng: np.random.Generator) -> Floats:
    """Noise that grows with the light, partly the same in all colours, of one pixel or of a few."""
    shape, strength = seen.shape, min(rng.exponential(0.025), 0.12)
    grain = rng.standard_normal((*shape[:2], 1), np.float32)
    if rng.random() < 0.3:
        grain = gaussian_filter(grain, (0.8, 0.8, 0)) * 2.5
    if not np.array_equal(seen[..., 0], seen[..., 1]):
        grain = grain + rng.uniform(0, 1) * rng.standard_normal(shape, np.float32)
    noisy = seen + np.float32(strength) * grain * np.sqrt(0.3 + np.maximum(seen, 0))
    return np.asarray(noisy, np.float32)


def _compressed(pixels: Bytes, rng: np.random.Generator) -> Bytes:
    """As a JPEG file gives it back; some were enlarged before."""
    image = Image.fromarray(pixels)
    if rng.random() < 0.25:
        small = tuple(round(side * rng.uniform(0.5, 0.9)) for side in image.size)
        image = image.resize((small[0], small[1]), Image.Resampling.BOX).resize(image.size, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(rng.integers(35, 96)))
    return np.asarray(Image.open(buffer).convert("RGB"))
