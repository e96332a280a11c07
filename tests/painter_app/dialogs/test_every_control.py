"""Every control of every panel and dialog says what it is for, to the eye and to a screen reader."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QListView,
    QScrollBar,
    QTableView,
    QTreeView,
    QWidget,
)

from painter_app.canvas.tone import Tone
from painter_app.dialogs import __path__ as folders
from painter_app.dialogs.classes import ClassesDialog
from painter_app.dialogs.closing import ClosingDialog
from painter_app.dialogs.contrast import ContrastDialog
from painter_app.dialogs.export import ExportDialog
from painter_app.dialogs.folder_tool import FolderToolDialog
from painter_app.dialogs.keys import KeysDialog
from painter_app.dialogs.learning_scale import LearningScaleDialog
from painter_app.dialogs.metrics import MetricsDialog
from painter_app.dialogs.network_view import NetworkView
from painter_app.dialogs.new_project import NewProjectDialog
from painter_app.dialogs.note import NoteDialog
from painter_app.dialogs.shortcuts import ShortcutSheet
from painter_app.dialogs.source_window import SourceWindow
from painter_app.dialogs.welcome import WelcomePage
from painter_app.dialogs.who_did_what import WhoDidWhatDialog
from painter_app.keys import Keys
from painter_app.local_trainer import LocalTrainer
from painter_app.panels.brushes import BrushPanel
from painter_app.panels.hint import HintCard
from painter_app.panels.images import ImageList
from painter_app.panels.layers import LayerPanel
from painter_app.panels.trainer import TrainerPanel
from painter_app.tools import TOOLS
from painter_app.tools.tool import Tool
from painter_app.workers import Workers
from shared_folder.classes import LabelClass, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.project import create_project

CONTROLS = (QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox, QAbstractSlider, QAbstractItemView)


def brushes(shared: SharedFolder, workers: Workers) -> QWidget:
    panel = BrushPanel()
    panel.set_classes(list(new_classes(["root", "stem"])))
    return panel


def folder_tool(tool: Tool, shared: SharedFolder, workers: Workers) -> QWidget:
    return FolderToolDialog(tool, workers, shared.root, {})


def metrics(shared: SharedFolder, workers: Workers) -> QWidget:
    return MetricsDialog(create_project(shared, "m", "d", ("a.png",)), workers)


def export(shared: SharedFolder, workers: Workers) -> QWidget:
    return ExportDialog(create_project(shared, "p", "d", ("a.png",)), Path("out"), workers)


def classes(shared: SharedFolder, workers: Workers) -> QWidget:
    used = (*new_classes(["root", "stem"]), LabelClass(4, "old root", "#000000", merged_into=2))
    return ClassesDialog(used, rootpainters=True)


PARTS: dict[str, Callable[[SharedFolder, Workers], QWidget]] = {
    "brushes": brushes,
    "layers": lambda *_: LayerPanel(),
    "trainer": lambda *_: TrainerPanel("1.0"),
    "images": lambda *_: ImageList(),
    "welcome": lambda *_: WelcomePage(),
    "new project": NewProjectDialog,
    "export": export,
    "metrics": metrics,
    "who did what": lambda shared, workers: WhoDidWhatDialog(create_project(shared, "p", "d", ("a.png",)), workers),
    "classes": classes,
    "contrast": lambda *_: ContrastDialog(Tone(), "V"),
    "source": lambda *_: SourceWindow(),
    **{tool.name: partial(folder_tool, tool) for tool in TOOLS},
    "note": lambda *_: NoteDialog("a.png", "blurred", ["Bob: is it a root?"]),
    "keys": lambda *_: KeysDialog([("undo", "Edit", "Undo")], Keys({"undo": ("Z",)}, {})),
    "sheet of shortcuts": lambda *_: ShortcutSheet([("Edit", "Undo", "Z")]),
    "learning scale": lambda *_: LearningScaleDialog(None, 0.5),
    "network": lambda *_: NetworkView(),
    "closing": lambda shared, workers: ClosingDialog(workers, LocalTrainer(shared.root / "trainer.log")),
    "hint": lambda *_: HintCard(),
}


def is_part_of_another(widget: QWidget) -> bool:
    """Scroll bars, the fields of number boxes, the lists of combo boxes, hidden headers, and buttons that the system
    words."""
    parent = widget.parent()
    return (
        isinstance(widget, QScrollBar)
        or (isinstance(parent, QTableView | QTreeView) and isinstance(widget, QHeaderView | QAbstractButton))
        or (
            isinstance(parent, QAbstractSpinBox | QComboBox | QKeySequenceEdit | QLineEdit | QDialogButtonBox)
            and not widget.toolTip()
        )
        or (
            isinstance(widget, QListView)
            and isinstance(parent, QWidget)
            and "ComboBox" in str(parent.metaObject().className())
        )
    )


def test_no_dialog_is_left_out(qtbot, shared) -> None:
    workers, known = Workers(), {ShortcutSheet}  # which has words alone
    for number, part in enumerate(PARTS.values()):
        widget = part(SharedFolder(shared.root / str(number)), workers)
        qtbot.addWidget(widget)
        known.add(type(widget))
    assert workers.close(5)
    modules = [importlib.import_module(f"painter_app.dialogs.{each.name}") for each in pkgutil.iter_modules(folders)]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    ours = {each for each in found if issubclass(each, QDialog) and each.__module__.startswith("painter_app")}
    assert ours <= known


@pytest.mark.parametrize("part", PARTS)
def test_it_has_a_tooltip_a_name_and_takes_the_keyboard(part, qtbot, shared):
    workers = Workers()
    widget = PARTS[part](shared, workers)
    qtbot.addWidget(widget)
    controls = [child for child in widget.findChildren(QWidget) if isinstance(child, CONTROLS)]
    own = [child for child in controls if not is_part_of_another(child)]
    assert own
    for control in own:
        who = f"{type(control).__name__} {control.accessibleName()!r}"
        assert control.toolTip(), f"{who} has no tooltip"
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text, f"{who} has no name"
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, f"{who} can't be reached by keyboard"
    assert workers.close(5)
