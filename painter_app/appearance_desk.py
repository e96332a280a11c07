"""The appearance's desk: light or dark, and the window's language."""

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction, QGuiApplication

from painter_app.actions import dress_actions, show_checked
from painter_app.language import SYSTEM, codes, tr
from painter_app.notices import Notice
from painter_app.settings import SettingsFile
from painter_app.theme import apply_theme
from painter_app.workers import Workers

_THEMES = ("system", "light", "dark")


class AppearanceDesk(QObject):
    """Keeps what is chosen. A theme is put on at once; a language is spoken from the next start on."""

    dressed = pyqtSignal(object)
    """The Colours in use now."""
    noticed = pyqtSignal(object)

    def __init__(self, settings: SettingsFile, workers: Workers, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._workers = workers
        self._actions: Mapping[str, QAction] = {}
        self._languages = (SYSTEM, *codes())
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self.show)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {
            **{f"theme_{theme}": partial(self._theme_chosen, theme) for theme in _THEMES},
            **{f"language_{code}": partial(self._language_chosen, code) for code in self._languages},
        }

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        self._actions = actions

    def show(self) -> None:
        """Dress the window, and tick what is chosen."""
        now = self._settings.now
        colours = apply_theme(now.theme)
        dress_actions(self._actions, colours)
        self.dressed.emit(colours)
        for theme in _THEMES:
            show_checked(self._actions[f"theme_{theme}"], theme == now.theme)
        for code in self._languages:
            show_checked(self._actions[f"language_{code}"], code == now.language)

    def _theme_chosen(self, theme: str, _checked: bool = True) -> None:
        self._keep(theme=theme)

    def _language_chosen(self, code: str, _checked: bool = True) -> None:
        self._keep(language=code)
        self.noticed.emit(Notice(tr("The language changes when Brushloop is opened again.")))

    def _keep(self, **chosen: str) -> None:
        self._settings.change(**chosen)
        self._workers.submit_in_order(self._settings.save, lambda _: None)
        self.show()
