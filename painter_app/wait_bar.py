"""The wait bar: what the window is waiting for, how far that is, and a button that ends it. And the word on an image
that takes long to open."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from painter_app.language import number, tr
from painter_app.task import Task

SHOWN_AFTER_SECONDS = 0.3
"""What takes less is over before anybody has read the bar."""
_OPENING_MILLISECONDS = 150
"""An image that takes longer than this to open leaves the screen while it is awaited."""
_LONG_SECONDS = 2


class WaitBar(QFrame):
    """Shows the task that began last, of those that haven't ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._tasks: list[Task] = []
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(tr("Progress"))
        self._progress.setMaximumWidth(240)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._text, 1)
        row.addWidget(self._progress)
        row.addWidget(self._cancel)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(self.show)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, or nothing."""
        return "" if self.isHidden() else self._text.text()

    def watch(self, task: Task) -> None:
        """Show a task until it ends, if that takes a while."""
        self._tasks.append(task)
        task.progressed.connect(lambda *progress: self._show_progress(task, *progress))
        task.ended.connect(lambda: self._forget(task))
        self._show_latest()

    def _forget(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self._show_latest()

    def _show_latest(self) -> None:
        if not self._tasks:
            self._delay.stop()
            self.hide()
            return
        title = self._tasks[-1].title
        self._text.setText(f"{title}…")
        self._progress.setRange(0, 0)
        self._cancel.setToolTip(tr("{title}: leave it").format(title=title))
        self._cancel.setAccessibleName(tr("Cancel: {title}").format(title=title))
        if self.isHidden():
            self._delay.start(round(1000 * SHOWN_AFTER_SECONDS))

    def _show_progress(self, task: Task, what: str, done: int, total: int) -> None:
        if self._tasks and task is self._tasks[-1]:
            self._text.setText(f"{task.title}… {tr(what)}")
            self._progress.setRange(0, total)
            self._progress.setValue(done)

    def _stop(self) -> None:
        if self._tasks:
            self._tasks[-1].stop()


class OpeningSign(QObject):
    """Says that an image is being opened, and how long that has taken: how far it is, no decoder tells."""

    said = pyqtSignal(str)

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._name, self._began = "", 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._say)

    def begin(self, name: str) -> None:
        """An image is being opened, instead of any other."""
        self._name, self._began = name, self._clock()
        self._timer.start(_OPENING_MILLISECONDS)

    def end(self) -> None:
        self._timer.stop()

    def _say(self) -> None:
        seconds = int(self._clock() - self._began)
        text = tr("Opening {name}…").format(name=self._name)
        if seconds >= _LONG_SECONDS:
            text += " " + tr("{n} s. You can go to another image meanwhile.").format(n=number(seconds))
        self.said.emit(text)
        self._timer.start(1000)
