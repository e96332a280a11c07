"""The stage: one window on a shared folder of its own, and the camera."""

import io
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from PIL import Image
from PyQt6.QtCore import QBuffer, QEvent, QPointF, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDialog

from painter_app.app import make_window
from painter_app.language import speak
from painter_app.settings import Settings, SettingsFile, UserFolders
from painter_app.window import MainWindow
from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from shared_folder.publish import publish_document
from tests.screenshots import sample_project as sample

Kind = TypeVar("Kind", bound=QDialog)

WIDTH, HEIGHT = 1366, 768
WORK = Path(tempfile.gettempdir()) / "brushloop-screenshots"
"""Of one name always: the shared folder's path is in the pictures."""
PAINTER = "ada"
_PATIENCE_SECONDS = 60
_NO_BUTTON, _LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


class Stage:
    """to: the folder that the pictures go to."""

    def __init__(self, to: Path) -> None:
        self.to = to
        to.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(WORK, ignore_errors=True)
        folders = UserFolders(WORK / "config", WORK / "state", WORK / "home")
        self.shared = SharedFolder(WORK / "brushloop")
        settings = Settings(
            painter=PAINTER, person="ada", shared_folder=str(self.shared.root), theme="light", hints=()
        )
        publish_document(folders.settings, settings)
        self._folders = folders
        self.window = self._window()
        self.taken: list[Path] = []

    def close(self) -> None:
        self.window.close()
        QApplication.processEvents()
        shutil.rmtree(WORK, ignore_errors=True)

    def restart_in(self, language: str) -> None:
        """A new window, in another language; at the project and image that were open last."""
        self.window.close()
        application = QApplication.instance()
        assert application is not None
        speak(application, language)
        self.window = self._window()
        self.window.open_last()
        until(lambda: self.window.session.mask.shown is not None)

    def do(self, *actions: str) -> None:
        """What a menu, a button or a key does."""
        for action in actions:
            self.window.actions_by_name[action].trigger()

    def open(self, project: Project, name: str) -> None:
        """A project at one of its images, with its mask on the screen and a trainer that is alive."""
        window = self.window
        window.settings.change(last_images={str(project.folder.file): name})
        window.open_path(project.folder.file)
        until(lambda: window.session.image_name == name and window.session.mask.shown is not None)
        for counter in (1, 2):
            sample.write_status(project, counter)
            until(lambda: self._counter() == counter)  # noqa: B023  (called before it changes)
        until(lambda: window.session.pulse is not None and window.session.pulse.any_moved())
        self.rest()

    def rest(self) -> None:
        """Until the canvas has drawn all that is in view."""
        QApplication.processEvents()
        until(lambda: self.window.page.canvas.drawn)

    def press(self, points: Iterable[tuple[float, float]], release: bool = False) -> None:
        """Press the left button and drag through points (row, column) of the image."""
        first, *rest = points
        self._mouse(QEvent.Type.MouseMove, first, _NO_BUTTON, _NO_BUTTON)
        self._mouse(QEvent.Type.MouseButtonPress, first, _LEFT, _LEFT)
        for point in rest:
            self._mouse(QEvent.Type.MouseMove, point, _NO_BUTTON, _LEFT)
            QTest.qWait(5)
        if release:
            self.release(rest[-1] if rest else first)

    def release(self, point: tuple[float, float]) -> None:
        self._mouse(QEvent.Type.MouseButtonRelease, point, _LEFT, _NO_BUTTON)

    def dialog(self, kind: type[Kind]) -> Kind:
        """Wait for an open dialog."""
        until(lambda: any(found.isVisible() for found in self.window.findChildren(kind)))
        return next(found for found in self.window.findChildren(kind) if found.isVisible())

    def keep(self, name: str) -> None:
        """Take the window."""
        self.rest()
        self.save(self.window.grab(), name)

    def keep_dialog(self, dialog: QDialog, name: str, modal: bool = True, right: bool = False) -> None:
        """Take the window with a dialog in front of it, which is then closed. modal: the window is dimmed. right: the
        dialog stands at the right, beside what it speaks of."""
        QApplication.processEvents()
        picture = self.window.grab()
        painter = QPainter(picture)
        if modal:
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
        front = dialog.grab()
        left = picture.width() - front.width() - 20 if right else (picture.width() - front.width()) // 2
        top = (picture.height() - front.height()) // 2
        painter.setPen(QColor(0, 0, 0, 60))
        painter.drawPixmap(left, top, front)
        painter.drawRect(left - 1, top - 1, front.width() + 1, front.height() + 1)
        painter.end()
        dialog.reject()
        self.save(picture, name)

    def save(self, picture: QPixmap, name: str) -> None:
        """As WebP: a fifth of a PNG's size, and nothing that the eye misses."""
        path = self.to / f"{name}.webp"
        content = QBuffer()
        content.open(QBuffer.OpenModeFlag.ReadWrite)
        picture.save(content, "PNG")
        with Image.open(io.BytesIO(content.data().data())) as taken:
            taken.convert("RGB").save(path, quality=88, method=6)
        self.taken.append(path)

    def _window(self) -> MainWindow:
        settings = SettingsFile(self._folders.settings)
        window = make_window(settings, self._folders, native=False, starts_trainers=False)
        window.resize(WIDTH, HEIGHT)
        window.show()
        return window

    def _counter(self) -> int:
        """Of the trainer's status that the window read last."""
        pulse = self.window.session.pulse
        return max((status.counter for status in pulse.statuses.values()), default=0) if pulse is not None else 0

    def _mouse(
        self, kind: QEvent.Type, point: tuple[float, float], button: Qt.MouseButton, held: Qt.MouseButton
    ) -> None:
        canvas = self.window.page.canvas
        at = QPointF(canvas.widget_from_image(*point).toPoint())
        everywhere = QPointF(canvas.mapToGlobal(at.toPoint()))
        event = QMouseEvent(kind, at, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)


def until(condition: Callable[[], bool]) -> None:
    """Let the window live until a condition holds."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to the state that was to be photographed")
        QTest.qWait(20)
