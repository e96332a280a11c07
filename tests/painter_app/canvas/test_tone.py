"""The tone changes what is seen, level by level, and nothing else."""

import numpy as np
import pytest

from painter_app.canvas.image_layer import ImageLayer
from painter_app.canvas.tone import Tone, fitting_levels


def test_a_plain_tone_changes_nothing() -> None:
    np.testing.assert_array_equal(Tone().table(), np.arange(256))
    assert Tone().plain
    assert not Tone(gamma=1.1).plain


def test_levels_between_black_and_white_use_all_of_the_screens() -> None:
    table = Tone(50, 150).table()
    assert table[[0, 50, 100, 150, 255]].tolist() == [0, 0, 128, 255, 255]
    assert (np.diff(table.astype(int)) >= 0).all()


@pytest.mark.parametrize(("gamma", "lifts"), [(2.0, True), (0.5, False)])
def test_gamma_lifts_the_dark_or_lowers_the_bright(gamma: float, lifts: bool) -> None:
    table = Tone(gamma=gamma).table()
    assert (table[64] > 64) == lifts
    assert table[0] == 0
    assert table[255] == 255


def test_the_fitting_levels_take_in_most_levels_and_leaves_a_flat_picture_alone() -> None:
    pixels = np.random.default_rng(0).integers(90, 140, (100, 100, 3)).astype(np.uint8)
    pixels[0, 0] = 255
    black, white = fitting_levels(pixels)
    assert 88 <= black <= 92
    assert 136 <= white <= 140
    assert fitting_levels(np.full((10, 10, 3), 255, np.uint8)) == (0, 255)


def test_a_layers_tiles_are_in_its_tone(drawn_image) -> None:
    layer = ImageLayer(drawn_image(300, 400))
    bright = layer.toned(Tone(0, 100))
    seen, brighter = (each.make((0, 0, 0)).picture.pixelColor(150, 10).red() for each in (layer, bright))
    assert seen == 95
    assert brighter == 242
