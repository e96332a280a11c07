"""Finding the file that a tile was cut from. No Qt: this runs in workers."""

from pathlib import Path

from shared_folder.images import ImageFile, open_image
from shared_folder.project import Source, inner_path
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused


def source_folder(chosen: Path, source: Source) -> Path:
    """The folder that a source's path is relative to, for a folder that the user chose: itself, or one above it
    where she chose the subfolder that the file lies in. Refuses one without the file."""
    path = inner_path(source.path, source.path)
    for folder in (chosen, *chosen.parents)[: len(path.parts)]:
        if (folder / path).is_file():
            return folder
    raise Refused(f"{source.path} isn't in {chosen}.")


def open_source(folder: Path | None, source: Source) -> ImageFile:
    """The image that a tile was cut from, not decoded yet. folder: that its path is relative to, None where nobody
    has said. Refuses a file that is missing, damaged, or can't be the one."""
    if folder is None:
        raise Refused(f"This tile was cut from {source.path}, which isn't part of the project. Where is it?")
    path = folder / inner_path(source.path, source.path)
    if not path.is_file():
        raise Refused(f"{source.path} isn't in {folder}, from where this tile was cut. Where is it now?")
    image = open_image(path, source.pages)
    if source.rectangle is not None:
        place = Rectangle(*source.rectangle)
        if place.intersection(whole(image.shape)) != place:
            size = f"{image.shape[1]} x {image.shape[0]}"
            raise Refused(f"{path}: is of {size} pixels, so this tile was cut from another. Where is that?")
    return image
