"""The layers of the canvas: shown or hidden, and how opaque."""

from collections.abc import Mapping

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSlider, QWidget

from painter_app.canvas.layer_stack import MaskLook
from painter_app.language import tr
from painter_app.marking import marked
from painter_app.panels.map_key import PROBABILITY, UNCERTAINTY, MapKey
from painter_app.words import tip_with_key

LAYERS = ("image", "mask", "uncertainty", "annotation")
_ROWS: dict[str, tuple[str, str, str, str]] = {
    "image": (
        marked("Image"),
        marked("The image itself: show or hide it"),
        marked("Show image"),
        marked("Opacity of the image"),
    ),
    "mask": (
        marked("Mask"),
        marked("What the model says: show or hide it"),
        marked("Show mask"),
        marked("Opacity of the mask"),
    ),
    "uncertainty": (
        marked("Uncertainty"),
        marked("Where the newest model may be wrong: show or hide it"),
        marked("Show uncertainty"),
        marked("Opacity of the uncertainty"),
    ),
    "annotation": (
        marked("Annotation"),
        marked("What you painted; nothing is painted while it is hidden: show or hide it"),
        marked("Show annotation"),
        marked("Opacity of the annotation"),
    ),
}
"""What a layer is called, its tip, what its tick does, and its slider."""
_LOOKS = {
    MaskLook.FILL: (marked("Fill"), marked("Its regions, filled")),
    MaskLook.OUTLINE: (marked("Outlines only"), marked("The borders of its regions")),
    MaskLook.PROBABILITY: (
        marked("Probability"),
        marked("How likely the newest model takes each pixel for a class"),
    ),
}


class LayerPanel(QWidget):
    """Image, mask, uncertainty and annotation: a tick each, an opacity each; and what of the mask is seen."""

    visibility_changed = pyqtSignal(str, bool)
    """A layer's name (one of LAYERS), and whether it is shown."""
    opacity_changed = pyqtSignal(str, float)
    """A layer's name, and its opacity in 0..1."""
    look_changed = pyqtSignal(object)
    """The MaskLook."""
    corrected_changed = pyqtSignal(bool)
    """Whether the corrected mask is shown instead of the mask and the annotation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, QCheckBox] = {}
        self._opacity: dict[str, QSlider] = {}
        self._percent: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(6, 6, 6, 6)
        self._grid.setHorizontalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._uncertainty_key, self._probability_key = MapKey(UNCERTAINTY), MapKey(PROBABILITY)
        self._look = QComboBox()
        self._corrected = QCheckBox(tr("Corrected mask"))
        for layer in LAYERS:
            self._add_row(layer)
            if layer == "mask":
                self._add_look()
                self._add_wide(self._probability_key)
            elif layer == "uncertainty":
                self._add_wide(self._uncertainty_key)
        self._add_wide(self._corrected)
        for key in (self._uncertainty_key, self._probability_key):
            key.setVisible(False)
        self._corrected.toggled.connect(self.corrected_changed)
        self.set_keys({})

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Name the keys in the tooltips. keys: by layer, and "outline", "probability", "corrected"."""
        for layer, (_, tip, *_) in _ROWS.items():
            self._shown[layer].setToolTip(tip_with_key(tr(tip), keys.get(layer, "")))
        for row, look in enumerate(MaskLook):
            tip = tip_with_key(tr(_LOOKS[look][1]), keys.get(look.value, ""))
            self._look.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        corrected = tr("Show the mask with what you painted laid over it, as it is exported, instead of the two")
        self._corrected.setToolTip(tip_with_key(corrected, keys.get("corrected", "")))

    def set_shown(self, layer: str, shown: bool) -> None:
        """Show whether a layer is shown, without a signal."""
        with QSignalBlocker(self._shown[layer]):
            self._shown[layer].setChecked(shown)
        self._opacity[layer].setEnabled(shown)
        if layer == "uncertainty":
            self._uncertainty_key.setVisible(shown)

    def set_opacity(self, layer: str, opacity: float) -> None:
        """Show a layer's opacity (0..1), without a signal."""
        with QSignalBlocker(self._opacity[layer]):
            self._opacity[layer].setValue(round(opacity * 100))
        self._percent[layer].setText(f"{round(opacity * 100)} %")

    def set_uncertainty_missing(self, missing: bool) -> None:
        """Say below the layers that the image has no uncertainty map yet, instead of the key to it."""
        self._uncertainty_key.set_missing(missing)

    def set_look(self, look: MaskLook) -> None:
        """Show how the mask is seen, without a signal."""
        with QSignalBlocker(self._look):
            self._look.setCurrentIndex(list(MaskLook).index(look))
        self._probability_key.setVisible(look is MaskLook.PROBABILITY)

    def set_probability(self, class_name: str, missing: bool) -> None:
        """Say of which class the probability is, and whether the image has no map of it yet."""
        self._probability_key.set_title(tr("How likely: {class_name}").format(class_name=class_name))
        self._probability_key.set_missing(missing)

    def set_corrected(self, corrected: bool) -> None:
        """Show whether the corrected mask is shown, without a signal."""
        with QSignalBlocker(self._corrected):
            self._corrected.setChecked(corrected)

    def _add_look(self) -> None:
        """How the mask is seen."""
        for look in MaskLook:
            self._look.addItem(tr(_LOOKS[look][0]))
        self._look.setToolTip(tr("How the mask is seen: filled, by its outlines, or how likely it is"))
        self._look.setAccessibleName(tr("How the mask is seen"))
        self._look.setMinimumWidth(40)
        self._look.activated.connect(lambda index: self.look_changed.emit(list(MaskLook)[index]))
        label = QLabel(tr("Mask as"))
        label.setBuddy(self._look)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(self._look, row, 1, 1, 2)

    def _add_wide(self, widget: QWidget) -> None:
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 3)

    def _add_row(self, layer: str) -> None:
        name, _, shows, opacity = map(tr, _ROWS[layer])
        tick = QCheckBox(name)
        tick.setChecked(layer != "uncertainty")
        tick.setAccessibleName(shows)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setValue(100)
        slider.setMinimumWidth(40)
        slider.setToolTip(tr("{opacity} (arrow keys while it has the focus)").format(opacity=opacity))
        slider.setAccessibleName(opacity)
        slider.setEnabled(tick.isChecked())
        percent = QLabel("100 %")
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        percent.setMinimumWidth(percent.fontMetrics().horizontalAdvance("100 %"))
        self._shown[layer], self._opacity[layer], self._percent[layer] = tick, slider, percent
        tick.toggled.connect(slider.setEnabled)
        tick.toggled.connect(lambda shown: self.visibility_changed.emit(layer, shown))
        if layer == "uncertainty":
            tick.toggled.connect(self._uncertainty_key.setVisible)
        slider.valueChanged.connect(lambda value: self._opacity_moved(layer, value))
        row = self._grid.rowCount()
        for column, widget in enumerate((tick, slider, percent)):
            self._grid.addWidget(widget, row, column)

    def _opacity_moved(self, layer: str, value: int) -> None:
        self._percent[layer].setText(f"{value} %")
        self.opacity_changed.emit(layer, value / 100)
