"""Uncertainty maps come back, and are refused where they are another image's or none at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.refused import Refused
from shared_folder.uncertainty import UncertaintyMap, map_shape, read_uncertainty, write_uncertainty


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
