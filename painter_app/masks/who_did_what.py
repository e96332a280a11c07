"""Who did what: what each person has annotated in a project, from what the files say of themselves."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shared_folder.annotation_files import annotated_names, read_annotation_facts
from shared_folder.project import Project
from shared_folder.publish import read_documents
from shared_folder.refused import Refused
from shared_folder.review import Reviews, ReviewState

_COMPLETE = (ReviewState.COMPLETE, ReviewState.NOTHING_TO_CORRECT)
_COLUMNS = ("person", "images annotated", "images complete", "strokes", "seconds", "last saved")


@dataclass
class Work:
    """What one person has done. An annotation counts for the person who saved it last, all of it."""

    person: str
    """Nothing where files don't tell: RootPainter's."""
    annotated: int = 0
    complete: set[str] = field(default_factory=set)
    """Ids of the images that she called complete, or where there was nothing to correct."""
    strokes: int = 0
    seconds: float = 0.0
    """Spent painting; pauses of more than 20 seconds don't count."""
    saved: datetime | None = None
    """When she saved an annotation last, in this machine's time zone; None before the first."""


@dataclass(frozen=True)
class WorkReport:
    """Everybody's work, who annotated most first."""

    people: tuple[Work, ...]
    refused: tuple[str, ...]
    """A sentence for each file that can't be read."""


def who_did_what(project: Project, progress: Callable[[int, int], None]) -> WorkReport:
    """Read the headers of a project's annotations, and the review states; belongs into a worker.

    progress: gets how many files were read, of how many; whatever it raises ends the reading.
    """
    people: dict[str, Work] = {}
    reviews, refused = read_documents(project.folder.reviews, Reviews)
    for theirs in reviews.values():
        done = {image for image, state in theirs.states.items() if state in _COMPLETE and image in project.by_id}
        if done:
            _of(people, theirs.person).complete |= done
    paths = _annotations(project)
    for number, path in enumerate(paths):
        progress(number, len(paths))
        try:
            facts, saved = read_annotation_facts(path), path.stat().st_mtime
        except (Refused, OSError) as error:
            refused.append(str(error))
            continue
        work = _of(people, facts.person)
        work.annotated += 1
        work.strokes += facts.clicks
        work.seconds += facts.seconds
        here = datetime.fromtimestamp(saved).astimezone()
        work.saved = here if work.saved is None else max(work.saved, here)
    progress(len(paths), len(paths))
    most_first = sorted(people.values(), key=lambda work: (-work.annotated, -len(work.complete), work.person))
    return WorkReport(tuple(most_first), tuple(refused))


def as_text(people: Iterable[Work], delimiter: str) -> str:
    """The table for other programs, with a line of headings. Times in seconds and as ISO 8601 says."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    table.writerow(_COLUMNS)
    for work in people:
        saved = work.saved.isoformat(timespec="seconds") if work.saved is not None else ""
        table.writerow((work.person, work.annotated, len(work.complete), work.strokes, round(work.seconds, 1), saved))
    return text.getvalue()


def _of(people: dict[str, Work], person: str) -> Work:
    """The work of a person, "ada" as "Ada"; a new one is added."""
    return people.setdefault(person.strip().casefold(), Work(person.strip()))


def _annotations(project: Project) -> list[Path]:
    """One file for each annotated image: that in val/ where it is in both. Files of images that have left the project
    aside."""
    found: dict[str, Path] = {}
    for folder in (project.folder.train, project.folder.validation):
        found |= {image: folder / name for image, name in annotated_names(folder).items()}
    return [path for image, path in sorted(found.items()) if image in project.by_id]
