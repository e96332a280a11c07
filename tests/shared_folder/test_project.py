"""Projects: created whole, opened without a write, RootPainter's as well, and nothing followed out of the folder."""

import json
from pathlib import Path

import pytest

from shared_folder.classes import BINARY, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.project import ProjectSettings, Source, create_project, list_projects, open_project
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
    path = rootpainters(shared, brushloop={"format": 2, "reads_from": 1, "id": "x"})
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
