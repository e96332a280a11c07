"""Taking over: what a network goes on with of another's weights, where channels or classes are others."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from trainer.architecture import Network
from trainer.network import NetworkShape, UNet
from trainer.rootpainter_network import RootPainterNetwork

RARER = 3.0
"""So much lower than background's the scores of a new class begin, which is e^3 times less likely: masks stay as they
are until somebody has painted it, and no threshold finds it everywhere meanwhile."""


@torch.no_grad()
def take_over(
    network: Network,
    parent: UNet | RootPainterNetwork,
    class_ids: Sequence[int] = (),
    parent_classes: Sequence[int] = (),
) -> None:
    """Copy the parent's weights wherever they have the same shape.

    class_ids, parent_classes: the labels of the outputs, background first. The head is copied class by class, if the
    two share more than background; a class that is new begins as background, but rarer. Where the images have other
    channels, each starts with the mean of what the parent's first convolution does with its own, so that they add up
    to what its other layers know. RootPainter's networks are all alike: everything is copied.
    """
    if not (isinstance(network, UNet) and isinstance(parent, UNet)):
        network.load_state_dict(parent.state_dict())
        return
    own, known = network.state_dict(), parent.state_dict()
    entering = next(iter(own))  # nothing before the first convolution has weights
    if network.shape.unshuffle == parent.shape.unshuffle:
        known[entering] = _on_channels(known[entering], parent.shape, network.shape.in_channels)
    if len({*class_ids} & {*parent_classes}) > 1:
        known["head.weight"] = by_class(known["head.weight"], parent_classes, class_ids, torch.clone)
        known["head.bias"] = by_class(known["head.bias"], parent_classes, class_ids, lambda row: row - RARER)
    else:
        known = {name: tensor for name, tensor in known.items() if not name.startswith("head.")}
    for name, tensor in known.items():
        if name in own and own[name].shape == tensor.shape:
            own[name].copy_(tensor)


def take_over_moments(
    optimiser: torch.optim.Optimizer,
    former: torch.optim.Optimizer,
    head: Sequence[Tensor],
    class_ids: Sequence[int],
    former_classes: Sequence[int],
) -> None:
    """Go on with an optimiser's moments for the network that took over; those of new classes begin at nothing.

    head: the weights of the network's head. The optimisers are of two networks that differ in their classes alone.
    """
    state = optimiser.state_dict()
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    for index, moments in former.state_dict()["state"].items():
        in_head = any(weights[index] is weight for weight in head)
        state["state"][index] = {
            name: by_class(moment, former_classes, class_ids, torch.zeros_like) if in_head and moment.ndim else moment
            for name, moment in moments.items()
        }
    optimiser.load_state_dict(state)


def by_class(rows: Tensor, before: Sequence[int], after: Sequence[int], new: Callable[[Tensor], Tensor]) -> Tensor:
    """What a head has for each class, for other classes, or for the same in another order.

    rows: (len(before) * cell, ...), those of a class next to each other. new: gets background's rows, gives those of
    a class that wasn't there. Returns (len(after) * cell, ...).
    """
    known = dict(zip(before, rows.chunk(len(before)), strict=True))
    return torch.cat([known[each] if each in known else new(known[before[0]]) for each in after])


def _on_channels(weights: Tensor, shape: NetworkShape, channels: int) -> Tensor:
    """The first convolution for another number of channels.

    weights: (width, in_channels * cell, k, k), the pixels of a cell next to each other. shape: the network's that
    they are from.
    """
    if shape.in_channels == channels:
        return weights
    width, _, *kernel = weights.shape
    by_channel = weights.view(width, shape.in_channels, -1, *kernel)
    mean = by_channel.mean(dim=1) * (shape.in_channels / channels)
    return mean.repeat(1, channels, 1, 1)
