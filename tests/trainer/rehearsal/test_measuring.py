"""Centre-line Dice against values that can be counted by hand."""

import numpy as np
import pytest

from trainer.rehearsal.measuring import cl_dice


def line(row: int, thickness: int = 3, length: int = 60) -> np.ndarray:
    mask = np.zeros((40, 80), bool)
    mask[row : row + thickness, 10 : 10 + length] = True
    return mask


def test_width_does_not_matter_to_it() -> None:
    assert cl_dice(line(20, 1), line(19, 3)) == pytest.approx(1.0, abs=0.02)


def test_half_a_line_is_precise_and_half_as_sensitive() -> None:
    # Precision 1, sensitivity about 1/2: their harmonic mean is 2/3.
    assert cl_dice(line(20, 3, 30), line(20, 3, 60)) == pytest.approx(2 / 3, abs=0.03)


def test_lines_apart_share_nothing() -> None:
    assert cl_dice(line(5), line(30)) == 0.0


def test_where_there_is_no_line_nothing_is_right() -> None:
    empty = np.zeros((40, 80), bool)
    assert cl_dice(empty, empty) == 1.0
    assert cl_dice(empty, line(20)) == 0.0
