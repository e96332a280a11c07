"""Uncertainty maps come back, and are refused where they are another image's or none at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.classes import BACKGROUND
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from shared_folder.uncertainty import UncertaintyMap, map_shape, read_uncertainty, uncertain_places, write_uncertainty


def test_a_map_comes_back_with_its_model(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 256, (26, 38), np.uint8)
    write_uncertainty(tmp_path / "made" / "a.png", UncertaintyMap(values, "000002_box"))
    back = read_uncertainty(tmp_path / "made" / "a.png", (101, 150))
    np.testing.assert_array_equal(back.values, values)
    assert back.model == "000002_box"


def test_the_shape_of_a_map_is_rounded_up() -> None:
    assert map_shape((1, 1)) == (1, 1)
    assert map_shape((8, 9)) == (2, 3)


def test_what_is_no_map_of_the_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(FileNotFoundError):
        read_uncertainty(path, (40, 40))
    Image.new("L", (10, 10)).save(path)
    assert read_uncertainty(path, (40, 40)).model == ""
    with pytest.raises(Refused, match=r"a\.png: its size"):
        read_uncertainty(path, (48, 40))
    Image.new("RGB", (10, 10)).save(path)
    with pytest.raises(Refused, match="no uncertainty map"):
        read_uncertainty(path, (40, 40))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(Refused):
        read_uncertainty(path, (40, 40))


def test_the_place_with_most_to_look_at_comes_first_and_painted_ones_are_left_out() -> None:
    shape = (600, 900)
    values = np.zeros(map_shape(shape), np.uint8)
    values[40:50, 40:50] = 200  # rows and columns 160 to 200
    values[100:130, 200:224] = 255  # more of it
    values[10:12, 10:12] = 255  # too little
    values[:, 100:110] = 60  # sure enough
    found = uncertain_places(UncertaintyMap(values, "m"), Labels(shape))
    assert found[0] == Rectangle(384, 768, 512, 896)
    assert Rectangle(128, 128, 256, 256) in found
    assert len(found) == 3  # the larger one reaches over two squares
    painted = Labels(shape)
    painted.write(found[0], BACKGROUND)
    assert uncertain_places(UncertaintyMap(values, "m"), painted) == found[1:]


def test_at_the_edges_places_lie_inside_the_image() -> None:
    values = np.full(map_shape((130, 131)), 255, np.uint8)
    found = uncertain_places(UncertaintyMap(values, "m"), Labels((130, 131)))
    assert found[0] == Rectangle(0, 0, 128, 128)
    assert len(found) == 3  # not the corner of 2 x 3 pixels
    assert all(place.intersection(whole((130, 131))) == place for place in found)
