"""Other classes while a network learns: what it knew stays, class by class, and a new one is soon learned."""

from pathlib import Path

import numpy as np
import pytest
import torch

from shared_folder.labels import Labels
from tests.trainer.learning import SHAPE, same_weights, small_device, validate
from trainer.network import UNet
from trainer.sampling import AnnotatedImage
from trainer.taking_over import RARER, by_class
from trainer.training import LEAST_RATE, TrainingRun


def squares(seed: int, known: tuple[int, ...] = (1, 2, 3)) -> AnnotatedImage:
    """Bright squares (class 2) and dark ones (class 3) on grey; labelled are pixels of the known classes."""
    numbers = np.random.default_rng(seed)
    truth = np.ones(SHAPE, np.uint8)
    for index, (row, column) in enumerate(numbers.integers(0, 80, (8, 2))):
        truth[row : row + 14, column : column + 14] = 2 + index % 2
    pixels = np.array([0, -0.5, 0.5, -1.5], np.float32)[truth][..., None] + numbers.normal(0, 0.2, (*SHAPE, 3))
    labels = np.where((numbers.random(SHAPE) < 0.3) & np.isin(truth, known), truth, 0).astype(np.uint8)
    image = pixels.astype(np.float32)
    return AnnotatedImage(f"{seed}", SHAPE, lambda place: image[place.slices], Labels.from_array(labels))


def learned(steps: int, class_ids: tuple[int, ...] = (1, 2)) -> TrainingRun:
    run = TrainingRun(class_ids, small_device())
    run.images([squares(0, class_ids), squares(1, class_ids)], [])
    for _ in range(steps):
        run.advance()
    return run


def dice(run: TrainingRun) -> dict[int, float]:
    return validate(run.predicting(), [squares(8), squares(9)], run.class_ids, small_device()).dice


def rows(network: UNet, run: TrainingRun, label: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Of a class in the head: weights and biases."""
    place, count, bias = run.class_ids.index(label), len(run.class_ids), network.head.bias
    assert bias is not None
    return network.head.weight.chunk(count)[place].clone(), bias.chunk(count)[place].clone()


def test_the_rows_of_classes_that_stay_are_kept_in_any_order() -> None:
    before = torch.arange(12.0).view(6, 2)  # three classes of two pixels each
    after = by_class(before, (1, 2, 3), (1, 3, 7, 2), torch.zeros_like)
    assert torch.equal(after, torch.cat([before[:2], before[4:], torch.zeros(2, 2), before[2:4]]))


def test_with_a_class_more_the_network_says_of_the_others_what_it_said() -> None:
    run = learned(5)
    former = [rows(network, run, label) for network in (run.network, run.averaged) for label in (1, 2)]
    picture = torch.rand(1, 3, 64, 64)
    before, moments = run.averaged(picture), run._optimisers[1].state_dict()["state"]
    inner = run.network.decoder
    run.tell_apart((1, 2, 3))
    assert same_weights(run.network.decoder, inner)
    now = [rows(network, run, label) for network in (run.network, run.averaged) for label in (1, 2)]
    torch.testing.assert_close(now, former, rtol=0, atol=0)
    after = run.averaged(picture)
    torch.testing.assert_close(after[:, :2], before)
    torch.testing.assert_close(after[:, 2], before[:, 0] - RARER)
    kept = run._optimisers[1].state_dict()["state"]
    assert kept.keys() == moments.keys()
    last = max(kept)  # the head's biases
    assert torch.equal(kept[last]["exp_avg"].chunk(3)[1], moments[last]["exp_avg"].chunk(2)[1])
    assert not kept[last]["exp_avg"].chunk(3)[2].any()
    assert run.steps == 5


def test_a_class_that_is_added_late_is_soon_learned_and_the_others_are_not_forgotten() -> None:
    run = learned(60)
    before = dice(run)[2]
    run.steps = 5000  # as if it had learned for an hour, and rates were at their floor
    run.tell_apart((1, 2, 3))
    run.images([squares(0), squares(1)], [])
    for _ in range(60):
        run.advance()
    after = dice(run)
    assert after[3] > 0.6
    assert after[2] > before - 0.1


def test_the_rates_begin_anew_when_a_class_is_shown_for_the_first_time_only() -> None:
    run = learned(2, (1, 2, 3))
    run.steps = 5000

    def head_rate() -> float:
        run.advance()
        group = run._optimisers[1].param_groups[1]
        return float(group["lr"] / group["initial_lr"])

    assert head_rate() == LEAST_RATE
    run.images([squares(0, (1, 2))], [])
    run.images([squares(0)], [])
    assert head_rate() == LEAST_RATE  # it was shown before
    run.tell_apart((1, 2))
    run.images([squares(0)], [])
    assert head_rate() == LEAST_RATE  # nothing is new
    run.tell_apart((1, 2, 3))
    run.images([squares(0)], [])
    assert head_rate() < LEAST_RATE  # it warms up


def test_a_state_of_other_classes_goes_on_with_what_it_knows_of_these(tmp_path: Path) -> None:
    run = learned(4, (1, 2, 3))
    run.save_state(tmp_path / "state.safetensors")
    again = TrainingRun((1, 3, 4), small_device(), seed=9)
    again.load_state(tmp_path / "state.safetensors")
    assert (again.steps, again.class_ids) == (4, (1, 3, 4))
    for label in (1, 3):
        assert torch.equal(rows(again.averaged, again, label)[0], rows(run.averaged, run, label)[0])
    again.images([squares(0)], [])
    assert again.advance() > 0


def test_a_parent_gives_its_rows_to_the_classes_that_it_knows() -> None:
    parent = learned(3, (1, 2, 3))
    child = TrainingRun((1, 3, 5), small_device(), 1, parent.averaged, (1, 2, 3))
    assert torch.equal(rows(child.network, child, 3)[0], rows(parent.averaged, parent, 3)[0])
    other = TrainingRun((1, 5), small_device(), 1, parent.averaged, (1, 2, 3))  # no class in common: other things
    assert not torch.equal(rows(other.network, other, 1)[0], rows(parent.averaged, parent, 1)[0])


@pytest.mark.parametrize("ids", [(1, 3), (1, 2, 3, 4), (1, 3, 2)])
def test_whatever_the_classes_become_it_goes_on(ids: tuple[int, ...]) -> None:
    run = learned(2, (1, 2, 3))
    run.tell_apart(ids)
    run.images([squares(0)], [squares(9)])
    assert run.advance() > 0
    assert run.predicting().shape.out_channels == len(ids)
