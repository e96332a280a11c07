from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from shared_folder.images import open_image
from shared_folder.model_facts import read_model_facts
from shared_folder.rectangle import whole
from trainer import pretraining
from trainer.__main__ import main
from trainer.device import CPU_WIDTHS, Device
from trainer.model_store import load_model
from trainer.pretraining import Pretraining, Progress, in_words, pretrain, scene_image
from trainer.synthetic_scenes import draw_scene

SIDE = 64
DEVICE = Device(torch.device("cpu"), None, 2, SIDE, SIDE, (8, 16, 32), "test", 1)


class Drawn:
    """Small scenes, as fast as they are taken."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def ready(self) -> bool:
        return True

    def take(self) -> tuple[np.ndarray, np.ndarray]:
        return draw_scene((SIDE, SIDE), self._rng)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Pretraining:
    monkeypatch.setattr(pretraining, "CPU_WIDTHS", DEVICE.widths)
    monkeypatch.setattr(pretraining, "HELD_OUT", 3)
    return Pretraining(Drawn(), DEVICE, seed=0, pool=6, first=2)


def ticking(step: float) -> Callable[[], float]:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += step
        return now

    return clock


def test_a_scene_reaches_the_network_as_a_users_image_does(tmp_path: Path) -> None:
    image, labels = draw_scene((200, 200), np.random.default_rng(1))
    Image.fromarray(image).save(tmp_path / "scene.png")
    learned = open_image(tmp_path / "scene.png").learned(whole((200, 200)))
    assert np.abs(scene_image("scene", image, labels).read(whole((200, 200))) - learned).mean() < 0.02


def test_new_scenes_are_held_out_until_they_were_measured_on(small: Pretraining) -> None:
    for _ in range(3):
        small.advance()
    pool, held_out = list(small._pool), list(small._held_out)
    assert len(pool) == 2
    assert len(held_out) == 3
    loss, score = small.measure()
    assert loss > 0
    assert 0 <= score.mean <= 1
    assert list(small._pool) == pool + held_out
    assert not small._held_out


def test_the_pool_is_renewed_and_keeps_its_size(small: Pretraining) -> None:
    first = small._pool[0]
    for _ in range(9):
        small.advance()
    assert len(small._pool) == 6
    assert first not in small._pool
    assert small.run.steps == 9


def test_the_learning_rates_fall_to_nothing_at_the_end(
    small: Pretraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooling: list[float] = []
    moved: list[float] = []

    def advance() -> None:
        before = [weight.detach().clone() for weight in small.run.network.parameters()]
        Pretraining.advance(small)
        cooling.append(small.run.cooling)
        weights = zip(before, small.run.network.parameters(), strict=True)
        moved.append(max(float((after.detach() - one).abs().max()) for one, after in weights))

    monkeypatch.setattr(small, "advance", advance)
    pretrain(small, tmp_path / "starter.safetensors", 100, lambda _: None, "1.2", ticking(1))
    assert cooling[0] == 1
    assert cooling == sorted(cooling, reverse=True)
    assert cooling[-1] < 0.1
    assert moved[-1] < max(moved) / 5


def test_a_run_reports_and_writes_a_model_that_others_can_start_from(small: Pretraining, tmp_path: Path) -> None:
    reports: list[Progress] = []
    target = tmp_path / "starter.safetensors"
    pretrain(small, target, 130, reports.append, "1.2", ticking(10))
    assert [report.steps for report in reports] == sorted(report.steps for report in reports)
    assert len(reports) >= 2
    assert "held-out Dice" in in_words(reports[-1])
    facts = read_model_facts(target)
    assert [known.name for known in facts.classes] == ["line", "blob", "boundary"]
    assert facts.steps == small.run.steps
    assert facts.version == "1.2"
    model = load_model(target, DEVICE)
    for name, tensor in small.run.averaged.state_dict().items():
        assert torch.allclose(model.network.state_dict()[name].float(), tensor.float(), atol=1e-2, rtol=1e-2)


def test_the_default_network_in_16_bits_takes_less_than_10_megabytes(tmp_path: Path) -> None:
    run = Pretraining(Drawn(), DEVICE, seed=0, first=1).run
    assert run.network.shape.widths == CPU_WIDTHS
    pretraining.write_starter(tmp_path / "starter.safetensors", run, {}, "1")
    assert (tmp_path / "starter.safetensors").stat().st_size < 10_000_000


def test_ctrl_c_keeps_what_was_learned(small: Pretraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = small.advance

    def interrupted() -> None:
        steps()
        if small.run.steps == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(small, "advance", interrupted)
    pretrain(small, tmp_path / "starter.safetensors", 1e9, lambda _: None, "1", ticking(0.1))
    assert read_model_facts(tmp_path / "starter.safetensors").steps == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "weights.pt"], "must end in .safetensors"),
        (["--to", "nowhere/weights.safetensors"], "no such folder"),
        (["--to", "weights.safetensors", "--seed", "-1"], "--seed must be"),
    ],
)
def test_a_mistake_in_the_command_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pretrain", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_minutes_must_be_a_number_above_0(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["pretrain", "--to", "weights.safetensors", "--minutes", "0"])
    assert "not a number of minutes" in capsys.readouterr().err
