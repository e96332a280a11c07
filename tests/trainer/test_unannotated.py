"""Which images are learned from without labels."""

import numpy as np
import pytest

from shared_folder.project import Project, change_test_set
from shared_folder.rectangle import whole
from tests.trainer.small_folder import SHAPE, annotate, write_image
from trainer.open_images import OpenImages
from trainer.project_view import ProjectView
from trainer.unannotated import Unannotated


def of(project: Project) -> tuple[ProjectView, Unannotated]:
    view = ProjectView(project.folder, project.location, {})
    view.look(0.0, everything=True)
    return view, Unannotated(view, OpenImages())


def drawn(unannotated: Unannotated, draws: int = 200) -> set[str]:
    numbers = np.random.default_rng(0)
    images = [unannotated.draw(numbers) for _ in range(draws)]
    return {image.name for image in images if image is not None}


def test_every_image_but_the_annotated_and_the_test_images_may_come(project: Project) -> None:
    annotate(project, 0)
    change_test_set(project, project.images[7], True)
    view, unannotated = of(project)
    unannotated.are_not(set(view.train), 3)
    assert drawn(unannotated) == set(project.images[1:7])


def test_one_that_is_annotated_now_comes_no_more(project: Project) -> None:
    _, unannotated = of(project)
    unannotated.are_not(set(), 3)
    assert project.images[3] in drawn(unannotated)
    unannotated.are_not({project.images[3]}, 3)
    assert project.images[3] not in drawn(unannotated)


def test_it_has_the_image_and_no_label(project: Project) -> None:
    _, unannotated = of(project)
    unannotated.are_not(set(), 3)
    image = unannotated.draw(np.random.default_rng(0))
    assert image is not None
    assert image.shape == SHAPE
    assert image.read(whole(SHAPE)).shape == (*SHAPE, 3)
    assert not image.places


def test_a_few_are_held_at_most(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _, unannotated = of(project)
    unannotated.are_not(set(), 3)
    monkeypatch.setattr("trainer.unannotated.MOST_IMAGES", 3)
    assert len(drawn(unannotated)) == 3


def test_a_window_of_a_large_image_is_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.unannotated.SIDE", 50)
    view, unannotated = of(project)
    unannotated.are_not((), 3)
    image = unannotated.draw(np.random.default_rng(0))
    assert image is not None
    assert image.shape == (50, 50)
    entire = OpenImages().learned(view.project.image_path(image.name), (), SHAPE, whole(SHAPE))
    windows = np.lib.stride_tricks.sliding_window_view(entire, (50, 50, 3)).reshape(-1, 50, 50, 3)
    assert np.abs(windows - image.read(whole((50, 50)))).max(axis=(1, 2, 3)).min() < 0.01


def test_one_that_takes_long_to_decode_is_passed_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write_image(project.image_path(project.images[2]), 2, (400, 300))
    _, unannotated = of(project)
    unannotated.are_not(set(), 3)
    monkeypatch.setattr("trainer.unannotated.LARGEST", 100_000)
    assert drawn(unannotated) == set(project.images) - {project.images[2]}


def test_unreadable_ones_and_those_of_other_channels_are_passed_over(project: Project) -> None:
    project.image_path(project.images[1]).write_bytes(b"no image")
    project.image_path(project.images[2]).unlink()
    _, unannotated = of(project)
    unannotated.are_not(set(), 3)
    assert drawn(unannotated) == set(project.images) - {project.images[1], project.images[2]}
    unannotated.are_not(set(), 5)
    assert not drawn(unannotated)


def test_where_none_can_be_used_there_is_none(project: Project) -> None:
    _, unannotated = of(project)
    unannotated.are_not(set(project.images), 3)
    assert unannotated.draw(np.random.default_rng(0)) is None
