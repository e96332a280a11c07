"""Keys: which of them does what. Every action has its usual ones, unless the user gave it others."""

from collections.abc import Mapping

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from painter_app.language import tr
from painter_app.marking import marked
from shared_folder.refused import Refused

KeysByAction = Mapping[str, tuple[str, ...]]
"""Keys such as "Ctrl+Z" by the names of actions. An action's first key is the one that menus and tooltips show."""

_PORTABLE, _NATIVE = QKeySequence.SequenceFormat.PortableText, QKeySequence.SequenceFormat.NativeText
_ALT = Qt.KeyboardModifier.AltModifier
_CANVAS_ONLY = {"Return", "Enter", "Left", "Right", "Up", "Down", "Home", "End", "Del", "Backspace"}
_TAKEN = {
    "Space": marked("Space moves the image"),
    "Esc": marked("Esc closes dialogs and notices"),
    **dict.fromkeys(("Tab", "Shift+Backtab", "Backtab"), marked("Tab goes from one field to the next")),
    **dict.fromkeys("123456789", marked("the number keys choose classes")),
}
_MIRROR = str.maketrans("QWERTASDFGZXCVB" + "POIUY;LKJH/.,MN", "POIUY;LKJH/.,MN" + "QWERTASDFGZXCVB")
"""Each letter's place on a QWERTY keyboard, seen in a mirror."""


class Keys:
    """The keys in force: chosen ones, and of the usual ones those that no chosen one took. A value.

    usual, chosen: for all actions, and for those that the user changed. Keys are spelled as `spelled` does.
    """

    def __init__(self, usual: KeysByAction, chosen: KeysByAction) -> None:
        self._usual = usual
        taken = {key for keys in chosen.values() for key in keys}
        self._now = {
            name: chosen.get(name, tuple(key for key in keys if key not in taken)) for name, keys in usual.items()
        }
        self.chosen = {name: keys for name, keys in chosen.items() if name in usual and keys != usual[name]}

    def of(self, action: str) -> tuple[str, ...]:
        return self._now[action]

    def shown(self, action: str) -> str:
        """An action's first key as this system writes it; empty if it has none."""
        return as_written(self._now[action][0]) if self._now[action] else ""

    def owner(self, key: str) -> str | None:
        """The action that a key does."""
        return next((name for name, keys in self._now.items() if key in keys), None)

    def given(self, action: str, key: str) -> "Keys":
        """With another first key for an action, whosever it was."""
        own = (key, *(other for other in self._now[action][1:] if other != key))
        return Keys(self._usual, {**self._without({key}), action: own})

    def bare(self, action: str) -> "Keys":
        """With no key for an action."""
        return Keys(self._usual, {**self.chosen, action: ()})

    def reset(self, action: str) -> "Keys":
        """With an action's usual keys, whosever they were."""
        others = self._without(set(self._usual[action]))
        return Keys(self._usual, {name: keys for name, keys in others.items() if name != action})

    def usual(self) -> "Keys":
        return Keys(self._usual, {})

    def left_handed(self) -> "Keys":
        """For a hand on the right half of the keyboard: the usual keys in a mirror. What is used most often keeps a
        key that every country's keyboard has there."""
        mirrored = {
            name: tuple(key.translate(_MIRROR) if len(key) == 1 else key for key in keys)
            for name, keys in self._usual.items()
        }
        if "undo" in mirrored:
            mirrored["undo"] = ("Backspace", *mirrored["undo"])
        return Keys(self._usual, {name: keys for name, keys in mirrored.items() if keys != self._usual[name]})

    def _without(self, gone: set[str]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(key for key in keys if key not in gone) for name, keys in self.chosen.items()}


def read_keys(usual: KeysByAction, chosen: KeysByAction) -> Keys:
    """The keys in force, by the settings' chosen ones. Actions that this program doesn't know are passed over.

    Raises Refused for what is no key, or can't be changed, and for one key of two actions.
    """
    owners: dict[str, str] = {}
    parsed: dict[str, tuple[str, ...]] = {}
    for name in usual.keys() & chosen.keys():
        keys = tuple(spelled(key) for key in chosen[name])
        for key, written in zip(keys, chosen[name], strict=True):
            refusal = ""
            if not key:
                refusal = f"'{written}' of {name} is no key"
            elif reason := why_not(key):
                refusal = f"{key} of {name} can't be chosen, since {reason}"
            elif owners.setdefault(key, name) != name:
                refusal = f"{key} belongs to {name} and to {owners[key]}"
            if refusal:
                raise Refused(
                    f"settings.json: keys: {refusal}. The usual keys are in force; Help > Change keys sets others."
                )
        parsed[name] = keys
    return Keys(usual, parsed)


def spelled(key: str) -> str:
    """A single key with its modifiers as it is kept; empty for anything else."""
    sequence = QKeySequence.fromString(key, _PORTABLE)
    return sequence.toString(_PORTABLE) if sequence.count() == 1 else ""


def as_written(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence.fromString(key, _PORTABLE).toString(_NATIVE)


def on_canvas_only(key: str) -> bool:
    """Whether a key means something else in fields, lists and buttons, so that it acts on the canvas alone."""
    return key in _CANVAS_ONLY


def why_not(key: str) -> str:
    """Why a key can't be given to an action, as the end of a sentence; empty if it can."""
    if key in _TAKEN:
        return tr(_TAKEN[key])
    pressed = QKeySequence.fromString(key, _PORTABLE)[0]
    letter = Qt.Key.Key_A <= pressed.key() <= Qt.Key.Key_Z
    return tr("Alt with a letter opens menus") if letter and pressed.keyboardModifiers() == _ALT else ""


def with_key(sentence: str, key: str) -> str:
    """A sentence with the key that does what it says: "Paint background (W)."."""
    return f"{sentence.removesuffix('.')} ({key})." if key else sentence
