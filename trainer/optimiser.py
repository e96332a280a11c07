"""The optimiser: Muon for the 3 x 3 convolutions, AdamW for the rest.

Muon (K. Jordan et al., 2024, "Muon: an optimizer for hidden layers in neural networks") makes each step of a
weight matrix orthogonal, so that it turns all directions alike instead of the few with the largest gradients.
With few strokes and seconds to learn from them, it needs several times fewer steps than AdamW alone.
"""

from typing import Any

import torch
from torch import Tensor, nn

from trainer.architecture import Network
from trainer.device import Device
from trainer.network import UNet

TURN = 0.05
"""How far one step turns the weights of a convolution, as a part of their norm."""
MOMENTUM = 0.9
REST_LEARNING_RATE = 2e-3
"""AdamW's rate for normalisation and upsampling; twice that for the head."""
ROOTPAINTER_RATE = 3e-4
"""AdamW's rate for RootPainter's network."""
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic iteration (Jordan): singular values come close to 1 within five rounds."""
ROUNDS = 5


class Muon(torch.optim.Optimizer):
    """Muon for convolutions that a normalisation follows.

    Normalisation makes the scale of such weights meaningless, so their norm is held at the square root of the
    number of output channels, which makes the learning rate the angle of a step.
    """

    def __init__(self, weights: list[nn.Parameter], turn: float, dtype: torch.dtype) -> None:
        """weights: (out, in, h, w) each. dtype: to orthogonalise in; bfloat16 where that is fast."""
        super().__init__(weights, {"lr": turn})
        self._dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002 (torch's signature)
        """Take one step along the orthogonalised Nesterov momentum of the gradients."""
        for group in self.param_groups:
            for weight in group["params"]:
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - MOMENTUM)
                ahead = weight.grad.lerp(momentum, MOMENTUM)
                direction = orthogonalised(ahead.flatten(1).to(self._dtype)).view_as(weight)
                weight.mul_(weight.shape[0] ** 0.5 / weight.norm())
                weight.add_(direction, alpha=-group["lr"] * max(1.0, weight.shape[0] / weight[0].numel()) ** 0.5)


def orthogonalised(matrix: Tensor) -> Tensor:
    """Nearly the nearest matrix with orthonormal rows or columns: all singular values about 1.

    matrix: (rows, columns), of any float type: 8 bits of precision are enough for a direction.
    """
    first, third, fifth = NEWTON_SCHULZ
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    result: Tensor = wide / wide.norm().clamp(min=1e-12)
    for _ in range(ROUNDS):
        gram = result @ result.T
        result = first * result + (third * gram + fifth * gram @ gram) @ result
    same_way: Tensor = result if wide is matrix else result.T
    return same_way


def optimisers(network: Network, device: Device) -> list[torch.optim.Optimizer]:
    """Muon for the 3 x 3 convolutions, AdamW for all else. Each group's full rate is its "initial_lr".

    All of RootPainter's network is left to AdamW: between its convolutions and their normalisation stands a ReLU, so
    the scale of their weights has a meaning.
    """
    if not isinstance(network, UNet):
        return _ready([_adamw([{"params": list(network.parameters()), "lr": ROOTPAINTER_RATE}], device)])
    convolutions = [weight for weight in network.parameters() if weight.ndim == 4 and weight.shape[-1] > 1]
    head = list(network.head.parameters())
    taken = {id(weight) for weight in (*convolutions, *head)}
    rest = [weight for weight in network.parameters() if id(weight) not in taken]
    rates = [{"params": rest, "lr": REST_LEARNING_RATE}, {"params": head, "lr": 2 * REST_LEARNING_RATE}]
    return _ready([Muon(convolutions, TURN, device.autocast or torch.float32), _adamw(rates, device)])


def _adamw(rates: list[dict[str, Any]], device: Device) -> torch.optim.Optimizer:
    return torch.optim.AdamW(rates, weight_decay=0, fused=device.torch_device.type != "mps")


def _ready(all_of_them: list[torch.optim.Optimizer]) -> list[torch.optim.Optimizer]:
    for optimiser in all_of_them:
        for group in optimiser.param_groups:
            group["initial_lr"] = group["lr"]
    return all_of_them
