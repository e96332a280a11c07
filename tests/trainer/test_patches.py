import numpy as np
import pytest

from shared_folder.rectangle import Rectangle, whole
from trainer.patches import mirrored, read_window, tiles


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
