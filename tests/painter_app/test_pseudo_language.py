"""Every text goes through the translation: in a language of brackets, none is without them.

A new panel or dialog is added to PARTS.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QCommandLinkButton,
    QDialogButtonBox,
    QGroupBox,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QProgressBar,
    QWidget,
)

from painter_app.action_table import ACTIONS
from painter_app.canvas.layer_stack import MaskLook
from painter_app.canvas.tone import Tone
from painter_app.datasets.make import COPYING
from painter_app.datasets.survey import Inside, Survey
from painter_app.dialogs.class_editor import ClassEditor
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
from painter_app.dialogs.new_project_form import NewProjectForm
from painter_app.dialogs.note import NoteDialog
from painter_app.dialogs.shortcuts import ShortcutSheet
from painter_app.dialogs.source_window import SourceWindow
from painter_app.dialogs.who_did_what import WhoDidWhatDialog
from painter_app.images_desk import doubt_sentence
from painter_app.keys import as_written
from painter_app.language import Catalogue, Translator
from painter_app.masks.export import ExportReport
from painter_app.masks.metrics import MetricsReport
from painter_app.masks.who_did_what import Work, WorkReport
from painter_app.notices import Notice, Weight
from painter_app.panels.image_menu import image_menu
from painter_app.panels.map_key import PROBABILITY, UNCERTAINTY, MapKey
from painter_app.session.image_filter import Filter
from painter_app.session.image_notes import Note
from painter_app.session.image_order import Order, Ordered
from painter_app.session.listing import listing_of
from painter_app.session.other_painters import OtherPainter
from painter_app.task import Task
from painter_app.tools import TOOLS
from painter_app.tools.tool import Outcome, Tool
from painter_app.window import MainWindow
from shared_folder.channels import ChannelTone
from shared_folder.classes import LabelClass, new_classes
from shared_folder.layout import SharedFolder
from shared_folder.names import image_id
from shared_folder.review import Reached, ReviewState
from shared_folder.segmentation import Contradiction
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from tests.painter_app.conftest import Studio
from tests.translatable import sentences, texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen

DATA = ("Brushloop", "Deutsch", "Ctrl", "CPU", "lab-3", "1.0", "px")
"""What is the same in every language."""
KEYS = tuple(as_written(key) for row in ACTIONS for key in row.keys)


def _learning_panel(window: MainWindow) -> QWidget:
    project = ProjectStatus(
        project="projects/plants",
        doing=Doing.LEARNING,
        learning_seconds=200,
        progress=0.5,
        train_images=4,
        validation_images=2,
        score=0.8,
        scores=((0, 0.5), (1, 0.8)),
        queue=2,
        turns_with=("projects/CPU",),
    )
    trainer = TrainerStatus(version="2.0", host="lab-3", device="CPU", counter=4)
    window.page.trainer.set_status(trainer, project, alive=True, silent_since=None, learning=True)
    return window.page.trainer


def _notice(window: MainWindow) -> QWidget:
    window.notices.show_notice(Notice("1", Weight.QUESTION, details="2"))
    return window.notices


def _welcome(window: MainWindow) -> QWidget:
    window.welcome.set_shared_folder(Path("/1"), Path("/2"))
    window.welcome.set_recent([])
    return window.welcome


def _hint(window: MainWindow) -> QWidget:
    window.page.hint.show_hint("1")
    return window.page.hint


def _scale(window: MainWindow) -> QWidget:
    return LearningScaleDialog(3.0, 0.5, window)


def _images(window: MainWindow) -> QWidget:
    """With all that a row says, a filter that hides some, and an order that lacks masks."""
    images, image = window.page.images, image_id("plant_2.png")
    images.set_notes({image: (Note("1", ""), Note("2", "lab-3"))})
    doubt = Contradiction(annotated=2, predicted=1, box=(0, 0, 3, 3))
    images.set_doubts({image: doubt_sentence([doubt], ())})
    images.set_open_by({image: (OtherPainter("", "lab-3"),)})
    images.set_test_set(frozenset({image}))
    images.set_reached("plant_2.png", Reached.CHOICE)
    images.set_state("plant_3.png", ReviewState.PARTLY_CORRECTED)
    ordered = Ordered(Order.MOST_UNCERTAIN, window.session.project.images if window.session.project else (), 3)
    images.order.choice.setCurrentIndex(1)
    images.set_listing(listing_of(ordered, ("plant_2.png", "plant_3.png"), Filter("plant"), unread=2))
    images.order.set_unjudged(3)
    return images


def _layers(window: MainWindow) -> QWidget:
    window.mask_desk.show_as(MaskLook.PROBABILITY)
    window.canvas_desk.show_layer("uncertainty", True)
    return window.page.layers


def _brushes(window: MainWindow) -> QWidget:
    window.page.brushes.show_pen()
    return window.page.brushes


def _new_project(window: MainWindow) -> QWidget:
    """With what a look at a folder tells, and each way to keep the images."""
    dialog = NewProjectDialog(SharedFolder(window.projects.shared_folder), window.workers, window)
    form = dialog.findChild(NewProjectForm)
    assert form is not None
    inside = Inside("lab-3", 4, "slice 1, time 1", "slice 4, time 1", 2, ("CPU",))
    form.show_survey(Path("/1"), Survey(3, 2, (200, 300), (), 12, inside))
    return dialog


def _folder_tool(tool: Tool, window: MainWindow) -> QWidget:
    dialog = FolderToolDialog(tool, window.workers, Path("/1"), {})
    dialog._show(Outcome(2, ("lab-3: there is no such folder.",)))
    return dialog


def _metrics(window: MainWindow) -> QWidget:
    assert window.session.project is not None
    dialog = MetricsDialog(window.session.project, window.workers, window)
    dialog._finished(MetricsReport((), ("lab-3: there is no such folder.",)))
    return dialog


def _export(window: MainWindow) -> QWidget:
    assert window.session.project is not None
    dialog = ExportDialog(window.session.project, Path("/1"), window.workers, window)
    dialog._show_report(ExportReport(2, ("1", "2"), ("lab-3: there is no such folder.",)))
    return dialog


def _who_did_what(window: MainWindow) -> QWidget:
    assert window.session.project is not None
    dialog = WhoDidWhatDialog(window.session.project, window.workers, window)
    dialog._show(WorkReport((Work("", 3, seconds=4000.0),), ("lab-3: there is no such folder.",)))
    return dialog


def _classes(window: MainWindow) -> QWidget:
    used = (*new_classes(["lab-3", "CPU"]), LabelClass(4, "1.0", "#000000", merged_into=1))
    return ClassesDialog(used, True, window)


def _contrast(window: MainWindow) -> QWidget:
    """Of an image whose channels are no colours."""
    dialog = ContrastDialog(Tone(), "V", window)
    dialog.show_channels(["", "CPU"], [ChannelTone(True, "#123456", 0, 9), ChannelTone(True, "#ff0000", 0, 9000)])
    return dialog


def _keys(window: MainWindow) -> QWidget:
    """While she is asked whether another action's key shall be given away."""
    window.keys.change()
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    dialog.choose("redo")
    dialog._ask("Ctrl+N", "new_project")
    return dialog


def _shortcuts(window: MainWindow) -> QWidget:
    window.keys.show_sheet()
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    return sheet


def _waits(window: MainWindow) -> QWidget:
    task = Task(window, "1")
    window.waits.watch(task)
    task.progressed.emit(COPYING, 1, 2)
    return window.waits


PARTS: dict[str, Callable[[MainWindow], QWidget]] = {
    "menus": lambda window: window.menuBar() or window,
    "trainer": _learning_panel,
    "no trainer": lambda window: window.page.trainer,
    "status bar": lambda window: window.status,
    "notice bar": _notice,
    "welcome": _welcome,
    "hint": _hint,
    "network view": NetworkView,
    "learning scale": _scale,
    "uncertainty key": lambda _window: MapKey(UNCERTAINTY),
    "probability key": lambda _window: MapKey(PROBABILITY),
    "image menu": lambda window: image_menu(window, False, lambda _: None, lambda: None),
    "page": lambda window: window.page,
    "images": _images,
    "layers": _layers,
    "brushes": _brushes,
    "new project": _new_project,
    "export": _export,
    "metrics": _metrics,
    **{tool.name: partial(_folder_tool, tool) for tool in TOOLS},
    "who did what": _who_did_what,
    "classes": _classes,
    "new classes": lambda _window: ClassEditor(["CPU", ""]),
    "contrast": _contrast,
    "contrast of colours": lambda window: ContrastDialog(Tone(), "V", window),
    "source": SourceWindow,
    "note": lambda window: NoteDialog("lab-3", "1", ["2"], window),
    "keys": _keys,
    "shortcuts": _shortcuts,
    "closing": lambda window: ClosingDialog(window.workers, window.trainer, window),
    "wait bar": _waits,
}


@pytest.fixture
def brackets(studio: Studio, qapp) -> Iterator[Studio]:
    """A studio whose windows speak the language of brackets."""
    told = {text: f"⟦{text}⟧" for text in texts()}
    said = {text: f"⟦{text}⟧" for text in sentences()}
    translator = Translator(Catalogue(language="", texts=told, sentences=said), qapp)
    qapp.installTranslator(translator)
    yield studio
    qapp.removeTranslator(translator)
    translator.setParent(None)


@pytest.mark.parametrize("part", PARTS)
def test_no_text_goes_untranslated(brackets: Studio, part: str) -> None:
    window = brackets.open()
    widget = PARTS[part](window)
    shown = [*_texts(widget)]
    assert shown, "nothing to look at"
    data = (*DATA, *KEYS, str(brackets.project.shared.root), *brackets.project.images)
    assert {f"{where}: {text}" for where, text in shown if _without_brackets(text, data)} == set()


def test_the_titles_of_the_panels_are_translated(brackets: Studio) -> None:
    titles = [label.text() for label in brackets.open().page.findChildren(QLabel, "sectionTitle")]
    assert sorted(titles) == ["⟦Brushes⟧", "⟦Images⟧", "⟦Layers⟧", "⟦Trainer⟧"]


def test_what_is_not_translated_is_found(brackets: Studio) -> None:
    label = QLabel("Not marked")
    brackets.qtbot.addWidget(label)
    assert [text for _, text in _texts(label) if _without_brackets(text, DATA)] == ["Not marked"]


def _without_brackets(text: str, data: tuple[str, ...]) -> bool:
    """Whether letters are left that are neither in brackets nor data, a key or markup."""
    left = text
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", "", left)) != left:
        left = inner
    left = re.sub(r"<[^>]*>|&nbsp;|\((?:Ctrl|Alt|Shift|\+|\w)+\)", "", left)
    for known in sorted(data, key=len, reverse=True):
        left = left.replace(known, "")
    return any(letter.isalpha() for letter in left)


def _texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """All that a widget and what it holds say, with where. What Qt says itself, it translates itself."""
    for each in (widget, *widget.findChildren(QWidget)):
        if isinstance(each.parent(), QDialogButtonBox | QKeySequenceEdit):
            continue
        for kind, say in _SAYING.items():
            if isinstance(each, kind):
                yield from ((f"{kind.__name__} {each.objectName()}", text) for text in say(each))
        menus = [action.menu() for action in each.actions()] if isinstance(each, QMenuBar) else []
        for holder in (each, *(menu for menu in menus if menu is not None)):
            for action in holder.actions():
                for text in (action.text(), action.toolTip(), action.statusTip()):
                    yield f"action {action.objectName()}", text


_SAYING: dict[type[QWidget], Callable[[Any], Sequence[str]]] = {
    QWidget: lambda it: (
        it.toolTip(),
        it.statusTip(),
        it.accessibleName(),
        it.accessibleDescription(),
        it.windowTitle(),
    ),
    QLabel: lambda it: (it.text(),),
    QAbstractButton: lambda it: (it.text(),),
    QCommandLinkButton: lambda it: (it.description(),),
    QLineEdit: lambda it: (it.text(), it.placeholderText()),
    QGroupBox: lambda it: (it.title(),),
    QMenu: lambda it: (it.title(),),
    QProgressBar: lambda it: (it.format().replace("%p", ""),),
    QComboBox: lambda it: [text for row in range(it.count()) for text in (it.itemText(row), *_told(it, row))],
    QPlainTextEdit: lambda it: (it.toPlainText(),),
    QAbstractItemView: lambda it: [*_cells(it.model(), QModelIndex())],
}


def _told(combo: QComboBox, row: int) -> tuple[str, ...]:
    tip = combo.itemData(row, Qt.ItemDataRole.ToolTipRole)
    return (tip,) if tip else ()


def _cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    """What rows say, and what stands above them."""
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)  # which a list keeps private
    for column in range(columns):
        for role in roles:
            yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
        for row in range(model.rowCount(parent)):
            cell = model.index(row, column, parent)
            yield from (str(cell.data(role) or "") for role in roles)
            yield from _cells(model, cell)
