"""Several people on one project: who has which image open is seen, Save & Next passes over those images, and nobody's
strokes are lost. Real windows of several painters on one folder."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QTableView

from painter_app.panels.image_model import OPEN_BY
from painter_app.session import autosave, wishes
from painter_app.session.image_order import Order, Ordered
from painter_app.session.listing import listing_of
from painter_app.session.other_painters import PATIENCE_SECONDS
from painter_app.settings import Settings, UserFolders
from shared_folder import annotation_files
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.desired import DesiredState
from shared_folder.publish import publish_document

FIRST, SECOND, THIRD = "plant_1.png", "plant_2.png", "plant_3.png"


def person(studio, tmp_path: Path, name: str):
    """A studio of the same project on another computer, with settings and a disk of her own."""
    own = UserFolders(tmp_path / f"config {name}", tmp_path / f"state {name}", tmp_path / f"home {name}")
    publish_document(own.settings, Settings(painter=name.lower(), person=name))
    return replace(studio, folders=own)


@pytest.fixture
def ada(studio, tmp_path):
    return person(studio, tmp_path, "Ada")


@pytest.fixture
def bob(studio, tmp_path):
    return person(studio, tmp_path, "Bob")


def row(window, name: str):
    model = window.page.images.findChild(QTableView).model()
    return next(model.index(place, 0) for place in range(model.rowCount()) if model.index(place, 0).data() == name)


def marked(window, name: str) -> str:
    return row(window, name).data(OPEN_BY)


def told(window) -> str:
    return window.notices.text


def say(studio, counter: int, **state: object) -> None:
    """What a third painter's file says."""
    states = DesiredState(person="Eve", project=studio.project.location, host="lab-3", counter=counter, **state)
    publish_document(studio.project.shared.desired_state("eve"), states)


def test_who_has_an_image_open_is_marked_in_the_list_of_the_others(ada, bob) -> None:
    hers = ada.open(SECOND)
    his = bob.open()
    ada.do(hers, "next")
    bob.until(lambda: marked(his, THIRD) == "Ada")
    assert "Open by Ada on " in row(his, THIRD).data(Qt.ItemDataRole.ToolTipRole)
    assert "Open by Ada on " in row(his, THIRD).data(Qt.ItemDataRole.AccessibleTextRole)
    assert marked(his, SECOND) == ""
    ada.until(lambda: marked(hers, FIRST) == "Bob")
    assert marked(hers, THIRD) == ""  # her own
    assert told(his) == told(hers) == ""
    hers.close()
    bob.until(lambda: marked(his, THIRD) == "")


def test_two_on_one_image_are_told_so_until_one_leaves(ada, bob) -> None:
    hers, his = ada.open(SECOND), bob.open()
    ada.until(lambda: marked(hers, FIRST) == "Bob")
    ada.do(hers, "previous")
    ada.until(lambda: told(hers).startswith("Bob has this image open too. You can both paint: nothing is lost"))
    bob.until(lambda: told(his).startswith("Ada has this image open too."))
    bob.do(his, "next")
    bob.until(lambda: told(his) == "")
    ada.until(lambda: told(hers) == "")


def test_a_window_that_died_is_not_believed(studio) -> None:
    say(studio, 1, image=SECOND)
    window = studio.open()
    others, now = window.session.others, [0.0]
    others._clock = lambda: now[0]
    looks = []
    window.session._open.news.painters_seen.connect(looks.append)
    studio.until(lambda: len(looks) >= 1)
    assert marked(window, SECOND) == ""  # its counter has not been seen to move
    say(studio, 2, image=SECOND)
    studio.until(lambda: marked(window, SECOND) == "Eve")
    now[0] = PATIENCE_SECONDS - 1
    others.look_again()
    assert marked(window, SECOND) == "Eve"
    now[0] = PATIENCE_SECONDS + 1
    studio.until(lambda: marked(window, SECOND) == "")  # the window looks at its clock by itself


def test_an_idle_window_renews_its_file(studio, monkeypatch) -> None:
    monkeypatch.setattr(wishes, "AGAIN_MILLISECONDS", 30)
    window = studio.open()
    counter = studio.wish(window).counter
    studio.until(lambda: studio.wish(window).counter > counter + 2)
    monkeypatch.setattr(wishes, "publish_document", lambda *_: 1 / 0)
    studio.qtbot.wait(100)  # what can't be renewed is not told again and again
    assert told(window) == ""


def test_other_projects_and_other_formats_are_left_alone(studio) -> None:
    window = studio.open()
    say(studio, 1, image=SECOND)
    say(studio, 2, image=SECOND)
    studio.until(lambda: marked(window, SECOND) == "Eve")
    say(studio, 3, image=SECOND, formats=(99,))
    studio.until(lambda: marked(window, SECOND) == "")
    say(studio, 4, image=SECOND)
    studio.until(lambda: marked(window, SECOND) == "Eve")
    publish_document(
        studio.project.shared.desired_state("eve"), DesiredState(counter=5, project="projects/other", image=SECOND)
    )
    studio.until(lambda: marked(window, SECOND) == "")


def test_save_and_next_passes_over_what_somebody_else_begins(studio) -> None:
    window = studio.open()
    say(studio, 1, image=SECOND)
    say(studio, 2, image=SECOND)
    studio.until(lambda: marked(window, SECOND) == "Eve")
    studio.do(window, "save_and_next")
    studio.at(window, THIRD)
    assert told(window) == f"{SECOND} was passed over: Eve has it open."
    studio.do(window, "previous")  # who steps to it, sees it
    studio.at(window, SECOND)
    studio.until(lambda: "Eve has this image open too" in told(window))


def test_the_last_image_that_is_left_is_not_withheld(studio) -> None:
    window = studio.open()
    state = window.session._open.state
    state.annotated |= {f"plant_{number}" for number in range(3, 9)}
    say(studio, 1, image=SECOND)
    say(studio, 2, image=SECOND)
    studio.until(lambda: marked(window, SECOND) == "Eve")
    assert state.after(FIRST, 1, judged=True) == THIRD
    assert state.next_undone(FIRST) != SECOND  # one that was annotated and not judged comes first
    state.listing = listing_of(Ordered(Order.MOST_UNCERTAIN, (SECOND, THIRD, FIRST), 0))
    assert state.next_undone(FIRST) == SECOND


@pytest.mark.parametrize("ada_saves_first", [True, False])
@pytest.mark.parametrize("autosaves", [True, False])
def test_two_who_paint_one_image_at_once_lose_nothing(ada, bob, monkeypatch, ada_saves_first, autosaves) -> None:
    monkeypatch.setattr(autosave, "AUTOSAVE_SECONDS", 0.02 if autosaves else 100.0)
    monkeypatch.setattr(autosave, "_MOST_SAVING", 1.0)
    hers, his = ada.open(), bob.open()
    bob.do(his, "brush_background")
    for row in (20, 80, 140):
        ada.paint(hers, (row, 40), (row, 200))
        ada.until(lambda: not (autosaves and hers.session.painting.unsaved))
        bob.paint(his, (row + 30, 40), (row + 30, 200))
        bob.until(lambda: not (autosaves and his.session.painting.unsaved))
    theirs = [window.session.painting.annotation.labels.to_array() for window in (hers, his)]
    both = np.maximum(theirs[0], theirs[1])
    assert {*np.unique(both)} == {0, BACKGROUND, FOREGROUND}
    said: list[str] = []
    for window in (hers, his):
        window.session.noticed.connect(lambda notice: said.append(notice.text))
    order = [(ada, hers), (bob, his)] if ada_saves_first else [(bob, his), (ada, hers)]
    for who, window in order:
        who.do(window, "save_and_next")
        who.until(lambda: window.session.image_name != FIRST and window.workers.pending == 0)  # noqa: B023
    assert np.array_equal(ada.saved(FIRST), both)
    bob.until(lambda: autosaves or any("both your strokes are in the file now" in text for text in said))
    again = ada.open(FIRST)
    assert np.array_equal(again.session.painting.annotation.labels.to_array(), both)


def test_what_two_saves_at_the_same_moment_leave_out_is_offered_again(ada, bob, monkeypatch) -> None:
    hers, his = ada.open(), bob.open()
    ada.paint(hers, (50, 40), (50, 200))
    bob.paint(his, (120, 40), (120, 200))
    looked, bob_has_saved, look = threading.Event(), threading.Event(), annotation_files._unchanged

    def look_and_wait(*args) -> bool:
        unchanged = look(*args)
        if not looked.is_set():
            looked.set()
            assert bob_has_saved.wait(20)  # between her last look and her rename
        return unchanged

    monkeypatch.setattr(annotation_files, "_unchanged", look_and_wait)
    ada.do(hers, "save_and_next")
    ada.until(looked.is_set)
    bob.do(his, "save_and_next")
    bob.until(lambda: ada.saved(FIRST) is not None)
    bob_has_saved.set()
    ada.until(lambda: (ada.saved(FIRST) == FOREGROUND)[50, 100] and not (ada.saved(FIRST) == FOREGROUND)[120, 100])
    his.close()
    again = bob.open()
    bob.until(lambda: f"waiting for {FIRST}" in told(again) or "1 stroke that no file holds" in told(again))
    again.session.go_to(FIRST)
    bob.until(lambda: "1 stroke that no file holds" in told(again))
    again.notices.buttons[0].click()  # Restore
    bob.until(lambda: again.session.painting.changed)
    bob.do(again, "save_and_next")
    bob.until(lambda: set(ada.saved(FIRST)[[50, 120], 100]) == {FOREGROUND})


def test_where_two_differ_the_other_copy_is_kept_and_that_is_said_once(ada, bob, monkeypatch) -> None:
    monkeypatch.setattr(autosave, "AUTOSAVE_SECONDS", 0.02)
    monkeypatch.setattr(autosave, "_MOST_SAVING", 1.0)
    hers, his = ada.open(), bob.open()
    bob.do(his, "brush_background")
    notices = []
    his.session.noticed.connect(lambda notice: notices.append(notice.text))
    for number in range(4):
        ada.paint(hers, (50, 40 + number), (50, 200))
        ada.until(lambda: not hers.session.painting.unsaved)
        bob.paint(his, (50, 40 + number), (50, 200))
        bob.until(lambda: not his.session.painting.unsaved)
    assert ada.saved(FIRST)[50, 100] == BACKGROUND  # saved last
    assert len([text for text in notices if "You differ on" in text]) == 1
    assert list(ada.project.folder.conflicts.glob("*.png"))
