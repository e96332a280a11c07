"""The application: puts the parts together, and keeps the window alive when something goes wrong."""

import ctypes
import gc
import logging
import logging.handlers
import os
import signal
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QLocale, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from painter_app.language import ENGLISH, sentence, speak, tr
from painter_app.notices import Notice, Weight
from painter_app.settings import SettingsFile, UserFolders
from painter_app.theme import application_icon
from painter_app.window import MainWindow
from shared_folder.refused import Refused

_log = logging.getLogger("painter_app")
_LOG_BYTES = 1_000_000
_SIGNAL_MILLISECONDS = 500
_LARGE = 1 << 20  # bytes; a tile of the canvas


def run(path: Path | None, folders: UserFolders) -> int:
    """Open the window, with a project if one is given, until it is closed. Returns the exit code."""
    give_freed_memory_back()
    application = make_application()
    start_log(folders.log)
    settings = SettingsFile(folders.settings)
    speak(application, settings.now.language)
    window = make_window(settings, folders)
    sys.excepthook = exception_hook(window.notices.show_notice, folders.log)
    window.show()
    spare_the_collector()
    close_on_signals(window)
    if path is not None:
        window.open_path(path)
    else:
        window.open_last()
    code = application.exec()
    if window.gave_up:  # work that is stuck, on a share that hangs, would keep the process for ever
        logging.shutdown()
        os._exit(code)
    return code


def give_freed_memory_back() -> None:
    """Let the C library give each large array's memory back as soon as it is freed, where it can be told to (glibc).

    By default it keeps more and more once large ones were freed, in every thread's own store: with an image of 8,000
    pixels a side 90 MB.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mmap_threshold = -3  # of mallopt(3)
        mallopt(mmap_threshold, _LARGE)


def spare_the_collector() -> None:
    """Leave what is loaded by now out of the garbage collector's rounds.

    Two hundred thousand objects live as long as the program; to look through them takes a tenth of a second, and it
    would be in the middle of a stroke.
    """
    gc.freeze()


def close_on_signals(window: MainWindow) -> None:
    """Ctrl+C in the terminal and a polite kill close the window as its cross does: strokes are saved."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    awake = QTimer(window)  # Python sees a signal only when some of its own code runs
    awake.timeout.connect(lambda: None)
    awake.start(_SIGNAL_MILLISECONDS)


def make_application() -> QApplication:
    """The one QApplication, with its name and icon."""
    existing = QApplication.instance()
    for compressed in (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    ):
        QApplication.setAttribute(compressed, False)  # every point of a quick stroke counts, on X11 too
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QLocale.setDefault(QLocale(ENGLISH))  # numbers as the words, until another language is spoken
    application.setApplicationName("Brushloop")
    application.setApplicationDisplayName("Brushloop")
    application.setDesktopFileName("brushloop")
    application.setWindowIcon(application_icon())
    return application


def make_window(
    settings: SettingsFile, folders: UserFolders, native: bool = True, starts_trainers: bool = True
) -> MainWindow:
    """The window with all its parts, not shown yet."""
    return MainWindow(settings, folders, program_version(), native=native, starts_trainers=starts_trainers)


def program_version() -> str:
    try:
        return installed_version("brushloop")
    except PackageNotFoundError:
        return tr("from a checkout")


def start_log(path: Path) -> None:
    """Write the program's log to a file of the user's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def exception_hook(
    show: Callable[[Notice], None], log: Path
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What to do with an error that nobody caught: the sentence goes to the notice bar, the rest to the log."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, Refused):
            show(Notice(sentence(str(error)), Weight.ERROR))
            return
        _log.error("An error that nobody expected", exc_info=(kind, error, trace))
        text = tr("Something went wrong ({what}). Go on; the log keeps what happened: {log}").format(
            what=f"{kind.__name__}: {error}", log=log
        )
        show(Notice(text, Weight.ERROR, details="".join(traceback.format_exception(error))))

    return hook
