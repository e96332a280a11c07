"""Models' headers: what is hostile or foreign is refused, and no copy passes for the newest."""

import json
import struct
from pathlib import Path

import pytest

from shared_folder.model_facts import HEADER_KEY, latest_model, read_model_facts
from shared_folder.refused import Refused

CLASS = {"id": 2, "name": "root", "colour": "#e41a1c"}
FACTS = {"number": 1, "trainer": "lab", "classes": [CLASS], "network": {}, "normalisation": "range"}


def model_file(path: Path, header: bytes) -> Path:
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 200_000,
        b"[]",
        b"{}",
        json.dumps({"__metadata__": {HEADER_KEY: "{}"}}).encode(),
        json.dumps({"__metadata__": {HEADER_KEY: 5}}).encode(),
        json.dumps({"__metadata__": {HEADER_KEY: json.dumps(FACTS | {"classes": [CLASS | {"id": 256}]})}}).encode(),
        b"\xff\xfe",
    ],
)
def test_a_foreign_header_is_refused_by_name(tmp_path: Path, header: bytes) -> None:
    with pytest.raises(Refused, match=r"000001_x\.safetensors: not a Brushloop model"):
        read_model_facts(model_file(tmp_path / "000001_x.safetensors", header))


def test_a_header_that_claims_an_absurd_length_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(struct.pack("<Q", 2**60))
    with pytest.raises(Refused, match="too long"):
        read_model_facts(path)


def test_the_newest_model_is_no_copy_and_no_strange_name(tmp_path: Path) -> None:
    assert latest_model(tmp_path / "none") is None
    for name in (
        "000002_lab.safetensors",
        "000010_lab.safetensors",
        "000010_lab.sync-conflict-20260101-101010-ABCDEFG.safetensors",
        ".000011_lab.safetensors",
        "\u00b2_lab.safetensors",
        "roots.safetensors",
        "000012_lab.pkl",
        f"{'9' * 40}_lab.safetensors",
    ):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "000013_folder.safetensors").mkdir()
    assert latest_model(tmp_path) == tmp_path / "000010_lab.safetensors"


def test_a_whole_header_is_read(tmp_path: Path) -> None:
    header = json.dumps({"__metadata__": {HEADER_KEY: json.dumps(FACTS)}}).encode()
    assert read_model_facts(model_file(tmp_path / "m.safetensors", header)).classes[0].id == 2
