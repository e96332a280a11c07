"""Annotations as they are learned from: in order, and only what changed is read again."""

import os

import numpy as np
import pytest

from shared_folder.annotation_files import read_annotation, save_annotation
from shared_folder.classes import CANT_TELL
from shared_folder.labels import Labels
from shared_folder.project import Project
from shared_folder.segmentation import Segmentation, empty_segmentation, write_segmentation
from tests.trainer.small_folder import SHAPE, annotate
from trainer.open_images import OpenImages
from trainer.project_view import ProjectView
from trainer.taking_up import TakingUp


def take_up(taking_up: TakingUp, view: ProjectView) -> list[str]:
    """Names of the images to train on, once all that changed was read."""
    view.look(0.0, everything=True)
    taking_up.look()
    while taking_up.waiting:
        taking_up.read_one()
    return [image.name for image in taking_up.train]


def test_the_annotation_that_was_written_last_comes_last(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    for seconds, index in enumerate((2, 3, 1)):
        os.utime(annotate(project, index), (1000 + seconds, 1000 + seconds))
    assert take_up(taking_up, view) == ["roots_2.png", "roots_3.png", "roots_1.png"]
    known = taking_up.train[0]
    os.utime(annotate(project, 3), (2000, 2000))
    assert take_up(taking_up, view) == ["roots_2.png", "roots_1.png", "roots_3.png"]
    assert taking_up.train[0] is known


@pytest.mark.parametrize(
    ("is_complete", "validation", "unpainted"),
    [(True, False, 2), (False, False, 0), (True, True, 0)],
    ids=["complete", "partly corrected", "validation"],
)
def test_what_is_left_of_a_complete_images_mask_is_learned_too(
    project: Project, is_complete: bool, validation: bool, unpainted: int
) -> None:
    name = project.images[2]
    shown = np.ones(SHAPE, np.uint8)
    shown[: SHAPE[0] // 2] = 2
    write_segmentation(project.shown_path(name), Segmentation(Labels.from_array(shown), "000001_x"), project.classes)
    painted = np.zeros(SHAPE, np.uint8)
    painted[:5], painted[5:10], painted[-5:] = 1, CANT_TELL, 2
    path = annotate(project, 2, validation, painted)
    stored = read_annotation(path, SHAPE)
    facts = stored.facts.model_copy(update={"complete": is_complete})
    save_annotation(project, name, stored.labels, facts, stored, [])
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    take_up(taking_up, view)
    (image,) = taking_up.validation if validation else taking_up.train
    values = image.labels.to_array()
    assert (values[:5] == 1).all()
    assert (values[5:10] == CANT_TELL).all(), "what she can't tell stays out of learning"
    assert (values[-5:] == 2).all()
    assert (values[10 : SHAPE[0] // 2] == unpainted).all()


def test_an_empty_mask_from_before_there_was_a_model_teaches_nothing(project: Project) -> None:
    name = project.images[2]
    write_segmentation(project.shown_path(name), empty_segmentation(SHAPE), project.classes)
    path = annotate(project, 2)
    stored = read_annotation(path, SHAPE)
    save_annotation(project, name, stored.labels, stored.facts.model_copy(update={"complete": True}), stored, [])
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    take_up(taking_up, view)
    assert taking_up.train[0].labels == stored.labels
