"""One codec for label maps, chosen by the file itself; RootPainter's files both ways."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from shared_folder.classes import BINARY, CANT_TELL, new_classes
from shared_folder.label_files import (
    ANNOTATION_CODE,
    SEGMENTATION_CODE,
    decode_annotation,
    decode_segmentation,
    encode_palette,
    encode_rgba,
    needs_palette,
    read_facts,
)
from shared_folder.labels import Labels
from shared_folder.refused import Refused


def map_of(labels: list[int]) -> Labels:
    values = np.random.default_rng(1).choice(np.array(labels, np.uint8), (300, 270))
    return Labels.from_array(values)


def test_a_binary_annotation_is_rootpainters_rgba_png() -> None:
    labels = map_of([0, 1, 2, CANT_TELL])
    content = encode_rgba(labels, ANNOTATION_CODE, '{"person": "Ada"}')
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    values = labels.to_array()
    assert (pixels[values == 2] == (255, 0, 0, 180)).all()
    assert (pixels[values == 1] == (0, 255, 0, 180)).all()
    assert (pixels[values == 0] == 0).all()
    # RootPainter looks at red and green alone, so that "can't tell" is unknown to it.
    assert (pixels[values == CANT_TELL][:, :2] == 0).all()
    back, facts = decode_annotation(content, "a.png")
    assert back == labels
    assert facts == '{"person": "Ada"}'


def test_a_rootpainter_annotation_with_other_strengths_is_read() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = (1, 0, 0, 255)
    pixels[0, 1] = (0, 1, 0, 1)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    labels, facts = decode_annotation(file.getvalue(), "a.png")
    assert labels.to_array().tolist() == [[2, 1], [0, 0]]
    assert facts == ""


def test_a_binary_segmentation_is_rootpainters_and_comes_back() -> None:
    labels = map_of([1, 2])
    content = encode_rgba(labels, SEGMENTATION_CODE, "{}")
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    assert (pixels[labels.to_array() == 2] == (0, 255, 255, 178)).all()
    assert (pixels[labels.to_array() == 1] == 0).all()
    assert decode_segmentation(content, "s.png")[0] == labels


def test_several_classes_take_a_palette_whose_index_is_the_id() -> None:
    classes = new_classes(["crop", "weed"])
    labels = map_of([0, 1, 2, 3, CANT_TELL])
    content = encode_palette(labels, classes, '{"person": "Ada"}')
    image = Image.open(io.BytesIO(content))
    assert image.mode == "P"
    assert (np.asarray(image) == labels.to_array()).all()
    assert decode_annotation(content, "a.png") == (labels, '{"person": "Ada"}')
    assert decode_segmentation(content, "a.png")[0] == labels


def test_a_palette_is_needed_for_classes_and_for_huge_images() -> None:
    assert not needs_palette(BINARY, (10_000, 10_000))
    assert needs_palette(BINARY, (10_000, 10_001))
    assert needs_palette(new_classes(["a", "b"]), (10, 10))


def test_facts_are_read_without_the_pixels(tmp_path) -> None:
    path = tmp_path / "a.png"
    content = encode_palette(map_of([1]), BINARY, '{"model": "000001_x"}')
    path.write_bytes(content[: content.index(b"IDAT")] + b"IDAT")  # the pixels never arrived
    assert read_facts(path) == '{"model": "000001_x"}'


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_file_that_is_still_arriving_is_refused_by_name(share: float) -> None:
    content = encode_rgba(map_of([1, 2]), SEGMENTATION_CODE, "{}")
    with pytest.raises(Refused, match=r"plant\.png: not a whole PNG"):
        decode_segmentation(content[: int(len(content) * share)], "plant.png")


def test_a_file_that_is_no_png_is_refused() -> None:
    with pytest.raises(Refused, match=r"plant\.png"):
        decode_annotation(b"GIF89a", "plant.png")


def png_that_claims(width: int, height: int, colour_type: int = 0) -> bytes:
    """A whole PNG file with the header of a large image and hardly any pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [15_000, 25_000, 60_000, 2**31 - 1])
@pytest.mark.parametrize("decode", [decode_annotation, decode_segmentation])
def test_a_bomb_is_refused_before_its_pixels_are_decoded(decode, side: int, monkeypatch) -> None:
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda _image: pytest.fail("decoded"))
    with pytest.raises(Refused, match=r"bomb\.png: (its size|has more pixels)"):
        decode(png_that_claims(side, side), "bomb.png", (300, 270))


@pytest.mark.parametrize("side", [25_000, 60_000])
def test_a_bomb_is_refused_when_the_image_is_not_known(side: int, tmp_path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(side, side))
    with pytest.raises(Refused, match=r"bomb\.png: has more pixels"):
        decode_annotation(path.read_bytes(), path.name)
    with pytest.raises(Refused, match=r"bomb\.png: has more pixels"):
        read_facts(path)


@pytest.mark.parametrize("mode", ["1", "I;16"])
def test_a_png_of_another_kind_is_no_label_map(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (6, 5)).save(file, "PNG")
    with pytest.raises(Refused, match=r"scan\.png: is a PNG, but not one of labels"):
        decode_annotation(file.getvalue(), "scan.png")


def test_facts_of_absurd_length_are_refused() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("brushloop", "x" * 3_000_000, zip=True)
    file = io.BytesIO()
    Image.new("P", (6, 5)).save(file, "PNG", pnginfo=text)
    with pytest.raises(Refused, match=r"a\.png"):
        decode_annotation(file.getvalue(), "a.png")


def test_a_palette_of_few_colours_is_read() -> None:
    values = np.array([[0, 1, 2], [2, 1, 0]], np.uint8)
    file = io.BytesIO()
    image = Image.fromarray(values).convert("P")
    image.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    image.save(file, "PNG", bits=2)
    assert (decode_annotation(file.getvalue(), "a.png")[0].to_array() == values).all()
