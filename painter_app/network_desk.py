"""The desk of "What the network sees": asks a trainer over the shared folder, and shows its answer."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.view import CanvasView
from painter_app.dialogs.network_view import NetworkView
from painter_app.language import tr
from painter_app.marking import marked
from painter_app.session.opening import Stamp, stamp_of
from painter_app.session.session import Session
from painter_app.session.trainer_pulse import TrainerPulse
from painter_app.settings import SettingsFile
from painter_app.workers import Workers
from shared_folder.images import ImageFile
from shared_folder.inspection import Inspection, InspectionAnswer, read_answer
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused

NO_TRAINER = marked(
    "No trainer answers. Start one: Trainer > Start one on this computer. The pictures come by themselves."
)
ASKING = marked("The trainer is asked…")
NO_IMAGE = marked("Open an image, and point at a place in it.")
_REST_MILLISECONDS = 250
"""How long the pointer rests at a place before it is looked at there: on its way to the dialog it crosses many."""
_ASK_MILLISECONDS = 100  # sliders change in dozens
_LOOK_MILLISECONDS = 150

Answered = tuple[Stamp, InspectionAnswer, Image.Image]


class NetworkDesk(QObject):
    """window: the dialog's parent. While the dialog is closed nothing is asked and nothing is looked for."""

    def __init__(
        self, window: QWidget, session: Session, workers: Workers, settings: SettingsFile, canvas: CanvasView
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._workers = workers
        self._settings = settings
        self.dialog: NetworkView | None = None  # once it was asked for
        self._pointed: tuple[int, int] | None = None  # where the pointer is on its way over the canvas
        self._place: tuple[int, int] | None = None  # where it rested last; None: the image's middle
        self._asked: Inspection | None = None
        self._stamp: Stamp | None = None  # of the answer that was read last
        self._looking = False
        self._alive = False  # whether a trainer is
        self._rest = _timer(self, _REST_MILLISECONDS, self._settle)
        self._ask_soon = _timer(self, _ASK_MILLISECONDS, self._ask)
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(_LOOK_MILLISECONDS)
        self._look_timer.timeout.connect(self._look)
        canvas.pointer_moved.connect(self._moved)
        session.image_shown.connect(self._image_shown)
        session.trainers_changed.connect(self._trainers_seen)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"network_view": self.open}

    def open(self) -> None:
        """Show the dialog, beside the window that goes on."""
        if self.dialog is None:
            self.dialog = NetworkView(self._window)
            self.dialog.changed.connect(self._ask_soon.start)
            self.dialog.finished.connect(self._closed)
        self.dialog.show()
        self.dialog.raise_()  # it may lie behind the window
        self._stamp = None
        self._look_timer.start()
        self._ask()

    @property
    def _shown(self) -> bool:
        return self.dialog is not None and self.dialog.isVisible()

    def _closed(self) -> None:
        self._look_timer.stop()
        self._asked = None
        self._session.want_inspection(None)

    # What is pointed at

    def _moved(self, row: float, column: float) -> None:
        self._pointed = int(row), int(column)
        if self._shown:
            self._rest.start()
        else:
            self._place = self._pointed

    def _settle(self) -> None:
        painting = self._session.painting
        if self._pointed is None or painting is None:
            return
        height, width = painting.opened.shape
        if 0 <= self._pointed[0] < height and 0 <= self._pointed[1] < width:
            self._place = self._pointed
            self._ask()

    def _image_shown(self) -> None:
        self._place = None
        if self._shown:
            self._ask()

    # Question and answer

    def _ask(self) -> None:
        """Publish the question, and show the image at its place."""
        dialog, painting = self.dialog, self._session.painting
        if dialog is None or not self._shown:
            return
        if painting is None:
            dialog.show_answer(None, None)
            dialog.neighbourhood.show_image(None, Rectangle(0, 0, 0, 0), (0, 0))
            dialog.say(tr(NO_IMAGE))
            return
        height, width = painting.opened.shape
        row, column = self._place or (height // 2, width // 2)
        place = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
        self._asked = Inspection(
            image=painting.name,
            row=place[0],
            column=place[1],
            families=dialog.families,
            seed=dialog.seed,
            rotation=dialog.rotation,
        )
        self._session.want_inspection(self._asked)
        self._say_waiting()
        self._show_neighbourhood(painting.opened.image, place)

    def _show_neighbourhood(self, image: ImageFile, place: tuple[int, int]) -> None:
        dialog = self.dialog
        if dialog is not None:
            seen = dialog.neighbourhood.around(place, image.shape)
            done = partial(self._pixels_read, self._asked, seen, place)
            self._workers.submit(lambda: image.displayed(0, seen), done, _ignored, urgent=True)

    def _pixels_read(
        self, asked: Inspection | None, seen: Rectangle, place: tuple[int, int], pixels: NDArray[np.uint8]
    ) -> None:
        if self.dialog is not None and asked is self._asked:  # else she has moved on
            self.dialog.neighbourhood.show_image(pixels, seen, place)

    def _look(self) -> None:
        """Read the answer in a worker, if its file is another than the one that was read last."""
        project = self._session.project
        if project is None or self._asked is None or self._looking:
            return
        self._looking = True
        path = project.folder.inspection(self._settings.now.painter)
        known = self._stamp
        self._workers.submit(lambda: _read(path, known), self._looked, self._not_read, urgent=True)

    def _looked(self, found: Answered | None) -> None:
        self._looking = False
        if found is None or self.dialog is None:
            return
        self._stamp, answer, pictures = found
        painting = self._session.painting
        if answer.asked != self._asked or painting is None:
            return
        before = self.dialog.neighbourhood.side
        self.dialog.show_answer(answer, pictures)
        self.dialog.say("")
        if self.dialog.neighbourhood.side != before:  # the sizes say how much is worth showing
            self._show_neighbourhood(painting.opened.image, (answer.row, answer.column))

    def _not_read(self, _error: Exception) -> None:
        """A share that is away, or a file that is arriving: it is looked for again."""
        self._looking = False

    def _trainers_seen(self, pulse: TrainerPulse) -> None:
        self._alive = pulse.news().alive
        if self.dialog is not None and self.dialog.waiting:
            self._say_waiting()

    def _say_waiting(self) -> None:
        if self.dialog is not None:
            self.dialog.say(tr(ASKING if self._alive else NO_TRAINER))


def _read(path: Path, known: Stamp | None) -> Answered | None:
    """The answer, unless its file is the known one, or there is none."""
    stamp = stamp_of(path)
    if stamp is None or stamp == known:
        return None
    try:
        return stamp, *read_answer(path)
    except (FileNotFoundError, Refused):
        return None


def _ignored(_error: Exception) -> None:
    """An image that can't be read says so on the canvas."""


def _timer(parent: QObject, milliseconds: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
