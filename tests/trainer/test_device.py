import pytest
import torch

from shared_folder.refused import Refused
from trainer import device as device_module
from trainer.device import BASE_BYTES, BYTES_PER_PIXEL, CPU_WIDTHS, choose_device, cuda_advice, memory_bytes


def test_the_processor_is_described_in_words() -> None:
    device = choose_device("cpu")
    assert device.torch_device == torch.device("cpu")
    assert device.description.startswith(f"CPU, {torch.get_num_threads()} thread")
    assert device.description.endswith("float32" if device.autocast is None else "bfloat16")


def test_half_precision_is_used_where_there_is_any() -> None:
    device = choose_device("cpu")
    with device.half_precision():
        result = torch.nn.functional.linear(torch.ones(1, 4), torch.ones(4, 4))
    assert result.dtype == (device.autocast or torch.float32)


@pytest.mark.parametrize(("text", "size"), [("8GB", 8e9), ("900 MB", 9e8), ("1.5g", 1.5e9), (" 2GiB", 2e9)])
def test_memory_is_read_in_words(text: str, size: float) -> None:
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "8", "lots", "-1GB"])
def test_other_memory_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        memory_bytes(text)


def test_less_memory_means_a_smaller_batch() -> None:
    whole = choose_device("cpu").batch_size
    assert 1 <= choose_device("cpu", "0.7GB").batch_size < whole
    assert choose_device("cpu", "64GB").batch_size == whole
    with pytest.raises(Refused, match="at least"):
        choose_device("cpu", "100MB")


@pytest.mark.parametrize(("tiles", "batch"), [(2, 1), (3, 2), (4, 3), (5, 4), (50, 4)])
def test_a_tile_without_labels_must_fit_beside_the_batch(tiles: int, batch: int) -> None:
    one_tile = BYTES_PER_PIXEL[CPU_WIDTHS] * (2 if choose_device("cpu").autocast is None else 1) * 256**2
    assert choose_device("cpu", f"{(BASE_BYTES + tiles * one_tile + 1000) / 10**9:.6f}GB").batch_size == batch


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "meta", "cpu:x"])
def test_devices_that_are_not_there_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        choose_device(name)


def test_a_card_beside_a_torch_without_cuda_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(device_module.torch.version, "cuda", None)
    monkeypatch.setattr(device_module.shutil, "which", lambda _: None)
    monkeypatch.setattr(device_module, "NVIDIA_DRIVER", tmp_path / "none")
    assert cuda_advice() is None
    monkeypatch.setattr(device_module, "NVIDIA_DRIVER", tmp_path)
    assert "pip install" in (cuda_advice() or "")
    monkeypatch.setattr(device_module.torch.version, "cuda", "12.8")
    assert cuda_advice() is None
