"""Annotations as they are learned from: in order, and only what changed is read again."""

import os

from shared_folder.project import Project
from tests.trainer.small_folder import annotate
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
