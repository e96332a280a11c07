"""Ways to look: at the mask, at the list, at channels, at where a tile comes from, at what the network sees."""

import subprocess
import sys

from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QSplitter, QTableView

from painter_app.dialogs.contrast import ContrastDialog
from painter_app.dialogs.network_view import NetworkView
from painter_app.dialogs.source_window import SourceWindow
from tests.screenshots import other_projects
from tests.screenshots import sample_project as sample
from tests.screenshots.stage import PAINTER, WORK, Stage, until


def outlines(stage: Stage) -> None:
    stage.do("toggle_outline")
    stage.keep("outlines")
    stage.do("toggle_outline")


def probability(stage: Stage) -> None:
    session = stage.window.session
    assert session.project is not None
    sample.write_probability_of(session.project, session.image_name, PAINTER)
    stage.do("toggle_probability")
    QTest.qWait(1500)  # awaited names are looked at every second
    stage.keep("probability")
    stage.do("toggle_probability")


def uncertainty(stage: Stage) -> None:
    session = stage.window.session
    assert session.project is not None
    sample.write_uncertainty_of(session.project, session.image_name)
    stage.do("toggle_uncertainty")
    QTest.qWait(1500)
    stage.do("next_uncertain")
    stage.keep("uncertainty")
    stage.do("toggle_uncertainty", "fit")


def changes(stage: Stage) -> None:
    """What a better model made of an image that nobody has painted on."""
    session = stage.window.session
    project = session.project
    assert project is not None
    stage.do("next")
    until(lambda: session.mask.shown is not None and session.image_name == project.images[len(sample.STATES) + 1])
    sample.write_better_mask(project, session.image_name)
    until(lambda: session.mask.shown is not None and session.mask.shown.model == sample.BETTER_MODEL)
    stage.do("show_changes")
    QTest.qWait(300)
    stage.keep("changes")
    stage.do("previous")
    until(lambda: session.image_name == project.images[len(sample.STATES)])
    stage.window.notices.dismiss()


def corrected(stage: Stage) -> None:
    stage.do("toggle_corrected")
    stage.keep("corrected")
    stage.do("toggle_corrected")


def image_list(stage: Stage) -> None:
    splitter = stage.window.page.findChild(QSplitter)
    assert splitter is not None
    listed = stage.window.page.images.findChild(QTableView)
    assert listed is not None
    before = splitter.sizes()
    splitter.setSizes([120, sum(before) - 120])
    listed.scrollToTop()
    QTest.qWait(1500)  # thumbnails come from workers, a few at a time
    stage.keep("image-list")
    splitter.setSizes(before)


def channels(stage: Stage) -> None:
    """Three channels of a stack, each in a colour, and where their black and white are chosen."""
    project = other_projects.make_channels(stage.shared, WORK / "microscope")
    stage.open(project, project.images[0])
    stage.do("contrast")
    stage.keep_dialog(stage.dialog(ContrastDialog), "channels", modal=False, right=True)


def image_context(stage: Stage) -> None:
    """A tile, and the scan that it was cut from."""
    scans = WORK / "scans"
    project = other_projects.make_tiles(stage.shared, scans)
    stage.window.settings.remember_source(project.folder.file, scans)
    stage.open(project, project.images[0])
    stage.do("image_context")
    dialog = stage.dialog(SourceWindow)
    QTest.qWait(800)  # its picture is read in a worker
    stage.keep_dialog(dialog, "image-context", modal=False, right=True)


def network(stage: Stage) -> None:
    """What the network sees, as a real trainer answers."""
    trainer = subprocess.Popen(
        [sys.executable, "-m", "trainer", "watch", str(stage.shared.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        stage.do("network_view")
        dialog = stage.dialog(NetworkView)
        until(lambda: not dialog.waiting)
        QTest.qWait(300)
        stage.keep_dialog(dialog, "network", modal=False)
    finally:
        trainer.terminate()
        trainer.wait()
