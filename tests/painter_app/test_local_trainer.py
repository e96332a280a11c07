"""The window's own trainer: a process that ends with the window."""

import sys
from pathlib import Path

import pytest

from painter_app.local_trainer import LocalTrainer

FAKE = (
    "import sys\nprint('works', *sys.argv[1:], flush=True)\nwhile sys.stdin.buffer.read(1):\n    pass\nprint('bye')"
)
STUBBORN = (
    "import signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('works', flush=True)\n"
    "while True:\n    time.sleep(0.1)"
)


def start(log: Path, code: str, shared: Path) -> LocalTrainer:
    trainer = LocalTrainer(log, (sys.executable, "-c", code))
    trainer.start(shared, "painter1", {"lab": "/lab/images"})
    return trainer


def test_it_is_told_what_to_serve_and_ends_with_its_input(qtbot, tmp_path: Path) -> None:
    log = tmp_path / "state" / "trainer.log"
    trainer = start(log, FAKE, tmp_path)
    assert trainer.running
    qtbot.waitUntil(lambda: "works" in log.read_text())
    trainer.stop()
    assert not trainer.running
    qtbot.waitUntil(lambda: not trainer.leaving)
    said = log.read_text()
    assert said.split() == [
        "works",
        "watch",
        str(tmp_path.resolve()),
        "--window",
        "painter1",
        "--stdin-open",
        "--images=lab=/lab/images",
        "bye",
    ]


def test_one_that_does_not_end_is_ended(qtbot, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("painter_app.local_trainer._PATIENCE_MILLISECONDS", 100)
    log = tmp_path / "trainer.log"
    trainer = start(log, STUBBORN, tmp_path)
    qtbot.waitUntil(lambda: "works" in log.read_text())
    trainer.stop()  # doesn't wait for it
    assert trainer.leaving
    qtbot.waitUntil(lambda: not trainer.leaving)


def test_the_next_one_starts_while_the_former_ends(qtbot, tmp_path: Path) -> None:
    said: list[str] = []
    log = tmp_path / "trainer.log"
    trainer = start(log, STUBBORN, tmp_path)
    trainer.ended.connect(said.append)
    qtbot.waitUntil(lambda: "works" in log.read_text())
    trainer.stop()
    trainer.start(tmp_path, "painter1", {})
    trainer.kill()  # the former
    qtbot.waitUntil(lambda: not trainer.leaving)
    assert trainer.running
    assert said == []
    trainer.stop()
    trainer.kill()


def test_one_that_fails_says_where_its_log_is(qtbot, tmp_path: Path) -> None:
    said: list[str] = []
    trainer = LocalTrainer(tmp_path / "trainer.log", (sys.executable, "-c", "raise SystemExit(3)"))
    trainer.ended.connect(said.append)
    trainer.start(tmp_path, "painter1", {})
    qtbot.waitUntil(lambda: bool(said))
    assert "code 3" in said[0]
    assert "trainer.log" in said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="a killed program has a code there")
def test_one_that_is_killed_says_so(qtbot, tmp_path: Path) -> None:
    said: list[str] = []
    trainer = LocalTrainer(tmp_path / "trainer.log", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    trainer.ended.connect(said.append)
    trainer.start(tmp_path, "painter1", {})
    qtbot.waitUntil(lambda: bool(said))
    assert "killed" in said[0]


def test_one_that_can_not_start_says_so(qtbot, tmp_path: Path) -> None:
    said: list[str] = []
    trainer = LocalTrainer(tmp_path / "trainer.log", ("/no/such/program",))
    trainer.ended.connect(said.append)
    trainer.start(tmp_path, "painter1", {})
    qtbot.waitUntil(lambda: bool(said))
    assert not trainer.running
