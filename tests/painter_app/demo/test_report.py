"""The report: figures for programs, words for people, a curve; what counts as learning."""

import json
from pathlib import Path

from PIL import Image
from pytestqt.qtbot import QtBot

from painter_app.demo.report import Annotated, Measured, Outcome, write_report
from shared_folder.classes import new_classes
from shared_folder.scores import Confusion

NOTHING_FOUND = Confusion({(1, 1): 80, (2, 1): 10, (3, 1): 10})
HALF_FOUND = Confusion({(1, 1): 80, (2, 2): 10, (3, 1): 10})


def outcome_of(after: Confusion) -> Outcome:
    outcome = Outcome(new_classes(["crop", "weed"]), ("b.png",), ("c.png: has no mask; left out.",))
    outcome.before = Measured(3.0, NOTHING_FOUND)
    outcome.annotated = [Annotated("a.png", "corrections", 12, 30.04, 1.26, "000001_t", Measured(20.0, after))]
    outcome.after = Measured(60.0, after)
    outcome.device, outcome.model, outcome.seconds = "CPU", "000002_t", 61.0
    return outcome


def test_the_figures_and_the_words(qtbot: QtBot, tmp_path: Path) -> None:
    write_report(tmp_path, outcome_of(HALF_FOUND))
    facts = json.loads((tmp_path / "report.json").read_text())
    assert (facts["dice_before"], facts["dice_after"], facts["passed"]) == (0.0, 0.5, True)
    assert facts["dice_by_class"] == {"crop": 1.0, "weed": 0.0}
    assert facts["classes_in_masks"] == ["background", "crop"]
    assert (facts["seconds"], facts["images"], facts["device"]) == (61.0, 1, "CPU")
    assert facts["dice_by_image"][0] == {
        "image": "a.png",
        "kind": "corrections",
        "strokes": 12,
        "painting_seconds": 30.0,
        "seconds": 20.0,
        "dice": 0.5,
        "mask_seconds": 1.26,
        "model": "000001_t",
    }
    words = (tmp_path / "report.md").read_text()
    assert "**0.00** before any training, **0.50** after 1 image" in words
    assert "| a.png | corrections | 12 | 30 | 1.3 s | 20 | 0.50 |" in words
    assert "- c.png: has no mask; left out." in words
    with Image.open(tmp_path / "learning_curve.png") as curve:
        assert curve.size == (900, 540)


def test_too_little_gain_is_no_success() -> None:
    assert outcome_of(HALF_FOUND).gained
    assert not outcome_of(NOTHING_FOUND).gained
    assert not Outcome(new_classes(["root"]), (), ()).gained


def test_one_that_was_stopped_early_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    stopped = Outcome(new_classes(["root"]), ("b.png",), ())
    stopped.stopped = "The window was closed."
    write_report(tmp_path, stopped)
    assert json.loads((tmp_path / "report.json").read_text())["dice_after"] is None
    assert "It ended early: The window was closed." in (tmp_path / "report.md").read_text()
