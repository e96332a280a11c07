from PyQt6.QtWidgets import QCheckBox, QSlider

from painter_app.panels.layers import LAYERS, LayerPanel


def test_choices_are_signals_and_setters_have_no_echo(qtbot):
    panel = LayerPanel()
    qtbot.addWidget(panel)
    heard: list[tuple] = []
    panel.visibility_changed.connect(lambda *args: heard.append(("shown", *args)))
    panel.opacity_changed.connect(lambda *args: heard.append(("opacity", *args)))
    panel.outline_changed.connect(lambda *args: heard.append(("outline", *args)))
    for layer in LAYERS:
        panel.set_shown(layer, False)
        panel.set_opacity(layer, 0.25)
    panel.set_outline(True)
    assert heard == []
    ticks, sliders = panel.findChildren(QCheckBox), panel.findChildren(QSlider)
    assert not any(slider.isEnabled() for slider in sliders)
    for tick in ticks:
        tick.click()
    sliders[1].setValue(60)
    assert heard == [
        ("shown", "image", True),
        ("shown", "mask", True),
        ("shown", "uncertainty", True),
        ("shown", "annotation", True),
        ("outline", False),
        ("opacity", "mask", 0.6),
    ]
    assert all((widget.toolTip() and widget.accessibleName()) or widget.text() for widget in ticks)
