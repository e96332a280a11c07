import os
import subprocess
import sys

import pytest

from trainer.processes import runs


def test_which_processes_run() -> None:
    assert runs(os.getpid())
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not runs(ended.pid)
    assert not runs(0)


@pytest.mark.skipif(sys.platform == "win32", reason="its numbers are smaller")
def test_numbers_that_no_process_has() -> None:
    assert not runs(-5)
    runs(2**80)  # from a hostile file: whatever the answer, no error
