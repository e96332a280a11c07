"""The weights that are shipped: whole, small, of the default network, and knowing what they are said to know."""

import numpy as np
import torch

from shared_folder.layout import starter_weights
from trainer.device import CPU_WIDTHS, Device
from trainer.model_store import load_model
from trainer.pretraining import scene_image
from trainer.synthetic_scenes import CLASSES, draw_scene
from trainer.validating import NetworkValidation

DEVICE = Device(torch.device("cpu"), None, 1, 256, 256, CPU_WIDTHS, "test", 1)


def test_the_shipped_weights_are_of_the_default_network_and_small() -> None:
    model = load_model(starter_weights(), DEVICE)
    assert starter_weights().stat().st_size <= 10_000_000
    assert model.network.shape.widths == CPU_WIDTHS
    assert {known.id: known.name for known in model.facts.classes} == CLASSES
    assert all(bool(torch.isfinite(tensor).all()) for tensor in model.network.state_dict().values())


def test_the_shipped_weights_find_lines_blobs_and_boundaries_in_new_scenes() -> None:
    model = load_model(starter_weights(), DEVICE)
    rng = np.random.default_rng(20_000)  # a seed that no weights were made with
    kinds = ("vessels", "fibres", "membranes", "membranes", "nuclei", "particles") * 3
    scenes = [scene_image(kind, *draw_scene((160, 160), rng, kind)) for kind in kinds]
    validation = NetworkValidation(model.network, model.predict, scenes, model.class_ids)
    while validation.advance():
        pass
    score = validation.score()
    assert set(score.dice) == set(CLASSES)
    assert score.mean > 0.4
