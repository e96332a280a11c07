"""Probability maps come back, are bounded, and are refused where they are another image's or none at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.probability import (
    MOST_VALUES,
    ProbabilityFacts,
    ProbabilityMap,
    map_shape,
    read_probability,
    read_probability_facts,
    scale_for,
    write_probability,
)
from shared_folder.refused import Refused

SHAPE = (51, 70)


def drawn(scale: int = 2) -> ProbabilityMap:
    facts = ProbabilityFacts(image="leaf.png", model="000003_x", classes=(2, 7), scale=scale)
    values = np.random.default_rng(0).integers(0, 256, (2, *map_shape(SHAPE, scale)), np.uint8)
    return ProbabilityMap(values, facts)


def test_a_map_comes_back_with_what_it_is_of(tmp_path: Path) -> None:
    path, written = tmp_path / "made" / "ada.png", drawn()
    write_probability(path, written)
    back = read_probability(path, "leaf.png", SHAPE)
    np.testing.assert_array_equal(back.values, written.values)
    assert back.facts == written.facts == read_probability_facts(path)
    np.testing.assert_array_equal(back.of(7), written.values[1])
    assert back.of(3) is None


def test_a_map_is_fine_where_there_is_room_and_bounded_everywhere() -> None:
    assert scale_for((750, 750), 1) == scale_for((750, 750), 7) == 1
    for shape in ((1, 1), (4000, 4000), (20_000, 20_000), (400, 1_000_000)):
        for classes in (1, 20):
            height, width = map_shape(shape, scale_for(shape, classes))
            assert classes * height * width <= MOST_VALUES


def test_what_is_no_map_of_the_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ada.png"
    with pytest.raises(FileNotFoundError):
        read_probability(path, "leaf.png", SHAPE)
    assert read_probability_facts(path) is None
    write_probability(path, drawn())
    with pytest.raises(Refused, match="not of root"):
        read_probability(path, "root.png", SHAPE)
    with pytest.raises(Refused, match="its size"):
        read_probability(path, "leaf.png", (90, 90))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Refused, match=r"ada\.png"):
        read_probability(path, "leaf.png", SHAPE)
    Image.new("L", (35, 52)).save(path)
    with pytest.raises(Refused, match="no map"):
        read_probability(path, "leaf.png", SHAPE)
    assert read_probability_facts(path) is None
