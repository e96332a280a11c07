"""A simulated user, who knows the truth and works as a person does: clear examples first, then corrections.

Her strokes are replayed as mouse events by the demonstration, or stamped on annotations without a window.
Label maps are (H, W) uint8 class ids; where the truth is unknown or "can't tell" she neither paints nor judges.
"""

import heapq
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from shared_folder.brush_paths import Path, centre_lines, cut, evenly_spaced, path_length, smoothed, sweeps
from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.rectangle import NOTHING, Rectangle, whole
from shared_folder.scores import LabelMap
from shared_folder.sweeps import Point, swept_disc
from shared_folder.visible_errors import clearance_of, visible_errors

EXAMPLE_TURNS = 3
"""How often she goes over to background, and back, while she paints clear examples."""
_EIGHT = np.ones((3, 3), bool)
"""Pixels that touch at a corner belong together."""


@dataclass(frozen=True)
class Pace:
    """How fast a hand works."""

    painting: float = 400.0
    """Image pixels a second with the button down."""
    travelling: float = 800.0
    """Image pixels a second from one stroke to the next."""
    between_strokes: float = 1.5
    """Seconds to look, choose the brush and press."""
    mouse_rate: float = 120.0
    """Points a second that a mouse reports."""
    zooming: float = 1.0
    """Seconds to zoom and pan to a stroke that lies outside what she sees of a large image."""
    view: float = 1000.0
    """Side in pixels of what she sees at once."""


@dataclass(frozen=True)
class Habits:
    """What a person paints and what she lets pass. Lengths in image pixels."""

    most_strokes: int = 40
    """Corrections of one image, largest errors first."""
    examples_per_class: int = 6
    """Strokes of clear examples of each class on one image; a third as many sweeps of clear background. A few on
    several images teach more than many on two."""
    background_share: float = 10.0
    """Clear examples paint at most this many times more background than everything else."""
    longest_stroke: float = 400.0
    most_points: int = 150
    largest_brush: float = 80.0
    smallest_error: int = 5
    """Smaller errors (pixels) are not seen."""
    small_error: int = 50
    """Of the errors up to this size (pixels) a share is missed."""
    missed_share: float = 0.1
    spill: float = 1.0
    """How far a brush may reach beyond what it is to paint."""
    tremor: float = 0.4
    """Standard deviation of the hand across its path; a tenth of the brush if that is less."""


@dataclass(frozen=True)
class SimulatedStroke:
    """One press, drag and release. class_id: the brush. diameter: in image pixels. points: at least two."""

    class_id: int
    diameter: float
    points: tuple[Point, ...]

    @property
    def length(self) -> float:
        return path_length(np.array(self.points))

    @property
    def area(self) -> float:
        """About how many pixels it paints."""
        return self.length * self.diameter + np.pi / 4 * self.diameter**2


class Region(NamedTuple):
    """Pixels to be painted with one class, cut out of the image with a frame of one pixel where there is one."""

    place: Rectangle
    wanted: NDArray[np.bool_]
    """(h, w): the pixels to paint."""
    room: NDArray[np.float32]
    """(h, w): the largest radius of a brush at each pixel that paints nothing but its class."""


class SimulatedUser:
    """Paints strokes for the truth that she knows. The same seed and the same calls give the same strokes."""

    def __init__(self, seed: int, habits: Habits | None = None, pace: Pace | None = None) -> None:
        self.habits = habits or Habits()
        self.pace = pace or Pace()
        self._random = np.random.default_rng(seed)

    def examples(self, truth: LabelMap, mask: LabelMap | None = None) -> list[SimulatedStroke]:
        """A few clear examples of each class, then background: beside those objects, and in the open.

        mask: one that is too poor to be corrected; it shows where examples are needed most.
        """
        truth = without_slits(truth)
        room = clearance_of(truth)
        needed = np.ones(truth.shape, bool) if mask is None else truth != mask
        objects: list[SimulatedStroke] = []
        for class_id in _classes_in(truth):
            if class_id != BACKGROUND:
                objects += self._clear_examples(truth, room, class_id, needed)
        background = self._clear_background(objects, np.where(truth == BACKGROUND, room, 0), needed)
        # In turns: what is found on one side of a border means little before the other side is known.
        objects, background = _nearest_first(objects), _nearest_first(background)
        return [
            stroke
            for turn in range(EXAMPLE_TURNS)
            for strokes in (objects, background)
            for stroke in strokes[_part(turn, len(strokes))]
        ]

    def corrections(self, truth: LabelMap, mask: LabelMap) -> list[SimulatedStroke]:
        """Strokes for every visible error of a mask, up to the most she makes: large ones first, classes in turn."""
        truth = without_slits(truth)
        room = clearance_of(truth)
        wrong = visible_errors(truth, mask, room)
        planned = []
        for class_id in _classes_in(truth[wrong]):
            regions = [r for r in _regions(wrong & (truth == class_id), room) if self._notices(r)]
            planned.append(self._strokes_over(regions, class_id))
        in_turn = [stroke for turn in itertools.zip_longest(*planned) for stroke in turn if stroke is not None]
        chosen = in_turn[: self.habits.most_strokes]
        by_class = [[s for s in chosen if s.class_id == each] for each in sorted({s.class_id for s in chosen})]
        return [stroke for strokes in by_class for stroke in _nearest_first(strokes)]

    def background_beside(self, truth: LabelMap, strokes: Sequence[SimulatedStroke]) -> list[SimulatedStroke]:
        """Clear background beside the objects that strokes painted, until there is as much of it as of objects.

        Who paints only what a mask missed teaches that everything is an object; a careful person paints both sides.
        """
        objects = [stroke for stroke in strokes if stroke.class_id != BACKGROUND]
        lacking = sum(s.area for s in objects) - sum(s.area for s in strokes if s.class_id == BACKGROUND)
        room = np.where(truth == BACKGROUND, clearance_of(truth), 0)
        beside: list[SimulatedStroke] = []
        for stroke in sorted(objects, key=lambda each: each.area, reverse=True):
            if lacking <= 0 or len(beside) >= self.habits.examples_per_class:
                break
            new = self._beside(stroke, room)
            beside += new
            lacking -= sum(each.area for each in new)
        return _nearest_first(beside)

    def seconds_for(self, strokes: Sequence[SimulatedStroke], shape: tuple[int, ...] = (0, 0)) -> float:
        """Seconds of annotation: painting, travelling from stroke to stroke, and the pause before each.

        shape: (H, W) of the image: in one larger than her view, she zooms and pans to strokes that lie far away.
        """
        pace = self.pace
        painting = sum(stroke.length for stroke in strokes) / pace.painting
        ways = [
            float(np.hypot(*np.subtract(after.points[0], before.points[-1])))
            for before, after in itertools.pairwise(strokes)
        ]
        far = sum(way > pace.view / 2 for way in ways) + bool(strokes) if max(shape) > pace.view else 0
        return painting + sum(ways) / pace.travelling + pace.between_strokes * len(strokes) + pace.zooming * far

    def _notices(self, region: Region) -> bool:
        size = int(region.wanted.sum())
        if size < self.habits.smallest_error:
            return False
        return size > self.habits.small_error or self._random.random() >= self.habits.missed_share

    def _strokes_over(self, regions: Iterable[Region], class_id: int) -> list[SimulatedStroke]:
        """Paint regions, the largest first, then with a finer brush what was left of each. Largest stroke first."""
        order = itertools.count()  # settles ties, since regions can't be compared
        queue = [(-int(region.wanted.sum()), next(order), region) for region in regions]
        heapq.heapify(queue)
        strokes: list[SimulatedStroke] = []
        while queue and len(strokes) < self.habits.most_strokes:
            _, _, region = heapq.heappop(queue)
            new = self._plan(region, class_id)
            strokes += new
            for left in _left_over(region, new) if len(strokes) < self.habits.most_strokes else []:
                heapq.heappush(queue, (-int(left.wanted.sum()), next(order), left))
        return sorted(strokes, key=lambda stroke: stroke.area, reverse=True)

    def _plan(self, region: Region, class_id: int) -> list[SimulatedStroke]:
        """Strokes over one region: along the centre lines of long things, to and fro over compact ones."""
        inside = ndimage.distance_transform_edt(np.pad(region.wanted, 1))[1:-1, 1:-1]
        # A brush somewhat wider than the error is handy, as long as it stays within the class.
        radius = np.minimum(np.minimum(region.room, 1.5 * inside + 0.5), self.habits.largest_brush / 2)
        widest = float(radius[region.wanted].max())
        compact = region.wanted.sum() < 12 * (inside.max() - 0.5) ** 2
        if compact and widest > 3:
            brush = 0.55 * widest
            paths = [(path, brush) for path in sweeps(region.wanted & (radius >= brush), 1.6 * brush)]
        else:
            paths = _lines_with_brush(region.wanted, radius, self.habits.spill)
        pieces = [(piece, brush) for path, brush in paths for piece in cut(path, self.habits.longest_stroke)]
        corner = (region.place.top, region.place.left)
        return [self._drawn(piece + corner, brush, class_id) for piece, brush in pieces]

    def _drawn(self, path: Path, radius: float, class_id: int) -> SimulatedStroke:
        """A path as a hand draws it: even points at the mouse's rate, a slight tremor."""
        diameter = float(max(1, int(2 * radius + 0.25)))
        # Below a zoom of one the hand is slower in image pixels, so fine strokes have closer points.
        spacing = min(self.pace.painting / self.pace.mouse_rate, max(1.0, diameter / 2))
        spacing = max(spacing, path_length(path) / (self.habits.most_points - 2))
        points = evenly_spaced(path, spacing)
        noise = self._random.normal(size=points.shape)
        tremor = ndimage.gaussian_filter1d(noise, 3.0, axis=0, mode="nearest") * 3.2  # back to unit deviation
        points = points + tremor.clip(-2, 2) * min(self.habits.tremor, diameter / 10)
        return SimulatedStroke(class_id, diameter, tuple((float(row), float(column)) for row, column in points))

    def _clear_examples(
        self, truth: LabelMap, room: NDArray[np.float32], class_id: int, needed: NDArray[np.bool_]
    ) -> list[SimulatedStroke]:
        """Strokes well inside some objects of a class: those that need it most are likelier, any may come."""
        # As wide as a thin thing, and well inside a wide one.
        regions = list(_regions(truth == class_id, np.maximum(np.minimum(room, 2.0), 0.8 * room)))
        sizes = np.array([1 + (region.wanted & needed[region.place.slices]).sum() for region in regions], float)
        some = self._some(len(regions), np.sqrt(sizes), self.habits.examples_per_class)
        strokes = [stroke for index in some for stroke in self._plan(regions[index], class_id)]
        areas = np.array([stroke.area for stroke in strokes], float)
        return [strokes[index] for index in self._some(len(strokes), areas, self.habits.examples_per_class)]

    def _some(self, count: int, weights: NDArray[np.float64], most: int) -> list[int]:
        """Up to `most` of `count` indexes, drawn without repeats, in proportion to their weights."""
        if not count:
            return []
        chosen = self._random.choice(count, min(count, most), replace=False, p=weights / weights.sum())
        return sorted(int(index) for index in chosen)

    def _clear_background(
        self, objects: Sequence[SimulatedStroke], room: NDArray[np.float32], needed: NDArray[np.bool_]
    ) -> list[SimulatedStroke]:
        """Background beside the objects that were painted, then in the open, as much as the habits allow.

        room: (H, W) as in Region, 0 outside background. needed: (H, W), where a sweep of the open begins, if it can.
        """
        budget = self.habits.background_share * sum(stroke.area for stroke in objects) if objects else np.inf
        strokes: list[SimulatedStroke] = []
        for stroke in (beside for each in objects for beside in self._beside(each, room)):
            if sum(s.area for s in strokes) + stroke.area <= budget / 2:
                strokes.append(stroke)
        count = max(1, self.habits.examples_per_class // 3)
        share = (budget - sum(stroke.area for stroke in strokes)) / count
        return strokes + self._sweeps_of_the_open(room, count, share, needed)

    def _beside(self, stroke: SimulatedStroke, room: NDArray[np.float32]) -> list[SimulatedStroke]:
        """A background stroke along an object that was painted: the border is what teaches most."""
        reach = round(2 * stroke.diameter) + 12
        place = _around(stroke).grown(reach).intersection(whole(room.shape))
        near = room[place.slices]
        radius = min(max(2.0, 0.75 * stroke.diameter), 0.6 * float(near.max(initial=0)), 12.0)
        if radius < 1:
            return []
        # Where the brush just fits, with a pixel to spare: a line along the object's border.
        line = (near >= radius + 1) & (near < radius + 2.5)
        rows, columns = np.nonzero(line)
        points = np.array(stroke.points) - (place.top, place.left)
        apart = np.min(np.hypot(rows[:, None] + 0.5 - points[:, 0], columns[:, None] + 0.5 - points[:, 1]), axis=1)
        far = apart > stroke.diameter + radius + 6
        line[rows[far], columns[far]] = False
        paths = [path for path in centre_lines(line) if len(path) >= 2 * radius][:1]
        pieces = [cut(smoothed(path, 2.0), max(40.0, 1.2 * stroke.length))[0] for path in paths]
        return [self._drawn(np.add(piece, (place.top, place.left)), radius, BACKGROUND) for piece in pieces]

    def _sweeps_of_the_open(
        self, room: NDArray[np.float32], count: int, share: float, needed: NDArray[np.bool_]
    ) -> list[SimulatedStroke]:
        """Sweeps over clear background wherever the hand falls, as wide as fits there; each of `share` pixels."""
        # A sweep is about six times as long as the brush is wide.
        largest = min(self.habits.largest_brush / 4, max(2.0, min(room.shape) / 24), float(np.sqrt(share / 24)))
        widest = float(room.max(initial=0))
        if largest < 1 or widest < 2:
            return []
        clear = room >= min(5.0, 0.6 * widest)  # narrow clearings count too: most of the background may be such
        clear = clear & needed if (clear & needed).any() else clear
        strokes = []
        for at in self._random.choice(np.flatnonzero(clear), count):
            row, column = divmod(int(at), room.shape[1])
            radius = min(0.8 * float(room[row, column]), largest)
            place = Rectangle(row, column, row + 1, column + 1).grown(int(5 * radius))
            place = place.intersection(whole(room.shape))
            path = max(sweeps(room[place.slices] >= radius, 1.6 * radius), key=path_length)
            longest = min(self.habits.longest_stroke, share / (2 * radius))
            here = np.array((row - place.top, column - place.left))
            piece = min(cut(path, longest), key=lambda each: np.hypot(*(each - here).T).min())
            strokes.append(self._drawn(np.add(piece, (place.top, place.left)), radius, BACKGROUND))
        return strokes


def without_slits(truth: LabelMap) -> LabelMap:
    """The truth as a hand takes it: what is drawn in pieces, one pixel apart, is one thing to paint.

    Only background narrower than two pixels, with the same class on both sides, is painted over.
    """
    whole_things = truth.copy()
    for class_id in _classes_in(truth):
        if class_id != BACKGROUND:
            things = np.pad(truth == class_id, 2)
            closed = ndimage.binary_closing(things, np.ones((2, 2), bool))[2:-2, 2:-2]
            whole_things[closed & (truth == BACKGROUND)] = class_id
    return whole_things


def painted(strokes: Iterable[SimulatedStroke], shape: tuple[int, int]) -> LabelMap:
    """What strokes leave on an image of a shape: (H, W) class ids, 0 where nothing was painted."""
    labels = np.zeros(shape, np.uint8)
    for stroke in strokes:
        for start, end in itertools.pairwise(stroke.points):
            place = _span(start, end).grown(int(stroke.diameter / 2) + 1).intersection(whole(shape))
            if not place.empty:
                labels[place.slices][swept_disc(place, start, end, stroke.diameter / 2)] = stroke.class_id
    return labels


def _part(turn: int, count: int) -> slice:
    """Of so many strokes, those of one turn."""
    return slice(turn * count // EXAMPLE_TURNS, (turn + 1) * count // EXAMPLE_TURNS)


def _classes_in(labels: LabelMap) -> list[int]:
    return [int(each) for each in np.unique(labels) if each not in (UNKNOWN, CANT_TELL)]


def _regions(
    wanted: NDArray[np.bool_], room: NDArray[np.float32], corner: tuple[int, int] = (0, 0)
) -> Iterable[Region]:
    """The connected parts of a map (h, w) whose first pixel lies at `corner`."""
    parts, _ = ndimage.label(wanted, _EIGHT)
    for index, box in enumerate(ndimage.find_objects(parts), start=1):
        rows, columns = box
        inner = Rectangle(rows.start, columns.start, rows.stop, columns.stop).grown(1)
        inner = inner.intersection(whole(wanted.shape))
        yield Region(inner.shifted(*corner), parts[inner.slices] == index, room[inner.slices])


def _left_over(region: Region, strokes: Sequence[SimulatedStroke]) -> list[Region]:
    """What strokes left unpainted of a region, apart from rims and crumbs that nobody would go back for."""
    if not strokes:
        return []
    top, left = region.place.top, region.place.left
    here = [replace(s, points=tuple((row - top, column - left) for row, column in s.points)) for s in strokes]
    height, width = region.wanted.shape
    done = painted(here, (height, width)) != UNKNOWN
    open_yet = region.wanted & ~ndimage.binary_dilation(done, _EIGHT, iterations=2)
    worth = max(30.0, 0.02 * float(region.wanted.sum()))
    return [part for part in _regions(open_yet, region.room, (top, left)) if part.wanted.sum() >= worth]


def _lines_with_brush(
    wanted: NDArray[np.bool_], radius: NDArray[np.float64], spill: float
) -> list[tuple[Path, float]]:
    """Centre lines of a region with the brush's radius for each, without twigs that the brush covers anyway.

    Wide regions are looked at from further away, as one zooms out: thinning costs time with their width.
    """
    step = max(1, int(radius[wanted].max() / 8))
    found = []
    for index, line in enumerate(centre_lines(wanted[::step, ::step])):
        path = smoothed((line - 0.5) * step + 0.5, 2.0)
        places = path.astype(int)
        along = radius[places[:, 0], places[:, 1]]
        if not index or path_length(path) >= max(3.0, 1.2 * float(along.max())):
            found += _even_pieces(path, along, spill)
    return found


def _even_pieces(path: Path, along: NDArray[np.float64], spill: float) -> list[tuple[Path, float]]:
    """A path in pieces of nearly even width, each with its brush's radius, where the brush fits.

    along: the radius that fits at each point; the brush reaches at most `spill` further.
    """
    low, usual, high = (float(each) for each in np.percentile(along, (10, 25, 90)))
    if high > 1.8 * low + 1 and len(path) >= 60:
        middle = len(path) // 2
        first = _even_pieces(path[: middle + 1], along[: middle + 1], spill)
        return first + _even_pieces(path[middle:], along[middle:], spill)
    parts, _ = ndimage.label(along >= usual - spill)
    runs = [path[where] for (where,) in ndimage.find_objects(parts)]
    longest = max(len(run) for run in runs)
    return [(run, usual) for run in runs if len(run) == longest or path_length(run) >= 2 * usual]


def _nearest_first(strokes: Sequence[SimulatedStroke]) -> list[SimulatedStroke]:
    """Strokes in the order of a hand that goes on to the nearest one, from the first given."""
    waiting, ordered = list(strokes), []
    at = waiting[0].points[0] if waiting else (0.0, 0.0)
    while waiting:
        apart = [np.hypot(s.points[0][0] - at[0], s.points[0][1] - at[1]) for s in waiting]
        ordered.append(waiting.pop(int(np.argmin(apart))))
        at = ordered[-1].points[-1]
    return ordered


def _span(start: Point, end: Point) -> Rectangle:
    rows, columns = sorted((int(start[0]), int(end[0]))), sorted((int(start[1]), int(end[1])))
    return Rectangle(rows[0], columns[0], rows[1] + 1, columns[1] + 1)


def _around(stroke: SimulatedStroke) -> Rectangle:
    box = NOTHING
    for start, end in itertools.pairwise(stroke.points):
        box = box.union(_span(start, end))
    return box
