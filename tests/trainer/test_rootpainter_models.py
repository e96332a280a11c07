"""RootPainter's models: read without running anything, used for masks and in ensembles, converted both ways."""

import os
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from shared_folder.classes import FOREGROUND
from shared_folder.model_facts import read_model_facts
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from tests.trainer.learning import same_weights, small_device
from tests.trainer.small_folder import (
    SHAPE,
    Clock,
    Start,
    model_of_mask,
    project_status,
    status_of,
    teach,
    until,
    wish,
    write_image,
)
from tests.trainer.test_main import write_model
from trainer.__main__ import main
from trainer.model_store import load_model
from trainer.patches import Read
from trainer.prediction import MeanPrediction, entire
from trainer.rootpainter_models import RootPainterModel, read_pkl, write_pkl
from trainer.rootpainter_network import RootPainterNetwork

PERFECT = "000007_1700000000.pkl"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows in which the network takes milliseconds."""
    monkeypatch.setattr("trainer.rootpainter_prediction.INPUT_SIDE", 124)
    monkeypatch.setattr("trainer.rootpainter_prediction.OUTPUT_SIDE", 52)
    monkeypatch.setattr("trainer.device.choose_device", lambda *_: small_device())


@pytest.fixture
def network() -> RootPainterNetwork:
    torch.manual_seed(3)
    return RootPainterNetwork().eval()


def pkl(path: Path, network: RootPainterNetwork) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_pkl(path, network)
    return path


class Hostile:
    """Runs a command as soon as somebody unpickles it."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch '{self._mark}'",)


@pytest.mark.parametrize("prefix", ["", "module."])
def test_weights_are_read_with_and_without_the_prefix(
    network: RootPainterNetwork, tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "000012_1700000000.pkl"
    torch.save({prefix + name: tensor for name, tensor in network.state_dict().items()}, path)
    model = read_pkl(path, small_device())
    assert same_weights(model.network, network)
    assert model.facts.number == 12
    assert model.class_ids == (1, FOREGROUND)


@pytest.mark.parametrize("in_a_zip", [True, False])
def test_a_hostile_file_is_refused_and_never_run(tmp_path: Path, in_a_zip: bool) -> None:
    mark, path = tmp_path / "ran", tmp_path / "000001_1700000000.pkl"
    if in_a_zip:
        torch.save({"conv_in.0.weight": Hostile(mark)}, path)
    else:
        path.write_bytes(pickle.dumps(Hostile(mark)))
    with pytest.raises(Refused, match=r"000001_1700000000\.pkl: .* Nothing of it was run"):
        read_pkl(path, small_device())
    assert not mark.exists()
    pickle.loads(pickle.dumps(Hostile(mark)))  # noqa: S301 (else it would show nothing)
    assert mark.exists()


def test_what_is_no_such_model_is_refused_with_a_sentence(network: RootPainterNetwork, tmp_path: Path) -> None:
    whole_file = pkl(tmp_path / "good.pkl", network).read_bytes()
    tensors = network.state_dict()
    torch.save({**tensors, "conv_in.0.weight": torch.zeros(1)}, tmp_path / "other.pkl")
    torch.save([1, 2], tmp_path / "list.pkl")
    torch.save({"a": 1}, tmp_path / "numbers.pkl")
    (tmp_path / "half.pkl").write_bytes(whole_file[: len(whole_file) // 2])
    (tmp_path / "empty.pkl").write_bytes(b"")
    (tmp_path / "noise.pkl").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "other.pth").write_bytes(whole_file)
    for name in ("other.pkl", "list.pkl", "numbers.pkl", "half.pkl", "empty.pkl", "noise.pkl", "other.pth"):
        with pytest.raises(Refused, match=rf"^{name}: "):
            load_model(tmp_path / name, small_device())


def test_it_becomes_a_model_of_ours_and_back(
    network: RootPainterNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, ours, back = (tmp_path / name for name in ("a.pkl", "a.safetensors", "b.pkl"))
    pkl(source, network)
    assert main(["import", str(source), "--to", str(ours)]) == 0
    assert read_model_facts(ours).parent == "a"
    assert isinstance(load_model(ours, small_device()), RootPainterModel)
    assert main(["export-model", str(ours), "--to", str(back)]) == 0
    assert same_weights(read_pkl(back, small_device()).network, network)
    capsys.readouterr()
    assert main(["inspect", str(source)]) == 0
    assert "1,322,438 parameters" in capsys.readouterr().out
    assert main(["import", str(source), "--to", str(ours)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_a_model_of_another_architecture_is_not_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-model", str(write_model(tmp_path)), "--to", str(tmp_path / "a.pkl")]) == 2
    assert "which RootPainter can't build" in capsys.readouterr().err
    assert not (tmp_path / "a.pkl").exists()


class Ramp:
    """Says of each pixel what its place is, in cores of one size."""

    def __init__(self, side: int, shape: tuple[int, int], factor: float) -> None:
        rows = range(0, shape[0], side)
        columns = range(0, shape[1], side)
        self.cores: Sequence[Rectangle] = [
            Rectangle(row, column, row + side, column + side).intersection(whole(shape))
            for row in rows
            for column in columns
        ]
        self._values = factor * torch.arange(shape[0] * shape[1], dtype=torch.float32).reshape(1, *shape)
        self.asked = 0

    def at(self, core: Rectangle) -> Tensor:
        self.asked += 1
        return self._values[:, *core.slices]


def test_an_ensemble_is_the_mean_wherever_its_parts_lie() -> None:
    shape = (70, 90)
    first, second = Ramp(32, shape, 1.0), Ramp(23, shape, 3.0)
    mean = entire(MeanPrediction([first, second], shape), shape)
    assert torch.allclose(mean, 2 * torch.arange(6300.0).reshape(1, *shape))
    assert second.asked == len(second.cores)  # none of them twice


def test_a_folder_is_segmented_by_ours_and_its_models_together(network: RootPainterNetwork, tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "a.png", 0)
    models = [str(write_model(tmp_path / "models")), str(pkl(tmp_path / "b.pkl", network))]
    arguments = ["segment", "--images", str(tmp_path / "images"), "--to", str(tmp_path / "masks"), "--model"]
    assert main([*arguments, *models]) == 0
    assert (tmp_path / "masks" / "a.png").is_file()
    assert main([*arguments, models[1]]) == 2  # it was begun with both


def test_models_of_other_classes_are_no_ensemble(
    network: RootPainterNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_image(tmp_path / "images" / "a.png", 0)
    models = [str(write_model(tmp_path / "models", classes=2)), str(pkl(tmp_path / "b.pkl", network))]
    arguments = ["segment", "--images", str(tmp_path / "images"), "--to", str(tmp_path / "masks"), "--model"]
    assert main([*arguments, *models]) == 2
    assert "tells other classes apart" in capsys.readouterr().err


def test_a_project_of_rootpainters_has_masks_by_its_newest_model(
    start: Start, project: Project, network: RootPainterNetwork
) -> None:
    for name in ("000001_1600000000.pkl", PERFECT):
        pkl(project.folder.rootpainter_models / name, network)
    before = sorted(project.folder.rootpainter_models.iterdir())
    wish(project, 2)
    service = start()
    until(service, lambda: model_of_mask(project, 2))
    assert model_of_mask(project, 2) == Path(PERFECT).stem
    assert project_status(service, project).model == Path(PERFECT).stem
    assert sorted(project.folder.rootpainter_models.iterdir()) == before


def test_a_damaged_one_is_named_and_the_one_before_it_is_used(
    start: Start, clock: Clock, project: Project, network: RootPainterNetwork
) -> None:
    pkl(project.folder.rootpainter_models / "000001_1600000000.pkl", network)
    (project.folder.rootpainter_models / PERFECT).write_bytes(b"half of it")
    wish(project, 2)
    service = start()
    until(service, lambda: PERFECT in status_of(service, project.shared).error)
    clock.now += 60
    until(service, lambda: model_of_mask(project, 2) == "000001_1600000000")


@pytest.mark.usefixtures("quick_validations")
@pytest.mark.parametrize("as_good", [True, False])
def test_ours_takes_its_place_only_once_it_is_as_good(
    start: Start,
    clock: Clock,
    project: Project,
    network: RootPainterNetwork,
    monkeypatch: pytest.MonkeyPatch,
    as_good: bool,
) -> None:
    class Known:
        """Predicts the truth, or nothing anywhere."""

        def __init__(self, read: Read) -> None:
            self.cores = [whole(SHAPE)]
            bright = read(whole(SHAPE)).mean(axis=2)
            found = (bright > np.median(bright) + 0.6) & (not as_good)
            self._likelihood = torch.from_numpy(np.stack([~found, found]).astype(np.float32))

        def at(self, core: Rectangle) -> Tensor:
            return self._likelihood[:, *core.slices]

    monkeypatch.setattr(RootPainterModel, "predict", lambda _self, read, _shape: Known(read))
    pkl(project.folder.rootpainter_models / PERFECT, network)
    teach(project)
    wish(project, 2, learning=True)
    service = start()
    if as_good:
        until(service, lambda: model_of_mask(project, 2) == "000001_lab-0001")
    else:
        until(service, lambda: service._steps > 60)
        assert project_status(service, project).model == Path(PERFECT).stem
        assert list(project.folder.models.iterdir()) == []
