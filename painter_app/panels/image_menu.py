"""The menu of an image in the list: whether it is a test image, and what that is for."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu, QWidget

TEST_PURPOSE = (
    "Test image: paint all of it, every class and the background. It is never learned from;\n"
    "models are compared on the test images alone, which is fairer than on corrected places."
)


def test_image_menu(parent: QWidget, is_test: bool, choose: Callable[[bool], None]) -> QMenu:
    """A menu that is gone once it closes. choose: called with whether the image is to be a test image."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    action = menu.addAction("Use as &test image")
    assert action is not None  # noqa: S101 (Qt's own annotation; it always makes one)
    action.setToolTip(TEST_PURPOSE)
    action.setCheckable(True)
    action.setChecked(is_test)
    action.triggered.connect(choose)
    return menu
