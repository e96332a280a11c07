"""One window in, probabilities out: the same for validation and for masks."""

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.device import Device
from trainer.network import UNet
from trainer.patches import FloatImage


def probabilities(network: UNet, window: FloatImage, device: Device) -> torch.Tensor:
    """What the network says of one window.

    window: (h, w, C), sides multiples of the network's stride. Returns (K, h, w) float32 on the device, summing
    to 1 over the K classes. The network must be in evaluation mode.
    """
    with torch.inference_mode(), device.half_precision():
        images = torch.from_numpy(window).to(device.torch_device).movedim(-1, 0)[None]
        scores: torch.Tensor = network(images)
    return scores[0].float().softmax(dim=0)


def most_likely(likelihood: torch.Tensor, class_ids: tuple[int, ...], threshold: float = 0.5) -> NDArray[np.uint8]:
    """Labels (h, w) uint8: the likeliest of several classes, or, of two, the second where it exceeds the threshold.

    likelihood: (K, h, w), as from `probabilities`; class_ids: the label of each of the K channels.
    """
    channel = likelihood[1] > threshold if len(class_ids) == 2 else likelihood.argmax(dim=0)
    return np.asarray(class_ids, np.uint8)[channel.cpu().numpy().astype(np.uint8)]
