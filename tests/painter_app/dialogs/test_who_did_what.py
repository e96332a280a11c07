"""The table of who did what, opened from the window's menu."""

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel, QProgressBar, QPushButton, QTableView

from painter_app.dialogs.who_did_what import WhoDidWhatDialog
from painter_app.masks import who_did_what
from shared_folder.annotation_files import AnnotationFacts, save_annotation
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def annotate(studio, image: str, person: str, clicks: int, seconds: float) -> None:
    labels = Labels((200, 300))
    labels.write(Rectangle(0, 0, 5, 5), 2)
    facts = AnnotationFacts(person=person, clicks=clicks, seconds=seconds)
    save_annotation(studio.project, image, labels, facts, None, [])


def opened(studio) -> WhoDidWhatDialog:
    window = studio.open()
    studio.do(window, "who_did_what")
    return window.findChild(WhoDidWhatDialog)


def cells(dialog: WhoDidWhatDialog) -> list[list[str]]:
    model = dialog.findChild(QTableView).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def says(dialog: WhoDidWhatDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_people_are_listed_sorted_copied_and_saved(studio, tmp_path, monkeypatch) -> None:
    annotate(studio, "plant_1.png", "Ada", 5, 3000)
    annotate(studio, "plant_2.png", "Ada", 6, 4000)
    annotate(studio, "plant_3.png", "Bob", 100, 30)
    dialog = opened(studio)
    studio.until(lambda: len(cells(dialog)) == 2)
    assert [row[:5] for row in cells(dialog)] == [
        ["Ada", "2", "0", "11", "1 h 57 min"],
        ["Bob", "1", "0", "100", "30 s"],
    ]
    assert "3 of 8 images are annotated" in says(dialog)
    assert not dialog.findChild(QProgressBar).isVisible()
    table = dialog.findChild(QTableView)
    table.setCurrentIndex(table.model().index(0, 3))
    QTest.keyClick(table, Qt.Key.Key_Return)  # by strokes, as numbers
    assert [row[0] for row in cells(dialog)] == ["Bob", "Ada"]
    copy, save = (
        button for button in dialog.findChildren(QPushButton) if button.text() in ("Co&py", "&Save as CSV…")
    )
    copy.click()
    assert QApplication.clipboard().text().splitlines()[1].startswith("Ada\t2\t0\t11\t7000.0\t")
    target = tmp_path / "lab"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    save.click()
    studio.until(lambda: "The table is saved." in says(dialog))
    assert target.with_suffix(".csv").read_text(encoding="utf-8-sig").startswith("person,images annotated")


def test_a_slow_folder_shows_how_far_and_can_be_stopped(studio, monkeypatch) -> None:
    for number in range(1, 4):
        annotate(studio, f"plant_{number}.png", "Ada", 1, 1)
    first, go_on, read = threading.Event(), threading.Event(), who_did_what.read_annotation_facts
    paths = []

    def slow(path):
        paths.append(path)
        if len(paths) == 2:
            first.set()
            assert go_on.wait(20)
        return read(path)

    monkeypatch.setattr(who_did_what, "read_annotation_facts", slow)
    dialog = opened(studio)
    studio.until(first.is_set)
    bar = dialog.findChild(QProgressBar)
    studio.until(lambda: bar.maximum() == 3)
    assert bar.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    go_on.set()
    studio.until(lambda: dialog._task is None)
    assert not dialog.isVisible()
    assert len(paths) == 2
