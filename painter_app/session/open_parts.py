"""What belongs to an open project, and how it is put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from painter_app.journal import Journals
from painter_app.session.folder_news import FolderNews
from painter_app.session.image_store import ImageStore
from painter_app.session.opening import decode, decode_rest
from painter_app.session.project_state import ProjectState
from painter_app.session.saving import Saver
from painter_app.session.trainer_pulse import TrainerPulse
from painter_app.session.wishes import Wishes
from painter_app.settings import SettingsFile
from painter_app.workers import Workers


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
    return OpenParts(
        state=state,
        journals=Journals(journals, project),
        images=ImageStore(workers, lambda name: decode(project, name, settings.now.roots()), decode_rest),
        saver=saver,
        wishes=Wishes(workers, project.shared.desired_state(now.painter), now.person, project.location),
        news=FolderNews(workers, project, native=native),
        pulse=TrainerPulse(project.location, clock, datetime.now),
    )
