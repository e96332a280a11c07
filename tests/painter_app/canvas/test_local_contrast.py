"""Local contrast: the same at each point of the image whatever is drawn of it, stronger where little is seen."""

from types import SimpleNamespace

import numpy as np
import pytest

from painter_app.canvas.image_layer import ImageLayer
from painter_app.canvas.local_contrast import LocalContrast
from painter_app.canvas.tone import Tone
from shared_folder.images import halved
from shared_folder.rectangle import Rectangle, whole


@pytest.fixture
def uneven() -> np.ndarray:
    """(1200, 1500, 3): fine faint lines, on the left in the dark, on the right in the light."""
    down, across = np.mgrid[:1200, :1500]
    light = 20 + 180 * across / 1500 + 8 * np.sin(down / 3)
    return np.repeat(light.astype(np.uint8)[..., None], 3, axis=2)


def test_faint_lines_are_seen_in_the_dark_and_in_the_light(uneven) -> None:
    surroundings = LocalContrast(halved(uneven), 1)
    shown = surroundings.apply(uneven, 0, whole(uneven.shape), 1.0)[..., 0].astype(int)
    for left in (100, 700, 1300):
        before = np.ptp(uneven[400:500, left, 0].astype(int))
        assert np.ptp(shown[400:500, left]) > 3 * before
        assert abs(shown[400:500, left].mean() - 128) < 12


def test_tiles_have_no_seams(uneven) -> None:
    surroundings = LocalContrast(halved(uneven), 1)
    entire = surroundings.apply(uneven, 0, whole(uneven.shape), 0.7)
    for tile in (Rectangle(0, 0, 512, 512), Rectangle(512, 512, 1024, 1024), Rectangle(1024, 1024, 1200, 1500)):
        part = surroundings.apply(uneven[tile.slices], 0, tile, 0.7)
        assert np.abs(part.astype(int) - entire[tile.slices]).max() <= 1  # rounding


def test_coarser_levels_look_like_finer_ones(uneven) -> None:
    smooth = (uneven // 64 * 64).astype(np.uint8)
    surroundings = LocalContrast(halved(smooth), 1)
    fine = halved(surroundings.apply(smooth, 0, whole(smooth.shape), 1.0)).astype(int)
    coarse = surroundings.apply(halved(smooth), 1, Rectangle(0, 0, 600, 750), 1.0)
    assert np.median(np.abs(fine - coarse)) <= 1


def test_colours_and_flat_ground_stay(uneven) -> None:
    reddish = uneven.copy()
    reddish[..., 0] = np.minimum(255, uneven[..., 0] + 30)
    shown = LocalContrast(halved(reddish), 1).apply(reddish, 0, whole(reddish.shape), 1.0).astype(int)
    middle = shown[300:900, 500:900]
    assert np.median(middle[..., 0] - middle[..., 1]) == pytest.approx(30, abs=1)
    grey = np.full((300, 400, 3), 77, np.uint8)
    assert (LocalContrast(grey, 0).apply(grey, 0, whole(grey.shape), 1.0) == 128).all()
    assert (LocalContrast(grey, 0).apply(grey, 0, whole(grey.shape), 0.0) == 77).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (33, 2)])
def test_images_of_odd_shapes(shape) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert LocalContrast(pixels, 0).apply(pixels, 0, whole(shape), 1.0).shape == pixels.shape


def test_a_layer_looks_at_the_whole_image_once(uneven) -> None:
    levels = [uneven]
    while max(levels[-1].shape) > 256:
        levels.append(halved(levels[-1]))
    read: list[tuple[int, Rectangle]] = []

    def displayed(level: int, rectangle: Rectangle, _tones: object = ()) -> np.ndarray:
        read.append((level, rectangle))
        return levels[level][rectangle.slices]

    image = SimpleNamespace(shape=uneven.shape, levels=len(levels), displayed=displayed)
    layer = ImageLayer(image, Tone(local=1.0))
    tiles = [layer.make((0, 0, 0)), layer.make((0, 1, 1)), layer.toned(Tone(local=0.5)).make((0, 0, 1))]
    assert all(tile.picture is not None for tile in tiles)
    assert read.count((1, Rectangle(0, 0, 600, 750))) == 1
    assert len(read) == 4
    layer.toned(Tone(black=9, local=0.5)).make((0, 0, 1))
    assert read.count((1, Rectangle(0, 0, 600, 750))) == 2
