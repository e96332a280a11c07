"""Other versions of an annotation: found, offered, merged without a loss."""

from pathlib import Path

import pytest

from shared_folder.annotation import Annotation
from shared_folder.annotation_files import (
    AnnotationFacts,
    annotation_conflicts,
    annotation_path,
    conflict_copies,
    encode_annotation,
    merge_conflict,
    read_annotation,
    save_annotation,
)
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from shared_folder.refused import Refused

SHAPE = (300, 400)
COPY = "a.sync-conflict-20260101-101010-ABCDEFG.png"


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return create_project(shared, "roots", "soil", ("a.jpg", "a (1).jpg", "b.jpg"))


def dots(*places: tuple[int, int, int]) -> Labels:
    """Labels with a dot at each (row, column, label)."""
    annotation = Annotation(Labels(SHAPE))
    for row, column, label in places:
        annotation.stamp((row, column), (row, column), 5, label)
    return annotation.labels


def put(project: Project, path: Path, labels: Labels, person: str) -> Path:
    path.write_bytes(encode_annotation(labels, AnnotationFacts(person=person), project))
    return path


def ours(project: Project, labels: Labels) -> Path:
    saved = save_annotation(project, "a.jpg", labels, AnnotationFacts(person="Ada"), None, []).stored
    assert saved is not None
    return saved.path


def test_copies_that_a_cloud_folder_left_are_found(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    copy = put(project, path.with_name(COPY), dots((90, 90, 1)), "Bob")
    assert annotation_conflicts(project, "a.jpg") == [copy]
    assert annotation_conflicts(project, "b.jpg") == []


def test_an_image_whose_own_name_is_numbered_is_no_copy(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    put(project, path.with_name("a (1).png"), dots((90, 90, 1)), "Ada")
    assert conflict_copies(project) == {}
    drive = put(project, path.with_name("a (2).png"), dots((90, 90, 1)), "Bob")
    assert conflict_copies(project) == {"a": [drive]}


def test_what_only_the_copy_knows_is_taken_over(project: Project) -> None:
    path = ours(project, dots((50, 60, 2), (120, 120, 2)))
    copy = put(project, path.with_name(COPY), dots((120, 120, 1), (200, 200, 1), (250, 50, 255)), "Bob")
    merged = merge_conflict(project, "a.jpg", copy, SHAPE)
    values = read_annotation(path, SHAPE).labels.to_array()
    assert (values[50, 60], values[120, 120], values[200, 200], values[250, 50]) == (2, 2, 1, 255)
    assert merged.disagreements == int((values[110:131, 110:131] == 2).sum())
    assert merged.stored is not None
    assert merged.stored.facts.person == "Ada"
    assert not copy.exists()
    assert merged.kept is not None
    assert merged.kept.parent == project.folder.conflicts
    assert read_annotation(merged.kept, SHAPE).facts.person == "Bob"
    assert annotation_conflicts(project, "a.jpg") == []


def test_the_copy_stays_until_the_merged_file_is_whole(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ours(project, dots((50, 60, 2)))
    copy = put(project, path.with_name(COPY), dots((200, 200, 1)), "Bob")
    before = path.read_bytes()

    def full(_target: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shared_folder.annotation_files.publish", full)
    with pytest.raises(OSError, match="No space"):
        merge_conflict(project, "a.jpg", copy, SHAPE)
    assert copy.exists()
    assert path.read_bytes() == before


def test_a_copy_whose_original_is_gone_becomes_the_annotation(project: Project) -> None:
    copy = put(project, project.folder.train / COPY, dots((200, 200, 1)), "Bob")
    merged = merge_conflict(project, "a.jpg", copy, SHAPE)
    assert merged.stored is not None
    assert annotation_path(project, "a.jpg") == merged.stored.path
    assert merged.stored.labels == dots((200, 200, 1))


def test_an_image_in_both_folders_is_offered_what_lies_in_train(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    assert path.parent == project.folder.validation
    train = put(project, project.folder.train / "a.png", dots((200, 200, 1)), "Bob")
    assert annotation_conflicts(project, "a.jpg") == [train]
    merge_conflict(project, "a.jpg", train, SHAPE)
    assert read_annotation(path, SHAPE).labels == dots((50, 60, 2), (200, 200, 1))
    assert not train.exists()


def test_a_copy_that_cannot_be_used_is_refused_and_stays(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    copy = path.with_name(COPY)
    with pytest.raises(Refused, match="is gone"):
        merge_conflict(project, "a.jpg", copy, SHAPE)
    copy.write_bytes(b"half")
    with pytest.raises(Refused, match="not a whole PNG"):
        merge_conflict(project, "a.jpg", copy, SHAPE)
    assert copy.exists()
