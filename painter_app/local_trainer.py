"""The window's own trainer: another process on this machine, which ends with the window."""

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, pyqtSignal

from painter_app.language import tr
from painter_app.marking import marked

_PATIENCE_MILLISECONDS = 5000
"""How long it may take to end when it is asked to, before it is made to."""

MISSING = marked(
    "This computer has no trainer: install it with  pip install brushloop[trainer]  or start one on another machine "
    "that shares this folder."
)


def trainer_installed() -> bool:
    """Whether a trainer can be started here. Looks without importing anything of it."""
    return importlib.util.find_spec("torch") is not None


class LocalTrainer(QObject):
    """Starts `brushloop-trainer watch` and ends it. What it prints goes to its log."""

    ended = pyqtSignal(str)
    """It ended by itself: a sentence that says so."""

    def __init__(self, log: Path, program: Sequence[str] = (sys.executable, "-m", "trainer")) -> None:
        super().__init__()
        self.log = log
        self._program = tuple(program)
        self._process: QProcess | None = None  # none while none of ours runs
        self._leaving: list[QProcess] = []  # asked to end
        self.folder: Path | None = None
        """The shared folder that it serves."""

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def leaving(self) -> bool:
        """Whether one that was stopped has not ended yet."""
        return bool(self._leaving)

    def start(self, shared_folder: Path, painter: str, image_roots: Mapping[str, str]) -> None:
        """Start one for a shared folder; one that runs already goes on."""
        if self._process is not None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        process = QProcess(self)
        process.setWorkingDirectory(str(Path(__file__).resolve().parent.parent))  # where its package lies
        process.setProcessEnvironment(_environment())
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.setStandardOutputFile(str(self.log))
        process.finished.connect(partial(self._finished, process))
        process.errorOccurred.connect(self._failed)
        roots = [f"--images={name}={folder}" for name, folder in image_roots.items()]
        arguments = ["watch", str(shared_folder.resolve()), "--window", painter, "--stdin-open", *roots]
        self._process, self.folder = process, shared_folder
        process.start(self._program[0], [*self._program[1:], *arguments])

    def stop(self) -> None:
        """Let it end, without waiting for that: its standard input closes, which it takes as a goodbye; if not, it is
        ended."""
        process, self._process, self.folder = self._process, None, None
        if process is not None:
            self._leaving.append(process)
            process.closeWriteChannel()
            for patience, end in ((1, process.terminate), (2, process.kill)):
                QTimer.singleShot(patience * _PATIENCE_MILLISECONDS, partial(self._end, process, end))

    def wait(self, seconds: float) -> bool:
        """Wait for those that were stopped, for each so long at most. Returns whether all have ended."""
        for process in list(self._leaving):
            process.waitForFinished(round(1000 * seconds))
        return not self._leaving

    def kill(self) -> None:
        """Let those that were stopped end now."""
        for process in list(self._leaving):
            process.kill()
        self.wait(_PATIENCE_MILLISECONDS / 1000)

    def _end(self, process: QProcess, end: Callable[[], None]) -> None:
        if process in self._leaving:
            end()

    def _finished(self, process: QProcess) -> None:
        if process in self._leaving:
            self._leaving.remove(process)
        elif process is self._process:
            self._process = None
            crashed = process.exitStatus() is QProcess.ExitStatus.CrashExit
            if crashed or process.exitCode() != 0:
                text = tr(
                    "This computer's trainer stopped unexpectedly ({cause}). Start it again in the trainer's panel; "
                    "its log says more: {log}"
                )
                self.ended.emit(text.format(cause=_cause(process, crashed), log=self.log))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process = None
            text = tr("This computer's trainer could not be started: {program}")
            self.ended.emit(text.format(program=self._program[0]))


def _cause(process: QProcess, crashed: bool) -> str:
    killed = tr("killed, perhaps for lack of memory")
    return killed if crashed else tr("code {n}").format(n=process.exitCode())


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONUNBUFFERED", "1")  # so that the log is up to date when someone opens it
    if os.environ.get("QT_QPA_PLATFORM"):
        environment.remove("QT_QPA_PLATFORM")
    return environment
