"""What RootPainter's windows ask for, turned into the desired states that our own painters keep."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared_folder import rootpainter
from shared_folder.desired import DesiredState
from shared_folder.layout import SharedFolder
from shared_folder.names import check_plain_name
from shared_folder.refused import Refused
from shared_folder.rootpainter import AskStatus, Instruction, Segment, StartTraining, StopTraining
from shared_folder.status import Doing
from trainer.plan import Have
from trainer.project_view import ProjectView
from trainer.stamps import Stamp, stamp_of

ARRIVING_SECONDS = 5.0
"""An instruction is written in place: what can't be read is looked at again for so long before it has failed."""
ASKED_KEPT = 8
"""Images of which it asked last: their masks are made anew by better models until they are annotated."""

_log = logging.getLogger("trainer")


@dataclass
class _Window:
    """What the windows of one project want."""

    learning: bool = False
    rests: bool = False
    """Whether they were told that learning has come to its end."""
    wanted: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    """Images by the instruction that asks for their masks."""
    asked: deque[str] = field(default_factory=lambda: deque(maxlen=ASKED_KEPT))
    on_screen: str | None = None


class RootPainterRequests:
    """Reads instructions, answers at once what can be, and keeps what takes longer. Touches nothing where there are
    none."""

    def __init__(self, shared: SharedFolder) -> None:
        self._shared = shared
        self._windows: dict[str, _Window] = {}  # by project, "projects/<name>"
        self._damaged: dict[Path, tuple[Stamp | None, float]] = {}  # as it was, and since when
        self.folders: dict[Path, Segment] = {}
        """Masks wanted elsewhere than in a project, or by other models than its newest: by instruction, in order."""

    def look(self, now: float) -> None:
        """Take in new instructions. now: seconds of a monotonic clock."""
        waiting = rootpainter.pending(self._shared)
        self._forget_what_was_taken_back(waiting)
        for path in waiting:
            if path in self.folders or any(path in window.wanted for window in self._windows.values()):
                continue
            try:
                self._take(path, rootpainter.read_instruction(path))
            except FileNotFoundError:
                continue  # taken back since it was listed
            except Refused as refusal:
                self._wait_or_fail(path, str(refusal), now)
            else:
                self._damaged.pop(path, None)

    def states(self, projects: Mapping[str, ProjectView]) -> dict[str, DesiredState]:
        """What each project's windows want now, as a painter says it; her id can't be a file's name."""
        states = {}
        for location, window in self._windows.items():
            view = projects.get(location)
            if window.learning or window.wanted or window.asked:
                masks = tuple(_wanted_masks(window, view)) if view is not None else ()
                image = window.on_screen if window.on_screen in masks else None
                state = DesiredState(project=location, image=image, masks=masks, learning=window.learning)
                states[f"RootPainter/{location}"] = state
        return states

    def settle(
        self,
        projects: Mapping[str, ProjectView],
        refused: Mapping[str, str],
        unusable: Callable[[ProjectView, str], str],
    ) -> None:
        """Put away what has come to its end. refused: projects that can't be opened, and why. unusable: why an image
        can't have a mask, or nothing."""
        for location, window in self._windows.items():
            view = projects.get(location)
            for path, images in list(window.wanted.items()):
                if view is None:
                    if location in refused:
                        del window.wanted[path]
                        self.end(path, [refused[location]])
                    continue
                missing = [name for name in images if not view.project.segmentation_path(name).exists()]
                why = [unusable(view, name) for name in missing]
                if all(why):
                    del window.wanted[path]
                    self.end(path, why)

    def end(self, path: Path, problems: Iterable[str]) -> None:
        """An instruction is carried out, or has failed."""
        sentences = list(dict.fromkeys(problems))
        self.folders.pop(path, None)
        if sentences:
            _log.info("%s failed: %s", path.name, sentences[0])
            rootpainter.failed(self._shared, path, "\n".join(sentences))
        else:
            rootpainter.executed(self._shared, path)

    def tell_rest(self, doing: Mapping[str, Doing], patience: int) -> None:
        """Say where learning has come to its end. doing: of each project that learns here; patience: how many
        validations it waited for a better model."""
        for location, window in self._windows.items():
            rests = window.learning and doing.get(location) is Doing.RESTING
            if rests and not window.rests:
                sentence = f"Training finished as {patience} epochs without progress"
                rootpainter.tell(self._shared.project(_name(location)).messages, sentence)
            window.rests = rests

    def _take(self, path: Path, instruction: Instruction) -> None:
        if isinstance(instruction, Segment):
            self._take_segment(path, instruction)
            return
        if isinstance(instruction, StartTraining):
            self._start(path, instruction)
        elif isinstance(instruction, StopTraining):
            self._stop(path, instruction)
        elif isinstance(instruction, AskStatus):
            learning = [_name(location) for location, window in self._windows.items() if window.learning]
            rootpainter.answer(self._shared, bool(learning), learning[0] if learning else "")
        rootpainter.executed(self._shared, path)

    def _start(self, path: Path, asked: StartTraining) -> None:
        location, messages = self._project(path, asked.message_dir)
        window = self._windows.setdefault(location, _Window())
        if not window.learning:
            window.learning, window.rests = True, False
            rootpainter.tell(messages, rootpainter.TRAINING_STARTED)

    def _stop(self, path: Path, asked: StopTraining) -> None:
        location, messages = self._project(path, asked.message_dir)
        window = self._windows.get(location)
        learned = window is not None and window.learning
        if window is not None:
            window.learning = False
        rootpainter.tell(messages, rootpainter.TRAINING_STOPPED if learned else rootpainter.NOT_TRAINING)

    def _take_segment(self, path: Path, asked: Segment) -> None:
        folder = rootpainter.project_of(self._shared, asked.seg_dir, path.name)
        for inner in (asked.dataset_dir, asked.model_dir or ".", *(asked.model_paths or ())):
            rootpainter.place(self._shared, inner, path.name)
        names = tuple(check_plain_name(name) for name in asked.file_names or ())
        own = folder is not None and not asked.model_paths and asked.format not in rootpainter.FORMATS
        if folder is None or not own or self._shared.root / asked.seg_dir != folder.segmentations or not names:
            self.folders[path] = asked
            return
        window = self._windows.setdefault(f"projects/{folder.root.name}", _Window())
        window.wanted[path] = names
        window.on_screen = names[0]
        for name in names:
            if name in window.asked:
                window.asked.remove(name)
            window.asked.append(name)

    def _project(self, path: Path, message_dir: str) -> tuple[str, Path]:
        """The project that an instruction is about, and where its messages go."""
        folder = rootpainter.project_of(self._shared, message_dir, path.name)
        if folder is None:
            raise Refused(f"{path.name}: {message_dir} is no folder of a project.")
        return f"projects/{folder.root.name}", folder.messages

    def _wait_or_fail(self, path: Path, why: str, now: float) -> None:
        stamp = stamp_of(path)
        known = self._damaged.get(path)
        if known is None or known[0] != stamp:
            self._damaged[path] = (stamp, now)
        elif now - known[1] >= ARRIVING_SECONDS:
            del self._damaged[path]
            self.end(path, [why])

    def _forget_what_was_taken_back(self, waiting: list[Path]) -> None:
        there = {*waiting}
        for path in [path for path in self.folders if path not in there]:
            del self.folders[path]
        for window in self._windows.values():
            window.wanted = {path: images for path, images in window.wanted.items() if path in there}


def _wanted_masks(window: _Window, view: ProjectView) -> list[str]:
    """What is still to be made, most wanted first: what is waited for; then, of the images that it asked for lately
    and that nobody has annotated, masks that a better model makes better, but not of the one on the screen, which
    wouldn't be shown there."""
    waited = [name for images in reversed(window.wanted.values()) for name in images]
    masks = [name for name in waited if not view.project.segmentation_path(name).exists()]
    for name in window.asked:
        if view.knows(name) and not view.annotated(name):
            have = view.have(name)
            if have is Have.NONE or (have is Have.OLDER and name != window.on_screen):
                masks.append(name)
    first = [window.on_screen] if window.on_screen in masks else []
    return list(dict.fromkeys([*first, *masks]))


def _name(location: str) -> str:
    return location.partition("/")[2]
