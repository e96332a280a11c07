"""Fine-tuning in RootPainter's own architecture: where a project was told to start from one of its models."""

from pathlib import Path

import numpy as np
import pytest
import torch

from shared_folder.class_changes import change_classes
from shared_folder.classes import LabelClass
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import read_model_facts
from shared_folder.project import Project, ProjectSettings
from shared_folder.refused import Refused
from tests.trainer.learning import bright_squares, same_weights, small_device
from tests.trainer.small_folder import (
    Clock,
    Start,
    look_now,
    make_project,
    model_of_mask,
    status_of,
    teach,
    until,
    wish,
)
from trainer.__main__ import main
from trainer.architecture import ROOTPAINTERS
from trainer.model_store import load_model
from trainer.rootpainter_models import RootPainterModel, read_pkl, write_pkl
from trainer.rootpainter_network import RootPainterNetwork, TaughtRootPainterNetwork
from trainer.training import TrainingRun

START = "000000_start.pkl"
CLASSES = (1, 2)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows in which the network takes milliseconds."""
    monkeypatch.setattr("trainer.rootpainter_prediction.INPUT_SIDE", 124)
    monkeypatch.setattr("trainer.rootpainter_prediction.OUTPUT_SIDE", 52)
    monkeypatch.setattr("trainer.architecture.CPU_INPUT_SIDE", 124)
    monkeypatch.setattr("trainer.device.choose_device", lambda *_: small_device())


@pytest.fixture
def network() -> RootPainterNetwork:
    torch.manual_seed(3)
    return RootPainterNetwork().eval()


def run_of(parent: RootPainterNetwork | None = None) -> TrainingRun:
    return TrainingRun(CLASSES, small_device(), seed=2, parent=parent, architecture=ROOTPAINTERS)


def test_its_windows_are_normalised_by_themselves(network: RootPainterNetwork) -> None:
    taught = TaughtRootPainterNetwork().eval()
    taught.load_state_dict(network.state_dict())
    images = torch.rand(2, 3, 124, 124, generator=torch.Generator().manual_seed(1))
    images[0, 0, 0, :2] = torch.tensor([0.0, 1.0])
    images[1] = 0.4
    with torch.no_grad():
        expected = network(images)
        found = taught(torch.stack((images[0] * 7 - 3, images[1])))
        assert torch.allclose(found, expected, atol=1e-4)


def test_it_goes_on_with_what_the_model_knows_and_learns(network: RootPainterNetwork, tmp_path: Path) -> None:
    run = run_of(network)
    assert same_weights(run.network, network)
    image = bright_squares()
    run.images([image], [bright_squares(1)])
    losses = [run.advance() for _ in range(24)]
    assert np.mean(losses[-6:]) < np.mean(losses[:6]) - 0.05
    validation = run.validation()
    while validation.advance():
        pass
    assert 0 <= validation.score().mean <= 1

    run.save_state(tmp_path / "state.safetensors")
    again = run_of()
    again.load_state(tmp_path / "state.safetensors")
    assert (again.steps, same_weights(again.network, run.network)) == (24, True)
    with pytest.raises(Refused, match="another architecture"):
        TrainingRun(CLASSES, small_device()).load_state(tmp_path / "state.safetensors")


def test_the_decision_is_in_its_last_normalisation(network: RootPainterNetwork) -> None:
    run = run_of(network)
    run.images([bright_squares()], [])
    run.advance()
    images = torch.rand(1, 3, 124, 124, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        shift = run.predicting()(images) - run.averaged(images)
    assert torch.allclose(shift, shift[:, :, :1, :1].expand_as(shift), atol=1e-4)
    assert shift.abs().max() > 0.1


@pytest.fixture
def project(shared: SharedFolder, network: RootPainterNetwork) -> Project:
    made = make_project(shared, settings=ProjectSettings(start_model=START))
    made.folder.models.mkdir(parents=True, exist_ok=True)
    write_pkl(made.folder.models / START, network)
    return made


@pytest.mark.usefixtures("quick_validations")
def test_a_project_that_starts_from_its_model_has_masks_by_it_and_teaches_it(
    start: Start, project: Project, network: RootPainterNetwork, tmp_path: Path
) -> None:
    wish(project, 2)
    service = start()
    until(service, lambda: model_of_mask(project, 2) == "000000_start")
    teach(project)
    wish(project, 2, learning=True)
    until(service, lambda: model_of_mask(project, 2) == "000001_lab-0001")
    path = project.folder.models / "000001_lab-0001.safetensors"
    facts = read_model_facts(path)
    assert facts.network == {"architecture": "rootpainter"}
    assert (facts.parent, facts.scale) == ("000000_start", 1.0)
    model = load_model(path, small_device())
    assert isinstance(model, RootPainterModel)
    assert not same_weights(model.network, network)

    given_back = tmp_path / "000042_1700003600.pkl"
    assert main(["export-model", str(path), "--to", str(given_back)]) == 0
    assert same_weights(read_pkl(given_back, small_device()).network, model.network)


@pytest.mark.usefixtures("quick_validations")
def test_with_a_second_class_it_goes_on_with_a_network_of_ours(start: Start, clock: Clock, project: Project) -> None:
    teach(project)
    wish(project, 2, learning=True)
    service = start()
    until(service, lambda: model_of_mask(project, 2) == "000001_lab-0001")
    change_classes(project, project.classes, (*project.classes, LabelClass(3, "stone", "#123456")))
    look_now(service, clock)
    assert "goes on with ours" in " ".join(status_of(service, project.shared).refusals)
    until(service, lambda: model_of_mask(project, 2) == "000002_lab-0001")
    assert "architecture" not in read_model_facts(project.folder.models / "000002_lab-0001.safetensors").network


@pytest.mark.usefixtures("quick_validations")
def test_a_damaged_one_is_said_and_learning_starts_from_nothing(start: Start, project: Project) -> None:
    path = project.folder.models / START
    path.write_bytes(path.read_bytes()[:1000])
    teach(project)
    wish(project, 2, learning=True)
    service = start()
    until(service, lambda: START in " ".join(status_of(service, project.shared).refusals))
    until(service, lambda: model_of_mask(project, 2) == "000001_lab-0001")
    assert "architecture" not in read_model_facts(project.folder.models / "000001_lab-0001.safetensors").network
