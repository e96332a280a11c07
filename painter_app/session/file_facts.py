"""What the masks and annotations of a project say of themselves, read again when they change. No Qt: for workers."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from pathlib import Path
from typing import Generic, TypeVar

from painter_app.session.opening import Stamp
from shared_folder.annotation_files import AnnotationFacts, read_annotation, read_annotation_facts
from shared_folder.correction import dice_of_shown
from shared_folder.layout import ProjectFolder
from shared_folder.names import image_id, is_debris
from shared_folder.refused import Refused
from shared_folder.segmentation import Contradiction, SegmentationFacts, facts_of, read_segmentation

Facts = TypeVar("Facts", SegmentationFacts, AnnotationFacts)


class Need(Flag):
    """What is to be known, beside what the newest masks of annotated images contradict."""

    NOTHING = 0
    MASKS = auto()  # what all masks say
    TIMES = auto()  # when annotations were written
    DICE = auto()  # how far masks agree with what was left of them
    CLASSES = auto()  # which classes masks and annotations have


@dataclass(frozen=True)
class Known:
    """What is known of the images; all by image id."""

    masks: Mapping[str, SegmentationFacts] = field(default_factory=dict)
    """Of the newest mask."""
    annotations: Mapping[str, AnnotationFacts] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    """When an annotation was written, in ns by the folder's own clock."""
    contradictions: Mapping[str, tuple[Contradiction, ...]] = field(default_factory=dict)
    """Of the newest mask of an annotated image, where it contradicts the annotation."""
    unread: int = 0
    """Files that are still to be read."""


class FileFacts:
    """Reads for a while and goes on at the next look. For one worker at a time."""

    def __init__(self, folder: ProjectFolder) -> None:
        self._shown = folder.shown
        self._with_shown: set[str] | None = None  # names of the shown masks' files, as listed last
        self._need = Need.NOTHING
        self._masks, self._latest = (
            _Folder(each, facts_of, self._mask_lacks, _counted) for each in (folder.segmentations, folder.latest)
        )
        self._train, self._validation = (
            _Folder(each, read_annotation_facts, self._annotation_lacks, self._completed)
            for each in (folder.train, folder.validation)
        )

    def look(self, need: Need, fresh: bool, seconds: float) -> Known:
        """fresh: list folders again that were listed before. seconds: to read files in."""
        self._need = need
        masks = bool(need & (Need.MASKS | Need.CLASSES))
        annotations = bool(need & (Need.DICE | Need.CLASSES))
        if need & Need.DICE and (fresh or self._with_shown is None):
            self._with_shown = {name for name, _ in _listed(self._shown)}
        if masks:
            self._masks.list(fresh)
        if annotations or need & Need.TIMES:
            self._train.list(fresh)
            self._validation.list(fresh)
        self._latest.list(fresh)
        until = time.monotonic() + seconds
        unread = self._latest.read(until) + (self._masks.read(until) if masks else 0)
        unread += self._train.read(until) + self._validation.read(until) if annotations else 0
        latest = self._latest.facts()
        return Known(
            masks=self._masks.facts() | latest if masks else {},
            annotations=self._train.facts() | self._validation.facts() if annotations else {},
            times=self._train.times() | self._validation.times() if need & Need.TIMES else {},
            contradictions={image: each.contradictions for image, each in latest.items() if each.contradictions},
            unread=unread,
        )

    def _mask_lacks(self, _name: str, facts: SegmentationFacts) -> bool:
        return bool(self._need & Need.CLASSES) and facts.pixels is None

    def _annotation_lacks(self, name: str, facts: AnnotationFacts) -> bool:
        if self._need & Need.CLASSES and facts.pixels is None:
            return True
        return bool(self._need & Need.DICE) and facts.dice is None and name in (self._with_shown or ())

    def _completed(self, path: Path, facts: AnnotationFacts) -> AnnotationFacts:
        """With all that a look at the pixels tells."""
        labels = read_annotation(path, None).labels
        found: dict[str, object] = {"pixels": labels.counts()}
        if path.name in (self._with_shown or ()):
            shown = read_segmentation(self._shown / path.name, labels.shape)
            found["dice"] = dice_of_shown(shown.labels, labels)
        return facts.model_copy(update=found)


class _Folder(Generic[Facts]):
    """The facts of each label file of a folder. head: reads what its head says. lacks: whether that is less than is
    needed of a file, given by its name. complete: adds what it lacks."""

    def __init__(
        self,
        folder: Path,
        head: Callable[[Path], Facts | None],
        lacks: Callable[[str, Facts], bool],
        complete: Callable[[Path, Facts], Facts],
    ) -> None:
        self._folder = folder
        self._head: Callable[[Path], Facts | None] = head
        self._lacks: Callable[[str, Facts], bool] = lacks
        self._complete: Callable[[Path, Facts], Facts] = complete
        self._files: dict[str, tuple[str, Stamp]] | None = None  # as listed last, by image id
        self._known: dict[str, tuple[Stamp, Facts]] = {}
        self._refused: dict[str, Stamp] = {}  # gone, half arrived or damaged: looked at again with the next listing

    def list(self, fresh: bool) -> None:
        if fresh or self._files is None:
            self._files = {image_id(name): (name, stamp) for name, stamp in _listed(self._folder)}
            self._refused = {}

    def read(self, until: float) -> int:
        """Read the files that changed, one at least, until a time. Returns how many are left."""
        unread, read = 0, 0
        for image, (name, stamp) in (self._files or {}).items():
            known = self._known.get(image)
            old = known is None or known[0] != stamp
            if (old or (known is not None and self._lacks(name, known[1]))) and self._refused.get(image) != stamp:
                if read and time.monotonic() > until:
                    unread += 1
                else:
                    read += 1
                    self._read_one(image, name, stamp)
        return unread

    def facts(self) -> dict[str, Facts]:
        return {image: self._known[image][1] for image in self._files or () if image in self._known}

    def times(self) -> dict[str, int]:
        return {image: stamp[0] for image, (_, stamp) in (self._files or {}).items()}

    def _read_one(self, image: str, name: str, stamp: Stamp) -> None:
        known, path = self._known.get(image), self._folder / name
        try:
            facts = known[1] if known is not None and known[0] == stamp else self._head(path)
            if facts is not None:
                self._known[image] = stamp, facts
                if self._lacks(name, facts):
                    self._known[image] = stamp, self._complete(path, facts)
                return
        except (Refused, OSError, ValueError):  # ValueError: masks of different size
            pass
        self._refused[image] = stamp


def _counted(path: Path, facts: SegmentationFacts) -> SegmentationFacts:
    return facts.model_copy(update={"pixels": read_segmentation(path).labels.counts()})


def _listed(folder: Path) -> list[tuple[str, Stamp]]:
    """The label files in a folder. One that can't be reached holds none now."""
    try:
        with os.scandir(folder) as entries:
            files = [(entry.name, entry.stat()) for entry in entries if _is_label_file(entry.name)]
    except OSError:
        return []
    return [(name, (status.st_mtime_ns, status.st_size, status.st_ino)) for name, status in files]


def _is_label_file(name: str) -> bool:
    return name.endswith(".png") and not name.startswith(".") and not is_debris(name)
