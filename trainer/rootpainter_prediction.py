"""Prediction as RootPainter makes it, from its published description: for its models, and as a measure beside ours.

The image is cut into windows of 572 x 572 pixels whose middle 500 x 500 are predicted; where they overlap the later
one counts. The result is the mean of the image's prediction and its mirror image's.
"""

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.patches import FloatImage
from trainer.rootpainter_network import INPUT_SIDE, LOST, OUTPUT_SIDE, RootPainterNetwork

Float = TypeVar("Float", np.float32, np.float64)

THRESHOLD = 0.5
"""Above this probability a pixel is foreground."""


def foreground(network: RootPainterNetwork, image: NDArray[np.uint8]) -> FloatImage:
    """The probability, 0..1, that each pixel is foreground: (H, W). image: RGB (H, W, 3), of any size.

    Of several models it is the mean of theirs.
    """
    height, width = image.shape[:2]
    top, left = (max(0, INPUT_SIDE - length) // 2 for length in (height, width))
    bottom, right = (max(0, INPUT_SIDE - height) - top, max(0, INPUT_SIDE - width) - left)
    padded = np.pad(image, ((top, bottom), (left, right), (0, 0)), mode="reflect")
    mean = (_one_way(network, padded) + _one_way(network, padded[:, ::-1])[:, ::-1]) / 2
    return np.asarray(mean[top : top + height, left : left + width])


def _one_way(network: RootPainterNetwork, image: NDArray[np.uint8]) -> FloatImage:
    """(H, W, 3), at least 572 a side, to (H, W): column by column, a later window overwriting an earlier one."""
    height, width = image.shape[:2]
    padded = np.pad(image, ((LOST, LOST), (LOST, LOST), (0, 0)), mode="reflect")
    unit = np.divide(padded, 255, dtype=np.float32)
    result = np.empty((height, width), np.float32)
    device = next(network.parameters()).device
    for left in _starts(width):
        for top in _starts(height):
            window = normalised(unit[top : top + INPUT_SIDE, left : left + INPUT_SIDE])
            with torch.inference_mode():
                scores = network(torch.from_numpy(window).to(device).movedim(-1, 0)[None])
                likelihood = scores[0].softmax(dim=0)[1]
            result[top : top + OUTPUT_SIDE, left : left + OUTPUT_SIDE] = likelihood.cpu().numpy()
    return result


def _starts(length: int) -> list[int]:
    """Where windows begin along an axis; the last one ends where the image ends."""
    return [min(start, length - OUTPUT_SIDE) for start in range(0, length, OUTPUT_SIDE)]


def normalised(window: NDArray[Float]) -> NDArray[Float]:
    """Its own least value over all channels becomes 0 and its greatest 1; a constant window stays as it is."""
    low, high = window.min(), window.max()
    return window if low == high else np.asarray((window - low) / (high - low), window.dtype)
