import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.classes import BINARY, CANT_TELL, LabelClass, new_classes
from shared_folder.mask_files import MaskFormat, encode_mask, mask_suffix, write_mask
from shared_folder.merging import merge_table, remaining

THREE = new_classes(["crop", "weed"])
LABELS = np.array([[0, 1, 2, 2], [255, 1, 2, 1]], np.uint8)
SEVERAL = np.array([[0, 1, 2, 3], [255, 3, 2, 1]], np.uint8)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def test_a_binary_mask_is_0_and_255() -> None:
    content = encode_mask(LABELS, MaskFormat.MASK, BINARY)
    assert Image.open(io.BytesIO(content)).mode == "L"
    assert pixels(content).tolist() == [[0, 0, 255, 255], [0, 0, 255, 0]]


def test_a_mask_of_several_classes_numbers_them_in_their_order() -> None:
    reordered = (THREE[1], THREE[0])
    assert pixels(encode_mask(SEVERAL, MaskFormat.MASK, THREE)).tolist() == [[0, 0, 1, 2], [0, 2, 1, 0]]
    assert pixels(encode_mask(SEVERAL, MaskFormat.MASK, reordered)).tolist() == [[0, 0, 2, 1], [0, 1, 2, 0]]


@pytest.mark.parametrize(("labels", "classes"), [(LABELS, BINARY), (SEVERAL, THREE)])
def test_rhizovision_is_black_on_white(labels: np.ndarray, classes: tuple[LabelClass, ...]) -> None:
    content = encode_mask(labels, MaskFormat.RHIZOVISION, classes)
    assert Image.open(io.BytesIO(content)).mode == "L"
    found = (labels > 1) & (labels != CANT_TELL)
    assert np.array_equal(pixels(content), np.where(found, 0, 255))


def test_npz_holds_booleans_for_one_class_and_ids_for_several() -> None:
    one = np.load(io.BytesIO(encode_mask(LABELS, MaskFormat.NPZ, BINARY)))["seg"]
    assert one.dtype == bool
    assert one.tolist() == [[False, False, True, True], [False, False, True, False]]
    several = np.load(io.BytesIO(encode_mask(SEVERAL, MaskFormat.NPZ, THREE)))["seg"]
    assert several.dtype == np.uint8
    assert several.tolist() == [[0, 0, 2, 3], [0, 3, 2, 0]]


def test_labels_are_a_palette_of_ids() -> None:
    content = encode_mask(SEVERAL, MaskFormat.LABELS, THREE)
    assert Image.open(io.BytesIO(content)).mode == "P"
    assert pixels(content).tolist() == [[1, 1, 2, 3], [1, 3, 2, 1]]


def test_merged_classes_count_as_what_they_were_merged_into() -> None:
    merged = (LabelClass(2, "root", "#e41a1c"), LabelClass(3, "old root", "#0072b2", merged_into=2))
    content = encode_mask(SEVERAL, MaskFormat.MASK, merged)
    assert pixels(content).tolist() == [[0, 0, 255, 255], [0, 255, 255, 0]]


def test_merges_are_followed_to_their_end_and_circles_end() -> None:
    chain = (
        LabelClass(2, "a", "#000000", merged_into=3),
        LabelClass(3, "b", "#000000", merged_into=4),
        LabelClass(4, "c", "#000000"),
    )
    assert merge_table(chain)[[1, 2, 3, 4, 5]].tolist() == [1, 4, 4, 4, 5]
    assert remaining(chain) == chain[2:]
    circle = (LabelClass(2, "a", "#000000", merged_into=3), LabelClass(3, "b", "#000000", merged_into=2))
    assert set(merge_table(circle)[[2, 3]].tolist()) <= {2, 3}


@pytest.mark.parametrize("mask_format", list(MaskFormat))
def test_a_mask_is_written_whole_into_a_folder_that_may_be_new(tmp_path: Path, mask_format: MaskFormat) -> None:
    path = tmp_path / "deeper" / f"leaf.v2{mask_suffix(mask_format)}"
    write_mask(path, LABELS, mask_format, BINARY)
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == encode_mask(LABELS, mask_format, BINARY)
