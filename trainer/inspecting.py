"""Inspecting: what the network sees of a project's images, for a sheet and for a painter's window."""


from PIL import Image

from shared_folder.annotation_files import read_annotation
from shared_folder.labels import Labels
from shared_folder.layout import ProjectFolder
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.open_images import OpenImages
from trainer.patches import FloatImage
from trainer.project_view import ProjectView
from trainer.sampling import AnnotatedImage
from trainer.tile_pictures import augmentation_sheet

SHEET_IMAGES = 5
"""Different images on a sheet of augmentations."""


def project_sheet(project: Project, tile: int) -> Image.Image:
    """A sheet of augmentations of a project's annotated images, or of its first ones before any is annotated.

    tile: side in pixels. Raises Refused when no image can be used.
    """
    view = ProjectView(ProjectFolder(project.folder.root), project.location, {})
    view.look(0.0, everything=True)
    annotated = [name for name in project.images if view.annotated(name)]
    opened, images, problem = OpenImages(), [], "it has no images"
    for name in annotated or project.images:
        try:
            images.append(annotated_image(view, opened, name))
        except Refused as refusal:
            problem = str(refusal)
        if len(images) == SHEET_IMAGES:
            break
    if not images:
        raise Refused(f"{project.name}: there is no image to draw ({problem}).")
    return augmentation_sheet(images, tile, f"What the network sees of “{project.name}”")


def annotated_image(view: ProjectView, opened: OpenImages, name: str) -> AnnotatedImage:
    """An image of a project with what is annotated on it, which may be nothing. Raises Refused for a damaged file."""
    path, page = view.image_place(name)
    height, width = opened.open(path, page).shape[:2]
    file = view.train.get(name) or view.validation.get(name)
    labels = read_annotation(file.path, (height, width)).labels if file is not None else Labels((height, width))

    def read(rectangle: Rectangle) -> FloatImage:
        return opened.learned(path, page, (height, width), rectangle)

    return AnnotatedImage(name, (height, width), read, labels)
