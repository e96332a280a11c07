"""Actions: what the table of actions says, in the window's menus, buttons and keys."""

from collections.abc import Callable, Mapping

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu

from painter_app.action_table import ACTIONS, GROUP_ENDS, HELD_AND_MOUSE, spoken, title
from painter_app.keys import Keys, as_written, on_canvas_only
from painter_app.language import tr
from painter_app.theme import Colours, icon


def make_actions(window: QMainWindow, slots: Mapping[str, Callable[..., object]]) -> dict[str, QAction]:
    """Every action of the table, in the window's menus. slots: by the actions' names; checkable ones take a bool."""
    made: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {}
    bar = window.menuBar()
    for row in ACTIONS:
        if row.menu not in menus:
            menus[row.menu] = QMenu(title(row.menu), window)
            if bar is not None:
                bar.addMenu(menus[row.menu])
        action = QAction(tr(row.text), window)
        action.setObjectName(row.name)
        action.setStatusTip(tr(row.tip))
        action.setCheckable(row.checkable)
        action.setIconVisibleInMenu(not row.checkable)  # there it would hide the tick
        (action.toggled if row.checkable else action.triggered).connect(_slot(slots[row.name], row.checkable))
        menus[row.menu].addAction(action)
        if row.name in GROUP_ENDS:
            menus[row.menu].addSeparator()
        made[row.name] = action
    return made


def usual_keys() -> dict[str, tuple[str, ...]]:
    """By the actions' names."""
    return {row.name: row.keys for row in ACTIONS}


def key_actions(actions: Mapping[str, QAction], keys: Keys) -> None:
    """Give the actions the keys in force, but those that act on the canvas alone."""
    for row in ACTIONS:
        everywhere = [QKeySequence(key) for key in keys.of(row.name) if not on_canvas_only(key)]
        actions[row.name].setShortcuts(everywhere)
        shown = keys.shown(row.name)
        actions[row.name].setToolTip(f"{tr(row.tip)} ({shown})" if shown else tr(row.tip))


def dress_actions(actions: Mapping[str, QAction], colours: Colours) -> None:
    """Give the actions their icons in the theme's ink."""
    for row in ACTIONS:
        if row.icon:
            actions[row.name].setIcon(icon(row.icon, colours))


def enable_actions(actions: Mapping[str, QAction], *, project: bool, image: bool) -> None:
    """Only what makes sense now can be chosen."""
    for row in ACTIONS:
        actions[row.name].setEnabled({"": True, "project": project, "image": image}[row.needs])


def show_checked(action: QAction, checked: bool) -> None:
    """Show an action's state without doing it."""
    with QSignalBlocker(action):
        action.setChecked(checked)


def shortcut_rows(keys: Keys) -> list[tuple[str, str, str]]:
    """Group, what it does, and its keys or the mouse's, for the sheet of shortcuts."""
    with_keys = [
        (title(row.menu).replace("&", ""), spoken(row), ", ".join(map(as_written, keys.of(row.name))))
        for row in ACTIONS
    ]
    held = [(tr(group), tr(does), tr(how)) for group, does, how in HELD_AND_MOUSE]
    return [*(row for row in with_keys if row[-1]), *held]


def _slot(slot: Callable[..., object], checkable: bool) -> Callable[[bool], object]:
    def triggered(_checked: bool) -> None:
        slot()

    return slot if checkable else triggered
