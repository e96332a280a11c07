"""A window as the program would run it, for benchmarks to work with. Loads nothing of the trainer."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtWidgets import QApplication

from painter_app.app import give_freed_memory_back, make_window, spare_the_collector
from painter_app.settings import SettingsFile, UserFolders
from painter_app.window import MainWindow
from shared_folder.project import Project


@contextmanager
def open_window(project: Project, folder: Path, native: bool) -> Iterator[MainWindow]:
    """On a project, with its first image on the screen, as the program would run it."""
    give_freed_memory_back()
    folders = UserFolders(folder / "config", folder / "state", folder / "home")
    window = make_window(SettingsFile(folders.settings), folders, native=native, starts_trainers=False)
    window.resize(1366, 768)
    window.show()
    spare_the_collector()
    window.open_path(project.folder.file)
    until(lambda: window.session.painting is not None, 300)
    try:
        yield window
    finally:
        window.close()


def rest(seconds: float) -> None:
    end = time.perf_counter() + seconds
    until(lambda: time.perf_counter() > end)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Let the window live until a condition holds, for at most so long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to the state that was to be measured")
        QApplication.processEvents()
        time.sleep(0.0005)
