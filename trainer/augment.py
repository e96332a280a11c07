"""Augmentation: the same strokes seen in many lights, places and forms, so that few of them teach much.

Every geometric family (translation, rotation, scaling, flipping, skewing, deformation) goes into one sampling
grid, so that an image is interpolated once; labels are taken from the nearest pixel, so they stay exact.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """How strong each family is; 0 switches it off."""

    colour: float = 0.25
    """Contrast and brightness of each channel vary by up to this, where the image spans about -1..1."""
    background: float = 0.3
    """Height of a smooth light laid over the image."""
    translation: float = 0.25
    """How far from the tile's centre the pixel may lie that it was drawn for, as a part of the tile's side."""
    rotation: float = 180.0
    """Degrees each way."""
    scaling: float = 0.25
    """Sizes vary from 1 - this to 1 / (1 - this)."""
    flipping: float = 0.5
    """Part of the tiles that are mirrored."""
    skewing: float = 0.15
    """Shear each way: pixels to the side for each pixel down."""
    deformation: float = 4.0
    """Pixels by which a smooth random field displaces."""
    noise: float = 0.1
    """Largest standard deviation of Gaussian noise."""
    blur: float = 0.6
    """Part of the tiles that are blurred a little, or sharpened."""


NO_AUGMENTATION = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


class RandomNumbers:
    """Random tensors on one device from one seed: the same seed gives the same tiles on the same machine."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Uniform in low..high."""
        unit = torch.rand(*shape, generator=self.generator, device=self.generator.device)
        return low + (high - low) * unit

    def normal(self, *shape: int) -> Tensor:
        """Normal with mean 0 and standard deviation 1."""
        return torch.randn(*shape, generator=self.generator, device=self.generator.device)


def source_side(tile: int, scale: float = 1.0) -> int:
    """Side in pixels of the source that a tile is warped from: a turned tile's corners, nearly all, lie in it.

    scale: pixels of the tile for each of the source.
    """
    return int(1.5 * tile / scale) // 2 * 2


def augment(
    images: Tensor,
    labels: Tensor,
    tile: int,
    augmentation: Augmentation,
    generator: torch.Generator,
    scale: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Warp sources to tiles and vary their light.

    images: (N, C, S, S) float32, about -1..1, each centred on the pixel that it was drawn for; labels:
    (N, S, S) integers below 2^24; both on the generator's device. scale: pixels of the tile for each of the source.
    Returns (N, C, tile, tile) and (N, tile, tile): labels from outside the source are unknown, the image is mirrored
    there.
    """
    random = RandomNumbers(generator)
    grid = sampling_grid(images.shape[0], images.shape[-1] * scale, tile, augmentation, random)
    if scale < 1:  # means over areas, as in prediction: a warp alone would pass over pixels
        images = functional.interpolate(images, size=source_side(tile), mode="area")
    warped = functional.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    nearest = functional.grid_sample(
        labels[:, None].float(), grid, mode="nearest", padding_mode="zeros", align_corners=False
    )
    return _photometric(warped.contiguous(), augmentation, random), nearest[:, 0].to(labels.dtype)


def sampling_grid(count: int, source: float, tile: int, augmentation: Augmentation, random: RandomNumbers) -> Tensor:
    """For each pixel of each tile, where it comes from: (N, tile, tile, 2) x, y in grid_sample's -1..1.

    source: side of the source in pixels of the tile; its centre comes to lie within `translation` of the tile's.
    """
    device = random.generator.device
    axis = torch.arange(tile, device=device) - (tile - 1) / 2
    rows, columns = torch.meshgrid(axis, axis, indexing="ij")
    positions = torch.stack((columns, rows), dim=-1).expand(count, tile, tile, 2)
    shift = random.uniform(-1, 1, count, 1, 1, 2) * augmentation.translation * tile
    linear = _linear(count, augmentation, random)
    grid = torch.einsum("nij,nhwj->nhwi", linear, positions - shift)
    if augmentation.deformation:
        grid = grid + _displacement(count, tile, augmentation.deformation, random)
    return grid * (2 / source)


def _linear(count: int, augmentation: Augmentation, random: RandomNumbers) -> Tensor:
    """Rotation, scaling, flipping and skewing as one matrix each: (N, 2, 2), tile to source."""
    angle = random.uniform(-1, 1, count) * math.radians(augmentation.rotation)
    largest = -math.log(1 - augmentation.scaling)
    size = torch.exp(random.uniform(-largest, largest, count))
    mirror = torch.where(random.uniform(0, 1, count) < augmentation.flipping, -1.0, 1.0)
    skew = random.uniform(-1, 1, count) * augmentation.skewing
    cosine, sine = torch.cos(angle), torch.sin(angle)
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    rotation = torch.stack((cosine, -sine, sine, cosine), dim=-1).view(count, 2, 2)
    skewing = torch.stack((one, skew, zero, one), dim=-1).view(count, 2, 2)
    scaling = torch.stack((mirror * size, zero, zero, size), dim=-1).view(count, 2, 2)
    return rotation @ skewing @ scaling


def _displacement(count: int, tile: int, pixels: float, random: RandomNumbers) -> Tensor:
    """A smooth random field in pixels: (N, tile, tile, 2). One random vector every 48 pixels or so."""
    coarse = random.normal(count, 2, tile // 48 + 2, tile // 48 + 2) * (pixels / 2)
    return _smooth(coarse, tile).movedim(1, -1)


def _smooth(coarse: Tensor, side: int) -> Tensor:
    """Bicubic interpolation of (N, C, k, k) to (N, C, side, side), as two small matrix products."""
    knots = torch.eye(coarse.shape[-1], device=coarse.device)[None, None]
    size = (side, coarse.shape[-1])
    basis = functional.interpolate(knots, size=size, mode="bicubic", align_corners=True)[0, 0]
    return basis @ coarse @ basis.T


def _photometric(images: Tensor, augmentation: Augmentation, random: RandomNumbers) -> Tensor:
    """Colour, background, blur and noise, in the order in which light meets an object and a camera.

    In place: passing over a batch costs more than what is done to it.
    """
    count, channels, height, _ = images.shape
    if augmentation.colour:
        strength = augmentation.colour
        contrast = 1 + random.uniform(-strength, strength, count, 1, 1, 1)
        tint = 1 + random.uniform(-strength, strength, count, channels, 1, 1) / 2
        brightness = random.uniform(-strength, strength, count, 1, 1, 1)
        cast = random.uniform(-strength, strength, count, channels, 1, 1) / 2
        images = images.mul_(contrast * tint).add_(brightness + cast)
    if augmentation.background:
        strengths = random.uniform(0, augmentation.background, count, 1, 1, 1)
        light = strengths * random.normal(count, 1, 4, 4)
        images = images.add_(_smooth(light, height))
    if augmentation.blur:
        chosen = random.uniform(0, 1, count, 1, 1, 1) < augmentation.blur
        amount = torch.where(chosen, random.uniform(-0.5, 1, count, 1, 1, 1), 0.0)
        images = images.lerp_(_mean_of_neighbours(images), amount)
    if augmentation.noise:
        deviation = random.uniform(0, augmentation.noise, count, 1, 1, 1)
        images = images.addcmul_(deviation, random.normal(*images.shape))
    return images


def _mean_of_neighbours(images: Tensor) -> Tensor:
    """Mean of each pixel's 3 x 3 square, edges repeated. Sums of slices: twice as fast as average pooling here."""
    padded = functional.pad(images, (1, 1, 1, 1), mode="replicate")
    rows = (padded[..., :-2, :] + padded[..., 1:-1, :]).add_(padded[..., 2:, :])
    return (rows[..., :-2] + rows[..., 1:-1]).add_(rows[..., 2:]).div_(9)
