"""Architectures: which networks can be taught, and what each is to be given.

Our U-Net learns every project. Where one was told to start from a model of RootPainter's, and looks for one class,
that model goes on learning in its own network: what it knows isn't lost, and it can be given back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared_folder.classes import FOREGROUND
from shared_folder.images import ImageFile
from shared_folder.model_facts import ARCHITECTURE, ROOTPAINTER, ROOTPAINTER_NORMALISATION
from shared_folder.rectangle import Rectangle
from trainer.device import Device
from trainer.network import NetworkShape, UNet
from trainer.patches import FloatImage
from trainer.prediction import PixelsOf, Predict
from trainer.rootpainter_network import INPUT_SIDE, RootPainterShape, TaughtRootPainterNetwork
from trainer.rootpainter_prediction import RootPainterPrediction, unit
from trainer.tile_prediction import TilePrediction

Network = UNet | TaughtRootPainterNetwork
Shape = NetworkShape | RootPainterShape

CPU_INPUT_SIDE = 332
"""Of RootPainter's network on a processor, in pixels: a third of the work of its own 572."""
SMALLER_BATCH = 8
"""RootPainter's network keeps so many times as much for a pixel as ours while it learns."""


def _about_zero(image: ImageFile, rectangle: Rectangle) -> FloatImage:
    """RGB, -1..1: the range that the augmentation is made for. The network normalises its windows itself."""
    return 2 * unit(image.plain(rectangle)) - 1


@dataclass(frozen=True)
class Architecture:
    """A kind of network, as far as those who read images for it need to know it."""

    name: str
    normalisation: str
    """Of its inputs, by name, in model files."""
    scaled: bool
    """Whether it sees images at the project's scale."""
    pixels: PixelsOf
    """What it learns from."""
    channels: Callable[[ImageFile], int]
    """Of these, for an image."""


OURS = Architecture(
    "unet", "image percentiles 1 and 99", True, ImageFile.learned, lambda image: image.learned_channels
)
ROOTPAINTERS = Architecture(ROOTPAINTER, ROOTPAINTER_NORMALISATION, False, _about_zero, lambda _: 3)


def architecture_of(network: Mapping[str, Any]) -> Architecture:
    """network: as in a model's facts."""
    return ROOTPAINTERS if network.get(ARCHITECTURE) == ROOTPAINTER else OURS


def can_learn(architecture: Architecture, class_ids: tuple[int, ...]) -> bool:
    """Whether its networks can tell these apart, background first."""
    return architecture is OURS or class_ids[1:] == (FOREGROUND,)


def shape_from(network: Mapping[str, Any]) -> Shape:
    """Read what a shape's `to_dict` wrote. Raises Refused when it isn't a network that can be built here."""
    return RootPainterShape() if architecture_of(network) is ROOTPAINTERS else NetworkShape.from_dict(dict(network))


def build(shape: Shape) -> Network:
    """A new network of random weights."""
    return UNet(shape) if isinstance(shape, NetworkShape) else TaughtRootPainterNetwork()


def tile_side(network: Network, device: Device) -> int:
    """Of the tiles that it learns from, in pixels, with what it loses at the rim."""
    if isinstance(network, UNet):
        return device.tile_size
    return CPU_INPUT_SIDE if device.torch_device.type == "cpu" else INPUT_SIDE


def batch_size(network: Network, device: Device) -> int:
    """Tiles that it learns from at once."""
    return device.batch_size if isinstance(network, UNet) else max(1, device.batch_size // SMALLER_BATCH)


def predict_with(network: Network, scale: float, device: Device) -> Predict:
    """How a network predicts images. scale: the one at which it was taught."""
    if isinstance(network, UNet):
        return lambda read, shape: TilePrediction(network, read, shape, scale, device)
    return lambda read, shape: RootPainterPrediction(network, read, shape)
