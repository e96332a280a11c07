"""The trainer's log in the shared folder: opened for each line only, since no shared file is held open."""

import logging
import os
from pathlib import Path

from trainer.stamps import stamp_of

MOST_BYTES = 1_000_000
"""Longer logs are set beside as <name>.1, in the place of the one before."""
LOGS_KEPT = 10
"""Of trainers that ended; the oldest go when a new one starts."""


class LogFile(logging.Handler):
    """Appends records to a file. A folder that can't be written is no reason to stop work: the line is lost."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > MOST_BYTES:
                os.replace(self._path, self._path.with_name(f"{self._path.name}.1"))  # noqa: PTH105 (replaces)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return


def remove_old_logs(folder: Path, prefix: str) -> None:
    """Keep the newest logs whose names begin so, remove the others."""
    stamps = {path: stamp_of(path) for path in folder.glob(f"{prefix}*.log*")}
    oldest_first = sorted((stamp.modified_ns, path) for path, stamp in stamps.items() if stamp is not None)
    for _, path in oldest_first[:-LOGS_KEPT]:
        path.unlink(missing_ok=True)
