"""Orders of the image list and doubts about annotations, in the real window; the trainer is just the test."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton, QTableView

from painter_app.images_desk import doubt_sentence
from painter_app.session.file_facts import FileFacts, Known, Need
from painter_app.session.image_order import Order, ordered
from painter_app.session.ordering import standing
from shared_folder.annotation_files import AnnotationFacts
from shared_folder.classes import BACKGROUND, FOREGROUND, LabelClass, new_classes
from shared_folder.desired import FolderJob
from shared_folder.names import image_id
from shared_folder.publish import read_documents
from shared_folder.rectangle import Rectangle
from shared_folder.segmentation import Contradiction, SegmentationFacts
from shared_folder.uncertainty import UncertaintyMap, map_shape, write_uncertainty
from tests.painter_app.session_masks import give_findings

SHAPE = (200, 300)
NAMES = [f"plant_{number}.png" for number in range(1, 9)]
SLIP = Contradiction(box=(20, 30, 60, 90), annotated=FOREGROUND, predicted=BACKGROUND)


def rows(window) -> list[str]:
    model = window.page.images.findChild(QTableView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def choose(window, order: Order) -> None:
    choice = window.page.images.order.choice
    choice.setCurrentIndex(choice.findData(order))


def facts(**statistics: tuple[float, ...]) -> Known:
    return Known({name: SegmentationFacts(appearance=values) for name, values in statistics.items()})


def test_most_uncertain_first_then_those_without_a_figure_then_those_done() -> None:
    known = {name: SegmentationFacts(uncertainty=figure) for name, figure in (("a", 0.1), ("b", 0.6), ("d", 0.9))}
    known["c"] = SegmentationFacts()
    found = ordered(Order.MOST_UNCERTAIN, ["a", "b", "c", "d", "e"], frozenset({"d"}), Known(known))
    assert found.names == ("b", "a", "c", "e", "d")
    assert found.unjudged == 2


def test_least_like_are_the_farthest_from_what_is_annotated_and_from_each_other() -> None:
    known = facts(done=(0.0, 0.0), near=(0.1, 0.0), far=(5.0, 0.0), twin=(5.0, 0.1), other=(0.0, 4.0))
    names = ["near", "far", "twin", "other", "done", "unseen"]
    found = ordered(Order.LEAST_LIKE, names, frozenset({"done"}), known)
    assert set(found.names[:2]) in ({"far", "other"}, {"twin", "other"})  # not both of the twins
    assert found.names[-2:] == ("unseen", "done")
    assert found.unjudged == 1


def test_statistics_of_another_version_are_no_figure() -> None:
    known = facts(a=(0.0, 1.0), b=(1.0, 0.0), c=(7.0,))
    assert ordered(Order.LEAST_LIKE, ["c", "a", "b"], frozenset(), known).names[-1] == "c"
    assert ordered(Order.LEAST_LIKE, ["c", "a"], frozenset(), Known()).names == ("c", "a")


def test_worst_dice_and_latest_change_come_first_and_what_has_no_figure_last() -> None:
    dice = {"a": 0.9, "b": None, "c": 0.2, "d": 1.0}
    known = Known(annotations={name: AnnotationFacts(dice=figure) for name, figure in dice.items()})
    names = ["e", "a", "b", "c", "d"]
    assert ordered(Order.WORST_DICE, names, frozenset("abcd"), known).names == ("c", "a", "d", "e", "b")
    known = Known(times={"a": 5, "b": 9, "e": 7})
    assert ordered(Order.RECENT, names, frozenset("abe"), known).names == ("b", "e", "a", "c", "d")


def test_a_mask_is_read_again_only_when_it_changed(studio, monkeypatch: pytest.MonkeyPatch) -> None:
    give_findings(studio.project, NAMES[0], SHAPE, uncertainty=0.25)
    files = FileFacts(studio.project.folder)

    def uncertainty() -> float | None:
        return files.look(Need.MASKS, fresh=True, seconds=5).masks[image_id(NAMES[0])].uncertainty

    assert uncertainty() == 0.25
    with monkeypatch.context() as patched:
        patched.setattr("shared_folder.segmentation.read_facts", None)
        assert uncertainty() == 0.25
    give_findings(studio.project, NAMES[0], SHAPE, uncertainty=0.5)
    assert uncertainty() == 0.5


def test_save_and_next_follows_the_chosen_order(studio) -> None:
    for number, figure in ((1, 0.1), (4, 0.3), (6, 0.7)):
        give_findings(studio.project, NAMES[number], SHAPE, uncertainty=figure)
    window = studio.open()
    assert rows(window) == NAMES
    choose(window, Order.MOST_UNCERTAIN)
    studio.until(lambda: rows(window)[:4] == [NAMES[6], NAMES[4], NAMES[1], NAMES[0]])
    studio.until(lambda: studio.wish(window).masks[:3] == (NAMES[0], NAMES[6], NAMES[4]))
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.at(window, NAMES[6])
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.at(window, NAMES[4])
    studio.until(lambda: rows(window)[-2:] == [NAMES[0], NAMES[6]])
    studio.do(window, "next")  # down the list
    studio.at(window, NAMES[1])
    choose(window, Order.PROJECT)
    studio.until(lambda: rows(window) == NAMES)


def test_a_newer_mask_moves_its_image(studio) -> None:
    give_findings(studio.project, NAMES[1], SHAPE, uncertainty=0.1)
    window = studio.open()
    choose(window, Order.MOST_UNCERTAIN)
    studio.until(lambda: rows(window)[0] == NAMES[1])
    give_findings(studio.project, NAMES[5], SHAPE, uncertainty=0.4)
    studio.until(lambda: rows(window)[0] == NAMES[5])


def test_missing_masks_are_said_and_can_be_asked_for(studio) -> None:
    give_findings(studio.project, NAMES[1], SHAPE, uncertainty=0.1)
    window = studio.open()
    bar = window.page.images.order
    button = bar.findChild(QPushButton)
    assert not button.isVisible()
    choose(window, Order.MOST_UNCERTAIN)
    studio.until(button.isVisible)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    studio.until(lambda: bool(read_documents(studio.project.shared.jobs, FolderJob)[0]))
    (job,) = read_documents(studio.project.shared.jobs, FolderJob)[0].values()
    assert (job.project, job.images) == (studio.project.location, ())
    for name in NAMES:
        give_findings(studio.project, name, SHAPE, uncertainty=0.1)
    studio.until(lambda: bar.findChild(QPushButton).isHidden() and bar._lacking.isHidden())


def test_doubts_are_marked_framed_and_found(studio) -> None:
    give_findings(studio.project, NAMES[3], SHAPE, contradictions=(SLIP,))
    window = studio.open()
    studio.until(lambda: bool(window.session.ordering.doubts))
    sentence = "The newest model takes 1 place painted root for background. Slips of the brush?"
    model = window.page.images.findChild(QTableView).model()
    assert model.index(3, 0).data(Qt.ItemDataRole.ToolTipRole).endswith(sentence)
    assert sentence not in model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)
    QTest.keyClick(window, Qt.Key.Key_F8)
    studio.at(window, NAMES[3])
    assert [tuple(frame) for frame in window.page.canvas._frames] == [SLIP.box]
    assert window.notices.isVisible()
    hide = next(button for button in window.notices.findChildren(QPushButton) if button.text() == "Hide the frames")
    QTest.mouseClick(hide, Qt.MouseButton.LeftButton)
    assert not window.page.canvas._frames
    studio.do(window, "next")
    studio.at(window, NAMES[4])
    assert not window.page.canvas._frames


def test_without_doubts_it_says_so(studio) -> None:
    window = studio.open()
    studio.do(window, "next_doubtful")
    assert window.session.image_name == NAMES[0]
    assert window.notices.isVisible()


def test_doubts_in_words() -> None:
    back = Contradiction(box=(0, 0, 9, 9), annotated=BACKGROUND, predicted=FOREGROUND)
    assert doubt_sentence((SLIP, back, SLIP), new_classes(["root"])) == (
        "The newest model takes 2 places painted root for background, 1 place painted background for root. "
        "Slips of the brush?"
    )


def test_the_uncertainty_is_read_when_it_is_shown_and_when_it_changes(studio) -> None:
    window = studio.open()
    layers = window.page.canvas._layers
    assert layers["uncertainty"] is None
    QTest.keyClick(window.page.canvas, Qt.Key.Key_U)
    studio.until(lambda: window.page.layers._uncertainty_key._missing)
    values = np.full(map_shape(SHAPE), 200, np.uint8)
    studio.give_mask(NAMES[0])
    write_uncertainty(studio.project.uncertainty_path(NAMES[0]), UncertaintyMap(values, "000001_t"))
    studio.until(lambda: layers["uncertainty"] is not None)
    assert not window.page.layers._uncertainty_key._missing
    studio.do(window, "next")
    studio.at(window, NAMES[1])
    studio.until(lambda: window.page.layers._uncertainty_key._missing)
    assert layers["uncertainty"] is None


def test_one_steps_from_one_uncertain_place_to_the_next(studio) -> None:
    window = studio.open()
    QTest.keyClick(window.page.canvas, Qt.Key.Key_J)
    studio.until(lambda: "no mask" in window.notices.text)
    values = np.zeros(map_shape(SHAPE), np.uint8)
    values[2:9, 40:60] = 255
    values[40:45, 2:9] = 200
    write_uncertainty(studio.project.uncertainty_path(NAMES[0]), UncertaintyMap(values, "000001_t"))
    canvas = window.page.canvas
    for place in (Rectangle(0, 128, 128, 256), Rectangle(128, 0, 200, 128)):
        QTest.keyClick(canvas, Qt.Key.Key_J)
        studio.until(lambda place=place: canvas._frames == (place,))
        assert canvas.visible_rectangle().intersection(place) == place
    QTest.keyClick(canvas, Qt.Key.Key_J)
    studio.until(lambda: "all places" in window.notices.text)


def test_there_is_no_doubt_between_classes_that_were_merged_since() -> None:
    merged = (*new_classes(["root"]), LabelClass(3, "old root", "#000000", merged_into=2))
    among = Contradiction(box=(0, 0, 9, 9), annotated=3, predicted=2)
    true = Contradiction(box=(0, 0, 9, 9), annotated=3, predicted=1)
    strange = Contradiction(box=(0, 0, 9, 9), annotated=1000, predicted=-5)
    assert standing({"a": (among,), "b": (among, true, strange)}, merged) == {
        "b": (true.model_copy(update={"annotated": 2}), strange)
    }
