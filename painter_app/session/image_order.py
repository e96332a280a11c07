"""Orders of the image list: which image is most worth annotating or looking at. No Qt: runs in workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from painter_app.session.file_facts import Known, Need
from shared_folder.names import image_id
from shared_folder.segmentation import SegmentationFacts

_CHOSEN_IN_TURN = 20
"""Images that are chosen one after another, each as though those before it were annotated already."""


class Order(StrEnum):
    """In which order images are listed, and come after Save & Next."""

    PROJECT = "project order"
    MOST_UNCERTAIN = "most uncertain first"
    LEAST_LIKE = "least like those annotated"
    WORST_DICE = "worst Dice first"
    RECENT = "most recently changed first"

    @property
    def by_worth(self) -> bool:
        """Whether the images come first that are most worth annotating; else she goes through them as they are."""
        return self in (Order.MOST_UNCERTAIN, Order.LEAST_LIKE)

    @property
    def need(self) -> Need:
        if self.by_worth:
            return Need.MASKS
        return {Order.WORST_DICE: Need.DICE, Order.RECENT: Need.TIMES}.get(self, Need.NOTHING)


@dataclass(frozen=True)
class Ordered:
    """The images of a project in an order."""

    order: Order
    names: tuple[str, ...]
    """Those to annotate first, best first; those with nothing to tell by yet after them; those annotated last."""
    unjudged: int
    """Images to annotate that there is nothing to tell by yet: without a mask, or with an old one."""


def ordered(order: Order, images: Sequence[str], annotated: frozenset[str], known: Known) -> Ordered:
    """Sort a project's images. annotated: ids."""
    if order is Order.PROJECT:
        return Ordered(order, tuple(images), 0)
    if order is Order.WORST_DICE:
        return Ordered(order, _by_figure(images, {image: each.dice for image, each in known.annotations.items()}), 0)
    if order is Order.RECENT:
        return Ordered(order, _by_figure(images, {image: -time for image, time in known.times.items()}), 0)
    todo = [name for name in images if image_id(name) not in annotated]
    done = [name for name in images if image_id(name) in annotated]
    best = (
        _most_uncertain(todo, known.masks) if order is Order.MOST_UNCERTAIN else _least_like(todo, done, known.masks)
    )
    judged = frozenset(best)
    unjudged = [name for name in todo if name not in judged]
    return Ordered(order, (*best, *unjudged, *done), len(unjudged))


def _by_figure(images: Sequence[str], figures: Mapping[str, float | None]) -> tuple[str, ...]:
    """Least first; those without a figure last, as they come."""
    found = [(name, figures.get(image_id(name))) for name in images]
    first = sorted((figure, place) for place, (_, figure) in enumerate(found) if figure is not None)
    return (*(images[place] for _, place in first), *(name for name, figure in found if figure is None))


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
