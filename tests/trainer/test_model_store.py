import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from shared_folder.model_facts import HEADER_KEY, ModelClass, ModelFacts, read_model_facts
from shared_folder.refused import Refused
from tests.trainer.learning import same_weights, small_device
from trainer.model_store import ModelStore, load_model
from trainer.network import NetworkShape, UNet

FACTS = ModelFacts(
    number=0,
    trainer="ab12",
    classes=(ModelClass(id=2, name="root", colour="#e41a1c"), ModelClass(id=5, name="stone", colour="#0072b2")),
    network={},
    normalisation="percentiles",
    scores={"dice": 0.5},
    steps=7,
)


def network() -> UNet:
    return UNet(NetworkShape(out_channels=3, widths=(8, 16)))


def test_models_are_numbered_one_above_the_highest(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    assert store.latest() is None
    assert store.save(network(), FACTS).name == "000001_ab12.safetensors"
    (tmp_path / "models" / "000011_other.safetensors").write_bytes(b"")
    path = store.save(network(), FACTS)
    assert path.name == "000012_ab12.safetensors"
    assert store.latest() == path
    assert [each.name for each in (tmp_path / "models").iterdir() if each.suffix != ".safetensors"] == []


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    original = network()
    path = ModelStore(tmp_path).save(original, FACTS)
    model = load_model(path, small_device())
    assert same_weights(model.network, original)
    assert model.network.shape == original.shape
    assert not model.network.training
    assert model.class_ids == (1, 2, 5)
    assert model.facts == read_model_facts(path)
    assert (model.facts.number, model.facts.scores, model.facts.steps) == (1, {"dice": 0.5}, 7)
    assert model.network(torch.zeros(1, 3, 32, 32)).shape == (1, 3, 32, 32)


def rewritten(path: Path, tensors: dict[str, torch.Tensor], facts: ModelFacts) -> Path:
    save_file(tensors, path, {HEADER_KEY: facts.model_dump_json()})
    return path


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    path = ModelStore(tmp_path).save(network(), FACTS)
    content, facts = path.read_bytes(), read_model_facts(path)
    for broken in (b"", b"no model", content[:200], content[:-100], pickle.dumps({"a": 1})):
        path.write_bytes(broken)
        with pytest.raises(Refused, match=path.name):
            load_model(path, small_device())
    path.write_bytes(content)
    tensors = load_file(path)
    foreign = {
        "another shape": ({**tensors, "head.bias": torch.zeros(3)}, facts),
        "missing weights": ({"head.bias": tensors["head.bias"]}, facts),
        "another network": (tensors, facts.model_copy(update={"network": {**facts.network, "widths": [8, 16, 32]}})),
        "no network": (tensors, facts.model_copy(update={"network": {}})),
        "other classes": (tensors, facts.model_copy(update={"classes": facts.classes[:1]})),
    }
    for weights, claimed in foreign.values():
        with pytest.raises(Refused, match=path.name):
            load_model(rewritten(path, weights, claimed), small_device())
    save_file(tensors, path, {"format": json.dumps("pt")})
    with pytest.raises(Refused):
        load_model(path, small_device())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "000001_a.safetensors", small_device())
