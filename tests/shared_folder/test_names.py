import unicodedata
from pathlib import Path, PurePosixPath

import pytest

from shared_folder.names import (
    LONGEST_NAME,
    check_plain_name,
    conflict_of,
    find_colliders,
    image_id,
    is_debris,
    list_images,
    natural_key,
    plan_names,
    walk_images,
)
from shared_folder.refused import Refused


def planned(*paths: str) -> list[str]:
    return [each.name for each in plan_names(PurePosixPath(path) for path in paths)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Leaf.JPG", "leaf.png"),
        (unicodedata.normalize("NFC", "Blätter.tif"), unicodedata.normalize("NFD", "Blätter.tif")),
        ("STRASSE.png", "straße.png"),
        (unicodedata.normalize("NFD", "Ǆ́.png"), unicodedata.normalize("NFC", "ǆ́.png")),
    ],
)
def test_one_identity_without_case_suffix_and_unicode_form(one, other):
    assert image_id(one) == image_id(other)


def test_identities_differ_where_stems_do():
    assert image_id("leaf.1.jpg") == "leaf.1"
    assert image_id("leaf.1.jpg") != image_id("leaf.2.jpg")


def test_natural_order():
    assert sorted(["leaf 10", "Leaf 9", "leaf 9b", "1"], key=natural_key) == ["1", "Leaf 9", "leaf 9b", "leaf 10"]


CONFLICTS = [
    ("a.sync-conflict-20240131-235959-ABC2DEF.png", "a.png"),
    ("a (conflicted copy 2024-01-01 123456).png", "a.png"),
    ("a (Ann's conflicted copy 2024-01-01).png", "a.png"),
    ("a (Ann’s MacBook's conflicted copy 2024-01-01).png", "a.png"),
    ("a (Case Conflict 1).png", "a.png"),
    ("a (SFConflict ann@lab.org 2024-01-01-10-00-00).png", "a.png"),
    ("a_conflict-20240101-123456.png", "a.png"),
    ("a.sync-conflict-20240131-235959-ABC2DEF.sync-conflict-20240201-000000-ABC2DEF.png", "a.png"),
]


@pytest.mark.parametrize(("copy", "original"), CONFLICTS)
def test_conflict_copies_know_their_original(copy, original):
    assert conflict_of(copy) == original
    assert is_debris(copy)


def test_google_drives_number_counts_only_beside_the_original():
    assert conflict_of("a (1).png", beside={"a.png"}) == "a.png"
    assert conflict_of("a (1).png", beside={"b.png"}) is None
    assert conflict_of("a (1).png") is None
    assert conflict_of("a.png", beside={"a.png"}) is None


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store", "._leaf.jpg", ".leaf.jpg", ".~lock.table.csv#", ".fuse_hidden0001", ".nfs0001", ".tmp.leaf.png",
        ".syncthing.leaf.jpg.tmp", "~syncthing~leaf.jpg.tmp", "~$table.xlsx", "leaf.png~", "leaf.png.part",
        "leaf.jpg.crdownload", "leaf.TMP", "Thumbs.db", "desktop.ini", "__MACOSX", "@eaDir", "lost+found",
    ],
)  # fmt: skip
def test_debris_is_known(name):
    assert is_debris(name)


@pytest.mark.parametrize(
    "name",
    [
        "leaf.png",
        "leaf (1).png",
        "leaf-LAB_PC.png",
        "~leaf.png",
        "part.png",
        "tmp",
        "leaf.part.png",
        "a conflict.png",
    ],
)
def test_a_users_names_are_no_debris(name):
    assert not is_debris(name)
    assert conflict_of(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", ".. ", "a/b.png", "a\\b.png", "../a.png", "/a.png", "C:a", "a\0.png", "a\n.png", "a\x85.png",
        "nul", "NUL.png", "con.tar.gz", "COM1.png", "lpt².png", "aux .png", "x" * 256, "ä" * 128, "\ud800.png",
    ],
)  # fmt: skip
def test_what_is_no_plain_name_is_refused(name):
    with pytest.raises(Refused):
        check_plain_name(name)


@pytest.mark.parametrize("name", ["leaf.png", "..leaf", "a..b.png", "console.png", "com10.png", "Blätter 10:30.png"])
def test_plain_names_pass(name):
    assert check_plain_name(name) == name


def test_ordinary_names_stay_as_they_are():
    plan = plan_names([PurePosixPath("b.jpg"), PurePosixPath("a.1.PNG")])
    assert [(each.name, each.reason) for each in plan] == [("b.jpg", ""), ("a.1.PNG", "")]


def test_subfolders_become_part_of_the_name():
    (plan,) = plan_names([PurePosixPath("2024/plot 1/leaf.jpg")])
    assert plan.name == "2024__plot 1__leaf.jpg"
    assert plan.source == PurePosixPath("2024/plot 1/leaf.jpg")
    assert plan.reason


def test_collisions_are_numbered_and_take_nobodys_own_name():
    assert planned("a.jpg", "a.png", "A.tif", "a_2.jpg") == ["a.jpg", "a_3.png", "A_4.tif", "a_2.jpg"]
    assert planned("x__y.jpg", "x/y.jpg") == ["x__y.jpg", "x__y_2.jpg"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("CON.jpg", "_CON.jpg"),
        ("nul.2.png", "_nul.2.png"),
        ("sub/CON.jpg", "sub__CON.jpg"),
        ('a<b>:"|?*\\.jpg', "a_b_______.jpg"),
        ("a\tb\x07.jpg", "a_b_.jpg"),
        ("leaf . .jpg", "leaf.jpg"),
        ("leaf.jpg ", "leaf.jpg"),
        (".hidden.jpg", "_hidden.jpg"),
        (" . .jpg", "image.jpg"),
        ("\udce4.jpg", "_.jpg"),
        (unicodedata.normalize("NFD", "ä.jpg"), unicodedata.normalize("NFC", "ä.jpg")),
    ],
)
def test_names_that_some_system_refuses_are_changed(path, name):
    (plan,) = plan_names([PurePosixPath(path)])
    assert plan.name == name
    assert plan.reason
    assert check_plain_name(plan.name)


def test_long_names_are_cut_between_characters_and_stay_apart():
    paths = ["ä" * 100 + "1.jpeg", "ä" * 100 + "2.jpeg", "ä" * 100 + "1.png"]
    names = planned(*paths)
    assert len({image_id(name) for name in names}) == 3
    assert all(len(name.encode()) <= LONGEST_NAME for name in names)
    assert names[0].startswith("ää")
    assert names[0].endswith(".jpeg")
    assert planned(*paths) == names
    assert planned(paths[1]) == names[1:2]  # a cut name doesn't depend on the others


def test_a_number_never_makes_a_name_too_long():
    stem = "x" * (LONGEST_NAME - 4)
    first, second, third = planned(f"{stem}.jpg", f"{stem}.png", f"{stem}.bmp")
    assert first == f"{stem}.jpg"
    assert max(len(second), len(third)) <= LONGEST_NAME
    assert image_id(second) != image_id(third)


@pytest.mark.parametrize("path", ["../a.jpg", "/a.jpg", "."])
def test_paths_out_of_the_folder_are_not_planned(path):
    with pytest.raises(ValueError, match="inside"):
        plan_names([PurePosixPath(path)])


def test_colliders_of_an_existing_project():
    assert find_colliders(["b.jpg", "a.jpg", "B.png", "c.jpg", "b.tif", "a.jpg"]) == {
        "B.png": "b.jpg",
        "b.tif": "b.jpg",
    }


def test_images_are_listed_recursively_in_natural_order(tmp_path: Path):
    copy = "z (conflicted copy 2024-01-01).png"  # for labels a conflict, for images a name like any other
    debris = [".hidden.png", "x.png.part", "Thumbs.db"]
    for name in [copy, "10.jpg", "9.JPG", "notes.txt", *debris, "b (1).png", "b.png"]:
        (tmp_path / name).touch()
    for folder in ["9a", ".stversions", "@eaDir"]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "leaf.tiff").touch()
    (tmp_path / "folder.png").mkdir()
    listed = [str(path) for path in list_images(tmp_path)]
    assert listed == ["9.JPG", "9a/leaf.tiff", "10.jpg", "b (1).png", "b.png", copy]
    assert next(walk_images(tmp_path)) == PurePosixPath("9.JPG")


def test_links_to_folders_are_not_followed(tmp_path: Path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.png").touch()
    try:
        (inside / "away").symlink_to(outside, target_is_directory=True)
        (inside / "round").symlink_to(inside, target_is_directory=True)
        (inside / "gone.png").symlink_to(outside / "gone.png")
        (inside / "linked.png").symlink_to(outside / "a.png")
    except OSError:
        pytest.skip("this system lets no ordinary user make links")
    assert list_images(inside) == [PurePosixPath("linked.png")]


def test_a_folder_that_cannot_be_listed_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="nowhere"):
        list_images(tmp_path / "nowhere")


def test_a_name_like_a_conflict_copys_is_changed_when_a_project_is_made() -> None:
    names = [
        "plant (Ann's conflicted copy 2024-01-01).jpg",
        "plant.sync-conflict-20240101-101010-ABCDEFG.jpg",
        "plant_conflict-20240101-101010.jpg",
    ]
    planned = plan_names([PurePosixPath(name) for name in names])
    assert not any(is_debris(plan.name) or conflict_of(plan.name) for plan in planned)
    assert len({image_id(plan.name) for plan in planned}) == 3
    assert all("conflict copy" in plan.reason for plan in planned)
