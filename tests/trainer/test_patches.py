import numpy as np
import pytest
import torch

from shared_folder.rectangle import Rectangle, whole
from trainer.patches import mirrored, on_image, read_seen, read_window, taps, tiles


@pytest.mark.parametrize("shape", [(16, 16), (17, 300), (301, 999), (1000, 64)])
def test_cores_cover_the_image_once_and_windows_show_their_margin(shape: tuple[int, int]) -> None:
    margin, stride = 64, 16
    written = np.zeros(shape, int)
    for core, window in tiles(shape, 128, margin, stride):
        written[core.slices] += 1
        assert [side % stride for side in window] == [0, 0, 0, 0]
        assert window.height <= 128 + 2 * margin
        wanted = core.grown(margin).intersection(whole(shape))
        assert window.intersection(wanted) == wanted
    assert (written == 1).all()


def test_an_image_that_fits_is_one_tile() -> None:
    (tile,) = tiles((250, 200, 3), 128, 64, 16)
    assert tile == (Rectangle(0, 0, 250, 200), Rectangle(0, 0, 256, 208))


def test_mirrored_repeats_no_edge_and_goes_as_far_as_asked() -> None:
    assert mirrored(np.arange(-4, 7), 3).tolist() == [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]
    assert mirrored(np.arange(-2, 3), 1).tolist() == [0, 0, 0, 0, 0]


def test_window_beyond_the_image_is_its_mirror_image() -> None:
    image = np.random.default_rng(0).random((20, 30, 3)).astype(np.float32)
    asked = []

    def read(rectangle: Rectangle) -> np.ndarray:
        asked.append(rectangle)
        return image[rectangle.slices]

    window = read_window(read, image.shape, Rectangle(-5, 10, 28, 40))
    expected = np.pad(image, ((5, 8), (0, 10), (0, 0)), mode="reflect")[:, 10:]
    np.testing.assert_array_equal(window, expected)
    assert asked == [Rectangle(0, 10, 20, 30)]


def test_window_inside_reads_only_itself() -> None:
    image = np.arange(600, dtype=np.float32).reshape(20, 30, 1)
    inside = Rectangle(3, 4, 8, 12)
    np.testing.assert_array_equal(read_window(lambda r: image[r.slices], image.shape, inside), image[inside.slices])


SCALES = [0.25, 0.4, 0.5, 1.0, 1.3, 2.0, 4.0]


@pytest.mark.parametrize("scale", SCALES)
def test_at_any_scale_cores_cover_the_image_once_and_windows_fit_the_network(scale: float) -> None:
    written = np.zeros((301, 997), int)
    for core, window in tiles(written.shape, 64, 32, 16, scale):
        written[core.slices] += 1
        assert [side % 16 for side in window] == [0, 0, 0, 0]
        assert max(window.height, window.width) <= 64 + 2 * 32 + 3 * 16
        assert window.top <= max(0, core.top * scale - 32)
        assert window.bottom >= min(written.shape[0] * scale, core.bottom * scale + 32)
    assert (written == 1).all()


@pytest.mark.parametrize("factor", SCALES)
def test_resampling_takes_means_and_shifts_nothing(factor: float) -> None:
    used = taps(3, 50, factor)
    np.testing.assert_allclose(used.weights.sum(axis=1), 1, atol=1e-5)
    centres = (used.weights * (used.indexes + 0.5)).sum(axis=1)
    np.testing.assert_allclose(centres, (np.arange(3, 50) + 0.5) / factor, atol=0.2)  # areas begin within a pixel


def test_a_reduced_pixel_is_the_mean_of_those_it_covers() -> None:
    image = np.random.default_rng(0).random((12, 16, 3)).astype(np.float32)
    seen = read_seen(lambda r: image[r.slices], image.shape, Rectangle(0, 0, 3, 4), 0.25)
    np.testing.assert_allclose(seen, image.reshape(3, 4, 4, 4, 3).mean((1, 3)), atol=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_a_seen_pixel_is_the_same_in_every_window(scale: float) -> None:
    image = np.random.default_rng(0).random((90, 70, 1)).astype(np.float32)
    whole_window = read_seen(lambda r: image[r.slices], image.shape, Rectangle(0, 0, 400, 300), scale)
    part = Rectangle(5, 3, 390, 120)
    seen = read_seen(lambda r: image[r.slices], image.shape, part, scale)
    np.testing.assert_allclose(seen, whole_window[part.slices], atol=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_what_was_seen_comes_back_to_its_place(scale: float) -> None:
    rows, columns = np.mgrid[:120, :160].astype(np.float32)
    ramp = np.stack((rows, columns), axis=-1)
    for tile in tiles(ramp.shape, 64, 32, 16, scale):
        seen = read_seen(lambda r: ramp[r.slices], ramp.shape, tile.window, scale)
        back = on_image(torch.from_numpy(seen).movedim(-1, 0), tile, scale).movedim(0, -1).numpy()
        inner = tile.core.intersection(Rectangle(8, 8, 112, 152))  # the outermost ones see the mirror image
        if not inner.empty:
            np.testing.assert_allclose(
                back[inner.shifted(-tile.core.top, -tile.core.left).slices], ramp[inner.slices], atol=0.3
            )
