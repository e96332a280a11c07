"""Which images a TIFF of several pages holds, by what its description says; and what is seen and learned of them."""

import numpy as np
import pytest
import tifffile

from shared_folder.channels import COLOURS
from shared_folder.frames import frames_of
from shared_folder.image_tiles import encode_lossless
from shared_folder.images import open_image, thumbnail
from shared_folder.ome import read_ome
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused
from tests.shared_folder.image_files import noise

SIZES = {"T": 2, "C": 3, "Z": 4}
NAMES = ["DAPI", "GFP", "mCherry"]
COLOURED = [0x0000FFFF, 0x00FF00FF, -16776961]  # blue, green, red, with a sign


def stack(axes: str) -> np.ndarray:
    """Each plane of one value: 100 t + 10 z + c."""
    places = np.indices([SIZES[axis] for axis in axes])
    values = sum(places[number] * {"T": 100, "Z": 10, "C": 1}[axis] for number, axis in enumerate(axes))
    return np.broadcast_to(np.asarray(values, np.uint16)[..., None, None], (*values.shape, 24, 32)).copy()


def ome(path, axes: str, **channel):
    metadata = {"axes": f"{axes}YX", "Channel": {"Name": NAMES, **channel}}
    tifffile.imwrite(path, stack(axes), ome=True, photometric="minisblack", metadata=metadata)
    return path


def values(path) -> list[list[int]]:
    """Of each image, the value of each of its channels."""
    read = [open_image(path, frame.pages) for frame in open_image(path).frames]
    return [image.read(0, Rectangle(0, 0, 1, 1)).ravel().tolist() for image in read]


@pytest.mark.parametrize("axes", ["TCZ", "TZC", "CTZ", "ZTC", "ZCT"])
def test_channels_of_ome_tiff_make_one_image_whatever_the_order_of_pages(tmp_path, axes):
    path = ome(tmp_path / "cells.ome.tif", axes)
    expected = [[100 * t + 10 * z + c for c in range(3)] for t in range(2) for z in range(4)]
    assert values(path) == expected
    frames = open_image(path).frames
    assert frames[5].named("cells") == "cells_t0002_z0002"
    assert frames[5].words == "time 2, slice 2"
    assert [channel.name for channel in frames[5].channels] == NAMES


def test_a_file_of_channels_alone_is_one_image(tmp_path):
    path = ome(tmp_path / "cells.tif", "C", Color=COLOURED)
    image = open_image(path)
    assert image.shape == (24, 32, 3)
    assert [frame.tag for frame in image.frames] == [""]
    assert [tone.colour for tone in image.channel_tones] == ["#0000ff", "#00ff00", "#ff0000"]
    assert thumbnail(path, 16).shape == (12, 16, 3)


def test_slices_alone_are_images(tmp_path):
    path = tmp_path / "depth.tif"
    tifffile.imwrite(path, stack("Z"), ome=True, photometric="minisblack", metadata={"axes": "ZYX"})
    assert [(frame.pages, frame.tag, frame.channels) for frame in open_image(path).frames] == [
        ((page,), f"z{page + 1:04d}", ()) for page in range(4)
    ]


def test_an_imagej_hyperstack(tmp_path):
    path = tmp_path / "hyper.tif"
    tifffile.imwrite(path, stack("TZC"), imagej=True, metadata={"axes": "TZCYX"})
    assert values(path)[6] == [120, 121, 122]
    assert open_image(path).frames[6].tag == "t0002_z0003"


def test_rgb_pages_of_ome_tiff_stay_images_of_their_own(tmp_path):
    path = tmp_path / "rgb.ome.tif"
    pixels = noise(3 * 20, 30, 3).reshape(3, 20, 30, 3)
    tifffile.imwrite(path, pixels, ome=True, photometric="rgb", metadata={"axes": "ZYXS"})
    image = open_image(path)
    assert [frame.tag for frame in image.frames] == ["z0001", "z0002", "z0003"]
    assert not image.is_mixed
    np.testing.assert_array_equal(image.displayed(0, whole(image.shape)), pixels[0])


def test_a_page_alone_can_still_be_asked_for(tmp_path):
    """As projects do that were made when channels weren't known."""
    path = ome(tmp_path / "cells.ome.tif", "TZC")
    image = open_image(path, (7,))
    assert image.shape == (24, 32, 1)
    assert image.read(0, Rectangle(0, 0, 1, 1)).item() == 21
    with pytest.raises(Refused, match="has 24 page"):
        open_image(path, (24,))


def test_pages_that_changed_are_refused(tmp_path):
    path = tmp_path / "odd.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(noise(20, 30, 1)[..., 0])
        writer.write(noise(20, 31, 1)[..., 0])
    with pytest.raises(Refused, match="aren't of one size"):
        open_image(path, (0, 1))


class TestDescriptions:
    """Of files by others, who may be careless or hostile."""

    PIXELS = (
        '<Image><Pixels DimensionOrder="XYCZT" SizeX="9" SizeY="9" SizeC="2" SizeZ="1" SizeT="1">{}</Pixels></Image>'
    )
    OME = '<?xml version="1.0"?><ome:OME xmlns:ome="x" UUID="urn:uuid:me">{}</ome:OME>'

    def pages(self, inside: str, count: int = 2) -> list[tuple[int, ...]]:
        text = self.OME.format(inside)
        return [frame.pages for frame in frames_of(text, [("alike",)] * count, [True] * count)]

    def test_a_block_without_attributes_holds_all_planes(self):
        assert self.pages(self.PIXELS.format("<TiffData/>")) == [(0, 1)]

    def test_blocks_may_name_planes_in_any_order(self):
        blocks = '<TiffData IFD="1" FirstC="0"/><TiffData IFD="0" FirstC="1" PlaneCount="1"/>'
        assert self.pages(self.PIXELS.format(blocks)) == [(1, 0)]

    def test_planes_in_other_files_are_not_looked_for(self):
        blocks = (
            '<TiffData IFD="0" FirstC="0"><UUID FileName="a.tif">urn:uuid:me</UUID></TiffData>'
            '<TiffData IFD="0" FirstC="1"><UUID FileName="/etc/passwd">urn:uuid:other</UUID></TiffData>'
        )
        assert self.pages(self.PIXELS.format(blocks), count=1) == [(0,)]
        assert self.pages(self.PIXELS.format(blocks)) == [(0,), (1,)]

    def test_several_images(self):
        first, second = '<TiffData IFD="0" PlaneCount="2"/>', '<TiffData IFD="2" PlaneCount="2"/>'
        text = self.OME.format(self.PIXELS.format(first) + self.PIXELS.format(second))
        frames = frames_of(text, [("alike",)] * 4, [True] * 4)
        assert [(frame.pages, frame.tag) for frame in frames] == [((0, 1), "s0001"), ((2, 3), "s0002")]

    @pytest.mark.parametrize(
        "text",
        [
            '<!DOCTYPE OME [<!ENTITY a "aaaa">]><OME>&a;</OME>',
            '<!DOCTYPE OME SYSTEM "file:///etc/passwd"><OME></OME>',
            "<OME><Image><Pixels",
            '<OME><Pixels DimensionOrder="XYCZT" SizeC="many" SizeZ="1" SizeT="1"/></OME>',
            '<OME><Pixels DimensionOrder="CCCCC" SizeC="2" SizeZ="1" SizeT="1"/></OME>',
            '<OME><Pixels DimensionOrder="XYCZT" SizeC="0" SizeZ="1" SizeT="1"/></OME>',
            '<OME><Pixels DimensionOrder="XYCZT" SizeC="2" SizeZ="999999" SizeT="999999"><TiffData/></Pixels></OME>',
            "<OME>"
            + '<Pixels DimensionOrder="XYCZT" SizeC="2" SizeZ="1" SizeT="1"><TiffData/></Pixels>' * 9
            + "</OME>",
            "<OME>" + " " * 17 * 2**20 + "</OME>",
            "ImageJ=1.5\nchannels=999999999\nslices=999999999\n",
            "ImageJ=1.5\nchannels=0\nslices=2\n",
        ],
        ids=lambda text: text[:30],
    )
    def test_what_cannot_be_used_leaves_the_pages_as_they_are(self, text):
        assert [frame.tag for frame in frames_of(text, [("alike",)] * 2, [True] * 2)] == ["p0001", "p0002"]

    def test_no_entity_is_expanded(self):
        bomb = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 30))
        assert read_ome(f'<!DOCTYPE OME [<!ENTITY e0 "x">{bomb}]><OME>&e29;</OME>', 2) == []

    def test_pages_that_differ_are_no_channels(self):
        text = self.OME.format(self.PIXELS.format("<TiffData/>"))
        assert len(frames_of(text, [("small",), ("large",)], [True, True])) == 2
        assert len(frames_of(text, [("alike",)] * 2, [True, False])) == 2


class TestMixed:
    """Channels that are no colours."""

    def test_each_fills_its_own_range_and_they_add_up(self, tmp_path):
        path = tmp_path / "cells.ome.tif"
        pixels = np.zeros((3, 40, 40), np.uint16)
        pixels[0, :, :20], pixels[1, :20], pixels[2, :, 20:] = 60_000, 900, 30
        metadata = {"axes": "CYX", "Channel": {"Name": NAMES, "Color": COLOURED}}
        tifffile.imwrite(path, pixels, ome=True, photometric="minisblack", metadata=metadata)
        image = open_image(path)
        shown = image.displayed(0, whole(image.shape))
        assert shown[30, 5].tolist() == [0, 0, 255]
        assert shown[5, 5].tolist() == [0, 255, 255]
        assert shown[30, 30].tolist() == [255, 0, 0]
        learned = image.learned(whole(image.shape))
        assert image.learned_channels == 3
        np.testing.assert_allclose(learned.min(axis=(0, 1)), -1)
        np.testing.assert_allclose(learned.max(axis=(0, 1)), 1, atol=0.05)  # a range of 30 is enough for 16

    def test_many_samples_begin_with_three(self, tmp_path):
        path = tmp_path / "bands.tif"
        tifffile.imwrite(path, noise(30, 30, 6), photometric="minisblack", planarconfig="contig")
        tones = open_image(path).channel_tones
        assert [tone.shown for tone in tones] == [True] * 3 + [False] * 3
        assert [tone.colour for tone in tones] == list(COLOURS.values())[:6]

    def test_levels_and_parts_of_large_ones(self, tmp_path, monkeypatch):
        path = tmp_path / "large.ome.tif"
        pixels = noise(700, 600, 4, np.uint16)
        metadata = {"axes": "CYX"}
        tifffile.imwrite(path, np.moveaxis(pixels, 2, 0), ome=True, tile=(64, 64), metadata=metadata)
        at_once = open_image(path)
        monkeypatch.setattr("shared_folder.tiff_page.BY_TILE_FROM", 1)
        by_part = open_image(path)
        assert by_part.memory < at_once.memory
        for level in range(at_once.levels):
            area = whole(at_once.level_shape(level))
            np.testing.assert_array_equal(by_part.read(level, area), at_once.read(level, area))

    def test_tiles_of_them_keep_channels_names_and_colours(self, tmp_path):
        image = open_image(ome(tmp_path / "cells.ome.tif", "ZC", Color=COLOURED), (3, 4, 5))
        pixels = image.read(0, whole(image.shape))
        assert len(image.channels) == 3
        path = tmp_path / "tile.tif"
        path.write_bytes(encode_lossless(pixels, image.has_alpha, image.channels))
        tile = open_image(path)
        assert tile.channels == image.channels
        assert len(tile.frames) == 1
        np.testing.assert_array_equal(tile.read(0, whole(tile.shape)), pixels)
