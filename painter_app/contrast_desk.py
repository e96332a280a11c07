"""The contrast's desk: wires the dialog with the canvas, and remembers each project's tone."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.tone import Tone, fitting_tone
from painter_app.canvas.view import CanvasView
from painter_app.dialogs.contrast import ContrastDialog
from painter_app.keys import Keys
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.project_state import ProjectState
from painter_app.session.session import Session
from painter_app.settings import SettingsFile, ToneChosen
from painter_app.workers import Workers
from shared_folder.images import ImageFile
from shared_folder.rectangle import whole

_FITTED_SIDE = 1024
"""Pixels of the level of an image that its tone is fitted to: enough to know its grey levels."""


class ContrastDesk(QObject):
    """How the images of the open project are shown."""

    noticed = pyqtSignal(object)

    def __init__(
        self, window: QWidget, session: Session, workers: Workers, settings: SettingsFile, canvas: CanvasView
    ) -> None:
        super().__init__()
        self._window = window
        self._session = session
        self._workers = workers
        self._settings = settings
        self._canvas = canvas
        self._dialog: ContrastDialog | None = None
        self._key = ""
        session.project_opened.connect(self._project_opened)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"contrast": self.toggle}

    def set_keys(self, keys: Keys) -> None:
        """The key that opens the dialog closes it, too."""
        self._key = next(iter(keys.of("contrast")), "")

    @property
    def dialog(self) -> ContrastDialog | None:
        """None while it is closed."""
        return self._dialog

    def toggle(self) -> None:
        """Open the dialog, or close it."""
        if self._dialog is not None:
            self._dialog.close()
            return
        self._dialog = ContrastDialog(self._canvas.tone, self._key, self._window)
        self._dialog.tone_chosen.connect(self._choose)
        self._dialog.fit_wanted.connect(self._fit)
        self._dialog.finished.connect(self._closed)
        self._dialog.show()

    def _closed(self) -> None:
        self._dialog = None
        self._workers.submit_in_order(self._settings.save, lambda _: None)

    def _project_opened(self, state: ProjectState) -> None:
        chosen = self._settings.now.tones.get(str(state.project.folder.file), ToneChosen())
        self._show(Tone(chosen.black, max(chosen.white, chosen.black + 1), chosen.gamma))

    def _choose(self, tone: Tone) -> None:
        self._show(tone)
        project = self._session.project
        if project is not None:
            file = str(project.folder.file)
            others = {known: each for known, each in self._settings.now.tones.items() if known != file}
            own = {} if tone.plain else {file: ToneChosen(black=tone.black, white=tone.white, gamma=tone.gamma)}
            self._settings.change(tones=others | own)

    def _show(self, tone: Tone) -> None:
        self._canvas.set_tone(tone)
        if self._dialog is not None:
            self._dialog.show_tone(tone)

    def _fit(self) -> None:
        """To the open image, which a worker looks at."""
        painting = self._session.painting
        if painting is not None:
            image = painting.opened.image
            self._workers.submit(lambda: _fitted(image), self._choose, self._refused, urgent=True)

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))


def _fitted(image: ImageFile) -> Tone:
    level = 0
    while level + 1 < image.levels and max(image.level_shape(level)) > _FITTED_SIDE:
        level += 1
    return fitting_tone(image.displayed(level, whole(image.level_shape(level))))
