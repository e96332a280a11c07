from pathlib import Path

import pytest
from PIL import Image

from shared_folder.model_facts import ModelClass, ModelFacts
from shared_folder.project import Project
from tests.trainer.learning import small_device
from tests.trainer.small_folder import annotate
from trainer import inspecting
from trainer.__main__ import main
from trainer.device import Device
from trainer.model_store import ModelStore
from trainer.network import NetworkShape, UNet, receptive_field
from trainer.sampling import AnnotatedImage


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(*_: object) -> Device:
        return small_device()

    monkeypatch.setattr("trainer.device.choose_device", choose)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    facts = ModelFacts(
        number=1,
        trainer="lab-0001",
        classes=(ModelClass(id=2, name="root", colour="#e41a1c"),),
        network={},
        normalisation="any",
        scores={"dice": 0.5},
    )
    return ModelStore(tmp_path / "models").save(UNet(NetworkShape(widths=(8, 16))), facts)


def test_a_models_table_says_what_it_is_made_of(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(model)]) == 0
    told = capsys.readouterr().out
    total = sum(each.numel() for each in UNet(NetworkShape(widths=(8, 16))).parameters())
    side = receptive_field(NetworkShape(widths=(8, 16)))
    for words in (f"{total:,}", f"{side} x {side} pixels", "max pooling 2 x 2", "2 root (#e41a1c)", "dice 0.500"):
        assert words in told
    assert not [line for line in told.splitlines() if line != line.rstrip()]


def sheet_of(project: Project, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the images that a project's sheet shows."""
    shown: list[str] = []

    def note(images: list[AnnotatedImage], tile: int, title: str, scale: float) -> Image.Image:
        shown.extend(image.name for image in images)
        return real(images, tile, title, scale=scale)

    real = inspecting.augmentation_sheet
    monkeypatch.setattr(inspecting, "augmentation_sheet", note)
    assert main(["inspect", str(project.folder.root), "--augmentations", str(sheet)]) == 0
    with Image.open(sheet) as picture:
        assert picture.height > 11 * small_device().tile_size
    return shown


def test_a_projects_sheet_shows_its_annotated_images(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate(project, 4)
    annotate(project, 2, validation=True)
    assert sheet_of(project, tmp_path / "sheet.png", monkeypatch) == [project.images[2], project.images[4]]


def test_before_any_annotation_the_first_images_are_shown_and_damaged_ones_passed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.image_path(project.images[1]).write_bytes(b"no image")
    assert sheet_of(project, tmp_path / "sheet.png", monkeypatch) == [project.images[0], *project.images[2:6]]


def test_a_mistake_is_said_in_one_sentence(
    project: Project, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no model")
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"no model")
    empty = tmp_path / "empty"
    empty.mkdir()
    root = str(project.folder.root)
    for arguments in (
        [str(tmp_path / "nowhere.safetensors")],
        [str(text)],
        [str(foreign)],
        [str(model), "--augmentations", "sheet.png"],
        [root],
        [root, "--augmentations", str(tmp_path / "sheet.jpg")],
        [str(empty), "--augmentations", str(tmp_path / "sheet.png")],
    ):
        assert main(["inspect", *arguments]) == 2, arguments
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.strip().splitlines()) == 1


def test_a_project_whose_images_have_all_gone_is_said_to_have_none(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in project.images:
        project.image_path(name).unlink()
    arguments = ["inspect", str(project.folder.file), "--augmentations", str(tmp_path / "sheet.png")]
    assert main(arguments) == 2
    assert "no image to draw" in capsys.readouterr().err
