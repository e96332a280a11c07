"""RootPainter's trainer, where it is the one that answers: this window's desired state as its instructions. No Qt.

Its trainer has no heartbeat. It answers when it is asked, learns between two instructions, makes a mask once, and
tells of itself by messages.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from painter_app.session.opening import Stamp, stamp_of
from shared_folder import rootpainter
from shared_folder.annotation_files import annotation_path
from shared_folder.desired import DesiredState
from shared_folder.layout import SharedFolder
from shared_folder.merging import remaining
from shared_folder.project import RANDOM_WEIGHTS, Project
from shared_folder.rootpainter import Answer, AskStatus, Instruction, StopTraining

_SETTLE_SECONDS = 5.0
"""It looks once a second while it doesn't learn: so long its answer is waited for before another trainer starts."""
_ASK_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0  # it looks between two steps of learning, and not while it makes a mask
_AGAIN_SECONDS = 30.0  # an instruction that it threw away, as it does when it starts, is given again
_MESSAGE_SECONDS = 3.0  # RootPainter's own window looks twice a second: it has seen the message by then
_MOST_PENDING = 3


class Obstacle(Enum):
    """Why its trainer can't learn for a project."""

    CLASSES = auto()
    """It knows one class."""
    ELSEWHERE = auto()
    """The images don't lie in the shared folder's datasets."""
    EXAMPLES = auto()
    """It needs an annotated image to learn from, and one to check itself on."""


@dataclass(frozen=True)
class RootPainterNews:
    """What is known of RootPainter's trainer."""

    settled: bool = True
    """Whether it has had time to answer."""
    answers: bool = False
    answered: bool = False
    """Whether it ever has, since the project was opened."""
    training: bool = False
    """Whether it learns for the open project."""
    elsewhere: str = ""
    """Name of the project that it learns for, if that is another."""
    message: str = ""
    """The last it said."""
    queue: int = 0
    """Masks that it was asked for and has not made."""
    obstacle: Obstacle | None = None
    error: str = ""
    """Why the last instruction failed, in its words."""


@dataclass(frozen=True)
class _Sent:
    """An instruction that was given: its file, when, and what lay among the failed ones under its name."""

    path: Path
    when: float
    failed: Stamp | None


class RootPainterTrainer:
    """Speaks with RootPainter's trainer for one open project. Each call reads and writes files: for a worker."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._began: float | None = None
        self._answer: Answer | None = None  # the newest
        self._heard: float | None = None  # when it came; None before the first since the project was opened
        self._question: _Sent | None = None
        self._asked: float | None = None
        self._learning = False  # what was wanted at the last look
        self._annotations: object = None  # as they were when it last learned, or was last told to
        self._start: _Sent | None = None
        self._masks: dict[str, _Sent] = {}
        self._refused: set[str] = set()  # images whose masks it gave up
        self._error = ""
        self._message = ""
        self._messages: dict[str, float] = {}  # when each was first seen

    def look(self, project: Project, wanted: DesiredState, served: bool, now: float) -> RootPainterNews:
        """Ask, tell and listen once. project: as it is now. served: whether a trainer of ours is there.

        now: monotonic seconds.
        """
        self._project, shared = project, project.shared
        if project.read_only or not shared.instructions.is_dir():
            return RootPainterNews()
        if self._began is None:
            self._began, self._answer = now, rootpainter.read_answer(shared)
        if served:
            self._take_question_back()
            self._heard = None
            return RootPainterNews()
        self._listen(now)
        answers = self._heard is not None and now - self._heard < _PATIENCE_SECONDS
        self._ask(now)
        if not answers or self._answer is None:
            settled = self._heard is not None or now - self._began >= _SETTLE_SECONDS
            return RootPainterNews(settled=settled, answered=self._heard is not None)
        return self._serve(self._answer, wanted, now)

    def close(self) -> None:
        """The project is closed: nobody waits for an answer."""
        self._take_question_back()

    def _listen(self, now: float) -> None:
        found = rootpainter.read_answer(self._project.shared)
        if found is None or found.program or found == self._answer:
            return
        if self._heard is None or now - self._heard >= _PATIENCE_SECONDS:
            self._annotations, self._start = None, None  # it has been started (again), and knows of nothing
        self._answer, self._heard = found, now
        self._question = None

    def _ask(self, now: float) -> None:
        """Every ten seconds once it has answered. Else a question lies there briefly, once a minute: a trainer of
        ours that starts meanwhile would answer it, and leave its answer where it isn't needed."""
        known = self._heard is not None
        waited = now - self._asked if self._asked is not None else None
        if self._question is not None and not known:
            if waited is not None and waited >= _SETTLE_SECONDS:
                self._take_question_back()
        elif waited is None or waited >= (_ASK_SECONDS if known else _ASK_AGAIN_SECONDS):
            self._question, self._asked = self._send(AskStatus(), now), now

    def _take_question_back(self) -> None:
        if self._question is not None:
            with contextlib.suppress(OSError):
                self._question.path.unlink(missing_ok=True)
            self._question = None

    def _serve(self, answer: Answer, wanted: DesiredState, now: float) -> RootPainterNews:
        project = self._project
        mine = answer.project in ("", project.name, project.folder.root.name)
        training = answer.training and mine
        obstacle = obstacle_to(project)
        stopped = self._learning and not wanted.learning
        self._learning = wanted.learning
        if training:
            self._annotations = self._annotations_now()
            if stopped:
                self._send(StopTraining(message_dir=_messages_of(project)), now)
        elif wanted.learning and obstacle is None and not answer.training:
            self._may_start(now)
        self._look_at_failures()
        if obstacle not in (Obstacle.CLASSES, Obstacle.ELSEWHERE) and has_learned(project):
            self._want_masks(wanted, now)
        self._read_messages(now)
        return RootPainterNews(
            answers=True,
            answered=True,
            training=training,
            elsewhere=answer.project if answer.training and not mine else "",
            message=self._message,
            queue=len(self._masks),
            obstacle=obstacle,
            error=self._error,
        )

    def _may_start(self, now: float) -> None:
        """Once for each state of the annotations: when it has made no progress for long, it ends by itself."""
        here = self._annotations_now()
        if here == self._annotations:
            return
        if self._start is not None and self._start.path.exists() and now - self._start.when < _AGAIN_SECONDS:
            return  # it has not got to it
        self._annotations = here
        project = self._project
        self._message = ""
        start = rootpainter.start_training(project.shared, project.folder, project.file.dataset)
        self._start = self._send(start, now)

    def _annotations_now(self) -> object:
        folder = self._project.folder
        return stamp_of(folder.train), stamp_of(folder.validation)

    def _want_masks(self, wanted: DesiredState, now: float) -> None:
        """The image on the screen first, and one of the next ones while it makes no other."""
        project = self._project
        self._masks = {
            name: sent
            for name, sent in self._masks.items()
            if not project.segmentation_path(name).exists()
            and (sent.path.exists() or (name in wanted.masks and now - sent.when < _AGAIN_SECONDS))
        }
        for name in self._missing(wanted):
            if len(self._masks) >= (_MOST_PENDING if name == wanted.image else 1):
                break
            asked = rootpainter.segment(project.shared, project.folder, project.file.dataset, (name,))
            self._masks[name] = self._send(asked, now)

    def _missing(self, wanted: DesiredState) -> Iterator[str]:
        """Images whose masks are wanted and aren't there, asked for or refused. An annotated one needs none."""
        project = self._project
        for name in wanted.masks:
            if name in self._masks or name in self._refused or project.segmentation_path(name).exists():
                continue
            if annotation_path(project, name) is None:
                yield name

    def _look_at_failures(self) -> None:
        """What it gave up is not asked for again; its reason is shown."""
        for name, sent in list(self._masks.items()):
            if self._gave_up(sent):
                del self._masks[name]
                self._refused.add(name)
        if self._start is not None and self._gave_up(self._start):
            self._start = None

    def _gave_up(self, sent: _Sent) -> bool:
        failed = self._project.shared.failed_instructions / sent.path.name
        stamp = stamp_of(failed)
        if stamp is None or stamp == sent.failed:
            return False
        self._error = rootpainter.why_failed(failed)
        return True

    def _read_messages(self, now: float) -> None:
        """Shown here; removed once its own window, should there be one, has had time to show them too."""
        folder = self._project.folder.messages
        lying = rootpainter.see_messages(folder)
        for name in lying:
            if name not in self._messages:
                self._message = name  # in the order of their times: the last one counts
                self._messages[name] = now
        self._messages = {name: seen for name, seen in self._messages.items() if name in lying}
        for name, seen in self._messages.items():
            if now - seen >= _MESSAGE_SECONDS:
                with contextlib.suppress(OSError):
                    (folder / name).unlink(missing_ok=True)

    def _send(self, instruction: Instruction, now: float) -> _Sent:
        shared = self._project.shared
        path = rootpainter.instruction_path(shared, instruction)
        sent = _Sent(path, now, stamp_of(shared.failed_instructions / path.name))
        rootpainter.write_instruction(shared, instruction)
        return sent


def obstacle_to(project: Project) -> Obstacle | None:
    """Why RootPainter's trainer can't learn for a project now."""
    if len(remaining(project.classes)) > 1:
        return Obstacle.CLASSES
    if not _in_datasets(project.shared, project):
        return Obstacle.ELSEWHERE
    if not all(_has_pictures(folder) for folder in (project.folder.train, project.folder.validation)):
        return Obstacle.EXAMPLES
    return None


def has_learned(project: Project) -> bool:
    """Whether its newest model is more than the random weights that a project begins with."""
    numbers = [_number(path) for path in _inside(project.folder.rootpainter_models)]
    began_with_a_model = project.file.original_model_file != RANDOM_WEIGHTS and bool(numbers)
    return began_with_a_model or max(numbers, default=0) > 1


def _number(path: Path) -> int:
    digits = path.name.partition("_")[0]
    return int(digits) if path.suffix == ".pkl" and digits.isdecimal() else 0


def _in_datasets(shared: SharedFolder, project: Project) -> bool:
    return not project.settings.image_root and project.dataset.is_dir() and project.dataset != shared.datasets


def _has_pictures(folder: Path) -> bool:
    return any(path.suffix == ".png" and not path.name.startswith(".") for path in _inside(folder))


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _messages_of(project: Project) -> str:
    return rootpainter.relative(project.shared, project.folder.messages)
