"""Notices: one quiet bar that says in a sentence what happened and what to do."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.language import sentence, tr
from painter_app.marking import marked

FADES_AFTER_SECONDS = 8.0
_DETAILS_HEIGHT = 150  # pixels

_REASONS = {
    errno.ENOSPC: marked("the disk is full. Make room on it"),
    errno.EDQUOT: marked("your share of the disk is full. Make room on it"),
    errno.EROFS: marked("it can only be read. Ask whoever keeps it for the right to write"),
    errno.EACCES: marked("you may not write there. Ask whoever keeps it for the right to write"),
    errno.EPERM: marked("you may not write there. Ask whoever keeps it for the right to write"),
    errno.ENOENT: marked("it isn't there any more. Check that the folder is connected"),
    errno.ESTALE: marked("it can't be reached. Check that the folder is connected"),
    errno.EIO: marked("the disk or the network failed. Check that the folder is connected"),
}


class Weight(StrEnum):
    """How much a notice matters. Information goes by itself, the rest stays until it is answered or closed."""

    INFORMATION = "information"
    QUESTION = "question"
    ERROR = "error"


_SIGNS = {Weight.INFORMATION: "i", Weight.QUESTION: "?", Weight.ERROR: "!"}  # so that nothing is only colour


@dataclass(frozen=True)
class Answer:
    """A button of a notice. It ends the notice."""

    text: str
    act: Callable[[], None]


@dataclass(frozen=True)
class Notice:
    """One sentence, raised anywhere and shown in the window's bar."""

    text: str
    weight: Weight = Weight.INFORMATION
    answers: tuple[Answer, ...] = field(default=())
    details: str = ""
    """What whoever mends the program wants to know; shown when the user asks for it."""


def in_words(error: Exception) -> str:
    """An error as a sentence that names the file and says what to do."""
    if not isinstance(error, OSError) or error.errno is None:
        return sentence(str(error)) or type(error).__name__
    where = Path(str(error.filename or tr("The disk")))
    place = where.parent if where.suffix == ".part" else where  # a draft's name says nothing to anybody
    reason = _REASONS.get(error.errno, "")
    return f"{place}: {tr(reason) if reason else error.strerror}."


class NoticeBar(QFrame):
    """Shows the newest notice. Questions and errors that a newer notice covered come back when it goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._waiting: list[Notice] = []  # the last is shown
        self._sign = QLabel()
        self._sign.setObjectName("noticeSign")
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QToolButton()
        self._close.setText("\N{MULTIPLICATION SIGN}")
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(tr("Close this notice"))
        self._close.setToolTip(tr("Close this notice (Esc)"))
        self._close.clicked.connect(self.dismiss)
        self._buttons: list[QPushButton] = []
        self._more = QPushButton(tr("&Details"))
        self._more.setCheckable(True)
        self._more.setToolTip(tr("What whoever mends the program wants to know"))
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFixedHeight(_DETAILS_HEIGHT)
        self._details.setAccessibleName(tr("Details of this notice"))
        self._details.hide()
        self._more.toggled.connect(self._details.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        column.addLayout(self._row)
        column.addWidget(self._details)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._more)
        self._row.addWidget(self._close)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.timeout.connect(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or nothing."""
        return self._waiting[-1].text if self._waiting else ""

    @property
    def buttons(self) -> list[QPushButton]:
        """The answers that are offered."""
        return list(self._buttons)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice. What only informed before it is gone, and the same sentence is not kept twice."""
        self._waiting = [
            kept for kept in self._waiting if kept.weight is not Weight.INFORMATION and kept.text != notice.text
        ]
        self._waiting.append(notice)
        self._refresh()

    def dismiss(self) -> None:
        """Close what is shown."""
        if self._waiting:
            self._waiting.pop()
        self._refresh()

    def withdraw(self, text: str) -> None:
        """Take back a notice that is no longer true."""
        self._waiting = [kept for kept in self._waiting if kept.text != text]
        self._refresh()

    def _refresh(self) -> None:
        self._fading.stop()
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        if not self._waiting:
            self.hide()
            return
        notice = self._waiting[-1]
        self._text.setText(notice.text)
        self._more.setChecked(False)
        self._more.setVisible(bool(notice.details))
        self._details.setPlainText(notice.details)
        self._sign.setText(_SIGNS[notice.weight])
        for widget in (self, self._sign):
            widget.setProperty("weight", notice.weight.value)
            style = widget.style()
            if style is not None:  # a property in a stylesheet takes effect when the style is applied again
                style.unpolish(widget)
                style.polish(widget)
        for answer in notice.answers:
            self._add_button(notice, answer)
        if notice.weight is Weight.INFORMATION and not notice.answers:
            self._fading.start(int(FADES_AFTER_SECONDS * 1000))
        self.show()

    def _add_button(self, notice: Notice, answer: Answer) -> None:
        def chosen() -> None:
            if notice in self._waiting:
                self._waiting.remove(notice)
            self._refresh()
            answer.act()

        button = QPushButton(answer.text)
        button.clicked.connect(chosen)
        self._buttons.append(button)
        self._row.insertWidget(self._row.indexOf(self._more), button)
