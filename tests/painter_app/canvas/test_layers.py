"""Layers make only the tiles that are seen and colour again only what changed."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPainter

from painter_app.canvas import layers
from painter_app.canvas.image_layer import ImageLayer
from painter_app.canvas.layers import MASK_COLOUR, LabelLayer, colour_table, mask_classes, premultiplied
from painter_app.canvas.pyramid import rank
from shared_folder.classes import BACKGROUND, BINARY, CANT_TELL, FOREGROUND, UNKNOWN, new_classes
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import NOTHING, Rectangle, whole

SHAPE = (1100, 1500)
COLOURS = colour_table(BINARY, 1.0, background=True)


def never() -> bool:
    return False


def labels_with_lines() -> Labels:
    array = np.full(SHAPE, UNKNOWN, np.uint8)
    array[:, ::90] = FOREGROUND
    array[::200] = BACKGROUND
    return Labels.from_array(array)


def drawn(layer: LabelLayer | ImageLayer, zoom: float, exposed: Rectangle | None = None) -> Pixels:
    """The layer as seen (h, w, 4) at a zoom."""
    exposed = whole(SHAPE) if exposed is None else exposed
    picture = QImage(int(SHAPE[1] * zoom), int(SHAPE[0] * zoom), QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.scale(zoom, zoom)
    assert layer.prepare(exposed, zoom, never) == NOTHING
    layer.draw(painter, exposed, zoom)
    painter.end()
    bits = picture.constBits()
    assert bits is not None
    bits.setsize(picture.sizeInBytes())
    return np.frombuffer(bytes(bits), np.uint8).reshape(picture.height(), picture.width(), 4)


@pytest.fixture
def coloured(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Numbers of a level's pixels that are coloured, one for each time."""
    counts: list[int] = []
    real = layers.ranks

    def spy(source: Labels, level: int, rectangle: Rectangle) -> Pixels:
        counts.append(rectangle.height * rectangle.width)
        return real(source, level, rectangle)

    monkeypatch.setattr(layers, "ranks", spy)
    return iter([counts]).__next__()


def test_at_full_size_every_pixel_has_its_labels_colour() -> None:
    labels = labels_with_lines()
    seen = drawn(LabelLayer(labels, COLOURS), 1).view(np.uint32)[..., 0]
    np.testing.assert_array_equal(seen, COLOURS[rank(labels.to_array())])


@pytest.mark.parametrize("zoom", [0.05, 0.3, 0.38, 0.5, 0.7, 0.76, 0.99])
def test_thin_lines_stay_visible_zoomed_out(zoom: float) -> None:
    array = np.zeros(SHAPE, np.uint8)
    array[:, 500] = FOREGROUND
    seen = drawn(LabelLayer(Labels.from_array(array), COLOURS), zoom)
    assert (seen[..., 3].max(axis=1) > 80).all()


@pytest.mark.parametrize("outlined", [False, True])
@pytest.mark.parametrize("zoom", [0.1, 0.4, 1, 3])
def test_a_mended_layer_looks_like_a_new_one(zoom: float, outlined: bool) -> None:
    labels = labels_with_lines()
    layer = LabelLayer(labels, COLOURS, outlined)
    drawn(layer, zoom)
    for place in (Rectangle(250, 250, 262, 270), Rectangle(0, 0, 5, 5), Rectangle(700, 1490, 1100, 1500)):
        labels.write(place, FOREGROUND)
        layer.changed(place)
    np.testing.assert_array_equal(drawn(layer, zoom), drawn(LabelLayer(labels, COLOURS, outlined), zoom))


def test_more_changes_than_are_remembered_one_by_one_are_all_shown() -> None:
    labels = Labels(SHAPE)
    layer = LabelLayer(labels, COLOURS)
    drawn(layer, 1)
    for step in range(200):
        place = Rectangle(step, step, step + 1, step + 1)
        labels.write(place, FOREGROUND)
        layer.changed(place)
    assert int((drawn(layer, 1)[..., 3] > 0).sum()) == 200


def test_changes_are_mended_as_the_time_allows() -> None:
    labels = labels_with_lines()
    layer = LabelLayer(labels, COLOURS, live=True)
    drawn(layer, 1)
    places = [Rectangle(50 * step, 0, 50 * step + 7, 9) for step in range(10)]
    for place in places:
        labels.write(place, FOREGROUND)
        layer.changed(place)
    left = iter([False] * 4 + [True])
    missing = layer.prepare(whole(SHAPE), 1, lambda: next(left, True))
    assert missing == Rectangle(places[4].top, 0, places[9].bottom, 9)
    np.testing.assert_array_equal(drawn(layer, 1), drawn(LabelLayer(labels, COLOURS, live=True), 1))


def test_a_change_costs_its_rectangle_at_every_level(coloured: list[int]) -> None:
    labels = labels_with_lines()
    layer = LabelLayer(labels, COLOURS)
    for zoom in (0.1, 0.3, 1):
        drawn(layer, zoom)
    coloured.clear()
    place = Rectangle(250, 250, 270, 290)  # on the corner of four tiles
    labels.write(place, FOREGROUND)
    layer.changed(place)
    for zoom in (0.1, 0.3, 1):
        drawn(layer, zoom)
    assert 0 < sum(coloured) < 2 * 20 * 40
    coloured.clear()
    drawn(layer, 1)
    assert not coloured


def test_only_what_is_exposed_is_made(drawn_image: Callable[..., object]) -> None:
    image = drawn_image(*SHAPE)
    drawn(ImageLayer(image), 1, Rectangle(300, 300, 310, 310))
    assert image.read == [(0, Rectangle(0, 0, 512, 512))]


def test_blank_parts_of_a_map_are_never_coloured(coloured: list[int]) -> None:
    drawn(LabelLayer(Labels(SHAPE), COLOURS), 1)
    assert not coloured


def test_an_image_is_drawn_from_the_coarsest_level_that_is_sharp(drawn_image: Callable[..., object]) -> None:
    layer = ImageLayer(drawn_image(20_000, 20_000))
    assert [layer.level_for(zoom) for zoom in (64, 1, 0.51, 0.5, 0.26, 0.25, 0.05, 0.001)] == [0, 0, 0, 1, 1, 2, 4, 7]


def test_labels_are_drawn_from_a_level_in_which_nothing_falls_between_pixels() -> None:
    layer = LabelLayer(Labels((20_000, 20_000)), COLOURS)
    assert [layer.level_for(zoom) for zoom in (64, 1, 0.76, 0.7, 0.5, 0.38, 0.3, 0.25)] == [0, 0, 0, 1, 1, 1, 2, 2]


def test_when_time_is_up_a_coarser_tile_stands_in() -> None:
    labels = labels_with_lines()
    layer = LabelLayer(labels, COLOURS)
    drawn(layer, 0.1)
    missing = layer.prepare(whole(SHAPE), 1, lambda: True)
    assert missing.intersection(whole(SHAPE)) == whole(SHAPE)
    picture = QImage(1500, 1100, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    layer.draw(painter, whole(SHAPE), 1)
    painter.end()
    assert picture.pixelColor(90, 50).alpha() == 255
    assert picture.pixelColor(50, 50).alpha() == 0


def test_while_a_tile_is_made_finer_ones_or_the_layer_before_stand_in() -> None:
    labels = labels_with_lines()
    finer = LabelLayer(labels, COLOURS)
    drawn(finer, 1)
    after = LabelLayer(Labels(SHAPE), COLOURS)
    after.before = finer
    for layer, zoom in ((finer, 0.5), (after, 1.0)):
        picture = QImage(int(SHAPE[1] * zoom), int(SHAPE[0] * zoom), QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        painter = QPainter(picture)
        painter.scale(zoom, zoom)
        layer.draw(painter, whole(SHAPE), zoom)
        painter.end()
        assert picture.pixelColor(int(90 * zoom), int(50 * zoom)).alpha() > 100
    for key in after.missing(whole(SHAPE), 1.0):
        after.take(key, after.make(key))
    assert after.missing(whole(SHAPE), 1.0) == []
    assert after.before is None
    assert not drawn(after, 1)[..., 3].any()


def test_what_is_in_the_middle_is_made_first() -> None:
    layer = LabelLayer(Labels((20_000, 20_000)), COLOURS)
    assert layer.missing(Rectangle(512, 512, 2048, 2048), 1)[0] == (0, 2, 2)


def test_tiles_are_kept_within_a_budget(drawn_image: Callable[..., object]) -> None:
    image = drawn_image(*SHAPE)
    layer = ImageLayer(image)
    drawn(layer, 1)
    layer.trim(3 << 20)
    image.read.clear()
    drawn(layer, 1)
    assert 4 <= len(image.read) <= 6  # 9 tiles of up to 1 MB, the last ones cut off at the image's edge


def test_an_image_keeps_its_colours(drawn_image: Callable[..., object]) -> None:
    image = drawn_image(*SHAPE)
    seen = drawn(ImageLayer(image), 1)[..., :3]
    np.testing.assert_array_equal(seen, image.displayed(0, whole(SHAPE)))


def test_colours_by_rank_are_premultiplied() -> None:
    table = colour_table(new_classes(["root", "nodule"]), 0.5, background=False)
    assert table[rank(np.array([3], np.uint8))][0] == premultiplied(QColor("#0072b2"), 0.5) == 0x80003959
    for label in (UNKNOWN, BACKGROUND, CANT_TELL):
        assert table[rank(np.array([label], np.uint8))][0] == 0


def test_a_single_classs_mask_is_told_from_its_annotation() -> None:
    assert [c.colour for c in mask_classes(BINARY)] == [MASK_COLOUR]
    several = new_classes(["root", "nodule"])
    assert mask_classes(several) == several
