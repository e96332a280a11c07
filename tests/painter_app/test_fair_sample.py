"""How images were reached: in the project's order, which makes a fair sample, or by choice; recorded when saved."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLineEdit, QTableView

from painter_app.panels.image_model import Mark
from painter_app.session.image_order import Order
from shared_folder.annotation_files import annotation_path, read_annotation_facts
from shared_folder.names import image_id
from shared_folder.publish import publish_document, read_document
from shared_folder.review import Reached, Reviews, ReviewState
from tests.painter_app.conftest import Studio
from tests.painter_app.session_masks import give_findings

NAMES = [f"plant_{number}.png" for number in range(1, 9)]
SHAPE = (200, 300)


def reached(studio: Studio, window, name: str) -> Reached | None:
    """As the review file has it."""
    path = studio.project.folder.review(window.settings.now.painter)
    return read_document(path, Reviews).reached.get(image_id(name)) if path.exists() else None


def annotate(studio: Studio, window) -> str:
    """Paint on the open image and press Save & Next. Returns its name, once that is on the disk."""
    name = window.session.image_name
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.until(lambda: window.session.painting is not None and window.session.image_name != name)
    studio.until(lambda: studio.state(window, name) is not ReviewState.UNSEEN)
    return name


def marks(window, name: str) -> tuple[Mark, ...]:
    return window.page.images._model.marks(name)


def test_what_comes_next_is_reached_in_order(studio: Studio) -> None:
    window = studio.open()
    first = annotate(studio, window)
    studio.do(window, "next")
    studio.at(window, NAMES[2])
    third = annotate(studio, window)
    for name in (first, third):
        assert reached(studio, window, name) is Reached.ORDER
        path = annotation_path(studio.project, name)
        assert path is not None
        assert read_annotation_facts(path).reached is Reached.ORDER
        assert marks(window, name) == ()


def test_a_click_in_the_list_is_a_choice_and_the_image_after_it_is_not(studio: Studio) -> None:
    window = studio.open()
    view = window.page.images.findChild(QTableView)
    view.scrollTo(view.model().index(4, 0))
    place = view.visualRect(view.model().index(4, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    studio.at(window, NAMES[4])
    assert marks(window, NAMES[4]) == (Mark.CHOICE,)
    assert annotate(studio, window) == NAMES[4]
    assert reached(studio, window, NAMES[4]) is Reached.CHOICE
    assert annotate(studio, window) == NAMES[5]
    assert reached(studio, window, NAMES[5]) is Reached.ORDER
    studio.do(window, "previous")
    studio.at(window, NAMES[5])


def test_the_first_time_that_it_was_opened_counts(studio: Studio) -> None:
    window = studio.open()
    window.session.go_to(NAMES[2])
    studio.at(window, NAMES[2])
    window.session.go_to(NAMES[0])
    studio.at(window, NAMES[0])
    for name in NAMES[:3]:
        assert annotate(studio, window) == name
    assert [reached(studio, window, name) for name in NAMES[:3]] == [Reached.ORDER, Reached.ORDER, Reached.CHOICE]
    window.close()
    again = studio.open(NAMES[0])
    assert marks(again, NAMES[2]) == (Mark.CHOICE,)
    studio.paint(again, (20, 20), (30, 60))
    studio.do(again, "save_and_next")
    studio.at(again, NAMES[1])
    assert reached(studio, again, NAMES[0]) is Reached.ORDER


@pytest.mark.parametrize("way", ["filter", "order", "previous"])
def test_a_filter_another_order_and_going_back_are_choices(studio: Studio, way: str) -> None:
    give_findings(studio.project, NAMES[5], SHAPE, uncertainty=0.5)
    window = studio.open()
    if way == "filter":
        window.page.images.filter.findChild(QLineEdit).setText("6")
        studio.until(lambda: not window.session._open.state.listing.in_order)
        studio.do(window, "next")
    elif way == "order":
        choice = window.page.images.order.choice
        choice.setCurrentIndex(choice.findData(Order.MOST_UNCERTAIN))
        studio.until(lambda: not window.session._open.state.listing.in_order)
        studio.do(window, "skip")
    else:
        window.session.go_to(NAMES[6])
        studio.at(window, NAMES[6])
        studio.do(window, "previous")
    studio.at(window, NAMES[5])
    window.page.images.show_all()
    studio.paint(window, (50, 50), (60, 120))
    window.session.go_to(NAMES[0])
    studio.until(lambda: reached(studio, window, NAMES[5]) is Reached.CHOICE)


def test_of_images_annotated_before_nobody_says_how_they_were_reached(studio: Studio) -> None:
    window = studio.open()
    mine = studio.project.folder.review(window.settings.now.painter)
    window.close()
    publish_document(mine, Reviews(states={image_id(NAMES[1]): ReviewState.PARTLY_CORRECTED}))
    window = studio.open(NAMES[0])
    studio.do(window, "next")
    studio.at(window, NAMES[1])
    studio.paint(window, (50, 50), (60, 120))
    studio.do(window, "save_and_next")
    studio.at(window, NAMES[2])
    studio.until(lambda: annotation_path(studio.project, NAMES[1]) is not None)
    assert reached(studio, window, NAMES[1]) is None
    model = window.page.images.findChild(QTableView).model()
    assert "sample" not in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_an_image_far_on_with_which_the_window_opens_is_a_choice(studio: Studio) -> None:
    window = studio.open(NAMES[5])
    window.close()
    window = studio.open()
    assert window.session.image_name == NAMES[5]
    assert window.session.painting.reached is Reached.CHOICE
