"""What a mask's file says besides its labels: the map of where it may be wrong, and what the model noticed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from shared_folder.class_changes import change_classes
from shared_folder.classes import BACKGROUND, FOREGROUND, LabelClass
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.probability import read_probability, read_probability_facts
from shared_folder.project import Project
from shared_folder.segmentation import NO_MODEL, Contradiction, Segmentation, read_segmentation
from shared_folder.uncertainty import read_uncertainty
from tests.trainer.small_folder import SHAPE, Clock, Start, annotate, look_now, truth_of, until, wish
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet
from trainer.patches import Tile
from trainer.segmenting import MergedChannels

SURE = 0.98


@pytest.fixture(autouse=True)
def _a_model_that_knows_the_truth(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of the project, and instead of its network one that is nearly sure of image 3's truth."""
    facts = ModelFacts(
        number=1,
        trainer="x",
        classes=(ModelClass(id=FOREGROUND, name="root", colour="#000000"),),
        network={},
        normalisation="any",
        steps=7,
    )
    ModelStore(project.folder.models).save(UNet(NetworkShape(widths=(8, 16))), facts)

    def probabilities(_network: UNet, read: object, _shape: object, tile: Tile, *_: object) -> torch.Tensor:
        assert callable(read)
        read(tile.core)  # as the network does
        found = torch.from_numpy((truth_of(3) == FOREGROUND)[tile.core.slices])
        foreground = torch.where(found, SURE, 1 - SURE)
        return torch.stack((1 - foreground, foreground))

    monkeypatch.setattr("trainer.tile_prediction.core_probabilities", probabilities)


def mask_of(start: Start, project: Project, annotated: bool = False) -> Segmentation:
    image = project.images[3]
    wish(project, 3, on_screen=3)
    service = start()
    path = project.latest_path(image) if annotated else project.segmentation_path(image)
    until(service, path.exists)
    return read_segmentation(path, SHAPE)


def test_a_mask_comes_with_its_uncertainty_and_appearance(start: Start, project: Project) -> None:
    mask = mask_of(start, project)
    found = int((truth_of(3) == FOREGROUND).sum())
    wrong = (1 - SURE) * SHAPE[0] * SHAPE[1]
    assert mask.findings.uncertainty == pytest.approx(wrong / (2 * found + wrong), rel=0.1)
    assert len(mask.findings.appearance) == 21
    assert mask.findings.contradictions == ()
    assert mask.findings.steps == 7
    uncertainty = read_uncertainty(project.uncertainty_path(project.images[3]), SHAPE)
    assert uncertainty.model == mask.model == "000001_x"
    assert set(np.unique(uncertainty.values)) <= {round(255 * 2 * (1 - SURE))}


def test_a_slip_of_the_brush_is_told_in_the_newest_mask(start: Start, project: Project) -> None:
    slipped = truth_of(3)
    assert (slipped[10:16, 100:110] == BACKGROUND).all()
    slipped[10:16, 100:110] = FOREGROUND
    annotate(project, 3, labels=slipped)
    told = mask_of(start, project, annotated=True).findings.contradictions
    assert told == (Contradiction(box=(10, 100, 16, 110), annotated=FOREGROUND, predicted=BACKGROUND),)


def test_an_empty_answer_has_no_map(start: Start, clock: Clock, project: Project) -> None:
    for model in project.folder.models.iterdir():
        model.unlink()
    service = start()
    wish(project, 3)
    look_now(service, clock)
    until(service, lambda: project.segmentation_path(project.images[3]).exists())
    assert read_segmentation(project.segmentation_path(project.images[3])).model == NO_MODEL
    assert not project.uncertainty_path(project.images[3]).exists()


def test_masks_of_a_model_from_before_a_merge_are_as_the_classes_count(
    start: Start, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = [ModelClass(id=label, name=str(label), colour="#000000") for label in (2, 3)]
    facts = ModelFacts(number=2, trainer="x", classes=tuple(three), network={}, normalisation="any")
    ModelStore(project.folder.models).save(UNet(NetworkShape(out_channels=3, widths=(8, 16))), facts)
    old = LabelClass(3, "old root", "#0072b2")
    both = change_classes(project, project.classes, (*project.classes, old))
    change_classes(project, both.classes, (*project.classes, replace(old, merged_into=FOREGROUND)))

    def probabilities(_network: UNet, read: object, _shape: object, tile: Tile, *_: object) -> torch.Tensor:
        assert callable(read)
        read(tile.core)
        found = torch.from_numpy((truth_of(3) == FOREGROUND)[tile.core.slices])
        each = torch.where(found, 0.3, 0.01)  # background is likelier than either, and not than both
        return torch.stack((1 - 2 * each, each, each))

    monkeypatch.setattr("trainer.tile_prediction.core_probabilities", probabilities)
    annotate(project, 3, labels=np.where(truth_of(3) == FOREGROUND, 3, 0).astype(np.uint8))
    mask = mask_of(start, project, annotated=True)
    np.testing.assert_array_equal(mask.labels.to_array(), truth_of(3))
    assert mask.findings.contradictions == ()


def test_of_a_model_whose_classes_are_all_background_by_now_the_mask_is_kept_as_it_is() -> None:
    merged = MergedChannels((1, 2), (LabelClass(2, "a", "#000000", merged_into=1), LabelClass(3, "b", "#000000")))
    likelihood = torch.rand(2, 4, 4)
    assert merged.class_ids == (1, 2)
    assert merged.apply(likelihood) is likelihood


def probability_of(project: Project, painter: str, index: int) -> np.ndarray:
    found = read_probability(project.folder.probability(painter), project.images[index], SHAPE).of(FOREGROUND)
    assert found is not None
    return found


def test_who_looks_at_probabilities_gets_them_with_the_mask(start: Start, project: Project) -> None:
    wish(project, 3, on_screen=3, probability=True)
    wish(project, 3, on_screen=3, painter="ben")
    service = start()
    until(service, project.segmentation_path(project.images[3]).exists)
    found = probability_of(project, "ada", 3)
    assert found.shape == SHAPE
    inside = truth_of(3) == FOREGROUND
    assert set(np.unique(found[inside])) == {round(255 * SURE)}
    assert set(np.unique(found[~inside])) == {round(255 * (1 - SURE))}
    assert not project.folder.probability("ben").exists()  # nobody pays for what nobody looks at
    assert not service.advance()  # it is made once


def test_probabilities_of_a_mask_that_is_there_leave_it_as_it_is(
    start: Start, clock: Clock, project: Project
) -> None:
    service = start()
    wish(project, 3, on_screen=3)
    mask = project.segmentation_path(project.images[3])
    until(service, mask.exists)
    written = mask.stat().st_mtime_ns, mask.stat().st_ino
    for painter in ("ada", "ben"):
        wish(project, 3, on_screen=3, painter=painter, probability=True)
    look_now(service, clock)
    until(service, project.folder.probability("ben").exists)
    np.testing.assert_array_equal(probability_of(project, "ada", 3), probability_of(project, "ben", 3))
    assert (mask.stat().st_mtime_ns, mask.stat().st_ino) == written


def test_probabilities_follow_her_from_image_to_image(start: Start, clock: Clock, project: Project) -> None:
    service, path = start(), project.folder.probability("ada")

    def of() -> str:
        facts = read_probability_facts(path)
        return facts.image if facts is not None else ""

    for index in (3, 2, 3):
        wish(project, 2, 3, on_screen=index, probability=True)
        look_now(service, clock)
        until(service, lambda image=project.images[index]: of() == image)
    path.write_bytes(path.read_bytes()[:100])
    look_now(service, clock)
    until(service, of)


def test_before_any_model_there_are_no_probabilities(start: Start, clock: Clock, project: Project) -> None:
    for model in project.folder.models.iterdir():
        model.unlink()
    service = start()
    wish(project, 3, on_screen=3, probability=True)
    look_now(service, clock)
    until(service, lambda: project.segmentation_path(project.images[3]).exists())
    assert not service.advance()
    assert not project.folder.probability("ada").exists()
