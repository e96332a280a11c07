"""The uncertainty layer: coloured where the map says so, at every zoom, and only what is seen."""

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from painter_app.canvas.map_layer import block_mean
from painter_app.canvas.surface import Surface
from painter_app.canvas.uncertainty import (
    UNCERTAINTY_COLOUR,
    UncertaintyLayer,
    uncertainty_colours,
)
from shared_folder.rectangle import NOTHING, Rectangle, whole

SHAPE = (1101, 1502)


def values() -> np.ndarray:
    found = np.zeros((276, 376), np.uint8)
    found[50:100, 100:200] = 255
    return found


def drawn(layer: UncertaintyLayer, zoom: float) -> QImage:
    picture = QImage(int(SHAPE[1] * zoom), int(SHAPE[0] * zoom), QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.scale(zoom, zoom)
    assert layer.prepare(whole(SHAPE), zoom, lambda: False) == NOTHING
    layer.draw(painter, whole(SHAPE), zoom)
    painter.end()
    return picture


@pytest.mark.parametrize("zoom", [0.05, 0.25, 1.0])
def test_it_lies_where_the_map_says_at_every_zoom(zoom: float) -> None:
    picture = drawn(UncertaintyLayer(SHAPE, values(), uncertainty_colours(1.0)), zoom)
    assert picture.pixelColor(int(600 * zoom), int(300 * zoom)) == QColor(UNCERTAINTY_COLOUR)
    for row, column in ((100, 600), (300, 200), (300, 1000), (600, 600)):
        assert picture.pixelColor(int(column * zoom), int(row * zoom)).alpha() == 0


def test_only_tiles_in_view_are_made() -> None:
    layer = UncertaintyLayer(SHAPE, values(), uncertainty_colours(1.0))
    layer.prepare(Rectangle(0, 0, 20, 20), 8.0, lambda: False)
    assert len(layer._tiles) == 1


def test_the_ramp_has_one_hue_and_grows_with_value_and_opacity() -> None:
    alphas = uncertainty_colours(0.8) >> 24
    assert alphas[0] == 0
    assert alphas[255] == round(0.8 * 255)
    assert (np.diff(alphas.astype(int)) >= 0).all()


def test_block_means_at_the_edges() -> None:
    assert block_mean(np.array([[0, 4, 9], [8, 8, 11]], np.uint8), 2).tolist() == [[5, 10]]


def test_a_map_of_another_image_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a map of shape"):
        UncertaintyLayer((100, 100), values(), uncertainty_colours(1.0))


def test_on_the_canvas_it_is_off_until_it_is_asked_for(qtbot, drawn_image) -> None:
    surface = Surface()
    qtbot.addWidget(surface)
    surface.resize(400, 300)
    surface.show()

    def seen() -> QColor:
        qtbot.waitUntil(lambda: surface.drawn)
        return surface.grab().toImage().pixelColor(200, 150)

    surface._show_layers(drawn_image(400, 600), None, None)
    surface.set_uncertainty(np.full((100, 150), 255, np.uint8))
    hidden = seen()
    surface.set_layer_opacity("uncertainty", 1.0)
    surface.set_layer_visible("uncertainty", True)
    assert seen() == QColor(UNCERTAINTY_COLOUR) != hidden
    surface.set_uncertainty(None)
    assert seen() == hidden


def test_frames_surround_a_place_and_go_away(qtbot, drawn_image) -> None:
    surface = Surface()
    qtbot.addWidget(surface)
    surface.resize(400, 300)
    surface.show()
    surface._show_layers(drawn_image(300, 400), None, None)
    qtbot.waitUntil(lambda: surface.drawn)
    before = surface.grab().toImage()
    surface.set_frames([Rectangle(100, 100, 150, 200)])
    corner = surface.widget_from_image(125, 100).toPoint()
    framed = surface.grab().toImage()
    assert framed.pixelColor(corner.x() - 4, corner.y()).lightness() > before.pixelColor(corner).lightness() + 60
    assert framed.pixelColor(corner.x() + 20, corner.y()) == before.pixelColor(corner.x() + 20, corner.y())
    surface._show_layers(drawn_image(300, 400), None, None)
    qtbot.waitUntil(lambda: surface.drawn)
    again = surface.grab().toImage()
    assert again.pixelColor(corner.x() - 4, corner.y()) == before.pixelColor(corner.x() - 4, corner.y())
