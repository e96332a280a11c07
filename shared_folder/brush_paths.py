"""Paths that a brush follows over a region: its centre lines, and sweeps to and fro.

A path is (N, 2) float64 rows and columns in image pixels, in the order of drawing; pixel (0, 0) has its centre at
(0.5, 0.5).
"""

import itertools
import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import skeletonize

Path = NDArray[np.float64]


_STRAIGHT_AHEAD = 6
"""Steps back from which a walk takes its direction: enough to see past the steps of a slanted line."""


def path_length(path: Path) -> float:
    """Length in pixels."""
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def centre_lines(region: NDArray[np.bool_]) -> list[Path]:
    """Skeleton of a region (H, W) as ordered paths, longest first, going straight on where lines cross.

    The skeleton is Zhang and Suen's (1984, CACM 27:236).
    """
    skeleton = np.pad(skeletonize(region), 1)  # the frame keeps a step from wrapping to the next row
    width = skeleton.shape[1]
    free = dict.fromkeys(np.flatnonzero(skeleton).tolist())
    paths = []
    while free:
        start, _ = free.popitem()
        forward = _walk(start, free, width)
        backward = _walk(start, free, width)
        places = np.array(backward[:0:-1] + forward)
        paths.append(np.stack([places // width, places % width], axis=1) - 0.5)  # less the frame, to the centre
    return sorted(paths, key=len, reverse=True)


def _walk(start: int, free: dict[int, None], width: int) -> list[int]:
    """Go from pixel to free neighbour, as straight as possible, taking each from `free`, until none is left."""
    steps = [(row * width + column, row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]
    path = [start]
    while True:
        near = [(place, row, column) for step, row, column in steps if (place := path[-1] + step) in free]
        if not near:
            return path
        if len(near) > 1:
            back = path[-min(len(path), _STRAIGHT_AHEAD)]
            rows = path[-1] // width - back // width
            columns = path[-1] % width - back % width
            near.sort(key=lambda n: (n[1] * rows + n[2] * columns) / math.hypot(n[1], n[2]), reverse=True)
        path.append(near[0][0])
        del free[near[0][0]]


def sweeps(region: NDArray[np.bool_], spacing: float) -> list[Path]:
    """Lines to and fro over a region (H, W), `spacing` pixels apart, along its longer side.

    They never leave the region: where it forks, a new path begins.
    """
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    if not len(rows):
        return []
    if rows[-1] - rows[0] > columns[-1] - columns[0]:
        return [path[:, ::-1] for path in _sweeps_along_rows(region.T, spacing)]
    return _sweeps_along_rows(region, spacing)


def _sweeps_along_rows(region: NDArray[np.bool_], spacing: float) -> list[Path]:
    """`sweeps`, along the rows."""
    used = np.flatnonzero(region.any(1))
    extent = int(used[-1] - used[0])
    lines = np.linspace(used[0], used[-1], max(1, round(extent / max(spacing, 1.0))) + 1).round().astype(int)
    if extent < spacing / 2:
        lines = lines[:1] + extent // 2
    done: list[list[tuple[int, int]]] = []
    growing: list[list[tuple[int, int]]] = []
    for row in lines:
        edges = np.flatnonzero(np.diff(np.pad(region[row], 1).astype(np.int8)))
        still = []
        for left, right in zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True):
            path = _continued(growing, (int(row), left), (int(row), right), region)
            still.append(path)
        done += growing
        growing = still
    return [np.array(path, float) + 0.5 for path in done + growing]


def _continued(
    growing: list[list[tuple[int, int]]], left: tuple[int, int], right: tuple[int, int], region: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """A line from left to right joined to the path that can reach it inside the region, or a path of its own."""
    for path in growing:
        ends = (left, right) if abs(path[-1][1] - left[1]) <= abs(path[-1][1] - right[1]) else (right, left)
        if _joined_inside(path[-1], ends[0], region):
            growing.remove(path)
            return [*path, *ends]
    return [left, right]


def _joined_inside(start: tuple[int, int], end: tuple[int, int], region: NDArray[np.bool_]) -> bool:
    count = max(abs(start[0] - end[0]), abs(start[1] - end[1])) + 1
    rows = np.linspace(start[0], end[0], count).round().astype(int)
    columns = np.linspace(start[1], end[1], count).round().astype(int)
    return bool(region[rows, columns].all())


def smoothed(path: Path, steps: float) -> Path:
    """A path without the stairs of its pixels: a Gaussian mean over `steps` points; its ends stay in place."""
    if len(path) < 3:
        return path
    soft: Path = ndimage.gaussian_filter1d(path, steps, axis=0, mode="nearest")
    soft[0], soft[-1] = path[0], path[-1]
    return soft


def evenly_spaced(path: Path, spacing: float) -> Path:
    """Points along a path about `spacing` pixels apart, both ends included: at least two."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(2, math.ceil(along[-1] / spacing) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.stack([np.interp(wanted, along, path[:, axis]) for axis in (0, 1)], axis=1)


def cut(path: Path, longest: float) -> list[Path]:
    """A path in equal pieces no longer than `longest` pixels; neighbours share a point."""
    pieces = math.ceil(path_length(path) / longest) if len(path) > 1 else 1
    if pieces < 2:
        return [path]
    fine = evenly_spaced(path, 1.0)
    ends = np.linspace(0, len(fine) - 1, pieces + 1).round().astype(int)
    return [fine[first : last + 1] for first, last in itertools.pairwise(ends)]
