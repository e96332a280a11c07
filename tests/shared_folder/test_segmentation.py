"""Segmentations name their model, keep their size, and are answered even before there is a model."""

import numpy as np
import pytest

from shared_folder.classes import BACKGROUND, BINARY, new_classes
from shared_folder.labels import Labels
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState, reviews_of_all
from shared_folder.segmentation import (
    Segmentation,
    empty_segmentation,
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
