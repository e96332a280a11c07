"""The program is killed in the middle of painting, and opened again: the strokes are offered."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from painter_app.app import make_application, make_window
from painter_app.settings import SettingsFile, user_folders
from shared_folder.annotation_files import annotation_path
from shared_folder.classes import FOREGROUND
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project

SHAPE = (200, 300)
NAME = "leaf.png"

PAINT_AND_WAIT = """
import os, sys
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from painter_app import __main__
from painter_app.window import MainWindow

def paint():
    window = next((each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)), None)
    if window is None or window.session.painting is None:
        QTimer.singleShot(20, paint)
        return
    canvas = window.page.canvas
    for row in (50, 100, 150):
        start, end = (canvas.widget_from_image(row, column).toPoint() for column in (40, 200))
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(canvas, end)
        if row < 150:  # the last stroke is never finished
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    print("painted", flush=True)

QTimer.singleShot(0, paint)
QTimer.singleShot(60_000, lambda: os._exit(1))  # should the test itself have failed
sys.argv[0] = "brushloop"
__main__.main([sys.argv[1]])
"""


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    (shared.datasets / "leaves").mkdir(parents=True)
    Image.fromarray(np.full((*SHAPE, 3), 120, np.uint8)).save(shared.datasets / "leaves" / NAME)
    # Another machine has served it: the window asks before it starts a trainer of its own.
    shared.trainers.mkdir(parents=True)
    (shared.trainers / "lab.json").write_text('{"counter": 1, "host": "lab"}')
    return create_project(shared, "leaves", "leaves", (NAME,))


@pytest.mark.skipif(sys.platform == "win32", reason="the system knows no SIGKILL")
def test_strokes_survive_a_kill(project: Project, qtbot: QtBot) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", PAINT_AND_WAIT, str(project.folder.file)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "painted\n"
        window.send_signal(signal.SIGKILL)
    assert annotation_path(project, NAME) is None

    make_application()
    folders = user_folders()
    again = make_window(SettingsFile(folders.settings), folders, native=False, starts_trainers=False)
    qtbot.addWidget(again)
    again.show()
    again.open_last()  # the image that was open, without being told
    qtbot.waitUntil(lambda: again.session.painting is not None)
    assert again.notices.text == f"{NAME}: 2 strokes that no file holds were found on this computer."
    assert not again.session.painting.annotation.labels.counts()  # a proposal
    again.notices.buttons[0].click()
    qtbot.waitUntil(lambda: again.session.painting.changed)
    labels = again.session.painting.annotation.labels.to_array()
    assert (labels[[50, 100], 60:180] == FOREGROUND).all()
    assert not labels[140:160].any()
    again.close()
    assert annotation_path(project, NAME) is not None
