"""RootPainter's instructions, messages and answers, read and written: the one place that knows them.

Its client leaves an instruction as a file, its trainer moves it to where the executed ones lie, and answers with
messages, whose names are sentences, and with a status. Paths in them are relative to the shared folder.
"""

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared_folder.layout import ProjectFolder, SharedFolder
from shared_folder.mask_files import MaskFormat
from shared_folder.project import inner_path
from shared_folder.publish import make_folder, publish, read_content
from shared_folder.refused import Refused

TRAINING_STARTED = "Training started"
TRAINING_STOPPED = "Training stopped"
NOT_TRAINING = "Network not training"
FORMATS = {
    "RhizoVision Explorer (.png)": MaskFormat.RHIZOVISION,
    "Numpy Compressed (.npz)": MaskFormat.NPZ,
}
"""Of the instruction to segment, by what its dialogs call them; any other is its own segmentation."""
OUR_PROGRAM = "brushloop"
_NAMES_LENGTH = 255
_REASON_LENGTH = 300


class Instruction(BaseModel):
    """What its client asks for. Keys that nobody here knows are kept away, not refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: ClassVar[str]


class StartTraining(Instruction):
    """Learn from a project's annotations."""

    name: ClassVar[str] = "start_training"
    model_dir: str
    dataset_dir: str
    train_annot_dir: str
    val_annot_dir: str
    seg_dir: str
    log_dir: str
    message_dir: str


class StopTraining(Instruction):
    name: ClassVar[str] = "stop_training"
    message_dir: str


class Segment(Instruction):
    """Make masks of some images, or of all of a dataset; those that are there stay."""

    name: ClassVar[str] = "segment"
    dataset_dir: str
    seg_dir: str
    model_dir: str | None = None
    """Its newest model is to be used, unless models are named."""
    model_paths: tuple[str, ...] | None = None
    """Of several the mean counts."""
    file_names: tuple[str, ...] | None = None
    """All of the dataset where there are none."""
    format: str | None = None
    message_dir: str | None = None


class AskStatus(Instruction):
    """Whether somebody is there, and learns."""

    name: ClassVar[str] = "trainer_status"


KINDS: dict[str, type[Instruction]] = {kind.name: kind for kind in (StartTraining, StopTraining, Segment, AskStatus)}


class Answer(BaseModel):
    """The answer to AskStatus."""

    timestamp: float
    """Seconds since 1970, by the trainer's clock."""
    training: bool
    project: str = ""
    program: str = ""
    """Ours says its name; RootPainter's says nothing, and doesn't look for it."""


@dataclass(frozen=True)
class Pending:
    """An instruction's file, and what it says."""

    path: Path
    instruction: Instruction


def pending(shared: SharedFolder) -> list[Path]:
    """Instructions that nobody has carried out, oldest first; none where the folder is missing."""
    folder = shared.instructions
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]  # noqa: PTH208 (names suffice)
    except (FileNotFoundError, NotADirectoryError):
        return []
    files = [folder / name for name in names if (folder / name).is_file()]
    return sorted(files, key=lambda path: (_modified(path), path.name))


def read_instruction(path: Path) -> Instruction:
    """Parse an instruction. Refuses one that is damaged, half written or unknown; FileNotFoundError if it is gone."""
    name = path.name.rpartition("_")[0]
    kind = KINDS.get(name)
    if kind is None:
        raise Refused(f"{path.name}: nobody here knows this instruction.")
    try:
        return kind.model_validate_json(read_content(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Refused(f"{path.name}: {where}: {first['msg']}.") from error


def write_instruction(shared: SharedFolder, instruction: Instruction) -> Path:
    """Ask RootPainter's trainer for something. Asking again for the same has the same file name, as its client does.

    A folder of instructions that is missing is made.
    """
    path = instruction_path(shared, instruction)
    publish(path, _content(instruction))
    return path


def instruction_path(shared: SharedFolder, instruction: Instruction) -> Path:
    """Where an instruction lies as long as nobody has carried it out."""
    identity = int(hashlib.sha256(_content(instruction)).hexdigest()[:15], 16)
    return shared.instructions / f"{instruction.name}_{identity}"


def executed(shared: SharedFolder, path: Path) -> None:
    """An instruction is carried out. One that its client took back meanwhile is left alone."""
    _move(path, shared.executed_instructions)


def failed(shared: SharedFolder, path: Path, why: str) -> None:
    """An instruction can't be carried out: it is put where its client's users look, with the reason beside it."""
    _move(path, shared.failed_instructions)
    publish(shared.failed_instructions / f"{path.name}_exception.txt", why.encode())


def why_failed(path: Path) -> str:
    """The last line of what its trainer wrote beside an instruction that it gave up. path: that instruction's."""
    try:
        text = read_content(path.with_name(f"{path.name}_exception.txt")).decode(errors="replace")
    except (FileNotFoundError, Refused):
        text = ""
    lines = text.strip().splitlines()
    return lines[-1][:_REASON_LENGTH] if lines else f"{path.name}: the trainer gave it up."


def answer(shared: SharedFolder, training: bool, project: str) -> None:
    """Say that a trainer is here. project: its name, or nothing."""
    said = Answer(timestamp=time.time(), training=training, project=project, program=OUR_PROGRAM)
    publish(shared.rootpainter_status, said.model_dump_json().encode())


def read_answer(shared: SharedFolder) -> Answer | None:
    """The last answer; None without a whole one."""
    try:
        return Answer.model_validate_json(read_content(shared.rootpainter_status))
    except (FileNotFoundError, Refused, ValidationError):
        return None


def tell(folder: Path, sentence: str) -> None:
    """Leave a message. folder: a project's messages/."""
    publish(folder / sentence.replace("/", " ")[:_NAMES_LENGTH], b"")


def see_messages(folder: Path) -> list[str]:
    """The messages that lie in a folder, oldest first. They stay, for whoever else shows them."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(names, key=lambda name: (_modified(folder / name), name))


def place(shared: SharedFolder, relative: str, what: str) -> Path:
    """Where a path of an instruction leads. Refuses one that leads out of the shared folder, by a link too."""
    found = shared.root / inner_path(relative, what)
    if not found.resolve().is_relative_to(shared.root.resolve()):
        raise Refused(f'{what}: the path "{relative}" leads out of the shared folder.')
    return found


def relative(shared: SharedFolder, path: Path) -> str:
    """A path of the shared folder as instructions have it."""
    return PurePosixPath(path.relative_to(shared.root)).as_posix()


def project_of(shared: SharedFolder, folder: str, what: str) -> ProjectFolder | None:
    """The project in which a folder of an instruction lies: "projects/<name>/..."; None for another place."""
    parts = place(shared, folder, what).relative_to(shared.root).parts
    return shared.project(parts[1]) if len(parts) > 2 and parts[0] == shared.projects.name else None


def start_training(shared: SharedFolder, folder: ProjectFolder, dataset: str) -> StartTraining:
    """For a project. dataset: its name below datasets/."""
    return StartTraining(
        model_dir=relative(shared, folder.rootpainter_models),
        dataset_dir=relative(shared, shared.datasets / dataset),
        train_annot_dir=relative(shared, folder.train),
        val_annot_dir=relative(shared, folder.validation),
        seg_dir=relative(shared, folder.segmentations),
        log_dir=relative(shared, folder.rootpainter_logs),
        message_dir=relative(shared, folder.messages),
    )


def segment(shared: SharedFolder, folder: ProjectFolder, dataset: str, images: tuple[str, ...]) -> Segment:
    """Masks of a project's images, by its newest model."""
    return Segment(
        dataset_dir=relative(shared, shared.datasets / dataset),
        seg_dir=relative(shared, folder.segmentations),
        model_dir=relative(shared, folder.rootpainter_models),
        file_names=images,
        message_dir=relative(shared, folder.messages),
    )


def _content(instruction: Instruction) -> bytes:
    return json.dumps(instruction.model_dump(exclude_none=True), sort_keys=True).encode()


def _move(path: Path, folder: Path) -> None:
    make_folder(folder)
    try:
        path.replace(folder / path.name)
    except FileNotFoundError:
        return


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
