import logging
import os
from pathlib import Path

import pytest

from trainer import log_file
from trainer.log_file import LOGS_KEPT, LogFile, remove_old_logs


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("trainer", logging.INFO, "", 0, text, None, None)


def test_lines_are_appended_and_the_file_is_not_held_open(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "lab.log"
    log = LogFile(path)
    log.emit(record("one"))
    path.rename(path.with_name("moved.log"))
    log.emit(record("two"))
    assert path.read_text().endswith("INFO two\n")
    assert path.with_name("moved.log").read_text().endswith("INFO one\n")


def test_a_long_log_is_set_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 100)
    log = LogFile(tmp_path / "lab.log")
    for number in range(20):
        log.emit(record(f"line {number}"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab.log", "lab.log.1"]
    assert all(path.stat().st_size < 200 for path in tmp_path.iterdir())
    assert "line 19" in (tmp_path / "lab.log").read_text()


def test_a_folder_that_cant_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    LogFile(tmp_path / "logs" / "lab.log").emit(record("lost"))


def test_the_oldest_logs_of_this_host_go(tmp_path: Path) -> None:
    for number in range(LOGS_KEPT + 3):
        path = tmp_path / f"lab-{number:04d}.log"
        path.write_text("")
        os.utime(path, (number, number))
    (tmp_path / "other-0000.log").write_text("")
    remove_old_logs(tmp_path, "lab-")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"other-0000.log", *(f"lab-{number:04d}.log" for number in range(3, LOGS_KEPT + 3))}
