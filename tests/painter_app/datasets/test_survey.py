from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from painter_app.datasets.survey import Inside, survey
from shared_folder.refused import Refused


def save(path: Path, width: int, height: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height)).save(path)


def test_it_counts_looks_and_passes_what_is_damaged(tmp_path):
    for index, side in enumerate((100, 200, 3000)):
        save(tmp_path / f"{index}.png", side, side)
    save(tmp_path / "sub" / "more.png", 200, 200)
    (tmp_path / "sub" / "broken.png").write_bytes(b"no image")
    counts: list[int] = []
    found = survey(tmp_path, 3, counts.append)
    assert (found.count, found.subfolders) == (5, 1)
    assert found.shape == (200, 200)
    assert not found.proposes_tiles
    assert len(found.pictures) == 3
    assert max(found.pictures[0][1].shape[:2]) <= 96
    assert counts == [5]


def test_large_images_propose_tiles_and_say_how_many(tmp_path):
    save(tmp_path / "scan.png", 2550, 2273)
    found = survey(tmp_path, 1, lambda _: None)
    assert found.proposes_tiles
    assert found.tiles(750) == 9


def test_it_says_what_stacks_hold(tmp_path):
    pixels = np.zeros((4, 2, 20, 30), np.uint8)
    metadata = {"axes": "ZCYX", "Channel": {"Name": ["DAPI", "GFP"]}}
    for name in ("a.ome.tif", "b.ome.tif"):
        tifffile.imwrite(tmp_path / name, pixels, ome=True, photometric="minisblack", metadata=metadata)
    found = survey(tmp_path, 1, lambda _: None)
    assert (found.count, found.images) == (2, 8)
    assert found.inside is not None
    assert replace(found.inside, name="") == Inside("", 4, "slice 1", "slice 4", 2, ("DAPI", "GFP"))
    save(tmp_path / "plain" / "a.png", 20, 20)
    assert survey(tmp_path / "plain", 1, lambda _: None).inside is None


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(Refused, match="no images"):
        survey(tmp_path, 1, lambda _: None)
