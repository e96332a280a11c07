"""The command: which folders it may replace, and what it says to folders that can't be used."""

from pathlib import Path

import pytest

from painter_app.demo.command import main, prepare_folder
from shared_folder.refused import Refused


def test_only_a_demonstrations_own_folder_is_replaced(tmp_path: Path) -> None:
    to = tmp_path / "demo"
    prepare_folder(to)
    (to / "report.md").write_text("old")
    prepare_folder(to)
    assert not (to / "report.md").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("all of it")
    with pytest.raises(Refused, match="no demonstration made it"):
        prepare_folder(mine)
    assert (mine / "thesis.txt").read_text() == "all of it"


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(Refused):
        prepare_folder(tmp_path / "demo")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--images", "nowhere", "--masks", "nowhere"], "no such folder"), (["--images", "nowhere"], "Give both")],
)
def test_a_bad_folder_ends_with_two_and_a_sentence(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--to", str(tmp_path / "demo")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()
