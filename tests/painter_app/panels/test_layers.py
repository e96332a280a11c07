from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QCheckBox, QComboBox, QSlider

from painter_app.canvas.layer_stack import MaskLook
from painter_app.panels.layers import LAYERS, LayerPanel
from painter_app.panels.map_key import MapKey


def test_choices_are_signals_and_setters_have_no_echo(qtbot):
    panel = LayerPanel()
    qtbot.addWidget(panel)
    heard: list[tuple] = []
    panel.visibility_changed.connect(lambda *args: heard.append(("shown", *args)))
    panel.opacity_changed.connect(lambda *args: heard.append(("opacity", *args)))
    panel.look_changed.connect(lambda *args: heard.append(("look", *args)))
    panel.corrected_changed.connect(lambda *args: heard.append(("corrected", *args)))
    for layer in LAYERS:
        panel.set_shown(layer, False)
        panel.set_opacity(layer, 0.25)
    panel.set_look(MaskLook.OUTLINE)
    panel.set_corrected(True)
    assert heard == []
    ticks, sliders = panel.findChildren(QCheckBox), panel.findChildren(QSlider)
    assert not any(slider.isEnabled() for slider in sliders)
    by_layer = {tick.accessibleName(): tick for tick in ticks}
    for layer in LAYERS:
        by_layer[f"Show {layer}"].click()
    next(tick for tick in ticks if tick.text() == "Corrected mask").click()
    sliders[1].setValue(60)
    looks = panel.findChild(QComboBox)
    assert looks.currentText() == "Outlines only"
    QTest.keyClick(looks, Qt.Key.Key_Down)
    assert heard == [
        ("shown", "image", True),
        ("shown", "mask", True),
        ("shown", "uncertainty", True),
        ("shown", "annotation", True),
        ("corrected", False),
        ("opacity", "mask", 0.6),
        ("look", MaskLook.PROBABILITY),
    ]
    assert all(widget.toolTip() and (widget.accessibleName() or widget.text()) for widget in (*ticks, looks))


def test_the_keys_to_the_maps_are_seen_with_them_and_say_what_they_show(qtbot):
    panel = LayerPanel()
    qtbot.addWidget(panel)
    probability, uncertainty = panel.findChildren(MapKey)
    assert uncertainty.isHidden()
    assert probability.isHidden()
    panel.set_look(MaskLook.PROBABILITY)
    panel.set_probability("root", missing=True)
    assert not probability.isHidden()
    assert probability.accessibleName() == "How likely: root. No map yet; a trainer makes it"
    panel.set_probability("leaf", missing=False)
    assert probability.accessibleName() == "How likely: leaf. Key to the probability: from 0 % to 100 %"
    panel.set_shown("uncertainty", True)
    panel.set_uncertainty_missing(True)
    assert not uncertainty.isHidden()
    assert uncertainty.accessibleName() == "No map for this image yet"
