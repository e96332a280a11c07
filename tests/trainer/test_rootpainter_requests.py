"""Our trainer for RootPainter's window: a fake of its client, written from the facts, and our service."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from painter_app.tools.segment import segment_folder
from shared_folder import rootpainter
from shared_folder.layout import SharedFolder
from shared_folder.refused import Refused
from shared_folder.rootpainter import AskStatus, Segment, StartTraining, StopTraining
from shared_folder.segmentation import model_of
from tests.trainer.small_folder import SHAPE, Clock, Start, look_now, truth_of, until, write_image
from tests.trainer.test_main import write_model

pytestmark = pytest.mark.usefixtures("quick_validations")
IMAGES = tuple(f"plot_{index}.png" for index in range(6))


class Client:
    """RootPainter's client: instructions by the hash of their content, annotations written in place."""

    def __init__(self, shared: SharedFolder) -> None:
        self.sync = shared.root
        self.project = shared.root / "projects" / "plots"
        for folder in ("annotations/train", "annotations/val", "segmentations", "models", "messages", "logs"):
            (self.project / folder).mkdir(parents=True)
        for folder in ("instructions", "executed_instructions", "failed_instructions"):
            (self.sync / folder).mkdir()
        for index, name in enumerate(IMAGES):
            write_image(self.sync / "datasets" / "field" / name, index)
        facts = {
            "name": "plots",
            "dataset": "field",
            "original_model_file": "random weights",
            "location": "projects/plots",
            "file_names": list(IMAGES),
        }
        (self.project / "plots.seg_proj").write_text(json.dumps(facts))

    def send(self, name: str, content: dict[str, object]) -> Path:
        text = json.dumps(content)
        path = self.sync / "instructions" / f"{name}_{hash(text)}"
        path.write_text(text)
        return path

    def start(self) -> Path:
        inside = "projects/plots/"
        return self.send(
            "start_training",
            {
                "model_dir": f"{inside}models",
                "dataset_dir": "datasets/field",
                "train_annot_dir": f"{inside}annotations/train",
                "val_annot_dir": f"{inside}annotations/val",
                "seg_dir": f"{inside}segmentations",
                "log_dir": f"{inside}logs",
                "message_dir": f"{inside}messages",
            },
        )

    def stop(self) -> Path:
        return self.send("stop_training", {"message_dir": "projects/plots/messages"})

    def segment(self, *names: str, **others: object) -> Path:
        content: dict[str, object] = {
            "dataset_dir": "datasets/field",
            "seg_dir": "projects/plots/segmentations",
            "model_dir": "projects/plots/models",
            "message_dir": "projects/plots/messages",
        }
        return self.send("segment", content | ({"file_names": list(names)} if names else {}) | others)

    def annotate(self, index: int, folder: str) -> None:
        """As it paints: half of the image, in place."""
        truth = truth_of(index)
        pixels = np.zeros((*SHAPE, 4), np.uint8)
        pixels[truth == 2] = (255, 0, 0, 180)
        pixels[truth == 1] = (0, 255, 0, 180)
        pixels[:, 64:] = 0
        with (self.project / "annotations" / folder / f"plot_{index}.png").open("wb") as file:
            Image.fromarray(pixels).save(file, "PNG")

    def mask(self, name: str) -> Path:
        return self.project / "segmentations" / f"{Path(name).stem}.png"

    def messages(self) -> list[str]:
        """It shows a message's name and deletes the file."""
        found = sorted((self.project / "messages").iterdir())
        for path in found:
            path.unlink()
        return [path.name for path in found]

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.sync / folder).iterdir())


@pytest.fixture
def client(shared: SharedFolder) -> Client:
    return Client(shared)


def test_it_is_told_that_a_trainer_is_there(start: Start, client: Client) -> None:
    asked = client.send("trainer_status", {})
    service = start()
    until(service, (client.sync / "trainer_status.json").exists)
    answer = json.loads((client.sync / "trainer_status.json").read_text())
    assert answer.keys() == {"timestamp", "training", "project", "program"}  # the last is for a window of ours
    assert answer["training"] is False
    assert client.names("executed_instructions") == [asked.name]


def test_the_mask_that_it_waits_for_comes_before_any_model(start: Start, client: Client) -> None:
    """Also where it had asked before the trainer was started; Save & Next is disabled until the file is there."""
    asked = client.segment(IMAGES[3], IMAGES[4])
    service = start()
    until(service, lambda: client.names("instructions") == [])
    assert client.names("executed_instructions") == [asked.name]
    with Image.open(client.mask(IMAGES[3])) as mask:
        assert mask.mode == "RGBA"
        assert mask.size == (SHAPE[1], SHAPE[0])
    assert client.names("projects/plots/segmentations") == ["plot_3.png", "plot_4.png"]
    assert client.names("projects/plots/models") == []


def test_learning_begins_and_ends_with_its_words_and_may_be_asked_for_twice(
    start: Start, clock: Clock, client: Client
) -> None:
    for index, folder in ((0, "val"), (1, "train"), (2, "val")):
        client.annotate(index, folder)
    first = client.start()
    client.segment(IMAGES[4])
    service = start()
    until(service, lambda: client.mask(IMAGES[4]).exists())
    assert client.messages() == ["Training started"]
    assert client.start() == first  # the same name again
    look_now(service, clock)
    assert client.messages() == []  # dropped while it trains
    until(service, lambda: model_of(client.mask(IMAGES[4])) == "000001_lab-0001")  # it took the empty one's place
    until(service, lambda: len(client.names("projects/plots/brushloop/models")) >= 5)
    client.segment(IMAGES[5])
    until(service, lambda: client.mask(IMAGES[5]).exists())
    with Image.open(client.mask(IMAGES[5])) as mask:
        colours = {colour for _, colour in mask.getcolors(100)}
    assert colours == {(0, 255, 255, 178), (0, 0, 0, 0)}
    stopped = client.stop()
    until(service, lambda: not stopped.exists())
    assert client.messages() == ["Training stopped"]
    assert client.stop() == stopped
    until(service, lambda: not stopped.exists())
    assert client.messages() == ["Network not training"]
    assert client.start() == first
    until(service, lambda: not first.exists())
    assert client.messages() == ["Training started"]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ({}, "a.png"),
        ({"format": "RhizoVision Explorer (.png)"}, "a.png"),
        ({"format": "Numpy Compressed (.npz)"}, "a.npz"),
    ],
)
def test_a_folder_is_segmented_by_the_models_that_are_named(
    start: Start, client: Client, asked: dict[str, str], written: str
) -> None:
    write_image(client.sync / "datasets" / "others" / "a.png", 3)
    write_image(client.sync / "datasets" / "others" / "b.png", 4)
    models = [write_model(client.sync / "projects" / name / "kept") for name in ("plots", "other")]
    instruction = client.segment(
        dataset_dir="datasets/others",
        seg_dir="results/masks",
        model_paths=[path.relative_to(client.sync).as_posix() for path in models],
        **asked,
    )
    (client.sync / "results" / "masks").mkdir(parents=True)
    there = client.sync / "results" / "masks" / written.replace("a", "b")
    there.write_bytes(b"is there already")
    service = start()
    until(service, lambda: not instruction.exists())
    assert client.names("executed_instructions") == [instruction.name]
    assert there.read_bytes() == b"is there already"
    file = client.sync / "results" / "masks" / written
    if written.endswith(".npz"):
        with np.load(file) as archive:
            assert archive["seg"].dtype == bool
            assert archive["seg"].shape == SHAPE
    else:
        with Image.open(file) as mask:
            assert mask.mode == ("L" if asked else "RGBA")


def test_what_cannot_be_done_is_put_aside_with_the_reason_and_the_rest_goes_on(
    start: Start, clock: Clock, client: Client, tmp_path: Path
) -> None:
    (client.sync / "datasets" / "field" / IMAGES[2]).write_bytes(b"no image")
    (client.sync / "instructions" / "segment_77").write_text("{half")
    bad = {
        client.segment(IMAGES[2]).name: IMAGES[2],
        client.segment("unknown.png").name: "unknown.png",
        client.segment(seg_dir="../../elsewhere").name: "leads out",
        client.segment(dataset_dir="/etc").name: "leads out",
        client.segment(model_dir="projects/none/models", seg_dir="results").name: "no model yet",
        client.send("dance", {}).name: "nobody here knows",
        "segment_77": "JSON",
    }
    good = client.segment(IMAGES[3])
    service = start()
    until(service, lambda: client.names("executed_instructions") == [good.name])
    for _ in range(12):
        look_now(service, clock)
    until(service, lambda: client.names("instructions") == [])
    for name, word in bad.items():
        reason = (client.sync / "failed_instructions" / f"{name}_exception.txt").read_text()
        assert word in reason
    assert not (tmp_path / "elsewhere").exists()


def test_an_instruction_that_is_still_being_written_is_waited_for(start: Start, clock: Clock, client: Client) -> None:
    path = client.segment(IMAGES[1])
    content = path.read_text()
    path.write_text(content[:20])
    service = start()
    look_now(service, clock)
    path.write_text(content)
    until(service, lambda: client.mask(IMAGES[1]).exists())
    look_now(service, clock)
    assert client.names("failed_instructions") == []


def test_a_wish_that_is_taken_back_is_forgotten(start: Start, clock: Clock, client: Client) -> None:
    path = client.segment(seg_dir="results", dataset_dir="datasets/field", model_paths=["nowhere.pkl"])
    service = start()
    path.unlink()
    for _ in range(3):
        look_now(service, clock)
    assert client.names("failed_instructions") == []


def test_where_nobody_uses_rootpainter_nothing_of_it_is_made(start: Start, shared: SharedFolder) -> None:
    service = start()
    assert not service.advance()
    assert {path.name for path in shared.root.iterdir()} <= {"brushloop", "projects", "datasets"}


def test_what_we_write_for_its_trainer_is_what_its_client_would(shared: SharedFolder, client: Client) -> None:
    folder = shared.project("plots")
    start = rootpainter.start_training(shared, folder, "field")
    assert rootpainter.read_instruction(rootpainter.write_instruction(shared, start)) == start
    assert isinstance(rootpainter.read_instruction(client.start()), StartTraining)
    assert rootpainter.read_instruction(client.start()) == start
    wish = rootpainter.segment(shared, folder, "field", IMAGES[:2])
    path = rootpainter.write_instruction(shared, wish)
    assert path == rootpainter.write_instruction(shared, wish)
    assert json.loads(path.read_text()).keys() == {
        "dataset_dir", "seg_dir", "model_dir", "file_names", "message_dir"
    }  # fmt: skip
    assert rootpainter.read_instruction(path) == wish
    rootpainter.write_instruction(shared, AskStatus())
    rootpainter.write_instruction(shared, StopTraining(message_dir="projects/plots/messages"))
    names = {path.name.rpartition("_")[0] for path in rootpainter.pending(shared)}
    assert names == {"start_training", "segment", "trainer_status", "stop_training"}
    assert isinstance(wish, Segment)


def test_messages_and_answers_are_read_back(shared: SharedFolder, client: Client) -> None:
    assert rootpainter.read_answer(shared) is None
    rootpainter.answer(shared, True, "plots")
    answer = rootpainter.read_answer(shared)
    assert answer is not None
    assert (answer.training, answer.project) == (True, "plots")
    messages = client.project / "messages"
    rootpainter.tell(messages, "Training 3 of max 60 epochs without progress")
    assert rootpainter.see_messages(messages) == ["Training 3 of max 60 epochs without progress"]


def test_our_window_has_a_folder_segmented_by_two_models_together_and_by_each(start: Start, client: Client) -> None:
    write_image(client.sync / "datasets" / "others" / "a.png", 3)
    (client.sync / "datasets" / "others" / "b.png").write_bytes(b"half a file")
    models = tuple(write_model(client.sync / "projects" / name / "kept") for name in ("plots", "other"))
    service = start()
    shown: list[tuple[int, int]] = []
    for by in ("mean", "each"):
        to = client.sync / "masks" / by
        values = {
            "images": client.sync / "datasets" / "others",
            "models": models,
            "by": by,
            "to": to,
            "format": "npz",
        }
        outcome = segment_folder(values, lambda *done: shown.append(done), lambda _: service.advance())
        assert outcome.done == (1 if by == "mean" else 2)
        assert len(outcome.refused) == outcome.done
        assert all("b.png: this is not a PNG" in sentence for sentence in outcome.refused)
    assert shown[0] == (0, 2)
    assert shown[-1] == (4, 4)
    written = sorted(
        path.relative_to(client.sync / "masks").as_posix() for path in (client.sync / "masks").rglob("*.npz")
    )
    assert written == [f"each/{models[0].stem}/a.npz", f"each/{models[0].stem}_2/a.npz", "mean/a.npz"]


def test_what_is_stopped_is_taken_back_and_what_lies_elsewhere_refused(client: Client, tmp_path: Path) -> None:
    write_image(client.sync / "datasets" / "others" / "a.png", 3)
    model = write_model(client.sync / "projects" / "plots" / "kept")
    values = {
        "images": client.sync / "datasets" / "others",
        "models": (model,),
        "by": "mean",
        "to": client.sync / "masks",
        "format": "segmentation",
    }

    def stop(_: float) -> None:
        assert len(client.names("instructions")) == 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        segment_folder(values, lambda *_: None, stop)
    assert client.names("instructions") == []
    outside = tmp_path / "outside"
    with pytest.raises(Refused, match="lies outside the shared folder"):
        segment_folder(values | {"to": outside}, lambda *_: None, stop)
    write_image(outside / "a.png", 1)
    with pytest.raises(Refused, match="lies in no shared folder"):
        segment_folder(values | {"images": outside}, lambda *_: None, stop)
