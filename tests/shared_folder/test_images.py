import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile

from shared_folder import decoders
from shared_folder.images import (
    IMAGE_SUFFIXES,
    content_hash,
    halved,
    open_image,
    robust_range,
    thumbnail,
)
from shared_folder.rectangle import Rectangle, whole
from tests.shared_folder.image_files import WHITE, all_learned, all_shown, noise, saved


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

    def counted(decoder, halvings=0):
        decoded.append(decoder)
        return decode(decoder, halvings)

    def work(level: int) -> np.ndarray:
        started.wait(timeout=10)
        return image.read(level, Rectangle(0, 0, 100, 100))

    monkeypatch.setattr(decoders.PillowDecoder, "decode", counted)
    with ThreadPoolExecutor(4) as pool:
        one, two, *_ = pool.map(work, (0, 0, 1, 2))
    assert len(decoded) == 1
    np.testing.assert_array_equal(one, two)


def test_a_first_view_of_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(tmp_path, monkeypatch):
    wave = np.sin(np.arange(4001)[:, None] / 90) * np.sin(np.arange(3003)[None] / 70)
    path = saved(
        tmp_path / "large.jpg", np.repeat((127 + 100 * wave).astype(np.uint8)[..., None], 3, axis=2), quality=95
    )
    image = open_image(path)
    halvings = []
    decode = decoders.PillowDecoder.decode
    monkeypatch.setattr(
        decoders.PillowDecoder,
        "decode",
        lambda decoder, halved=0: halvings.append(halved) or decode(decoder, halved),
    )
    assert image.first_level == 2
    first = {level: image.displayed(level, whole(image.level_shape(level))) for level in range(2, image.levels)}
    assert halvings == [2]
    image.displayed(0, Rectangle(0, 0, 1, 1))
    assert halvings == [2, 0]
    reference = open_image(path)
    reference.displayed(0, Rectangle(0, 0, 1, 1))
    for level, seen in first.items():
        anew = reference.displayed(level, whole(reference.level_shape(level)))
        assert np.abs(seen.astype(int) - anew).mean() < 2
    np.testing.assert_array_equal(
        image.read(1, whole(image.level_shape(1))), reference.read(1, whole(image.level_shape(1)))
    )


@pytest.mark.parametrize("name", ["small.jpg", "large.png"])
def test_others_are_decoded_whole_at_once(tmp_path, name):
    side = 400 if name == "small.jpg" else 2500
    assert open_image(saved(tmp_path / name, noise(side, side, 3))).first_level == 0


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
        flat = 127 + noise(100, 100, 1) % 3
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

    @pytest.mark.parametrize("channels", [4, 5, 7])
    def test_of_more_than_three_channels_all_are_learned_each_in_its_own_range(self, tmp_path, channels):
        pixels = noise(100, 100, channels, np.uint16) // 64
        pixels *= 1 + 8 * np.arange(channels, dtype=np.uint16)
        path = tmp_path / "bands.tif"
        tifffile.imwrite(path, pixels, photometric="minisblack", planarconfig="contig")
        learned = all_learned(path)
        assert learned.shape == (100, 100, channels)
        assert open_image(path).learned_channels == channels
        np.testing.assert_allclose(np.percentile(learned, 1, axis=(0, 1)), -1, atol=0.02)
        np.testing.assert_allclose(np.percentile(learned, 99, axis=(0, 1)), 1, atol=0.02)
        assert all_shown(path).shape == (100, 100, 3)

    @pytest.mark.parametrize("channels", [1, 2, 3])
    def test_grey_and_colour_are_three_channels_to_the_network(self, tmp_path, channels):
        path = saved(tmp_path / "few.tif", noise(40, 40, channels))
        assert open_image(path).learned_channels == 3
        assert all_learned(path).shape == (40, 40, 3)

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
        pixels[:20] = pixels[20:]  # so that what stays visible has the same range
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
        np.testing.assert_allclose(shown[..., :2], pixels, atol=3)  # each in its own range, nearly all of 0..255
        assert (shown[..., 2] == 0).all()

    def test_robust_range_is_never_empty(self):
        for values in ([], [0], [7, 7], [1e-30, 2e-30], [3e38, 3e38], [-1e9, -1e9]):
            low, high = robust_range(np.array(values, np.float32), (1, 99))
            assert low < high


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
