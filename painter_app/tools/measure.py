"""Measurements of masks: how many things, how long, and each region's size and form. From any folder of masks."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from painter_app.marking import marked
from painter_app.tools.mask_reading import Foreground, foreground_of
from painter_app.tools.tool import (
    FROM_MASKS,
    TO_CSV,
    Entry,
    Kind,
    Outcome,
    Progress,
    Tool,
    Values,
    for_each,
    fresh,
    masks_in,
)
from shared_folder.publish import publish

Rows = list[tuple[str | int | float, ...]]
_DECIMALS = 4


def count(foreground: Foreground) -> int:
    """Connected regions; pixels that touch at a corner are connected."""
    from skimage.measure import label  # noqa: PLC0415  (a quarter of a second, that no window waits for)

    return int(label(foreground, return_num=True, connectivity=2)[1])


def length(foreground: Foreground) -> int:
    """Pixels of the skeleton."""
    from skimage.morphology import skeletonize  # noqa: PLC0415

    return int(skeletonize(foreground).sum())


def regions(foreground: Foreground) -> Rows:
    """Of each region: x, y (its centroid), diameter (of the circle of its area), area, perimeter, eccentricity
    (0 for a circle, towards 1 for a line); lengths in pixels."""
    from skimage.measure import label, regionprops  # noqa: PLC0415

    rows: Rows = []
    for region in regionprops(label(foreground, connectivity=2)):
        row, column = region.centroid
        figures = column, row, region.equivalent_diameter_area, region.area, region.perimeter, region.eccentricity
        rows.append(tuple(round(float(figure), _DECIMALS) for figure in figures))
    return rows


def _count_rows(path: Path, _values: Values) -> Rows:
    return [(path.name, count(foreground_of(path)))]


def _length_rows(path: Path, _values: Values) -> Rows:
    return [(path.name, length(foreground_of(path)))]


def _region_rows(path: Path, values: Values) -> Rows:
    area = 3
    return [(path.name, *row) for row in regions(foreground_of(path)) if float(row[area]) >= values["smallest"]]


def _table(columns: Sequence[str], of: Callable[[Path, Values], Rows]) -> Callable[[Values, Progress], Outcome]:
    """A tool's work: a table of all masks of a folder, written once all are measured."""

    def run(values: Values, progress: Progress) -> Outcome:
        target = fresh(values["to"])
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        outcome = for_each(masks_in(values["masks"]), lambda path: table.writerows(of(path, values)), progress)
        if outcome.done:
            publish(target, text.getvalue().encode())
        return outcome

    return run


SMALLEST = Entry("smallest", marked("&Smallest area"), marked("Regions of fewer pixels are left out"), Kind.NUMBER, 0)
COUNT = Tool(
    "count",
    marked("&Count…"),
    marked("Writes how many separate regions each mask of a folder has."),
    (FROM_MASKS, TO_CSV),
    _table(("file_name", "count"), _count_rows),
    "--masks masks --to count.csv",
)
LENGTH = Tool(
    "length",
    marked("&Length…"),
    marked("Writes how long the things in each mask of a folder are together: pixels of the skeleton."),
    (FROM_MASKS, TO_CSV),
    _table(("file_name", "length_pixels"), _length_rows),
    "--masks masks --to length.csv",
)
REGIONS = Tool(
    "regions",
    marked("&Regions…"),
    marked("Writes place, diameter, area, perimeter and eccentricity of each region in the masks of a folder."),
    (FROM_MASKS, SMALLEST, TO_CSV),
    _table(("file_name", "x", "y", "diameter", "area", "perimeter", "eccentricity"), _region_rows),
    "--masks masks --smallest 10 --to regions.csv",
)
