"""Classes of a project in use: what two people change at once, merges, and what the file keeps."""

import json
from dataclasses import replace

import pytest

from shared_folder.class_changes import Classes, change_classes, combined
from shared_folder.classes import BACKGROUND, LAST_CLASS, PALETTE, LabelClass, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, ProjectSettings, change_scale, create_project, open_project, read_settings
from shared_folder.refused import Refused

ROOT, STEM, LEAF = THREE = new_classes(["root", "stem", "leaf"])


def names(classes: Classes) -> list[tuple[int, str]]:
    return [(known.id, known.name) for known in classes]


def having(classes: Classes, label: int, **facts: object) -> Classes:
    """The same classes, one of them with other facts."""
    return tuple(replace(known, **facts) if known.id == label else known for known in classes)


def test_what_she_changed_is_written_and_what_others_changed_stays() -> None:
    theirs = having(THREE, STEM.id, name="stalk", colour="#123456")
    mine = having(having(THREE, ROOT.id, name="fine root"), STEM.id, colour="#abcdef")
    assert combined(THREE, mine, theirs) == having(
        having(THREE, ROOT.id, name="fine root"), STEM.id, name="stalk", colour="#abcdef"
    )


def test_new_classes_of_two_windows_get_ids_of_their_own_unless_they_have_one_name() -> None:
    theirs = (*THREE, LabelClass(5, "seed", PALETTE[3]), LabelClass(6, "hair", PALETTE[4]))
    mine = (*THREE, LabelClass(5, "Hair", PALETTE[5]), LabelClass(6, "tip", PALETTE[6]))
    both = combined(THREE, mine, theirs)
    assert names(both) == [*names(THREE), (5, "seed"), (6, "hair"), (7, "tip")]
    assert [known.shortcut for known in both] == [*"123456"]


def test_a_merge_into_a_class_that_is_new_too_follows_its_id() -> None:
    theirs = (*THREE, LabelClass(5, "seed", PALETTE[3]))
    mine = (*having(THREE, STEM.id, merged_into=5), LabelClass(5, "tissue", PALETTE[4]))
    both = combined(THREE, mine, theirs)
    assert next(known for known in both if known.id == STEM.id).merged_into == 6
    assert [known.shortcut for known in both] == ["1", "", "2", "3", "4"]


def test_her_order_holds_if_she_changed_it_and_theirs_otherwise() -> None:
    seed = LabelClass(5, "seed", PALETTE[3])
    assert names(combined(THREE, (LEAF, ROOT, STEM), (*THREE, seed))) == names((LEAF, ROOT, STEM, seed))
    assert names(combined(THREE, (*THREE, seed), (STEM, ROOT, LEAF))) == names((STEM, ROOT, LEAF, seed))


def test_a_merge_is_separated_again_with_all_that_the_class_was() -> None:
    merged = having(THREE, STEM.id, merged_into=ROOT.id)
    assert combined(THREE, merged, THREE)[1].merged_into == ROOT.id
    assert combined(merged, THREE, merged) == THREE


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        (having(THREE, STEM.id, name=" "), THREE, "no name"),
        (having(THREE, STEM.id, name="Root"), THREE, 'same name, "root"'),
        (having(THREE, STEM.id, name="bark"), having(THREE, LEAF.id, name="bark"), "same name"),
        (having(THREE, STEM.id, merged_into=ROOT.id), having(THREE, ROOT.id, merged_into=STEM.id), "meanwhile"),
        (
            having(THREE, STEM.id, merged_into=BACKGROUND),
            having(having(THREE, ROOT.id, merged_into=STEM.id), LEAF.id, merged_into=STEM.id),
            "none would be left",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(mine: Classes, theirs: Classes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        combined(THREE, mine, theirs)


def test_ids_are_never_used_again() -> None:
    last = (ROOT, LabelClass(LAST_CLASS, "last", "#000000", merged_into=ROOT.id))
    with pytest.raises(Refused, match="253 classes in all"):
        combined(last, (*last, LabelClass(3, "one more", "#000000")), last)


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return create_project(shared, "p", "d", ("a.png",), ProjectSettings(classes=THREE))


def test_the_file_keeps_what_this_program_does_not_know(project: Project) -> None:
    path = project.folder.settings
    kept = json.loads(path.read_text())
    kept["classes"][1]["ontology"] = "PO:0009047"
    path.write_text(json.dumps(kept | {"later": {"a": 1}}))
    change_scale(project, 2.0)  # somebody else, meanwhile
    changed = change_classes(
        project, THREE, (*having(THREE, STEM.id, name="tige é"), LabelClass(5, "seed", "#000000"))
    )
    there = json.loads(path.read_text(encoding="utf-8"))
    assert there["later"] == {"a": 1}
    assert (there["scale"], there["classes"][1]["ontology"]) == (2.0, "PO:0009047")
    assert [each["name"] for each in there["classes"]] == ["root", "tige é", "leaf", "seed"]
    assert changed.settings == read_settings(project.folder)


def test_a_refused_change_leaves_the_file_as_it_is(project: Project) -> None:
    before = project.folder.settings.read_bytes()
    with pytest.raises(Refused):
        change_classes(project, THREE, having(THREE, ROOT.id, name="leaf"))
    assert project.folder.settings.read_bytes() == before


def test_settings_that_went_are_not_written_anew_without_their_classes(project: Project) -> None:
    project.folder.settings.unlink()
    with pytest.raises(Refused, match="has not arrived whole"):
        change_classes(project, THREE, having(THREE, ROOT.id, name="fine root"))
    assert not project.folder.settings.exists()


def test_a_project_of_rootpainters_gets_classes_too(shared: SharedFolder) -> None:
    folder = shared.projects / "old"
    folder.mkdir(parents=True)
    facts = {"name": "old", "dataset": "soil", "location": "projects/old", "file_names": ["a.jpg"]}
    (folder / "old.seg_proj").write_text(json.dumps(facts))
    project = open_project(folder)
    change_classes(project, project.classes, (*project.classes, LabelClass(3, "stone", PALETTE[1])))
    assert names(open_project(folder).classes) == [(2, "foreground"), (3, "stone")]
