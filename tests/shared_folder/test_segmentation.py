"""Segmentations name their model, keep their size, and are answered even before there is a model."""

import numpy as np
import pytest

from shared_folder.classes import BACKGROUND, BINARY, new_classes
from shared_folder.label_files import encode_palette
from shared_folder.labels import Labels
from shared_folder.refused import Refused
from shared_folder.review import Reached, Reviews, ReviewState, reviews_of_all
from shared_folder.segmentation import (
    Contradiction,
    Findings,
    Segmentation,
    empty_segmentation,
    facts_of,
    model_of,
    read_segmentation,
    write_segmentation,
)


@pytest.mark.parametrize("classes", [BINARY, new_classes(["crop", "weed"])], ids=["binary", "three"])
def test_a_segmentation_comes_back_with_its_model(tmp_path, classes) -> None:
    ids = np.array([BACKGROUND, *[known.id for known in classes]], np.uint8)
    labels = Labels.from_array(np.random.default_rng(0).choice(ids, (70, 90)))
    write_segmentation(tmp_path / "a.png", Segmentation(labels, "000003_box"), classes)
    back = read_segmentation(tmp_path / "a.png", (70, 90))
    assert back.labels == labels
    assert back.model == model_of(tmp_path / "a.png") == "000003_box"
    assert not back.no_model


def test_classes_that_the_writer_does_not_know_yet_are_kept(tmp_path) -> None:
    labels = Labels.from_array(np.random.default_rng(0).choice(np.array([1, 2, 3], np.uint8), (70, 90)))
    write_segmentation(tmp_path / "a.png", Segmentation(labels, "000003_box"), BINARY)
    assert read_segmentation(tmp_path / "a.png", (70, 90)).labels == labels


def test_findings_come_back_with_the_labels_and_without(tmp_path) -> None:
    path, labels = tmp_path / "a.png", Labels.from_array(np.ones((40, 50), np.uint8))
    findings = Findings(
        uncertainty=0.25,
        appearance=(0.5, -1.25),
        contradictions=(Contradiction(box=(1, 2, 3, 4), annotated=2, predicted=1),),
    )
    write_segmentation(path, Segmentation(labels, "000003_box", findings), BINARY)
    assert read_segmentation(path).findings == findings
    facts = facts_of(path)
    assert facts is not None
    assert (facts.model, facts.uncertainty, facts.appearance) == ("000003_box", 0.25, (0.5, -1.25))
    assert facts.contradictions == findings.contradictions


def test_a_file_tells_its_classes_without_its_pixels(tmp_path) -> None:
    array = np.ones((40, 50), np.uint8)
    array[:4, :5] = 3
    write_segmentation(tmp_path / "a.png", Segmentation(Labels.from_array(array), "000003_box"), BINARY)
    facts = facts_of(tmp_path / "a.png")
    assert facts is not None
    assert facts.pixels == {BACKGROUND: 1980, 3: 20}


def test_a_file_of_before_has_no_findings(tmp_path) -> None:
    path = tmp_path / "a.png"
    labels = Labels.from_array(np.ones((40, 50), np.uint8))
    path.write_bytes(encode_palette(labels, BINARY, '{"model": "000003_box"}'))
    assert read_segmentation(path) == Segmentation(labels, "000003_box")
    facts = facts_of(path)
    assert facts is not None
    assert facts.pixels is None


@pytest.mark.parametrize(
    "facts", ['{"uncertainty": NaN}', '{"uncertainty": 2}', '{"appearance": [1e999]}', '{"contradictions": [{}]}']
)
def test_findings_that_cannot_be_are_none(tmp_path, facts) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode_palette(Labels.from_array(np.ones((4, 5), np.uint8)), BINARY, facts))
    found = facts_of(path)
    assert found is not None
    assert (found.uncertainty, found.appearance, found.contradictions) == (None, (), ())


def test_before_there_is_a_model_the_answer_is_empty_and_says_so(tmp_path) -> None:
    write_segmentation(tmp_path / "a.png", empty_segmentation((40, 50)), BINARY)
    back = read_segmentation(tmp_path / "a.png", (40, 50))
    assert back.no_model
    assert back.labels.counts() == {BACKGROUND: 2000}


def test_another_size_is_refused(tmp_path) -> None:
    write_segmentation(tmp_path / "a.png", empty_segmentation((40, 50)), BINARY)
    with pytest.raises(Refused, match=r"a\.png: its size, 50 x 40"):
        read_segmentation(tmp_path / "a.png", (50, 40))


def test_no_file_has_no_model(tmp_path) -> None:
    assert model_of(tmp_path / "none.png") is None
    (tmp_path / "half.png").write_bytes(b"\x89PNG\r\n")
    assert model_of(tmp_path / "half.png") is None
    with pytest.raises(FileNotFoundError):
        read_segmentation(tmp_path / "none.png")


def test_review_states_are_kept_by_person_and_joined_by_the_most_finished() -> None:
    ada = Reviews(person="Ada").having("a", ReviewState.COMPLETE).having("b", ReviewState.SKIPPED)
    bob = Reviews(person="Bob").having("a", ReviewState.EXAMPLE).having("b", ReviewState.PARTLY_CORRECTED)
    assert ada.state("c") == ReviewState.UNSEEN
    joined = reviews_of_all({"ada": ada, "bob": bob})
    assert joined == {"a": ReviewState.COMPLETE, "b": ReviewState.PARTLY_CORRECTED}


def test_how_an_image_was_reached_is_recorded_once() -> None:
    reviews = (
        Reviews().having("a", ReviewState.EXAMPLE, Reached.CHOICE).having("a", ReviewState.COMPLETE, Reached.ORDER)
    )
    assert reviews.reached == {"a": Reached.CHOICE}
    assert reviews.having("b", ReviewState.COMPLETE).reached == {"a": Reached.CHOICE}
    text = '{"states": {"a": "complete"}, "reached": {"a": "order", "b": "by a way of tomorrow", "c": 3}}'
    assert Reviews.model_validate_json(text).reached == {"a": Reached.ORDER}
    assert Reviews.model_validate_json('{"states": {"a": "complete"}}').reached == {}
