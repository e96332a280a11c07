"""Images of five channels, and another scale, from the project's files to the masks."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from shared_folder.layout import SharedFolder
from shared_folder.model_facts import latest_model, read_model_facts
from shared_folder.project import Project, create_project
from shared_folder.publish import publish_document
from shared_folder.rectangle import Rectangle
from shared_folder.segmentation import read_segmentation
from tests.trainer.learning import small_device
from tests.trainer.small_folder import (
    SHAPE,
    Clock,
    Start,
    annotate,
    look_now,
    project_status,
    project_status_or_none,
    status_of,
    teach,
    truth_of,
    until,
    wish,
    write_image,
)
from trainer.model_store import load_model
from trainer.open_images import OpenImages
from trainer.project_view import ProjectView
from trainer.segment_folder import run_facts, segment_folder
from trainer.taking_up import TakingUp

FIVE = 5


def write_bands(path: Path, index: int) -> None:
    """An image of five channels, of which only the last shows the squares."""
    pixels = np.random.default_rng(index).normal(1000, 100, (*SHAPE, FIVE))
    pixels[..., 4] += 1000 * (truth_of(index) == 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, pixels.astype(np.uint16), photometric="minisblack", planarconfig="contig")


@pytest.fixture
def bands(shared: SharedFolder) -> Project:
    names = tuple(f"bands_{index}.tif" for index in range(4))
    for index, name in enumerate(names):
        write_bands(shared.datasets / "bands" / name, index)
    write_image(shared.datasets / "bands" / "photo.png", 4)
    return create_project(shared, "bands", "bands", (*names, "photo.png"))


@pytest.mark.usefixtures("quick_validations")
def test_all_channels_are_learned_and_other_images_are_refused(start: Start, bands: Project, tmp_path: Path) -> None:
    service = start()
    for index, validation in ((1, False), (4, False), (0, True), (2, True)):
        annotate(bands, index, validation=validation)
    wish(bands, learning=True)
    until(service, lambda: (project_status_or_none(service, bands, "score") or 0) > 0.9)  # type: ignore[operator]
    (sentence,) = [each for each in status_of(service, bands.shared).refusals if "photo.png" in each]
    assert "has 3 channels where the first annotated image has 5" in sentence
    wish(bands, 3, on_screen=3)
    until(service, lambda: bands.segmentation_path("bands_3.tif").exists())
    found = read_segmentation(bands.segmentation_path("bands_3.tif"), SHAPE).labels.to_array()
    assert (found == truth_of(3))[truth_of(3) == 2].mean() > 0.7
    assert (found == truth_of(3))[truth_of(3) == 1].mean() > 0.7
    path = latest_model(bands.folder.models)
    assert path is not None
    assert read_model_facts(path).network["in_channels"] == FIVE
    check_folder(path, bands, tmp_path / "masks")


def check_folder(path: Path, bands: Project, to: Path) -> None:
    """Masks of the project's images, photo included, by one of its models."""
    model, facts = load_model(path, small_device()), run_facts([path], 0.5, "1", "mask")  # type: ignore[arg-type]
    outcome = segment_folder([model], bands.shared.datasets / "bands", to, facts, lambda *_: None)
    assert outcome.made == 4
    (sentence,) = outcome.bad
    assert sentence.startswith("photo.png: has 3 channels, and the model was taught with images of 5.")


def test_the_first_images_channels_stay_while_any_like_it_is_annotated(bands: Project) -> None:
    view = ProjectView(bands.folder, bands.location, {})
    taking_up = TakingUp(view, OpenImages())

    def names() -> list[str]:
        view.look(0.0, everything=True)
        taking_up.look()
        while taking_up.waiting:
            taking_up.read_one()
        return [image.name for image in taking_up.train]

    file = annotate(bands, 1)
    assert names() == ["bands_1.tif"]
    annotate(bands, 4)
    assert (names(), taking_up.channels) == (["bands_1.tif"], FIVE)
    assert len(taking_up.refusals) == 1
    (image,) = taking_up.train
    assert image.read(Rectangle(0, 0, 2, 3)).shape == (2, 3, FIVE)
    file.unlink()
    assert (names(), taking_up.channels) == (["photo.png"], 3)
    assert taking_up.refusals == []


@pytest.mark.usefixtures("quick_validations")
def test_another_scale_takes_effect_at_once_and_forgets_nothing(start: Start, clock: Clock, project: Project) -> None:
    service = start()
    teach(project)
    wish(project, learning=True)
    until(service, lambda: project_status_or_none(service, project, "model"))
    steps = project_status(service, project).steps
    publish_document(project.folder.settings, project.settings.model_copy(update={"scale": 2.0}))
    look_now(service, clock)

    def newest_scale() -> float:
        path = latest_model(project.folder.models)
        return read_model_facts(path).scale if path is not None else 0.0

    until(service, lambda: newest_scale() == 2.0)
    assert project_status(service, project).steps > steps
    wish(project, 5, on_screen=5)
    until(service, lambda: project.segmentation_path(project.images[5]).exists())
    assert read_segmentation(project.segmentation_path(project.images[5]), SHAPE).labels.shape == SHAPE


@pytest.mark.usefixtures("quick_validations")
def test_a_model_of_other_channels_is_explained(start: Start, bands: Project) -> None:
    annotate(bands, 1)
    service = start()
    wish(bands, learning=True)
    until(service, lambda: project_status_or_none(service, bands, "model"))
    wish(bands, 4, on_screen=4)
    until(service, lambda: "photo.png" in status_of(service, bands.shared).error)
    assert "the model was taught with images of 5" in status_of(service, bands.shared).error
    assert not bands.segmentation_path("photo.png").exists()
