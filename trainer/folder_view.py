"""What is wanted in a shared folder and what exists there, looked at so that a look costs what changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from shared_folder.desired import DesiredState, FolderJob
from shared_folder.layout import SharedFolder
from shared_folder.names import check_plain_name
from shared_folder.publish import FORMAT, AnyDocument, read_document
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.segmentation import NO_MODEL
from shared_folder.status import TrainerStatus
from trainer.plan import Have, WantedMask, in_turn
from trainer.project_view import ProjectView
from trainer.rootpainter_requests import RootPainterRequests
from trainer.stamps import FolderStamps, Stamp

EVERYTHING_SECONDS = 60.0
"""All folders are listed again so often, whatever their times say."""
MOST_WISHES = 1000
"""Of one painter, in each of her lists: every wish costs a question to the file system in each step."""
JOB_IMAGES_A_LOOK = 500
"""Masks of folder jobs that one look checks at most."""


class Documents(Generic[AnyDocument]):
    """The JSON files of one folder; only those that changed are read again."""

    def __init__(self, folder: Path, kind: type[AnyDocument]) -> None:
        self._folder = folder
        self._kind = kind
        self._stamps = FolderStamps(folder, ".json")
        self._read: dict[str, Stamp] = {}
        self.found: dict[str, AnyDocument] = {}
        """By id, the file's stem."""
        self.refusals: dict[str, str] = {}
        """By id: why a file can't be used."""

    def look(self, now: float, everything: bool) -> None:
        self._stamps.look(now, everything)
        for name in list(self._stamps.files):
            self._stamps.look_at(name)  # another program may write in place
        for name in self._read.keys() - self._stamps.files.keys():
            self._forget(name)
        for name, stamp in self._stamps.files.items():
            if self._read.get(name) != stamp:
                self._forget(name)
                self._read[name] = stamp
                self._parse(name)

    def _parse(self, name: str) -> None:
        try:
            document = read_document(self._folder / name, self._kind)
        except (Refused, OSError) as problem:
            self.refusals[Path(name).stem] = str(problem)
            return
        if FORMAT not in getattr(document, "formats", (FORMAT,)):
            self.refusals[Path(name).stem] = f"{name}: was written by another Brushloop. Update the older of the two."
        else:
            self.found[Path(name).stem] = document

    def _forget(self, name: str) -> None:
        self._read.pop(name, None)
        self.found.pop(Path(name).stem, None)
        self.refusals.pop(Path(name).stem, None)


@dataclass
class _JobProgress:
    """How far a folder job was found done."""

    job: FolderJob
    position: int = 0


class FolderView:
    """A shared folder as the trainer sees it. roots: image roots by name."""

    def __init__(self, shared: SharedFolder, roots: Mapping[str, Path], clock: Callable[[], float]) -> None:
        self._shared = shared
        self._roots = roots
        self._clock = clock
        self._last_everything = float("-inf")
        self._job_progress: dict[str, _JobProgress] = {}
        self.painters: Documents[DesiredState] = Documents(shared.painters, DesiredState)
        self.jobs: Documents[FolderJob] = Documents(shared.jobs, FolderJob)
        self.trainers: Documents[TrainerStatus] = Documents(shared.trainers, TrainerStatus)
        self.rootpainter = RootPainterRequests(shared)
        """What RootPainter's windows ask for."""
        self.states: dict[str, DesiredState] = {}
        """What everybody wants, by painter: our own and RootPainter's."""
        self.projects: dict[str, ProjectView] = {}
        """The projects that somebody wants something of, by location, as far as they can be opened."""
        self.refused_projects: dict[str, str] = {}
        """Those that can't be, and why."""

    def look(self) -> None:
        """Take in what changed."""
        now = self._clock()
        everything = now - self._last_everything >= EVERYTHING_SECONDS
        if everything:
            self._last_everything = now
            self._job_progress.clear()
        for documents in (self.painters, self.jobs, self.trainers):
            documents.look(now, everything)
        self.rootpainter.look(now)
        self._gather()
        self._look_at_projects(now, everything)
        self._gather()  # what is missing of a project's masks is known once it was looked at
        for state in self.states.values():
            project = self.projects.get(state.project)
            if project is not None:
                for image in {state.image, *state.masks[:MOST_WISHES]} - {None}:
                    project.look_at_annotation(str(image))

    def _gather(self) -> None:
        self.states = {**self.painters.found, **self.rootpainter.states(self.projects)}

    def folders(self) -> list[Path]:
        """What is worth native events: painters' wishes and annotations, not what trainers write themselves."""
        of_projects = [
            folder
            for view in self.projects.values()
            for folder in (view.project.folder.train, view.project.folder.validation)
        ]
        return [self._shared.painters, self._shared.jobs, self._shared.instructions, *of_projects]

    def wants_learning(self) -> tuple[str, ...]:
        """Projects in which anybody wants learning, by name."""
        wanted = {state.project for state in self.states.values() if state.learning}
        return tuple(sorted(wanted & self.projects.keys()))

    def wanted_masks(self) -> tuple[WantedMask, ...]:
        """All painters' wishes, most wanted first; also those that are fulfilled."""
        return in_turn([self._wishes(painter, state) for painter, state in sorted(self.states.items())])

    def next_job_mask(self, usable: Callable[[WantedMask], bool]) -> WantedMask | None:
        """The next mask that a folder job lacks. An image that is not usable is passed until the next full look."""
        checks = JOB_IMAGES_A_LOOK
        for name, job in sorted(self.jobs.found.items()):
            progress = self._progress(name, job)
            view = self.projects.get(job.project)
            if view is None or view.latest is None:
                continue
            images = job.images or view.project.images
            while progress.position < len(images) and checks:
                checks -= 1
                image = images[progress.position]
                mask = WantedMask(job.project, image, Have.NONE)
                done = not view.knows(image) or view.mask_model(image) not in (None, NO_MODEL)
                if not done and usable(mask):
                    return mask
                progress.position += 1
        return None

    def job_masks_left(self, location: str) -> int:
        """How many masks the folder jobs of a project may still lack: those that weren't found made."""
        left = 0
        for name, job in self.jobs.found.items():
            view = self.projects.get(job.project)
            if job.project == location and view is not None:
                left += len(job.images or view.project.images) - self._progress(name, job).position
        return left

    def refusals(self) -> list[str]:
        """A sentence for each file that can't be used."""
        documents = [*self.painters.refusals.values(), *self.jobs.refusals.values()]
        unknown = [
            f"{image}: is not an image of {state.project}."
            for state in self.states.values()
            if state.project in self.projects
            for image in state.masks[:MOST_WISHES]
            if not self.projects[state.project].knows(image)
        ]
        of_projects = [view.refusal for view in self.projects.values() if view.refusal]
        return [*documents, *self.refused_projects.values(), *of_projects, *unknown]

    def _progress(self, name: str, job: FolderJob) -> _JobProgress:
        known = self._job_progress.get(name)
        if known is None or known.job is not job:
            known = self._job_progress[name] = _JobProgress(job)
        return known

    def _wishes(self, painter: str, state: DesiredState) -> list[WantedMask]:
        view = self.projects.get(state.project)
        if view is None:
            return []
        seen = Rectangle(*state.view) if state.view is not None else None
        lacks = state.probability and state.image is not None and view.lacks_probability(painter, state.image)
        wishes = [
            WantedMask(
                state.project,
                image,
                view.have(image),
                on_screen=image == state.image,
                first=seen if image == state.image else None,
                probability_for=(painter,) if lacks and image == state.image else (),
            )
            for image in state.masks[:MOST_WISHES]
            if view.knows(image)
        ]
        return sorted(wishes, key=lambda wish: not wish.on_screen)

    def _look_at_projects(self, now: float, everything: bool) -> None:
        documents: list[DesiredState | FolderJob] = [*self.states.values(), *self.jobs.found.values()]
        wanted = {document.project for document in documents} - {""}
        for location in self.projects.keys() - wanted:
            del self.projects[location]
        self.refused_projects = {}
        for location in sorted(wanted):
            try:
                view = self.projects.get(location)
                if view is None:
                    view = ProjectView(self._shared.project(_plain(location)), location, self._roots)
                view.look(now, everything)
                self.projects[location] = view
            except (Refused, OSError) as problem:
                self.projects.pop(location, None)
                self.refused_projects[location] = str(problem)


def _plain(location: str) -> str:
    """The name in "projects/<name>"; Refused for any other path."""
    head, slash, name = location.partition("/")
    if head != "projects" or not slash:
        raise Refused(f'"{location[:80]}" is not a project of this folder; it must be "projects/<name>".')
    return check_plain_name(name)
