"""Making a project from a folder of images: chosen, copied or cut, and only then made known."""

import os
import random
import secrets
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from painter_app.datasets.choose import Piece, named, pieces_of, sample_evenly
from shared_folder.classes import LabelClass
from shared_folder.frames import Frame
from shared_folder.image_tiles import SMALLEST_SIDE, encode_lossless
from shared_folder.images import open_image
from shared_folder.layout import SharedFolder
from shared_folder.model_facts import read_model_facts
from shared_folder.names import check_plain_name, is_debris, list_images, plan_names
from shared_folder.project import STARTER, Project, ProjectSettings, Source, create_project
from shared_folder.publish import publish
from shared_folder.rectangle import whole
from shared_folder.refused import Refused

Progress = Callable[[str, int, int], None]
"""What is going on in words, how much of it is done, how much there is. It raises Cancelled to stop the work."""

LOOKING, CUTTING, COPYING = STEPS = ("Looking at the images", "Cutting tiles", "Copying")
"""What goes on, one after the other."""
START_MODEL = "000000_start"
"""Name in the project, before its suffix, of the model it starts from: older than any that its trainer makes."""


class Cancelled(Exception):  # noqa: N818  (nobody erred)
    """The user stopped the work."""


@dataclass(frozen=True)
class NewProject:
    """What to make."""

    shared: SharedFolder
    name: str
    images: Path
    """Folder of images, read with its subfolders."""
    classes: tuple[LabelClass, ...]
    sample: int | None = None
    """How many images (or tiles) at random, spread evenly over subfolders; None takes all."""
    tile_side: int | None = None
    """Cut into tiles of about so many pixels; None leaves images whole."""
    link: bool = False
    """Hard links instead of copies, where the disk allows it."""
    image_root: str = ""
    """Leave the images where they are, and call their folder this; nothing copies them into datasets/."""
    start_model: Path | None = None
    """A model to start from, ours of the same classes or RootPainter's, which finds one; None starts from the weights
    that come with the programs."""
    from_scratch: bool = False
    """Start from random weights."""
    seed: int = 0
    """Of the sample and the order of annotation."""


@dataclass(frozen=True)
class MadeProject:
    project: Project
    damaged: tuple[str, ...]
    """A sentence for each image that was left out."""


def make_project(plan: NewProject, progress: Progress) -> MadeProject:
    """Make a project. The project file comes last; whatever goes wrong, what was made until then is removed.

    Refuses a name that is taken, a folder without usable images, a model of other classes, a full disk.
    """
    _check(plan)
    damaged: list[str] = []
    chosen = named(choose(plan, list_images(plan.images), progress, damaged))
    if not chosen:
        raise Refused(f"{plan.images}: none of its images can be used. {' '.join(damaged[:3])}".strip())
    draft = plan.shared.datasets / f".{plan.name}.{secrets.token_hex(4)}.part"
    folder = plan.shared.project(plan.name)
    try:
        if not plan.image_root:
            fill(draft, plan, chosen, progress, damaged)
        return MadeProject(_publish(plan, draft, chosen), tuple(damaged))
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if not folder.file.exists():
            shutil.rmtree(folder.root, ignore_errors=True)
        if isinstance(error, OSError):
            raise Refused(f"{plan.shared.root}: the project can't be written there ({error.strerror}).") from error
        raise


def _check(plan: NewProject) -> None:
    _check_name(plan.name)
    if plan.shared.project(plan.name).root.exists():
        raise Refused(f'There is a project "{plan.name}" already. Open it, or choose another name.')
    if not plan.image_root and (plan.shared.datasets / plan.name).exists():
        raise Refused(f'There is a folder "datasets/{plan.name}" already. Choose another name.')
    if not plan.images.is_dir():
        raise Refused(f"{plan.images}: there is no such folder.")
    if not plan.classes:
        raise Refused("A project needs a class to find. Name one, such as root.")
    if "=" in plan.image_root:
        raise Refused(f'"{plan.image_root}": the name of an image root has no equals sign. Choose another.')
    if plan.image_root and plan.tile_side:
        raise Refused(
            "Tiles are new files, so they can't be left where the images are. Copy them, or leave out tiles."
        )
    if plan.tile_side is not None and plan.tile_side < SMALLEST_SIDE:
        raise Refused(f"Tiles of {plan.tile_side} pixels show too little. Take at least {SMALLEST_SIDE}.")
    if plan.sample is not None and plan.sample < 1:
        raise Refused("A sample needs at least one image.")
    if plan.start_model is not None:
        _check_model(plan.start_model, plan.classes)


def _check_name(name: str) -> None:
    """Refuse names that some system can't make a folder of: the shared folder may be opened on any."""
    check_plain_name(name)
    portable = plan_names([PurePosixPath(name)])[0].name
    if portable != name:
        raise Refused(f'"{name}" can\'t be a folder\'s name on every system. Take "{portable}", or another.')
    if is_debris(name):
        raise Refused(f'"{name}": names like this are for hidden and partial files. Choose another.')


def _check_model(path: Path, classes: tuple[LabelClass, ...]) -> None:
    try:
        theirs = read_model_facts(path).classes
    except OSError as error:
        raise Refused(f"{path}: can't be read ({error.strerror}).") from error
    if [known.id for known in theirs] != [known.id for known in classes]:
        names = ", ".join(known.name for known in theirs)
        raise Refused(f"{path.name}: this model finds {names}. Give the project the same classes in the same order.")


def choose(plan: NewProject, sources: list[PurePosixPath], progress: Progress, damaged: list[str]) -> list[Piece]:
    """What becomes of the images at `sources`, relative to the plan's folder. Refuses none."""
    if not sources:
        raise Refused(f"{plan.images}: there are no images in it (PNG, JPEG, TIFF, BMP, WebP).")
    wanted = len(sources) if plan.sample is None else min(plan.sample, len(sources))
    inspected = 0

    def inspect(source: PurePosixPath) -> list[Piece]:
        nonlocal inspected
        progress(LOOKING, min(inspected, wanted), wanted)
        inspected += 1
        try:
            found = pieces_of(plan.images, source, plan.tile_side)
        except Refused as refusal:
            damaged.append(str(refusal))
        except OSError as error:
            damaged.append(f"{source}: can't be read ({error.strerror}).")
        else:
            return [replace(piece, suffix="") for piece in found] if plan.image_root else found
        return []

    if plan.sample is None:
        pieces = [piece for source in sources for piece in inspect(source)]
    else:
        pieces = list(sample_evenly(sources, inspect, plan.sample, random.Random(plan.seed)))
    progress(LOOKING, wanted, wanted)
    # In the order of the folder, so that a name doesn't depend on the draw
    return sorted(pieces, key=lambda piece: (piece.source, piece.frame.pages, piece.tile))


def fill(
    draft: Path,
    plan: NewProject,
    chosen: dict[str, tuple[Piece, Source]],
    progress: Progress,
    damaged: list[str],
) -> None:
    """Put the chosen images into a folder; those that turn out to be damaged are taken from `chosen`."""
    draft.mkdir(parents=True)
    by_frame: defaultdict[tuple[PurePosixPath, Frame], dict[str, Piece]] = defaultdict(dict)
    for name, (piece, _) in chosen.items():
        by_frame[piece.source, piece.frame][name] = piece
    what = CUTTING if plan.tile_side else COPYING
    done, total = 0, len(chosen)
    for (source, frame), pieces in by_frame.items():
        progress(what, done, total)
        done += len(pieces)
        try:
            _take(draft, plan, source, frame, pieces)
        except Refused as refusal:
            damaged.append(str(refusal))
            for name in pieces:
                (draft / name).unlink(missing_ok=True)
                del chosen[name]
    progress(what, total, total)
    if not chosen:
        raise Refused(f"{plan.images}: none of its images can be used. {' '.join(damaged[:3])}")


def _take(draft: Path, plan: NewProject, source: PurePosixPath, frame: Frame, pieces: Mapping[str, Piece]) -> None:
    """Copy a file, or write its pieces."""
    path = plan.images / source
    for name, piece in pieces.items():
        if not piece.suffix:
            _copy(path, draft / name, plan.link)
            return
    image = open_image(path, frame.pages)
    for name, piece in pieces.items():
        rectangle = piece.rectangle or whole(image.shape)
        publish(draft / name, encode_lossless(image.read(0, rectangle), image.has_alpha, image.channels))


def _copy(source: Path, target: Path, link: bool) -> None:
    if link:
        try:
            os.link(source.resolve(), target)
        except OSError:
            pass  # another disk, or a file system without hard links
        else:
            return
    shutil.copyfile(source, target)


def _publish(plan: NewProject, draft: Path, chosen: Mapping[str, tuple[Piece, Source]]) -> Project:
    """Make the project known: its images, its model, then the files that name them."""
    order = list(chosen)
    random.Random(plan.seed).shuffle(order)
    folder = plan.shared.project(plan.name)
    start = "" if plan.from_scratch else STARTER
    if plan.start_model is not None:
        start = START_MODEL + plan.start_model.suffix
        publish(folder.models / start, plan.start_model.read_bytes())
    cut = any(piece.frame.tag or piece.rectangle for piece, _ in chosen.values())
    settings = ProjectSettings(
        classes=plan.classes,
        image_root=plan.image_root,
        split="source" if cut else "image",  # pieces of one picture are alike: none validates what another taught
        start_model=start,
    )
    sources = {name: source for name, (_, source) in chosen.items()}
    dataset = plan.shared.datasets / plan.name
    if not plan.image_root:
        draft.replace(dataset)
    try:
        return create_project(plan.shared, plan.name, plan.name, tuple(order), settings, sources)
    except BaseException:
        if not plan.image_root:
            dataset.replace(draft)  # where it will be removed
        raise
