"""The corrected mask on the canvas: what will be exported, mended with every move at the cost of the change."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from painter_app.canvas import layers, surface
from painter_app.canvas.brush import Brush
from painter_app.canvas.corrected import Corrected, CorrectedLayer
from painter_app.canvas.layers import LabelLayer, colour_table, mask_classes
from painter_app.canvas.view import CanvasView
from shared_folder.annotation import Annotation, corrected
from shared_folder.classes import BACKGROUND, BINARY, CANT_TELL, FOREGROUND, LabelClass
from shared_folder.labels import Labels, Pixels
from shared_folder.merging import UNMERGED, merge_table
from shared_folder.rectangle import NOTHING, Rectangle, whole

SHAPE = (1100, 1500)
COLOURS = colour_table(mask_classes(BINARY), 1.0, background=False)
PLACES = (Rectangle(250, 250, 262, 270), Rectangle(0, 0, 5, 5), Rectangle(700, 1490, 1100, 1500))


def mask_and_annotation() -> tuple[Labels, Labels]:
    mask = np.full(SHAPE, BACKGROUND, np.uint8)
    mask[:, ::90] = FOREGROUND
    mask[240:280, 240:280] = FOREGROUND
    annotation = Labels(SHAPE)
    annotation.write(Rectangle(300, 0, 310, 900), BACKGROUND)
    annotation.write(Rectangle(400, 0, 410, 900), CANT_TELL)
    annotation.write(Rectangle(500, 700, 600, 800), FOREGROUND)
    return Labels.from_array(mask), annotation


def make_missing(layer: LabelLayer, zoom: float) -> None:
    for key in layer.missing(whole(SHAPE), zoom):
        layer.take(key, layer.make(key))


def seen(layer: LabelLayer, zoom: float) -> QImage:
    assert layer.prepare(whole(SHAPE), zoom, lambda: False) == NOTHING
    picture = QImage(int(SHAPE[1] * zoom), int(SHAPE[0] * zoom), QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.scale(zoom, zoom)
    layer.draw(painter, whole(SHAPE), zoom)
    painter.end()
    return picture


def expected(mask: Labels, annotation: Labels, zoom: float, outlined: bool) -> QImage:
    """As a still layer shows what an export would write."""
    exported = Labels.from_array(corrected(mask.to_array(), annotation.to_array()))
    layer = LabelLayer(exported, COLOURS, outlined)
    layer.widest = layers.WIDEST_LIVE
    make_missing(layer, zoom)
    return seen(layer, zoom)


@pytest.mark.parametrize("outlined", [False, True])
@pytest.mark.parametrize("zoom", [0.1, 0.4, 1, 3])
def test_it_shows_what_is_exported_also_after_strokes(zoom: float, outlined: bool) -> None:
    mask, annotation = mask_and_annotation()
    layer = CorrectedLayer(mask, annotation, UNMERGED, COLOURS, outlined)
    make_missing(layer, zoom)
    assert seen(layer, zoom) == expected(mask, annotation, zoom, outlined)
    for label in (BACKGROUND, FOREGROUND, 0):
        for place in PLACES:
            annotation.write(place, label)
            layer.changed(place)
        assert seen(layer, zoom) == expected(mask, annotation, zoom, outlined)


def test_merged_classes_are_seen_as_what_they_count_as() -> None:
    classes = (LabelClass(2, "root", "#e41a1c"), LabelClass(3, "rhizome", "#0072b2", merged_into=2))
    mask, annotation = Labels.from_array(np.full(SHAPE, 3, np.uint8)), Labels(SHAPE)
    layer = CorrectedLayer(mask, annotation, merge_table(classes), COLOURS, outlined=False)
    make_missing(layer, 1)
    assert seen(layer, 1).pixelColor(100, 100).name() == layers.MASK_COLOUR


def test_a_stroke_that_falls_while_a_tile_is_made_is_not_lost() -> None:
    mask, annotation = mask_and_annotation()
    layer = CorrectedLayer(mask, annotation, UNMERGED, COLOURS, outlined=False)
    made = {}
    for key in layer.missing(whole(SHAPE), 1):
        annotation.write(PLACES[0], BACKGROUND)
        layer.changed(PLACES[0])
        made[key] = layer.make(key)
    for key, tile in made.items():
        layer.take(key, tile)
    assert seen(layer, 1) == expected(mask, annotation, 1, outlined=False)


def test_threads_read_the_annotation_as_it_was_when_tiles_were_asked_for() -> None:
    mask, annotation = mask_and_annotation()
    layer = CorrectedLayer(mask, annotation, UNMERGED, COLOURS, outlined=False)
    keys = layer.missing(whole(SHAPE), 1)
    before = {key: layer.make(key).pixels for key in keys}
    annotation.write(whole(SHAPE), FOREGROUND)
    for key in keys:
        np.testing.assert_array_equal(layer.make(key).pixels, before[key])


def test_where_nothing_was_painted_the_annotation_is_not_even_read() -> None:
    class Blank(Labels):
        def read(self, rectangle: Rectangle) -> Pixels:
            raise AssertionError(rectangle)

    mask, _ = mask_and_annotation()
    found = Corrected(mask, Blank(SHAPE)).read(Rectangle(200, 200, 300, 300))
    np.testing.assert_array_equal(found, mask.to_array()[200:300, 200:300])


@pytest.fixture
def canvas(qtbot: QtBot, drawn_image: Callable[..., object]) -> CanvasView:
    """With an annotation, a mask that is all foreground, and every layer opaque."""
    made = CanvasView()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.show_image(drawn_image(*SHAPE), Annotation(Labels(SHAPE)), Labels.from_array(np.full(SHAPE, 2, np.uint8)))
    made.actual_size()
    made.brush_diameter = 60
    for name in ("mask", "annotation"):
        made.set_layer_opacity(name, 1.0)
    return made


def colour(qtbot: QtBot, canvas: CanvasView, at: QPoint) -> QColor:
    qtbot.waitUntil(lambda: canvas.drawn)
    return canvas.grab().toImage().pixelColor(at)


def dab(canvas: CanvasView, label: int, at: QPoint) -> None:
    canvas.set_tool(Brush(label))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(canvas, QPoint(5, 5))


def test_painting_shows_the_result_and_undo_takes_it_back(qtbot: QtBot, canvas: CanvasView) -> None:
    at = QPoint(400, 300)
    canvas.set_layer_visible("mask", False)
    image = colour(qtbot, canvas, at)
    canvas.set_layer_visible("mask", True)
    canvas.set_corrected(True)
    assert colour(qtbot, canvas, at).name() == layers.MASK_COLOUR
    dab(canvas, BACKGROUND, at)
    assert colour(qtbot, canvas, at) == image
    dab(canvas, FOREGROUND, at)
    assert colour(qtbot, canvas, at).name() == layers.MASK_COLOUR
    canvas.undo()
    assert colour(qtbot, canvas, at) == image
    canvas.undo()
    assert colour(qtbot, canvas, at).name() == layers.MASK_COLOUR
    canvas.redo()
    canvas.set_corrected(False)
    assert colour(qtbot, canvas, at).green() > 150  # the stroke itself


def test_another_mask_and_another_opacity_are_seen_under_what_was_painted(qtbot: QtBot, canvas: CanvasView) -> None:
    painted, beside = QPoint(400, 300), QPoint(500, 300)
    canvas.set_corrected(True)
    dab(canvas, FOREGROUND, painted)
    canvas.set_mask(Labels.from_array(np.ones(SHAPE, np.uint8)))
    assert colour(qtbot, canvas, painted).name() == layers.MASK_COLOUR
    assert colour(qtbot, canvas, beside).name() != layers.MASK_COLOUR
    canvas.set_layer_opacity("mask", 0.0)
    assert colour(qtbot, canvas, painted).name() != layers.MASK_COLOUR


def test_without_a_mask_or_with_either_layer_hidden_all_is_as_usual(qtbot: QtBot, canvas: CanvasView) -> None:
    at = QPoint(400, 300)
    canvas.set_corrected(True)
    dab(canvas, BACKGROUND, at)
    canvas.set_layer_visible("annotation", False)
    assert colour(qtbot, canvas, at).name() == layers.MASK_COLOUR
    canvas.set_layer_visible("annotation", True)
    canvas.set_layer_visible("mask", False)
    green = colour(qtbot, canvas, at)
    canvas.set_layer_visible("mask", True)
    canvas.set_mask(None)
    assert colour(qtbot, canvas, at) == green
    assert green.green() > 150


def test_a_stroke_on_a_large_image_colours_only_what_it_touched(
    qtbot: QtBot, canvas: CanvasView, drawn_image: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    side = 8000
    mask = Labels.from_array(np.full((side, side), FOREGROUND, np.uint8))
    canvas.show_image(drawn_image(side, side), Annotation(Labels((side, side))), mask)
    canvas.set_corrected(True)
    canvas.actual_size()
    canvas.brush_diameter = 25
    qtbot.waitUntil(lambda: canvas.drawn)
    coloured: list[int] = []
    real = layers.ranks

    def spy(source: Labels, level: int, rectangle: Rectangle) -> Pixels:
        coloured.append(rectangle.height * rectangle.width)
        return real(source, level, rectangle)

    monkeypatch.setattr(layers, "ranks", spy)
    dab(canvas, BACKGROUND, QPoint(400, 300))
    qtbot.waitUntil(lambda: bool(coloured))
    assert sum(coloured) < 3 * 30 * 30


def test_what_left_the_view_before_it_was_made_is_not_awaited_for_ever(
    qtbot: QtBot, canvas: CanvasView, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: canvas.drawn)
    with monkeypatch.context() as patch:
        patch.setattr(surface, "_PAINTING_TIME", -1.0)  # no time for any tile
        canvas.set_layer_opacity("annotation", 0.5)
        canvas.grab()
        assert not canvas.drawn
        canvas.pan_by(30, 0)
    qtbot.waitUntil(lambda: canvas.drawn)
