"""A flood reaches what is coloured like its point, as far as edges, view and reach let it."""

import collections
import threading

import numpy as np
import pytest

from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.flood import REACH, Flood, FloodFill, unlikeness
from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.refused import Refused

SHAPE = (120, 160)


def picture(seed: int = 0) -> np.ndarray:
    """Soft blobs of several colours."""
    numbers = np.random.default_rng(seed)
    coarse = numbers.integers(0, 255, (7, 9, 3))
    rows, columns = np.arange(SHAPE[0]) * 6 // SHAPE[0], np.arange(SHAPE[1]) * 8 // SHAPE[1]
    grain = numbers.integers(0, 6, (*SHAPE, 3))
    return (coarse[rows][:, columns] * 0.95 + grain).astype(np.uint8)


def flood(pixels: np.ndarray, point=(60.5, 80.5), seen: Rectangle | None = None) -> Flood:
    return Flood(point, seen or whole(pixels.shape[:2]), pixels.shape[:2], lambda part: pixels[part.slices])


def walked(unlike: np.ndarray, start: tuple[int, int], tolerance: int) -> np.ndarray:
    """Pixel by pixel, from neighbour to neighbour."""
    reached = np.zeros(unlike.shape, bool)
    reached[start] = True
    waiting = collections.deque([start])
    while waiting:
        row, column = waiting.popleft()
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= near[0] < unlike.shape[0] and 0 <= near[1] < unlike.shape[1]
            if inside and not reached[near] and unlike[near] <= tolerance:
                reached[near] = True
                waiting.append(near)
    return reached


def compared(pixels: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """`unlikeness`, pixel by pixel."""
    height, width = pixels.shape[:2]

    def pixel(row: int, column: int) -> np.ndarray:
        return pixels[min(max(row, 0), height - 1), min(max(column, 0), width - 1)].astype(int)

    def smooth(row: int, column: int) -> np.ndarray:
        near = [(r, c, (2 - abs(r)) * (2 - abs(c))) for r in (-1, 0, 1) for c in (-1, 0, 1)]
        return (sum(weight * pixel(row + r, column + c) for r, c, weight in near) + 8) // 16

    unlike = np.zeros((height, width), int)
    for row in range(height):
        for column in range(width):
            differences = (
                smooth(row, column) - smooth(*seed),
                smooth(row + 1, column) - smooth(row - 1, column),
                smooth(row, column + 1) - smooth(row, column - 1),
            )
            unlike[row, column] = np.abs(differences).max()
    unlike[seed] = 0
    return unlike


def test_unlikeness_is_the_colours_difference_or_the_edges_height() -> None:
    pixels = np.random.default_rng(4).integers(0, 255, (14, 17, 3), np.uint8)
    found = unlikeness(pixels, (5, 16))
    inner = (slice(1, -1), slice(1, -1))  # how a frame is continued doesn't matter to anybody
    np.testing.assert_array_equal(found[inner], compared(pixels, (5, 16))[inner])
    assert found[5, 16] == 0
    assert found.dtype == np.uint8


@pytest.mark.parametrize("tolerance", [1, 9, 40, 110, 255])
def test_it_reaches_what_can_be_walked_to(tolerance: int) -> None:
    pixels = picture()
    reached = flood(pixels).reached(tolerance)
    np.testing.assert_array_equal(reached, walked(unlikeness(pixels, (60, 80)), (60, 80), tolerance))
    assert reached[60, 80]
    assert reached.all() == (tolerance == 255)


def test_an_edge_stops_it_though_the_colour_beyond_is_the_same() -> None:
    pixels = np.full((*SHAPE, 3), 100, np.uint8)
    pixels[:, 90] = 160  # a thin bright line, and the same ground behind it
    reached = flood(pixels).reached(20)
    assert reached[:, :88].all()
    assert not reached[:, 90:].any()


def test_a_fill_labels_that_and_nothing_else() -> None:
    labels = Labels(SHAPE)
    labels.write(Rectangle(0, 0, 120, 60), BACKGROUND)
    found = flood(picture())
    patch = FloodFill(found, FOREGROUND, 40.0).patch(labels, None)
    assert patch is not None
    before = np.zeros(SHAPE, np.uint8)
    before[:, :60] = BACKGROUND
    np.testing.assert_array_equal(labels.to_array(), np.where(found.reached(40), FOREGROUND, before))
    assert FloodFill(found, FOREGROUND, 40.0).patch(labels, None) is None  # it is done already


def test_it_reads_no_more_than_what_is_in_view_and_in_reach() -> None:
    read: list[Rectangle] = []

    def pixels(part: Rectangle) -> np.ndarray:
        read.append(part)
        return np.full((part.height, part.width, 3), 90, np.uint8)

    shape, seen = (40_000, 40_000), Rectangle(9_000, 20_000, 30_000, 40_000)
    found = Flood((9_100.5, 30_000.5), seen, shape, pixels)
    assert read == []
    assert found.reached(5).all()
    assert found.reached(50).all()
    assert read == [Rectangle(9_000, 30_000 - REACH, 9_101 + REACH, 30_001 + REACH)]
    assert "as far as is in view" in FloodFill(found, FOREGROUND, 5).remark


def test_the_images_own_edge_is_an_end_that_nobody_needs_to_hear_of() -> None:
    plain = np.full((*SHAPE, 3), 90, np.uint8)
    assert FloodFill(flood(plain), FOREGROUND, 5).remark == ""
    assert FloodFill(flood(plain, seen=Rectangle(0, 0, 120, 100)), FOREGROUND, 5).remark != ""


@pytest.mark.parametrize("point", [(-0.5, 3), (3, 160.0), (60, 110)])
def test_a_point_outside_is_refused(point) -> None:
    with pytest.raises(Refused, match="beside"):
        flood(picture(), point, Rectangle(0, 0, 120, 100))


def test_whoever_asks_first_looks_and_the_others_wait() -> None:
    pixels, reads, gate = picture(), [], threading.Event()

    def read(part: Rectangle) -> np.ndarray:
        reads.append(part)
        assert gate.wait(10)
        return pixels[part.slices]

    found = Flood((60.5, 80.5), whole(SHAPE), SHAPE, read)
    threads = [threading.Thread(target=found.prepare) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert not found.ready
    gate.set()
    for thread in threads:
        thread.join(10)
    assert found.ready
    assert len(reads) == 1
