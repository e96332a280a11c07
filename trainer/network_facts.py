"""What a network is made of, computed from the network itself: layers, sizes, parameters, multiply-adds, memory.

The network is run once on the "meta" device, where tensors have a shape but no numbers: it costs nothing, and
whatever the network does is counted, whoever changes it.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from trainer.network import NetworkShape, UNet, Upsampling, margin, receptive_field

_FOLLOWERS = {nn.BatchNorm2d: "batch normalisation", nn.ReLU: "ReLU"}
"""Layers that belong to the convolution before them: they change no size and share its row."""


@dataclass
class Layer:
    """One row of the table."""

    place: str
    """The part of the network that it is in, such as "encoder level 1"."""
    words: str
    """What it does, such as "convolution 3 x 3, batch normalisation, ReLU"."""
    size: tuple[int, int, int]
    """Channels, height and width of what it gives for one tile."""
    parameters: int
    multiply_adds: int
    """Multiplications, each with its addition, for one tile."""


def layers(shape: NetworkShape, tile: int) -> list[Layer]:
    """The network's layers in the order in which a tile goes through them. tile: side in pixels."""
    with torch.device("meta"):
        network = UNet(shape).eval()
        rows: list[Layer] = []
        hooks = [
            module.register_forward_hook(_noting(rows, _place(name, len(shape.widths)), module))
            for name, module in network.named_modules()
            if _words(module) or type(module) in _FOLLOWERS
        ]
        with torch.no_grad():
            network(torch.empty(1, shape.in_channels, tile, tile))
        for hook in hooks:
            hook.remove()
    return rows


def _noting(rows: list[Layer], place: str, module: nn.Module) -> Any:
    def note(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        parameters = 0 if isinstance(module, Upsampling) else sum(each.numel() for each in module.parameters())
        if type(module) in _FOLLOWERS:
            rows[-1].words += f", {_FOLLOWERS[type(module)]}"
            rows[-1].parameters += parameters
            return
        _, channels, height, width = output.shape
        words, work = _words(module), 0
        if isinstance(module, nn.Conv2d):
            entering = inputs[0].shape[1]
            work = output.numel() * entering * module.kernel_size[0] * module.kernel_size[1] // module.groups
            if rows and entering > rows[-1].size[0]:  # only a concatenation makes channels more between two layers
                words = f"skip connection, {words}"
        rows.append(Layer(place, words, (channels, height, width), parameters, work))

    return note


def _words(module: nn.Module) -> str:
    """A layer by its standard name; nothing for a module that only holds others, or that shares another's row."""
    if isinstance(module, nn.Conv2d):
        size, step = module.kernel_size[0], module.stride[0]
        return f"convolution {size} x {size}" + (f", stride {step}" if step > 1 else "")
    if isinstance(module, nn.MaxPool2d):
        return f"max pooling {module.kernel_size} x {module.kernel_size}"
    if isinstance(module, nn.PixelUnshuffle):
        return f"pixel unshuffle {module.downscale_factor} x {module.downscale_factor}"
    if isinstance(module, nn.PixelShuffle):
        return f"pixel shuffle {module.upscale_factor} x {module.upscale_factor}"
    return "upsampling 2 x 2, nearest" if isinstance(module, Upsampling) else ""


def _place(name: str, levels: int) -> str:
    """Where a module is, in words: "encoder.blocks.0.layers.3" is in "encoder level 1". levels: of the network."""
    part, *rest = name.split(".")
    number = next((int(each) for each in rest if each.isdigit()), None)
    if part == "encoder" and number is not None:
        return f"encoder level {number + 1}"
    if part == "decoder" and number is not None:
        return f"decoder level {levels - 1 - number}"
    return {"unshuffle": "input", "shuffle": "output"}.get(part, part)


class _Living(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the bytes of all tensors that are alive, and keeps the most that ever were."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.most = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        result = function(*arguments, **(options or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor):
                self._count(tensor.untyped_storage())
        return result

    def _count(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self._known:
            self._known.add(key)
            size = storage.nbytes()
            self.now += size
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self._forget, key, size)

    def _forget(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


@contextmanager
def _counting() -> Iterator[_Living]:
    with torch.device("meta"), _Living() as living:
        yield living


def training_bytes(shape: NetworkShape, tile: int) -> int:
    """The most memory of all tensors while one tile is learned from, gradients too, in 32-bit numbers.

    Weights, the optimiser's moments and what convolutions need meanwhile come on top.
    """
    with torch.device("meta"):
        network = UNet(shape).train()
    with _counting() as living:
        network(torch.empty(1, shape.in_channels, tile, tile)).sum().backward()
    return living.most


def prediction_bytes(shape: NetworkShape, tile: int) -> int:
    """The most memory of all tensors while one tile is segmented, in 32-bit numbers; as for training."""
    with torch.device("meta"):
        network = UNet(shape).eval()
    with _counting() as living, torch.no_grad():
        network(torch.empty(1, shape.in_channels, tile, tile)).softmax(dim=1)
    return living.most


@dataclass(frozen=True)
class NetworkFacts:
    """A network's totals."""

    parameters: int
    multiply_adds: int
    """For one tile."""
    receptive_field: int
    """Side in pixels."""
    margin: int
    stride: int


def network_facts(shape: NetworkShape, tile: int) -> NetworkFacts:
    """tile: side in pixels of the tile whose multiply-adds are counted."""
    rows = layers(shape, tile)
    return NetworkFacts(
        sum(row.parameters for row in rows),
        sum(row.multiply_adds for row in rows),
        receptive_field(shape),
        margin(shape),
        shape.stride,
    )


def in_words(shape: NetworkShape, tile: int) -> str:
    """The network in a sentence, with its own numbers."""
    facts = network_facts(shape, tile)
    widths = ", ".join(map(str, shape.widths))
    return (
        f"A U-Net of {len(shape.widths)} levels with {widths} channels: {facts.parameters / 1e6:.2f} million "
        f"parameters, {facts.multiply_adds / 1e9:.2f} billion multiply-adds for a tile of {tile} x {tile} pixels."
    )
