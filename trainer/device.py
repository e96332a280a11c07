"""Where the arithmetic happens: CUDA, Apple's MPS or the processor, and what fits there."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from shared_folder.refused import Refused

CPU_WIDTHS = (32, 64, 96, 128, 160)
GPU_WIDTHS = (64, 128, 192, 256, 320)
BYTES_PER_PIXEL: dict[tuple[int, ...], int] = {CPU_WIDTHS: 700, GPU_WIDTHS: 1400}
"""Memory that training keeps for one pixel of a batch, in 16-bit arithmetic; 32-bit needs twice as much."""
BASE_BYTES = 600_000_000
"""The program, the network, its averages and its optimiser's moments, on a processor."""
FORWARD_SHARE = 1 / 6
"""What a prediction costs of a training step on as many pixels, as measured: there is nothing to go back through."""
NVIDIA_DRIVER = Path("/proc/driver/nvidia")
CUDA_ADVICE = (
    "This computer has an NVIDIA card, but torch was installed without CUDA. "
    "To use the card: pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu128"
)


@dataclass(frozen=True)
class Device:
    """A device and the sizes that suit it. Chosen once, when the trainer starts."""

    torch_device: torch.device
    autocast: torch.dtype | None
    """The 16-bit type that convolutions compute in; None for 32 bits."""
    batch_size: int
    tile_size: int
    """Side in pixels of a training tile."""
    core_size: int
    """Side in pixels of what one step of a prediction writes."""
    widths: tuple[int, ...]
    """Of the network that a new project starts with."""
    description: str
    """For the user: "CPU, 2 threads, bfloat16"."""
    threads: int = 1
    """The most that compute together; 1 where the processor only waits for another device."""
    spent: Callable[[int], object] = int
    """Told of all work, in pixels learned from: a rehearsal's clock counts them."""

    def half_precision(self) -> torch.autocast:
        """A context in which convolutions compute in the 16-bit type, if there is one."""
        enabled = self.autocast is not None
        return torch.autocast(self.torch_device.type, dtype=self.autocast or torch.bfloat16, enabled=enabled)

    def release(self) -> None:
        """Give the graphics memory that nothing refers to any more back to other programs."""
        if self.torch_device.type == "cuda":
            torch.cuda.empty_cache()


def choose_device(wanted: str | None = None, memory: str | None = None) -> Device:
    """The device named ("cpu", "cuda", "cuda:1", "mps"), or the fastest here.

    memory: what training may use, as "8GB" or "900MB". Raises Refused when there is no such device, or when the
    limit is too small for a batch of one tile.
    """
    limit = None if memory is None else memory_bytes(memory)
    name = wanted or ("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
    try:
        torch_device = torch.device(name)
    except RuntimeError as error:
        raise Refused(f"There is no device {name!r}: say cpu, cuda, cuda:1 or mps.") from error
    if torch_device.type == "cuda":
        return _cuda(torch_device, limit)
    if torch_device.type == "mps":
        return _mps(torch_device, limit)
    if torch_device.type == "cpu":
        return _cpu(limit)
    raise Refused(f"There is no device {name!r}: say cpu, cuda, cuda:1 or mps.")


def memory_bytes(memory: str) -> int:
    """ "8GB" or "900 MB" in bytes. Raises Refused for anything else."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([GM])i?B?\s*", memory, re.IGNORECASE)
    if match is None:
        raise Refused(f"{memory!r} is no amount of memory: say it as 8GB or 900MB.")
    return int(float(match[1]) * (10**9 if match[2].upper() == "G" else 10**6))


def cuda_advice() -> str | None:
    """The sentence for a computer whose NVIDIA card torch can't use; None where nothing needs mending."""
    card = NVIDIA_DRIVER.exists() or shutil.which("nvidia-smi") is not None
    return CUDA_ADVICE if card and torch.version.cuda is None else None


def _cpu(limit: int | None) -> Device:
    # oneDNN computes bfloat16 on any AVX-512 processor, but without the instructions it is slower than 32 bits.
    fast = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    half = torch.bfloat16 if fast and torch.ops.mkldnn._is_mkldnn_bf16_supported() else None
    threads = torch.get_num_threads()
    words = f"CPU, {threads} thread{'s' if threads > 1 else ''}, {'bfloat16' if half else 'float32'}"
    batch = _batch_that_fits(4, 256, CPU_WIDTHS, half, limit)
    return Device(torch.device("cpu"), half, batch, 256, 768, CPU_WIDTHS, words, threads)


def _mps(torch_device: torch.device, limit: int | None) -> Device:
    if not torch.backends.mps.is_available():
        raise Refused("This computer has no Apple graphics that torch can use: leave --device out.")
    batch = _batch_that_fits(4, 256, CPU_WIDTHS, None, limit)
    return Device(torch_device, None, batch, 256, 1024, CPU_WIDTHS, "Apple graphics, float32")


def _cuda(torch_device: torch.device, limit: int | None) -> Device:
    if not torch.cuda.is_available() or (torch_device.index or 0) >= torch.cuda.device_count():
        raise Refused(cuda_advice() or f"There is no device {str(torch_device)!r} here: leave --device out.")
    properties = torch.cuda.get_device_properties(torch_device)
    half = torch.bfloat16 if properties.major >= 8 else None
    if limit is not None:
        torch.cuda.set_per_process_memory_fraction(min(1.0, limit / properties.total_memory), torch_device)
    available = min(limit or properties.total_memory, properties.total_memory)
    batch = _batch_that_fits(16, 256, GPU_WIDTHS, half, available)
    words = f"{properties.name}, {'bfloat16' if half else 'float32'}"
    return Device(torch_device, half, batch, 256, 1536, GPU_WIDTHS, words)


def _batch_that_fits(
    batch: int, tile: int, widths: tuple[int, ...], half: torch.dtype | None, limit: int | None
) -> int:
    if limit is None:
        return batch
    one_tile = BYTES_PER_PIXEL[widths] * (1 if half else 2) * tile**2
    fitting = (limit - BASE_BYTES) // one_tile
    if fitting < 2:  # a tile with labels, and one without
        raise Refused(f"Training needs at least {(BASE_BYTES + 2 * one_tile) / 10**9:.1f}GB of memory.")
    return min(batch, max(1, int(fitting) * 4 // 5))
