"""What every test stands on: no screen needed, nothing of the user's touched, no error logged unseen."""

import functools
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Of torch, here and in every trainer that a test starts: small networks gain little from threads, and where tests run
# side by side each would wait for the other's.
os.environ["OMP_NUM_THREADS"] = "1"

from shared_folder.layout import SharedFolder


@pytest.fixture(autouse=True, scope="session")
def _patient_waits() -> Iterator[None]:
    """What a test waits for comes at once, or, on a machine that is busy, some seconds later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QtBot, "waitUntil", functools.partialmethod(QtBot.waitUntil, timeout=30_000))
        yield


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's settings and journals are neither read nor written."""
    home = tmp_path / "home"
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture(autouse=True)
def _no_unseen_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in the log fails the test, unless the test takes it out with caplog.clear()."""
    yield
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, f"errors in the log: {errors}"


@pytest.fixture
def shared(tmp_path: Path) -> SharedFolder:
    """An empty shared folder."""
    root = tmp_path / "shared"
    root.mkdir()
    return SharedFolder(root)
