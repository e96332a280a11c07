import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.layout import SharedFolder
from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.publish import read_document
from shared_folder.segmentation import NO_MODEL, model_of
from shared_folder.status import TrainerStatus
from tests.trainer.learning import small_device
from tests.trainer.small_folder import SHAPE, make_project, wish, write_image
from trainer import segment_folder
from trainer.__main__ import main
from trainer.commands.watch import _polite_ends
from trainer.device import Device
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet

REPOSITORY = Path(__file__).parent.parent.parent


def write_model(folder: Path, classes: int = 1) -> Path:
    facts = ModelFacts(
        number=1,
        trainer="lab-0001",
        classes=tuple(ModelClass(id=2 + index, name=f"c{index}", colour="#e41a1c") for index in range(classes)),
        network={},
        normalisation="any",
    )
    return ModelStore(folder).save(UNet(NetworkShape(out_channels=1 + classes, widths=(8, 16))), facts)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "models")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    for index, name in enumerate(("a.png", "deeper/b.png", "deeper/still/c.jpg")):
        write_image(folder / name, index)
    return folder


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(*_: object) -> Device:
        return small_device()

    monkeypatch.setattr("trainer.device.choose_device", choose)


@pytest.fixture
def segment(model: Path, images: Path, tmp_path: Path) -> Callable[..., int]:
    """Calls `segment` with good arguments, and others after them."""

    def calling(*more: str) -> int:
        return main(
            ["segment", "--model", str(model), "--images", str(images), "--to", str(tmp_path / "masks"), *more]
        )

    return calling


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("command", ["watch", "segment"])
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main([command, "--help"])
    assert ending.value.code == 0
    assert f"examples:\n  brushloop-trainer {command}" in capsys.readouterr().out


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["--version"])
    assert ending.value.code == 0
    assert re.fullmatch(r"brushloop-trainer \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["wach"], "invalid choice"),
        (["watch"], "FOLDER"),
        (["segment", "--format", "gif"], "invalid choice"),
        (["segment", "--threshold", "2"], "'2' is not a number between 0 and 1"),
        (["segment", "--threshold", "half"], "'half' is not a number between 0 and 1"),
    ],
)
def test_mistakes_in_the_command_end_with_2(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    error = capsys.readouterr().err
    assert "usage:" in error
    assert word in error


def test_mistakes_in_paths_are_a_sentence_and_end_with_2(
    segment: Callable[..., int], tmp_path: Path, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = str(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    for arguments, word in [
        (["--model", nothing], "no such model"),
        (["--model", str(images / "a.png")], "Choose another model"),
        (["--images", nothing], "no such folder"),
        (["--images", str(tmp_path / "empty")], "no images"),
        (["--to", str(images)], "Choose another"),
        (["--to", str(images / "deeper" / "masks")], "lies in the folder of images"),
        (["--model", str(images)], "no such model"),
        (["--to", str(images / "a.png")], "is a file"),
    ]:
        assert segment(*arguments) == 2
        error = capsys.readouterr().err
        assert word in error
        assert "Traceback" not in error
    assert main(["watch", nothing]) == 2
    (images / "brushloop").write_text("a file where the folder should be")
    assert main(["watch", str(images)]) == 2
    assert "can't be written" in capsys.readouterr().err
    assert main(["watch", str(tmp_path), "--images", "scans"]) == 2
    assert "NAME=DIR" in capsys.readouterr().err


def test_subfolders_are_mirrored(segment: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert segment() == 0
    assert files(tmp_path / "masks") == ["a.png", "deeper/b.png", "deeper/still/c.png", "run.json"]
    mask = Image.open(tmp_path / "masks" / "deeper" / "b.png")
    assert mask.size == (SHAPE[1], SHAPE[0])
    assert set(np.unique(np.asarray(mask))) <= {0, 255}
    out, error = capsys.readouterr()
    assert out.startswith("3 masks made, 0 were there")
    assert "3/3 images, 100 %" in error


@pytest.mark.parametrize(("name", "suffix"), [("rhizovision", ".png"), ("npz", ".npz"), ("labels", ".png")])
def test_other_formats(segment: Callable[..., int], tmp_path: Path, name: str, suffix: str) -> None:
    assert segment("--format", name) == 0
    assert f"a{suffix}" in files(tmp_path / "masks")


def test_a_run_goes_on_where_it_was(
    segment: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    segment()
    (tmp_path / "masks" / "a.png").unlink()
    before = (tmp_path / "masks" / "deeper" / "b.png").stat().st_mtime_ns
    assert segment() == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 masks made, 2 were there")
    assert (tmp_path / "masks" / "deeper" / "b.png").stat().st_mtime_ns == before


def test_a_run_is_not_gone_on_with_with_anything_else(
    segment: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    segment()
    other = write_model(tmp_path / "other")
    for arguments, word in [
        (["--threshold", "0.4"], "threshold 0.5, not 0.4"),
        (["--model", str(other)], "model sha256"),
        (["--format", "npz"], "format mask, not npz"),
    ]:
        assert segment(*arguments) == 2
        assert word in capsys.readouterr().err
    run = tmp_path / "masks" / "run.json"
    run.write_text(run.read_text().replace(json.loads(run.read_text())["version"], "0.0.0"))
    assert segment() == 2
    assert "version 0.0.0" in capsys.readouterr().err


def test_bad_images_are_listed_at_the_end(
    segment: Callable[..., int], images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (images / "deeper" / "broken.tif").write_bytes(b"II*\0 but no more")
    (images / "cut.png").write_bytes((images / "a.png").read_bytes()[:2000])
    assert segment() == 1
    out, error = capsys.readouterr()
    assert "3 masks made, 0 were there, 2 images could not be used" in out
    assert "deeper/broken.tif" in error.splitlines()[-1]
    assert any(line.startswith("cut.png:") for line in error.splitlines()[-2:])
    assert "Traceback" not in error


def test_two_images_of_one_name_get_a_mask_each(segment: Callable[..., int], images: Path, tmp_path: Path) -> None:
    write_image(images / "a.jpg", 7)
    assert segment() == 0
    assert {"a.jpg.png", "a.png.png"} <= set(files(tmp_path / "masks"))


def test_pages_get_a_mask_each(segment: Callable[..., int], images: Path, tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((40, 50), value, np.uint8)) for value in (0, 100, 200)]
    pages[0].save(images / "stack.tif", save_all=True, append_images=pages[1:])
    assert segment() == 0
    assert {f"stack_p000{page}.png" for page in (1, 2, 3)} <= set(files(tmp_path / "masks"))


def test_ctrl_c_ends_with_130(
    segment: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(segment_folder, "_make", interrupted)
    assert segment() == 130
    assert capsys.readouterr().err.endswith("stopped\n")


def test_progress_on_a_terminal_is_one_line_with_the_time_that_is_left() -> None:
    now = [0.0]
    written = io.StringIO()
    progress = segment_folder.Progress(written.write, True, lambda: now[0])
    for done in (1, 2, 4):
        now[0] = done * 90.0
        progress.report(done, 100, f"{done}.png")
    progress.end()
    lines = written.getvalue().split("\r\x1b[K")[1:]
    assert lines[0] == "1/100 images, 1 %, 2:28:30 left  1.png"
    assert lines[-1] == "4/100 images, 4 %, 2:24:00 left  4.png\n"


def test_a_card_that_torch_cant_use_is_said_to_painters_too(
    shared: SharedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices: list[Device] = []

    class Ending:
        """A service that ends at once."""

        def __init__(self, _folder: Path, device: Device, **_options: object) -> None:
            devices.append(device)

        def run(self) -> None:
            pass

    monkeypatch.setattr("trainer.service.Service", Ending)
    monkeypatch.setattr("trainer.device.cuda_advice", lambda: "pip install the other one")
    monkeypatch.setattr("trainer.commands.watch.signal.signal", lambda *_: None)
    assert main(["watch", str(shared.root)]) == 0
    assert devices[0].description.endswith(". pip install the other one")


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGHUP")
def test_a_closed_terminal_ends_it_politely_unless_nohup_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.commands.watch.signal.getsignal", lambda _: signal.SIG_DFL)
    assert _polite_ends() == [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
    monkeypatch.setattr("trainer.commands.watch.signal.getsignal", lambda _: signal.SIG_IGN)
    assert _polite_ends() == [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("ending", ["input closes", "SIGTERM"])
@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM")
def test_the_real_program_serves_and_says_goodbye(shared: SharedFolder, ending: str) -> None:
    project = make_project(shared)
    wish(project, 2)
    command = [sys.executable, "-m", "trainer", "watch", str(shared.root), "--device", "cpu", "--stdin-open"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [*command, "--window", "ada"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            deadline = time.monotonic() + 60
            mask = project.segmentation_path(project.images[2])
            while model_of(mask) != NO_MODEL and time.monotonic() < deadline and process.poll() is None:
                threading.Event().wait(0.02)
            assert model_of(mask) == NO_MODEL
            if ending == "SIGTERM":
                process.terminate()
            _, error = process.communicate(timeout=30)  # closes its standard input
        finally:
            process.kill()
    assert process.returncode == 0, error
    (path,) = shared.trainers.iterdir()
    status = read_document(path, TrainerStatus)
    assert status.ended
    assert status.window == "ada"
    assert status.process == process.pid
    assert "Traceback" not in error
