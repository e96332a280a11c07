"""Decision: how the classes' scores are shifted, so that the likeliest class is the one to write into a mask.

First by logit adjustment (Menon et al., ICLR 2021): square-root sampling shows rare classes more often than they are
known, and strokes keep clear of borders, so that objects grow over the rims that nobody painted. The logarithm of
each class's share of the painted pixels, added to its scores, undoes both. Only of what was painted by strokes: who
paints everything there is, or agrees with whole masks, leaves no rims and shows background as often as it is.

Then for the largest Dice that is to be expected (Lipton, Elkan and Naryanaswamy, ECML 2014). One half is the right
threshold for the fewest wrong pixels. For Dice it is half the Dice that can be reached: a network that is sure of
nothing yet would find nothing of a rare class above one half, and that is the worst that it can do.
"""

import torch
from torch import Tensor

LEAST_SHARE = 0.1
"""Of the painted pixels, that a class counts as having: where it has less, whole regions of others were painted."""
THRESHOLDS = 0.02 * torch.arange(1, 26)
"""Probabilities from which on a class may be called found: 0.02 to 0.5."""


def shift_of_scores(painted: Tensor, scores: Tensor | None) -> Tensor:
    """What to add to the scores of each of K classes: (K,).

    painted: (K,) how many pixels of each were painted. scores: (n, K), those of pixels as they come in images, if
    possible in images that nobody annotated: a network is surer of what it was taught.
    """
    shift = torch.log((painted / painted.sum().clamp(min=1)).clamp(min=LEAST_SHARE))
    if scores is None or not len(scores):
        return shift
    probability = (scores + shift).softmax(dim=1)
    thresholds = torch.tensor([0.5, *(best_threshold(each) for each in probability.T[1:])])
    return shift - torch.logit(thresholds).to(shift)


def best_threshold(probability: Tensor) -> float:
    """From which on a class is to be called found, for the largest expected Dice: one of THRESHOLDS.

    probability: (n,) of the class at so many pixels. Calling found whatever exceeds a threshold, Dice is expected
    to be 2 * (sum of the probabilities found) / (how many are found + sum of all probabilities).
    """
    rising, _ = probability.sort()
    after = len(rising) - torch.searchsorted(rising, THRESHOLDS.to(rising), right=True)
    sums = torch.cat((rising.new_zeros(1), rising.flip(0).cumsum(0)))
    expected = 2 * sums[after] / (after + sums[-1]).clamp(min=1e-6)
    # Of equals the highest: where there is nothing to find, nothing is called found.
    best = len(expected) - 1 - int(expected.flip(0).argmax())
    return float(THRESHOLDS[best])
