"""Every text of the swept parts goes through the translation: in a language of brackets, none is without them.

A part that learns to speak is added to PARTS.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QCommandLinkButton,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QProgressBar,
    QWidget,
)

from painter_app.dialogs.learning_scale import LearningScaleDialog
from painter_app.dialogs.network_view import NetworkView
from painter_app.language import Catalogue, Translator
from painter_app.notices import Notice, Weight
from painter_app.panels.image_menu import image_menu
from painter_app.panels.map_key import PROBABILITY, UNCERTAINTY, MapKey
from painter_app.window import MainWindow
from shared_folder.status import Doing, ProjectStatus, TrainerStatus
from tests.painter_app.conftest import Studio
from tests.translatable import sentences, texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs beside the window, offscreen

DATA = ("Brushloop", "Deutsch", "Ctrl", "CPU", "lab-3", "1.0")
"""What is the same in every language."""


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
    data = (*DATA, str(brackets.project.shared.root), *brackets.project.images)
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
        if isinstance(each.parent(), QDialogButtonBox):
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
    QComboBox: lambda it: [it.itemText(index) for index in range(it.count())],
}
