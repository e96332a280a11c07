import numpy as np
import pytest

from shared_folder.labels import Labels
from tests.trainer.learning import small_device, validate
from trainer.architecture import predict_with
from trainer.network import NetworkShape, UNet
from trainer.sampling import AnnotatedImage
from trainer.validating import NetworkValidation, ValidationScore, dice_by_class


def always_second() -> UNet:
    """A network that calls every pixel by the second class."""
    network = UNet(NetworkShape(widths=(8, 16))).eval()
    network.head.weight.data.zero_()
    network.head.bias.data[:4], network.head.bias.data[4:] = 0, 5
    return network


def image(values: np.ndarray) -> AnnotatedImage:
    return AnnotatedImage(
        "a", values.shape, lambda r: np.zeros((r.height, r.width, 3), np.float32), Labels.from_array(values)
    )


def test_dice_counts_known_pixels_only() -> None:
    values = np.zeros((300, 300), np.uint8)
    values[:10, :10] = 2
    values[290:, 280:] = 1
    values[100:200, 100:200] = 255
    score = validate(always_second(), [image(values)], (1, 2), small_device())
    assert score.dice == {2: pytest.approx(2 * 100 / (2 * 100 + 200))}


def test_tiles_without_known_pixels_are_passed_over() -> None:
    values = np.zeros((1000, 1000), np.uint8)
    values[600, 600] = 2
    network = always_second()
    predict = predict_with(network, 1.0, small_device())
    validation = NetworkValidation(network, predict, [image(values)], (1, 2))
    steps = 1
    while validation.advance():
        steps += 1
    assert steps <= 16
    assert validation.score().mean == 1


def test_dice_has_known_values_for_several_classes() -> None:
    confusion = np.zeros((256, 256), np.int64)
    confusion[1, 1], confusion[1, 2], confusion[2, 2], confusion[2, 3], confusion[3, 3] = 50, 5, 20, 5, 10
    confusion[255, 2] = confusion[0, 3] = 1000
    dice = dice_by_class(confusion, (1, 2, 3, 4))
    assert dice == {2: pytest.approx(40 / 50), 3: pytest.approx(20 / 25)}


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    assert ValidationScore({}).mean == 1
    assert ValidationScore({2: 0.5, 3: 1.0}).mean == 0.75
    assert validate(always_second(), [], (1, 2), small_device()).mean == 1
