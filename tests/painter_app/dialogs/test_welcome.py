from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCommandLinkButton, QFileDialog, QLabel, QListWidget, QPushButton

from painter_app.dialogs.welcome import WelcomePage


@pytest.fixture
def page(qtbot) -> WelcomePage:
    page = WelcomePage()
    qtbot.addWidget(page)
    return page


def test_it_explains_itself_in_three_sentences_and_shows_the_shared_folder(page):
    page.set_shared_folder(Path("/data/lab"), None)
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "/data/lab" in [Path(text).as_posix() for text in texts]
    assert any(text.count(". ") == 2 and text.endswith(".") for text in texts)


def test_its_offers_are_signals(page, qtbot, monkeypatch, tmp_path):
    file = tmp_path / "roots.seg_proj"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    sample, new, existing = page.findChildren(QCommandLinkButton)
    with qtbot.waitSignal(page.sample_chosen):
        sample.click()
    with qtbot.waitSignal(page.new_chosen):
        new.click()
    with qtbot.waitSignal(page.open_chosen) as opened:
        existing.click()
    assert opened.args == [file]


def test_a_cancelled_file_dialog_opens_nothing(page, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(page.open_chosen):
        page.findChildren(QCommandLinkButton)[2].click()


def test_recent_projects_open_again(page, qtbot):
    recent = page.findChild(QListWidget)
    assert not recent.isVisibleTo(page)
    files = [Path(f"/data/projects/p{index}/p{index}.seg_proj") for index in range(9)]
    page.set_recent(files)
    assert recent.isVisibleTo(page)
    assert recent.count() == 6
    with qtbot.waitSignal(page.open_chosen) as opened:
        recent.itemActivated.emit(recent.item(1))
    assert opened.args == [files[1]]
    assert recent.item(1).data(Qt.ItemDataRole.DisplayRole).startswith("p1")


def test_rootpainters_folder_is_offered_only_when_it_is_another(page, qtbot):
    def offer() -> QPushButton:
        return next(found for found in page.findChildren(QPushButton) if found.text().startswith("&Use"))

    page.set_shared_folder(Path("/a"), Path("/b"))
    assert offer().isVisibleTo(page)
    with qtbot.waitSignal(page.folder_chosen) as chosen:
        offer().click()
    assert chosen.args == [Path("/b")]
    page.set_shared_folder(Path("/b"), Path("/b"))
    assert not [found for found in page.findChildren(QPushButton) if found.text().startswith("&Use")]


def test_the_picture_of_the_loop_is_drawn_at_any_size(page):
    page.resize(900, 600)
    drawn = page.grab().toImage()
    assert len({drawn.pixel(x, 200) for x in range(0, 900, 3)}) > 5
    page.resize(300, 300)
    page.grab()
