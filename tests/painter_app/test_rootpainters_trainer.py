"""RootPainter's trainer for our window: a fake of it, written from the facts, and the real window."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.session import rootpainter_trainer
from painter_app.session.rootpainter_trainer import Obstacle, RootPainterNews, RootPainterTrainer
from shared_folder.classes import new_classes
from shared_folder.desired import DesiredState
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, ProjectSettings, create_project, open_project
from tests.painter_app.conftest import SHAPE, Studio

NAMES = tuple(f"plot_{number}.png" for number in range(1, 6))


class ItsTrainer:
    """RootPainter's trainer: carries out instructions in the order of their names, and chokes on one it doesn't know.

    Its masks are a square in its colours.
    """

    def __init__(self, shared: SharedFolder) -> None:
        self.sync = shared.root
        self.training = False
        self.project = ""
        self.done: list[str] = []
        self.breaks_on: set[str] = set()
        for folder in ("instructions", "executed_instructions", "failed_instructions"):
            (self.sync / folder).mkdir(exist_ok=True)

    def look(self) -> None:
        for path in sorted((self.sync / "instructions").iterdir()):
            if path.name.startswith("."):
                continue
            name = path.name.rpartition("_")[0]
            content = json.loads(path.read_text())
            if name in self.breaks_on:
                path.rename(self.sync / "failed_instructions" / path.name)
                reason = self.sync / "failed_instructions" / f"{path.name}_exception.txt"
                reason.write_text("Traceback (most recent call last):\nRuntimeError: CUDA out of memory\n")
                continue
            {
                "start_training": self.start,
                "stop_training": self.stop,
                "segment": self.segment,
                "trainer_status": self.tell,
            }[name](content)
            self.done.append(name)
            path.rename(self.sync / "executed_instructions" / path.name)

    def start(self, content: dict[str, str]) -> None:
        assert set(content) == {
            "model_dir",
            "dataset_dir",
            "train_annot_dir",
            "val_annot_dir",
            "seg_dir",
            "log_dir",
            "message_dir",
        }
        if self.training:
            return
        assert all((self.sync / folder).is_dir() for folder in content.values())
        assert list((self.sync / content["train_annot_dir"]).iterdir())
        self.training, self.project = True, Path(content["model_dir"]).parent.name
        self.say(content, "Training started")

    def stop(self, content: dict[str, str]) -> None:
        self.training = False
        self.say(content, "Training stopped")

    def say(self, content: dict[str, str], message: str) -> None:
        (self.sync / content["message_dir"] / message).touch()

    def segment(self, content: dict[str, object]) -> None:
        for name in content["file_names"]:
            assert (self.sync / content["dataset_dir"] / name).is_file()
            path = self.sync / content["seg_dir"] / f"{Path(name).stem}.png"
            if not path.exists():
                pixels = np.zeros((*SHAPE, 4), np.uint8)
                pixels[20:60, 20:60] = (0, 255, 255, 178)
                Image.fromarray(pixels).save(path)

    def tell(self, _: dict[str, object]) -> None:
        content = {"timestamp": time.time(), "training": self.training, "project": self.project}
        (self.sync / "trainer_status.json").write_text(json.dumps(content))

    def pending(self) -> list[str]:
        return sorted(path.name.rpartition("_")[0] for path in (self.sync / "instructions").iterdir())


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    """As its window makes it, and nothing annotated."""
    root = shared.root / "projects" / "plots"
    for folder in ("annotations/train", "annotations/val", "segmentations", "models", "messages", "logs"):
        (root / folder).mkdir(parents=True)
    (shared.datasets / "field").mkdir(parents=True)
    random = np.random.default_rng(3)
    for name in NAMES:
        Image.fromarray(random.integers(0, 255, (*SHAPE, 3), np.uint8)).save(shared.datasets / "field" / name)
    (root / "models" / "000001_1700000000.pkl").write_bytes(b"random")
    facts = {
        "name": "plots",
        "dataset": "field",
        "original_model_file": "random weights",
        "location": "projects/plots",
        "file_names": list(NAMES),
    }
    (root / "plots.seg_proj").write_text(json.dumps(facts))
    return open_project(root)


@pytest.fixture
def trainer(shared: SharedFolder) -> ItsTrainer:
    return ItsTrainer(shared)


class Talk:
    """Our side, at times that the test says."""

    def __init__(self, project: Project, trainer: ItsTrainer) -> None:
        self.ours = RootPainterTrainer(project)
        self.project, self.trainer = project, trainer
        self.now = 0.0

    def look(self, seconds: float = 1.0, served: bool = False, **wanted: object) -> RootPainterNews:
        self.now += seconds
        return self.ours.look(self.project, DesiredState(**wanted), served, self.now)

    def turn(self, **wanted: object) -> RootPainterNews:
        """It looks, we look, and both again once we have asked anew."""
        self.look(11, **wanted)
        self.trainer.look()
        return self.look(**wanted)

    def annotate(self, name: str, folder: Path) -> None:
        pixels = np.zeros((*SHAPE, 4), np.uint8)
        pixels[20:60, 20:60] = (255, 0, 0, 180)
        made = folder / f".{name}"
        Image.fromarray(pixels).save(made, "PNG")
        made.rename(folder / name)

    def annotate_two(self) -> None:
        self.annotate(NAMES[0], self.project.folder.validation)
        self.annotate(NAMES[1], self.project.folder.train)


@pytest.fixture
def talk(project: Project, trainer: ItsTrainer) -> Talk:
    return Talk(project, trainer)


def test_a_folder_that_is_not_its_own_is_left_alone(project: Project) -> None:
    news = RootPainterTrainer(project).look(project, DesiredState(learning=True), served=False, now=0)
    assert (news.settled, news.answers) == (True, False)
    assert not project.shared.instructions.exists()


def test_it_is_asked_and_given_time_to_answer(talk: Talk) -> None:
    assert not talk.look().settled
    assert talk.trainer.pending() == ["trainer_status"]
    assert not talk.look(4).settled
    assert talk.look(2) == RootPainterNews(settled=True)
    assert talk.trainer.pending() == []  # a trainer of ours that starts now finds no question
    talk.look(60)
    talk.trainer.look()
    assert talk.look().answers


def test_an_old_answer_is_none(talk: Talk) -> None:
    talk.trainer.tell({})
    assert not talk.look().answers


def test_an_answer_of_our_own_trainer_is_not_its(talk: Talk) -> None:
    talk.look()
    said = {"timestamp": time.time(), "training": False, "project": "", "program": "brushloop"}
    (talk.trainer.sync / "trainer_status.json").write_text(json.dumps(said))
    assert not talk.look().answers


def test_the_question_is_taken_back_when_nobody_waits_for_it(talk: Talk) -> None:
    talk.look()
    talk.ours.close()
    assert talk.trainer.pending() == []


def test_where_a_trainer_of_ours_serves_nothing_is_said(talk: Talk) -> None:
    talk.look()
    news = talk.look(served=True, learning=True, masks=NAMES)
    assert (news.settled, news.answers) == (True, False)
    assert talk.trainer.pending() == []


def test_it_learns_once_it_can_and_stops_when_told(talk: Talk) -> None:
    assert talk.turn(learning=True).obstacle is Obstacle.EXAMPLES
    assert "start_training" not in talk.trainer.done + talk.trainer.pending()
    talk.annotate_two()
    talk.turn(learning=True)
    news = talk.turn(learning=True)
    assert news.training
    assert news.message == "Training started"
    talk.look(learning=False)
    talk.trainer.look()
    assert talk.trainer.done[-1] == "stop_training"
    news = talk.turn(learning=False)
    assert (news.training, news.message) == (False, "Training stopped")


def test_what_it_ends_by_itself_begins_again_with_new_annotations_alone(talk: Talk) -> None:
    talk.annotate_two()
    for _ in range(3):
        talk.turn(learning=True)
    talk.trainer.training = False
    for _ in range(3):
        talk.turn(learning=True)
    assert talk.trainer.done.count("start_training") == 1
    talk.annotate(NAMES[2], talk.project.folder.train)
    for _ in range(3):
        talk.turn(learning=True)
    assert talk.trainer.done.count("start_training") == 2


def test_one_that_was_started_anew_is_told_again(talk: Talk) -> None:
    talk.annotate_two()
    for _ in range(3):
        talk.turn(learning=True)
    talk.trainer.training = False
    talk.look(70, learning=True)  # silent meanwhile; when it starts it throws away what waits
    for path in talk.project.shared.instructions.iterdir():
        path.unlink()
    for _ in range(3):
        talk.turn(learning=True)
    assert talk.trainer.training


def test_another_projects_learning_is_not_disturbed(talk: Talk) -> None:
    talk.annotate_two()
    talk.trainer.training, talk.trainer.project = True, "carrots"
    news = talk.turn(learning=True)
    assert (news.training, news.elsewhere) == (False, "carrots")
    talk.turn(learning=False)
    assert set(talk.trainer.done) == {"trainer_status"}


def test_masks_come_once_there_is_a_model_the_one_on_the_screen_first(talk: Talk) -> None:
    wanted = {"image": NAMES[3], "masks": (NAMES[3], NAMES[4])}
    talk.turn(**wanted)
    assert talk.trainer.pending() == []  # random weights make no mask that anyone wants
    (talk.project.folder.rootpainter_models / "000002_1700000100.pkl").write_bytes(b"better")
    assert talk.look(**wanted).queue == 1
    asked = [path for path in talk.project.shared.instructions.iterdir() if path.name.startswith("segment")]
    assert [json.loads(path.read_text())["file_names"] for path in asked] == [[NAMES[3]]]
    talk.trainer.look()
    talk.look(**wanted)
    talk.trainer.look()
    assert talk.look(**wanted).queue == 0
    assert sorted(path.name for path in talk.project.folder.segmentations.iterdir()) == [NAMES[3], NAMES[4]]


def test_a_mask_that_it_gives_up_is_said_and_not_asked_for_again(talk: Talk) -> None:
    (talk.project.folder.rootpainter_models / "000002_1700000100.pkl").write_bytes(b"better")
    talk.trainer.breaks_on = {"segment"}
    wanted = {"image": NAMES[3], "masks": (NAMES[3],)}
    talk.turn(**wanted)
    talk.trainer.look()
    news = talk.look(**wanted)
    assert (news.error, news.queue) == ("RuntimeError: CUDA out of memory", 0)
    talk.look(40, **wanted)
    assert "segment" not in talk.trainer.pending()


def test_messages_stay_until_its_own_window_has_seen_them(talk: Talk) -> None:
    talk.turn()
    message = talk.project.folder.messages / "Training 3 of max 60 epochs without progress"
    message.touch()
    assert talk.look().message == message.name
    assert message.exists()
    talk.look(3)
    assert not message.exists()
    assert talk.look().message == message.name


def test_several_classes_and_images_elsewhere_are_nothing_for_it(shared: SharedFolder, trainer: ItsTrainer) -> None:
    (shared.datasets / "x").mkdir(parents=True)
    several = ProjectSettings(classes=new_classes(["root", "soil"]))
    moved = ProjectSettings(classes=new_classes(["root"]), image_root="camera")
    for name, settings, obstacle in (("a", several, Obstacle.CLASSES), ("b", moved, Obstacle.ELSEWHERE)):
        talk = Talk(create_project(shared, name, "x", NAMES, settings), trainer)
        assert talk.turn(learning=True).obstacle is obstacle
    assert set(trainer.done) == {"trainer_status"}


def test_in_the_window_one_annotates_it_learns_and_masks_arrive(
    studio: Studio, project: Project, trainer: ItsTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rootpainter_trainer, "_ASK_SECONDS", 0.5)
    theirs = replace(studio, project=project)
    window = theirs.open()
    panel = window.page.trainer

    def until_said(headline: str) -> None:
        def said() -> bool:
            trainer.look()
            return panel._banner._headline.text() == headline

        theirs.qtbot.waitUntil(said, timeout=20_000)

    until_said("Waiting for examples")
    for following in NAMES[1:3]:
        theirs.paint(window, (50, 50), (50, 90))
        theirs.do(window, "save_and_next")
        theirs.at(window, following)
    until_said("Learning")
    assert trainer.training
    (project.folder.rootpainter_models / "000002_1700000100.pkl").write_bytes(b"better")

    def masked() -> bool:
        trainer.look()
        return window.session.mask.shown is not None

    theirs.qtbot.waitUntil(masked, timeout=20_000)
    assert window.session.mask.shown.labels.to_array()[40, 40] == 2
    theirs.do(window, "learning")
    until_said("Learning is off")
    assert not trainer.training
