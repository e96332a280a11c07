import numpy as np
import torch

from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.segmentation import MOST_CONTRADICTIONS, Contradiction
from trainer.contradictions import Contradictions

SHAPE = (64, 96)


def sure_of(labels: np.ndarray, ids: tuple[int, ...], probability: float = 0.99) -> torch.Tensor:
    """Probabilities (K, H, W) of a model that is so sure of these labels."""
    rest = (1 - probability) / (len(ids) - 1)
    return torch.stack(
        [torch.from_numpy(np.where(labels == each, probability, rest).astype(np.float32)) for each in ids]
    )


def found(annotation: np.ndarray, likelihood: torch.Tensor, ids: tuple[int, ...]) -> tuple[Contradiction, ...]:
    contradictions = Contradictions(Labels.from_array(annotation), ids)
    contradictions.add(whole(annotation.shape), likelihood)
    return contradictions.largest()


def test_a_slip_of_the_brush_is_found_with_its_classes() -> None:
    truth = np.ones(SHAPE, np.uint8)
    truth[10:20, 10:40] = 2
    truth[40:50, 60:80] = 5
    annotation = truth.copy()
    annotation[12:18, 20:30] = 1  # 60 pixels of background painted on the object
    annotation[42:48, 62:78] = 2  # 96 pixels of another class
    assert found(annotation, sure_of(truth, (1, 2, 5)), (1, 2, 5)) == (
        Contradiction(box=(42, 62, 48, 78), annotated=2, predicted=5),
        Contradiction(box=(12, 20, 18, 30), annotated=1, predicted=2),
    )


def test_what_is_unknown_small_doubtful_or_of_no_channel_is_no_contradiction() -> None:
    truth = np.ones(SHAPE, np.uint8)
    annotation = np.zeros(SHAPE, np.uint8)
    assert not found(annotation, sure_of(truth, (1, 2)), (1, 2))
    annotation[:5, :5] = 2  # 25 pixels
    annotation[20:40, 20:40] = 255  # can't tell
    annotation[20:40, 50:70] = 7  # a class that the model doesn't know
    assert not found(annotation, sure_of(truth, (1, 2)), (1, 2))
    annotation[:8, :8] = 2
    assert not found(annotation, sure_of(truth, (1, 2), probability=0.9), (1, 2))
    assert len(found(annotation, sure_of(truth, (1, 2)), (1, 2))) == 1


def test_places_are_in_the_image_and_the_largest_are_kept() -> None:
    annotation = np.zeros((600, 600), np.uint8)
    for number in range(MOST_CONTRADICTIONS + 5):
        row, column = divmod(number, 5)
        annotation[row * 50 : row * 50 + 10, column * 100 : column * 100 + 10 + number] = 2
    contradictions = Contradictions(Labels.from_array(annotation), (1, 2))
    for top in (0, 300):
        core = Rectangle(top, 0, top + 300, 600)
        contradictions.add(core, sure_of(np.ones((300, 600), np.uint8), (1, 2)))
    boxes = [each.box for each in contradictions.largest()]
    assert len(boxes) == MOST_CONTRADICTIONS
    assert boxes[0] == (200, 400, 210, 434)
    assert boxes[-1] == (50, 0, 60, 15)
