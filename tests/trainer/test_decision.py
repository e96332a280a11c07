"""Which shift of the scores gives the best masks."""

import pytest
import torch

from trainer.decision import LEAST_SHARE, THRESHOLDS, best_threshold, shift_of_scores


def expected_dice(probability: torch.Tensor, threshold: float) -> float:
    found = probability > threshold
    return float(2 * probability[found].sum() / (found.sum() + probability.sum()))


@pytest.mark.parametrize("power", [0.3, 1.0, 3.0, 9.0])
def test_no_threshold_promises_a_larger_dice(power: float) -> None:
    probability = torch.rand(5000, generator=torch.Generator().manual_seed(0)) ** power
    best = best_threshold(probability)
    assert expected_dice(probability, best) == max(expected_dice(probability, float(each)) for each in THRESHOLDS)


def test_it_is_half_the_dice_that_can_be_reached() -> None:
    """As the theory says of the best threshold."""
    probability = torch.rand(200_000, generator=torch.Generator().manual_seed(0)) ** 4
    best = best_threshold(probability)
    assert best == pytest.approx(expected_dice(probability, best) / 2, abs=0.02)


def test_who_is_sure_decides_at_one_half_and_who_is_unsure_lower() -> None:
    sure = torch.tensor([0.001] * 900 + [0.999] * 100)
    unsure = torch.tensor([0.001] * 900 + [0.3] * 100)
    assert best_threshold(sure) == 0.5
    assert 0.02 < best_threshold(unsure) < 0.3


def test_where_there_is_nothing_to_find_nothing_is_called_found() -> None:
    assert best_threshold(torch.zeros(1000)) == 0.5


def test_the_share_of_the_known_pixels_is_added() -> None:
    known = torch.tensor([300.0, 100.0])
    torch.testing.assert_close(shift_of_scores(known, None), torch.log(torch.tensor([0.75, 0.25])))
    sure = torch.tensor([[20.0, 0.0], [0.0, 20.0]]).repeat(50, 1)
    torch.testing.assert_close(shift_of_scores(known, sure), torch.log(torch.tensor([0.75, 0.25])))


def test_who_paints_all_the_background_there_is_hides_nothing() -> None:
    scarce = shift_of_scores(torch.tensor([99_000.0, 1_000.0]), None)
    torch.testing.assert_close(scarce[1], torch.log(torch.tensor(LEAST_SHARE)))
    assert shift_of_scores(torch.zeros(2), None).isfinite().all()


def test_a_network_that_is_not_sure_yet_still_finds_each_class() -> None:
    known = torch.tensor([900.0, 90.0, 10.0])
    channel = torch.tensor([0] * 18 + [1, 2]).repeat(50)
    scores = 1.5 * torch.nn.functional.one_hot(channel, 3).float()
    assert set((scores + torch.log(known / known.sum())).argmax(dim=1).tolist()) == {0}, "shares alone hide the rest"
    found = (scores + shift_of_scores(known, scores)).argmax(dim=1)
    assert set(found.tolist()) == {0, 1, 2}
