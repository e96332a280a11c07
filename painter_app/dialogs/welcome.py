"""The first page: what Brushloop does, in three sentences and a picture, and where to begin."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import (
    QCommandLinkButton,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.dialogs.loop_picture import LoopPicture
from painter_app.language import tr, with_key
from painter_app.marking import marked

_SENTENCES = marked(
    "Brushloop finds things in your images: roots in soil, cells, leaves, cracks. "
    "You paint a few clear examples with a brush; a neural network learns from them while you go on. "
    "Then it shows you its mask of each next image, and you paint over what is wrong, until little is."
)
_MOST_RECENT = 6


class WelcomePage(QWidget):
    """Offers the sample, a new project, an existing one; names the shared folder and lets it be changed."""

    sample_chosen = pyqtSignal()
    new_chosen = pyqtSignal()
    open_chosen = pyqtSignal(Path)
    """A project's file."""
    folder_chosen = pyqtSignal(Path)
    """Another shared folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shared_folder = Path.home()
        self._rootpainter: Path | None = None
        self._folder = QLabel()
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._folder.setTextFormat(Qt.TextFormat.PlainText)
        self._take_rootpainter = QPushButton()
        self._take_rootpainter.setAccessibleName(tr("Use RootPainter's shared folder"))
        self._take_rootpainter.clicked.connect(self._choose_rootpainter)
        self._recent_title = _title(tr("Recent projects"))
        self._recent = QListWidget()
        self._recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._recent.setAccessibleName(tr("Recent projects"))
        self._recent.setToolTip(tr("Open a project again: double click, or Enter"))
        self._recent.itemActivated.connect(self._open_recent)
        self._others = QMenu(self)
        self._lay_out()
        self.set_recent([])
        self.set_shared_folder(self._shared_folder, None)

    def set_recent(self, projects: Sequence[Path]) -> None:
        """Project files, the latest first."""
        self._recent.clear()
        height = 2 * self.fontMetrics().height() + 10
        for path in projects[:_MOST_RECENT]:
            item = QListWidgetItem(f"{path.stem}\n{path.parent}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setSizeHint(QSize(0, height))
            self._recent.addItem(item)
        self._recent.setFixedHeight(height * self._recent.count() + 2 * self._recent.frameWidth() + 2)
        self._recent_title.setVisible(bool(projects))
        self._recent.setVisible(bool(projects))

    def set_shared_folder(self, folder: Path, rootpainter: Path | None, others: Sequence[Path] = ()) -> None:
        """folder: in use. rootpainter: the one that RootPainter's settings name, offered if it is another. others:
        those that were in use before, the latest first."""
        self._shared_folder, self._rootpainter = folder, rootpainter
        self._others.clear()
        for other in others:
            self._others.addAction(str(other), partial(self.folder_chosen.emit, other))
        self._others.addSeparator()
        self._others.addAction(tr("&Another folder…"), self._change_folder)
        self._folder.setText(str(folder))
        offered = rootpainter is not None and rootpainter != folder
        text = tr("&Use RootPainter's folder: {folder}")
        self._take_rootpainter.setText(text.format(folder=rootpainter) if offered else "")
        tip = tr("Its projects, annotations and masks open here as they are")
        self._take_rootpainter.setToolTip(with_key(tip, text))
        self._take_rootpainter.setVisible(offered)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(10)
        heading = _title(tr("Teach a network to segment your images"), 1.7)
        text = QLabel(tr(_SENTENCES))
        text.setWordWrap(True)
        column.addWidget(heading)
        column.addWidget(text)
        column.addWidget(LoopPicture())
        lower = QHBoxLayout()
        lower.setSpacing(24)
        lower.addLayout(self._offers(), 1)
        recent = QVBoxLayout()
        recent.setSpacing(6)
        recent.addWidget(self._recent_title)
        recent.addWidget(self._recent)
        recent.addStretch(1)
        lower.addLayout(recent, 1)
        column.addLayout(lower)
        column.addWidget(_line())
        column.addLayout(self._folder_row())
        column.addWidget(self._take_rootpainter, 0, Qt.AlignmentFlag.AlignLeft)
        page = QWidget()
        page.setLayout(column)
        page.setMaximumWidth(920)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(page, 20, Qt.AlignmentFlag.AlignVCenter)
        outer.addStretch(1)

    def _offers(self) -> QVBoxLayout:
        offers = QVBoxLayout()
        offers.setSpacing(2)
        for title, description, action in (
            (
                tr("Try the &sample"),
                tr("Two dozen images of roots in soil; nothing of yours is touched"),
                self.sample_chosen.emit,
            ),
            (tr("&New project…"), tr("From a folder of your images"), self.new_chosen.emit),
            (tr("&Open a project…"), tr("One that you or RootPainter made"), self._open_existing),
        ):
            button = QCommandLinkButton(title, description)
            button.setIcon(QIcon())  # the style's arrow is black in the dark too
            button.setIconSize(QSize(0, 0))
            button.setToolTip(with_key(description, title))
            button.clicked.connect(action)
            offers.addWidget(button)
        offers.addStretch(1)
        return offers

    def _folder_row(self) -> QHBoxLayout:
        change = QPushButton(tr("&Change…"))
        tip = tr("Choose another shared folder, for instance one on your lab's server")
        change.setToolTip(with_key(tip, change.text()))
        change.setAccessibleName(tr("Change the shared folder"))
        change.setMenu(self._others)
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Shared folder, where projects and masks are kept:")))
        row.addWidget(self._folder, 1)
        row.addWidget(change)
        return row

    def _open_existing(self) -> None:
        start = self._shared_folder / "projects"
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Open a project"), str(start), tr("Projects") + " (*.seg_proj)"
        )
        if chosen:
            self.open_chosen.emit(Path(chosen))

    def _open_recent(self, item: QListWidgetItem) -> None:
        self.open_chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _change_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose the shared folder"), str(self._shared_folder))
        if chosen:
            self.folder_chosen.emit(Path(chosen))

    def _choose_rootpainter(self) -> None:
        if self._rootpainter is not None:
            self.folder_chosen.emit(self._rootpainter)


def _title(text: str, scale: float = 1.1) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * scale)
    label.setFont(font)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
