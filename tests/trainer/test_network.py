import pytest
import torch

from shared_folder.refused import Refused
from trainer.network import NetworkShape, UNet, margin, receptive_field

SMALL = NetworkShape(widths=(8, 8, 8))


def make(shape: NetworkShape) -> UNet:
    torch.manual_seed(0)
    return UNet(shape).eval()


def linear(shape: NetworkShape) -> UNet:
    """A network through which every path lets its gradient pass, so that what is seen can be measured."""
    network = make(shape)
    for module in network.modules():
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.ReLU):
                setattr(module, name, torch.nn.Identity())
            elif isinstance(child, torch.nn.MaxPool2d):
                setattr(module, name, torch.nn.AvgPool2d(2))
    for parameter in network.parameters():
        parameter.data.abs_().clamp_(min=0.01)
    return network


@pytest.mark.parametrize("shape", [SMALL, NetworkShape(widths=(4, 4), unshuffle=1), NetworkShape(widths=(4,))])
def test_receptive_field_and_margin_are_what_the_gradient_says(shape: NetworkShape) -> None:
    network, field = linear(shape).double(), receptive_field(shape)
    side = -(-3 * field // shape.stride) * shape.stride
    widest = reach = 0
    for offset in range(shape.stride):
        image = torch.zeros(1, 3, side, side, dtype=torch.float64, requires_grad=True)
        pixel = side // 2 // shape.stride * shape.stride + offset
        network(image)[0, 1, pixel, pixel].backward()
        seen = torch.nonzero(image.grad[0].abs().sum((0, 1)))[:, 0]
        low, high = int(seen.min()), int(seen.max())
        assert network.seen(pixel) == (low, high)
        widest, reach = max(widest, high - low + 1), max(reach, pixel - low, high - pixel)
    assert widest == field
    assert reach <= margin(shape) < reach + shape.stride


def test_output_has_the_size_of_the_input_and_a_channel_for_each_class() -> None:
    shape = NetworkShape(in_channels=1, out_channels=4, widths=(8, 16))
    assert make(shape)(torch.zeros(1, 1, 32, 48)).shape == (1, 4, 32, 48)


def test_trains_with_a_single_tile() -> None:
    network = make(SMALL).train()
    network(torch.randn(1, 3, 16, 16)).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_each_pixel_of_a_cell_has_its_own_scores() -> None:
    """A line one pixel wide can only be found if neighbours in a cell can differ."""
    scores = make(SMALL)(torch.randn(1, 3, 32, 32))[0, 0]
    assert not torch.equal(scores[::2], scores[1::2])
    assert not torch.equal(scores[:, ::2], scores[:, 1::2])


def test_shape_survives_its_description() -> None:
    shape = NetworkShape(1, 3, (8, 16, 32), 4)
    assert NetworkShape.from_dict(shape.to_dict()) == shape
    assert shape.stride == 16


@pytest.mark.parametrize(
    "change",
    [
        {"widths": []},
        {"widths": "ab"},
        {"widths": [10**9]},
        {"out_channels": 1},
        {"unshuffle": 0},
        {"in_channels": 2.5},
    ],
)
def test_impossible_networks_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        NetworkShape.from_dict({**SMALL.to_dict(), **change})
    with pytest.raises(Refused):
        NetworkShape.from_dict({"widths": [8]})
