import pytest
from PyQt6.QtWidgets import QDoubleSpinBox, QSlider

from painter_app.panels.brushes import LARGEST, SMALLEST, BrushButton, BrushPanel
from shared_folder.classes import BACKGROUND, CANT_TELL, MOST_CLASSES, UNKNOWN, LabelClass, new_classes


@pytest.fixture
def panel(qtbot) -> BrushPanel:
    panel = BrushPanel()
    qtbot.addWidget(panel)
    panel.set_classes(list(new_classes(["root", "stem"])))
    return panel


def names(panel: BrushPanel) -> list[str]:
    return [button.accessibleName() for button in panel._group.buttons()]


def checked(panel: BrushPanel) -> int:
    return panel._group.checkedId()


def test_every_brush_has_a_button_and_a_click_gives_its_label(panel, qtbot):
    labels: list[int] = []
    panel.brush_chosen.connect(labels.append)
    for button in panel._group.buttons():
        button.click()
    assert labels == [2, 3, BACKGROUND, CANT_TELL, UNKNOWN]
    assert names(panel)[0] == "Brush: root"
    assert all("key" in button.toolTip() for button in panel._group.buttons())


def test_setting_the_brush_is_not_echoed(panel):
    labels: list[int] = []
    panel.brush_chosen.connect(labels.append)
    panel.set_current(BACKGROUND)
    assert checked(panel) == BACKGROUND
    panel.set_current(77)
    assert checked(panel) == BACKGROUND
    assert labels == []


def test_merged_classes_have_no_brush_and_the_brush_in_hand_stays(panel):
    panel.set_current(3)
    panel.set_classes([*new_classes(["root", "stem"]), LabelClass(4, "old", "#000000", merged_into=2)])
    assert checked(panel) == 3
    assert "Brush: old" not in names(panel)
    panel.set_classes(list(new_classes(["root"])))
    assert checked(panel) == 2


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_many_classes_scroll_and_do_not_push_the_rest_out_of_sight(panel, qtbot):
    panel.set_classes(list(new_classes([f"class {number}" for number in range(8)])))
    least = panel.minimumSizeHint().height()
    panel.set_classes(list(new_classes([f"class {number}" for number in range(MOST_CLASSES)])))
    assert panel.minimumSizeHint().height() == least
    panel.resize(220, 500)
    panel.show()
    qtbot.waitExposed(panel)
    for label in (MOST_CLASSES + 1, 2):  # the last and the first
        panel.set_current(label)
        button = panel._group.button(label)
        qtbot.waitUntil(lambda button=button: button.visibleRegion().boundingRect().size() == button.size())
    assert panel._group.button(MOST_CLASSES + 1).visibleRegion().isEmpty()
    for label in (BACKGROUND, CANT_TELL, UNKNOWN):
        assert not panel._group.button(label).visibleRegion().isEmpty()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_few_classes_are_all_in_sight(panel, qtbot):
    panel.resize(panel.sizeHint())
    panel.show()
    qtbot.waitExposed(panel)
    for button in panel._group.buttons():
        assert button.visibleRegion().boundingRect().size() == button.size()


def test_the_slider_is_logarithmic_and_in_image_pixels(panel):
    sizes: list[float] = []
    panel.diameter_changed.connect(sizes.append)
    slider, number = panel.findChild(QSlider), panel.findChild(QDoubleSpinBox)
    slider.setValue((slider.minimum() + slider.maximum()) // 2)
    assert sizes == [32.0]
    assert number.value() == 32.0
    number.setValue(5)
    assert sizes == [32.0, 5.0]
    slider.setValue(slider.maximum())
    assert sizes[-1] == LARGEST


def test_setting_the_diameter_is_not_echoed_and_stays_in_its_range(panel):
    sizes: list[float] = []
    panel.diameter_changed.connect(sizes.append)
    panel.set_diameter(1e9)
    assert panel.findChild(QDoubleSpinBox).value() == LARGEST
    panel.set_diameter(0)
    assert panel.findChild(QDoubleSpinBox).value() == SMALLEST
    assert sizes == []


def test_the_brush_in_hand_looks_different_without_colour(panel, qtbot):
    first, second = panel._group.buttons()[:2]
    assert isinstance(first, BrushButton)
    for button in (first, second):
        button.brush = new_classes(["same"])[0]
        button.resize(160, 36)
    assert first.isChecked()
    assert first.grab().toImage().convertToFormat(first.grab().toImage().Format.Format_Grayscale8) != (
        second.grab().toImage().convertToFormat(first.grab().toImage().Format.Format_Grayscale8)
    )
