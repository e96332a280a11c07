"""Where a tile comes from: its picture beside the window, the tile framed, from image to image."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QPushButton

from painter_app import source_desk
from painter_app.datasets.make import NewProject, make_project
from painter_app.dialogs.source_window import SourceWindow
from painter_app.settings import Settings
from painter_app.window import MainWindow
from shared_folder.classes import new_classes
from shared_folder.layout import SharedFolder
from shared_folder.publish import read_document
from shared_folder.rectangle import Rectangle
from tests.painter_app.conftest import Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen

SIDE = 100


def scan(path: Path, shape: tuple[int, int] = (300, 400)) -> None:
    """A picture whose red tells the row and whose green tells the column."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.stack([rows * 255 // shape[0], columns * 255 // shape[1], np.full(shape, 90)], -1)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """The folder that the project is made from."""
    scan(tmp_path / "scans" / "north" / "leaf.png")
    return tmp_path / "scans"


@pytest.fixture
def tiled(studio: Studio, scans: Path, shared: SharedFolder) -> Studio:
    """A studio with a project of tiles."""
    plan = NewProject(shared, "tiles", scans, new_classes(["vein"]), tile_side=SIDE)
    return replace(studio, project=make_project(plan, lambda *_: None).project)


def opened(tiled: Studio, scans: Path | None) -> tuple[MainWindow, SourceWindow]:
    """scans: the folder that this machine knows of."""
    window = tiled.open()
    if scans is not None:
        window.settings.remember_source(tiled.project.folder.file, scans)
    QTest.keyClick(
        window.page.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    dialog = window.sources.dialog
    assert dialog is not None
    assert not dialog.isModal()
    return window, dialog


def tile_of(tiled: Studio, window: MainWindow) -> Rectangle:
    source = tiled.project.sources[window.session.image_name or ""]
    assert source.rectangle is not None
    return Rectangle(*source.rectangle)


def until_shown(tiled: Studio, window: MainWindow, dialog: SourceWindow) -> None:
    tiled.until(lambda: dialog.view._frames == (tile_of(tiled, window),))
    tiled.until(lambda: dialog.view.drawn)


def pixel(dialog: SourceWindow, row: float, column: float) -> tuple[int, int]:
    """Red and green that are seen at a place of the picture."""
    seen = dialog.view.grab().toImage().pixelColor(dialog.view.widget_from_image(row, column).toPoint())
    return seen.red(), seen.green()


def button(dialog: SourceWindow, word: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if word in each.text().replace("&", ""))


def test_the_tile_is_framed_in_its_picture_from_image_to_image(
    tiled: Studio, scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens: list[object] = []
    real = source_desk.open_source
    monkeypatch.setattr(source_desk, "open_source", lambda *given: opens.append(given) or real(*given))
    window, dialog = opened(tiled, scans)
    for name in tiled.project.images[:3]:
        if window.session.image_name != name:
            window.session.next()
            tiled.at(window, name)
        until_shown(tiled, window, dialog)
        tile = tile_of(tiled, window)
        row, column = (tile.top + tile.bottom) / 2, (tile.left + tile.right) / 2
        red, green = pixel(dialog, row, column)
        assert abs(red - row * 255 / 300) < 3
        assert abs(green - column * 255 / 400) < 3
        seen = dialog.view.visible_rectangle()
        assert seen.intersection(tile) == tile
        assert seen.height > tile.height  # what lies around it too
        assert f"{name} comes from north/leaf.png" in dialog.sentence
    assert len(opens) == 1  # the picture is opened once for all its tiles
    assert not button(dialog, "folder").isVisible()


def test_it_zooms_and_moves_and_keeps_that_for_the_next_tile(tiled: Studio, scans: Path) -> None:
    window, dialog = opened(tiled, scans)
    until_shown(tiled, window, dialog)
    view = dialog.view
    QTest.mouseClick(button(dialog, "All"), Qt.MouseButton.LeftButton)
    assert view.visible_rectangle() == Rectangle(0, 0, 300, 400)
    before = view.viewport.zoom
    middle = QPointF(view.rect().center())
    wheel = QWheelEvent(
        middle,
        view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    zoom = view.viewport.zoom
    assert zoom > 1.5 * before
    at = view.viewport.middle
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(view, QPoint(170, 200))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(170, 200))
    QTest.mouseMove(view, QPoint(20, 20))
    assert view.viewport.middle[1] == pytest.approx(at[1] + 30 / view.viewport.scale)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    window.session.next()
    tiled.at(window, tiled.project.images[1])
    until_shown(tiled, window, dialog)
    assert view.viewport.zoom == pytest.approx(zoom)
    QTest.mouseClick(button(dialog, "This tile"), Qt.MouseButton.LeftButton)
    tile = tile_of(tiled, window)
    assert view.viewport.middle == pytest.approx(((tile.top + tile.bottom) / 2, (tile.left + tile.right) / 2))


def test_where_the_picture_is_can_be_said_and_is_remembered(
    tiled: Studio, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, dialog = opened(tiled, None)
    tiled.until(lambda: "which isn't part of the project" in dialog.sentence)
    chosen = [tmp_path / "elsewhere", scans / "north"]  # the second is the subfolder itself
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(chosen.pop(0)))
    QTest.mouseClick(button(dialog, "folder"), Qt.MouseButton.LeftButton)
    tiled.until(lambda: "isn't in" in dialog.sentence)
    QTest.mouseClick(button(dialog, "folder"), Qt.MouseButton.LeftButton)
    until_shown(tiled, window, dialog)
    window.close()
    tiled.until(lambda: not window.isVisible())
    kept = read_document(tiled.folders.settings, Settings).source_folders
    assert kept == {str(tiled.project.folder.file): str(scans)}


def test_a_picture_that_is_gone_or_another_is_told(tiled: Studio, scans: Path) -> None:
    gone = shutil.move(scans / "north", scans / "south")
    window, dialog = opened(tiled, scans)
    tiled.until(lambda: "Where is it now?" in dialog.sentence)
    assert button(dialog, "folder").isVisible()
    dialog.close()
    scan(scans / "north" / "leaf.png", (SIDE, SIDE))
    names = [name for name in tiled.project.images if tiled.project.sources[name].rectangle[0] > 0]
    window.session.go_to(names[0])
    tiled.at(window, names[0])
    tiled.do(window, "image_context")
    tiled.until(lambda: "was cut from another" in window.sources.dialog.sentence)
    (scans / "north" / "leaf.png").write_bytes(b"no picture")
    tiled.do(window, "image_context")
    tiled.do(window, "image_context")
    tiled.until(lambda: "leaf.png" in window.sources.dialog.sentence)
    assert Path(gone).is_dir()


def test_while_it_is_closed_nothing_is_opened(tiled: Studio, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, dialog = opened(tiled, scans)
    until_shown(tiled, window, dialog)
    tiled.do(window, "image_context")
    assert window.sources.dialog is None
    opens: list[object] = []
    monkeypatch.setattr(source_desk, "open_source", lambda *given: opens.append(given))
    window.session.next()
    tiled.at(window, tiled.project.images[1])
    assert not opens


def test_an_image_that_is_no_tile_says_so(studio: Studio) -> None:
    window = studio.open()
    studio.do(window, "image_context")
    assert window.sources.dialog is None
    assert "as it was when the project was made" in window.notices.text
