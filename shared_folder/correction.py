"""How much of a mask was corrected: its agreement with what the user left of it."""

from collections import Counter

from shared_folder.annotation import corrected
from shared_folder.labels import Labels
from shared_folder.scores import Confusion, compare


def dice_of_shown(shown: Labels, annotation: Labels) -> float:
    """Mean Dice, over the classes to find, of the shown mask with the corrected one: 0..1, 1 where nothing changed.

    Costs a look at the mask and, where somebody painted, a comparison. Raises ValueError when the sizes differ.
    """
    if shown.shape != annotation.shape:
        raise ValueError(f"label maps of different size: {shown.shape} and {annotation.shape}")
    pixels = Counter({(label, label): count for label, count in shown.counts().items()})
    for place, painted in annotation.tiles():
        said = shown.read(place)
        pixels.subtract(compare(said, said).pixels)
        pixels.update(compare(said, corrected(said, painted)).pixels)
    return Confusion({pair: count for pair, count in pixels.items() if count}).mean_dice
