"""RootPainter's way to a prediction, with networks small enough to know the answer."""

from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainer.rootpainter_network import INPUT_SIDE, LOST, RootPainterNetwork
from trainer.rootpainter_prediction import foreground, normalised


class FirstChannel(nn.Module):
    """Says that a pixel is foreground as surely as its red is strong in its window; counts and keeps windows."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.windows: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.windows.append(images)
        red = images[:, :1, LOST:-LOST, LOST:-LOST]
        return torch.cat((torch.zeros_like(red), 4 * red), dim=1)


def predict(image: np.ndarray) -> tuple[np.ndarray, FirstChannel]:
    network = FirstChannel()
    return foreground(cast(RootPainterNetwork, network), image), network


@pytest.mark.parametrize(("shape", "windows"), [((750, 750), 4), ((1000, 501), 4), ((40, 30), 1), ((1001, 600), 6)])
def test_each_pixel_gets_its_own_probability(shape: tuple[int, int], windows: int) -> None:
    """Also where windows overlap, where the image is smaller than one, and through the mirrored pass."""
    image = np.zeros((*shape, 3), np.uint8)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    image[..., 0] = np.where((rows // 4 + columns // 3) % 2, 255, 0)
    likelihood, network = predict(image)
    assert likelihood.shape == shape
    assert np.array_equal(likelihood > 0.5, image[..., 0] > 0)
    assert len(network.windows) == 2 * windows
    assert all(window.shape == (1, 3, INPUT_SIDE, INPUT_SIDE) for window in network.windows)


def test_the_mirror_image_is_predicted_too() -> None:
    """An image whose left half is seen only through its mirror image's windows would differ from its mirror's."""
    image = np.random.default_rng(0).integers(0, 256, (600, 700, 3), np.uint8)
    there, _ = predict(image)
    back, _ = predict(np.ascontiguousarray(image[:, ::-1]))
    assert np.allclose(there, back[:, ::-1], atol=1e-6)


def test_a_window_is_scaled_over_its_three_channels_together() -> None:
    window = np.array([[[0.2, 0.4, 0.6]]], np.float32)
    assert np.allclose(normalised(window), [[[0, 0.5, 1]]])
    assert normalised(window[..., :1]) == pytest.approx(0.2)
