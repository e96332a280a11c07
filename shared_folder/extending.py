"""More images for a project that is there: where in its order they come."""

import json
import random
from collections.abc import Mapping
from enum import StrEnum

from shared_folder.annotation_files import annotated_names
from shared_folder.names import find_colliders, image_id
from shared_folder.project import Project, ProjectFile, Source, Sources, open_project
from shared_folder.publish import parse_document, publish, publish_document, read_content, read_document
from shared_folder.refused import Refused


class Place(StrEnum):
    """Where in the order of annotation new images come."""

    NEXT = "next"  # after the last annotated image
    MIXED = "mixed"  # among those after it, which keep their order
    LAST = "last"


def add_images(project: Project, new: Mapping[str, Source], place: Place, seed: int = 0) -> Project:
    """Write new images into a project's order, among each other at random, and where they come from.

    new: by file name; they are where the project looks for them. What the project's files hold by now stays, unknown
    keys too. RootPainter's projects know of no sources. Returns the project as it is then. Refuses one that can't be
    written, and names of which an image is there already.
    """
    if project.read_only:
        raise Refused(project.read_only)
    path = project.folder.file
    content = read_content(path)
    known = parse_document(content, path.name, ProjectFile)
    names = (*known.file_names, *new)
    for name, owner in find_colliders(names).items():
        if name in new:
            raise Refused(f"{name}: can't be told from {owner}, which the project has. Rename it.")
    if known.brushloop is not None:
        sources = read_document(project.folder.sources, Sources)
        publish_document(project.folder.sources, Sources(sources={**sources.sources, **new}))
    order = _ordered(project, known.file_names, list(new), place, random.Random(seed))
    publish(path, json.dumps(json.loads(content) | {"file_names": order}, indent=1, ensure_ascii=False).encode())
    return open_project(path)


def _ordered(
    project: Project, known: tuple[str, ...], new: list[str], place: Place, chance: random.Random
) -> list[str]:
    annotated = annotated_names(project.folder.train).keys() | annotated_names(project.folder.validation).keys()
    done = max((index + 1 for index, name in enumerate(known) if image_id(name) in annotated), default=0)
    before, after = list(known[:done]), list(known[done:])
    chance.shuffle(new)
    if place is Place.NEXT:
        return [*before, *new, *after]
    if place is Place.LAST:
        return [*before, *after, *new]
    theirs = set(chance.sample(range(len(after) + len(new)), len(new)))
    news, olds = iter(new), iter(after)
    return [*before, *(next(news if spot in theirs else olds) for spot in range(len(after) + len(new)))]
