"""Annotations as they are learned from: in order, and only what changed is read again."""

import os
from dataclasses import replace

import numpy as np
import pytest

from shared_folder.class_changes import change_classes
from shared_folder.classes import LabelClass
from shared_folder.labels import Labels
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.names import image_id
from shared_folder.project import Project, change_test_set
from shared_folder.publish import publish_document
from shared_folder.rectangle import Rectangle
from shared_folder.review import Reviews, ReviewState
from shared_folder.segmentation import Findings, Segmentation, write_segmentation
from tests.trainer.learning import small_device
from tests.trainer.small_folder import annotate, truth_of
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet
from trainer.open_images import OpenImages
from trainer.patches import FloatImage
from trainer.project_view import ProjectView
from trainer.sampling import AnnotatedImage
from trainer.taking_up import RIPE_STEPS, TakingUp, suiting_scale


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


def review(project: Project, state: ReviewState, index: int) -> None:
    reviews = Reviews(person="ada").having(image_id(project.images[index]), state)
    publish_document(project.folder.review("ada"), reviews)


def show_mask(project: Project, path_of: object, index: int, steps: int | None = None) -> np.ndarray:
    """A model's mask of an image where path_of(name) says: its truth. steps: of the model's training."""
    truth = truth_of(index)
    assert callable(path_of)
    path = path_of(project.images[index])
    mask = Segmentation(Labels.from_array(truth), "000001_lab", Findings(steps=steps))
    write_segmentation(path, mask, project.classes)
    return truth


def test_of_a_complete_image_the_mask_under_the_annotation_is_learned_too(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    truth = show_mask(project, project.shown_path, 1)
    review(project, ReviewState.PARTLY_CORRECTED, 1)
    take_up(taking_up, view)
    assert taking_up.train[0].agreed is None
    review(project, ReviewState.COMPLETE, 1)
    take_up(taking_up, view)
    agreed = taking_up.train[0].agreed
    assert agreed is not None
    assert (agreed.to_array() == truth).all()
    review(project, ReviewState.PARTLY_CORRECTED, 1)
    take_up(taking_up, view)
    assert taking_up.train[0].agreed is None


def test_where_there_was_nothing_to_correct_the_mask_that_she_saw_is_learned(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    seen = show_mask(project, project.segmentation_path, 2)
    review(project, ReviewState.NOTHING_TO_CORRECT, 2)
    assert take_up(taking_up, view) == ["roots_2.png", "roots_1.png"]
    show_mask(project, lambda _: project.segmentation_path(project.images[2]), 3)  # a newer model's
    assert take_up(taking_up, view) == ["roots_2.png", "roots_1.png"]
    agreed = taking_up.train[0].agreed
    assert agreed is not None
    assert (agreed.to_array() == seen).all()
    assert not taking_up.train[0].labels.counts()


def test_an_image_whose_mask_is_gone_teaches_what_was_painted(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    review(project, ReviewState.COMPLETE, 1)
    assert take_up(taking_up, view) == ["roots_1.png"]
    assert taking_up.train[0].agreed is None


def test_a_damaged_review_is_passed_over(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    project.folder.review("ada").write_text("{")
    assert take_up(taking_up, view) == ["roots_1.png"]


def test_once_a_test_image_is_annotated_all_is_measured_on_the_test_set_alone(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    for index in range(4):
        annotate(project, index, validation=index >= 2)

    def measured() -> tuple[set[str], int]:
        return {image.name for image in taking_up.validation}, taking_up.test_images

    assert take_up(taking_up, view) == ["roots_0.png", "roots_1.png"]
    assert measured() == ({"roots_2.png", "roots_3.png"}, 0)
    change_test_set(project, "roots_4.png", wanted=True)
    assert take_up(taking_up, view) == ["roots_0.png", "roots_1.png"]
    assert measured() == ({"roots_2.png", "roots_3.png"}, 0)  # nobody has annotated it yet
    change_test_set(project, "roots_1.png", wanted=True)
    view.look(0.0, everything=True)
    assert taking_up.look()  # learning shall hear of it, though no file changed
    assert not taking_up.waiting
    assert take_up(taking_up, view) == ["roots_0.png"]
    assert measured() == ({"roots_1.png"}, 1)
    annotate(project, 4, validation=True)
    take_up(taking_up, view)
    assert measured() == ({"roots_1.png", "roots_4.png"}, 2)
    change_test_set(project, "roots_1.png", wanted=False)
    change_test_set(project, "roots_4.png", wanted=False)
    assert take_up(taking_up, view) == ["roots_0.png", "roots_1.png"]
    assert measured() == ({"roots_2.png", "roots_3.png", "roots_4.png"}, 0)


def test_of_few_images_to_validate_on_all_are_learned_from(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    os.utime(annotate(project, 1, validation=True), (1000, 1000))
    os.utime(annotate(project, 2), (2000, 2000))
    assert take_up(taking_up, view) == ["roots_1.png", "roots_2.png"]
    assert taking_up.validation == []
    os.utime(annotate(project, 3, validation=True), (3000, 3000))
    assert take_up(taking_up, view) == ["roots_2.png"]
    assert [image.name for image in taking_up.validation] == ["roots_1.png", "roots_3.png"]


@pytest.mark.parametrize(("steps", "agreed"), [(RIPE_STEPS - 1, False), (RIPE_STEPS, True)])
def test_of_a_mask_by_a_network_that_had_hardly_learned_only_strokes_are_learned(
    project: Project, steps: int, agreed: bool
) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    show_mask(project, project.shown_path, 1, steps)
    review(project, ReviewState.COMPLETE, 1)
    take_up(taking_up, view)
    assert (taking_up.train[0].agreed is not None) == agreed


def test_whoever_finds_nothing_to_correct_is_believed_from_the_first_model_on(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    show_mask(project, project.segmentation_path, 2, 1)
    review(project, ReviewState.NOTHING_TO_CORRECT, 2)
    take_up(taking_up, view)
    assert taking_up.train[0].agreed is not None


STONE = LabelClass(3, "stone", "#0072b2")


def test_only_what_other_classes_change_is_read_again(project: Project) -> None:
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    stones = np.where(truth_of(2) == 2, 3, 0).astype(np.uint8)
    annotate(project, 1)
    annotate(project, 2, labels=stones)  # painted in a window that was quicker
    assert take_up(taking_up, view) == ["roots_1.png"]
    known = taking_up.train[0]
    renamed = change_classes(project, project.classes, (LabelClass(2, "fine root", "#123456"),)).classes
    view.look(0.0, everything=True)
    assert not taking_up.look()
    change_classes(project, renamed, (*renamed, STONE))
    assert take_up(taking_up, view) == ["roots_1.png", "roots_2.png"]
    assert taking_up.train[0] is known
    assert taking_up.class_ids == (1, 2, 3)
    change_classes(project, (*renamed, STONE), (STONE, *renamed))  # another order is none to the network
    view.look(0.0, everything=True)
    assert not taking_up.look()
    assert taking_up.class_ids == (1, 2, 3)
    change_classes(project, (STONE, *renamed), (replace(STONE, merged_into=1), *renamed))
    assert take_up(taking_up, view) == ["roots_1.png", "roots_2.png"]
    assert [sorted(image.places) for image in taking_up.train] == [[1, 2], [1]]


def test_what_she_left_as_background_before_there_was_a_class_says_nothing_of_it(project: Project) -> None:
    classes = tuple(ModelClass(id=each.id, name=each.name, colour=each.colour) for each in project.classes)
    facts = ModelFacts(number=1, trainer="lab", classes=classes, network={}, normalisation="any")
    ModelStore(project.folder.models).save(UNet(NetworkShape(3, 2, small_device().widths)), facts)
    view = ProjectView(project.folder, project.location, {})
    taking_up = TakingUp(view, OpenImages())
    annotate(project, 1)
    seen = show_mask(project, project.shown_path, 1)
    review(project, ReviewState.COMPLETE, 1)
    take_up(taking_up, view)
    assert taking_up.train[0].agreed_places.keys() == {1, 2}
    change_classes(project, project.classes, (*project.classes, STONE))
    take_up(taking_up, view)
    agreed = taking_up.train[0].agreed
    assert agreed is not None
    assert (agreed.to_array() == np.where(seen == 2, 2, 0)).all()


def bars(width: int, shape: tuple[int, int] = (200, 300)) -> AnnotatedImage:
    labels = np.zeros(shape, np.uint8)
    labels[50 : 50 + width, 10:-10] = 2
    return AnnotatedImage("bars.png", shape, blank, Labels.from_array(labels))


def blank(rectangle: Rectangle) -> FloatImage:
    return np.zeros((rectangle.height, rectangle.width, 3), np.float32)


def test_what_is_painted_tells_the_scale() -> None:
    thin, middling, wide = bars(2), bars(6), bars(20)
    empty = AnnotatedImage("empty.png", (200, 300), blank, Labels((200, 300)))
    assert suiting_scale([]) == suiting_scale([empty]) == 1
    assert [suiting_scale([empty, each]) for each in (thin, middling, wide)] == [2, 1, 0.5]
    assert suiting_scale([wide, wide, middling, thin, thin, thin, thin]) == 0.5  # by the oldest three
    assert suiting_scale([bars(2, (1500, 1500))]) == 1  # its mask would take too long


def test_a_trainer_that_starts_again_goes_on_at_the_scale_of_the_newest_model(project: Project) -> None:
    labels = np.zeros(truth_of(1).shape, np.uint8)
    labels[40:48, 10:-10] = 2  # too thin to go over to half the size, and too wide to come back from there
    annotate(project, 1, labels=labels)

    def scale() -> float:
        view = ProjectView(project.folder, project.location, {})
        taking_up = TakingUp(view, OpenImages())
        take_up(taking_up, view)
        return taking_up.scale

    assert scale() == 1
    network = UNet(NetworkShape(3, 2, small_device().widths))
    classes = tuple(ModelClass(id=each.id, name=each.name, colour=each.colour) for each in project.classes)
    facts = ModelFacts(number=1, trainer="ab", classes=classes, network={}, normalisation="any", scale=0.5)
    ModelStore(project.folder.models).save(network, facts)
    assert scale() == 0.5
