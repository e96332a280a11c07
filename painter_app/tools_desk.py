"""The tools' desk: a dialog for each tool for folders."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from painter_app.dialogs.folder_tool import FolderToolDialog
from painter_app.session.session import Session
from painter_app.tools import TOOLS
from painter_app.tools.tool import Tool
from painter_app.workers import Workers


class ToolsDesk(QObject):
    """window: the dialogs' parent. home: where file dialogs begin while no project is open."""

    def __init__(self, window: QWidget, session: Session, workers: Workers, home: Path) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._workers = workers
        self._home = home

    def slots(self) -> dict[str, Callable[..., object]]:
        return {action_of(tool): partial(self.open, tool) for tool in TOOLS}

    def open(self, tool: Tool) -> None:
        """Ask for folders, the open project's proposed."""
        project = self._session.project
        start, beside = {}, self._home
        if project is not None:
            beside = project.shared.root
            start = {
                "images": project.dataset,
                "masks": project.folder.segmentations,
                "annotations": project.folder.root / "annotations",
            }
        FolderToolDialog(tool, self._workers, beside, start, self._window).open()


def action_of(tool: Tool) -> str:
    """The action's name of a tool."""
    return f"tool_for_{tool.name.replace('-', '_')}"
