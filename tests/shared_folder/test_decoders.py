import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from shared_folder import tiff, tiff_page
from shared_folder.images import (
    content_hash,
    open_image,
    read_shape,
    thumbnail,
)
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from tests.shared_folder.image_files import BLACK, WHITE, all_learned, all_shown, noise, pixels_of, saved

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


def test_jpeg_is_close_and_may_be_grey(tmp_path):
    smooth = np.add.outer(np.arange(64), np.arange(96)).astype(np.uint8)
    colour = np.stack([smooth, smooth[::-1], smooth[:, ::-1]], axis=2)
    path = saved(tmp_path / "image.jpg", colour, quality=95)
    assert np.abs(pixels_of(path).astype(int) - colour).mean() < 3
    assert pixels_of(saved(tmp_path / "grey.jpg", smooth[..., None])).shape == (64, 96, 1)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_one_bit_becomes_black_and_white(tmp_path, suffix):
    bits = noise(33, 41, 1)[..., 0] < 128
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


# What an image with these four corners looks like after each EXIF orientation (EXIF 2.32, tag 0x0112)
CORNERS = {1: "abcd", 2: "badc", 3: "dcba", 4: "cdab", 5: "acbd", 6: "cadb", 7: "dbca", 8: "bdac"}


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    return block


@pytest.mark.parametrize(("orientation", "corners"), CORNERS.items())
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "tiled.tif"])
def test_orientation(tmp_path, monkeypatch, suffix, orientation, corners):
    monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 1)
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
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 1)
        assert read_shape(path) == (100, 100, 1)
        monkeypatch.setattr(tiff_page, "TILE_LIMIT", 4000)
        with pytest.raises(Refused, match="more than"):
            open_image(path)

    @pytest.mark.parametrize(
        "name", ["a.jpg", "a.png", "deep.png", "a.bmp", "a.webp", "a.tif", "tiled.tif", "lzw.tif"]
    )
    @pytest.mark.parametrize("kept", [0.02, 0.6, 0.97])
    def test_a_truncated_file(self, tmp_path, monkeypatch, name, kept):
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 1)
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
        monkeypatch.setattr(tiff_page, "BY_TILE_FROM", 1)
        random = np.random.default_rng(5)
        for name, options in [("a.jpg", {}), ("a.png", {}), ("a.tif", {"tile": (16, 16), "compression": "deflate"})]:
            path = saved(tmp_path / name, noise(40, 40, 3), **options)
            good, refused = path.read_bytes(), []
            for _ in range(40):
                bad = bytearray(good)
                for position in random.integers(0, min(len(bad), 900), 4):
                    bad[position] = random.integers(256)
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
