import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from random import Random

import numpy as np
import pytest
import tifffile
from PIL import Image

from painter_app.datasets import make
from painter_app.datasets.choose import Piece, sample_evenly
from painter_app.datasets.make import Cancelled, NewProject, make_project
from shared_folder.classes import new_classes
from shared_folder.images import open_image
from shared_folder.layout import SharedFolder
from shared_folder.project import Source, list_projects
from shared_folder.rectangle import whole
from shared_folder.refused import Refused

CLASSES = new_classes(["root"])


def quietly(what: str, done: int, total: int) -> None:
    assert 0 <= done <= total
    assert what


def noise(path: Path, height: int = 30, width: int = 40, seed: int = 0) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return pixels


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "field photos"
    noise(folder / "leaf.png")
    noise(folder / "leaf.jpg")
    noise(folder / "plot 1" / "leaf.png")
    return folder


def plan(shared: SharedFolder, images: Path, **changes) -> NewProject:
    return NewProject(shared=shared, name="roots", images=images, classes=CLASSES, **changes)


def everything(shared: SharedFolder) -> list[str]:
    return sorted(path.relative_to(shared.root).as_posix() for path in shared.root.rglob("*") if path.is_file())


def test_copies_get_unique_names_and_the_table_of_sources_is_kept(shared, images):
    made = make_project(plan(shared, images), quietly)
    assert not made.damaged
    assert sorted(made.project.images) == ["leaf.jpg", "leaf_2.png", "plot 1__leaf.png"]
    assert made.project.sources["leaf_2.png"].path == "leaf.png"
    assert made.project.sources["plot 1__leaf.png"].path == "plot 1/leaf.png"
    assert made.project.image_path("leaf_2.png").read_bytes() == (images / "leaf.png").read_bytes()
    assert made.project.classes == CLASSES
    assert made.project.settings.split == "image"


def test_the_same_seed_gives_the_same_order_and_sample(tmp_path, images):
    for number in range(20):
        noise(images / f"{number}.png")
    orders = []
    for place, seed in (("a", 1), ("b", 1), ("c", 2)):
        shared = SharedFolder(tmp_path / place)
        orders.append(make_project(plan(shared, images, sample=10, seed=seed), quietly).project.images)
    assert orders[0] == orders[1] != orders[2]
    assert len(orders[0]) == 10
    assert orders[0] != tuple(sorted(orders[0]))


def test_links_share_the_file_and_copies_do_not(tmp_path, images):
    linked = make_project(plan(SharedFolder(tmp_path / "a"), images, link=True), quietly).project
    copied = make_project(plan(SharedFolder(tmp_path / "b"), images), quietly).project
    assert linked.image_path("leaf.jpg").samefile(images / "leaf.jpg")
    assert not linked.image_path("leaf.jpg").is_symlink()
    assert not copied.image_path("leaf.jpg").samefile(images / "leaf.jpg")


def test_links_fall_back_to_copies(shared, images, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", refuse)
    project = make_project(plan(shared, images, link=True), quietly).project
    assert project.image_path("leaf.jpg").read_bytes() == (images / "leaf.jpg").read_bytes()


def test_an_image_root_leaves_the_images_where_they_are(shared, images):
    project = make_project(plan(shared, images, image_root="server"), quietly).project
    assert project.settings.image_root == "server"
    assert not shared.datasets.exists()
    assert project.image_path("plot 1__leaf.png", {"server": images}) == images / "plot 1" / "leaf.png"
    with pytest.raises(Refused, match="server"):
        project.image_path("leaf.jpg")


def test_tiles_are_exact_and_record_where_they_come_from(shared, tmp_path):
    pixels = noise(tmp_path / "big" / "soil.png", 400, 300)
    project = make_project(plan(shared, tmp_path / "big", tile_side=200), quietly).project
    assert sorted(project.images) == ["soil_000.png", "soil_001.png", "soil_002.png", "soil_003.png"]
    assert project.settings.split == "source"
    rebuilt = np.zeros_like(pixels)
    for name in project.images:
        source = project.sources[name]
        assert source.path == "soil.png"
        top, left, bottom, right = source.rectangle
        image = open_image(project.image_path(name))
        rebuilt[top:bottom, left:right] = image.read(0, whole(image.shape))
    assert np.array_equal(rebuilt, pixels)


def test_pages_become_single_files_with_all_their_bits(shared, tmp_path):
    folder = tmp_path / "stacks"
    folder.mkdir()
    pages = np.random.default_rng(0).integers(0, 65536, (3, 20, 30), np.uint16)
    tifffile.imwrite(folder / "stack.tif", pages, photometric="minisblack")
    noise(folder / "stack_p0002.png")
    project = make_project(plan(shared, folder), quietly).project
    by_page = {source.page: name for name, source in project.sources.items()}
    assert by_page[1] == "stack_p0001.png"
    assert len(project.images) == 4  # the file that is called like a page keeps apart from it
    image = open_image(project.image_path(by_page[3]))
    assert np.array_equal(image.read(0, whole(image.shape))[..., 0], pages[2])
    assert project.settings.split == "source"


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """A stack of two slices with three channels."""
    folder = tmp_path / "cells"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 65536, (2, 3, 20, 30), np.uint16)
    metadata = {"axes": "ZCYX", "Channel": {"Name": ["DAPI", "GFP", "mCherry"]}}
    tifffile.imwrite(folder / "cells.ome.tif", pixels, ome=True, photometric="minisblack", metadata=metadata)
    return folder


def test_slices_become_images_with_all_their_channels(shared, cells):
    project = make_project(plan(shared, cells), quietly).project
    assert sorted(project.images) == ["cells_z0001.tif", "cells_z0002.tif"]
    source = project.sources["cells_z0002.tif"]
    assert (source.page, source.channel_pages, source.part) == (4, (4, 5, 6), "slice 2")
    image = open_image(*project.image_place("cells_z0002.tif"))
    assert image.shape == (20, 30, 3)
    assert [channel.name for channel in image.channels] == ["DAPI", "GFP", "mCherry"]
    pixels = tifffile.imread(cells / "cells.ome.tif")[1]
    assert np.array_equal(image.read(0, whole(image.shape)), np.moveaxis(pixels, 0, 2))


def test_slices_left_where_they_are(shared, cells):
    project = make_project(plan(shared, cells, image_root="scope"), quietly).project
    path, pages = project.image_place("cells_z0002.tif", {"scope": cells})
    assert (path, pages) == (cells / "cells.ome.tif", (3, 4, 5))
    older = replace(project, sources={"cells_z0002.tif": Source(path="cells.ome.tif", page=4)})
    assert older.image_place("cells_z0002.tif", {"scope": cells})[1] == (3,)  # as it always was


def test_a_file_of_one_image_with_channels_is_copied_as_it_is(shared, tmp_path):
    folder = tmp_path / "cells"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (3, 20, 30), np.uint8)
    tifffile.imwrite(folder / "a.tif", pixels, ome=True, photometric="minisblack", metadata={"axes": "CYX"})
    project = make_project(plan(shared, folder), quietly).project
    assert project.images == ("a.tif",)
    assert project.image_path("a.tif").read_bytes() == (folder / "a.tif").read_bytes()
    assert project.sources["a.tif"] == Source(path="a.tif")
    assert open_image(*project.image_place("a.tif")).shape == (20, 30, 3)


def test_damaged_images_are_listed_and_left_out(shared, images):
    (images / "broken.png").write_bytes(b"not an image")
    whole_file = (images / "leaf.jpg").read_bytes()
    (images / "short.jpg").write_bytes(whole_file[: len(whole_file) // 2])
    made = make_project(plan(shared, images), quietly)
    assert len(made.project.images) == 3
    assert sorted(sentence.split(":")[0] for sentence in made.damaged) == ["broken.png", "short.jpg"]


def test_damage_found_while_cutting_leaves_no_tile(shared, tmp_path):
    folder = tmp_path / "in"
    noise(folder / "good.png", 300, 300)
    noise(folder / "short.png", 300, 300)
    content = (folder / "short.png").read_bytes()
    (folder / "short.png").write_bytes(content[: len(content) // 2])
    made = make_project(plan(shared, folder, tile_side=150), quietly)
    assert len(made.damaged) == 1
    assert {source.path for source in made.project.sources.values()} == {"good.png"}
    assert len(list((shared.datasets / "roots").iterdir())) == len(made.project.images) == 4


@pytest.mark.parametrize("stop_at", ["Looking at the images", "Copying"])
def test_cancelling_leaves_nothing(shared, images, stop_at):
    def stop(what: str, done: int, total: int) -> None:
        if what == stop_at and done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_project(plan(shared, images, sample=3), stop)
    assert everything(shared) == []
    assert list_projects(shared) == []


def test_a_failure_at_the_very_end_leaves_nothing(shared, images, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make, "create_project", full)
    with pytest.raises(Refused, match="No space left"):
        make_project(plan(shared, images), quietly)
    assert everything(shared) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "../out"}, "is a path"),
        ({"name": ".hidden"}, 'Take "_hidden"'),
        ({"name": "what?"}, "every system"),
        ({"name": "roots.part"}, "Choose another"),
        ({"image_root": "a=b"}, "equals sign"),
        ({"classes": ()}, "needs a class"),
        ({"tile_side": 10}, "at least 100"),
        ({"sample": 0}, "at least one"),
        ({"image_root": "server", "tile_side": 500}, "can't be left"),
        ({"images": Path("nowhere")}, "no such folder"),
        ({"start_model": Path("nowhere.safetensors")}, "can't be read"),
        ({"start_model": Path("nowhere.pkl")}, "can't be read"),
        ({"start_model": Path("other.pth")}, "other network"),
    ],
)
def test_what_cannot_be_made_is_refused(shared, images, changes, sentence):
    arguments = {"shared": shared, "name": "roots", "images": images, "classes": CLASSES, **changes}
    with pytest.raises(Refused, match=sentence):
        make_project(NewProject(**arguments), quietly)
    assert everything(shared) == []


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x80\x02"])
def test_a_model_of_rootpainters_is_taken_along_unread(shared, images, tmp_path, start):
    model = tmp_path / "000042_1700000000.pkl"
    model.write_bytes(start + b" and what only a trainer reads")
    made = make_project(plan(shared, images, start_model=model), quietly).project
    assert made.settings.start_model == "000000_start.pkl"
    assert (made.folder.models / "000000_start.pkl").read_bytes() == model.read_bytes()


@pytest.mark.parametrize(
    ("content", "classes", "sentence"),
    [(b"PK\x03\x04", ["crop", "weed"], "finds foreground"), (b"GIF", ["root"], "no model of RootPainter's")],
)
def test_a_model_of_rootpainters_finds_one_class(shared, images, tmp_path, content, classes, sentence):
    model = tmp_path / "000042_1700000000.pkl"
    model.write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        make_project(replace(plan(shared, images, start_model=model), classes=new_classes(classes)), quietly)
    assert everything(shared) == []


def test_a_second_project_of_the_same_name_is_refused_and_the_first_stays(shared, images):
    first = make_project(plan(shared, images), quietly).project
    with pytest.raises(Refused, match="already"):
        make_project(plan(shared, images), quietly)
    assert all(first.image_path(name).is_file() for name in first.images)


def test_a_folder_without_images_is_refused(shared, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="no images"):
        make_project(plan(shared, tmp_path / "empty"), quietly)


def test_samples_are_spread_evenly_over_subfolders_and_images():
    sources = [
        PurePosixPath(f"{folder}/{index}.png") for folder, count in (("a", 2), ("b", 50)) for index in range(count)
    ]
    inspected = []

    def inspect(source: PurePosixPath) -> list[Piece]:
        inspected.append(source)
        return [Piece(source, tile=tile) for tile in range(10)]

    chosen = list(sample_evenly(sources, inspect, 20, Random(0)))
    folders = [piece.source.parent.name for piece in chosen]
    assert folders.count("a") == folders.count("b") == 10
    assert len({(piece.source, piece.tile) for piece in chosen}) == 20
    assert len(inspected) == 12  # no more than were needed
    assert len(list(sample_evenly(sources, inspect, 10_000, Random(0)))) == 520
