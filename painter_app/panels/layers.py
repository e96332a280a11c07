"""The layers of the canvas: shown or hidden, and how opaque."""

from collections.abc import Mapping

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSlider, QWidget

from painter_app.panels.uncertainty_key import UncertaintyKey

LAYERS = ("image", "mask", "uncertainty", "annotation")
_KEY_ROW = LAYERS.index("uncertainty") + 1
_ROWS = {
    "image": ("Image", "The image itself"),
    "mask": ("Mask", "What the model says"),
    "uncertainty": ("Uncertainty", "Where the newest model may be wrong"),
    "annotation": ("Annotation", "What you painted; nothing is painted while it is hidden"),
}


class LayerPanel(QWidget):
    """Image, mask and annotation: a tick each, an opacity each; the mask as an outline."""

    visibility_changed = pyqtSignal(str, bool)
    """A layer's name (one of LAYERS), and whether it is shown."""
    opacity_changed = pyqtSignal(str, float)
    """A layer's name, and its opacity in 0..1."""
    outline_changed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, QCheckBox] = {}
        self._opacity: dict[str, QSlider] = {}
        self._percent: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(6, 6, 6, 6)
        self._grid.setHorizontalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._key = UncertaintyKey()
        for row, layer in enumerate(LAYERS):
            self._add_row(row if row < _KEY_ROW else row + 1, layer)
        self._key.setVisible(False)
        self._grid.addWidget(self._key, _KEY_ROW, 0, 1, 3)
        self._outline = QCheckBox("Outlines only")
        self._outline.toggled.connect(self.outline_changed)
        self._grid.addWidget(self._outline, len(LAYERS) + 1, 0, 1, 3)
        self.set_keys({})

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Name the keys in the tooltips. keys: by layer, and "outline"."""
        tips = {layer: f"{purpose}: show or hide it" for layer, (_, purpose) in _ROWS.items()}
        for layer, tip in tips.items():
            self._shown[layer].setToolTip(_with_key(tip, keys.get(layer, "")))
        outline = "Show the mask and the annotation by their borders alone"
        self._outline.setToolTip(_with_key(outline, keys.get("outline", "")))

    def set_shown(self, layer: str, shown: bool) -> None:
        """Show whether a layer is shown, without a signal."""
        with QSignalBlocker(self._shown[layer]):
            self._shown[layer].setChecked(shown)
        self._opacity[layer].setEnabled(shown)
        if layer == "uncertainty":
            self._key.setVisible(shown)

    def set_opacity(self, layer: str, opacity: float) -> None:
        """Show a layer's opacity (0..1), without a signal."""
        with QSignalBlocker(self._opacity[layer]):
            self._opacity[layer].setValue(round(opacity * 100))
        self._percent[layer].setText(f"{round(opacity * 100)} %")

    def set_uncertainty_missing(self, missing: bool) -> None:
        """Say below the layers that the image has no uncertainty map yet, instead of the key to it."""
        self._key.set_missing(missing)

    def set_outline(self, outline: bool) -> None:
        """Show whether outlines are drawn, without a signal."""
        with QSignalBlocker(self._outline):
            self._outline.setChecked(outline)

    def _add_row(self, row: int, layer: str) -> None:
        tick = QCheckBox(_ROWS[layer][0])
        tick.setChecked(layer != "uncertainty")
        tick.setAccessibleName(f"Show {layer}")
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setValue(100)
        slider.setMinimumWidth(40)
        slider.setToolTip(f"Opacity of the {layer} (arrow keys while it has the focus)")
        slider.setAccessibleName(f"Opacity of the {layer}")
        slider.setEnabled(tick.isChecked())
        percent = QLabel("100 %")
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        percent.setMinimumWidth(percent.fontMetrics().horizontalAdvance("100 %"))
        self._shown[layer], self._opacity[layer], self._percent[layer] = tick, slider, percent
        tick.toggled.connect(slider.setEnabled)
        tick.toggled.connect(lambda shown: self.visibility_changed.emit(layer, shown))
        if layer == "uncertainty":
            tick.toggled.connect(self._key.setVisible)
        slider.valueChanged.connect(lambda value: self._opacity_moved(layer, value))
        for column, widget in enumerate((tick, slider, percent)):
            self._grid.addWidget(widget, row, column)

    def _opacity_moved(self, layer: str, value: int) -> None:
        self._percent[layer].setText(f"{value} %")
        self.opacity_changed.emit(layer, value / 100)


def _with_key(tip: str, key: str) -> str:
    return f"{tip} (key {key})" if key else tip
