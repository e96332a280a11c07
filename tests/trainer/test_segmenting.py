import numpy as np
import pytest
import torch

from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.rectangle import Rectangle
from tests.trainer.learning import small_device
from trainer.model_store import UNetModel
from trainer.network import NetworkShape, UNet, margin
from trainer.patches import tiles
from trainer.segmenting import MergedChannels, Segmenting, most_likely, segment
from trainer.tile_prediction import core_probabilities

DEVICE = small_device()


def model(classes: int = 1, scale: float = 1.0, channels: int = 3) -> UNetModel:
    """An untrained model whose normalisation has seen some data."""
    torch.manual_seed(0)
    network = UNet(NetworkShape(channels, classes + 1, widths=(8, 16)))
    for _ in range(20):
        network(torch.randn(2, channels, 64, 64))
    facts = ModelFacts(
        number=1,
        trainer="t",
        classes=tuple(ModelClass(id=k + 2, name=str(k), colour="#000000") for k in range(classes)),
        network=network.shape.to_dict(),
        normalisation="",
        scale=scale,
    )
    return UNetModel(network.eval(), facts, DEVICE)


def noise(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (*shape, 3)).astype(np.float32)


@pytest.mark.parametrize("classes", [1, 3])
def test_every_pixel_gets_a_class(classes: int) -> None:
    image = noise((200, 150))
    labels = segment(model(classes), lambda r: image[r.slices], (200, 150)).to_array()
    assert labels.shape == (200, 150)
    assert set(np.unique(labels)) <= set(range(1, classes + 2))
    assert len(np.unique(labels)) > 1


@pytest.mark.parametrize("scale", [0.25, 1.0, 1.3, 4.0])
@pytest.mark.parametrize("shape", [(16, 16), (17, 33), (1, 1)])
def test_small_images(shape: tuple[int, int], scale: float) -> None:
    image = noise(shape)
    assert (segment(model(scale=scale), lambda r: image[r.slices], shape).to_array() > 0).all()


def likelihood(one: UNetModel, image: np.ndarray, core: int, scale: float) -> np.ndarray:
    """Probabilities (2, H, W) of a whole image, from tiles with cores of this side."""
    shape, result = one.network.shape, np.zeros((2, *image.shape[:2]))
    for tile in tiles(image.shape, core, margin(shape), shape.stride, scale):
        result[:, *tile.core.slices] = core_probabilities(
            one.network, lambda r: image[r.slices], image.shape[:2], tile, scale, DEVICE
        )
    return result


@pytest.mark.parametrize("scale", [0.5, 0.7, 1.0, 1.3, 2.0])
def test_probabilities_do_not_depend_on_where_tile_borders_fall(scale: float) -> None:
    one, image = model(), noise((161, 227))
    entire = likelihood(one, image, 2048, scale)
    np.testing.assert_allclose(likelihood(one, image, 32, scale), entire, atol=1e-5)
    np.testing.assert_allclose(likelihood(one, image, 64, scale), entire, atol=1e-5)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_shifted_image_gives_the_shifted_probabilities(scale: float) -> None:
    one, image = model(), noise((256, 320))
    shape = one.network.shape
    shift = int(shape.stride / min(scale, 1))  # pooling falls on the same pixels
    edge = int((margin(shape) + shape.stride) / scale)
    shifted = likelihood(one, np.ascontiguousarray(image[shift:, shift:]), 64, scale)
    wanted = likelihood(one, image, 64, scale)[:, shift:, shift:]
    inside = (slice(None), slice(edge, -edge), slice(edge, -edge))
    assert shifted[inside].size
    np.testing.assert_allclose(shifted[inside], wanted[inside], atol=1e-5)


def test_a_model_sees_at_the_scale_that_it_was_taught_at() -> None:
    image = noise((64, 64))
    large = np.asarray(likelihood(model(), image, 64, 2.0)[1] > 0.5)
    labels = segment(model(scale=2.0), lambda r: image[r.slices], (64, 64)).to_array()
    np.testing.assert_array_equal(labels == 2, large)
    assert (labels != segment(model(), lambda r: image[r.slices], (64, 64)).to_array()).any()


def test_what_the_user_sees_comes_first() -> None:
    image, seen = noise((640, 640)), Rectangle(500, 500, 560, 560)
    one = model()
    prediction = one.predict(lambda r: image[r.slices], (640, 640))
    segmenting = Segmenting(prediction, (640, 640), MergedChannels(one.class_ids, ()), first=seen)
    assert segmenting.advance()
    done = segmenting.labels.to_array() > 0
    assert done[500:510, 500:510].all()
    assert not done[:300].any()
    while segmenting.advance():
        pass
    assert not segmenting.advance()
    np.testing.assert_array_equal(
        segmenting.labels.to_array(), segment(model(), lambda r: image[r.slices], (640, 640)).to_array()
    )


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_huge_images_are_read_in_windows_and_constant_tiles_cost_a_byte(scale: float) -> None:
    one = model(scale=scale)
    one.network.head.bias.data[4:] = -100
    largest = []

    def read(rectangle: Rectangle) -> np.ndarray:
        largest.append(max(rectangle.height, rectangle.width))
        return np.zeros((rectangle.height, rectangle.width, 3), np.float32)

    device = DEVICE.__class__(**{**vars(DEVICE), "core_size": 256})
    labels = segment(UNetModel(one.network, one.facts, device), read, (2000, 1500))
    assert max(largest) <= (256 + 2 * margin(one.network.shape)) / scale + 16
    assert all(values.strides == (0, 0) for _, values in labels.tiles())
    assert (labels.to_array() == 1).all()


def test_most_likely_class_and_threshold() -> None:
    likelihood = torch.tensor([[[0.8, 0.3]], [[0.2, 0.7]]])
    assert most_likely(likelihood, (1, 2)).tolist() == [[1, 2]]
    assert most_likely(likelihood, (1, 2), threshold=0.1).tolist() == [[2, 2]]
    several = torch.tensor([[[0.2, 0.4]], [[0.3, 0.35]], [[0.5, 0.25]]])
    assert most_likely(several, (1, 4, 9)).tolist() == [[9, 1]]
