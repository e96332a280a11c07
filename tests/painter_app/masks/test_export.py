from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.commands import exported
from painter_app.masks.export import ask_for_masks, export_masks, mask_of
from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN
from shared_folder.desired import FolderJob
from shared_folder.labels import Labels
from shared_folder.mask_files import MaskFormat
from shared_folder.project import Project, create_project
from shared_folder.publish import read_document
from shared_folder.refused import Refused
from shared_folder.segmentation import Segmentation, empty_segmentation, write_segmentation

SHAPE = (6, 8)


def full(label: int) -> np.ndarray:
    return np.full(SHAPE, label, np.uint8)


def write_model_mask(path: Path, project: Project, label: int, model: str = "000001_t") -> None:
    write_segmentation(path, Segmentation(Labels.from_array(full(label)), model), project.classes)


@pytest.fixture
def project(shared) -> Project:
    """One image with a mask, one corrected with a newer mask beside it, one with an empty answer, one with none."""
    project = create_project(shared, "roots", "soil", ("a.png", "b.png", "c.png", "d.png"))
    write_model_mask(project.segmentation_path("a.png"), project, FOREGROUND)
    write_model_mask(project.segmentation_path("b.png"), project, BACKGROUND)
    write_model_mask(project.latest_path("b.png"), project, FOREGROUND, "000002_t")
    painted = full(UNKNOWN)
    painted[0], painted[1], painted[2] = FOREGROUND, BACKGROUND, CANT_TELL
    save_annotation(project, "b.png", Labels.from_array(painted), AnnotationFacts(), None, [])
    write_segmentation(project.segmentation_path("c.png"), empty_segmentation(SHAPE), project.classes)
    return project


def silent(done: int, total: int) -> None:
    assert 0 <= done <= total


def test_corrected_masks_hold_what_was_painted_over_the_mask_that_was_corrected(project, tmp_path):
    report = export_masks(project, tmp_path / "out", MaskFormat.MASK, False, silent)
    assert report.written == 2
    assert report.without_mask == ("c.png", "d.png")
    assert report.refused == ()
    assert exported(report) == "2 masks exported. 2 images have no mask yet."
    corrected = np.asarray(Image.open(tmp_path / "out" / "b.png"))
    assert (corrected[0] == 255).all()
    assert (corrected[1:] == 0).all()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]


def test_an_example_from_before_any_model_is_exported_with_the_newer_mask(project, tmp_path):
    painted = full(UNKNOWN)
    painted[0] = BACKGROUND
    save_annotation(project, "c.png", Labels.from_array(painted), AnnotationFacts(), None, [])
    write_model_mask(project.latest_path("c.png"), project, FOREGROUND, "000002_t")
    mask = mask_of(project, "c.png", predicted=False)
    assert (mask[0] == BACKGROUND).all()
    assert (mask[1:] == FOREGROUND).all()


def test_predicted_masks_are_the_newest_without_the_corrections(project, tmp_path):
    export_masks(project, tmp_path / "out", MaskFormat.NPZ, True, silent)
    with np.load(tmp_path / "out" / "b.npz") as archive:
        assert archive["seg"].all()


def test_bad_masks_are_listed_and_the_others_written(project, tmp_path):
    project.segmentation_path("a.png").write_bytes(b"half a file")
    small = Segmentation(Labels.from_array(np.full((2, 2), BACKGROUND, np.uint8)), "000001_t")
    write_segmentation(project.segmentation_path("b.png"), small, project.classes)
    write_model_mask(project.segmentation_path("d.png"), project, FOREGROUND)
    report = export_masks(project, tmp_path / "out", MaskFormat.LABELS, False, silent)
    assert report.written == 1
    assert ["a.png" in report.refused[0], "b.png" in report.refused[1]] == [True, True]


def test_images_of_one_name_are_refused_rather_than_given_each_others_mask(shared):
    project = create_project(shared, "roots", "soil", ("a.png", "a.jpg"))
    write_model_mask(project.segmentation_path("a.png"), project, FOREGROUND)
    assert mask_of(project, "a.png", False) is not None
    with pytest.raises(Refused, match="same name"):
        mask_of(project, "a.jpg", False)


def test_names_that_end_like_masks_stay_apart(shared, tmp_path):
    project = create_project(shared, "roots", "soil", ("a.png.jpg", "a.jpg"))
    for name in project.images:
        write_model_mask(project.segmentation_path(name), project, FOREGROUND)
    export_masks(project, tmp_path / "out", MaskFormat.MASK, False, silent)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "a.png.png"]


def test_nothing_is_exported_into_the_project_itself(project):
    with pytest.raises(Refused, match="inside the project"):
        export_masks(project, project.folder.segmentations, MaskFormat.MASK, False, silent)


def test_what_progress_raises_ends_the_export_and_whole_masks_stay(project, tmp_path):
    def stop(done: int, total: int) -> None:
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        export_masks(project, tmp_path / "out", MaskFormat.MASK, False, stop)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


def test_missing_masks_are_asked_for_with_a_folder_job(project):
    path = ask_for_masks(project, ("c.png", "d.png"))
    assert path.parent == project.shared.jobs
    assert read_document(path, FolderJob).images == ("c.png", "d.png")
    assert read_document(path, FolderJob).project == "projects/roots"
