import os
import subprocess
import sys

import pytest

from trainer.processes import keep_freed_memory, runs


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


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_freed_memory_is_kept_for_the_next_array() -> None:
    script = (
        "import resource, sys\n"
        "import numpy as np\n"
        "from trainer.processes import keep_freed_memory\n"
        "keep_freed_memory()\n"
        "np.ones(40_000_000, np.uint8)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(20): np.ones(40_000_000, np.uint8)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100  # given back each time, each array is mapped anew


def test_keeping_memory_does_no_harm_anywhere() -> None:
    keep_freed_memory()
