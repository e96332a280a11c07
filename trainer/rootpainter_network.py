"""RootPainter's network, built from its published description, for its models and as a measure beside ours.

A U-Net of even width: every level carries 64 channels, each downsampling widens to 128 and returns to 64 with a
residual connection, skip connections are added rather than concatenated, and group normalisation (Wu and He 2018)
follows each ReLU. The outer and upward convolutions are not padded, so 572 x 572 pixels in give 500 x 500 out.
Names of modules are those of the state dictionaries in its model files.
"""

from typing import Any

import torch
from torch import Tensor, nn

from shared_folder.model_facts import ARCHITECTURE, ROOTPAINTER

WIDTH = 64
WIDE = 128
GROUPS = 32
INPUT_SIDE = 572
OUTPUT_SIDE = 500
LOST = (INPUT_SIDE - OUTPUT_SIDE) // 2
"""Pixels that the output is smaller by on each side."""


def _block(before: int, after: int, padding: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=padding), nn.ReLU(), nn.GroupNorm(GROUPS, after)]


class Down(nn.Module):
    """Max pooling, two padded convolutions, back to 64 channels, and what was pooled added."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.conv1 = nn.Sequential(*_block(WIDTH, WIDE, 1))
        self.conv2 = nn.Sequential(*_block(WIDE, WIDE, 1))
        self.conv1x1 = nn.Sequential(nn.Conv2d(WIDE, WIDTH, 1, bias=False))

    def forward(self, features: Tensor) -> Tensor:
        pooled = self.pool(features)
        result: Tensor = self.conv1x1(self.conv2(self.conv1(pooled))) + pooled
        return result


class Up(nn.Module):
    """Transposed convolution, the centre of the skip connection added, two unpadded convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.ConvTranspose2d(WIDTH, WIDTH, 2, stride=2), nn.ReLU(), nn.GroupNorm(GROUPS, WIDTH)
        )
        self.conv2 = nn.Sequential(*_block(WIDTH, WIDTH, 0))
        self.conv3 = nn.Sequential(*_block(WIDTH, WIDTH, 0))

    def forward(self, features: Tensor, skip: Tensor) -> Tensor:
        features = self.conv1(features)
        top = (skip.shape[2] - features.shape[2]) // 2
        left = (skip.shape[3] - features.shape[3]) // 2
        centre = skip[:, :, top : top + features.shape[2], left : left + features.shape[3]]
        result: Tensor = self.conv3(self.conv2(features + centre))
        return result


class RootPainterNetwork(nn.Module):
    """(N, 3, 572 - 16 k, 572 - 16 k) to scores (N, 2, 500 - 16 k, 500 - 16 k): background, foreground."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_in = nn.Sequential(*_block(3, WIDTH, 0), *_block(WIDTH, WIDTH, 0))
        self.down1, self.down2, self.down3, self.down4 = Down(), Down(), Down(), Down()
        self.up1, self.up2, self.up3, self.up4 = Up(), Up(), Up(), Up()
        self.conv_out = nn.Sequential(nn.Conv2d(WIDTH, 2, 1), nn.ReLU(), nn.GroupNorm(2, 2))

    def forward(self, images: Tensor) -> Tensor:
        entered = self.conv_in(images)
        first = self.down1(entered)
        second = self.down2(first)
        third = self.down3(second)
        features = self.up1(self.down4(third), third)
        features = self.up3(self.up2(features, second), first)
        result: Tensor = self.conv_out(self.up4(features, entered))
        return result


class RootPainterShape:
    """What there is to say of its sizes: they are always the same."""

    in_channels = 3
    out_channels = 2

    def to_dict(self) -> dict[str, Any]:
        return {ARCHITECTURE: ROOTPAINTER}


class TaughtRootPainterNetwork(RootPainterNetwork):
    """The same as it is taught: each window is normalised to its own least and greatest value, as in prediction."""

    lost = LOST
    shape = RootPainterShape()

    @property
    def head(self) -> nn.Sequential:
        return self.conv_out

    def forward(self, images: Tensor) -> Tensor:
        """images: (N, 3, H, W) of any range, sides 572 - 16 k. Returns scores (N, 2, H - 72, W - 72)."""
        low, high = torch.aminmax(images.flatten(1), dim=1)
        flat = high == low  # it stays as it is
        low, span = (torch.where(flat, same, each)[:, None, None, None] for same, each in ((0, low), (1, high - low)))
        return super().forward((images - low) / span)

    @torch.no_grad()
    def shift(self, scores: Tensor) -> None:
        """Add to the scores of each class: (2,)."""
        norm = self.conv_out[2]
        assert isinstance(norm, nn.GroupNorm)  # noqa: S101 (types)
        norm.bias.add_(scores)
