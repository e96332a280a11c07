"""Masks of a whole folder by chosen models, made by the trainer of its shared folder: its own or RootPainter's."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from painter_app.marking import marked
from painter_app.tools.tool import (
    FROM_IMAGES,
    TO_FOLDER,
    Entry,
    Kind,
    Outcome,
    Progress,
    Tool,
    Values,
    images_in,
    outside,
)
from shared_folder import rootpainter
from shared_folder.layout import SharedFolder
from shared_folder.mask_files import MaskFormat, mask_suffix
from shared_folder.publish import make_folder
from shared_folder.refused import Refused
from shared_folder.rootpainter import FORMATS, Segment

LOOK_SECONDS = 0.5
_SEGMENTATION = "segmentation"
_FORMATS = {str(known): name for name, known in FORMATS.items()}  # what instructions call them
_MEAN, _EACH = "mean", "each"
_MODEL_SUFFIXES = (".safetensors", ".pkl")


@dataclass(frozen=True)
class _Asked:
    """An instruction, and the masks that it is to make."""

    instruction: Segment
    targets: tuple[Path, ...]


def segment_folder(values: Values, progress: Progress, wait: Callable[[float], None] = time.sleep) -> Outcome:
    """Ask for the masks, and wait until they are there. Stopping takes back what hasn't been made."""
    images = images_in(values["images"])
    outside(values["to"], values["images"])
    shared = shared_folder_of(values["images"])
    asked = _instructions(shared, values, images)
    total = sum(len(each.targets) for each in asked)
    done, refused = 0, []
    for each in asked:
        make_folder(each.targets[0].parent)
        reason = _carry_out(shared, each, partial(_progress_from, done, total, progress), wait)
        missing = [path.name for path in each.targets if not path.exists()]
        if reason:
            refused.append(reason)
        if not reason or len(missing) > 1:
            refused.extend(f"{name}: the trainer made no such mask; its log says why." for name in missing)
        done += sum(path.exists() for path in each.targets)
    progress(total, total)
    return Outcome(done, tuple(refused))


def _progress_from(before: int, total: int, progress: Progress, here: int) -> None:
    progress(before + here, total)


def shared_folder_of(folder: Path) -> SharedFolder:
    """The shared folder that a folder lies in. Refuses one that lies in none."""
    for above in folder.absolute().parents:
        if (above / "projects").is_dir() and (above / "datasets").is_dir():
            return SharedFolder(above)
    raise Refused(
        f"{folder}: lies in no shared folder, so that no trainer sees it. Choose one below its datasets, or use "
        "brushloop-trainer segment."
    )


def _instructions(shared: SharedFolder, values: Values, images: list[Path]) -> list[_Asked]:
    models: tuple[Path, ...] = values["models"]
    for model in models:
        if model.suffix not in _MODEL_SUFFIXES or not model.is_file():
            raise Refused(f"{model}: is no model (SAFETENSORS, PKL).")
    known = _FORMATS.get(values["format"])
    suffix = mask_suffix(FORMATS[known]) if known is not None else ".png"
    each = values["by"] == _EACH and len(models) > 1
    groups: list[tuple[tuple[Path, ...], Path]] = [(models, values["to"])]
    if each:
        groups = [((model,), folder) for model, folder in zip(models, _folders(values["to"], models), strict=True)]
    return [
        _Asked(
            Segment(
                dataset_dir=_inside(shared, values["images"]),
                seg_dir=_inside(shared, to),
                model_paths=tuple(_inside(shared, model) for model in group),
                file_names=tuple(path.name for path in images),
                format=known,
            ),
            tuple(to / f"{path.stem}{suffix}" for path in images),
        )
        for group, to in groups
    ]


def _folders(to: Path, models: tuple[Path, ...]) -> list[Path]:
    """A folder for each model. Models of two projects may have one name."""
    stems = [model.stem for model in models]
    numbers = [stems[:place].count(stem) for place, stem in enumerate(stems)]
    return [to / (f"{stem}_{number + 1}" if number else stem) for stem, number in zip(stems, numbers, strict=True)]


def _inside(shared: SharedFolder, path: Path) -> str:
    try:
        return rootpainter.relative(shared, path.absolute())
    except ValueError:
        raise Refused(
            f"{path}: lies outside the shared folder {shared.root}, where its trainer can't see it."
        ) from None


def _carry_out(
    shared: SharedFolder, asked: _Asked, progress: Callable[[int], None], wait: Callable[[float], None]
) -> str:
    """Until all masks are there, or the instruction has been dealt with. Returns why the trainer gave it up."""
    failed = shared.failed_instructions / rootpainter.instruction_path(shared, asked.instruction).name
    before = _time_of(failed)
    path = rootpainter.write_instruction(shared, asked.instruction)
    try:
        while True:
            waits = path.exists()  # before the masks are counted: they are written before it goes
            here = sum(target.exists() for target in asked.targets)
            progress(here)
            if not waits or here == len(asked.targets):
                break
            wait(LOOK_SECONDS)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return rootpainter.why_failed(failed) if _time_of(failed) != before else ""


def _time_of(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


SEGMENT_FOLDER = Tool(
    "segment-folder",
    marked("Se&gment a folder…"),
    marked(
        "Makes the masks of a folder of images by one model or several. The trainer of their shared folder does it, "
        "so one must be running; masks that are there stay as they are."
    ),
    (
        FROM_IMAGES,
        Entry(
            "models",
            marked("M&odels"),
            marked("One or more, in the shared folder: of a project's brushloop/models or models"),
            Kind.FILES,
            " ".join(f"*{suffix}" for suffix in _MODEL_SUFFIXES),
        ),
        Entry(
            "by",
            marked("&Several models"),
            marked("Of their probabilities the mean, or a folder of masks for each"),
            Kind.CHOICE,
            _MEAN,
            ((_MEAN, marked("Together (mean)")), (_EACH, marked("Each for itself"))),
        ),
        Entry(
            "format",
            marked("&Format"),
            marked("How masks are written"),
            Kind.CHOICE,
            _SEGMENTATION,
            (
                (_SEGMENTATION, marked("Segmentations, as in a project")),
                (str(MaskFormat.RHIZOVISION), marked("For RhizoVision (PNG)")),
                (str(MaskFormat.NPZ), marked("NumPy (NPZ)")),
            ),
        ),
        TO_FOLDER,
    ),
    segment_folder,
    "--images shared/datasets/field --models shared/projects/roots/models/000009_1700000000.pkl --to shared/masks",
)
