import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from trainer.network import NetworkShape, UNet, margin, receptive_field
from trainer.network_facts import in_words, layers, network_facts, prediction_bytes, training_bytes

SHAPES = [NetworkShape(widths=(8, 16)), NetworkShape(3, 4, (8, 16, 24), unshuffle=1)]


@pytest.mark.parametrize("shape", SHAPES)
def test_parameters_and_multiply_adds_are_those_of_the_network(shape: NetworkShape) -> None:
    network = UNet(shape).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, 64, 64))
    facts = network_facts(shape, 64)
    assert facts.parameters == sum(each.numel() for each in network.parameters())
    assert 2 * facts.multiply_adds == counter.get_total_flops()
    assert (facts.receptive_field, facts.margin, facts.stride) == (
        receptive_field(shape),
        margin(shape),
        shape.stride,
    )


def test_layers_are_named_in_the_order_in_which_a_tile_goes_through_them() -> None:
    rows = layers(NetworkShape(widths=(8, 16)), 64)
    block = "convolution 3 x 3, batch normalisation, ReLU"
    assert [(row.place, row.words, row.size) for row in rows] == [
        ("input", "pixel unshuffle 2 x 2", (12, 32, 32)),
        ("encoder level 1", block, (8, 32, 32)),
        ("encoder level 1", block, (8, 32, 32)),
        ("encoder", "max pooling 2 x 2", (8, 16, 16)),
        ("bottleneck", block, (16, 16, 16)),
        ("bottleneck", block, (16, 16, 16)),
        ("decoder level 1", "convolution 1 x 1", (8, 16, 16)),
        ("decoder level 1", "upsampling 2 x 2, nearest", (8, 32, 32)),
        ("decoder level 1", f"skip connection, {block}", (8, 32, 32)),
        ("decoder level 1", block, (8, 32, 32)),
        ("head", "convolution 1 x 1", (8, 32, 32)),
        ("output", "pixel shuffle 2 x 2", (2, 64, 64)),
    ]


def test_memory_grows_with_the_tile_and_learning_needs_more_than_predicting() -> None:
    shape = SHAPES[0]
    assert prediction_bytes(shape, 128) == pytest.approx(4 * prediction_bytes(shape, 64), rel=0.01)
    assert training_bytes(shape, 64) > 2 * prediction_bytes(shape, 64)
    # At the end of prediction the scores and their softmax live, at the widest place a few maps of 8 channels.
    assert 2 * 2 * 64**2 * 4 <= prediction_bytes(shape, 64) <= 10 * 12 * 64**2 * 4


def test_the_sentence_names_the_networks_own_numbers() -> None:
    assert "2 levels with 8, 16 channels" in in_words(SHAPES[0], 64)
