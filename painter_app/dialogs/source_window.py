"""Where an image comes from: the picture that its tile was cut from, with the tile framed."""

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from painter_app.canvas.layers import DisplayedImage
from painter_app.canvas.surface import Surface
from painter_app.language import tr
from shared_folder.rectangle import Rectangle

_STEP = 1.25  # of the zoom, for each notch and key
_NOTCH = 120
"""Eighths of a degree that a wheel turns at one notch."""
_AROUND = 3.0
"""Sides of the tile that are seen at first."""
_ARROWS = {
    Qt.Key.Key_Left: (60, 0),
    Qt.Key.Key_Right: (-60, 0),
    Qt.Key.Key_Up: (0, 60),
    Qt.Key.Key_Down: (0, -60),
}


class SourceView(Surface):
    """A picture to look at: the wheel zooms, dragging moves it, a double click shows all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPointF | None = None  # where the pointer was last while it drags
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(tr("The picture around the tile"))
        self.setAccessibleDescription(tr("Arrow keys move it, + and - zoom"))
        self.setMinimumSize(240, 200)

    def sizeHint(self) -> QSize:
        return QSize(520, 460)

    def show_picture(self, image: DisplayedImage | None) -> None:
        """Another picture, or none; all of it in view."""
        self._show_layers(image, None, None)

    def show_place(self, place: Rectangle, near: bool) -> None:
        """Frame a place, and have it in the middle; where all is in view that stays so. near: zoom so that the place
        and what lies around it are seen."""
        self.set_frames([place])
        zoom = self.viewport.zoom
        if near:
            room = min(self.width() / max(1, place.width), self.height() / max(1, place.height))
            zoom = max(zoom, room / _AROUND * self.devicePixelRatioF())
        elif self.viewport.fitted:
            return
        self.show_middle(zoom, (place.top + place.bottom) / 2, (place.left + place.right) / 2)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            event.accept()
            self.zoom_by(_STEP ** (event.angleDelta().y() / _NOTCH), event.position())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._from is not None:
            by, self._from = event.position() - self._from, event.position()
            self.pan_by(by.x(), by.y())

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        self._from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        self.fit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = event.key() if event is not None else None
        if key in _ARROWS:
            self.pan_by(*_ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / _STEP)
        else:
            super().keyPressEvent(event)


class SourceWindow(QDialog):
    """Shows what it is given, beside the window that goes on; knows nothing of files."""

    folder_wanted = pyqtSignal()
    """She wants to say where the picture is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Where it comes from"))
        self.view = SourceView()
        self._tile: Rectangle | None = None
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Of two lines at least, so that the picture keeps its size from sentence to sentence.
        self._sentence.setMinimumHeight(2 * self._sentence.fontMetrics().lineSpacing())
        self._sentence.setAccessibleName(tr("Where the image comes from"))
        self._choose = _button(
            tr("Choose the &folder…"), tr("Say where the folder is that the project was made from")
        )
        self._choose.clicked.connect(self.folder_wanted)
        self._near = _button(tr("This &tile"), tr("Show the tile and what lies around it"))
        self._near.clicked.connect(self._show_tile)
        self._all = _button(tr("&All of it"), tr("Show the whole picture (also a double click)"))
        self._all.clicked.connect(self.view.fit)
        buttons = QHBoxLayout()
        buttons.addWidget(self._choose)
        buttons.addStretch(1)
        buttons.addWidget(self._near)
        buttons.addWidget(self._all)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._sentence)
        layout.addLayout(buttons)
        self._seen = False  # whether any tile was: from then on the zoom is hers
        self.tell("", missing=False)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def tell(self, sentence: str, missing: bool) -> None:
        """Say something instead of showing a picture. missing: whether she is asked where it is."""
        self._tile = None
        self.view.show_picture(None)
        self._show(sentence, missing)

    def show_picture(self, image: DisplayedImage, tile: Rectangle, sentence: str) -> None:
        """Another picture, with a tile of it."""
        whole, zoom = self.view.viewport.fitted, self.view.viewport.zoom
        self.view.show_picture(image)
        if self._seen and not whole:
            self.view.show_middle(zoom, 0, 0)
        self.show_tile(tile, sentence)

    def show_tile(self, tile: Rectangle, sentence: str) -> None:
        """Another tile of the same picture."""
        self._tile = tile
        self.view.show_place(tile, near=not self._seen)
        self._seen = True
        self._show(sentence, missing=False)

    def _show(self, sentence: str, missing: bool) -> None:
        self._sentence.setText(sentence)
        self._choose.setVisible(missing)
        for button in (self._near, self._all):
            button.setEnabled(self._tile is not None)

    def _show_tile(self) -> None:
        if self._tile is not None:
            self.view.show_place(self._tile, near=True)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
