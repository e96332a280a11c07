import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from tests.trainer.learning import bright_squares, same_weights, small_device, validate
from trainer import training
from trainer.training import FINE_TUNING, TrainingRun


def run_on(*images, seed: int = 0, class_ids: tuple[int, ...] = (1, 2), **options) -> TrainingRun:
    run = TrainingRun(class_ids, small_device(), seed, **options)
    run.images(images, [bright_squares(9)])
    return run


def test_it_learns() -> None:
    run = run_on(bright_squares(0), bright_squares(1))
    before = run.advance()
    for _ in range(80):
        after = run.advance()
    assert after < before / 2
    assert validate(run.averaged, [bright_squares(9)], (1, 2), small_device()).mean > 0.9


def test_the_same_seed_learns_the_same() -> None:
    first, second, other = run_on(bright_squares()), run_on(bright_squares()), run_on(bright_squares(), seed=1)
    losses = [[run.advance() for _ in range(3)] for run in (first, second, other)]
    assert losses[0] == losses[1] != losses[2]
    assert same_weights(first.averaged, second.averaged)


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = run_on(bright_squares())
    for _ in range(3):
        whole.advance()
    whole.save_state(tmp_path / "state.safetensors")
    expected = [whole.advance() for _ in range(3)]
    resumed = run_on(bright_squares(), seed=5)
    resumed.load_state(tmp_path / "state.safetensors")
    assert resumed.steps == 3
    assert [resumed.advance() for _ in range(3)] == expected
    assert same_weights(resumed.averaged, whole.averaged)


def test_damaged_states_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    run = run_on(bright_squares())
    with pytest.raises(FileNotFoundError):
        run.load_state(path)
    run.advance()
    run.save_state(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(Refused, match="damaged"):
        run.load_state(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("class_ids", 5),
        ("class_ids", [1, 2, 3]),
        ("class_ids", [1, 1]),
        ("network", {"in_channels": 3, "out_channels": 2, "widths": [2048] * 8, "unshuffle": 2}),
        ("network", []),
        ("steps", "many"),
        ("numbers", {"state": 0}),
        ("numbers", None),
    ],
)
def test_a_state_whose_facts_dont_fit_is_refused_before_anything_large_is_built(
    tmp_path: Path, key: str, value: object
) -> None:
    path = tmp_path / "state.safetensors"
    run = run_on(bright_squares())
    run.advance()
    run.save_state(path)
    with safe_open(path, "pt") as file:
        facts = json.loads(file.metadata()[training.STATE_KEY])
    save_file(load_file(path), path, {training.STATE_KEY: json.dumps({**facts, key: value})})
    with pytest.raises(Refused, match=r"state\.safetensors: damaged"):
        run.load_state(path)


def test_learning_rates_rise_fall_and_never_end() -> None:
    rates = [training.rate(step) for step in range(10_000)]
    assert max(rates[training.WARM_UP_STEPS - 5 : training.WARM_UP_STEPS + 5]) == max(rates)
    assert rates[0] == 1 / training.WARM_UP_STEPS
    assert rates[300] == 0.5
    assert rates[-1] == training.LEAST_RATE


def test_new_images_are_learned_from_in_the_next_batch() -> None:
    run = run_on()
    with pytest.raises(ValueError, match="no"):
        run.advance()
    run.images([bright_squares()], [])
    assert run.advance() > 0


def test_validation_is_of_the_weights_as_they_were() -> None:
    run = run_on(bright_squares())
    run.advance()
    expected = validate(run.predicting(), [bright_squares(9)], (1, 2), small_device())
    validation = run.validation()
    more = True
    while more:
        run.advance()
        more = validation.advance()
    assert validation.score() == expected


def test_a_parent_gives_all_but_the_head_to_other_classes() -> None:
    parent = run_on(bright_squares())
    parent.advance()
    same = TrainingRun((1, 7), small_device(), seed=3, parent=parent.averaged, parent_classes=(1, 7))
    assert same_weights(same.network, parent.averaged)
    other = TrainingRun((1, 2), small_device(), seed=4, parent=parent.averaged, parent_classes=(1, 7))
    assert same_weights(other.network.encoder, parent.averaged.encoder)
    assert not torch.equal(other.network.head.weight, parent.averaged.head.weight)
    child = TrainingRun((1, 2, 3), small_device(), seed=3, parent=parent.averaged)
    assert same_weights(child.network.encoder, parent.averaged.encoder)
    assert child.network.head.weight.shape != parent.averaged.head.weight.shape


def test_too_little_graphics_memory_halves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_on(bright_squares())
    real = training.segmentation_loss

    def fits_one_tile(scores: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        if len(scores) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(scores, target, weight)

    monkeypatch.setattr(training, "segmentation_loss", fits_one_tile)
    assert run.advance() > 0
    assert run.batch_size == 1
    assert run.steps == 1


def test_no_graphics_memory_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fits_nothing(scores: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(training, "segmentation_loss", fits_nothing)
    with pytest.raises(Refused, match="--device cpu"):
        run_on(bright_squares()).advance()


def test_another_scale_goes_on_with_the_same_weights() -> None:
    run = run_on(bright_squares(), scale=2.0)
    run.advance()
    network = run.network
    run.scale = 0.5
    assert run.advance() > 0
    assert run.network is network
    assert run.validation().score() is not None


def test_a_parent_of_other_channels_gives_its_first_convolution_too() -> None:
    parent = run_on(bright_squares())
    parent.advance()
    child = TrainingRun((1, 2), small_device(), 3, parent.averaged, (1, 2), channels=5)
    assert child.network.shape.in_channels == 5
    light = torch.rand(1, 1, 32, 32)
    known, own = parent.averaged.eval(), child.averaged.eval()
    torch.testing.assert_close(own(light.expand(1, 5, 32, 32)), known(light.expand(1, 3, 32, 32)))
    with pytest.raises(AssertionError):
        torch.testing.assert_close(own(light.expand(1, 5, 32, 32)), known(0.5 * light.expand(1, 3, 32, 32)))


def test_a_state_of_other_channels_is_refused(tmp_path: Path) -> None:
    run = run_on(bright_squares())
    run.save_state(tmp_path / "state.safetensors")
    with pytest.raises(Refused, match="3 channels"):
        TrainingRun((1, 2), small_device(), channels=5).load_state(tmp_path / "state.safetensors")


def test_what_sampling_showed_too_often_is_found_less_often() -> None:
    """After enough background was painted, the same weights say background more often."""
    few, many = bright_squares(labelled=0.3), bright_squares(labelled=0.3)
    many.labels.write(Rectangle(0, 0, 96, 40), 1)
    run = run_on(few)
    run.advance()
    run._seen.clear()  # one step makes no network sure of anything
    before = run.predicting().head.bias
    run.images([many], [])
    after = run.predicting().head.bias
    assert before is not None
    assert after is not None
    known = [sum(image.labels.counts()[each] for image in (few,)) for each in (1, 2)]
    cell = run.network.shape.unshuffle**2
    averaged = run.averaged.head.bias
    assert averaged is not None
    shift = (before - averaged).view(2, cell)
    expected = torch.log(torch.tensor(known) / sum(known))
    torch.testing.assert_close(shift, expected[:, None].expand(2, cell))
    assert (after.view(2, cell)[0] > before.view(2, cell)[0]).all()
    assert (after.view(2, cell)[1] < before.view(2, cell)[1]).all()


def test_known_weights_are_changed_more_slowly_than_new_ones() -> None:
    parent = run_on(bright_squares())
    for _ in range(5):
        parent.advance()
    slow, fast = (
        TrainingRun((1, 2), small_device(), 3, parent.averaged, (1, 2)),
        TrainingRun((1, 2), small_device(), 3),
    )
    turns = []
    for run in (slow, fast):
        run.images([bright_squares()], [])
        weight = next(run.network.bottleneck.parameters())
        start = weight.detach() / weight.detach().norm()
        run.advance()
        turns.append(float((weight.detach() / weight.detach().norm() - start).norm()))
    assert turns[0] == pytest.approx(FINE_TUNING * turns[1], rel=0.1)
