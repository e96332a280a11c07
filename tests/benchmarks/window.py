"""How soon the window shows what a trainer publishes, and what it costs to wait, in a project of 10,000 images.

python -m tests.benchmarks window
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from painter_app.app import make_application
from painter_app.window import MainWindow
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from shared_folder.segmentation import Segmentation, write_segmentation
from tests.benchmarks.latency import IDLE_SECONDS, IMAGES
from tests.benchmarks.open_window import open_window, rest, until
from tests.benchmarks.rows import Row, row

SIDE = 1000
SCAN = 8000
MASKS = 25
MASKS_WITHOUT_EVENTS = 9
PEER_MILLISECONDS = 500.0  # RootPainter 0.3.1 looks twice a second


def rows() -> list[Row]:
    """About a minute."""
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        project = _project(SharedFolder(Path(folder) / "shared"))
        with open_window(project, Path(folder), native=True) as window:
            masks = _waits(window, project, MASKS)
            steps = _steps(window, project)
            idle = _idle_share(application)
        with open_window(project, Path(folder), native=False) as window:
            blind = _waits(window, project, MASKS_WITHOUT_EVENTS)
        scans = _scans(SharedFolder(Path(folder) / "scans"))
        with open_window(scans, Path(folder), native=True) as window:
            cold, libjpeg = _cold(window, scans)
    size = f"{SIDE:,} px"
    return [
        row(f"mask published to on the screen, {size}, median", masks[0], "ms", PEER_MILLISECONDS, 50.0),
        row(f"mask published to on the screen, {size}, 95th percentile", masks[1], "ms", PEER_MILLISECONDS),
        row("the same without file events, median", blind[0], "ms", PEER_MILLISECONDS, 1000.0),
        row(f"next image and mask on the screen, {size}, ready ahead of time, median", steps, "ms", None, 50.0),
        row(f"next image, cold, {SCAN:,} px JPEG, a first view", cold, "ms", libjpeg, libjpeg + 100),
        row("start of the program to a window that takes input, median", _start(), "ms", None, 1000.0),
        row("idle window, 10,000 images", 100 * idle, "% of a core", None, 1.0),
    ]


STARTED = """
import sys
from pathlib import Path
from painter_app.app import make_application, make_window
from painter_app.settings import SettingsFile, UserFolders
application = make_application()
here = Path(sys.argv[1])
folders = UserFolders(here / "config", here / "state", here / "home")
window = make_window(SettingsFile(folders.settings), folders, starts_trainers=False)
window.show()
application.processEvents()
print("ready", flush=True)
window.close()
"""


def _start() -> float:
    """Median milliseconds from the start of the process to a window that is drawn."""
    took = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            program = subprocess.Popen([sys.executable, "-c", STARTED, folder], stdout=subprocess.PIPE)
            assert program.stdout is not None
            program.stdout.readline()
            took.append(1000 * (time.perf_counter() - began))
            program.communicate()
    return statistics.median(took)


def _project(shared: SharedFolder) -> Project:
    """10,000 images, all the same file under many names."""
    dataset = shared.datasets / "many"
    dataset.mkdir(parents=True)
    names = tuple(f"image_{index:05d}.jpg" for index in range(IMAGES))
    pixels = np.random.default_rng(0).integers(0, 255, (SIDE // 8, SIDE // 8, 3), np.uint8)
    Image.fromarray(pixels).resize((SIDE, SIDE)).save(dataset / names[0])
    for name in names[1:]:
        (dataset / name).hardlink_to(dataset / names[0])
    return create_project(shared, "many", "many", names)


def _waits(window: MainWindow, project: Project, count: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds from a mask's appearance in the folder to the end of its repaint."""
    mask = _mask()
    waits = []
    for index in range(count):
        name = _next(window)
        rest(0.4 + 0.05 * (index % 7))  # until all is quiet, and not in step with its looks
        write_segmentation(project.segmentation_path(name), mask, project.classes)
        began = time.perf_counter()
        until(lambda: window.session.mask.shown is not None and window.page.canvas.drawn)
        window.page.canvas.repaint()
        waits.append(1000 * (time.perf_counter() - began))
    return statistics.median(waits[1:]), float(np.percentile(waits[1:], 95))


def _steps(window: MainWindow, project: Project) -> float:
    """Median milliseconds from the key to the next image and its mask, both there already."""
    images, here = project.images, project.images.index(window.session.image_name or "")
    for name in images[here + 1 : here + 12]:
        write_segmentation(project.segmentation_path(name), _mask(), project.classes)
    waits = []
    for _ in range(11):
        rest(0.6)  # the next ones are decoded meanwhile
        began = time.perf_counter()
        _next(window)
        until(lambda: window.session.mask.shown is not None and window.page.canvas.drawn)
        window.page.canvas.repaint()
        waits.append(1000 * (time.perf_counter() - began))
    return statistics.median(waits)


def _scans(shared: SharedFolder) -> Project:
    """Large photographs, all the same file under many names."""
    dataset = shared.datasets / "scans"
    dataset.mkdir(parents=True)
    names = tuple(f"scan_{index:02d}.jpg" for index in range(40))
    pixels = np.random.default_rng(0).integers(0, 255, (SCAN // 8, SCAN // 8, 3), np.uint8)
    Image.fromarray(pixels).resize((SCAN, SCAN)).save(dataset / names[0], quality=90)
    for name in names[1:]:
        (dataset / name).hardlink_to(dataset / names[0])
    return create_project(shared, "scans", "scans", names)


def _cold(window: MainWindow, project: Project) -> tuple[float, float]:
    """Median milliseconds from a jump to an image that nobody decoded ahead to all of it on the screen; and what
    libjpeg takes to decode it at an eighth of its size."""
    waits, alone = [], []
    path = project.image_path(project.images[0])
    for name in project.images[10::8]:
        rest(4.0)  # what was begun ahead is over
        began = time.perf_counter()
        with Image.open(path) as image:
            image.draft("RGB", (SCAN // 8, SCAN // 8))
            image.load()
        alone.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        window.session.go_to(name)
        until(lambda name=name: window.session.image_name == name and window.session.painting is not None)  # type: ignore[misc]
        until(lambda: window.page.canvas.drawn)
        window.page.canvas.repaint()
        waits.append(1000 * (time.perf_counter() - began))
    return statistics.median(waits), statistics.median(alone)


def _next(window: MainWindow) -> str:
    before = window.session.image_name
    window.actions_by_name["next"].trigger()
    session = window.session
    until(lambda: session.painting is not None and session.painting.name != before)
    return session.image_name or ""


def _mask() -> Segmentation:
    """Stripes that wave, as roots do."""
    across, down = np.mgrid[:SIDE, :SIDE]
    labels = np.where(np.sin((across + 30 * np.sin(down / 40)) / 12) > 0.6, FOREGROUND, BACKGROUND)
    return Segmentation(Labels.from_array(labels.astype(np.uint8)), "000001_bench")


def _idle_share(application: QApplication) -> float:
    """Processor seconds for each second, all threads together."""
    rest(3.0)  # folders that just changed are listed for a while
    wall, used = time.perf_counter(), time.process_time()
    QTimer.singleShot(int(IDLE_SECONDS * 1000), application.quit)
    application.exec()
    return (time.process_time() - used) / (time.perf_counter() - wall)


if __name__ == "__main__":
    for each in rows():
        print(f"{each['name']}: {each['value']} {each['unit']}, target {each['target']}, met: {each['met']}")
