"""The contrast's desk: wires the dialog with the canvas, and remembers each project's tone."""

from collections.abc import Callable
from dataclasses import asdict, replace

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from painter_app.canvas.tone import Tone, fitting_levels
from painter_app.canvas.view import CanvasView
from painter_app.dialogs.contrast import ContrastDialog
from painter_app.keys import Keys
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.painting import Painting
from painter_app.session.project_state import ProjectState
from painter_app.session.session import Session
from painter_app.settings import ChannelChosen, SettingsFile, ToneChosen
from painter_app.workers import Workers
from shared_folder.channels import ChannelTone
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
        self._chosen = Tone()  # the project's
        self._image: ImageFile | None = None  # on the screen
        self._key = ""
        session.project_opened.connect(self._project_opened)
        session.image_shown.connect(self._image_shown)

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
        self._dialog = ContrastDialog(self._chosen, self._key, self._window)
        self._dialog.tone_chosen.connect(self._choose)
        self._dialog.fit_wanted.connect(self._fit)
        self._dialog.finished.connect(self._closed)
        self._show_channels()
        self._dialog.show()

    def _closed(self) -> None:
        self._dialog = None
        self._workers.submit_in_order(self._settings.save, lambda _: None)

    def _project_opened(self, state: ProjectState) -> None:
        self._image = None
        self._show(_tone_of(self._settings.now.tones.get(str(state.project.folder.file), ToneChosen())))

    def _image_shown(self, painting: Painting) -> None:
        """Another image: before the canvas shows it, so that its tiles are made once."""
        self._image = painting.opened.image
        self._canvas.set_tone(_tone_for(self._image, self._chosen))
        self._show_channels()

    def _show_channels(self) -> None:
        if self._dialog is not None:
            fitted = self._image.channel_tones if self._image is not None else ()
            known = self._image.channels if self._image is not None else ()
            self._dialog.show_channels([each.name for each in known] or [""] * len(fitted), fitted)

    def _choose(self, tone: Tone) -> None:
        self._show(tone)
        project = self._session.project
        if project is not None:
            file = str(project.folder.file)
            others = {known: each for known, each in self._settings.now.tones.items() if known != file}
            self._settings.change(tones=others | ({} if tone.plain else {file: _chosen(tone)}))

    def _show(self, tone: Tone) -> None:
        self._chosen = tone
        self._canvas.set_tone(_tone_for(self._image, tone))
        if self._dialog is not None:
            self._dialog.show_tone(tone)

    def _fit(self) -> None:
        """To the open image, which a worker looks at."""
        image = self._image
        if image is not None:
            self._workers.submit(lambda: _fitting(image), self._take_levels, self._refused, urgent=True)

    def _take_levels(self, levels: tuple[int, int]) -> None:
        self._choose(replace(self._chosen, black=levels[0], white=levels[1], gamma=1.0))

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))


def _fitting(image: ImageFile) -> tuple[int, int]:
    level = 0
    while level + 1 < image.levels and max(image.level_shape(level)) > _FITTED_SIDE:
        level += 1
    return fitting_levels(image.displayed(level, whole(image.level_shape(level))))


def _tone_for(image: ImageFile | None, chosen: Tone) -> Tone:
    """What of the project's tone an image is shown in: grey levels, or the tones of its channels."""
    if image is None or not image.is_mixed:
        return replace(chosen, channels=())
    same = len(chosen.channels) == len(image.channel_tones)
    return Tone(local=chosen.local, channels=chosen.channels if same else ())


def _tone_of(chosen: ToneChosen) -> Tone:
    channels = tuple(ChannelTone(**dict(each)) for each in chosen.channels)
    return Tone(chosen.black, max(chosen.white, chosen.black + 1), chosen.gamma, chosen.local, channels)


def _chosen(tone: Tone) -> ToneChosen:
    channels = tuple(ChannelChosen(**asdict(each)) for each in tone.channels)
    return ToneChosen(black=tone.black, white=tone.white, gamma=tone.gamma, local=tone.local, channels=channels)
