"""A slider of gamma: the middle tones, in steps that look alike."""

import math

from PyQt6.QtWidgets import QSlider

from painter_app.canvas.tone import BRIGHTEST_GAMMA, DARKEST_GAMMA

_STEPS = 100  # for each doubling


def gamma_slider(slider: QSlider) -> None:
    """Give a slider the range of gammas."""
    slider.setRange(position_of(DARKEST_GAMMA), position_of(BRIGHTEST_GAMMA))


def position_of(gamma: float) -> int:
    return round(math.log2(gamma) * _STEPS)


def gamma_at(position: int) -> float:
    return float(2 ** (position / _STEPS))
