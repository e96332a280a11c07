"""Projects of other kinds: several classes, channels of a microscope's stack, tiles of a large scan."""

from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from painter_app.datasets.make import NewProject, make_project
from shared_folder.classes import BACKGROUND, FOREGROUND, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from tests.screenshots.sample_project import SAMPLE, mask_of, truth_of, write_mask


def make_classes(shared: SharedFolder) -> Project:
    """A project of three classes with masks."""
    classes = new_classes(["thick root", "fine root", "stone"])
    project = _made(NewProject(shared, "sorted roots", SAMPLE / "images", classes))
    for name in project.images[:4]:
        write_mask(project, name, _sorted(name))
    return project


def make_channels(shared: SharedFolder, folder: Path) -> Project:
    """A project of one microscope's stack: nuclei, a cytoplasm and membranes, a channel each."""
    random = np.random.default_rng(5)
    shape = (700, 900)
    cells = np.ones(shape)
    cells[random.integers(40, shape[0] - 40, 70), random.integers(40, shape[1] - 40, 70)] = 0
    distance = ndimage.distance_transform_edt(cells) + ndimage.gaussian_filter(random.normal(size=shape), 6) * 30
    nuclei = ndimage.gaussian_filter((distance < 15).astype(float), 1.5)
    cytoplasm = ndimage.gaussian_filter((distance < 42).astype(float), 8) * 0.6
    membranes = ndimage.gaussian_filter((np.abs(distance - 44) < 2.5).astype(float), 1.2)
    stack = np.stack([nuclei, cytoplasm, membranes]) + 0.05 + random.normal(0, 0.02, (3, *shape))
    folder.mkdir(parents=True)
    tifffile.imwrite(
        folder / "cells.ome.tif",
        (np.clip(stack, 0, 1) * 3000).astype(np.uint16),
        ome=True,
        photometric="minisblack",
        metadata={"axes": "CYX", "Channel": {"Name": ["DAPI", "actin", "WGA"]}},
    )
    project = _made(NewProject(shared, "cells", folder, new_classes(["nucleus"])))
    for name in project.images:
        write_mask(project, name, np.where(nuclei > 0.5, FOREGROUND, BACKGROUND).astype(np.uint8))
    return project


def make_tiles(shared: SharedFolder, folder: Path) -> Project:
    """A project of tiles of one large scan, with empty masks."""
    folder.mkdir(parents=True)
    names = sorted(path.name for path in (SAMPLE / "images").iterdir())[:9]
    rows = [[np.asarray(Image.open(SAMPLE / "images" / name)) for name in names[at : at + 3]] for at in (0, 3, 6)]
    Image.fromarray(np.vstack([np.hstack(row) for row in rows])).save(folder / "core_7.png")
    project = _made(NewProject(shared, "cores", folder, new_classes(["root"]), tile_side=500))
    for name in project.images:
        with Image.open(project.image_path(name)) as tile:
            write_mask(project, name, np.full((tile.height, tile.width), BACKGROUND, np.uint8))
    return project


def _sorted(name: str) -> NDArray[np.uint8]:
    """(H, W) labels of thick and fine roots, and of stones where soil was taken for root."""
    root = mask_of(name) == FOREGROUND
    core = ndimage.binary_opening(root, np.ones((9, 9)))
    thick = ndimage.binary_dilation(core, np.ones((3, 3)), iterations=4) & root
    stones = ndimage.binary_opening(root & (mask_of(name) != truth_of(name)), np.ones((5, 5)))
    return np.select([stones, thick, root], [FOREGROUND + 2, FOREGROUND, FOREGROUND + 1], BACKGROUND).astype(np.uint8)


def _made(plan: NewProject) -> Project:
    return make_project(plan, lambda *_: None).project
