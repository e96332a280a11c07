"""The network: a U-Net (Ronneberger, Fischer and Brox, MICCAI 2015) that is fast enough for two cores.

Four things differ from the paper. The image enters by a pixel unshuffle: each cell of 2 x 2 pixels becomes one
position with four times the channels, which loses nothing and quarters the work; the head gives every pixel of
the cell its own scores again. Convolutions are padded, so output and input have the same size. Batch
normalisation follows each convolution; when masks are made its statistics are the averaged ones, so what a
pixel is called doesn't depend on the rest of its tile. Upsampling repeats the nearest value after a 1 x 1
convolution.
"""

import functools
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from shared_folder.refused import Refused

MOST_LEVELS = 8
MOST_WIDTH = 2048
MOST_UNSHUFFLE = 8


@dataclass(frozen=True)
class NetworkShape:
    """What is needed to build the network; it is kept in the model file."""

    in_channels: int = 3
    out_channels: int = 2
    """One for each class, background first."""
    widths: tuple[int, ...] = (32, 64, 96, 128, 160)
    """Channels of each level, from the finest to the bottleneck."""
    unshuffle: int = 2
    """Side in pixels of the cell that is one position of the finest level."""

    @property
    def stride(self) -> int:
        """Pixels between two positions of the bottleneck. Sides of tiles are multiples of it."""
        return self.unshuffle << (len(self.widths) - 1)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "widths": list(self.widths)}

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "NetworkShape":
        """Read what `to_dict` wrote. Raises Refused when it isn't a network that can be built here."""
        try:
            widths = tuple(values["widths"])
            shape = NetworkShape(values["in_channels"], values["out_channels"], widths, values["unshuffle"])
        except (KeyError, TypeError) as error:
            raise Refused("the description of its network is incomplete. Choose another model.") from error
        numbers = (shape.in_channels, shape.out_channels, shape.unshuffle, *widths)
        sane = (
            all(type(number) is int and 1 <= number <= MOST_WIDTH for number in numbers)
            and shape.out_channels >= 2
            and 1 <= len(widths) <= MOST_LEVELS
            and shape.unshuffle <= MOST_UNSHUFFLE
        )
        if not sane:
            raise Refused("its network has sizes that this version can't build. Choose another model.")
        return shape


class Seen(NamedTuple):
    """Positions low..high, both included, along one axis."""

    low: int
    high: int


class ConvBlock(nn.Module):
    """Twice: 3 x 3 convolution, batch normalisation, ReLU."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(N, in_channels, h, w) to (N, out_channels, h, w)."""
        result: Tensor = self.layers(features)
        return result

    def seen(self, output: Seen) -> Seen:
        """The input positions that these output positions depend on."""
        for layer in reversed(self.layers):
            if isinstance(layer, nn.Conv2d):
                output = Seen(
                    output.low - int(layer.padding[0]),
                    output.high - int(layer.padding[0]) + layer.kernel_size[0] - 1,
                )
        return output


class Downsampling(nn.Module):
    """2 x 2 max pooling: half as many positions each way, the strongest response kept."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C, h / 2, w / 2)."""
        result: Tensor = self.pool(features)
        return result

    def seen(self, output: Seen) -> Seen:
        """The input positions that these output positions depend on."""
        return Seen(output.low * 2, output.high * 2 + 1)


class Upsampling(nn.Module):
    """1 x 1 convolution to fewer channels, then each position is repeated 2 x 2 times."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(in_channels, out_channels, kernel_size=1)

    def forward(self, features: Tensor) -> Tensor:
        """(N, in_channels, h, w) to (N, out_channels, 2 h, 2 w)."""
        return functional.interpolate(self.reduce(features), scale_factor=2.0, mode="nearest")

    def seen(self, output: Seen) -> Seen:
        """The input positions that these output positions depend on."""
        return Seen(output.low // 2, output.high // 2)


class Encoder(nn.Module):
    """One ConvBlock for each level but the deepest, with downsampling after each."""

    def __init__(self, in_channels: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            ConvBlock(before, width) for before, width in zip((in_channels, *widths), widths, strict=False)
        )
        self.downsampling = Downsampling()

    def forward(self, features: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Returns what goes down to the bottleneck, and the skip connections, finest first."""
        skips = []
        for block in self.blocks:
            features = block(features)
            skips.append(features)
            features = self.downsampling(features)
        return features, skips


class Bottleneck(ConvBlock):
    """The ConvBlock at the coarsest level: the fewest positions, the most channels, the widest view."""


class Decoder(nn.Module):
    """For each level, deepest first: upsampling, concatenation with the skip connection, ConvBlock."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        pairs = list(zip(widths[1:], widths[:-1], strict=True))[::-1]
        self.upsamplings = nn.ModuleList(Upsampling(deep, fine) for deep, fine in pairs)
        self.blocks = nn.ModuleList(ConvBlock(2 * fine, fine) for _, fine in pairs)

    def forward(self, features: Tensor, skips: list[Tensor]) -> Tensor:
        """skips: as the encoder gave them, finest first."""
        for upsampling, block, skip in zip(self.upsamplings, self.blocks, reversed(skips), strict=True):
            features = block(torch.cat((skip, upsampling(features)), dim=1))
        return features


class UNet(nn.Module):
    """Encoder, bottleneck, decoder with skip connections, 1 x 1 head; from and to full resolution."""

    lost = 0
    """Pixels that the output is smaller by on each side: none, as its convolutions are padded."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.shape = shape
        *finer, deepest = shape.widths
        cell = shape.unshuffle**2
        entering = shape.in_channels * cell
        self.unshuffle = nn.PixelUnshuffle(shape.unshuffle)
        self.encoder = Encoder(entering, tuple(finer))
        self.bottleneck = Bottleneck(finer[-1] if finer else entering, deepest)
        self.decoder = Decoder(shape.widths)
        self.head = nn.Conv2d(shape.widths[0], shape.out_channels * cell, kernel_size=1)
        self.shuffle = nn.PixelShuffle(shape.unshuffle)

    def forward(self, images: Tensor) -> Tensor:
        """Scores before the softmax. images: (N, in_channels, H, W), about -1..1, H and W multiples of the stride.

        Returns (N, out_channels, H, W).
        """
        # Pixel unshuffle gives contiguous channels; channels last is what convolutions are fastest with.
        cells = self.unshuffle(images).contiguous(memory_format=torch.channels_last)
        features, skips = self.encoder(cells)
        features = self.decoder(self.bottleneck(features), skips)
        scores: Tensor = self.shuffle(self.head(features))
        return scores

    @torch.no_grad()
    def shift(self, scores: Tensor) -> None:
        """Add to the scores of each class: (out_channels,)."""
        if self.head.bias is not None:
            self.head.bias.view(len(scores), -1).add_(scores[:, None])

    def seen(self, pixel: int) -> Seen:
        """The first and last input pixel, along one axis, that can change the scores of an output pixel.

        Walks the layers backwards: a padded 3 x 3 convolution sees one position more on each side, pooling
        doubles, upsampling halves; where a skip connection joins, the wider of the two ways counts.
        """
        needed = Seen(pixel // self.shape.unshuffle, pixel // self.shape.unshuffle)
        skips = []
        for upsampling, block in list(zip(self.decoder.upsamplings, self.decoder.blocks, strict=True))[::-1]:
            assert isinstance(upsampling, Upsampling) and isinstance(block, ConvBlock)  # noqa: S101, PT018 (types)
            needed = block.seen(needed)
            skips.append(needed)
            needed = upsampling.seen(needed)
        needed = self.bottleneck.seen(needed)
        for encoder_block, skip in list(zip(self.encoder.blocks, skips, strict=True))[::-1]:
            assert isinstance(encoder_block, ConvBlock)  # noqa: S101 (types)
            below = self.encoder.downsampling.seen(needed)
            needed = encoder_block.seen(Seen(min(below.low, skip.low), max(below.high, skip.high)))
        return Seen(needed.low * self.shape.unshuffle, (needed.high + 1) * self.shape.unshuffle - 1)


def receptive_field(shape: NetworkShape) -> int:
    """Side in pixels of the square that can change one pixel's scores, for the pixel that sees most."""
    network = _without_weights(shape)
    return max(seen.high - seen.low + 1 for seen in map(network.seen, range(shape.stride)))


@functools.cache
def margin(shape: NetworkShape) -> int:
    """Pixels that a tile sees around what it predicts: the field's longer half, up to a multiple of the stride."""
    network = _without_weights(shape)
    reach = max(
        max(pixel - seen.low, seen.high - pixel)
        for pixel, seen in ((pixel, network.seen(pixel)) for pixel in range(shape.stride))
    )
    return -(-reach // shape.stride) * shape.stride


def _without_weights(shape: NetworkShape) -> UNet:
    with torch.device("meta"):
        return UNet(shape)
