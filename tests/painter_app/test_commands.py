import argparse
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.__main__ import main
from painter_app.commands import add_parsers
from shared_folder.classes import FOREGROUND
from shared_folder.labels import Labels
from shared_folder.project import STARTER, open_project
from shared_folder.segmentation import Segmentation, write_segmentation


def run(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="brushloop")
    add_parsers(parser.add_subparsers())
    arguments = parser.parse_args([str(word) for word in words])
    code: int = arguments.handler(arguments)
    return code


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(4):
        Image.fromarray(np.full((200, 300, 3), index, np.uint8)).save(folder / f"{index}.png")
    return folder


def test_new_makes_a_project_and_prints_its_file_alone(shared, images, capsys):
    code = run("new", "crops", "--images", images, "--in", shared.root, "--classes", "crop, weed", "--sample", 3)
    written = capsys.readouterr()
    project = open_project(Path(written.out.strip()))
    assert code == 0
    assert [known.name for known in project.classes] == ["crop", "weed"]
    assert len(project.images) == 3
    assert "Copying: 3 of 3" in written.err


@pytest.mark.parametrize(("options", "start_model"), [([], STARTER), (["--from-scratch"], "")])
def test_new_starts_from_the_starter_weights_unless_told_otherwise(shared, images, capsys, options, start_model):
    assert run("new", "roots", "--images", images, "--in", shared.root, *options) == 0
    assert open_project(shared.project("roots").root).settings.start_model == start_model


def test_new_cuts_tiles(shared, images, capsys):
    assert run("new", "tiles", "--images", images, "--in", shared.root, "--tiles", 150) == 0
    assert len(open_project(shared.project("tiles").root).images) == 8


def test_new_names_the_trainers_option_for_an_image_root(shared, images, capsys):
    assert run("new", "big", "--images", images, "--in", shared.root, "--root", "lab", "--tiles", "no") == 0
    assert f"--images lab={images}" in capsys.readouterr().err


def test_new_lists_what_it_left_out(shared, images, capsys):
    (images / "broken.png").write_bytes(b"no image")
    assert run("new", "roots", "--images", images, "--in", shared.root) == 0
    assert "left out: broken.png" in capsys.readouterr().err


def test_a_refusal_is_one_sentence_and_exit_code_1(shared, tmp_path, capsys):
    assert run("new", "roots", "--images", tmp_path / "nowhere", "--in", shared.root) == 1
    written = capsys.readouterr()
    assert "no such folder" in written.err
    assert not written.out


@pytest.mark.parametrize(
    "wrong",
    [
        ["--tiles", "few"],
        ["--sample", "0"],
        ["--classes", "a,,b"],
        ["--classes", "a,a"],
        ["--classes", ",".join("c" * n for n in range(1, 34))],
        ["--link", "--root", "x"],
    ],
)
def test_wrong_options_are_a_usage_error(shared, images, wrong, capsys):
    with pytest.raises(SystemExit) as end:
        run("new", "roots", "--images", images, "--in", shared.root, *wrong)
    assert end.value.code == 2


def test_export_ends_with_0_with_1_for_bad_masks_and_with_1_for_none(shared, images, tmp_path, capsys):
    run("new", "roots", "--images", images, "--in", shared.root)
    project = open_project(shared.project("roots").root)
    out = tmp_path / "out"
    assert run("export", project.folder.root, "--to", out) == 1
    assert "0 masks exported. 4 images have no mask yet." in capsys.readouterr().err
    mask = Segmentation(Labels.from_array(np.full((200, 300), FOREGROUND, np.uint8)), "000001_t")
    write_segmentation(project.segmentation_path("0.png"), mask, project.classes)
    assert run("export", project.folder.file, "--to", out, "--format", "rhizovision") == 0
    assert not np.asarray(Image.open(out / "0.png")).any()
    project.segmentation_path("1.png").write_bytes(b"damaged")
    assert run("export", project.folder.root, "--to", out) == 1
    assert "1.png" in capsys.readouterr().err


def test_ctrl_c_leaves_nothing_and_says_so(shared, images, capsys, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("painter_app.datasets.make.shutil.copyfile", interrupt)
    assert run("new", "roots", "--images", images, "--in", shared.root) == 130
    assert not any(path.is_file() for path in shared.root.rglob("*"))


@pytest.mark.parametrize("command", ["new", "export"])
def test_help_shows_examples(command, capsys):
    with pytest.raises(SystemExit) as end:
        run(command, "--help")
    assert end.value.code == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "p", "--images", "x", "--in", "y", "--tiles", "big"], "'big' is no whole number"),
        (["new", "p", "--images", "x", "--in", "y", "--sample", "0"], "'0' is no whole number"),
        (["export", "p", "--to", "x", "--format", "bmp"], "'bmp' is none of mask, "),
    ],
)
def test_a_slip_in_an_option_is_said_in_words(capsys, arguments, said) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err
