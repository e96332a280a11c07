"""Takes the window's screenshots for the documentation, of the sample project and the real widgets, offscreen.

python -m tests.screenshots OUT_DIR
"""

import os
import sys
from pathlib import Path


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m tests.screenshots OUT_DIR", file=sys.stderr)
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is loaded: the pictures don't depend on anybody's desktop
    from tests.screenshots.album import take_all  # noqa: PLC0415

    for path in take_all(Path(sys.argv[1])):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
