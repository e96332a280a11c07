"""What the window needs with large images: each case in a process of its own, so that none hides another's peak.

python -m tests.benchmarks memory
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from painter_app.app import make_application
from painter_app.window import MainWindow
from shared_folder.annotation_files import annotation_path
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project, open_project
from shared_folder.segmentation import Segmentation, write_segmentation
from tests.benchmarks.canvas import brush_stroke, mask_of_lines
from tests.benchmarks.open_window import open_window, rest, until
from tests.benchmarks.rows import Row, row

SCAN, HUGE = 8000, 20_000
STROKES = 20
GB = 1e9
_PERIOD = 64  # pixels after which the drawn images repeat themselves, so that they are quickly written
_STRIP = 64  # rows
_SAMPLED_EVERY = 0.005  # seconds
_LONGEST = 300.0  # seconds


def rows() -> list[Row]:
    """About three minutes, most of it to write and to decode large files."""
    name = f"{SCAN:,} px PNG, mask shown, {STROKES} strokes: "
    scan = _measure(SCAN, _write_png, with_mask=True)
    figures = [
        row(name + "resident", scan["resident"], "GB", None, 0.6),
        row(name + "anonymous at most, saving included", scan["peak"], "GB"),
    ]
    for kind, write, target in (
        ("tiled TIFF", _write_tiled, 1.0),
        ("striped TIFF", _write_striped, 1.0),
        ("TIFF in one piece, uncompressed", _write_plain, 1.0),
        ("JPEG", _write_jpeg, None),
        ("PNG", _write_png, None),
    ):
        huge = _measure(HUGE, write, with_mask=False)
        name = f"{HUGE:,} px {kind}, seen whole and at 100 %, panned, painted: "
        figures += [
            row(name + "anonymous at most", huge["peak"], "GB", None, target),
            row(name + "anonymous in the end", huge["anonymous"], "GB"),
        ]
    return figures


def _measure(side: int, write: Callable[[Path, int], Path], with_mask: bool) -> dict[str, float]:
    """Gigabytes, by name, of a window of its own process on a project of one image."""
    with tempfile.TemporaryDirectory() as folder:
        shared = SharedFolder(Path(folder) / "shared")
        dataset = shared.datasets / "big"
        dataset.mkdir(parents=True)
        image = write(dataset, side)
        project = create_project(shared, "big", "big", (image.name,))
        if with_mask:
            mask = Segmentation(mask_of_lines(side), "000001_bench")
            write_segmentation(project.segmentation_path(image.name), mask, project.classes)
        command = [sys.executable, "-m", "tests.benchmarks.memory", str(project.folder.file), folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def _work(project: Project, folder: Path) -> dict[str, float]:
    """Open the image, look at it, paint on it, save it."""
    application = make_application()
    with _peak() as peak, open_window(project, folder, native=True) as window:
        canvas = window.page.canvas
        until(lambda: canvas.drawn, _LONGEST)
        _until_idle(window)  # what a first view does without is decoded too
        canvas.actual_size()
        until(lambda: canvas.drawn, _LONGEST)
        for dx, dy in ((-300, 0), (0, -700), (900, 0), (-4000, -2500), (200, 1500)):
            canvas.pan_by(dx, dy)
            until(lambda: canvas.drawn, _LONGEST)
        for _ in range(STROKES):
            brush_stroke(application, canvas)
            canvas.pan_by(-90, 30)
        until(lambda: annotation_path(project, project.images[0]) is not None, _LONGEST)
        canvas.fit()
        until(lambda: canvas.drawn, _LONGEST)
        _until_idle(window)
        rest(1.0)
        figures = {name: _status(field) / GB for name, field in (("resident", "VmRSS"), ("anonymous", "RssAnon"))}
    return {**figures, "peak": peak[0] / GB}


def _until_idle(window: MainWindow) -> None:
    until(lambda: window.workers.pending == 0, _LONGEST)


@contextmanager
def _peak() -> Iterator[list[float]]:
    """Bytes of anonymous memory at most, meanwhile: pages of files, which the system takes back at will, left out."""
    found, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(_SAMPLED_EVERY):
            found[0] = max(found[0], _status("RssAnon"))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        ended.set()
        watching.join()


def _status(field: str) -> float:
    """Bytes that Linux says this process has."""
    match = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert match is not None
    return 1024 * float(match[1])


# Files


def _pattern(height: int, width: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 256, (_PERIOD, _PERIOD, 3), np.uint8)
    return np.tile(noise, (-(-height // _PERIOD), -(-width // _PERIOD), 1))[:height, :width]


def _write_tiled(folder: Path, side: int) -> Path:
    path, tile = folder / "tiled.tif", 256
    pixels = _pattern(tile, tile)
    tifffile.imwrite(
        path,
        (pixels for _ in range((-(-side // tile)) ** 2)),
        shape=(side, side, 3),
        dtype=np.uint8,
        photometric="rgb",
        tile=(tile, tile),
        compression="adobe_deflate",
    )
    return path


def _write_striped(folder: Path, side: int) -> Path:
    path = folder / "striped.tif"
    heights = [min(_STRIP, side - top) for top in range(0, side, _STRIP)]
    tifffile.imwrite(
        path,
        (zlib.compress(_pattern(height, side).tobytes(), 1) for height in heights),
        shape=(side, side, 3),
        dtype=np.uint8,
        photometric="rgb",
        rowsperstrip=_STRIP,
        compression="adobe_deflate",
    )
    return path


def _write_plain(folder: Path, side: int) -> Path:
    path = folder / "plain.tif"
    tifffile.imwrite(path, _pattern(side, side), photometric="rgb", rowsperstrip=side)
    return path


def _write_jpeg(folder: Path, side: int) -> Path:
    return _with_pillow(folder / "image.jpg", side)


def _write_png(folder: Path, side: int) -> Path:
    return _with_pillow(folder / "image.png", side)


def _with_pillow(path: Path, side: int) -> Path:
    Image.fromarray(_pattern(side, side)).save(path, compress_level=1, quality=90)
    return path


if __name__ == "__main__":
    print(json.dumps(_work(open_project(Path(sys.argv[1])), Path(sys.argv[2]))))
