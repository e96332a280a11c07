"""Processes of this machine: whether one runs, letting others go first, and how ours holds its memory."""

import ctypes
import os
import sys


def runs(process: int) -> bool:
    """Whether there is a process of this number on this machine."""
    if process <= 0:
        return False
    if sys.platform == "win32":
        return _runs_on_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass  # somebody else's, or no number of a process here: not ours to judge
    return True


def make_way() -> None:
    """Lower this process's own priority, so that a window on the same machine stays smooth."""
    if sys.platform == "win32":
        below_normal = 0x4000
        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), below_normal)
    else:
        os.nice(10)


def keep_freed_memory() -> None:
    """Let the C library keep what is freed, where it can be told to (glibc).

    By default it gives every large array back to the system at once and gets it again page by page, for each layer of
    each batch: a tenth of a training step, measured on two cores. What is kept is bounded.
    """
    if sys.platform != "linux":
        return
    trim_threshold, mmap_threshold = -1, -3  # of mallopt(3)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(mmap_threshold, 64 << 20)
        mallopt(trim_threshold, 512 << 20)


def _runs_on_windows(process: int) -> bool:
    """There, os.kill would end the process."""
    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(query_limited_information, False, process)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
