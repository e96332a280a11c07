"""Augmentation: the same strokes seen in many lights, places and forms, so that few of them teach much.

Every geometric family (translation, rotation, scaling, flipping, skewing, deformation) goes into one sampling
grid, so that an image is interpolated once; labels are taken from the nearest pixel, so they stay exact.
"""

import functools
import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

KNOT_PIXELS = 48
"""A random vector every so many pixels or so makes the smooth deformation."""
LIGHT_KNOTS = 4
"""The smooth light laid over an image is drawn on so many points by as many."""
NOISE_PLACES = 2**20
"""From how many places noise may begin in the numbers that were drawn for it."""


@dataclass(frozen=True)
class Augmentation:
    """How strong each family is; 0 switches it off."""

    colour: float = 0.7
    """Contrast and brightness of each channel vary by up to this, where the image spans about -1..1. As with
    background and noise, most tiles vary far less: how strong the three are in a tile is drawn as well."""
    background: float = 0.8
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
    noise: float = 0.2
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
    """Warp sources to tiles and vary their light. Arguments and result as for `warp`."""
    warped, nearest = warp(images, labels, tile, augmentation, generator, scale)
    return vary_light(warped, augmentation, generator), nearest


def warp(
    images: Tensor,
    labels: Tensor,
    tile: int,
    augmentation: Augmentation,
    generator: torch.Generator,
    scale: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Warp sources to tiles: every geometric family at once.

    images: (N, C, S, S) float32, about -1..1, each centred on the pixel that it was drawn for; labels: (N, S, S)
    whole numbers below 2^24; both on the generator's device. scale: pixels of the tile for each of the source.
    Returns (N, C, tile, tile) and (N, tile, tile): labels from outside the source are unknown, the image is mirrored
    there.
    """
    grid = sampling_grid(images.shape[0], images.shape[-1] * scale, tile, augmentation, RandomNumbers(generator))
    if scale < 1:  # means over areas, as in prediction: a warp alone would pass over pixels
        # Halfway between two pixels a bilinear value is their mean, in a quarter of the time.
        images = functional.interpolate(images, size=source_side(tile), mode="bilinear" if scale == 0.5 else "area")
    warped = functional.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    nearest = functional.grid_sample(
        labels[:, None].float(), grid, mode="nearest", padding_mode="zeros", align_corners=False
    )
    return warped.contiguous(), nearest[:, 0].to(labels.dtype)


def sampling_grid(count: int, source: float, tile: int, augmentation: Augmentation, random: RandomNumbers) -> Tensor:
    """For each pixel of each tile, where it comes from: (N, tile, tile, 2) x, y in grid_sample's -1..1.

    source: side of the source in pixels of the tile; its centre comes to lie within `translation` of the tile's.

    A row of pixels begins somewhere and goes on with a slope; the smooth displacement is a few weights for each row
    times a few curves. So all of it is one product of two thin matrices.
    """
    axis = torch.arange(tile, device=random.generator.device) - (tile - 1) / 2
    shift = random.uniform(-1, 1, count, 2, 1) * augmentation.translation * tile
    linear = _linear(count, augmentation, random)
    slopes, begin = linear[..., :1].expand(-1, -1, tile), linear[..., 1:] * axis - linear @ shift
    rows, columns = torch.stack((begin, slopes), dim=-1), torch.stack((torch.ones_like(axis), axis))
    if augmentation.deformation:
        knots = tile // KNOT_PIXELS + 2
        coarse = random.normal(count, 2, knots, knots) * (augmentation.deformation / 2)
        curves = _curves(knots, tile, axis.device)
        rows, columns = torch.cat((rows, curves @ coarse), dim=-1), torch.cat((columns, curves.T))
    return (rows * (2 / source) @ columns).movedim(1, -1)


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


@functools.lru_cache(maxsize=8)
def _curves(knots: int, side: int, device: torch.device) -> Tensor:
    """Bicubic interpolation of so many values, evenly spaced, to `side` values, as a matrix (side, knots)."""
    values = torch.eye(knots, device=device)[None, None]
    return functional.interpolate(values, size=(side, knots), mode="bicubic", align_corners=True)[0, 0]


def vary_light(images: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Colour, background, blur and noise, in the order in which light meets an object and a camera.

    images: (N, C, H, W) as of `warp`, on the generator's device. In place: passing over a batch costs more than what
    is done to it.
    """
    random = RandomNumbers(generator)
    count, channels, height, _ = images.shape
    light = random.uniform(0, 1, count, 1, 1, 1)  # a few tiles as from another camera, most as they are
    if augmentation.colour:
        strength = augmentation.colour * light
        contrast = 1 + strength * random.uniform(-1, 1, count, 1, 1, 1)
        tint = 1 + strength * random.uniform(-1, 1, count, channels, 1, 1) / 2
        brightness = strength * random.uniform(-1, 1, count, 1, 1, 1)
        cast = strength * random.uniform(-1, 1, count, channels, 1, 1) / 2
        images.mul_(contrast * tint).add_(brightness + cast)
    if augmentation.background:
        strengths = light * random.uniform(0, augmentation.background, count, 1, 1, 1)
        curves = _curves(LIGHT_KNOTS, height, images.device)
        images += curves @ (strengths * random.normal(count, 1, LIGHT_KNOTS, LIGHT_KNOTS)) @ curves.T
    if augmentation.blur:
        chosen = random.uniform(0, 1, count, 1, 1, 1) < augmentation.blur
        amount = torch.where(chosen, random.uniform(-0.5, 1, count, 1, 1, 1), 0.0)
        if images.device.type != "cpu" or chosen.any():  # asking a graphics card would make it wait
            images.lerp_(_mean_of_neighbours(images), amount)
    if augmentation.noise:
        _add_noise(images, light * random.uniform(0, augmentation.noise, count, 1, 1, 1), random)
    return images


def _mean_of_neighbours(images: Tensor) -> Tensor:
    """Mean of each pixel's 3 x 3 square, edges repeated. Far faster than average pooling on a processor."""
    return _sum_of_three(_sum_of_three(images, -2), -1).div_(9)


def _sum_of_three(images: Tensor, dim: int) -> Tensor:
    """Of each pixel, the one before and the one after it along an axis."""
    total, last = torch.empty_like(images), images.shape[dim] - 1
    torch.add(images.narrow(dim, 0, last), images.narrow(dim, 1, last), out=total.narrow(dim, 0, last))
    total.narrow(dim, 1, last - 1).add_(images.narrow(dim, 0, last - 1))
    torch.add(images.select(dim, last - 1), images.select(dim, last), alpha=2, out=total.select(dim, last))
    total.select(dim, 0).add_(images.select(dim, 0))
    return total


def _add_noise(images: Tensor, deviation: Tensor, random: RandomNumbers) -> None:
    """Gaussian noise. deviation: (N, 1, 1, 1).

    On a processor a normal number costs more than all else that is done to a pixel: there each tile gets a part of
    one long row of them, from a random place on.
    """
    if images.device.type != "cpu":
        images.addcmul_(deviation, random.normal(*images.shape))
        return
    size = images[0].numel()
    row = _row_of_normal_numbers(size + NOISE_PLACES)
    places = torch.randint(NOISE_PLACES, (len(images),), generator=random.generator).tolist()
    for image, strength, place in zip(images, deviation, places, strict=True):
        image.addcmul_(strength, row[place : place + size].view_as(image))


@functools.lru_cache(maxsize=2)
def _row_of_normal_numbers(length: int) -> Tensor:
    return torch.randn(length, generator=torch.Generator().manual_seed(0))
