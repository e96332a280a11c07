import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QPalette

from painter_app.panels.curve import Axes, Curve, Series, draw_curve, ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 1, 3, [0, 0.5, 1]),
        (0, 520, 3, [0, 500]),
        (3, 12, 5, [5, 10]),
        (2, 2, 5, [2]),
    ],
)
def test_ticks_are_round_numbers(low, high, most, expected):
    assert ticks(low, high, most) == expected


def test_a_curve_reaches_the_file_with_its_line_and_axes(qtbot, tmp_path):
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("white"))
    palette.setColor(QPalette.ColorRole.Text, QColor("black"))
    axes = Axes("images corrected", "Dice")
    empty = draw_curve([], QSize(400, 250), palette, axes, "Title")
    drawn = draw_curve([Series("a", [(0, 0.2), (10, 0.9)]), Series("b", [(0, 0.1)])], QSize(400, 250), palette, axes)
    assert drawn.size() == QSize(400, 250)
    assert drawn != empty
    colours = {drawn.pixelColor(x, y).name() for x in range(400) for y in range(250)}
    assert "#0072b2" in colours  # the first line's
    assert drawn.save(str(tmp_path / "curve.png"))


@pytest.mark.parametrize("points", [[], [(0, 0.5)], [(0, -3.0), (0, 7.0)], [(5, 0.1), (9, 0.2)]])
def test_any_series_can_be_drawn(qtbot, points):
    curve = Curve(Axes())
    qtbot.addWidget(curve)
    curve.set_series([Series("Dice", points)])
    curve.resize(10, 10)
    curve.grab()
    curve.resize(220, 120)
    curve.grab()
    assert (f"{points[-1][1]:.2f}" if points else "no value") in curve.accessibleDescription()
