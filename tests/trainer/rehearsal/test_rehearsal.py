"""A whole rehearsal on a small labelled folder: the real service, a simulated user, a clock of work."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared_folder.annotation_files import annotated_names
from shared_folder.labelled import make_labelled_project, read_lesson
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id
from shared_folder.refused import Refused
from shared_folder.review import ReviewState
from shared_folder.segmentation import Segmentation
from tests.trainer.learning import small_device
from tests.trainer.small_folder import truth_of, write_image
from trainer.__main__ import main
from trainer.rehearsal.curve import at_minute
from trainer.rehearsal.painter import PERFECT, Painter
from trainer.rehearsal.whole import Settings, rehearse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nine images of squares; a tile's worth of work takes five seconds, so that few steps fill a minute."""
    for index in range(9):
        write_image(tmp_path / "images" / f"squares_{index}.png", index)
        (tmp_path / "masks").mkdir(exist_ok=True)
        Image.fromarray((truth_of(index) - 1).astype(np.uint8)).save(tmp_path / "masks" / f"squares_{index}.png")
    images, masks, to = (tmp_path / name for name in ("images", "masks", "to"))
    return Settings(images, masks, to, minutes=1.5, tiles_per_second=0.2, start_model="")


def run(settings: Settings, said: list[str] | None = None) -> dict[str, object]:
    return rehearse(settings, small_device(), (said if said is not None else []).append)


def test_a_rehearsal_learns_and_leaves_a_report(settings: Settings) -> None:
    said: list[str] = []
    facts = run(settings, said)
    assert facts["dice_final"] == facts["dice_best"] or facts["dice_best"] > 0.5  # type: ignore[operator]
    with (settings.to / "curve.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(said)
    assert rows[0]["model"] == ""
    assert rows[-1]["model"]
    assert float(rows[-1]["seconds"]) >= 90
    assert json.loads((settings.to / "summary.json").read_text()) == facts
    assert "curve.svg" in (settings.to / "report.md").read_text()
    assert (settings.to / "held_out_1.png").exists()


def test_what_is_held_out_is_never_annotated(settings: Settings) -> None:
    run(settings)
    lesson = read_lesson(settings.images, settings.masks, seed=settings.seed)
    held_out = {image_id(image.source.name) for image in lesson.held_out}
    project = SharedFolder(settings.to / "shared").project("rehearsal")
    painted = annotated_names(project.train).keys() | annotated_names(project.validation).keys()
    assert len(held_out) == 3
    assert painted
    assert not painted & held_out


def test_the_same_seed_gives_the_same_curve_and_another_one_another(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, minutes=0.6)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run(replace(settings, to=tmp_path / name, seed=seed))
    curves = [(tmp_path / name / "curve.csv").read_text() for name in "abc"]
    assert curves[0] == curves[1]
    assert curves[0] != curves[2]


def test_one_that_was_stopped_goes_on_at_its_image(settings: Settings) -> None:
    said: list[str] = []

    def stop_after_an_image(sentence: str) -> None:
        said.append(sentence)
        if ReviewState.EXAMPLE in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse(settings, small_device(), stop_after_an_image)
    facts = run(settings, said)
    with (settings.to / "curve.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    images = [row["image"] for row in rows if row["image"]]
    done = len(set(images))
    assert images[:done] == list(dict.fromkeys(images))
    assert done == facts["images"] > 1
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)
    assert run(settings, said) == facts  # nothing is left to do


def test_a_folder_of_something_else_is_refused(settings: Settings) -> None:
    settings.to.mkdir()
    (settings.to / "thesis.txt").write_text("mine")
    with pytest.raises(Refused, match="Choose another folder"):
        run(settings)
    assert (settings.to / "thesis.txt").read_text() == "mine"


def test_the_folder_of_another_rehearsal_is_refused(settings: Settings) -> None:
    run(replace(settings, minutes=0.1))
    with pytest.raises(Refused, match="another rehearsal"):
        run(replace(settings, seed=5))


def test_she_corrects_only_masks_that_are_worth_it(settings: Settings, tmp_path: Path) -> None:
    lesson = read_lesson(settings.images, settings.masks)
    labelled = make_labelled_project(SharedFolder(tmp_path / "shared"), "squares", lesson)
    painter = Painter(labelled, PERFECT, seed=0)
    name = labelled.annotated[0]
    truth = labelled.truth[name]
    good, bad = (Segmentation(Labels.from_array(labels), "000001_a") for labels in (truth, np.ones_like(truth)))
    painter.open(0)
    assert painter.plan(0, good).state is ReviewState.EXAMPLE  # the first two images are examples whatever comes
    painter.examples = 2
    assert painter.plan(0, bad).state is ReviewState.EXAMPLE
    assert painter.plan(0, good).state is ReviewState.EXAMPLE  # one may be luck
    assert painter.plan(0, good).state is ReviewState.NOTHING_TO_CORRECT
    missed = truth.copy()
    missed[np.argwhere(truth == 2)[0][0] :][:6] = 1
    planned = painter.plan(0, Segmentation(Labels.from_array(missed), "000001_a"))
    assert planned.state is ReviewState.COMPLETE
    assert {stroke.class_id for stroke in planned.strokes} >= {2}
    assert len(painter.seconds(planned.strokes)) == len(planned.strokes)
    painter.examples = 6
    assert painter.plan(0, bad).shown is not None


def test_where_images_run_out_she_goes_through_them_again(settings: Settings) -> None:
    facts = run(replace(settings, most_images=3))
    with (settings.to / "curve.csv").open(encoding="utf-8") as file:
        names = [row["image"] for row in csv.DictReader(file) if row["image"]]
    first = len(set(names))
    assert facts["images"] == first < len(names)
    assert names[first:] == names[: len(names) - first]


def test_what_she_painted_stays_when_she_comes_back(settings: Settings, tmp_path: Path) -> None:
    lesson = read_lesson(settings.images, settings.masks)
    labelled = make_labelled_project(SharedFolder(tmp_path / "shared"), "squares", lesson)
    painter = Painter(labelled, PERFECT, seed=0)
    painter.examples = 6
    truth = labelled.truth[labelled.annotated[0]]
    missed = Segmentation(Labels.from_array(np.ones_like(truth)), "000001_a")
    painter.open(0)
    first = painter.plan(0, missed)
    for stroke in first.strokes:
        painter.paint(stroke)
    painter.finish(first.state)
    again = len(labelled.annotated)
    painter.open(again)
    planned = painter.plan(again, missed)  # though the mask missed it all once more
    assert planned.state is ReviewState.COMPLETE
    assert sum(stroke.area for stroke in planned.strokes) < sum(stroke.area for stroke in first.strokes) / 2


def test_dice_at_a_minute_is_unknown_beyond_the_curve() -> None:
    assert at_minute([], 1) is None


def test_the_command_explains_itself_and_refuses_what_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["rehearse", "--help"])
    assert "examples:" in capsys.readouterr().out
    code = main(
        ["rehearse", "--images", str(tmp_path / "no"), "--masks", str(tmp_path), "--to", str(tmp_path / "to")]
    )
    assert code == 2
    assert "there is no such folder" in capsys.readouterr().err
