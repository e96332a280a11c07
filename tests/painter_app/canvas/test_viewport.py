"""Image pixels and widget pixels map to each other at any zoom."""

import pytest

from painter_app.canvas.viewport import LARGEST_ZOOM, SMALLEST_ZOOM, Viewport
from shared_folder.rectangle import NOTHING, Rectangle


def viewport(shape: tuple[int, int] = (2000, 3000), density: float = 1.0) -> Viewport:
    view = Viewport()
    view.resize(800, 600, density)
    view.show(shape)
    return view


@pytest.mark.parametrize("zoom", [1 / 64, 0.3, 1, 7.7, 64])
@pytest.mark.parametrize("density", [1.0, 1.5, 2.0])
def test_there_and_back_again(zoom: float, density: float) -> None:
    view = viewport(density=density)
    view.zoom_to(zoom, 400, 300)
    assert view.zoom == pytest.approx(zoom)
    row, column = view.to_image(123.4, 432.1)
    assert view.to_widget(row, column) == pytest.approx((123.4, 432.1))


def test_an_image_is_fitted_whole_and_centred() -> None:
    view = viewport()
    assert view.visible() == Rectangle(0, 0, 2000, 3000)
    left, top = view.to_widget(0, 0)
    right, bottom = view.to_widget(2000, 3000)
    assert left == pytest.approx(800 - right)
    assert top == pytest.approx(600 - bottom)
    assert 0 < left < 20


def test_a_tiny_image_grows_only_so_far() -> None:
    view = viewport(shape=(10, 10))
    assert view.zoom == 8


@pytest.mark.parametrize("at", [(400.0, 300.0), (30.0, 540.0), (650.5, 77.25)])
def test_zooming_keeps_the_point_under_the_cursor(at: tuple[float, float]) -> None:
    view = viewport()
    view.zoom_to(1, *at)
    before = view.to_image(*at)
    for zoom in (1.25, 2, 33, 64, 20, 3, 1):
        view.zoom_to(zoom, *at)
        assert view.to_image(*at) == pytest.approx(before)


def test_the_zoom_keeps_within_its_limits() -> None:
    view = viewport()
    view.zoom_to(1000, 0, 0)
    assert view.zoom == LARGEST_ZOOM
    view.zoom_to(1e-6, 0, 0)
    assert view.zoom == SMALLEST_ZOOM


def test_an_image_smaller_than_the_view_stays_centred() -> None:
    view = viewport(shape=(100, 100))
    view.zoom_to(1, 0, 0)
    view.pan(200, -300)
    assert view.to_widget(50, 50) == pytest.approx((400, 300))


def test_panning_moves_the_image_but_never_loses_it() -> None:
    view = viewport()
    view.zoom_to(1, 400, 300)
    before = view.to_widget(1000, 1500)
    view.pan(30, -20)
    assert view.to_widget(1000, 1500) == pytest.approx((before[0] + 30, before[1] - 20))
    view.pan(1e6, -1e6)
    assert not view.visible().empty


def test_a_fitted_image_stays_fitted_when_the_widget_grows() -> None:
    view = viewport()
    small = view.zoom
    view.resize(1600, 1200, 1)
    assert view.zoom > 1.9 * small
    assert view.visible() == Rectangle(0, 0, 2000, 3000)


def test_a_zoomed_image_keeps_its_centre_and_zoom_when_the_widget_changes() -> None:
    view = viewport()
    view.zoom_to(5, 300, 200)
    centre = view.to_image(400, 300)
    view.resize(1000, 500, 2)
    assert view.zoom == pytest.approx(5)
    assert view.to_image(500, 250) == pytest.approx(centre)


def test_at_high_zoom_the_pixels_in_view_are_few() -> None:
    view = viewport()
    view.zoom_to(64, 400, 300)
    seen = view.visible()
    assert seen.height in (10, 11)
    assert seen.width in (13, 14)


def test_without_an_image_nothing_is_in_view() -> None:
    view = Viewport()
    view.resize(800, 600, 1)
    view.show(None)
    view.pan(10, 10)
    assert view.visible() == NOTHING


def test_a_place_that_is_looked_at_fills_half_of_the_view_in_its_middle() -> None:
    view = Viewport()
    view.resize(800, 600, 1.0)
    view.show((4000, 4000))
    place = Rectangle(1000, 2000, 1128, 2128)
    view.look_at(place)
    assert view.to_widget(1064, 2064) == pytest.approx((400, 300))
    assert view.scale == pytest.approx(600 / 128 / 2)
    view.zoom_to(3.0, 0, 0)
    view.look_at(place)
    assert view.scale == 3.0
    view.zoom_to(30.0, 0, 0)
    view.look_at(place)
    assert view.visible().intersection(place) == place
