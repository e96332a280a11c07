import pytest
import torch

from trainer.calibration import Calibration


def test_probabilities_that_come_true_are_calibrated() -> None:
    generator = torch.Generator().manual_seed(0)
    likely = torch.rand(200_000, generator=generator)
    truth = (torch.rand(200_000, generator=generator) < likely).long()
    calibration = Calibration()
    for part in (slice(0, 50_000), slice(50_000, None)):
        calibration.add(torch.stack((1 - likely, likely))[:, part], truth[part])
    assert calibration.expected_error < 0.005


def test_confidence_above_accuracy_is_the_error() -> None:
    likelihood = torch.tensor([[0.9], [0.1]]).expand(2, 10)
    calibration = Calibration()
    calibration.add(likelihood, torch.tensor([0] * 6 + [1] * 4))
    assert calibration.expected_error == pytest.approx(0.3, abs=1e-6)


def test_nothing_has_no_error() -> None:
    assert Calibration().expected_error == 0.0
