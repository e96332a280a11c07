"""What the tools save: seconds in which a simulated user corrects the masks of finished rehearsals, with each tool.

    python -m tests.benchmarks.tools RUNS

The second table tells how well Snap follows thin things: the way between two points of a true centre line, some 60 to
120 pixels apart along it, found from the image alone.

RUNS holds rehearsals, each a folder as `brushloop-trainer rehearse --to` leaves it. What is corrected are the masks
of its held-out images, by a model from a third of its way and by the last one.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import perimeter

from painter_app.canvas.snap import REACH
from shared_folder.brush_paths import centre_lines
from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.flood import Flood, ReadImage
from shared_folder.images import open_image
from shared_folder.live_wire import LiveWire, nearest
from shared_folder.rectangle import Rectangle, whole
from shared_folder.scores import LabelMap
from shared_folder.simulated_user import Habits, Pace, SimulatedStroke, SimulatedUser
from shared_folder.visible_errors import clearance_of, visible_errors
from trainer.device import choose_device
from trainer.model_store import load_model
from trainer.rehearsal.measuring import HeldOut
from trainer.rehearsal.whole import open_rehearsal

_EIGHT = np.ones((3, 3), bool)
EVERYTHING = Habits(most_strokes=100_000, missed_share=0.0)
SHORTEST, LONGEST, MOST_WAYS = 60, 120, 12
"""Pixels of a way along its line; and how many of one image."""
THIN, NEAR = 12.0, 2.0
"""Pixels of a line's width, and from its middle."""
SMALLEST = 5
"""Pixels of a region that she sees."""
WORTH_A_FILL = 30
"""Pixels of an error for which she takes up the fill."""
NEARBY = 160
"""Pixels around the middle of an error that she sees while she fills it."""
TOLERANCES = (3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 90, 120)
_FILLING = Pace().between_strokes + 1.0  # seconds: to press, and to drag until it looks right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, metavar="RUNS")
    runs = [path.parent for path in sorted(parser.parse_args().runs.glob("*/rehearsal.json"))]
    print("| rehearsal | masks | brush, s | and regions, s | clicks | saved | and lasso, s | saved ", end="")
    print("| lasso and fills by colour, s | fills | saved beside the lasso |", "|---" * 11 + "|", sep="\n")
    for run in runs:
        figures = np.array(list(_masks(run))).sum(0)
        brush, regions, clicks, lasso, filled, fills, count = figures
        print(
            f"| {run.name} | {count:.0f} | {brush:.0f} | {regions:.0f} | {clicks:.0f} "
            f"| {100 * (1 - regions / brush):.0f} % | {lasso:.0f} | {100 * (1 - lasso / brush):.0f} % "
            f"| {filled:.0f} | {fills:.0f} | {100 * (1 - filled / lasso):.0f} % |",
            flush=True,
        )
    print("\n| rehearsal | ways | within 2 pixels of the line: straight | snapped |", "|---|---|---|---|", sep="\n")
    for run in runs:
        ways = np.array(list(_ways(run))).reshape(-1, 2)
        if len(ways):
            straight, snapped = 100 * ways.mean(0)
            print(f"| {run.name} | {len(ways)} | {straight:.0f} % | {snapped:.0f} % |", flush=True)
    return 0


def _masks(folder: Path) -> Iterator[tuple[float, float, int, float, float, int, int]]:
    """Of each mask: seconds with the brush alone, with clicks on regions too, those clicks, seconds with the lasso
    beside the brush, with fills by colour too, those fills, and 1."""
    device = choose_device("cpu")
    labelled = open_rehearsal(folder)
    held_out = HeldOut(labelled, device)
    models = sorted(labelled.project.folder.models.glob("*.safetensors"))
    for model in (load_model(path, device) for path in (models[len(models) // 3], models[-1])):
        for name in labelled.held_out:
            truth, mask = labelled.truth[name], held_out.mask(model, name)
            image = open_image(labelled.project.image_path(name))
            filled, fills = after_fills(truth, mask, partial(image.displayed, 0))
            in_all = lasso_seconds(truth, filled) + fills * _FILLING
            brush = _seconds(truth, mask)
            clicked, clicks = after_clicks(truth, mask)
            regions = _seconds(truth, clicked, clicks)
            yield brush, regions, clicks, lasso_seconds(truth, mask), in_all, fills, 1


def _ways(folder: Path) -> Iterator[tuple[float, float]]:
    """Of each way: the share of the straight one, and of the snapped one, that lies near the true centre line."""
    labelled = open_rehearsal(folder)
    for name in labelled.held_out:
        things = labelled.truth[name] > BACKGROUND
        clearance = ndimage.distance_transform_edt(things)
        lines = [line for line in centre_lines(things) if len(line) >= SHORTEST]
        if not lines:
            continue
        middle = np.zeros(things.shape, bool)
        for line in lines:
            middle[tuple(np.floor(line).astype(int).T)] = True
        near = ndimage.distance_transform_edt(~middle) <= NEAR
        image = open_image(labelled.project.image_path(name))
        for line in lines[:MOST_WAYS]:
            piece = np.floor(line[:LONGEST]).astype(int)
            width = 2 * float(np.median(clearance[tuple(piece.T)]))
            if width > THIN:
                continue
            start, end = piece[0], piece[-1]
            part = Rectangle(*start, *(start + 1)).grown(REACH).intersection(whole(things.shape))
            corner = np.array((part.top, part.left))
            if (np.abs(end - start) >= REACH).any():
                continue
            wire = LiveWire(image.displayed(0, part), nearest(start - corner, near.shape), max(1.0, width))
            way = np.floor(wire.path(nearest(end - corner, near.shape))).astype(int) + corner
            steps = np.linspace(start, end, len(way)).round().astype(int)
            yield float(near[tuple(steps.T)].mean()), float(near[tuple(way.T)].mean())


def _seconds(truth: LabelMap, mask: LabelMap, clicks: int = 0) -> float:
    """To correct every visible error of a mask with the brush, and to have clicked so often before."""
    user = SimulatedUser(0, EVERYTHING)
    return user.seconds_for(user.corrections(truth, mask), truth.shape) + clicks * user.pace.between_strokes


def after_clicks(truth: LabelMap, mask: LabelMap) -> tuple[LabelMap, int]:
    """The mask after a click on each region that is wrong as a whole, blobs and holes; and how many clicks."""
    corrected, clicks = mask.copy(), 0
    for label in np.unique(mask).tolist():
        regions, _ = ndimage.label(mask == label, None if label == BACKGROUND else _EIGHT)
        for number, box in enumerate(ndimage.find_objects(regions), start=1):
            inside = regions[box] == number
            true = truth[box][inside]
            known = true[true != UNKNOWN]
            if inside.sum() >= SMALLEST and len(known) and (known == known[0]).all() and known[0] != label:
                corrected[box][inside] = known[0]
                clicks += 1
    return corrected, clicks


def after_fills(truth: LabelMap, mask: LabelMap, read: ReadImage) -> tuple[LabelMap, int]:
    """The mask after a fill by colour of each error for which that saves time, beside brush and lasso; how many.

    She presses in the middle of the error, sees what is near, and chooses the tolerance that is best by the pixels.
    """
    wrong = visible_errors(truth, mask, clearance_of(truth))
    regions, _ = ndimage.label(wrong, _EIGHT)
    corrected, fills = mask.copy(), 0
    for number, box in enumerate(ndimage.find_objects(regions), start=1):
        inside = regions[box] == number
        if inside.sum() < WORTH_A_FILL:
            continue
        depth = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
        row, column = np.add(np.unravel_index(depth.argmax(), depth.shape), [side.start for side in box]).tolist()
        seen = Rectangle(row, column, row + 1, column + 1).grown(NEARBY)
        flood = Flood((row, column), seen, truth.shape, read)
        true, before, label = truth[flood.part.slices], corrected[flood.part.slices], truth[row, column]
        known = (true != UNKNOWN) & (true != CANT_TELL)

        def gain(reached: NDArray[np.bool_], known=known, true=true, before=before, label=label) -> int:
            changed = reached & known & (before != label)
            return int((changed & (true == label)).sum()) - 2 * int((changed & (true != label)).sum())

        reached = max((flood.reached(tolerance) for tolerance in TOLERANCES), key=gain)
        after = np.where(reached, label, before)
        saves = gain(reached) >= WORTH_A_FILL
        if saves and lasso_seconds(true, before) - lasso_seconds(true, after) > _FILLING:
            corrected[flood.part.slices] = after
            fills += 1
    return corrected, fills


def lasso_seconds(truth: LabelMap, mask: LabelMap) -> float:
    """With the lasso around each error for which that is quicker than the brush."""
    user = SimulatedUser(0, EVERYTHING)
    wrong = visible_errors(truth, mask, clearance_of(truth))
    regions, _ = ndimage.label(wrong, _EIGHT)
    strokes = user.corrections(truth, mask)
    by_region: dict[int, list[SimulatedStroke]] = {}
    for stroke in strokes:
        row, column = (int(each) for each in stroke.points[len(stroke.points) // 2])
        inside = 0 <= row < wrong.shape[0] and 0 <= column < wrong.shape[1]
        by_region.setdefault(int(regions[row, column]) if inside else 0, []).append(stroke)
    saved = 0.0
    boxes = ndimage.find_objects(regions)
    for number, own in by_region.items():
        if number:
            around = perimeter(np.pad(regions[boxes[number - 1]] == number, 1))
            lasso = user.pace.between_strokes + around / user.pace.painting
            saved += max(0.0, user.seconds_for(own) - lasso)
    return user.seconds_for(strokes, truth.shape) - saved


if __name__ == "__main__":
    sys.exit(main())
