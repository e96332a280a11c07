"""The keys' desk: which key does what, shown on a sheet, changed in a dialog, kept in the settings."""

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence, QShortcut
from PyQt6.QtWidgets import QWidget

from painter_app.action_table import ACTIONS, spoken, title
from painter_app.actions import key_actions, shortcut_rows, usual_keys
from painter_app.dialogs.keys import KeysDialog
from painter_app.dialogs.shortcuts import ShortcutSheet
from painter_app.keys import Keys, on_canvas_only, read_keys, with_key
from painter_app.settings import SettingsFile
from painter_app.workers import Workers
from shared_folder.refused import Refused


class KeysDesk(QObject):
    """The keys in force. `refusal` says why those of the settings could not be used, if so."""

    keys_changed = pyqtSignal(object)
    """The Keys in force from now on."""

    def __init__(self, window: QWidget, workers: Workers, settings: SettingsFile) -> None:
        super().__init__()
        self._window = window
        self._workers = workers
        self._settings = settings
        self._actions: Mapping[str, QAction] = {}
        self._canvas: QWidget | None = None
        self._on_canvas: list[QShortcut] = []
        self.refusal = ""
        try:
            self._keys = read_keys(usual_keys(), settings.now.keys)
        except Refused as refusal:
            self._keys, self.refusal = Keys(usual_keys(), {}), str(refusal)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"shortcuts": self.show_sheet, "change_keys": self.change}

    def connect_actions(self, actions: Mapping[str, QAction], canvas: QWidget) -> None:
        """Give the actions their keys. canvas: some keys act while it has the focus, and not elsewhere."""
        self._actions, self._canvas = actions, canvas
        self._apply(self._keys)

    def named(self, sentence: str, action: str) -> str:
        """A sentence with the key of the action that does what it says. action: empty for none."""
        return with_key(sentence, self._keys.shown(action)) if action else sentence

    def show_sheet(self) -> None:
        sheet = ShortcutSheet(shortcut_rows(self._keys), self._window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.change_wanted.connect(self.change)
        sheet.open()

    def change(self) -> None:
        rows = [(row.name, title(row.menu).replace("&", ""), spoken(row)) for row in ACTIONS]
        dialog = KeysDialog(rows, self._keys, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.keys_chosen.connect(self._choose)
        dialog.open()

    def _choose(self, keys: Keys) -> None:
        self._apply(keys)
        self._settings.change(keys=keys.chosen)
        self._workers.submit_in_order(self._settings.save, lambda _: None)

    def _apply(self, keys: Keys) -> None:
        self._keys = keys
        key_actions(self._actions, keys)
        for old in self._on_canvas:
            old.setEnabled(False)  # at once; deleting waits
            old.deleteLater()
        self._on_canvas = [
            self._canvas_shortcut(key, action)
            for name, action in self._actions.items()
            for key in keys.of(name)
            if on_canvas_only(key)
        ]
        self.keys_changed.emit(keys)

    def _canvas_shortcut(self, key: str, action: QAction) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._canvas)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(action.trigger)
        return shortcut
