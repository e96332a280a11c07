"""Segmenting: an image becomes labels, one tile a step, so that the trainer's loop stays awake."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from shared_folder.classes import LabelClass
from shared_folder.images import ImageFile
from shared_folder.labels import Labels
from shared_folder.merging import merge_table
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.device import FORWARD_SHARE, Device
from trainer.model_store import Model
from trainer.network import UNet, margin
from trainer.patches import FloatImage, Read, Tile, on_image, read_seen, tiles

Observe = Callable[[Rectangle, torch.Tensor], None]
"""Takes in a core and its probabilities (K, core.height, core.width)."""


class MergedChannels:
    """The outputs of a model as its classes count by now: those that were merged since are added up."""

    def __init__(self, class_ids: tuple[int, ...], classes: tuple[LabelClass, ...]) -> None:
        """class_ids: the label of each of the model's outputs. classes: the project's, merged ones among them."""
        counts_as = merge_table(classes)[list(class_ids)].tolist()
        found = tuple(dict.fromkeys(counts_as))
        if len(found) < 2:  # all of it is background by now: what the model found is shown as such anyway
            counts_as, found = list(class_ids), class_ids
        self.class_ids: tuple[int, ...] = found
        """The label of each channel that `apply` gives."""
        self._into = torch.tensor([found.index(label) for label in counts_as])

    def apply(self, likelihood: torch.Tensor) -> torch.Tensor:
        """(K, h, w), one for each output, to (len(class_ids), h, w)."""
        if len(self._into) == len(self.class_ids):
            return likelihood
        sums = likelihood.new_zeros((len(self.class_ids), *likelihood.shape[1:]))
        return sums.index_add(0, self._into.to(likelihood.device), likelihood)


class Segmenting:
    """One image being segmented. Memory is bounded by the labels: tiles of one label cost a byte."""

    def __init__(
        self,
        model: Model,
        read: Read,
        shape: tuple[int, int],
        first: Rectangle | None = None,
        threshold: float = 0.5,
        observe: Observe | None = None,
        merged: "MergedChannels | None" = None,
    ) -> None:
        """read, shape: the image, as for patches. first: what the user sees, done before the rest.

        threshold: with one class beside background, the probability above which a pixel is of that class.
        observe: called with each core once it is segmented, for what can be told from probabilities alone.
        merged: which of the model's classes count as one; none of them where it is None.
        """
        self.labels = Labels(shape)
        """The result so far; unknown where no tile was done yet."""
        self._model = model
        self._read = read
        self._threshold = threshold
        self._observe = observe
        self._merged = merged or MergedChannels(model.class_ids, ())
        network_shape = model.network.shape
        self._tiles = tiles(
            shape, model.device.core_size, margin(network_shape), network_shape.stride, model.facts.scale
        )
        if first is not None:
            # A stable sort: row by row within what the user sees, then row by row elsewhere.
            self._tiles.sort(key=lambda tile: tile.core.intersection(first).empty)
        self._done = 0

    def advance(self) -> bool:
        """Segment one tile. Returns whether there are more."""
        if self._done == len(self._tiles):
            return False
        tile = self._tiles[self._done]
        model = self._model
        core = core_probabilities(model.network, self._read, self.labels.shape, tile, model.facts.scale, model.device)
        core = self._merged.apply(core)
        self._write(tile.core, most_likely(core, self._merged.class_ids, self._threshold))
        if self._observe is not None:
            self._observe(tile.core, core)
        self._done += 1
        return self._done < len(self._tiles)

    def _write(self, core: Rectangle, values: NDArray[np.uint8]) -> None:
        """Write by label tiles: one that holds a single label is written as such, and kept in a byte."""
        for index in self.labels.indexes(core):
            part = self.labels.tile_rectangle(index).intersection(core)
            block = values[part.shifted(-core.top, -core.left).slices]
            constant = block.min() == block.max()
            self.labels.write(part, int(block.flat[0]) if constant else block)
            entire = self.labels.tile_rectangle(index)
            if constant and part != entire:  # several cores may have filled it, each with the same label
                filled = self.labels.read(entire)
                if filled.min() == filled.max():
                    self.labels.write(entire, int(filled[0, 0]))


def segment(model: Model, read: Read, shape: tuple[int, int]) -> Labels:
    """A whole image at once, for tests and commands that have nothing else to do."""
    segmenting = Segmenting(model, read, shape)
    while segmenting.advance():
        pass
    return segmenting.labels


def check_channels(image: ImageFile, network: UNet) -> None:
    """Refuse an image of another number of channels than the network was taught with."""
    wanted = network.shape.in_channels
    if image.learned_channels != wanted:
        raise Refused(
            f"{image.path.name}: has {image.shape[2]} channels, and the model was taught with images of {wanted}. "
            "Save it like those, or choose another model."
        )


def core_probabilities(
    network: UNet, read: Read, shape: tuple[int, int], tile: Tile, scale: float, device: Device
) -> torch.Tensor:
    """What the network says of a tile's core: (K, core.height, core.width) float32, summing to 1 over the classes.

    read, shape: the image, as for patches. scale: the one at which the network was taught.
    """
    window = read_seen(read, shape, tile.window, scale)
    return on_image(probabilities(network, window, device), tile, scale)


def probabilities(network: UNet, window: FloatImage, device: Device) -> torch.Tensor:
    """What the network says of one window.

    window: (h, w, C), sides multiples of the network's stride. Returns (K, h, w) float32 on the device, summing
    to 1 over the K classes. The network must be in evaluation mode.
    """
    with torch.inference_mode(), device.half_precision():
        images = torch.from_numpy(window).to(device.torch_device).movedim(-1, 0)[None]
        scores: torch.Tensor = network(images)
    device.spent(round(FORWARD_SHARE * scores[0, 0].numel()))
    return scores[0].float().softmax(dim=0)


def most_likely(likelihood: torch.Tensor, class_ids: tuple[int, ...], threshold: float = 0.5) -> NDArray[np.uint8]:
    """Labels (h, w) uint8: the likeliest of several classes, or, of two, the second where it exceeds the threshold.

    likelihood: (K, h, w), as from `probabilities`; class_ids: the label of each of the K channels.
    """
    channel = likelihood[1] > threshold if len(class_ids) == 2 else likelihood.argmax(dim=0)
    return np.asarray(class_ids, np.uint8)[channel.cpu().numpy().astype(np.uint8)]
