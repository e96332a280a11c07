"""The menu of an image in the list: its note, whether it is a test image, and what that is for."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu, QWidget

from painter_app.language import tr
from painter_app.marking import marked

TEST_PURPOSE = marked(
    "Test image: paint all of it, every class and the background. It is never learned from;\n"
    "models are compared on the test images alone, which is fairer than on corrected places."
)


def image_menu(
    parent: QWidget, is_test: bool, choose: Callable[[bool], None], write_note: Callable[[], None]
) -> QMenu:
    """A menu that is gone once it closes. choose: called with whether the image is to be a test image."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    note = menu.addAction(tr("&Note…"))
    action = menu.addAction(tr("Use as &test image"))
    assert note is not None and action is not None  # noqa: S101, PT018 (Qt's own annotation; it always makes one)
    note.setToolTip(tr("Write a note on this image, for everybody in the project"))
    note.triggered.connect(lambda _checked: write_note())
    action.setToolTip(tr(TEST_PURPOSE))
    action.setCheckable(True)
    action.setChecked(is_test)
    action.triggered.connect(choose)
    return menu
