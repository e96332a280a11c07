from pathlib import Path

import numpy as np
import pytest

from shared_folder.image_tiles import encode_lossless, grid, lossless_suffix, proposes_tiles
from shared_folder.images import open_image
from shared_folder.rectangle import whole


@pytest.mark.parametrize("shape", [(2273, 2550), (100, 100), (750, 751), (1125, 1124)])
def test_tiles_cover_the_image_once_and_are_near_the_side(shape):
    covered = np.zeros(shape, int)
    for tile in grid(shape, 750):
        covered[tile.slices] += 1
        assert tile.height <= 1.5 * 750
        assert tile.height >= min(shape[0], 500)
        assert tile.width >= min(shape[1], 500)
    assert (covered == 1).all()


def test_tiles_are_proposed_above_one_and_a_half_megapixels():
    assert not proposes_tiles((1000, 1500, 3))
    assert proposes_tiles((1001, 1500, 3))


@pytest.mark.parametrize(
    ("dtype", "channels", "has_alpha", "suffix"),
    [
        ("uint8", 1, False, ".png"),
        ("uint8", 3, False, ".png"),
        ("uint8", 4, True, ".png"),
        ("uint16", 1, False, ".png"),
        ("uint16", 2, True, ".png"),
        ("uint16", 3, False, ".png"),
        ("uint8", 2, False, ".tif"),
        ("uint16", 5, False, ".tif"),
        ("float32", 1, False, ".tif"),
        ("float32", 4, True, ".tif"),
    ],
)
def test_pixels_survive_exactly(tmp_path: Path, dtype, channels, has_alpha, suffix):
    random = np.random.default_rng(0)
    pixels = (random.random((40, 50, channels)) * (1 if dtype == "float32" else np.iinfo(dtype).max)).astype(dtype)
    assert lossless_suffix(pixels.dtype, channels, has_alpha) == suffix
    path = tmp_path / f"tile{suffix}"
    path.write_bytes(encode_lossless(pixels, has_alpha))
    image = open_image(path)
    assert image.has_alpha == has_alpha
    read = image.read(0, whole(image.shape))
    assert read.dtype == pixels.dtype
    assert np.array_equal(read, pixels)
