"""Probabilities are gathered core by core, wherever the cores' edges lie."""

import numpy as np
import pytest
import torch

from shared_folder import probability
from shared_folder.rectangle import Rectangle
from trainer.probability import ProbabilityGauge

SHAPE = (61, 83)
CORES = (Rectangle(0, 0, 30, 41), Rectangle(0, 41, 30, 83), Rectangle(30, 0, 61, 41), Rectangle(30, 41, 61, 83))


def likelihood() -> torch.Tensor:
    """(3, H, W)"""
    return torch.rand((3, *SHAPE), generator=torch.Generator().manual_seed(0)).softmax(dim=0)


@pytest.mark.parametrize(("most", "scale"), [(4_000_000, 1), (3000, 2), (700, 4)])
def test_each_value_is_the_largest_of_its_square(most: int, scale: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probability, "MOST_VALUES", most)
    whole = likelihood()
    gauge = ProbabilityGauge("a.png", SHAPE, "000001_x", (2, 5))
    for core in CORES:
        gauge.add(core, whole[(slice(None), *core.slices)])
    found = gauge.map()
    assert (found.facts.scale, found.facts.classes) == (scale, (2, 5))
    expected = (whole[1:] * 255).round().to(torch.uint8).numpy()
    expected = np.pad(expected, ((0, 0), (0, -SHAPE[0] % scale), (0, -SHAPE[1] % scale)))
    squares = expected.reshape(2, expected.shape[1] // scale, scale, expected.shape[2] // scale, scale)
    np.testing.assert_array_equal(found.values, squares.max(axis=(2, 4)))
