"""What belongs to an open project, and how it is put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from painter_app.journal import Journals
from painter_app.session.folder_news import FolderNews
from painter_app.session.image_store import ImageStore
from painter_app.session.opening import decode, decode_rest
from painter_app.session.project_state import ProjectState
from painter_app.session.rootpainter_trainer import RootPainterNews, RootPainterTrainer
from painter_app.session.saving import Saver
from painter_app.session.trainer_pulse import TrainerPulse
from painter_app.session.wishes import Wishes
from painter_app.settings import SettingsFile
from painter_app.workers import OneAtATime, Workers


@dataclass
class OpenParts:
    """Everything that is there as long as the project is open."""

    state: ProjectState
    journals: Journals
    images: ImageStore
    saver: Saver
    wishes: Wishes
    news: FolderNews
    pulse: TrainerPulse
    rootpainter: RootPainterTrainer
    rootpainter_look: OneAtATime
    """Speaks with RootPainter's trainer, if that is the one here; the pulse then has its news."""


def open_parts(
    state: ProjectState,
    workers: Workers,
    settings: SettingsFile,
    journals: Path,
    saver: Saver,
    clock: Callable[[], float],
    native: bool,
) -> OpenParts:
    project, now = state.project, settings.now
    wishes = Wishes(workers, project.shared.desired_state(now.painter), now.person, project.location)
    pulse = TrainerPulse(project.location, clock, datetime.now)
    pulse.rootpainter = RootPainterNews(settled=False)
    theirs = RootPainterTrainer(project)

    def look() -> RootPainterNews:
        return theirs.look(state.project, wishes.now, pulse.news().alive, clock())

    return OpenParts(
        state=state,
        journals=Journals(journals, project),
        images=ImageStore(workers, lambda name: decode(project, name, settings.now.roots()), decode_rest),
        saver=saver,
        wishes=wishes,
        news=FolderNews(workers, project, native=native),
        pulse=pulse,
        rootpainter=theirs,
        rootpainter_look=OneAtATime(workers, look, partial(setattr, pulse, "rootpainter")),
    )
