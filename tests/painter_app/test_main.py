"""The command line's door."""

import subprocess
import sys
from pathlib import Path

import pytest

from painter_app.__main__ import library_sentence, main, qt_complaint

REPOSITORY = Path(__file__).parent.parent.parent


def test_help_has_examples(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "brushloop export" in capsys.readouterr().out


def test_version(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("brushloop ")


def test_a_path_that_is_not_there_is_one_sentence(capsys) -> None:
    assert main(["/no/such/project"]) == 1
    assert capsys.readouterr().err == "brushloop: /no/such/project: there is no such project or folder.\n"


def test_a_missing_library_is_named_with_its_command() -> None:
    sentence = library_sentence("libEGL.so.1: cannot open shared object file: No such file or directory")
    assert sentence == "Qt can't start: libEGL.so.1 is missing. Install it with:  sudo apt install libegl1"


def test_no_screen_is_said_not_crashed(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert "no screen" in qt_complaint()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert qt_complaint() is None


def test_without_qt_the_command_says_what_to_install() -> None:
    """And `export` works without it."""
    code = (
        "import sys\nsys.modules['PyQt6'] = None\nfrom painter_app.__main__ import main\n"
        "assert main(['.']) == 1\nsys.exit(main(['export', '/no/project', '--to', '/no/masks']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install brushloop[gui]" in done.stderr
    assert "Traceback" not in done.stderr
