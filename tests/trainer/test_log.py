import itertools
import logging
import os
from pathlib import Path

import pytest

from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from trainer import log
from trainer.log import LOGS_KEPT, LogFile, news_between, remove_old_logs


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("trainer", logging.INFO, "", 0, text, None, None)


def test_lines_are_appended_and_the_file_is_not_held_open(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "lab.log"
    file = LogFile(path)
    file.emit(record("one"))
    path.rename(path.with_name("moved.log"))
    file.emit(record("two"))
    assert path.read_text().endswith("INFO two\n")
    assert path.with_name("moved.log").read_text().endswith("INFO one\n")


def test_a_long_log_is_set_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 100)
    file = LogFile(tmp_path / "lab.log")
    for number in range(20):
        file.emit(record(f"line {number}"))
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


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    LogFile(tmp_path / "lab.log").emit(record("\udcff.json"))
    assert (tmp_path / "lab.log").read_text().endswith("INFO \\udcff.json\n")


def roots(doing: Doing, **more: object) -> TrainerStatus:
    project = ProjectStatus.model_validate({"project": "projects/roots", "doing": doing, **more})
    return TrainerStatus(projects=(project,))


def test_each_piece_of_news_is_a_line_and_nothing_is_said_twice() -> None:
    waiting = roots(Doing.NEEDS_IMAGES, train_images=1)
    reading = roots(Doing.LEARNING)
    learning = roots(Doing.LEARNING, train_images=1, validation_images=1)
    published = roots(
        Doing.LEARNING, train_images=1, validation_images=1, model="000001_lab", score=0.87345, steps=60
    )
    resting = roots(Doing.RESTING, train_images=1, validation_images=1, model="000001_lab", score=0.87345, steps=90)
    story = [TrainerStatus(), waiting, reading, learning, published, published, resting]
    told = [news_between(before, after) for before, after in itertools.pairwise(story)]
    assert told == [
        ["roots: waits for annotated images: 1 to learn from, 0 to validate on"],
        [],
        ["roots: learns; images: 1 to learn from, 1 to validate on"],
        ["roots: newest model 000001_lab, Dice 0.873"],
        [],
        ["roots: rests until the next correction"],
    ]


def test_errors_and_refusals_are_said_once() -> None:
    before = TrainerStatus(refusals=("a.png: broken.",))
    after = TrainerStatus(refusals=("a.png: broken.", "b.png: broken."), error="No space left.")
    assert news_between(before, after) == ["b.png: broken.", "No space left."]
    assert news_between(after, after) == []
