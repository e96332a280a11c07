import numpy as np
import pytest
import torch

from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.rectangle import Rectangle
from tests.trainer.learning import small_device
from trainer.model_store import Model
from trainer.network import NetworkShape, UNet, margin
from trainer.patches import read_window, tiles
from trainer.segmenting import Segmenting, most_likely, probabilities, segment

DEVICE = small_device()


def model(classes: int = 1) -> Model:
    """An untrained model whose normalisation has seen some data."""
    torch.manual_seed(0)
    network = UNet(NetworkShape(out_channels=classes + 1, widths=(8, 16)))
    for _ in range(20):
        network(torch.randn(2, 3, 64, 64))
    facts = ModelFacts(
        number=1,
        trainer="t",
        classes=tuple(ModelClass(id=k + 2, name=str(k), colour="#000000") for k in range(classes)),
        network=network.shape.to_dict(),
        normalisation="",
    )
    return Model(network.eval(), facts, DEVICE)


def noise(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (*shape, 3)).astype(np.float32)


@pytest.mark.parametrize("classes", [1, 3])
def test_every_pixel_gets_a_class(classes: int) -> None:
    image = noise((200, 150))
    labels = segment(model(classes), lambda r: image[r.slices], (200, 150)).to_array()
    assert labels.shape == (200, 150)
    assert set(np.unique(labels)) <= set(range(1, classes + 2))
    assert len(np.unique(labels)) > 1


@pytest.mark.parametrize("shape", [(16, 16), (17, 33), (1, 1)])
def test_small_images(shape: tuple[int, int]) -> None:
    image = noise(shape)
    assert (segment(model(), lambda r: image[r.slices], shape).to_array() > 0).all()


def test_probabilities_do_not_depend_on_where_tile_borders_fall() -> None:
    one, image = model(), noise((160, 224))
    shape = one.network.shape
    results = []
    for core in (32, 64, 512):
        result = np.zeros((2, 160, 224))
        for tile in tiles(image.shape, core, margin(shape), shape.stride):
            window = read_window(lambda r: image[r.slices], image.shape, tile.window)
            inner = tile.core.shifted(-tile.window.top, -tile.window.left).slices
            result[:, *tile.core.slices] = probabilities(one.network, window, DEVICE)[:, *inner]
        results.append(result)
    np.testing.assert_allclose(results[0], results[2], atol=1e-5)
    np.testing.assert_allclose(results[1], results[2], atol=1e-5)


def test_what_the_user_sees_comes_first() -> None:
    image, seen = noise((640, 640)), Rectangle(500, 500, 560, 560)
    segmenting = Segmenting(model(), lambda r: image[r.slices], (640, 640), first=seen)
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


def test_huge_images_are_read_in_windows_and_constant_tiles_cost_a_byte() -> None:
    one = model()
    one.network.head.bias.data[4:] = -100
    largest = []

    def read(rectangle: Rectangle) -> np.ndarray:
        largest.append(max(rectangle.height, rectangle.width))
        return np.zeros((rectangle.height, rectangle.width, 3), np.float32)

    device = DEVICE.__class__(**{**vars(DEVICE), "core_size": 256})
    labels = segment(Model(one.network, one.facts, device), read, (2000, 1500))
    assert max(largest) <= 256 + 2 * margin(one.network.shape)
    assert all(values.strides == (0, 0) for _, values in labels.tiles())
    assert (labels.to_array() == 1).all()


def test_most_likely_class_and_threshold() -> None:
    likelihood = torch.tensor([[[0.8, 0.3]], [[0.2, 0.7]]])
    assert most_likely(likelihood, (1, 2)).tolist() == [[1, 2]]
    assert most_likely(likelihood, (1, 2), threshold=0.1).tolist() == [[2, 2]]
    several = torch.tensor([[[0.2, 0.4]], [[0.3, 0.35]], [[0.5, 0.25]]])
    assert most_likely(several, (1, 4, 9)).tolist() == [[9, 1]]
