"""Strokes on this machine's disk: nothing is lost, nothing damaged is believed."""

import sys
from pathlib import Path

import pytest

from painter_app.journal import Journals, inverse, read_journal
from shared_folder.annotation import Annotation, Patch, replay
from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project

SHAPE = (300, 400)


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return create_project(shared, "p", "d", ("Ä plant.png", "other.png"))


def strokes(annotation: Annotation, count: int) -> list[Patch]:
    made = []
    for number in range(count):
        annotation.begin_stroke()
        annotation.stamp((20 + 40 * number, 10), (30 + 40 * number, 390), 6, FOREGROUND if number % 2 else BACKGROUND)
        made.append(annotation.end_stroke())
    return made


def test_what_was_appended_is_recovered(project: Project, tmp_path: Path) -> None:
    journals = Journals(tmp_path / "journals", project)
    annotation = Annotation(Labels(SHAPE))
    journal = journals.begin("Ä plant.png", SHAPE, None)
    assert not journals.recover("Ä plant.png")  # no file before the first stroke
    made = strokes(annotation, 3)
    for stroke in made:
        journal.append(stroke)
    journal.append(inverse(made[-1]))
    annotation.undo(made[-1])
    assert not journals.recover("Ä plant.png")  # its window lives
    journal.flush()
    journal.close()
    journal.flush()  # a flush that comes late is harmless
    (found,) = journals.recover("A\u0308 PLANT.jpg".replace("jpg", "png"))  # the same identity
    laid = Labels(SHAPE)
    replay(found.strokes, laid)
    assert laid == annotation.labels
    assert found.facts.image == "Ä plant.png"
    assert found.fits(SHAPE)
    assert not journals.recover("other.png")


@pytest.mark.parametrize("torn", [1, 20, 60])
def test_a_torn_last_record_is_left_out(project: Project, tmp_path: Path, torn: int) -> None:
    journals = Journals(tmp_path / "journals", project)
    journal = journals.begin("other.png", SHAPE, None)
    made = strokes(Annotation(Labels(SHAPE)), 2)
    for stroke in made:
        journal.append(stroke)
    journal.close()
    journal.path.write_bytes(journal.path.read_bytes()[:-torn])
    assert read_journal(journal.path).strokes == (made[0],)


def test_a_flipped_bit_ends_the_journal_there(project: Project, tmp_path: Path) -> None:
    journals = Journals(tmp_path / "journals", project)
    journal = journals.begin("other.png", SHAPE, None)
    made = strokes(Annotation(Labels(SHAPE)), 3)
    journal.append(made[0])
    first_end = journal.path.stat().st_size
    journal.append(made[1])
    journal.append(made[2])
    journal.close()
    content = bytearray(journal.path.read_bytes())
    content[first_end + 50] ^= 1
    journal.path.write_bytes(content)
    assert read_journal(journal.path).strokes == (made[0],)


def test_foreign_files_are_no_journals(tmp_path: Path) -> None:
    for content in (b"", b"hello", b"brushloop journal 1\n{}\n", b"brushloop journal 1\nnonsense\n"):
        path = tmp_path / "x.journal"
        path.write_bytes(content)
        assert read_journal(path) is None


def test_a_journal_is_held_by_an_annotation_with_its_pixels_only(project: Project, tmp_path: Path) -> None:
    journals = Journals(tmp_path / "journals", project)
    annotation = Annotation(Labels(SHAPE))
    journal = journals.begin("other.png", SHAPE, None)
    made = strokes(annotation, 2)
    journal.append(made[0])
    stored = save_annotation(project, "other.png", annotation.labels, AnnotationFacts(), None, made).stored
    found = read_journal(journal.path)
    assert found.held_by(stored)
    assert not found.held_by(None)
    assert found.older_than(stored)
    annotation.begin_stroke()
    annotation.stamp((20, 10), (20, 30), 3, FOREGROUND)
    later = annotation.end_stroke()
    journal.append(later)
    assert not read_journal(journal.path).held_by(stored)
    journal.append(inverse(later))
    journal.append(inverse(made[0]))
    assert read_journal(journal.path).held_by(None)  # everything was taken back: there is nothing to save
    journal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit to a file's size")
def test_a_full_disk_costs_no_stroke_once_there_is_room(project: Project, tmp_path: Path) -> None:
    import resource  # noqa: PLC0415  (Unix has it alone)

    journals = Journals(tmp_path / "journals", project)
    journal = journals.begin("other.png", SHAPE, None)
    made = strokes(Annotation(Labels(SHAPE)), 3)
    journal.append(made[0])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 50, limits[1]))  # in mid-record
    try:
        with pytest.raises(OSError, match="too large"):
            journal.append(made[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read_journal(journal.path).strokes == (made[0],)
    journal.append(made[2])
    journal.close()
    assert read_journal(journal.path).strokes == tuple(made)
