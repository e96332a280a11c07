"""Processes of this machine: whether one runs, and letting others go first."""

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
        import ctypes  # noqa: PLC0415  (its Windows part exists on Windows only)

        below_normal = 0x4000
        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), below_normal)
    else:
        os.nice(10)


def _runs_on_windows(process: int) -> bool:
    """There, os.kill would end the process."""
    import ctypes  # noqa: PLC0415  (its Windows part exists on Windows only)

    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(query_limited_information, False, process)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
