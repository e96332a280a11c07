"""Changed places: what is worth a look, largest first, and nothing for a border that moved by a pixel."""

import numpy as np

from painter_app.masks.changes import changed_places
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle

SHAPE = (700, 1010)


def with_squares(*places: Rectangle) -> Labels:
    array = np.full(SHAPE, BACKGROUND, np.uint8)
    for place in places:
        array[place.slices] = FOREGROUND
    return Labels.from_array(array)


def test_the_place_with_most_to_see_comes_first() -> None:
    small, large = Rectangle(10, 10, 30, 30), Rectangle(200, 200, 300, 400)
    at_the_edge = Rectangle(690, 1000, 700, 1010)
    assert changed_places(with_squares(), with_squares(small, large, at_the_edge)) == [
        Rectangle(192, 192, 320, 416),  # over the edges of tiles
        Rectangle(0, 0, 32, 32),
        Rectangle(672, 992, 700, 1010),
    ]
    assert changed_places(with_squares(small, large), with_squares(small)) == [Rectangle(192, 192, 320, 416)]


def test_a_border_that_moved_by_a_pixel_is_no_place() -> None:
    before, after = with_squares(Rectangle(100, 0, 200, 1010)), with_squares(Rectangle(100, 0, 201, 1010))
    after.write(Rectangle(0, 0, 1, 20), FOREGROUND)
    assert changed_places(before, after) == changed_places(before, before) == []


def test_tiles_that_both_share_are_not_read(monkeypatch) -> None:
    before = with_squares(Rectangle(10, 10, 60, 60))
    after = before.snapshot()
    after.write(Rectangle(600, 600, 650, 650), FOREGROUND)
    read: list[Rectangle] = []
    real = Labels.read
    monkeypatch.setattr(Labels, "read", lambda labels, place: read.append(place) or real(labels, place))
    assert changed_places(before, after) == [Rectangle(576, 576, 672, 672)]
    assert set(read) == {Rectangle(512, 512, 700, 768)}
