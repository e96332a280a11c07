import numpy as np
import pytest
import torch

from shared_folder.rectangle import Rectangle, whole
from trainer.uncertainty import LEAST_SHARE, UncertaintyGauge, two_likeliest


def of(foreground: np.ndarray) -> torch.Tensor:
    """Probabilities of background and one class."""
    values = torch.from_numpy(foreground.astype(np.float32))
    return torch.stack((1 - values, values))


def gauge_of(foreground: np.ndarray) -> UncertaintyGauge:
    gauge = UncertaintyGauge(foreground.shape)
    gauge.add(whole(foreground.shape), of(foreground))
    return gauge


def test_a_sure_mask_has_no_expected_error_and_a_black_map() -> None:
    sure = np.zeros((40, 60))
    sure[:20, :30] = 1
    assert gauge_of(sure).expected_error == pytest.approx(0)
    assert not gauge_of(sure).map("m").values.any()


def test_the_expected_error_estimates_one_less_dice() -> None:
    """Pixels drawn from the probabilities themselves: the Dice of the likeliest labels is as was expected."""
    numbers = np.random.default_rng(0)
    likely = numbers.beta(0.3, 0.8, (400, 400))
    predicted, truth = likely > 0.5, numbers.random((400, 400)) < likely
    dice = 2 * (predicted & truth).sum() / (predicted.sum() + truth.sum())
    assert gauge_of(likely).expected_error == pytest.approx(1 - dice, abs=0.01)


def test_traces_of_probability_in_an_empty_image_are_no_bad_mask() -> None:
    assert gauge_of(np.full((100, 100), LEAST_SHARE / 20)).expected_error < 0.05
    assert gauge_of(np.full((100, 100), 0.4)).expected_error > 0.95


def test_background_does_not_dilute_it() -> None:
    small = np.full((64, 64), 0.6)
    large = np.zeros((256, 256))
    large[:64, :64] = small
    assert gauge_of(large).expected_error == pytest.approx(gauge_of(small).expected_error, abs=0.03)


@pytest.mark.parametrize("side", [64, 37], ids=["on the map's grid", "across it"])
def test_cores_join_to_one_map_and_one_figure(side: int) -> None:
    likely = np.kron(np.random.default_rng(1).random((30, 40)), np.ones((4, 4)))[:118, :157]
    at_once, by_core = gauge_of(likely), UncertaintyGauge(likely.shape)
    for top in range(0, 118, side):
        for left in range(0, 157, side):
            core = Rectangle(top, left, min(top + side, 118), min(left + side, 157))
            by_core.add(core, of(likely)[:, *core.slices])
    np.testing.assert_array_equal(by_core.map("m").values, at_once.map("m").values)
    assert by_core.expected_error == pytest.approx(at_once.expected_error, abs=1e-6)


def test_the_map_is_the_mean_margin() -> None:
    likely = np.zeros((8, 10))
    likely[0, 0] = 0.5  # two classes as likely as each other: 1
    likely[7, 9] = 0.75
    values = gauge_of(likely).map("m").values
    assert values.shape == (2, 3)
    assert values[0, 0] == round(255 / 16)
    assert values[1, 2] == round(255 * 0.5 / 8)  # 2 x 4 pixels at the edge
    assert values.sum() == values[0, 0] + values[1, 2]


def test_the_two_likeliest_of_several_classes() -> None:
    likelihood = torch.rand(5, 20, 30).softmax(dim=0)
    best, second = two_likeliest(likelihood)
    expected = likelihood.topk(2, dim=0).values
    assert torch.equal(best, expected[0])
    assert torch.equal(second, expected[1])


def test_several_classes_count_together() -> None:
    likelihood = torch.zeros(3, 10, 10)
    likelihood[1, :5], likelihood[2, :5], likelihood[0, 5:] = 0.6, 0.4, 1.0  # which class, not whether one
    gauge = UncertaintyGauge((10, 10))
    gauge.add(whole((10, 10)), likelihood)
    assert gauge.expected_error == pytest.approx((100 - 60) / (100 + LEAST_SHARE * 100), abs=1e-5)
