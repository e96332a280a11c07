"""What a project of 100,000 images costs: to open it, to scroll through its list, to jump to one.

python -m tests.benchmarks many
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtWidgets import QApplication, QTableView

from painter_app.app import make_application, make_window
from painter_app.settings import SettingsFile, UserFolders
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from tests.benchmarks.open_window import rest, until
from tests.benchmarks.rows import Row, row

IMAGES = 100_000
SIDE = 400
PAGES = 60
JUMPS = 15


def rows() -> list[Row]:
    """About a minute, most of it to make the files."""
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        project = _project(SharedFolder(Path(folder) / "shared"))
        folders = UserFolders(Path(folder) / "config", Path(folder) / "state", Path(folder) / "home")
        window = make_window(SettingsFile(folders.settings), folders, native=True, starts_trainers=False)
        window.resize(1366, 768)
        window.show()
        rest(0.5)
        began = time.perf_counter()
        window.open_path(project.folder.file)
        until(lambda: window.session.painting is not None and window.page.canvas.drawn)
        opened = 1000 * (time.perf_counter() - began)
        rest(2.0)
        pages = _scroll(window.page.images.findChild(QTableView))
        rest(2.0)
        jumps = []
        for number in np.random.default_rng(0).integers(0, IMAGES, JUMPS).tolist():
            name = project.images[number]
            began = time.perf_counter()
            window.session.go_to(name)
            until(
                lambda name=name: (  # type: ignore[misc]
                    window.session.painting is not None
                    and window.session.painting.name == name
                    and window.page.canvas.drawn
                )
            )
            jumps.append(1000 * (time.perf_counter() - began))
            rest(0.5)
        window.close()
        application.processEvents()
    return [
        row(f"{IMAGES:,} images: open the project", opened, "ms", None, 1000),
        row(f"{IMAGES:,} images: scroll the list by a page, p95", float(np.percentile(pages, 95)), "ms", None, 16),
        row(f"{IMAGES:,} images: jump to one of {SIDE} px, median", statistics.median(jumps), "ms", None, 50),
    ]


def _project(shared: SharedFolder) -> Project:
    dataset = shared.datasets / "many"
    dataset.mkdir(parents=True)
    names = tuple(f"image_{index:06d}.jpg" for index in range(IMAGES))
    pixels = np.random.default_rng(0).integers(0, 255, (SIDE // 8, SIDE // 8, 3), np.uint8)
    original = dataset / names[0]
    Image.fromarray(pixels).resize((SIDE, SIDE)).save(original)
    for number, name in enumerate(names[1:], start=1):
        if number % 50_000 == 0:  # a file can have some 65,000 names
            original = dataset / name
            Image.fromarray(pixels).resize((SIDE, SIDE)).save(original)
        else:
            (dataset / name).hardlink_to(original)
    return create_project(shared, "many", "many", names)


def _scroll(view: QTableView) -> list[float]:
    """Milliseconds of each page down, with its repaint, and of some jumps of the handle."""
    bar = view.verticalScrollBar()
    assert bar is not None
    took = []
    for step in range(PAGES):
        began = time.perf_counter()
        bar.setValue(bar.value() + (bar.pageStep() if step % 6 else bar.maximum() // 17))
        QApplication.processEvents()
        took.append(1000 * (time.perf_counter() - began))
    return took
