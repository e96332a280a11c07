"""Other versions of an annotation: found, offered, merged without a loss."""

from pathlib import Path

import pytest

from shared_folder.annotation import Annotation
from shared_folder.annotation_files import (
    AnnotationFacts,
    conflict_copies,
    encode_annotation,
    move_annotation,
    read_annotation,
    save_annotation,
    set_aside,
)
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project

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
    assert conflict_copies(project) == {"a": [copy]}


def test_an_image_whose_own_name_is_numbered_is_no_copy(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    put(project, path.with_name("a (1).png"), dots((90, 90, 1)), "Ada")
    assert conflict_copies(project) == {}
    drive = put(project, path.with_name("a (2).png"), dots((90, 90, 1)), "Bob")
    assert conflict_copies(project) == {"a": [drive]}


def test_a_copy_that_was_dealt_with_is_kept(project: Project) -> None:
    path = ours(project, dots((50, 60, 2)))
    copy = put(project, path.with_name(COPY), dots((200, 200, 1)), "Bob")
    kept = set_aside(project, copy)
    assert not copy.exists()
    assert kept.parent == project.folder.conflicts
    assert read_annotation(kept, SHAPE).facts.person == "Bob"
    assert conflict_copies(project) == {}


def test_a_copy_that_cannot_be_kept_stays(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ours(project, dots((50, 60, 2)))
    copy = put(project, path.with_name(COPY), dots((200, 200, 1)), "Bob")

    def full(_target: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shared_folder.annotation_files.publish", full)
    with pytest.raises(OSError, match="No space"):
        set_aside(project, copy)
    assert copy.exists()


def test_an_image_in_both_folders_is_offered_what_lies_in_train(project: Project) -> None:
    ours(project, dots((50, 60, 2)))
    move_annotation(project, "a.jpg", to_validation=True)
    train = put(project, project.folder.train / "a.png", dots((200, 200, 1)), "Bob")
    assert conflict_copies(project) == {"a": [train]}
