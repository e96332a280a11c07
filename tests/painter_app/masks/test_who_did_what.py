"""What each person has annotated, from the files' headers alone."""

import os
from datetime import UTC, datetime

import numpy as np
import pytest

from painter_app.datasets.make import Cancelled
from painter_app.masks.who_did_what import as_text, who_did_what
from shared_folder import label_files
from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id
from shared_folder.project import Project, create_project
from shared_folder.publish import publish_document
from shared_folder.review import Reviews, ReviewState

NAMES = tuple(f"leaf_{number}.png" for number in range(6))


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return create_project(shared, "leaves", "leaves", NAMES)


def annotate(project: Project, name: str, day: int, **facts: object) -> None:
    labels = Labels.from_array(np.full((20, 30), 2, np.uint8))
    stored = save_annotation(project, name, labels, AnnotationFacts(**facts), None, []).stored
    when = datetime(2026, 1, day, 12, tzinfo=UTC).timestamp()
    os.utime(stored.path, (when, when))


def judge(project: Project, painter: str, person: str, **states: ReviewState) -> None:
    known = {image_id(f"{image}.png"): state for image, state in states.items()}
    publish_document(project.folder.review(painter), Reviews(person=person, states=known))


def test_everybody_is_counted_without_a_pixel_being_decoded(project, monkeypatch) -> None:
    annotate(project, NAMES[0], 3, person="Ada", clicks=5, seconds=60.0)
    annotate(project, NAMES[1], 9, person="Ada ", clicks=2, seconds=30.5)
    annotate(project, NAMES[2], 4, person="Bob", clicks=7, seconds=10.0)
    annotate(project, NAMES[3], 1)
    judge(project, "a1", "Ada", leaf_0=ReviewState.COMPLETE, leaf_1=ReviewState.PARTLY_CORRECTED)
    judge(project, "a2", "Ada", leaf_0=ReviewState.COMPLETE, leaf_4=ReviewState.NOTHING_TO_CORRECT)
    judge(project, "c", "Cy", leaf_5=ReviewState.SKIPPED)
    monkeypatch.setattr(label_files.Image.Image, "load", lambda *_: 1 / 0)
    told = []
    report = who_did_what(project, lambda *progress: told.append(progress))
    assert told == [(number, 4) for number in range(5)]
    ada, nobody, bob = (next(work for work in report.people if work.person == who) for who in ("Ada", "", "Bob"))
    assert [work.person for work in report.people] == ["Ada", "", "Bob"]
    assert (ada.annotated, ada.strokes, ada.seconds, len(ada.complete)) == (2, 7, 90.5, 2)
    assert ada.saved == datetime(2026, 1, 9, 12, tzinfo=UTC)
    assert (nobody.annotated, nobody.strokes) == (1, 0)
    assert (bob.annotated, len(bob.complete)) == (1, 0)
    assert report.refused == ()


def test_an_image_in_both_folders_counts_once_and_strangers_not_at_all(project) -> None:
    annotate(project, NAMES[0], 3, person="Ada", clicks=5)
    path = project.folder.train / "leaf_0.png"
    (project.folder.validation / "leaf_0.png").write_bytes(path.read_bytes())
    (project.folder.train / "gone.png").write_bytes(path.read_bytes())
    (ada,) = who_did_what(project, lambda *_: None).people
    assert (ada.annotated, ada.strokes) == (1, 5)


def test_a_damaged_file_is_named_and_the_rest_counts(project) -> None:
    annotate(project, NAMES[0], 3, person="Ada")
    project.folder.train.joinpath("leaf_1.png").write_bytes(b"no picture")
    report = who_did_what(project, lambda *_: None)
    assert [work.annotated for work in report.people] == [1]
    assert "leaf_1.png" in report.refused[0]


def test_it_can_be_stopped(project) -> None:
    annotate(project, NAMES[0], 3, person="Ada")

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        who_did_what(project, stop)


def test_the_table_for_other_programs(project) -> None:
    annotate(project, NAMES[0], 3, person='Ada, "A"', clicks=5, seconds=61.25)
    heading, row = as_text(who_did_what(project, lambda *_: None).people, ",").splitlines()
    assert heading == "person,images annotated,images complete,strokes,seconds,last saved"
    assert row.startswith('"Ada, ""A""",1,0,5,61.2,2026-01-0')
