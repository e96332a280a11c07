"""Projects: created whole, opened without a write, RootPainter's as well, and nothing followed out of the folder."""

import json
import os
from pathlib import Path

import pytest

from shared_folder.classes import BINARY, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.project import (
    ProjectSettings,
    Source,
    change_scale,
    change_test_set,
    create_project,
    list_projects,
    open_project,
    read_settings,
)
from shared_folder.refused import Refused


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a folder with its time and content."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def rootpainters(shared: SharedFolder, **keys: object) -> Path:
    """A project file as RootPainter writes it."""
    folder = shared.projects / "old"
    (folder / "annotations" / "train").mkdir(parents=True)
    content = {
        "name": "old",
        "dataset": "soil",
        "original_model_file": "random weights",
        "location": "projects/old",
        "file_names": ["b.jpg", "a.jpg"],
        "image_index": 1,
    }
    path = folder / "old.seg_proj"
    path.write_text(json.dumps(content | keys))
    return path


def test_a_new_project_has_one_key_of_ours_in_rootpainters_file(shared: SharedFolder) -> None:
    project = create_project(
        shared,
        "roots",
        "soil",
        ("b.jpg", "a.jpg"),
        ProjectSettings(classes=new_classes(["crop", "weed"]), split="subfolder"),
        {"b.jpg": Source(path="north/b.jpg")},
    )
    written = json.loads(project.folder.file.read_text())
    assert set(written) == {"name", "dataset", "original_model_file", "location", "file_names", "brushloop"}
    assert set(written["brushloop"]) == {"format", "reads_from", "id"}
    assert written["location"] == "projects/roots"
    assert project.images == ("b.jpg", "a.jpg")
    assert [known.name for known in project.classes] == ["crop", "weed"]
    assert project.group("b.jpg") == "north"
    assert list_projects(shared) == [project.folder.file]
    assert list(project.folder.root.joinpath("models").iterdir()) == []
    assert project.image_path("a.jpg") == shared.datasets / "soil" / "a.jpg"


def test_a_name_that_is_taken_is_refused(shared: SharedFolder) -> None:
    create_project(shared, "roots", "soil", ("a.jpg",))
    with pytest.raises(Refused, match="already"):
        create_project(shared, "roots", "soil", ("a.jpg",))


def test_opening_writes_nothing(shared: SharedFolder) -> None:
    path = rootpainters(shared)
    before = tree(shared.root)
    project = open_project(path)
    assert tree(shared.root) == before
    assert project.classes == BINARY
    assert project.read_only == ""
    assert project.file.model_extra == {"image_index": 1}
    assert open_project(path.parent).file == project.file


def test_a_newer_format_opens_read_only_with_a_sentence(shared: SharedFolder) -> None:
    path = rootpainters(shared, brushloop={"format": 7, "reads_from": 5, "id": "x", "more": 1})
    assert "newer Brushloop" in open_project(path).read_only


def test_a_newer_format_that_we_may_write_opens_as_usual(shared: SharedFolder) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    path = project.folder.file
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert open_project(path).read_only == ""


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "sub/a.jpg", "..", "a\0.jpg", "C:\\x.jpg"])
def test_an_image_name_that_leads_elsewhere_is_refused(shared: SharedFolder, name: str) -> None:
    with pytest.raises(Refused, match=r"old\.seg_proj|name"):
        open_project(rootpainters(shared, file_names=[name]))


@pytest.mark.parametrize("dataset", ["../outside", "/etc", "a/../../b", "C:/x"])
def test_a_dataset_that_leads_elsewhere_is_refused(shared: SharedFolder, dataset: str) -> None:
    with pytest.raises(Refused, match="leads out"):
        open_project(rootpainters(shared, dataset=dataset))


def test_two_images_with_one_stem_are_told_apart(shared: SharedFolder) -> None:
    project = open_project(rootpainters(shared, file_names=["a.jpg", "A.PNG", "b.jpg"]))
    assert dict(project.colliders) == {"A.PNG": "a.jpg"}


def test_a_damaged_project_file_is_refused_by_name(shared: SharedFolder) -> None:
    path = rootpainters(shared)
    path.write_text('{"name": "old"')
    with pytest.raises(Refused, match=r"old\.seg_proj"):
        open_project(path)
    with pytest.raises(Refused, match="no such project"):
        open_project(path.with_name("none.seg_proj"))


def test_images_in_an_image_root_are_found_where_this_machine_says(shared: SharedFolder, tmp_path: Path) -> None:
    project = create_project(
        shared,
        "lab",
        "lab",
        ("north__a.tif",),
        ProjectSettings(image_root="server"),
        {"north__a.tif": Source(path="north/a.tif")},
    )
    assert project.image_path("north__a.tif", {"server": tmp_path}) == tmp_path / "north" / "a.tif"
    with pytest.raises(Refused, match="--images server=FOLDER"):
        project.image_path("north__a.tif", {})


def test_a_source_that_leads_out_of_the_image_root_is_refused(shared: SharedFolder, tmp_path: Path) -> None:
    project = create_project(
        shared, "lab", "lab", ("a.tif",), ProjectSettings(image_root="server"), {"a.tif": Source(path="../../a.tif")}
    )
    with pytest.raises(Refused, match="leads out"):
        project.image_path("a.tif", {"server": tmp_path})


def test_a_project_that_has_not_arrived_whole_is_looked_at_only(shared: SharedFolder) -> None:
    settings = ProjectSettings(classes=new_classes(["crop", "weed"]))
    project = create_project(shared, "field", "soil", ("a.jpg",), settings)
    for path in (project.folder.settings, project.folder.sources):
        content = path.read_bytes()
        path.unlink()
        assert "has not arrived whole" in open_project(project.folder.root).read_only
        path.write_bytes(content)
    assert open_project(project.folder.root).read_only == ""


def test_an_editors_mark_before_the_project_file_is_passed(shared: SharedFolder) -> None:
    path = rootpainters(shared)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert open_project(path).images == ("b.jpg", "a.jpg")


def test_an_image_named_twice_is_one_image(shared: SharedFolder) -> None:
    project = open_project(rootpainters(shared, file_names=["b.jpg", "a.jpg", "b.jpg"]))
    assert project.images == ("b.jpg", "a.jpg")
    assert project.colliders == {}


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"file_names": "a.jpg"}, "file_names"),
        ({"file_names": [5]}, "file_names"),
        ({"file_names": None}, "file_names"),
        ({"dataset": ["soil"]}, "dataset"),
        ({"name": 5}, "name"),
        ({"brushloop": "1"}, "brushloop"),
        ({"brushloop": {"reads_from": "new"}}, "brushloop.reads_from"),
    ],
)
def test_a_wrong_type_in_the_project_file_is_refused_by_key(
    shared: SharedFolder, keys: dict[str, object], named: str
) -> None:
    with pytest.raises(Refused, match=rf"old\.seg_proj: {named}"):
        open_project(rootpainters(shared, **keys))


@pytest.mark.parametrize(
    "classes",
    [
        [],
        [{"id": 1, "name": "soil", "colour": "#000000"}],
        [{"id": 255, "name": "root", "colour": "#000000"}],
        [{"id": 2, "name": "root", "colour": "#000000"}, {"id": 2, "name": "leaf", "colour": "#000000"}],
        [{"id": 2, "name": "root", "colour": "red"}],
        [{"id": 2, "name": "root", "colour": "#000000", "merged_into": 2}],
        [
            {"id": 2, "name": "root", "colour": "#000000"},
            {"id": 3, "name": "b", "colour": "#000000", "merged_into": 9},
        ],
    ],
)
def test_classes_that_cannot_be_painted_are_refused(shared: SharedFolder, classes: list[dict[str, object]]) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    project.folder.settings.write_text(json.dumps({"classes": classes}))
    with pytest.raises(Refused, match=r"project\.json: classes: .*class"):
        open_project(project.folder.root)


def test_hidden_files_and_conflict_copies_are_no_projects(shared: SharedFolder) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    for name in ("._roots.seg_proj", "roots (Ann's conflicted copy 2026-03-01).seg_proj"):
        (project.folder.root / name).write_bytes(b"x")
    assert list_projects(shared) == [project.folder.file]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("inner", ["annotations/train", "brushloop", "segmentations", "brushloop/latest", "."])
def test_nothing_is_written_through_a_link_that_leads_out(shared: SharedFolder, tmp_path: Path, inner: str) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    place, outside = project.folder.root / inner, tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    again = open_project(project.folder.root)
    assert "a link that leads out of the shared folder" in again.read_only
    assert again.shared == shared


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_within_the_shared_folder_and_to_it_are_followed(shared: SharedFolder, tmp_path: Path) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    store = shared.root / "store"
    project.folder.latest.rename(store)
    project.folder.latest.symlink_to(store)
    link = tmp_path / "my project"
    link.symlink_to(project.folder.root)
    again = open_project(link)
    assert again.read_only == ""
    assert again.folder == project.folder


def test_a_colon_in_a_path_below_an_image_root_is_good(shared: SharedFolder, tmp_path: Path) -> None:
    sources = {"a.tif": Source(path="monday/12:30.tif"), "b.tif": Source(path="C:evil.tif")}
    project = create_project(shared, "lab", "lab", tuple(sources), ProjectSettings(image_root="server"), sources)
    assert project.image_path("a.tif", {"server": tmp_path}) == tmp_path / "monday" / "12:30.tif"
    with pytest.raises(Refused, match="leads out"):
        project.image_path("b.tif", {"server": tmp_path})


def test_a_changed_scale_keeps_what_others_changed_meanwhile(shared: SharedFolder) -> None:
    settings = ProjectSettings(classes=new_classes(["root", "stem"]))
    project = create_project(shared, "p", "d", ("a.png",), settings)
    change_test_set(project, "a.png", wanted=True)
    changed = change_scale(project, 2.0)  # from the project as it was before
    there = read_settings(open_project(project.folder.root).folder)
    assert changed.settings == there
    assert (there.scale, there.test_set, there.classes) == (2.0, ("a.png",), settings.classes)


@pytest.mark.parametrize("scale", [0.0, 0.2, 5.0, float("nan")])
def test_a_scale_that_no_program_would_read_is_not_written(shared: SharedFolder, scale: float) -> None:
    project = create_project(shared, "p", "d", ("a.png",))
    with pytest.raises(ValueError, match="a scale is from"):
        change_scale(project, scale)
    assert read_settings(project.folder).scale is None


def test_a_project_that_can_only_be_read_keeps_its_scale(shared: SharedFolder) -> None:
    project = create_project(shared, "p", "d", ("a.png",))
    project.folder.sources.unlink()
    with pytest.raises(Refused, match="has not arrived whole"):
        change_scale(open_project(project.folder.root), 2.0)
    assert read_settings(project.folder).scale is None
