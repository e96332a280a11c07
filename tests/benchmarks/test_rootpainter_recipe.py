"""RootPainter's recipe as its description says."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.benchmarks.rootpainter_recipe import Example, Recipe, augment, loss
from trainer.rootpainter_network import INPUT_SIDE, OUTPUT_SIDE, RootPainterNetwork


def test_unknown_pixels_count_as_background_of_probability_one_half() -> None:
    """Four pixels: one of foreground, surely found, and three that nobody labelled."""
    scores = torch.zeros(1, 2, 2, 2)
    scores[0, 1] = 50
    foreground = torch.tensor([[[True, False], [False, False]]])
    nothing = torch.zeros_like(foreground)
    dice = 2 * 1 / (1 + 3 * 0.5 + 1)
    assert loss(scores, foreground, nothing).item() == pytest.approx(1 - dice + 0.3 * 0.75 * math.log(2))
    assert loss(scores, nothing, nothing).item() == pytest.approx(0.3 * math.log(2))


def test_labels_stay_on_what_they_label_and_tiles_are_normalised() -> None:
    image = np.zeros((INPUT_SIDE, INPUT_SIDE, 3))
    image[150:420, 200:400] = 1
    painted = np.stack((image[..., 0] > 0, image[..., 0] == 0), axis=-1)
    places = []
    for seed in range(5):
        tile = augment(image, painted, np.random.default_rng(seed))
        inner = tile.image[36:-36, 36:-36].mean(axis=-1)
        assert tile.image.shape == (INPUT_SIDE, INPUT_SIDE, 3)
        assert tile.image.min() == 0
        assert tile.image.max() == 1
        assert tile.foreground.shape == (OUTPUT_SIDE, OUTPUT_SIDE)
        assert not (tile.foreground & tile.background).any()
        assert ((inner > 0.5) == tile.foreground).mean() > 0.95
        places.append(tile.foreground.argmax())
    assert len(set(places)) > 1


def test_a_tile_holds_annotation_however_little_there_is(tmp_path: Path) -> None:
    example = Example(tmp_path / "image.png", tmp_path / "annotation.png")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (700, 600, 3), np.uint8)).save(example.image)
    annotation = np.zeros((700, 600, 4), np.uint8)
    annotation[300:330, 200:230] = (0, 255, 0, 180)
    Image.fromarray(annotation).save(example.annotation)
    tile = Recipe(RootPainterNetwork(), [example], np.random.default_rng(1)).tile()
    assert tile.background.any()
    assert not tile.foreground.any()
