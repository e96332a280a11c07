"""Which errors of a mask a person sees."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN
from shared_folder.scores import LabelMap, compare

_MOST_TOLERATED = 2
"""Pixels by which a boundary may always be off, unless what it bounds is thin."""


def clearance_of(truth: LabelMap) -> NDArray[np.float32]:
    """Distance in pixels from each pixel's centre to the nearest pixel of another label, less half a pixel.

    truth: (H, W) class ids. Returns (H, W): the radius of the largest brush at that pixel that paints one class
    only; on the centre line of a thing, half its width. 0.5 along every boundary; 0 where the truth isn't known.
    """
    beside = np.zeros(truth.shape, bool)
    down, right = truth[1:] != truth[:-1], truth[:, 1:] != truth[:, :-1]
    beside[1:] |= down
    beside[:-1] |= down
    beside[:, 1:] |= right
    beside[:, :-1] |= right
    known = (truth != UNKNOWN) & (truth != CANT_TELL)
    if not beside.any():
        return np.where(known, float(max(truth.shape)), 0).astype(np.float32)
    return np.where(known, ndimage.distance_transform_edt(~beside) + 0.5, 0).astype(np.float32)


def visible_errors(truth: LabelMap, mask: LabelMap, clearance: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Pixels (H, W) where a mask is wrong and a person would see it.

    A boundary may be off by the smaller of 2 pixels and a quarter of the width of what lies on either side, in
    whole pixels: the mask's class must really begin within that distance, and the true class must be found in
    the mask within it. So a thin thing that is missing altogether is visible, and one that is a bit too thin isn't.
    Unknown pixels of the mask count as background. clearance: what clearance_of(truth) gives.
    """
    shown = np.where(mask == UNKNOWN, BACKGROUND, mask)
    wrong = (truth != shown) & (truth != UNKNOWN) & (truth != CANT_TELL)
    tolerance = _tolerance(truth, clearance)
    tolerated = np.zeros(truth.shape, bool)
    for true_class, shown_class in compare(shown, np.where(wrong, truth, UNKNOWN)).pixels:
        here = wrong & (truth == true_class) & (shown == shown_class)
        for pixels in range(1, _MOST_TOLERATED + 1):
            begins = _within(truth == shown_class, pixels)
            found = _within(shown == true_class, pixels)
            tolerated |= here & begins & found & (tolerance >= pixels)
    visible: NDArray[np.bool_] = wrong & ~tolerated
    return visible


def _tolerance(truth: LabelMap, clearance: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) whole pixels that a boundary near each pixel may be off: a quarter of the width of the thinner side."""
    window = 6 * _MOST_TOLERATED + 1  # reaches the middle of everything thin enough to matter
    thinner = np.full(truth.shape, np.inf, np.float32)
    for class_id in np.unique(truth):
        widest_near = ndimage.maximum_filter(np.where(truth == class_id, clearance, 0), window)
        thinner = np.where(widest_near > 0, np.minimum(thinner, widest_near), thinner)
    return np.minimum(np.floor(thinner / 2 + 0.5), _MOST_TOLERATED).astype(np.float32)


def _within(places: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """Pixels at most so many steps, up, down or sideways, from a True one."""
    for _ in range(pixels):  # by hand: ten times faster than scipy's dilation
        near = places.copy()
        near[1:] |= places[:-1]
        near[:-1] |= places[1:]
        near[:, 1:] |= places[:, :-1]
        near[:, :-1] |= places[:, 1:]
        places = near
    return places
