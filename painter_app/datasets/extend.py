"""More images for a project that is there: taken from a folder, and only then made known."""

import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from painter_app.datasets.choose import named
from painter_app.datasets.make import MadeProject, NewProject, Progress, choose, fill
from shared_folder.extending import Place, add_images
from shared_folder.names import check_plain_name, image_id, list_images
from shared_folder.project import Project, Source
from shared_folder.refused import Refused


def extend_project(project: Project, images: Path, place: Place, progress: Progress, seed: int = 0) -> MadeProject:
    """Take the images of a folder that the project hasn't into it.

    images: the project's own folder of images, for those that somebody put there; the image root that it leaves them
    in; or any other, from which they are copied. The project's files come last; whatever goes wrong, what was copied
    until then is removed. Refuses a folder without new images.
    """
    if project.read_only:
        raise Refused(project.read_only)
    if not images.is_dir():
        raise Refused(f"{images}: there is no such folder.")
    damaged: list[str] = []
    if project.settings.image_root:
        new = _left_where_they_are(project, images, progress, damaged)
        _some(new, images, damaged)
        return MadeProject(add_images(project, new, place, seed), tuple(damaged))
    if images.resolve() == project.dataset.resolve():
        new = _put_there(project, damaged)
        _some(new, images, damaged)
        return MadeProject(add_images(project, new, place, seed), tuple(damaged))
    return _copied(project, images, place, progress, seed)


def _copied(project: Project, images: Path, place: Place, progress: Progress, seed: int) -> MadeProject:
    damaged: list[str] = []
    plan = NewProject(project.shared, project.name, images, project.classes)
    taken = dict.fromkeys((*project.images, *(path.name for path in project.dataset.iterdir())))
    chosen = named(choose(plan, list_images(images), progress, damaged), taken)
    _some(chosen, images, damaged)
    draft = project.dataset.with_name(f".{project.dataset.name}.{secrets.token_hex(4)}.part")
    moved: list[Path] = []
    try:
        fill(draft, plan, chosen, progress, damaged)
        for name in chosen:
            moved.append(project.dataset / name)
            (draft / name).rename(moved[-1])
        new = {name: source for name, (_, source) in chosen.items()}
        return MadeProject(add_images(project, new, place, seed), tuple(damaged))
    except BaseException as error:
        for path in moved:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Refused(f"{project.dataset}: can't be written ({error.strerror}).") from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _left_where_they_are(project: Project, root: Path, progress: Progress, damaged: list[str]) -> dict[str, Source]:
    """New files of an image root, by a name for each."""
    known = {source.path for source in project.sources.values()}
    if not any((root / path).is_file() for path in known):
        raise Refused(
            f"{root}: holds none of the project's images, which are left where they are. Choose the folder that is "
            f'their image root "{project.settings.image_root}", with the new images in it.'
        )
    plan = NewProject(project.shared, project.name, root, project.classes, image_root=project.settings.image_root)
    sources = [path for path in list_images(root) if path.as_posix() not in known]
    chosen = named(choose(plan, sources, progress, damaged), project.images)
    return {name: source for name, (_, source) in chosen.items()}


def _put_there(project: Project, damaged: list[str]) -> dict[str, Source]:
    """Images that somebody put into the project's folder of images, under the names that they have."""
    known = {image_id(name) for name in project.images}
    new = {}
    for path in _directly_in(list_images(project.dataset)):
        name = path.name
        if name in project.images:
            continue
        try:
            check_plain_name(name)
        except Refused as refusal:
            damaged.append(str(refusal))
            continue
        if image_id(name) in known:
            damaged.append(f"{name}: can't be told from another image of the project. Rename it.")
            continue
        known.add(image_id(name))
        new[name] = Source(path=name)
    return new


def _directly_in(paths: Iterable[PurePosixPath]) -> list[PurePosixPath]:
    return [path for path in paths if len(path.parts) == 1]


def _some(new: object, images: Path, damaged: list[str]) -> None:
    if not new:
        raise Refused(f"{images}: holds no image that the project hasn't. {' '.join(damaged[:3])}".strip())
