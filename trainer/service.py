"""The trainer's loop: look, take the next step, publish, beat. Everything happens here, one step after another."""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch

from shared_folder.layout import SharedFolder
from shared_folder.publish import make_folder, publish_document
from shared_folder.refused import Refused
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from shared_folder.watch import FolderWatch
from trainer.device import Device
from trainer.folder_view import FolderView
from trainer.inspecting import Inspecting
from trainer.learning import PATIENCE, Identity, Learning
from trainer.log import LogFile, news_between, remove_old_logs
from trainer.mask_making import MaskMaking
from trainer.open_images import OpenImages, Unreadable
from trainer.peers import Peers, remove_dead
from trainer.plan import Inspect, Learn, MakeMask, Requested, Situation, Step, Turn, WantedMask, next_step, next_turn
from trainer.project_status import status_of_learning, status_without_learning
from trainer.project_view import ProjectView
from trainer.requested_masks import RequestedMasks
from trainer.threads import Threads
from trainer.yielding import Yielding

LOOK_SECONDS = 1.0
"""The folder is looked at so often even when no event came: other machines' changes cause none."""
BUSY_BEAT_SECONDS = 1.0
IDLE_BEAT_SECONDS = 2.0
RETRY_SECONDS = 10.0
"""After an error that has to do with the disk or the network, not with one file."""
MOST_REFUSALS = 20
"""Sentences in the status: more are of no help to anybody."""

Key = str | tuple[str, str]
"""Of what can fail: a project's learning, or an image's mask."""

_log = logging.getLogger("trainer")


@dataclass(frozen=True)
class Failure:
    """Something that went wrong, until it succeeds."""

    sentence: str
    retry_at: float
    annotations: int | None = None
    """Learning that failed for a mistake of ours is tried again only with other annotations than of this version."""


class Service:
    """A trainer that serves a shared folder until it is told to stop. `run` is the loop, `advance` one turn of it."""

    def __init__(
        self,
        folder: Path,
        device: Device,
        clock: Callable[[], float] = time.monotonic,
        *,
        native: bool = True,
        roots: Mapping[str, Path] | None = None,
        window: str = "",
        images: OpenImages | None = None,
        trainer_id: str | None = None,
        seed: int = 0,
    ) -> None:
        """clock: seconds, monotonic. native: whether to use the system's file events. roots: image roots by name.
        window: id of the painter whose window started it and with which it ends. trainer_id: for tests and
        rehearsals. seed: of new networks and of sampling.

        Raises OSError when the folder can't be written.
        """
        self._shared = SharedFolder(folder)
        self._device = device
        self._threads = Threads(device.threads, torch.set_num_threads)
        self._clock = clock
        self._host = socket.gethostname()
        self._yielding = Yielding(self._host, self._threads, clock)
        self.id = trainer_id or f"{host_slug(self._host)}-{secrets.token_hex(2)}"
        self._window = window
        self._images = images or OpenImages()
        self._view = FolderView(self._shared, roots or {}, clock)
        self._peers = Peers(self.id)
        self._masks = MaskMaking(self._images, device)
        self._requested = RequestedMasks(self._shared, self._images, self._masks)
        self._inspecting = Inspecting(self._images, device)
        self._identity = Identity(self.id, version("brushloop"))
        self._seed = seed
        self._learnings: dict[str, Learning] = {}  # by project
        self._may_learn: frozenset[str] = frozenset()
        self._turn: Turn | None = None
        self._last: Step | None = None
        self._failures: dict[Key, Failure] = {}
        self._troubles: dict[str, str] = {}  # what else failed when it was last tried, a sentence each
        self._counter = 0
        self._steps = 0
        self._news: object = None  # what the last status said, numbers that always move aside
        self._told = TrainerStatus()  # the last one whose news were told
        self._stopping = False
        self._woken = threading.Event()
        self._looked_at = float("-inf")
        self._beat_at = float("-inf")
        self._prepare()
        self._watch = FolderWatch(self._woken.set, native)
        self._log_handler = LogFile(self._shared.trainer_log(self.id))
        _log.addHandler(self._log_handler)
        _log.setLevel(logging.INFO)

    def _prepare(self) -> None:
        """Say that it is here, and clear away what trainers of this machine left that are gone."""
        for wishes in (self._shared.painters, self._shared.jobs):
            make_folder(wishes)  # so that the first one is an event
        self._publish_status(self._status(self._situation()))
        remove_dead(self._shared.trainers, self._host)
        remove_old_logs(self._shared.logs, f"{host_slug(self._host)}-")

    def run(self) -> None:
        """Serve until `stop` is called or a better trainer takes a window's place; then save and say goodbye."""
        number, where = self._identity.version, self._device.description
        _log.info("%s %s serves %s on %s. Ctrl-C ends it.", self.id, number, self._shared.root, where)
        try:
            while not self._stopping:
                if not self.advance():
                    self._woken.wait(max(0.0, min(LOOK_SECONDS, self._beat_at + IDLE_BEAT_SECONDS - self._clock())))
        finally:
            self.close()

    def stop(self) -> None:
        """Finish the step in hand and end. May be called from another thread."""
        self._stopping = True
        self._woken.set()

    def wake(self) -> None:
        """Look at the folder before the next step, as an event makes it."""
        self._woken.set()

    def finish(self) -> None:
        """As `stop`, for a signal handler: touches no lock, so the loop may see it up to a second later."""
        self._stopping = True

    def advance(self) -> bool:
        """Look if there is cause to, take one step, beat if it is time. Returns whether there was a step to take."""
        if self._woken.is_set() or self._clock() - self._looked_at >= LOOK_SECONDS:
            self._woken.clear()
            self._guarded("looking at the folder", self._look)
        situation = self._situation()
        self._turn = next_turn(situation.learning, self._turn, self._clock())
        step = next_step(situation, self._turn, self._last)
        if step is not None:
            self._yielding.between_steps()
            self._take(step)
        elif self._last is not None:
            self._free_memory()
        self._last = step
        self._beat(busy=step is not None, situation=situation)
        return step is not None

    def close(self) -> None:
        """Save where learning stands and say goodbye."""
        for location, learning in self._learnings.items():
            self._guarded(f"saving {location}", learning.stop)
        self._watch.close()
        self._guarded("saying goodbye", lambda: self._publish_status(self._status(self._situation(), ended=True)))
        _log.info("%s ends", self.id)
        _log.removeHandler(self._log_handler)

    def _look(self) -> None:
        self._looked_at = self._clock()
        self._view.look()
        self._yielding.look(self._view.painters.found)
        self._watch.watch(self._view.folders())
        self._peers.look(self._view.trainers.found, self._clock())
        if self._window and self._peers.better_one(self._clock()):
            _log.info("another trainer serves this folder")
            self._stopping = True
        self._look_at_learning()
        self._view.rootpainter.settle(self._view.projects, self._view.refused_projects, self._why_no_mask)
        doing = {project: each.doing for project, each in self._learnings.items()}
        self._view.rootpainter.tell_rest(doing, PATIENCE)

    def _why_no_mask(self, view: ProjectView, image: str) -> str:
        """A sentence for an image that can't have a mask; nothing for one that can."""
        if not view.knows(image):
            return f"{image}: is not an image of {view.location}."
        try:
            self._images.open(*view.image_place(image))
        except Refused as refusal:
            return str(refusal)
        return view.refusal

    def _look_at_learning(self) -> None:
        """Begin, go on with or leave the learning of each project."""
        now = self._clock()
        wanted = self._view.wants_learning()
        self._may_learn = frozenset(
            project
            for project in wanted
            if not self._view.projects[project].refusal
            and self._peers.may_learn(project, project in self._learnings, now)
        )
        for project in list(self._learnings):
            if project not in self._may_learn:
                self._guarded(f"saving {project}", self._learnings.pop(project).stop)
                self._images.forget()
        for project in sorted(self._may_learn):
            if project not in self._learnings:
                view = self._view.projects[project]
                self._learnings[project] = Learning(
                    view, self._images, self._device, self._threads, self._identity, self._clock, self._seed
                )
            self._learnings[project].look()

    def _situation(self) -> Situation:
        usable = [mask for mask in self._view.wanted_masks() if mask.done or self._usable(mask)]
        learning = [project for project, each in self._learnings.items() if each.can_advance and self._fit(project)]
        needed = not learning and all(mask.done for mask in usable)
        job = self._view.next_job_mask(self._usable) if needed else None
        asked = self._inspecting.wanted(self._view.painters.found, self._view.projects)
        inspection = next((each for each in asked if self._may_retry(each.key)), None)
        waiting = (path.name for path in self._view.rootpainter.folders if self._may_retry(path.name))
        requested = next((Requested(name) for name in waiting), None)
        return Situation(tuple(usable), tuple(sorted(learning)), job, inspection, requested)

    def _usable(self, mask: WantedMask) -> bool:
        """Whether an image can be tried: not set aside, and in a project that may be written."""
        view = self._view.projects[mask.project]
        if view.refusal or not self._may_retry(mask.key):
            return False
        try:
            return not self._images.is_refused(view.image_place(mask.image)[0])
        except Refused as refusal:
            self._set_later(mask.key, str(refusal))
            return False

    def _fit(self, project: str) -> bool:
        """Whether learning can be tried: it didn't fail with these very annotations."""
        view, failure = self._view.projects.get(project), self._failures.get(project)
        stuck = failure is not None and view is not None and failure.annotations == view.version
        return view is not None and not stuck and self._may_retry(project)

    def _may_retry(self, key: Key) -> bool:
        failure = self._failures.get(key)
        return failure is None or failure.retry_at <= self._clock()

    def _take(self, step: Step) -> None:
        """One step; no error in it ends the loop."""
        name, key = step.name, step.key
        try:
            if isinstance(step, MakeMask):
                self._masks.advance(self._view.projects[step.mask.project], step.mask)
            elif isinstance(step, Inspect):
                self._inspecting.answer(self._view.projects[step.project], step)
            elif isinstance(step, Requested):
                self._advance_requested(step)
            else:
                self._learnings[step.project].advance()
                self._steps += 1
        except Unreadable:
            pass  # it is set aside, and among the refusals
        except Refused as problem:  # a damaged model, say
            self._set_later(key, str(problem))
        except OSError as problem:  # a full disk, a network that went
            self._set_later(key, f"{name}: {problem.strerror or problem}.")
        except torch.OutOfMemoryError:
            self._set_later(key, f"{name}: other programs have taken the graphics memory. It is tried again.")
        except Exception as error:  # a mistake of ours
            _log.exception("%s", name)
            self._set_aside(step, f"{name}: {type(error).__name__}: {error}")
        else:
            self._failures.pop(key, None)

    def _advance_requested(self, step: Requested) -> None:
        """One tile of what RootPainter's window asked for."""
        path = self._shared.instructions / step.instruction
        try:
            problems = self._requested.advance(path, self._view.rootpainter.folders[path])
        except Refused as refusal:
            problems = [str(refusal)]
        if problems is not None:
            self._view.rootpainter.end(path, problems)

    def _free_memory(self) -> None:
        """There is nothing to do: let others have the memory. The model stays, for the next wish."""
        self._images.forget()
        self._device.release()

    def _set_later(self, key: Key, sentence: str) -> None:
        self._failures[key] = Failure(sentence, self._clock() + RETRY_SECONDS)

    def _set_aside(self, step: Step, sentence: str) -> None:
        """Leave an image until its file changes, or a project's learning until an annotation does."""
        if isinstance(step, Learn):
            version = self._view.projects[step.project].version
            self._failures[step.project] = Failure(sentence, self._clock(), version)
        elif isinstance(step, Inspect):
            self._set_later(step.key, sentence)
        elif isinstance(step, Requested):
            self._view.rootpainter.end(self._shared.instructions / step.instruction, [sentence])
        else:
            self._images.refuse(self._view.projects[step.mask.project].image_place(step.mask.image)[0], sentence)

    def _error(self) -> str:
        """The last error that nothing has mended, as long as what failed is still wanted."""
        if self._failures:
            wanted = {mask.key for mask in self._view.wanted_masks()} | set(self._learnings)
            self._failures = {
                key: failure
                for key, failure in self._failures.items()
                if key in wanted or failure.retry_at > self._clock()
            }
        sentences = [*self._troubles.values(), *(failure.sentence for failure in self._failures.values())]
        return sentences[-1] if sentences else ""

    def _guarded(self, what: str, action: Callable[[], object]) -> None:
        """Do something whose failure must not end the loop."""
        try:
            action()
        except Exception as error:
            sentence = f"Error in {what}: {error}"
            if self._troubles.get(what) != sentence and not isinstance(error, Refused | OSError):
                _log.exception("%s", what)
            self._troubles[what] = sentence
        else:
            self._troubles.pop(what, None)

    def _beat(self, busy: bool, situation: Situation) -> None:
        """Replace the status when its news changed or when it is time."""
        seconds = BUSY_BEAT_SECONDS if busy else IDLE_BEAT_SECONDS
        due = self._clock() - self._beat_at >= seconds
        news = (
            busy,
            self._error(),
            tuple((project, each.doing, each.score) for project, each in self._learnings.items()),
            tuple((project, view.latest) for project, view in self._view.projects.items()),
            self._turn and self._turn.project,
            len(self._images.refusals),
        )
        if due or news != self._news:
            self._news = news
            self._guarded("writing the status", lambda: self._tell(situation))

    def _tell(self, situation: Situation) -> None:
        """Say what is new on the terminal, and everything in the status."""
        status = self._status(situation)
        for line in news_between(self._told, status):
            _log.info("%s", line)
        self._told = status
        self._publish_status(status)

    def _publish_status(self, status: TrainerStatus) -> None:
        self._beat_at = self._clock()
        publish_document(self._shared.trainer_status(self.id), status)

    def _status(self, situation: Situation, ended: bool = False) -> TrainerStatus:
        self._counter += 1
        of_learning = [sentence for each in self._learnings.values() for sentence in each.refusals]
        refusals = dict.fromkeys([*self._view.refusals(), *self._images.refusals, *of_learning])
        return TrainerStatus(
            counter=self._counter,
            version=self._identity.version,
            host=self._host,
            process=os.getpid(),
            device=self._device.description,
            window=self._window,
            ended=ended,
            steps=self._steps,
            projects=tuple(self._project_status(project, situation) for project in sorted(self._view.projects)),
            error=self._error(),
            refusals=tuple(refusals)[:MOST_REFUSALS],
        )

    def _project_status(self, location: str, situation: Situation) -> ProjectStatus:
        view = self._view.projects[location]
        missing = [mask for mask in situation.masks if mask.project == location and not mask.done]
        queue = len(missing) + self._view.job_masks_left(location)
        learning = self._learnings.get(location)
        if learning is None:
            waits = location in self._view.wants_learning() and not view.refusal
            return status_without_learning(view, queue, Doing.ANOTHER_LEARNS if waits else Doing.IDLE)
        others = [project for project in situation.learning if project != location]
        return status_of_learning(view, queue, learning, others if location in situation.learning else ())


def host_slug(host: str) -> str:
    """A host's name as it can stand in file names everywhere."""
    slug = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in host.lower().split(".")[0])
    return slug.strip("-")[:30] or "host"
