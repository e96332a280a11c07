"""What stands around the painting: the start, dialogs, messages, languages, the trainer's panel."""

import shutil
from datetime import datetime

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolButton, QWidget

from painter_app.app import program_version
from painter_app.dialogs.export import ExportDialog
from painter_app.dialogs.keys import KeysDialog
from painter_app.dialogs.new_project import NewProjectDialog
from painter_app.dialogs.who_did_what import WhoDidWhatDialog
from painter_app.notices import Notice, Weight
from painter_app.panels.trainer import TrainerPanel
from painter_app.task import Task
from shared_folder.status import Doing, TrainerStatus
from tests.screenshots import sample_project as sample
from tests.screenshots.stage import WIDTH, WORK, Stage, until


def first_start(stage: Stage) -> None:
    stage.save(stage.window.grab(), "first-start")


def new_project(stage: Stage) -> None:
    stage.do("new_project")
    dialog = stage.dialog(NewProjectDialog)
    images = shutil.copytree(sample.SAMPLE / "images", WORK / "minirhizotron")
    dialog.choose_folder(images)
    create = next(button for button in dialog.findChildren(QPushButton) if "project" in button.text())
    until(create.isEnabled)
    stage.keep_dialog(dialog, "new-project")


def export(stage: Stage) -> None:
    stage.do("export")
    stage.keep_dialog(stage.dialog(ExportDialog), "export")


def who_did_what(stage: Stage) -> None:
    stage.do("who_did_what")
    dialog = stage.dialog(WhoDidWhatDialog)
    save = next(button for button in dialog.findChildren(QPushButton) if "CSV" in button.text())
    until(save.isEnabled)
    stage.keep_dialog(dialog, "who-did-what")


def notice(stage: Stage) -> None:
    """An error that nobody expected, with its details asked for."""
    details = 'Traceback (most recent call last):\n  File "painter_app/session/saving.py", line 88, in write\n'
    said = "Something went wrong that nobody expected; your strokes are kept. Save & Next goes on."
    stage.window.notices.show_notice(Notice(said, Weight.ERROR, details=details + "OSError: [Errno 5]"))
    for button in stage.window.notices.findChildren(QToolButton) + stage.window.notices.findChildren(QPushButton):
        if "etails" in button.text():
            button.click()
    stage.keep("notice")
    stage.window.notices.dismiss()


def waiting(stage: Stage) -> None:
    """Work that takes longer: how far it is, and a way out."""
    task = Task(stage.window, "Exporting masks")
    stage.window.waits.watch(task)
    until(lambda: stage.window.waits.text != "")
    task.report("Writing masks", 340, 1000)
    stage.keep("waiting")
    task.stop()


def german(stage: Stage) -> None:
    """The last picture: what is made from now on speaks German."""
    stage.restart_in("de")
    stage.keep("german")


def keys(stage: Stage) -> None:
    stage.do("change_keys")
    stage.keep_dialog(stage.dialog(KeysDialog), "keys")


def trainer_panel(stage: Stage) -> None:
    """Four states beside each other: waiting, learning, learning off, not reachable."""
    project = stage.window.session.project
    assert project is not None
    row = QWidget()
    row.setObjectName("side")
    layout = QHBoxLayout(row)
    states: list[tuple[TrainerStatus, bool, bool]] = [
        (
            sample.status(project, 1, Doing.NEEDS_IMAGES, train_images=1, validation_images=0, score=None, scores=()),
            True,
            True,
        ),
        (sample.status(project, 1), True, True),
        (sample.status(project, 1, Doing.IDLE), True, False),
        (sample.status(project, 1), False, True),
    ]
    silent = datetime(2026, 1, 12, 14, 2)  # noqa: DTZ001  (a local time on a clock's face)
    for known, alive, learning in states:
        panel = TrainerPanel(program_version())
        panel.setFixedWidth(318)
        panel.set_status(
            known, known.projects[0], alive=alive, silent_since=None if alive else silent, learning=learning
        )
        layout.addWidget(panel, 0, Qt.AlignmentFlag.AlignTop)
    row.resize(WIDTH, 360)
    row.show()
    QApplication.processEvents()
    stage.save(row.grab(), "trainer-panel")
    row.close()
