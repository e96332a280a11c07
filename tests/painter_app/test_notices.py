"""One quiet bar."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from painter_app import notices
from painter_app.notices import Answer, Notice, NoticeBar, Weight


def in_a_window(qtbot) -> NoticeBar:
    window = QWidget()
    qtbot.addWidget(window)
    bar = NoticeBar(window)
    bar.window_kept = window  # PyQt would delete it otherwise
    return bar


def test_information_goes_by_itself_and_errors_stay(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(notices, "FADES_AFTER_SECONDS", 0.02)
    bar = in_a_window(qtbot)
    bar.show_notice(Notice("The disk is full.", Weight.ERROR))
    bar.show_notice(Notice("Saved."))
    assert bar.text == "Saved."
    qtbot.waitUntil(lambda: bar.text == "The disk is full.")
    qtbot.wait(60)
    assert not bar.isHidden()
    bar.dismiss()
    assert bar.text == ""
    assert bar.isHidden()


def test_an_answer_ends_its_notice_and_then_acts(qtbot) -> None:
    bar = in_a_window(qtbot)
    seen: list[str] = []
    bar.show_notice(Notice("Restore?", Weight.QUESTION, (Answer("Restore", lambda: seen.append(bar.text)),)))
    bar.show_notice(Notice("Something failed.", Weight.ERROR))
    assert bar.buttons == []
    bar.dismiss()
    bar.buttons[0].click()
    assert seen == [""]


def test_details_are_there_for_who_asks(qtbot) -> None:
    bar = in_a_window(qtbot)
    bar.window_kept.show()
    more, details = bar.findChildren(QPushButton)[0], bar.findChild(QPlainTextEdit)
    bar.show_notice(Notice("Something failed.", Weight.ERROR, details="Traceback: line 3"))
    assert more.isVisible()
    assert not details.isVisible()
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert details.isVisible()
    assert details.toPlainText() == "Traceback: line 3"
    bar.show_notice(Notice("Saved."))
    assert not more.isVisible()
    assert not details.isVisible()


def test_withdrawn_and_repeated_notices(qtbot) -> None:
    bar = in_a_window(qtbot)
    bar.show_notice(Notice("Restore?", Weight.QUESTION))
    bar.show_notice(Notice("Gone.", Weight.ERROR))
    bar.show_notice(Notice("Gone.", Weight.ERROR))
    bar.withdraw("Restore?")
    assert bar.text == "Gone."
    bar.dismiss()
    assert bar.text == ""


def test_each_weight_has_its_sign(qtbot) -> None:
    bar = in_a_window(qtbot)
    signs = set()
    for weight in Weight:
        bar.show_notice(Notice("x", weight))
        signs.add(bar.findChild(QLabel, "noticeSign").text())
    assert len(signs) == len(Weight)
