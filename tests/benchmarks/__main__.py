"""The benchmarks: a printed table, and bench.json with the same rows.

python -m tests.benchmarks [half_hour] [calibration] [canvas] [latency] [many] [memory] [network] [painting] [window]
"""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.benchmarks.rows import Row

NAMES = ("half_hour", "calibration", "canvas", "latency", "many", "memory", "network", "painting", "window")
TARGET_FILE = Path("bench.json")


def main() -> int:
    wanted = tuple(sys.argv[1:]) or NAMES
    if not set(wanted) <= set(NAMES):
        print(f"benchmarks: choose from {', '.join(NAMES)}", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows: list[Row] = []
    for name in wanted:
        print(f"{name}…", file=sys.stderr)
        measure: Callable[[], list[Row]] = import_module(f"tests.benchmarks.{name}").rows
        rows += measure()
    print_table(rows)
    TARGET_FILE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"\n{len(rows)} figures, also in {TARGET_FILE}")
    return 0


def print_table(rows: list[Row]) -> None:
    """One line for each figure. Whether a target is reached stands in words."""
    width = max(len(row["name"]) for row in rows)
    print(f"{'':{width}}  {'value':>10}  {'unit':<11} {'peer':>10} {'ratio':>8} {'target':>8}")
    for row in rows:
        met = {None: "", True: "met", False: "NOT MET"}[row["met"]]
        figures = [f"{row['value']:>10g}  {row['unit']:<11}", _figure(row["peer"], 10), _figure(row["ratio"], 8)]
        print(f"{row['name']:{width}}  {' '.join(figures)} {_figure(row['target'], 8)} {met}")


def _figure(value: float | None, width: int) -> str:
    return f"{value:>{width}g}" if value is not None else " " * width


if __name__ == "__main__":
    sys.exit(main())
