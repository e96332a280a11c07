"""Annotations on disk: where they go, what they say, and that no writer's strokes are lost."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from shared_folder import annotation_files
from shared_folder.annotation import Annotation, Patch
from shared_folder.annotation_files import (
    AnnotationFacts,
    SavedAnnotation,
    already_holds,
    annotated_names,
    annotation_path,
    choose_folder,
    encode_annotation,
    move_annotation,
    read_annotation,
    save_annotation,
    use_as_test_image,
)
from shared_folder.classes import CANT_TELL, new_classes
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, ProjectSettings, Source, create_project, open_project
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

SHAPE = (300, 400)
NAMES = tuple(f"{letter}.jpg" for letter in "abcdefghijklmn")


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return create_project(shared, "roots", "soil", NAMES)


def painted(*strokes: tuple[int, int, int], on: Labels | None = None) -> tuple[Labels, list[Patch]]:
    """Labels with a dot at (row, column) of each (row, column, label), and the patches."""
    annotation = Annotation(on or Labels(SHAPE))
    patches = []
    for row, column, label in strokes:
        annotation.begin_stroke()
        annotation.stamp((row, column), (row, column), 5, label)
        patch = annotation.end_stroke()
        assert patch is not None
        patches.append(patch)
    return annotation.labels, patches


def save(project: Project, name: str, *strokes: tuple[int, int, int]) -> SavedAnnotation:
    labels, patches = painted(*strokes)
    return save_annotation(project, name, labels, AnnotationFacts(person="Ada"), None, patches)


def test_what_was_painted_comes_back_with_its_facts(project: Project) -> None:
    labels, patches = painted((50, 60, 2), (100, 300, 1))
    facts = AnnotationFacts(person="Ada", seconds=3.5, clicks=2, model="000002_x", image_sha256="ab")
    saved = save_annotation(project, "a.jpg", labels, facts, None, patches)
    assert saved.stored is not None
    back = read_annotation(saved.stored.path, SHAPE)
    assert back.labels == labels
    counted = {"width": 400, "height": 300, "pixels": labels.counts()}
    assert back.facts == facts.model_copy(update=counted)
    assert back.token == saved.stored.token


def test_the_first_is_learned_from_the_second_validates_then_rootpainters_rule(project: Project) -> None:
    where = []
    for name in NAMES[:13]:
        saved = save(project, name, (50, 60, 2))
        assert saved.stored is not None
        where.append(saved.stored.path.parent.name)
    assert where == ["train", "val"] + ["train"] * 4 + ["val"] + ["train"] * 5 + ["val"]


def test_images_of_one_group_stay_together(shared: SharedFolder) -> None:
    sources = {name: Source(path=f"plate{index // 2}.tif") for index, name in enumerate(NAMES)}
    project = create_project(shared, "tiles", "soil", NAMES, ProjectSettings(split="source"), sources)
    save(project, "a.jpg", (50, 60, 2))
    assert choose_folder(project, "b.jpg") == project.folder.train
    save(project, "c.jpg", (50, 60, 2))
    assert choose_folder(project, "d.jpg") == project.folder.validation


def test_an_existing_one_is_rewritten_where_it_is_even_when_emptied(project: Project) -> None:
    first = save(project, "a.jpg", (50, 60, 2)).stored
    assert first is not None
    empty = save_annotation(project, "a.jpg", Labels(SHAPE), AnnotationFacts(), first, []).stored
    assert empty is not None
    assert empty.path == first.path
    assert read_annotation(empty.path, SHAPE).labels == Labels(SHAPE)


def test_a_new_empty_one_is_not_written(project: Project) -> None:
    assert save_annotation(project, "a.jpg", Labels(SHAPE), AnnotationFacts(), None, []).stored is None
    assert annotation_path(project, "a.jpg") is None


def test_cant_tell_alone_never_stays_in_train(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    save(project, "c.jpg", (50, 60, 2))
    first = save(project, "b.jpg", (50, 60, 2)).stored
    assert first is not None
    assert first.path.parent == project.folder.train
    only, patches = painted((80, 80, CANT_TELL))
    saved = save_annotation(project, "b.jpg", only, AnnotationFacts(), first, patches).stored
    assert saved is not None
    assert saved.path.parent == project.folder.validation
    assert not first.path.exists()
    with pytest.raises(Refused, match="can't tell"):
        move_annotation(project, "b.jpg", to_validation=False)


def test_two_writers_keep_both_their_strokes(project: Project) -> None:
    loaded = save(project, "a.jpg", (50, 60, 2)).stored
    assert loaded is not None
    ours, patches = painted((200, 100, 1), (120, 120, 1), on=loaded.labels.snapshot())
    theirs, _ = painted((250, 350, 2), (120, 120, 2), on=loaded.labels.snapshot())
    save_annotation(project, "a.jpg", theirs, AnnotationFacts(person="Bob"), loaded, [])
    saved = save_annotation(project, "a.jpg", ours, AnnotationFacts(person="Ada"), loaded, patches)
    assert saved.stored is not None
    merged = saved.stored.labels.to_array()
    assert (merged[50, 60], merged[200, 100], merged[250, 350]) == (2, 1, 2)
    assert merged[120, 120] == 1, "where both painted, the strokes of the one who saves win"
    assert saved.disagreements == int((ours.to_array()[110:131, 110:131] == 1).sum())
    assert saved.kept is not None
    assert read_annotation(saved.kept, SHAPE).facts.person == "Bob"


def test_what_was_saved_and_then_taken_back_goes_even_where_somebody_else_saved_between(project: Project) -> None:
    ours, patches = painted((50, 60, 2), (200, 100, 2))
    first = save_annotation(project, "a.jpg", ours, AnnotationFacts(), None, patches).stored
    assert first is not None
    theirs, _ = painted((250, 350, 2), on=first.labels.snapshot())
    save_annotation(project, "a.jpg", theirs, AnnotationFacts(person="Bob"), first, [])
    back = Patch(tuple(type(piece)(piece.rectangle, piece.after, piece.before) for piece in patches[1].pieces))
    undone, _ = painted((50, 60, 2))
    saved = save_annotation(project, "a.jpg", undone, AnnotationFacts(), first, [*patches, back])
    assert saved.stored is not None
    merged = saved.stored.labels.to_array()
    assert (merged[50, 60], merged[200, 100], merged[250, 350]) == (2, 0, 2)


def test_what_was_merged_once_is_merged_again_without_another_copy(project: Project) -> None:
    save(project, "a.jpg", (250, 350, 2))
    ours, patches = painted((50, 60, 2))
    merged = save_annotation(project, "a.jpg", ours, AnnotationFacts(), None, patches)
    assert merged.stored is not None
    assert merged.kept is not None
    known = dataclasses.replace(merged.stored, labels=ours.snapshot(), merged=True)
    ours, more = painted((200, 100, 1), on=ours)
    saved = save_annotation(project, "a.jpg", ours, AnnotationFacts(), known, [*patches, *more])
    assert saved.stored is not None
    assert saved.kept is None
    pixels = saved.stored.labels.to_array()
    assert (pixels[50, 60], pixels[200, 100], pixels[250, 350]) == (2, 1, 2)


def test_somebody_elses_annotation_of_an_image_new_to_us_is_merged(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    saved = save(project, "a.jpg", (200, 200, 1))
    assert saved.stored is not None
    assert saved.stored.labels.to_array()[50, 60] == 2
    assert saved.stored.labels.to_array()[200, 200] == 1


def test_an_annotation_of_another_size_is_refused_not_stretched(project: Project) -> None:
    saved = save(project, "a.jpg", (50, 60, 2)).stored
    assert saved is not None
    with pytest.raises(Refused, match=r"a\.png: its size, 400 x 300, is not that of the image, 400 x 200"):
        read_annotation(saved.path, (200, 400))


def test_an_image_in_both_is_validation(project: Project) -> None:
    saved = save(project, "a.jpg", (50, 60, 2)).stored
    assert saved is not None
    (project.folder.validation / "a.png").write_bytes(saved.path.read_bytes())
    assert annotation_path(project, "a.jpg") == project.folder.validation / "a.png"


def test_the_user_moves_an_image_between_training_and_validation(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    move_annotation(project, "a.jpg", to_validation=True)
    assert annotation_path(project, "a.jpg") == project.folder.validation / "a.png"
    move_annotation(project, "a.jpg", to_validation=False)
    assert annotation_path(project, "a.jpg") == project.folder.train / "a.png"


def test_drafts_and_conflict_copies_are_no_annotations(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    for name in (
        ".b.png.1a2b.part",
        "a.sync-conflict-20260101-101010-ABCDEFG.png",
        "a (conflicted copy 2026-01-01).png",
    ):
        (project.folder.train / name).write_bytes(b"x")
    assert annotated_names(project.folder.train) == {"a": "a.png"}


def test_the_second_of_two_images_with_one_name_is_not_written(shared: SharedFolder) -> None:
    project = create_project(shared, "twins", "soil", ("a.jpg", "a.png"))
    with pytest.raises(Refused, match=r"a\.png: has the same name as a\.jpg"):
        save(project, "a.png", (5, 5, 2))


def test_several_classes_are_kept_by_id(shared: SharedFolder) -> None:
    settings = ProjectSettings(classes=new_classes(["crop", "weed", "stone"]))
    project = create_project(shared, "field", "soil", NAMES, settings)
    saved = save(project, "a.jpg", (50, 60, 4), (90, 90, 2), (150, 150, CANT_TELL)).stored
    assert saved is not None
    assert set(np.unique(read_annotation(saved.path, SHAPE).labels.to_array())) == {0, 2, 4, CANT_TELL}


def test_whether_a_file_already_holds_strokes(project: Project) -> None:
    labels, patches = painted((50, 60, 2), (200, 200, 1))
    saved = save_annotation(project, "a.jpg", labels, AnnotationFacts(), None, patches).stored
    assert saved is not None
    assert already_holds(patches, saved)
    _, extra = painted((10, 10, 1), on=labels.snapshot())
    assert not already_holds([*patches, *extra], saved)


def test_a_project_that_is_read_only_is_not_written(shared: SharedFolder) -> None:
    project = create_project(shared, "roots", "soil", NAMES)
    newer = Project(project.shared, project.folder, project.file, project.settings, read_only="Update Brushloop.")
    with pytest.raises(Refused, match="Update"):
        save(newer, "a.jpg", (5, 5, 2))


def test_painting_a_rectangle_is_a_patch_too() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    annotation.paint(Rectangle(0, 0, 300, 400), 1)
    patch = annotation.end_stroke()
    assert patch is not None
    assert annotation.labels.counts() == {1: 300 * 400}
    assert Patch.from_bytes(patch.to_bytes()) == patch


def test_paths_are_made_only_when_needed(shared: SharedFolder, tmp_path: Path) -> None:
    project = create_project(shared, "roots", "soil", NAMES)
    save(project, "a.jpg", (50, 60, 2))
    assert not project.folder.conflicts.exists()


def test_a_stroke_that_was_taken_back_erases_nothing_of_somebody_elses(project: Project) -> None:
    loaded = save(project, "a.jpg", (50, 60, 2)).stored
    assert loaded is not None
    theirs, _ = painted((120, 120, 2), on=loaded.labels.snapshot())
    save_annotation(project, "a.jpg", theirs, AnnotationFacts(person="Bob"), loaded, [])
    ours, patches = painted((120, 120, 1), (120, 120, 0), (200, 200, 1), on=loaded.labels.snapshot())
    saved = save_annotation(project, "a.jpg", ours, AnnotationFacts(person="Ada"), loaded, patches)
    assert saved.stored is not None
    assert saved.stored.labels.to_array()[120, 120] == 2
    assert saved.stored.labels.to_array()[200, 200] == 1
    assert saved.disagreements == 0
    assert already_holds(patches, saved.stored)


def test_who_saves_while_we_encode_loses_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = save(project, "a.jpg", (50, 60, 2)).stored
    assert loaded is not None
    theirs, _ = painted((250, 350, 2), on=loaded.labels.snapshot())
    others = [encode_annotation(theirs, AnnotationFacts(person="Bob"), project)]

    def encode_slowly(labels: Labels, facts: AnnotationFacts, project: Project) -> bytes:
        if others:
            loaded.path.write_bytes(others.pop())
        return encode_annotation(labels, facts, project)

    monkeypatch.setattr(annotation_files, "encode_annotation", encode_slowly)
    ours, patches = painted((200, 100, 1), on=loaded.labels.snapshot())
    saved = save_annotation(project, "a.jpg", ours, AnnotationFacts(person="Ada"), loaded, patches)
    merged = read_annotation(loaded.path, SHAPE).labels.to_array()
    assert (merged[50, 60], merged[200, 100], merged[250, 350]) == (2, 1, 2)
    assert saved.kept is not None
    assert read_annotation(saved.kept, SHAPE).facts.person == "Bob"


def test_two_who_begin_an_image_at_once_write_one_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bobs, _ = painted((250, 350, 2))
    others = [encode_annotation(bobs, AnnotationFacts(person="Bob"), project)]

    def encode_slowly(labels: Labels, facts: AnnotationFacts, project: Project) -> bytes:
        if others:
            (project.folder.train / "a.png").write_bytes(others.pop())
        return encode_annotation(labels, facts, project)

    monkeypatch.setattr(annotation_files, "encode_annotation", encode_slowly)
    saved = save(project, "a.jpg", (50, 60, 1)).stored
    assert saved is not None
    assert saved.path == project.folder.train / "a.png"
    assert not (project.folder.validation / "a.png").exists()
    assert (saved.labels.to_array()[50, 60], saved.labels.to_array()[250, 350]) == (1, 2)


@pytest.mark.parametrize("content", [b"", b"half a file", b"\x89PNG\r\n\x1a\n"])
def test_an_annotation_that_cannot_be_read_is_never_written_over(project: Project, content: bytes) -> None:
    loaded = save(project, "a.jpg", (50, 60, 2)).stored
    assert loaded is not None
    loaded.path.write_bytes(content)
    ours, patches = painted((200, 100, 1), on=loaded.labels.snapshot())
    with pytest.raises(Refused, match=r"a\.png: not a whole PNG"):
        save_annotation(project, "a.jpg", ours, AnnotationFacts(), loaded, patches)
    assert loaded.path.read_bytes() == content


@pytest.mark.parametrize(("image", "file_name"), [("a.jpg", "A.png"), ("bl\u00e4tt.jpg", "bla\u0308tt.png")])
def test_an_annotation_written_in_another_case_or_form_is_the_images(
    shared: SharedFolder, image: str, file_name: str
) -> None:
    project = create_project(shared, "roots", "soil", (image, "b.jpg"))
    first, _ = painted((50, 60, 2))
    path = project.folder.train / file_name
    path.write_bytes(encode_annotation(first, AnnotationFacts(), project))
    found = annotation_path(project, image)
    assert found is not None
    assert found.samefile(path)
    save(project, image, (200, 200, 1))
    assert len(annotated_names(project.folder.train) | annotated_names(project.folder.validation)) == 1
    values = read_annotation(path, SHAPE).labels.to_array()
    assert (values[50, 60], values[200, 200]) == (2, 1)


def test_the_second_of_two_images_with_one_name_has_no_annotation(shared: SharedFolder) -> None:
    project = create_project(shared, "twins", "soil", ("a.jpg", "A.png"))
    save(project, "a.jpg", (5, 5, 2))
    assert annotation_path(project, "A.png") is None


def test_moving_an_image_that_is_in_both_keeps_the_copy_there(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    move_annotation(project, "a.jpg", to_validation=True)
    other, _ = painted((200, 200, 1))
    there = project.folder.train / "a.png"
    there.write_bytes(encode_annotation(other, AnnotationFacts(person="Bob"), project))
    move_annotation(project, "a.jpg", to_validation=False)
    assert read_annotation(there, SHAPE).labels.to_array()[50, 60] == 2
    (kept,) = project.folder.conflicts.iterdir()
    assert read_annotation(kept, SHAPE).facts.person == "Bob"


def test_labels_of_classes_that_the_project_lacks_are_kept(project: Project) -> None:
    saved = save(project, "a.jpg", (50, 60, 2), (200, 200, 7)).stored
    assert saved is not None
    assert read_annotation(saved.path, SHAPE).labels == saved.labels
    assert saved.labels.to_array()[200, 200] == 7


def test_a_read_only_project_moves_nothing(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    newer = Project(project.shared, project.folder, project.file, project.settings, read_only="Update Brushloop.")
    with pytest.raises(Refused, match="Update"):
        move_annotation(newer, "a.jpg", to_validation=False)


def test_a_name_as_long_as_file_systems_allow_can_be_saved_and_merged(shared: SharedFolder) -> None:
    image = "x" * 250 + ".jpg"
    project = create_project(shared, "long", "soil", (image,))
    save(project, image, (50, 60, 2))
    saved = save(project, image, (200, 200, 1))
    assert saved.kept is not None
    assert read_annotation(saved.kept, SHAPE).labels.to_array()[50, 60] == 2


def test_an_image_of_more_pixels_than_can_be_read_again_is_refused_at_once(project: Project) -> None:
    with pytest.raises(Refused, match=r"a\.jpg: has more pixels"):
        save_annotation(project, "a.jpg", Labels((40_000, 40_000)), AnnotationFacts(), None, [])


def test_a_test_image_is_never_learned_from(project: Project) -> None:
    project = use_as_test_image(project, "a.jpg", wanted=True)
    assert open_project(project.folder.root).is_test("a.jpg")
    first = save(project, "a.jpg", (50, 60, 2)).stored
    assert first is not None
    assert first.path.parent == project.folder.validation
    assert choose_folder(project, "b.jpg") == project.folder.train
    with pytest.raises(Refused, match="test image"):
        move_annotation(project, "a.jpg", to_validation=False)
    project = use_as_test_image(project, "a.jpg", wanted=False)
    assert not open_project(project.folder.root).test_set
    move_annotation(project, "a.jpg", to_validation=False)
    assert annotation_path(project, "a.jpg") == project.folder.train / "a.png"


def test_an_annotation_moves_to_validation_with_its_image(project: Project) -> None:
    save(project, "a.jpg", (50, 60, 2))
    older = project
    project = use_as_test_image(project, "a.jpg", wanted=True)
    assert annotation_path(project, "a.jpg") == project.folder.validation / "a.png"
    move_annotation(older, "a.jpg", to_validation=False)  # a program that doesn't know yet
    loaded = read_annotation(project.folder.train / "a.png", SHAPE)
    labels, patches = painted((200, 100, 1), on=loaded.labels.snapshot())
    saved = save_annotation(project, "a.jpg", labels, AnnotationFacts(), loaded, patches).stored
    assert saved is not None
    assert saved.path == project.folder.validation / "a.png"
    assert not loaded.path.exists()


def test_two_windows_may_choose_test_images(project: Project) -> None:
    use_as_test_image(project, "a.jpg", wanted=True)
    both = use_as_test_image(project, "b.jpg", wanted=True)  # from the project as it was before
    assert both.settings.test_set == ("a.jpg", "b.jpg")
    assert both.settings.classes == project.settings.classes
