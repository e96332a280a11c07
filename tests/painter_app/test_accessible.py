"""Whoever has no mouse, or no eyes on the screen: what Tab reaches has a name, and shows that it has the focus."""

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLabel, QMenuBar, QWidget

from painter_app.hints_desk import PAINT
from painter_app.notices import Answer, Notice, Weight

THEMES = ("light", "dark")


def reached_by_tab(top: QWidget) -> Iterator[QWidget]:
    """The widgets that Tab visits, in turn."""
    widget = top.nextInFocusChain()
    while widget is not None and widget is not top:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if takes and widget.isVisibleTo(top) and widget.isEnabled() and top.isAncestorOf(widget):
            yield widget
        widget = widget.nextInFocusChain()


def spoken(widget: QWidget) -> str:
    """The name that a screen reader gets: its own, the words on a button, or those of the label beside it."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractSpinBox):
        return spoken(parent)  # whose field speaks for it
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    labels = [label.text() for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    return widget.accessibleName() or words or "".join(labels)


def nameless(top: QWidget) -> list[str]:
    return [f"{type(each).__name__} {each.objectName()}" for each in reached_by_tab(top) if not spoken(each)]


def full_window(studio):
    """With all that can be there: masks, a notice with an answer, a hint, a bar that waits."""
    studio.give_mask("plant_1.png")
    window = studio.open()
    window.resize(1400, 900)
    window.notices.show_notice(Notice("A question?", Weight.QUESTION, (Answer("Yes", lambda: None),)))
    window.page.hint.show_hint(PAINT.text)
    window.waits.show()
    window.page.images.order.choice.setCurrentIndex(1)
    window.page.images.order.set_unjudged(3)
    QApplication.processEvents()
    return window


def test_every_part_of_the_window_that_tab_reaches_has_a_name(studio) -> None:
    window = full_window(studio)
    reached = list(reached_by_tab(window))
    assert window.page.canvas in reached
    assert len(reached) > 25
    assert nameless(window) == []


def test_every_part_of_the_first_page_has_a_name(studio) -> None:
    window = studio.open()
    window.close_project()
    window.welcome.set_recent([studio.project.folder.file])
    assert window.welcome.isVisible()
    assert len(list(reached_by_tab(window))) >= 5
    assert nameless(window) == []


def picture(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).copy()


@pytest.mark.parametrize("theme", THEMES)
def test_whatever_has_the_focus_shows_it(studio, theme) -> None:
    window = full_window(studio)
    studio.do(window, f"theme_{theme}")
    window.activateWindow()
    window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # as Qt does at the first Tab
    silent = []
    for widget in list(reached_by_tab(window)):
        if widget is window.page.canvas or isinstance(widget, QMenuBar):
            continue  # the canvas has it whenever nothing else shows it; a menu shows what is open
        shown = widget.parentWidget() if isinstance(widget.parentWidget(), QAbstractSpinBox) else widget
        window.page.canvas.setFocus()
        QApplication.processEvents()
        without = picture(shown)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if np.array_equal(without, picture(shown)):
            silent.append(f"{type(widget).__name__} {spoken(widget)}")
    assert silent == [], silent
