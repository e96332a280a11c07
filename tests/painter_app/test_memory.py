"""Memory that large arrays took is the system's again once they are gone."""

import subprocess
import sys

import pytest

_SCRIPT = """
import re
import numpy as np
from painter_app.app import give_freed_memory_back

def anonymous():
    status = open("/proc/self/status", encoding="ascii").read()
    return int(re.search(r"RssAnon:\\s+(\\d+) kB", status)[1])

give_freed_memory_back()
np.ones(30_000_000, np.uint8)  # freed at once: from then on the C library would keep ones of up to that size
before = anonymous()
pairs = [(np.ones(2_000_000, np.uint8), np.ones(50_000, np.uint8)) for _ in range(30)]
kept = [small for _, small in pairs]  # and those would pin the large ones' room
del pairs
print(anonymous() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_large_arrays_leave_nothing_behind() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10_000  # kilobytes; all of them would be 60,000
