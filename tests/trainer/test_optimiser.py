import pytest
import torch

from tests.trainer.learning import small_device
from trainer.network import NetworkShape, UNet
from trainer.optimiser import Muon, optimisers, orthogonalised


@pytest.mark.parametrize("shape", [(16, 144), (144, 16), (32, 32)])
def test_orthogonalised_keeps_directions_and_evens_out_their_sizes(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    left, sizes, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    sizes = torch.linspace(1, 5, len(sizes))
    result = orthogonalised(left @ torch.diag(sizes) @ right)
    after = torch.diag(left.T @ result @ right.T)
    assert ((after > 0.6) & (after < 1.3)).all()
    assert (result - left @ torch.diag(after) @ right).abs().max() < 1e-4


def test_a_step_turns_the_weights_and_holds_their_norm() -> None:
    torch.manual_seed(0)
    weight = torch.nn.Parameter(torch.randn(8, 4, 3, 3))
    muon = Muon([weight], 0.05, torch.float32)
    for _ in range(3):
        before = weight.detach().clone()
        weight.grad = torch.randn_like(weight) * 1e-6
        muon.step()
        scaled = before * 8**0.5 / before.norm()
        assert (weight - scaled).norm().item() == pytest.approx(0.05 * 8**0.5, rel=0.25)


def test_every_weight_is_learned_by_one_optimiser() -> None:
    network = UNet(NetworkShape(widths=(8, 16)))
    muon, adam = optimisers(network, small_device())
    ids = [id(weight) for each in (muon, adam) for group in each.param_groups for weight in group["params"]]
    assert sorted(ids) == sorted(id(weight) for weight in network.parameters())
    assert all(weight.shape[-1] == 3 for weight in muon.param_groups[0]["params"])


def test_they_learn() -> None:
    torch.manual_seed(0)
    network = UNet(NetworkShape(widths=(8, 16)))
    image = torch.randn(2, 3, 32, 32)
    target = (image[:, 0] > 0).long()
    both, losses = optimisers(network, small_device()), []
    for _ in range(40):
        network.zero_grad()
        losses.append(torch.nn.functional.cross_entropy(network(image), target))
        losses[-1].backward()
        for optimiser in both:
            optimiser.step()
    assert losses[-1] < losses[0] / 2
