"""The scale at which the network sees the open project's images: proposed by what she paints, and changed."""

from functools import partial
from pathlib import Path
from statistics import median

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.notices import Answer, Notice, Weight, in_words
from painter_app.session.painting import Painting
from painter_app.session.project_state import ProjectState
from painter_app.settings import SettingsFile
from painter_app.workers import Workers
from shared_folder.classes import BINARY, LabelClass
from shared_folder.project import Project, change_scale, read_settings
from shared_folder.segmentation import Segmentation
from shared_folder.thickness import THICK, painted_width, proposed_scale

LEAST_IMAGES = 2
"""Images on which she painted, before anything is proposed."""
_USED = 'The network learns at that size from now on. Trainer > "Size at which it learns" takes that back.'


class ScaleChoice(QObject):
    """Measures what she painted on each image that she is done with, and proposes another scale once it is very thin
    or very wide: at most once in a project while the program runs, and never again where she declined."""

    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)

    def __init__(self, workers: Workers, settings: SettingsFile) -> None:
        super().__init__()
        self._workers = workers
        self._settings = settings
        self._state: ProjectState | None = None
        self._widths: dict[str, float] = {}  # by image, in pixels
        self._question = ""  # that stands in the notice bar, or stood there
        self._settled: set[Path] = set()  # files of the projects in which it was proposed, or chosen

    def open(self, state: ProjectState | None) -> None:
        """Another project is open, or none."""
        self.notice_withdrawn.emit(self._question)
        self._state, self._widths, self._question = state, {}, ""

    def measure(self, painting: Painting, mask: Segmentation | None) -> None:
        """She is done with an image on which she painted. mask: the one on the screen."""
        state = self._state
        if state is None or state.project.settings.scale != 1 or self._decided(state.project):
            return
        if mask is None and painting.began_on_mask:
            return  # what she corrected there isn't known
        painted, folder = painting.annotation.labels.snapshot(), state.project.folder
        shown = mask.labels if mask is not None else None
        self._workers.submit(
            lambda: (painted_width(painted, shown), read_settings(folder).scale),
            lambda found: self._measured(state, painting.name, *found),
            lambda _: None,  # a figure less; what is wrong with the folder is told elsewhere
        )

    def change(self, scale: float) -> None:
        """Have the open project's images seen at another scale. Who goes back to 1 is not asked again."""
        if self._state is not None:
            self._change(self._state, scale)

    def _measured(self, state: ProjectState, name: str, width: float | None, scale: float) -> None:
        """scale: what the project's file says by now."""
        if state is not self._state or width is None or scale != 1 or self._decided(state.project):
            return
        self._widths[name] = width
        proposed = proposed_scale(median(self._widths.values()))
        if len(self._widths) < LEAST_IMAGES or proposed == 1:
            return
        self._settled.add(state.project.folder.file)
        self._question = proposal_sentence(proposed, state.project.classes)
        use, decline = partial(self._change, state, proposed), partial(self._decline, state.project)
        self.noticed.emit(Notice(self._question, Weight.QUESTION, (Answer("Use it", use),), dismissed=decline))

    def _change(self, state: ProjectState, scale: float) -> None:
        self._settled.add(state.project.folder.file)
        self.notice_withdrawn.emit(self._question)
        if scale == 1:
            self._decline(state.project)
        self._workers.submit_in_order(
            lambda: change_scale(state.project, scale), partial(self._changed, state), self._refused
        )

    def _changed(self, state: ProjectState, project: Project) -> None:
        state.project = project
        if project.settings.scale != 1:
            self.noticed.emit(Notice(_USED))

    def _decided(self, project: Project) -> bool:
        file = project.folder.file
        return file in self._settled or str(file) in self._settings.now.scale_declined

    def _decline(self, project: Project) -> None:
        declined = dict.fromkeys([*self._settings.now.scale_declined, str(project.folder.file)])
        self._settings.change(scale_declined=tuple(declined))
        self._workers.submit_in_order(self._settings.save, lambda _: None)

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))


def proposal_sentence(scale: float, classes: tuple[LabelClass, ...]) -> str:
    """Why this scale is proposed. classes: without background."""
    names = [known.name for known in classes if known.merged_into is None]
    what = f"What you paint as {names[0]}" if len(names) == 1 and names[0] != BINARY[0].name else "What you paint"
    if scale < 1:
        return (
            f"{what} is more than {THICK:.0f} pixels wide. Learning at half the size sees more of what lies around "
            "it, and takes a quarter of the time for a mask."
        )
    return (
        f"{what} is only one or two pixels wide. Learning at twice the size sees it better, and takes four times as "
        "long for a mask."
    )
