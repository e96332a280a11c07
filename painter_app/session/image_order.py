"""Orders of the image list: which image is most worth annotating next. No Qt: this runs in workers."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from painter_app.session.opening import Stamp
from shared_folder.layout import ProjectFolder
from shared_folder.names import image_id, is_debris
from shared_folder.segmentation import Contradiction, SegmentationFacts, facts_of

_CHOSEN_IN_TURN = 20
"""Images that are chosen one after another, each as though those before it were annotated already."""


class Order(StrEnum):
    """In which order images are listed, and come after Save & Next."""

    PROJECT = "project order"
    MOST_UNCERTAIN = "most uncertain first"
    LEAST_LIKE = "least like those annotated"


@dataclass(frozen=True)
class Ordered:
    """The images of a project in an order."""

    order: Order
    names: tuple[str, ...]
    """Those to annotate first, best first; those with nothing to tell by yet after them; those annotated last."""
    unjudged: int
    """Images to annotate that there is nothing to tell by yet: without a mask, or with an old one."""


class FactsOfMasks:
    """What the masks of a project say of themselves; one is read again when it changed. For one worker at a time."""

    def __init__(self, folder: ProjectFolder) -> None:
        self._segmentations, self._latest = folder.segmentations, folder.latest
        self._read: dict[Path, tuple[Stamp, SegmentationFacts]] = {}

    def newest(self) -> dict[str, SegmentationFacts]:
        """By image id: of the newest mask."""
        return self._look(self._segmentations) | self._look(self._latest)

    def contradictions(self) -> dict[str, tuple[Contradiction, ...]]:
        """By image id: what the newest mask of an annotated image contradicts, where it does."""
        facts = self._look(self._latest)
        return {image: each.contradictions for image, each in facts.items() if each.contradictions}

    def _look(self, folder: Path) -> dict[str, SegmentationFacts]:
        found = {}
        for path, stamp in _listed(folder):
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                facts = _facts(path)
                if facts is None:
                    continue  # gone, or half of it has arrived: it is looked at again
                known = self._read[path] = stamp, facts
            found[image_id(path.name)] = known[1]
        return found


def ordered(
    order: Order, images: Sequence[str], annotated: frozenset[str], facts: Mapping[str, SegmentationFacts]
) -> Ordered:
    """Sort a project's images. annotated, facts: by image id."""
    if order is Order.PROJECT:
        return Ordered(order, tuple(images), 0)
    todo = [name for name in images if image_id(name) not in annotated]
    done = [name for name in images if image_id(name) in annotated]
    best = _most_uncertain(todo, facts) if order is Order.MOST_UNCERTAIN else _least_like(todo, done, facts)
    judged = frozenset(best)
    unjudged = [name for name in todo if name not in judged]
    return Ordered(order, (*best, *unjudged, *done), len(unjudged))


def _most_uncertain(todo: Sequence[str], facts: Mapping[str, SegmentationFacts]) -> list[str]:
    """Uncertainty sampling (Lewis and Gale, SIGIR 1994), by the expected error of each image's mask."""
    figures = {name: figure for name in todo if (figure := _uncertainty(facts.get(image_id(name)))) is not None}
    return sorted(figures, key=lambda name: -figures[name])


def _uncertainty(facts: SegmentationFacts | None) -> float | None:
    return None if facts is None else facts.uncertainty


def _least_like(todo: Sequence[str], done: Sequence[str], facts: Mapping[str, SegmentationFacts]) -> list[str]:
    """Farthest first from what is annotated (core-sets: Sener and Savarese, ICLR 2018; Gonzalez, 1985).

    Where nothing annotated has statistics yet, from the mean of all images.
    """
    names, statistics = _appearances([*todo, *done], facts)
    if not names:
        return []
    annotated = frozenset(done)
    chosen = np.array([name in annotated for name in names])
    centres = statistics[chosen] if chosen.any() else np.zeros((1, statistics.shape[1]))
    distances = np.full(len(names), np.inf)
    for centre in centres:
        distances = np.minimum(distances, np.linalg.norm(statistics - centre, axis=1))
    distances[chosen] = -1
    best: list[int] = []
    for _ in range(min(_CHOSEN_IN_TURN, int((~chosen).sum()))):
        farthest = int(distances.argmax())
        best.append(farthest)
        distances = np.minimum(distances, np.linalg.norm(statistics - statistics[farthest], axis=1))
        distances[[*best]] = -1
    rest = [index for index in np.argsort(-distances, kind="stable").tolist() if distances[index] >= 0]
    return [names[index] for index in (*best, *rest)]


def _appearances(
    names: Sequence[str], facts: Mapping[str, SegmentationFacts]
) -> tuple[list[str], NDArray[np.float64]]:
    """Names and statistics (n, d), each statistic with mean 0 and deviation 1, of the images that have them."""
    found = [(name, facts[image_id(name)].appearance) for name in names if image_id(name) in facts]
    lengths = [len(appearance) for _, appearance in found if appearance]
    if not lengths:
        return [], np.zeros((0, 0))
    usual = max(set(lengths), key=lengths.count)  # another version's statistics can't be compared
    alike = [(name, appearance) for name, appearance in found if len(appearance) == usual]
    values = np.array([appearance for _, appearance in alike])
    deviations = values.std(axis=0)
    return [name for name, _ in alike], (values - values.mean(axis=0)) / np.where(deviations > 0, deviations, 1)


def _facts(path: Path) -> SegmentationFacts | None:
    try:
        return facts_of(path)
    except OSError:
        return None


def _listed(folder: Path) -> list[tuple[Path, Stamp]]:
    """The masks in a folder. One that can't be reached holds none now."""
    try:
        with os.scandir(folder) as entries:
            files = [(Path(entry.path), entry.stat()) for entry in entries if _is_mask(entry.name)]
    except OSError:
        return []
    return [(path, (status.st_mtime_ns, status.st_size, status.st_ino)) for path, status in files]


def _is_mask(name: str) -> bool:
    return name.endswith(".png") and not name.startswith(".") and not is_debris(name)
