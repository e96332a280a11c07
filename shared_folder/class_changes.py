"""Changing the classes of a project that is in use: other names, colours and places, new ones, merges.

A class's id is the pixel value in label files, so none is ever used again, and a merge is a fact in the project's
settings alone: the pixels of annotations stay as they are, and what was merged can be separated again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_folder.classes import FOREGROUND, LAST_CLASS, LabelClass, with_keys
from shared_folder.merging import remaining
from shared_folder.project import Project, change_settings
from shared_folder.refused import Refused

Classes = tuple[LabelClass, ...]


def change_classes(project: Project, before: Classes, wanted: Classes) -> Project:
    """Give a project other classes, as by `combined`. Returns the project with its settings as they are then."""
    return change_settings(project, lambda now: {"classes": combined(before, wanted, now.classes)})


def combined(before: Classes, wanted: Classes, now: Classes) -> Classes:
    """What a user changed, in what others made of the classes meanwhile.

    before: the classes that she saw. wanted: as she left them; new ones have any ids that `before` lacks. now: as
    they are in the project's file. A class that two added under one name is one. Refuses what doesn't go together.
    """
    ids = _new_ids(before, wanted, now)
    seen, there = {known.id: known for known in before}, {known.id: known for known in now}
    found: dict[int, LabelClass] = {}
    for each in wanted:
        into = None if each.merged_into is None else ids.get(each.merged_into, each.merged_into)
        mine = replace(each, id=ids.get(each.id, each.id), merged_into=into)
        theirs = there.get(mine.id)
        if theirs is not None:
            mine = _changed(seen[each.id], mine, theirs) if each.id in seen else theirs
        found[mine.id] = mine
    stayed = [known.id for known in wanted if known.id in seen] == [known.id for known in before]
    first, then = (there, found) if stayed else (found, there)
    result = with_keys(found.get(key) or there[key] for key in dict.fromkeys([*first, *then]))
    check_classes(result)
    return result


def check_classes(classes: Sequence[LabelClass]) -> None:
    """Refuse classes without a name, two of one name, and merges that leave none or go round in a circle."""
    left = remaining(tuple(classes))
    names = [known.name.strip().casefold() for known in left]
    if not all(names):
        raise Refused("A class has no name. Name it or remove it.")
    twice = next((known.name for known in left if names.count(known.name.strip().casefold()) > 1), None)
    if twice is not None:
        raise Refused(f'Two classes have the same name, "{twice}". Give each its own.')
    into = {known.id: known.merged_into for known in classes if known.merged_into is not None}
    if not left or any(_goes_round(known, into) for known in into):
        raise Refused("Somebody else merged classes meanwhile, and none would be left. Open the classes again.")


def _new_ids(before: Classes, wanted: Classes, now: Classes) -> dict[int, int]:
    """The ids of new classes, by those that they were given for the time being."""
    seen = {known.id for known in before}
    added_by_others = {known.name.casefold(): known.id for known in remaining(now) if known.id not in seen}
    last = max((FOREGROUND - 1, *seen, *(known.id for known in now)))
    ids = {}
    for each in wanted:
        if each.id not in seen:
            same = added_by_others.get(each.name.casefold())
            last += same is None
            ids[each.id] = last if same is None else same
    if last > LAST_CLASS:
        raise Refused(f"A project can have {LAST_CLASS - FOREGROUND + 1} classes in all, and this one has had them.")
    return ids


def _changed(seen: LabelClass, mine: LabelClass, theirs: LabelClass) -> LabelClass:
    """Of each fact hers where she changed it, else theirs."""
    facts = ("name", "colour", "merged_into")
    return replace(
        theirs, **{fact: getattr(mine, fact) for fact in facts if getattr(mine, fact) != getattr(seen, fact)}
    )


def _goes_round(label: int, into: Mapping[int, int]) -> bool:
    target, steps = into[label], 0
    while target in into and steps <= len(into):
        target, steps = into[target], steps + 1
    return target in into
