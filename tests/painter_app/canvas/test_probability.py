"""The probability layer: colours that rise evenly in lightness, at every zoom, in the mask's place."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot
from skimage.color import rgb2lab

from painter_app.canvas.layer_stack import MaskLook
from painter_app.canvas.layers import MASK_COLOUR
from painter_app.canvas.probability import ProbabilityLayer, probability_colours, ramp_colour
from painter_app.canvas.surface import Surface
from shared_folder.labels import Labels

SHAPE = (400, 600)


def test_equal_steps_of_probability_are_equal_steps_of_lightness() -> None:
    colours = [ramp_colour(value / 20) for value in range(21)]
    rgb = np.array([[colour.redF(), colour.greenF(), colour.blueF()] for colour in colours])
    steps = np.diff(rgb2lab(rgb[None])[0, :, 0])
    assert steps.min() > 0.85 * steps.mean()  # also for eyes that tell no hues apart
    assert steps.max() < 1.15 * steps.mean()


def test_what_is_surely_not_there_is_left_clear() -> None:
    alphas = (probability_colours(0.8) >> 24).astype(int)
    assert alphas[0] == 0
    assert (alphas[60:] == round(0.8 * 255)).all()
    assert (np.diff(alphas) >= 0).all()


@pytest.mark.parametrize("scale", [1, 4])
def test_a_thin_line_stays_as_likely_from_afar(scale: int) -> None:
    values = np.zeros((-(-SHAPE[0] // scale), -(-SHAPE[1] // scale)), np.uint8)
    values[:, 50] = 255
    layer = ProbabilityLayer(SHAPE, values, scale, probability_colours(1.0))
    for zoom in (1.0, 0.1, 0.02):
        key = (layer.level_for(zoom), 0, 0)
        pixels = layer.make(key).pixels
        assert pixels is not None
        assert (pixels.max(axis=1) == probability_colours(1.0)[255]).all()


def test_it_takes_the_masks_place_where_there_is_one(qtbot: QtBot, drawn_image: Callable[..., object]) -> None:
    surface = Surface()
    qtbot.addWidget(surface)
    surface.resize(400, 300)
    surface.show()
    surface.set_layer_opacity("mask", 1.0)
    surface._show_layers(drawn_image(*SHAPE), None, Labels.from_array(np.full(SHAPE, 2, np.uint8)))

    def seen() -> QColor:
        qtbot.waitUntil(lambda: surface.drawn)
        return surface.grab().toImage().pixelColor(200, 150)

    surface.set_mask_look(MaskLook.PROBABILITY)
    assert seen().name() == MASK_COLOUR  # until a map has come
    surface.set_probability(np.full(SHAPE, 255, np.uint8), 1)
    assert seen() == ramp_colour(1.0)
    surface.set_layer_opacity("mask", 0.5)
    assert seen() not in (ramp_colour(1.0), QColor(MASK_COLOUR))
    surface.set_layer_opacity("mask", 1.0)
    surface.set_mask_look(MaskLook.FILL)
    assert seen().name() == MASK_COLOUR
    surface.set_mask_look(MaskLook.PROBABILITY)
    surface.set_layer_visible("mask", False)
    assert seen() not in (ramp_colour(1.0), QColor(MASK_COLOUR))
