"""What the network sees, from the window's question to the trainer's answer: both in one process."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from painter_app.app import make_application, make_window
from painter_app.settings import SettingsFile, UserFolders
from shared_folder.layout import SharedFolder
from tests.trainer.small_folder import Clock, make_project, small_service


@pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen
def test_the_dialog_shows_what_a_trainer_answers(qtbot: QtBot, shared: SharedFolder, tmp_path: Path) -> None:
    make_application()
    project = make_project(shared)
    folders = UserFolders(tmp_path / "config", tmp_path / "state", tmp_path / "home")
    window = make_window(SettingsFile(folders.settings), folders, native=False, starts_trainers=False)
    qtbot.addWidget(window)
    window.show()
    window.open_path(project.folder.file)
    qtbot.waitUntil(lambda: window.session.painting is not None)
    service = small_service(shared, Clock(step=0.5))
    window.actions_by_name["network_view"].trigger()
    dialog = window.network.dialog
    assert dialog is not None

    def answered() -> bool:
        service.advance()
        return not dialog.waiting

    qtbot.waitUntil(answered, timeout=20_000)
    assert dialog.neighbourhood.side != 0
    assert not dialog._pictures["augmented"].pixmap().isNull()
    service.close()
    window.close()
