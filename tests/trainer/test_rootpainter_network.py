"""RootPainter's network as its description says."""

import torch

from trainer.rootpainter_network import INPUT_SIDE, LOST, OUTPUT_SIDE, RootPainterNetwork


def test_it_has_the_published_number_of_parameters() -> None:
    assert sum(weights.numel() for weights in RootPainterNetwork().parameters()) == 1_322_438


def test_its_output_is_smaller_by_the_same_on_every_side() -> None:
    with torch.inference_mode():
        scores = RootPainterNetwork()(torch.zeros(1, 3, INPUT_SIDE - 16 * 24, INPUT_SIDE - 16 * 20))
    assert scores.shape == (1, 2, OUTPUT_SIDE - 16 * 24, OUTPUT_SIDE - 16 * 20)
    assert INPUT_SIDE - OUTPUT_SIDE == 2 * LOST
