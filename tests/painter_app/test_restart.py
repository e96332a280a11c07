"""A restart goes on where she was: the project, the image, what was in view of it, the panels' sizes."""

import pytest
from PyQt6.QtCore import QPointF

from painter_app.app import make_window
from painter_app.settings import Settings, SettingsFile
from shared_folder.publish import publish_document

SECOND, THIRD = "plant_2.png", "plant_3.png"


def restarted(studio, image: str | None):
    window = make_window(SettingsFile(studio.folders.settings), studio.folders, native=False, starts_trainers=False)
    studio.windows.append(window)
    studio.qtbot.addWidget(window)
    window.show()
    window.open_last()
    if image is not None:
        studio.at(window, image)
    return window


def middle(window) -> tuple[float, float]:
    return window.page.canvas.viewport.middle


def test_the_image_its_view_and_the_panels_are_as_they_were(studio) -> None:
    window = studio.open(SECOND)
    canvas = window.page.canvas
    window.resize(1300, 700)
    canvas.zoom_by(3.0, QPointF(100, 100))
    canvas.pan_by(-40, 25)
    window.page.right_parts.setSizes([250, 400])
    heights, zoom, place = window.page.right_parts.sizes(), canvas.viewport.zoom, middle(window)
    window.close()
    again = restarted(studio, SECOND)
    assert again.height() == 700  # the width is kept to the screen's, which is small offscreen
    assert again.page.right_parts.sizes() == heights
    assert again.page.canvas.viewport.zoom == pytest.approx(zoom)
    assert middle(again) == pytest.approx(place, abs=0.5)
    assert again.status._zoom.text() == f"{zoom * 100:.0f} %"
    again.session.next()
    studio.at(again, THIRD)
    assert again.page.canvas.viewport.fitted
    again.session.previous()
    studio.at(again, SECOND)
    assert again.page.canvas.viewport.fitted  # it was for the restart alone


def test_a_whole_image_is_whole_again(studio) -> None:
    window = studio.open(SECOND)
    window.close()
    assert SettingsFile(studio.folders.settings).now.view is None
    assert restarted(studio, SECOND).page.canvas.viewport.fitted


def test_another_image_than_the_one_that_was_seen_is_whole(studio) -> None:
    window = studio.open(SECOND)
    window.page.canvas.zoom_by(3.0)
    window.close()
    assert studio.open(THIRD).page.canvas.viewport.fitted


def test_a_project_that_is_gone_leaves_the_first_page(studio) -> None:
    publish_document(
        studio.folders.settings, Settings(last_project=str(studio.project.folder.root / "gone.seg_proj"))
    )
    window = restarted(studio, None)
    studio.until(lambda: window.workers.pending == 0)
    assert window.welcome.isVisible()
    assert window.notices.text == ""
