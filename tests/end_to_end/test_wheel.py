"""What a user installs holds everything: the wheel, in an environment without the checkout, opens the sample."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

OPEN_THE_SAMPLE = """
import sys
from pathlib import Path
import painter_app, shared_folder
from shared_folder.layout import assets, starter_weights
where = Path(painter_app.__file__).parent
assert Path(sys.argv[1]) in where.parents, f"not the installed one: {where}"
assert starter_weights().is_file()
from PyQt6.QtWidgets import QApplication
from painter_app import app
from painter_app.settings import SettingsFile, user_folders
from painter_app.window import MainWindow
application = QApplication(["brushloop"])
folders = user_folders()
window = MainWindow(SettingsFile(folders.settings), folders, "test", native=False, starts_trainers=False)
window.show()
window.welcome.sample_chosen.emit()
from PyQt6.QtTest import QTest
for _ in range(600):
    QTest.qWait(50)
    if window.session.painting is not None:
        break
print(window.session.project.name, len(window.session.project.images), assets().name)
window.close()
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; the libraries it needs come from this one, our checkout doesn't."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(folder),
        str(REPOSITORY),
    ]
    subprocess.run(build, check=True, timeout=120)
    home = folder / "environment"
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (wheel,) = folder.glob("brushloop-*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(site), str(wheel)], check=True, timeout=120
    )
    # A .pth file adds the folder of libraries, but the .pth file in there that names the checkout is not followed.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home


def test_the_installed_wheel_opens_the_sample(environment: Path, tmp_path: Path) -> None:
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = subprocess.run(
        [str(python), "-c", OPEN_THE_SAMPLE, str(environment)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-2:] == ["24", "brushloop_assets"]
