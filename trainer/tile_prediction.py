"""What a network of ours says of an image, tile by tile."""

from collections.abc import Sequence

import torch

from shared_folder.images import ImageFile
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.device import FORWARD_SHARE, Device
from trainer.network import UNet, margin
from trainer.patches import FloatImage, Read, Tile, on_image, read_seen, tiles


class TilePrediction:
    """One image as a network sees it. scale: the one at which it was taught."""

    def __init__(self, network: UNet, read: Read, shape: tuple[int, int], scale: float, device: Device) -> None:
        """network: in evaluation mode. read, shape (H, W): the image, as for patches."""
        self._network = network
        self._read = read
        self._shape = shape
        self._scale = scale
        self._device = device
        cut = tiles(shape, device.core_size, margin(network.shape), network.shape.stride, scale)
        self._tiles = {tile.core: tile for tile in cut}

    @property
    def cores(self) -> Sequence[Rectangle]:
        return tuple(self._tiles)

    def at(self, core: Rectangle) -> torch.Tensor:
        """(K, core.height, core.width)"""
        tile = self._tiles[core]
        return core_probabilities(self._network, self._read, self._shape, tile, self._scale, self._device)


def check_channels(image: ImageFile, network: UNet) -> None:
    """Refuse an image of another number of channels than the network was taught with."""
    wanted = network.shape.in_channels
    if image.learned_channels != wanted:
        raise Refused(
            f"{image.path.name}: has {image.shape[2]} channels, and the model was taught with images of {wanted}. "
            "Save it like those, or choose another model."
        )


def core_probabilities(
    network: UNet, read: Read, shape: tuple[int, int], tile: Tile, scale: float, device: Device
) -> torch.Tensor:
    """What the network says of a tile's core: (K, core.height, core.width) float32, summing to 1 over the classes.

    read, shape: the image, as for patches. scale: the one at which the network was taught.
    """
    window = read_seen(read, shape, tile.window, scale)
    return on_image(probabilities(network, window, device), tile, scale)


def probabilities(network: UNet, window: FloatImage, device: Device) -> torch.Tensor:
    """What the network says of one window.

    window: (h, w, C), sides multiples of the network's stride. Returns (K, h, w) float32 on the device, summing
    to 1 over the K classes. The network must be in evaluation mode.
    """
    with torch.inference_mode(), device.half_precision():
        images = torch.from_numpy(window).to(device.torch_device).movedim(-1, 0)[None]
        scores: torch.Tensor = network(images)
    device.spent(round(FORWARD_SHARE * scores[0, 0].numel()))
    return scores[0].float().softmax(dim=0)
