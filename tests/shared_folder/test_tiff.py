import numpy as np
import pytest
import tifffile
from PIL import Image

from shared_folder import tiff_page
from shared_folder.images import (
    open_image,
    thumbnail,
)
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from tests.shared_folder.image_files import noise, pixels_of, saved


def test_planes_stored_one_after_the_other(tmp_path):
    pixels = noise(50, 70, 3)
    path = tmp_path / "planes.tif"
    for options in ({"rowsperstrip": 16}, {"tile": (32, 32)}):
        tifffile.imwrite(path, np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate", **options)
        np.testing.assert_array_equal(pixels_of(path), pixels)


@pytest.mark.parametrize("by_tile_from", [1, 2**40])
def test_jpeg_in_tiff(tmp_path, monkeypatch, by_tile_from):
    monkeypatch.setattr(tiff_page, "BY_TILE_FROM", by_tile_from)
    smooth = np.add.outer(np.arange(90), np.arange(100)).astype(np.uint8)
    colour = np.stack([smooth, smooth[::-1], smooth[:, ::-1]], axis=2)
    path = saved(tmp_path / "tiled.tif", colour, compression="jpeg", tile=(32, 32))
    assert np.abs(pixels_of(path).astype(int) - colour).mean() < 4
    Image.fromarray(colour).save(path, compression="jpeg")  # one table for all strips, in YCbCr
    assert np.abs(pixels_of(path).astype(int) - colour).mean() < 4


def test_white_is_zero_is_turned_round(tmp_path):
    pixels = noise(20, 20, 1)
    path = saved(tmp_path / "negative.tif", pixels, photometric="miniswhite")
    np.testing.assert_array_equal(pixels_of(path), 255 - pixels)


def test_other_numbers_become_float(tmp_path):
    pixels = noise(20, 30, 1, np.int32) // 2**10 - 2**20  # of both signs, and exact in float32
    path = saved(tmp_path / "signed.tif", pixels)
    assert open_image(path).dtype == np.float32
    np.testing.assert_array_equal(pixels_of(path), pixels)


def test_pages(tmp_path):
    path = tmp_path / "pages.tif"
    first, second = noise(20, 30, 1), noise(40, 10, 3, np.uint16)
    with tifffile.TiffWriter(path) as writer:
        writer.write(first[..., 0])
        writer.write(second, photometric="rgb")
    assert [frame.pages for frame in open_image(path).frames] == [(0,), (1,)]
    assert open_image(path, (1,)).shape == (40, 10, 3)
    np.testing.assert_array_equal(pixels_of(path, 1), second)
    assert thumbnail(path, 20, (1,)).shape == (20, 5, 3)
    with pytest.raises(Refused, match="no page 3"):
        open_image(path, (2,))
    with pytest.raises(Refused, match="no page 2"):
        open_image(saved(tmp_path / "single.png", first), (1,))


class TestByStrip:
    """A TIFF without tiles, large enough not to be decoded whole."""

    OPTIONS = (
        {"rowsperstrip": 7, "compression": "zlib"},
        {"rowsperstrip": 100, "compression": "lzw", "predictor": True},
        {"rowsperstrip": 1501},  # in one piece, as it is
        {"rowsperstrip": 13, "byteorder": ">"},
    )

    @pytest.mark.parametrize("options", OPTIONS)
    @pytest.mark.parametrize("planar", ["contig", "separate"])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_rectangles_of_all_levels_are_those_of_the_whole_image(
        self, tmp_path, monkeypatch, options, planar, dtype
    ):
        pixels = noise(1501, 999, 3, dtype)
        stored = pixels if planar == "contig" else np.moveaxis(pixels, 2, 0)
        path = tmp_path / "strips.tif"
        tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar, **options)
        at_once = open_image(path)
        monkeypatch.setattr(tiff_page, "BY_STRIP_FROM", 1)
        by_strip = open_image(path)
        assert by_strip.memory < at_once.memory / 8
        for level in range(at_once.levels):
            height, width = at_once.level_shape(level)
            for area in [whole((height, width)), Rectangle(height // 2, 3, height // 2 + 40, width - 1)]:
                np.testing.assert_array_equal(by_strip.read(level, area), at_once.read(level, area))

    def test_strips_are_decoded_once_for_tiles_side_by_side(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tiff_page, "BY_STRIP_FROM", 1)
        image = open_image(saved(tmp_path / "a.tif", noise(300, 900, 3), rowsperstrip=50, compression="zlib"))
        decode, decoded = tiff_page.TiffPage._decoded, []
        monkeypatch.setattr(
            tiff_page.TiffPage,
            "_decoded",
            lambda page, file, index: decoded.append(index) or decode(page, file, index),
        )
        for left in (0, 300, 600):
            image.read(0, Rectangle(100, left, 200, left + 300))
        assert decoded == [2, 3]
        monkeypatch.setattr(tiff_page, "KEPT_STRIPS", 1)
        image.read(0, Rectangle(0, 0, 300, 900))
        image.read(0, Rectangle(0, 0, 300, 900))
        assert len(decoded) > 10  # they aren't all kept

    def test_strips_too_large_are_decoded_whole(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tiff_page, "BY_STRIP_FROM", 1)
        monkeypatch.setattr(tiff_page, "LARGEST_STRIP", 1000)
        pixels = noise(300, 300, 3)
        image = open_image(saved(tmp_path / "a.tif", pixels, rowsperstrip=300, compression="zlib"))
        assert image.memory > pixels.nbytes
        np.testing.assert_array_equal(image.read(0, Rectangle(10, 20, 30, 40)), pixels[10:30, 20:40])

    def test_a_file_in_one_piece_that_ends_early(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tiff_page, "BY_STRIP_FROM", 1)
        path = saved(tmp_path / "a.tif", noise(300, 300, 3), rowsperstrip=300)
        path.write_bytes(path.read_bytes()[:100_000])
        with pytest.raises(Refused, match=r"a\.tif"):
            pixels_of(path)


class TestByTile:
    """A tiled TIFF large enough to be read by tile."""

    @pytest.fixture(autouse=True)
    def _small_is_large(self, monkeypatch):
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 1)

    @pytest.mark.parametrize("planar", ["contig", "separate"])
    def test_rectangles_of_all_levels_are_those_of_the_whole_image(self, tmp_path, monkeypatch, planar):
        pixels = noise(1501, 2999, 3)
        stored = pixels if planar == "contig" else np.moveaxis(pixels, 2, 0)
        path = tmp_path / "tiled.tif"
        tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar, tile=(128, 256), compression="zlib")
        tiled = open_image(path)
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 2**40)
        at_once = open_image(path)
        assert tiled.levels == at_once.levels == 5
        for level in range(5):
            height, width = tiled.level_shape(level)
            for area in [whole((height, width)), Rectangle(height // 2, 3, height // 2 + 40, width - 1)]:
                np.testing.assert_array_equal(tiled.read(level, area), at_once.read(level, area))

    def test_only_the_tiles_of_the_rectangle_are_decoded(self, tmp_path, monkeypatch):
        image = open_image(saved(tmp_path / "tiled.tif", noise(640, 640, 1), tile=(64, 64)))
        segment, decoded = tiff_page.TiffPage._segment, []

        def counted(page, file, index):
            decoded.append(index)
            return segment(page, file, index)

        monkeypatch.setattr(tiff_page.TiffPage, "_segment", counted)
        image.read(0, Rectangle(60, 130, 70, 190))
        assert decoded == [2, 12]

    @pytest.mark.parametrize("where", ["subifds", "pages"])
    def test_stored_levels_are_used(self, tmp_path, where):
        path = tmp_path / "pyramid.tif"
        pixels = noise(1001, 600, 1)
        levels = {1: np.full((500, 300), 11, np.uint8), 2: np.full((251, 150), 22, np.uint8)}
        with tifffile.TiffWriter(path) as writer:
            writer.write(pixels[..., 0], tile=(64, 64), subifds=2 if where == "subifds" else None)
            for each in levels.values():
                writer.write(each, tile=(64, 64), subfiletype=1)
        image = open_image(path)
        assert len(image.frames) == 1
        np.testing.assert_array_equal(image.read(0, whole(image.shape)), pixels)
        for level, value in levels.items():  # a row short, as writers that round down make them
            assert (image.read(level, whole(image.level_shape(level))) == value[0, 0]).all()
        assert (image.read(1, Rectangle(500, 0, 501, 300)) == 11).all()

    def test_ranges_are_of_the_image(self, tmp_path, monkeypatch):
        pixels = noise(700, 900, 3, np.uint16) // 16
        path = saved(tmp_path / "tiled.tif", pixels, tile=(128, 128))
        by_tile, area = open_image(path).learned(Rectangle(0, 0, 90, 90)), Rectangle(0, 0, 90, 90)
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 2**40)
        np.testing.assert_allclose(by_tile, open_image(path).learned(area), atol=0.01)

    def test_tiles_left_out_are_zero(self, tmp_path):
        path = tmp_path / "sparse.tif"
        tiles = [np.full((64, 64), 9, np.uint8), None, None, np.full((64, 64), 7, np.uint8)]
        tifffile.imwrite(path, iter(tiles), shape=(128, 128), dtype=np.uint8, tile=(64, 64))
        np.testing.assert_array_equal(
            pixels_of(path)[..., 0], np.kron(np.array([[9, 0], [0, 7]], np.uint8), np.ones((64, 64), np.uint8))
        )
