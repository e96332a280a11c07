"""Masks for a folder of images without a window: subfolders mirrored, resumable, bad images listed at the end."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from shared_folder.classes import LabelClass
from shared_folder.frames import Pages
from shared_folder.images import ImageFile, content_hash, open_image
from shared_folder.labels import Labels
from shared_folder.mask_files import MaskFormat, mask_suffix, write_mask
from shared_folder.names import image_id, list_images
from shared_folder.publish import Document, publish_document, read_document
from shared_folder.refused import Refused
from trainer.prediction import Model, predict_mean
from trainer.segmenting import MergedChannels, Segmenting

RUN_FILE = "run.json"


class RunFacts(Document):
    """What a folder of masks was made with. File: run.json in it; a run is resumed with the same only."""

    model: str
    model_sha256: str
    threshold: float
    version: str
    format: MaskFormat


@dataclass(frozen=True)
class Mask:
    """One mask to make."""

    image: Path
    pages: Pages
    """From 0."""
    target: Path
    """Without its ending."""


@dataclass
class Outcome:
    """What became of a run."""

    made: int = 0
    skipped: int = 0
    """Masks that were there already."""
    bad: list[str] = field(default_factory=list)
    """A sentence for each image that couldn't be used."""


def run_facts(model_files: Sequence[Path], threshold: float, version: str, mask_format: MaskFormat) -> RunFacts:
    return RunFacts(
        model=" + ".join(file.name for file in model_files),
        model_sha256=" + ".join(content_hash(file) for file in model_files),
        threshold=threshold,
        version=version,
        format=mask_format,
    )


def begin_run(folder: Path, facts: RunFacts) -> None:
    """Fix what the masks of a folder are made with. Refuses to go on with anything else than it was begun with."""
    path = folder / RUN_FILE
    try:
        known = read_document(path, RunFacts)
    except FileNotFoundError:
        publish_document(path, facts)
        return
    for name, value in facts.model_dump(mode="json").items():
        before = known.model_dump(mode="json")[name]
        if before != value:
            raise Refused(
                f"{path}: the masks there were begun with {name.replace('_', ' ')} {before}, not {value}. "
                "Go on with the same, or choose another folder."
            )


def segment_folder(
    models: Sequence[Model], images: Path, to: Path, facts: RunFacts, report: Callable[[int, int, str], None]
) -> Outcome:
    """Make the masks that are missing. report(done, of, what) is called after each.

    models: one, or several that tell the same classes apart, whose mean counts. Raises Refused when the folder can't
    be listed, holds no image, or was begun with another model.
    """
    found = list_images(images)
    if not found:
        raise Refused(f"{images}: holds no images that can be opened. Choose another folder.")
    begin_run(to, facts)
    outcome = Outcome()
    classes = tuple(LabelClass(known.id, known.name, known.colour) for known in models[0].facts.classes)
    stems = _stems(found)
    for done, relative in enumerate(found, start=1):
        try:
            for mask in _masks_of(images / relative, to / stems[relative]):
                _make(models, mask, facts, classes, outcome)
        except Refused as refusal:
            outcome.bad.append(f"{relative.parent.as_posix()}/{refusal}" if relative.parent.parts else str(refusal))
        report(done, len(found), relative.as_posix())
    return outcome


class Progress:
    """One line on a terminal that is written over, or a line a minute in a log file."""

    def __init__(self, write: Callable[[str], object], on_terminal: bool, clock: Callable[[], float]) -> None:
        self._write = write
        self._on_terminal = on_terminal
        self._clock = clock
        self._began = clock()
        self._written_at = float("-inf")

    def report(self, done: int, of: int, what: str) -> None:
        now = self._clock()
        if done < of and now - self._written_at < (0.2 if self._on_terminal else 60.0):
            return
        self._written_at = now
        left = (now - self._began) / done * (of - done)
        line = f"{done}/{of} images, {100 * done // of} %, {clock_time(left)} left  {what}"
        self._write(f"\r\x1b[K{line[:110]}" if self._on_terminal else f"{line}\n")

    def end(self) -> None:
        if self._on_terminal and self._written_at > float("-inf"):
            self._write("\n")


def clock_time(seconds: float) -> str:
    """ "1:05:09" or "5:09"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _masks_of(image: Path, target: Path) -> Iterator[Mask]:
    """One mask for each image of the file."""
    for frame in open_image(image).frames:
        yield Mask(image, frame.pages, target.with_name(frame.named(target.name)))


def _make(
    models: Sequence[Model], mask: Mask, facts: RunFacts, classes: tuple[LabelClass, ...], outcome: Outcome
) -> None:
    file = mask.target.with_name(mask.target.name + mask_suffix(facts.format))
    if file.exists():
        outcome.skipped += 1
        return
    opened = open_image(mask.image, mask.pages)
    for model in models:
        model.check(opened)
    write_mask(file, _segment(models, opened, facts.threshold).to_array(), facts.format, classes)
    outcome.made += 1


def _segment(models: Sequence[Model], image: ImageFile, threshold: float) -> Labels:
    shape = image.shape[0], image.shape[1]
    prediction = predict_mean(models, [partial(model.pixels, image) for model in models], shape)
    segmenting = Segmenting(prediction, shape, MergedChannels(models[0].class_ids, ()), threshold=threshold)
    while segmenting.advance():
        pass
    return segmenting.labels


def _stems(found: list[PurePosixPath]) -> dict[PurePosixPath, PurePosixPath]:
    """Each image's mask, without its ending: its own place and stem; `a.jpg` beside `a.png` keep their endings."""
    identities = [(path.parent, image_id(path.name)) for path in found]
    times = Counter(identities)
    return {
        path: path if times[identity] > 1 else path.with_name(path.stem)
        for path, identity in zip(found, identities, strict=True)
    }
