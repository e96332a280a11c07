"""The tools' desk: a dialog for each tool for folders."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QWidget

from painter_app.dialogs.folder_tool import FolderToolDialog
from painter_app.session.session import Session
from painter_app.settings import SettingsFile
from painter_app.tools import TOOLS
from painter_app.tools.extend import EXTEND
from painter_app.tools.tool import Tool
from painter_app.workers import Workers


class ToolsDesk(QObject):
    """window: the dialogs' parent. home: where file dialogs begin while no project is open."""

    def __init__(
        self, window: QWidget, session: Session, workers: Workers, settings: SettingsFile, home: Path
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._workers = workers
        self._settings = settings
        self._home = home

    def slots(self) -> dict[str, Callable[..., object]]:
        return {action_of(tool): partial(self.open, tool) for tool in TOOLS}

    def open(self, tool: Tool) -> None:
        """Ask for folders, the open project's proposed."""
        project = self._session.project
        start, beside = {}, self._home
        if project is not None:
            beside, roots = project.shared.root, self._settings.now.image_roots
            start = {
                "project": project.folder.root,
                "images": Path(roots.get(project.settings.image_root, project.dataset)),
                "masks": project.folder.segmentations,
                "annotations": project.folder.root / "annotations",
            }
        dialog = FolderToolDialog(tool, self._workers, beside, start, self._window)
        if tool is EXTEND:
            dialog.worked.connect(self._open_again)
        dialog.open()

    def _open_again(self) -> None:
        """The open project may have more images by now."""
        project = self._session.project
        if project is not None:
            self._session.open_project(project.folder.file)


def action_of(tool: Tool) -> str:
    """The action's name of a tool."""
    return f"tool_for_{tool.name.replace('-', '_')}"
