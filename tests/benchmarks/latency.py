"""How soon an idle trainer answers a wish, and what it costs to wait, in a project of 10,000 images.

python -m tests.benchmarks.latency
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from shared_folder.desired import DesiredState
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, create_project
from shared_folder.publish import publish_document
from tests.benchmarks.rows import Row, row
from trainer.device import choose_device
from trainer.service import Service

IMAGES = 10_000
WISHES = 31
WISHES_WITHOUT_EVENTS = 13
IDLE_SECONDS = 20.0
PEER_MILLISECONDS = 1000.0  # RootPainter 0.3.1 looks once a second
SIDE = 64


def rows() -> list[Row]:
    """About a minute."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(SharedFolder(Path(folder)))
        with _serving(project, native=True):
            waits = _waits(project, range(WISHES))
            idle = _idle_share()
        with _serving(project, native=False):
            blind = _waits(project, range(WISHES, WISHES + WISHES_WITHOUT_EVENTS))
    return [
        row("wish to the finished (empty) mask, median", waits[0], "ms", PEER_MILLISECONDS, 50.0),
        row("wish to the finished (empty) mask, 95th percentile", waits[1], "ms", PEER_MILLISECONDS),
        row("the same without file events, median", blind[0], "ms", PEER_MILLISECONDS, 1000.0),
        row("idle trainer, 10,000 images", 100 * idle, "% of a core", None, 1.0),
    ]


@contextmanager
def _serving(project: Project, native: bool) -> Iterator[None]:
    """A trainer that waits for wishes, for as long."""
    service = Service(project.shared.root, choose_device("cpu"), native=native)
    _wish(project, 0, 0)
    loop = threading.Thread(target=service.run)
    loop.start()
    try:
        yield
    finally:
        service.stop()
        loop.join()


def _project(shared: SharedFolder) -> Project:
    """10,000 images, each tenth with a mask and an annotation's name as in a project that is far along."""
    names = tuple(f"image_{index:05d}.png" for index in range(IMAGES))
    dataset = shared.datasets / "many"
    dataset.mkdir(parents=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)).save(dataset / names[0])
    content = (dataset / names[0]).read_bytes()
    for name in names[1:]:
        (dataset / name).write_bytes(content)
    project = create_project(shared, "many", "many", names)
    for name in names[5000::10]:
        (project.folder.train / name).write_bytes(b"")
        project.segmentation_path(name).write_bytes(b"")
    return project


def _wish(project: Project, counter: int, index: int) -> None:
    name = project.images[index]
    state = DesiredState(counter=counter, project=project.location, image=name, masks=(name,))
    publish_document(project.shared.desired_state("ada"), state)


def _waits(project: Project, images: range) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds from replacing the desired state to the mask being there."""
    waits = []
    for index in images:
        time.sleep(0.3 + 0.05 * (index % 7))  # until it is idle again, and not in step with its looks
        began = time.perf_counter()
        _wish(project, index + 1, index)
        path = project.segmentation_path(project.images[index])
        while not path.exists() and time.perf_counter() - began < 30:
            time.sleep(0.001)
        waits.append(1000 * (time.perf_counter() - began))
    # The first waits for torch and the project to be read for the first time.
    return statistics.median(waits[1:]), float(np.percentile(waits[1:], 95))


def _idle_share() -> float:
    """Processor seconds for each second, all threads together."""
    time.sleep(3.0)  # folders that just changed are listed for a while
    wall, used = time.perf_counter(), time.process_time()
    time.sleep(IDLE_SECONDS)
    return (time.process_time() - used) / (time.perf_counter() - wall)


if __name__ == "__main__":
    for each in rows():
        print(f"{each['name']}: {each['value']} {each['unit']}, target {each['target']}, met: {each['met']}")
