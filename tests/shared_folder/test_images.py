import hashlib
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from shared_folder import decoders, tiff
from shared_folder.images import (
    IMAGE_SUFFIXES,
    content_hash,
    halved,
    open_image,
    read_shape,
    robust_range,
    thumbnail,
)
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused

RANDOM = np.random.default_rng(5)
BLACK = 0
WHITE = 255


def noise(height: int, width: int, channels: int, dtype: type = np.uint8) -> np.ndarray:
    if np.issubdtype(dtype, np.floating):
        return RANDOM.normal(size=(height, width, channels)).astype(dtype)
    return RANDOM.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)


def saved(path: Path, pixels: np.ndarray, **options) -> Path:
    """pixels: (h, w, C). By suffix: TIFF by tifffile, 16-bit PNG by imagecodecs, the rest by Pillow."""
    squeezed = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    if path.suffix == ".tif":
        photometric = "rgb" if pixels.shape[-1] >= 3 else "minisblack"
        extra = ["unassalpha"] if pixels.shape[-1] in (2, 4) else None
        tifffile.imwrite(path, squeezed, **{"photometric": photometric, "extrasamples": extra} | options)
    elif pixels.dtype == np.uint16:
        path.write_bytes(imagecodecs.png_encode(squeezed))
    else:
        Image.fromarray(squeezed).save(path, **options)
    return path


def pixels_of(path: Path, page: int = 0) -> np.ndarray:
    image = open_image(path, page)
    pixels = image.read(0, whole(image.shape))
    assert pixels.shape == image.shape
    assert pixels.dtype == image.dtype
    return pixels


def all_shown(path: Path) -> np.ndarray:
    image = open_image(path)
    return image.displayed(0, whole(image.shape))


def all_learned(path: Path) -> np.ndarray:
    image = open_image(path)
    return image.learned(whole(image.shape))


LOSSLESS = [
    *[("png", channels, np.uint8, {}) for channels in (1, 2, 3, 4)],
    *[("png", channels, np.uint16, {}) for channels in (1, 2, 3, 4)],
    *[("bmp", channels, np.uint8, {}) for channels in (1, 3)],
    *[("webp", channels, np.uint8, {"lossless": True, "exact": True}) for channels in (3, 4)],
    *[("tif", channels, dtype, {}) for channels in (1, 2, 3, 4) for dtype in (np.uint8, np.uint16, np.float32)],
    ("tif", 3, np.uint8, {"compression": "lzw", "predictor": True}),
    ("tif", 3, np.uint16, {"compression": "deflate", "tile": (32, 16)}),
    ("tif", 1, np.uint16, {"compression": "deflate", "byteorder": ">", "rowsperstrip": 7}),
    ("tif", 3, np.uint8, {"bigtiff": True, "compression": "zstd"}),
]


@pytest.mark.parametrize(("suffix", "channels", "dtype", "options"), LOSSLESS)
def test_lossless_files_give_exactly_their_pixels(tmp_path, suffix, channels, dtype, options):
    pixels = noise(50, 70, channels, dtype)
    path = saved(tmp_path / f"image.{suffix}", pixels, **options)
    np.testing.assert_array_equal(pixels_of(path), pixels)
    assert read_shape(path) == pixels.shape
    assert open_image(path).has_alpha == (channels in (2, 4))
    shown, learned = all_shown(path), all_learned(path)
    assert shown.shape == learned.shape == (50, 70, 3)
    assert shown.dtype == np.uint8
    assert learned.dtype == np.float32
    assert shown.std() > 20
    assert learned.std() > 0.2


def test_planes_stored_one_after_the_other(tmp_path):
    pixels = noise(50, 70, 3)
    path = tmp_path / "planes.tif"
    for options in ({"rowsperstrip": 16}, {"tile": (32, 32)}):
        tifffile.imwrite(path, np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate", **options)
        np.testing.assert_array_equal(pixels_of(path), pixels)


def test_jpeg_is_close_and_may_be_grey(tmp_path):
    smooth = np.add.outer(np.arange(64), np.arange(96)).astype(np.uint8)
    colour = np.stack([smooth, smooth[::-1], smooth[:, ::-1]], axis=2)
    path = saved(tmp_path / "image.jpg", colour, quality=95)
    assert np.abs(pixels_of(path).astype(int) - colour).mean() < 3
    assert pixels_of(saved(tmp_path / "grey.jpg", smooth[..., None])).shape == (64, 96, 1)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_one_bit_becomes_black_and_white(tmp_path, suffix):
    bits = RANDOM.random((33, 41)) < 0.5
    path = tmp_path / f"bits.{suffix}"
    Image.fromarray(bits).save(path)
    np.testing.assert_array_equal(pixels_of(path)[..., 0], np.where(bits, WHITE, BLACK))


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_palette_becomes_rgb(tmp_path, suffix):
    picture = Image.fromarray(noise(30, 40, 3)).quantize(16)
    path = tmp_path / f"palette.{suffix}"
    picture.save(path)
    np.testing.assert_array_equal(pixels_of(path), np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("transparency", [3, bytes([255, 255, 255, 0, 128])])
def test_transparent_palette_becomes_rgba(tmp_path, transparency):
    picture = Image.fromarray(noise(30, 40, 3)).quantize(16)
    path = tmp_path / "palette.png"
    picture.save(path, transparency=transparency)
    pixels = pixels_of(path)
    assert pixels.shape == (30, 40, 4)
    assert (pixels[np.asarray(picture) == 3][:, 3] == 0).all()


@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_cmyk_becomes_rgb(tmp_path, suffix):
    inks = Image.new("CMYK", (32, 16), (255, 0, 0, 0))
    inks.paste((0, 0, 0, 128), (16, 0, 32, 16))
    path = tmp_path / f"inks.{suffix}"
    inks.save(path)
    pixels = pixels_of(path).astype(int)
    assert np.abs(pixels[8, 4] - (0, 255, 255)).max() <= 4
    assert np.abs(pixels[8, 28] - 127).max() <= 4


@pytest.mark.parametrize("by_tile_from", [1, 2**40])
def test_jpeg_in_tiff(tmp_path, monkeypatch, by_tile_from):
    monkeypatch.setattr(tiff, "BY_TILE_FROM", by_tile_from)
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
    pixels = RANDOM.integers(-1000, 1000, (20, 30, 1), np.int32)
    path = saved(tmp_path / "signed.tif", pixels)
    assert open_image(path).dtype == np.float32
    np.testing.assert_array_equal(pixels_of(path), pixels)


def test_pages(tmp_path):
    path = tmp_path / "pages.tif"
    first, second = noise(20, 30, 1), noise(40, 10, 3, np.uint16)
    with tifffile.TiffWriter(path) as writer:
        writer.write(first[..., 0])
        writer.write(second, photometric="rgb")
    assert open_image(path).pages == 2
    assert read_shape(path, 1) == (40, 10, 3)
    np.testing.assert_array_equal(pixels_of(path, 1), second)
    assert thumbnail(path, 20, page=1).shape == (20, 5, 3)
    with pytest.raises(Refused, match="no page 3"):
        open_image(path, 2)
    with pytest.raises(Refused, match="no page 2"):
        open_image(saved(tmp_path / "single.png", first), 1)


# What an image with these four corners looks like after each EXIF orientation (EXIF 2.32, tag 0x0112)
CORNERS = {1: "abcd", 2: "badc", 3: "dcba", 4: "cdab", 5: "acbd", 6: "cadb", 7: "dbca", 8: "bdac"}


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    return block


@pytest.mark.parametrize(("orientation", "corners"), CORNERS.items())
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "tiled.tif"])
def test_orientation(tmp_path, monkeypatch, suffix, orientation, corners):
    monkeypatch.setattr(tiff, "BY_TILE_FROM", 1)
    values = dict(zip("abcd", (0, 80, 160, 240), strict=True))
    stored = np.kron([[values["a"], values["b"]], [values["c"], values["d"]]], np.ones((32, 64))).astype(np.uint8)
    path = tmp_path / f"turned.{suffix}"
    if suffix.endswith("tif"):
        tile = {"tile": (16, 16)} if suffix == "tiled.tif" else {}
        tifffile.imwrite(path, stored, extratags=[(274, "H", 1, orientation, True)], **tile)
    else:
        Image.fromarray(stored).save(path, exif=exif(orientation), quality=95)
    image = open_image(path)
    height, width = (64, 128) if orientation < 5 else (128, 64)
    assert image.shape[:2] == (height, width)
    for corner, row, column in zip(corners, (4, 4, -12, -12), (4, -12, 4, -12), strict=True):
        top, left = row % height, column % width
        seen = image.displayed(0, Rectangle(top, left, top + 8, left + 4))
        assert seen.shape == (8, 4, 3)
        assert np.abs(seen.astype(int) - values[corner]).max() < 8
    small = thumbnail(path, 32)
    assert small.shape[:2] == (height // 4, width // 4)
    assert abs(int(small[1, 1, 0]) - values[corners[0]]) < 12


def test_levels_are_means_of_the_finer_level(tmp_path):
    pixels = noise(603, 1030, 3)
    image = open_image(saved(tmp_path / "image.png", pixels))
    assert image.levels == 4
    assert [image.level_shape(level) for level in range(4)] == [(603, 1030), (302, 515), (151, 258), (76, 129)]
    expected = pixels[200:400, 100:300].reshape(100, 2, 100, 2, 3).mean(axis=(1, 3))
    assert np.abs(image.read(1, Rectangle(100, 50, 200, 150)) - expected).max() <= 0.5
    assert image.read(3, Rectangle(0, 0, 76, 129)).dtype == np.uint8


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_halved_keeps_constants_and_doubles_odd_edges(dtype):
    full = dtype(255) if dtype == np.uint8 else dtype(65535)
    np.testing.assert_array_equal(halved(np.full((1025, 7, 2), full)), np.full((513, 4, 2), full))
    odd = np.array([[0, 0, 100]] * 3, dtype)[..., None]
    np.testing.assert_array_equal(halved(odd)[..., 0], [[0, 100], [0, 100]])


def test_a_rectangle_must_lie_inside(tmp_path):
    image = open_image(saved(tmp_path / "image.png", noise(300, 400, 1)))
    for outside in [(-1, 0, 5, 5), (0, 0, 301, 5), (0, 396, 5, 401), (5, 5, 5, 9), (9, 0, 5, 5)]:
        with pytest.raises(ValueError, match="inside"):
            image.read(0, Rectangle(*outside))
    with pytest.raises(ValueError, match="inside"):
        image.read(1, Rectangle(0, 0, 151, 5))
    for level in (-1, 2):
        with pytest.raises(ValueError, match="levels"):
            image.read(level, Rectangle(0, 0, 1, 1))


def test_what_is_read_belongs_to_the_reader(tmp_path):
    image = open_image(saved(tmp_path / "image.png", noise(30, 40, 3)))
    before = image.read(0, whole(image.shape))
    image.read(0, whole(image.shape))[:] = 0
    image.displayed(0, whole(image.shape))[:] = 0
    np.testing.assert_array_equal(image.read(0, whole(image.shape)), before)


def test_decoding_happens_once_for_many_threads(tmp_path, monkeypatch):
    image = open_image(saved(tmp_path / "image.png", noise(600, 600, 3)))
    decoded = []
    decode, started = decoders.PillowDecoder.decode, threading.Barrier(4)

    def counted(decoder):
        decoded.append(decoder)
        return decode(decoder)

    def work(level: int) -> np.ndarray:
        started.wait(timeout=10)
        return image.read(level, Rectangle(0, 0, 100, 100))

    monkeypatch.setattr(decoders.PillowDecoder, "decode", counted)
    with ThreadPoolExecutor(4) as pool:
        one, two, *_ = pool.map(work, (0, 0, 1, 2))
    assert len(decoded) == 1
    np.testing.assert_array_equal(one, two)


class TestByTile:
    """A tiled TIFF large enough to be read by tile."""

    @pytest.fixture(autouse=True)
    def _small_is_large(self, monkeypatch):
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 1)

    @pytest.mark.parametrize("planar", ["contig", "separate"])
    def test_rectangles_of_all_levels_are_those_of_the_whole_image(self, tmp_path, monkeypatch, planar):
        pixels = noise(1501, 2999, 3)
        stored = pixels if planar == "contig" else np.moveaxis(pixels, 2, 0)
        path = tmp_path / "tiled.tif"
        tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar, tile=(128, 256), compression="zlib")
        tiled = open_image(path)
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 2**40)
        at_once = open_image(path)
        assert tiled.levels == at_once.levels == 5
        for level in range(5):
            height, width = tiled.level_shape(level)
            for area in [whole((height, width)), Rectangle(height // 2, 3, height // 2 + 40, width - 1)]:
                np.testing.assert_array_equal(tiled.read(level, area), at_once.read(level, area))

    def test_only_the_tiles_of_the_rectangle_are_decoded(self, tmp_path, monkeypatch):
        image = open_image(saved(tmp_path / "tiled.tif", noise(640, 640, 1), tile=(64, 64)))
        segment, decoded = tiff.TiffDecoder._segment, []

        def counted(decoder, page, file, index):
            decoded.append(index)
            return segment(decoder, page, file, index)

        monkeypatch.setattr(tiff.TiffDecoder, "_segment", counted)
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
        assert image.pages == 1
        np.testing.assert_array_equal(image.read(0, whole(image.shape)), pixels)
        for level, value in levels.items():  # a row short, as writers that round down make them
            assert (image.read(level, whole(image.level_shape(level))) == value[0, 0]).all()
        assert (image.read(1, Rectangle(500, 0, 501, 300)) == 11).all()

    def test_ranges_are_of_the_image(self, tmp_path, monkeypatch):
        pixels = noise(700, 900, 3, np.uint16) // 16
        path = saved(tmp_path / "tiled.tif", pixels, tile=(128, 128))
        by_tile, area = open_image(path).learned(Rectangle(0, 0, 90, 90)), Rectangle(0, 0, 90, 90)
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 2**40)
        np.testing.assert_allclose(by_tile, open_image(path).learned(area), atol=0.01)

    def test_tiles_left_out_are_zero(self, tmp_path):
        path = tmp_path / "sparse.tif"
        tiles = [np.full((64, 64), 9, np.uint8), None, None, np.full((64, 64), 7, np.uint8)]
        tifffile.imwrite(path, iter(tiles), shape=(128, 128), dtype=np.uint8, tile=(64, 64))
        np.testing.assert_array_equal(
            pixels_of(path)[..., 0], np.kron(np.array([[9, 0], [0, 7]], np.uint8), np.ones((64, 64), np.uint8))
        )


class TestMappings:
    def test_eight_bit_is_shown_as_it_is(self, tmp_path):
        colour, grey = noise(20, 30, 3), noise(20, 30, 1) // 4
        np.testing.assert_array_equal(all_shown(saved(tmp_path / "colour.png", colour)), colour)
        np.testing.assert_array_equal(all_shown(saved(tmp_path / "grey.png", grey)), np.repeat(grey, 3, axis=2))

    @pytest.mark.parametrize("dtype", [np.uint16, np.float32])
    def test_a_dim_image_fills_the_screen_and_outliers_do_not_blank_it(self, tmp_path, dtype):
        pixels = np.linspace(100, 200, 90_000).reshape(300, 300, 1).astype(dtype)
        pixels[0, 0] = 60_000
        shown = all_shown(saved(tmp_path / "dim.tif", pixels))[1:]
        assert shown.min() < 10
        assert shown.max() > 245
        assert (np.diff(shown[:, 0, 0].astype(int)) >= 0).all()

    def test_a_few_objects_on_one_ground_are_seen(self, tmp_path):
        pixels = np.zeros((200, 200, 1), np.uint16)
        pixels[50:53, 50:53] = 1
        shown = all_shown(saved(tmp_path / "few.tif", pixels))
        assert shown[51, 51, 0] - int(shown[0, 0, 0]) == 255

    def test_not_a_number_is_black_and_harms_nothing(self, tmp_path):
        pixels = np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100, 1)
        pixels[10, 10], pixels[20, 20], pixels[30, 30] = np.nan, np.inf, -np.inf
        path = saved(tmp_path / "holes.tif", pixels)
        shown, learned = all_shown(path)[..., 0], all_learned(path)[..., 0]
        assert [shown[i, i] for i in (10, 20, 30)] == [0, 255, 0]
        assert [learned[i, i] for i in (10, 20, 30)] == [-1, 3, -3]
        assert shown[50].mean() == pytest.approx(128, abs=5)

    @pytest.mark.parametrize(
        ("dtype", "value"), [(np.uint8, 0), (np.uint8, 200), (np.uint16, 65535), (np.float32, 1e9)]
    )
    def test_a_constant_image_is_zero_to_the_network(self, tmp_path, dtype, value):
        path = saved(tmp_path / "flat.tif", np.full((50, 60, 3), value, dtype))
        np.testing.assert_array_equal(all_learned(path), 0)

    def test_faint_noise_is_not_blown_up(self, tmp_path):
        flat = 128 + RANDOM.integers(-1, 2, (100, 100, 1)).astype(np.uint8)
        assert np.abs(all_learned(saved(tmp_path / "flat.png", flat))).max() <= 0.2

    def test_brightness_and_contrast_of_the_camera_do_not_matter(self, tmp_path):
        pixels = noise(100, 100, 3, np.uint16) // 4
        same = all_learned(saved(tmp_path / "a.png", pixels))
        other = all_learned(saved(tmp_path / "b.png", pixels * 2 + 5000))
        np.testing.assert_allclose(same, other, atol=1e-3)
        assert np.percentile(same, 1) == pytest.approx(-1, abs=0.02)
        assert np.percentile(same, 99) == pytest.approx(1, abs=0.02)

    def test_colours_keep_their_differences(self, tmp_path):
        pixels = noise(100, 100, 3)
        pixels[..., 2] //= 4
        learned = all_learned(saved(tmp_path / "reddish.png", pixels))
        assert learned[..., 0].mean() - learned[..., 2].mean() > 0.5

    def test_a_pixel_is_learned_the_same_in_every_rectangle(self, tmp_path):
        pixels = np.sort(noise(400, 1, 1, np.uint16), axis=0).repeat(300, axis=1)
        image = open_image(saved(tmp_path / "ramp.png", pixels))
        entire = image.learned(whole(image.shape))
        area = Rectangle(13, 7, 90, 200)
        np.testing.assert_array_equal(image.learned(area), entire[area.slices])
        shown = image.displayed(0, whole(image.shape))
        np.testing.assert_array_equal(image.displayed(0, area), shown[area.slices])

    @pytest.mark.parametrize("channels", [2, 4])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_transparent_pixels_lie_on_white(self, tmp_path, channels, dtype):
        pixels = noise(40, 40, channels, dtype)
        pixels[..., -1] = np.iinfo(dtype).max
        opaque = all_shown(saved(tmp_path / "opaque.png", pixels))
        pixels[:20, :, -1] = 0
        path = saved(tmp_path / "alpha.png", pixels)
        shown = all_shown(path)
        assert (shown[:20] == WHITE).all()
        assert np.abs(shown[20:].astype(int) - opaque[20:]).max() <= 3
        np.testing.assert_array_equal(all_learned(path)[:20], 1)

    def test_two_channels_without_alpha_are_red_and_green(self, tmp_path):
        pixels = noise(20, 30, 2)
        path = saved(tmp_path / "two.tif", pixels, extrasamples=["unspecified"])
        shown = all_shown(path)
        np.testing.assert_array_equal(shown[..., :2], pixels)
        assert (shown[..., 2] == 0).all()

    def test_robust_range_is_never_empty(self):
        for values in ([], [0], [7, 7], [1e-30, 2e-30], [3e38, 3e38], [-1e9, -1e9]):
            low, high = robust_range(np.array(values, np.float32), (1, 99))
            assert low < high


def bomb(path: Path, side: int) -> Path:
    """A PNG that promises side x side pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b""))
    return path


class TestRefused:
    @pytest.mark.parametrize("side", [20_001, 1_000_000])
    def test_a_decompression_bomb(self, tmp_path, side):
        path = bomb(tmp_path / "bomb.png", side)
        for opening in (open_image, read_shape, lambda each: thumbnail(each, 64)):
            with pytest.raises(Refused, match=r"bomb\.png: has more than 20,000 x 20,000 pixels"):
                opening(path)

    def test_an_ordinary_big_scan_is_none(self, tmp_path):
        assert read_shape(bomb(tmp_path / "scan.png", 14_000)) == (14_000, 14_000, 3)

    def test_a_tiff_with_too_many_pixels_or_too_large_tiles(self, tmp_path, monkeypatch):
        path = saved(tmp_path / "image.tif", noise(100, 100, 1))
        monkeypatch.setattr(tiff, "LIMIT", 5000)
        with pytest.raises(Refused, match="more than"):
            open_image(path)
        saved(path, noise(100, 100, 1), tile=(64, 64))
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 1)
        assert read_shape(path) == (100, 100, 1)
        monkeypatch.setattr(tiff, "TILE_LIMIT", 4000)
        with pytest.raises(Refused, match="more than"):
            open_image(path)

    @pytest.mark.parametrize(
        "name", ["a.jpg", "a.png", "deep.png", "a.bmp", "a.webp", "a.tif", "tiled.tif", "lzw.tif"]
    )
    @pytest.mark.parametrize("kept", [0.02, 0.6, 0.97])
    def test_a_truncated_file(self, tmp_path, monkeypatch, name, kept):
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 1)
        options = {"tiled.tif": {"tile": (32, 32)}, "lzw.tif": {"compression": "lzw"}}.get(name, {})
        pixels = noise(200, 300, 3, np.uint16 if name == "deep.png" else np.uint8)
        path = saved(tmp_path / name, pixels, **options)
        path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
        with pytest.raises(Refused, match=name):
            pixels_of(path)
        with pytest.raises(Refused, match=name):
            thumbnail(path, 290)

    @pytest.mark.parametrize(
        "content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"II*\0", b"II*\0\xff\xff\xff\x7f"]
    )
    def test_what_is_no_image(self, tmp_path, content):
        path = tmp_path / "odd.png"
        path.write_bytes(content)
        with pytest.raises(Refused, match=r"odd\.png"):
            pixels_of(path)

    def test_a_missing_file(self, tmp_path):
        for opening in (open_image, content_hash, lambda path: thumbnail(path, 64)):
            with pytest.raises(Refused, match=r"gone\.png: the file is not there"):
                opening(tmp_path / "gone.png")

    def test_a_file_that_was_replaced_after_opening(self, tmp_path):
        for name, options in [("a.png", {}), ("a.tif", {"tile": (16, 16)})]:
            path = saved(tmp_path / name, noise(20, 30, 3), **options)
            image = open_image(path)
            saved(path, noise(40, 50, 3), **options)
            with pytest.raises(Refused, match="changed after it was opened"):
                image.read(0, Rectangle(0, 0, 1, 1))

    def test_volumes_and_complex_numbers(self, tmp_path):
        path = tmp_path / "odd.tif"
        tifffile.imwrite(path, np.zeros((32, 32, 32), np.uint8), volumetric=True, tile=(16, 16, 16))
        with pytest.raises(Refused, match="volumes"):
            open_image(path)
        tifffile.imwrite(path, np.zeros((32, 32), np.complex64))
        with pytest.raises(Refused, match="complex"):
            open_image(path)

    def test_damaged_bytes_give_a_sentence_or_an_image_but_no_other_error(self, tmp_path, monkeypatch, caplog):
        monkeypatch.setattr(tiff, "BY_TILE_FROM", 1)
        for name, options in [("a.jpg", {}), ("a.png", {}), ("a.tif", {"tile": (16, 16), "compression": "deflate"})]:
            path = saved(tmp_path / name, noise(40, 40, 3), **options)
            good, refused = path.read_bytes(), []
            for _ in range(40):
                bad = bytearray(good)
                for position in RANDOM.integers(0, min(len(bad), 900), 4):
                    bad[position] = RANDOM.integers(256)
                path.write_bytes(bad)
                try:
                    all_learned(path)
                except Refused as error:
                    refused.append(str(error))
            assert refused
            assert all(sentence.startswith(name) for sentence in refused)
        caplog.clear()  # tifffile logs what it finds wrong


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_exif_block_does_not_lose_the_image(tmp_path):
    path = tmp_path / "image.jpg"
    Image.fromarray(noise(20, 30, 3)).save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_shape(path) == (20, 30, 3)


def test_a_header_is_read_without_the_pixels(tmp_path):
    for suffix in ("png", "jpg", "tif"):
        path = saved(tmp_path / f"image.{suffix}", noise(200, 300, 3))
        path.write_bytes(path.read_bytes()[:-20_000] + b"\0" * 20_000)
        assert read_shape(path) == (200, 300, 3)


def test_content_decides_and_not_the_suffix(tmp_path):
    pixels = noise(20, 30, 3)
    path = saved(tmp_path / "image.tif", pixels).rename(tmp_path / "image.png")
    np.testing.assert_array_equal(pixels_of(path), pixels)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_thumbnails_keep_the_proportions_and_never_grow(tmp_path, suffix):
    path = saved(tmp_path / f"image.{suffix}", np.full((600, 1500, 3), 120, np.uint8))
    small = thumbnail(path, 100)
    assert small.shape == (40, 100, 3)
    assert np.abs(small.astype(int) - 120).max() <= 2
    assert thumbnail(path, 5000).shape == (600, 1500, 3)


def test_content_hash_is_of_the_bytes(tmp_path):
    path = saved(tmp_path / "image.png", noise(20, 30, 3))
    assert content_hash(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_suffixes_are_compared_in_lower_case():
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in IMAGE_SUFFIXES)
