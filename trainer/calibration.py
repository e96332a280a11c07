"""Calibration: whether pixels that are said to be so likely are right so often."""

import numpy as np
import torch

BINS = 15
"""Of confidence, equally wide; as in the paper."""


class Calibration:
    """Expected calibration error (Guo, Pleiss, Sun and Weinberger, ICML 2017), from pixels that are taken in part by
    part: the mean over bins of confidence, weighted by their pixels, of |accuracy - confidence|."""

    def __init__(self) -> None:
        self._sums = np.zeros((3, BINS))  # pixels, their confidence and how many were right, by bin

    def add(self, likelihood: torch.Tensor, truth: torch.Tensor) -> None:
        """Known pixels only. likelihood: (K, n), summing to 1 over the classes; truth: (n,) the right channels."""
        confidence, channel = likelihood.max(dim=0)
        bins = (confidence * BINS).long().clamp(max=BINS - 1)
        right = (channel == truth).to(likelihood.dtype)
        for number, values in enumerate((torch.ones_like(confidence), confidence, right)):
            self._sums[number] += torch.bincount(bins, values, minlength=BINS).cpu().numpy()

    @property
    def expected_error(self) -> float:
        """0 (calibrated) to 1; 0 where nothing was taken in."""
        pixels, confidence, right = self._sums
        return float(np.abs(right - confidence).sum() / max(1.0, pixels.sum()))
