"""The dialog of the tools for folders, in the real window and alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from painter_app.dialogs.folder_tool import FolderToolDialog
from painter_app.tools import COUNT, TOOLS
from painter_app.tools_desk import action_of
from painter_app.workers import Workers
from tests.painter_app.conftest import Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen


def write(dialog: FolderToolDialog) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == "&Write")


def says(dialog: FolderToolDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> FolderToolDialog:
    workers = Workers()
    made = FolderToolDialog(COUNT, workers, tmp_path, {"masks": tmp_path / "masks"})
    qtbot.addWidget(made)
    made.show()
    yield made
    assert workers.close(5)


def test_it_writes_and_tells_what_could_not_be_used(qtbot: QtBot, dialog: FolderToolDialog, tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()
    Image.fromarray(np.eye(5, dtype=np.uint8) * 255).save(tmp_path / "masks" / "a.png")
    (tmp_path / "masks" / "b.png").write_bytes(b"no mask")
    assert not write(dialog).isEnabled()  # it doesn't know where to write yet
    lines = dialog.findChildren(QLineEdit)
    assert lines[0].text() == str(tmp_path / "masks")
    lines[1].setText(str(tmp_path / "count.csv"))
    QTest.mouseClick(write(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 file is done. 1 can't be used:" in says(dialog))
    assert "b.png" in dialog.findChild(QPlainTextEdit).toPlainText()
    assert (tmp_path / "count.csv").read_text() == "file_name,count\na.png,1\n"
    QTest.mouseClick(write(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "is there already" in says(dialog))


def test_it_can_be_stopped(
    qtbot: QtBot, dialog: FolderToolDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "masks").mkdir()
    for number in range(200):
        Image.fromarray(np.eye(5, dtype=np.uint8) * 255).save(tmp_path / "masks" / f"{number}.png")
    dialog.findChildren(QLineEdit)[1].setText(str(tmp_path / "count.csv"))
    monkeypatch.setattr("painter_app.tools.measure.foreground_of", lambda _path: dialog.reject() or np.eye(5) > 0)
    QTest.mouseClick(write(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Stopped" in says(dialog))
    assert dialog.isVisible()
    assert not (tmp_path / "count.csv").exists()
    close = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_every_tool_opens_from_its_menu_with_the_projects_folders(studio: Studio) -> None:
    window = studio.open()
    for tool in TOOLS:
        studio.do(window, action_of(tool))
        dialog = next(each for each in window.findChildren(FolderToolDialog) if each.isVisible())
        texts = [line.text() for line in dialog.findChildren(QLineEdit)]
        if any(entry.name == "images" for entry in tool.entries):
            assert str(studio.project.dataset) in texts
        dialog.reject()
        dialog.deleteLater()
