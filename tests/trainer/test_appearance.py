import numpy as np
import pytest

from shared_folder.rectangle import Rectangle
from trainer.appearance import LEVELS, Appearance


def statistics(*windows: np.ndarray) -> np.ndarray:
    appearance = Appearance()
    for window in windows:
        appearance.add(window.astype(np.float32))
    return np.array(appearance.statistics)


def texture(seed: int, grain: int, side: int = 128) -> np.ndarray:
    coarse = np.random.default_rng(seed).normal(0, 1, (side // grain, side // grain, 3))
    return coarse.repeat(grain, axis=0).repeat(grain, axis=1)


def test_means_and_deviations_by_channel_and_level() -> None:
    image = np.zeros((64, 64, 3))
    image[..., 0] = 0.5
    image[::2, :, 1] = 1
    found = statistics(image)
    assert found.shape == (3 + 3 * LEVELS,)
    np.testing.assert_allclose(found[:3], [0.5, 0.5, 0])
    np.testing.assert_allclose(found[3:6], [0, 0.5, 0])
    np.testing.assert_allclose(found[6:], 0)  # stripes one pixel wide are gone at half the size


def test_images_of_one_kind_are_nearer_than_others() -> None:
    fine, also_fine, coarse = (statistics(texture(*each)) for each in ((0, 1), (1, 1), (2, 8)))
    assert 5 * np.linalg.norm(fine - also_fine) < np.linalg.norm(fine - coarse)


def test_windows_join() -> None:
    image = texture(0, 4)
    np.testing.assert_allclose(statistics(image[:64], image[64:]), statistics(image), atol=2e-4)


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 3, 3)])
def test_small_images_have_as_many_numbers(shape: tuple[int, int, int]) -> None:
    assert len(statistics(np.ones(shape))) == 3 + 3 * LEVELS


def test_what_is_read_is_taken_in() -> None:
    image = texture(0, 2).astype(np.float32)
    appearance = Appearance()
    assert appearance.statistics == ()
    read = appearance.watching(lambda rectangle: image[rectangle.slices])
    np.testing.assert_array_equal(read(Rectangle(0, 0, 64, 128)), image[:64])
    read(Rectangle(64, 0, 128, 128))
    np.testing.assert_allclose(appearance.statistics, statistics(image), atol=2e-4)
