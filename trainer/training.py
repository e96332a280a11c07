"""Training: one batch at a time, from annotations that grow while it runs."""

import copy
import json
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors

from shared_folder.publish import publish
from shared_folder.refused import Refused
from trainer.architecture import (
    OURS,
    Architecture,
    Network,
    Shape,
    architecture_of,
    batch_size,
    build,
    predict_with,
    shape_from,
    tile_side,
)
from trainer.augment import Augmentation, vary_light
from trainer.consistency import LABELLED_TILES, Draw, PlainTiles, consistency_loss, plain_tiles, weight_at
from trainer.decision import shift_of_scores
from trainer.device import FORWARD_SHARE, Device
from trainer.loss import segmentation_loss
from trainer.network import NetworkShape, UNet
from trainer.optimiser import Muon, optimisers
from trainer.rootpainter_network import RootPainterNetwork, RootPainterShape
from trainer.sampling import AnnotatedImage, Sampler
from trainer.taking_over import take_over, take_over_moments
from trainer.validating import NetworkValidation

WARM_UP_STEPS = 20
"""Steps in which the learning rates rise, while the optimisers' moments and the normalisation settle."""
SETTLING_STEPS = 100
LEAST_RATE = 0.2
"""Part of the full learning rates that is always left, so that a late correction still changes the network."""
FINE_TUNING = 0.25
"""Part of the convolutions' learning rate where they start from a parent's weights: at the full one they forget in a
hundred steps what they know of pictures that nobody has annotated yet. The rest learns at full rates, which is
called discriminative fine-tuning (Howard and Ruder, ACL 2018)."""
AVERAGED_STEPS = 100
"""About how many of the last steps the averaged weights remember."""
SEEN_BATCHES = 32
SEEN_STRIDE = 8
"""Of the last batches the scores of every so manieth pixel are kept, for the decision."""
STATE_KEY = "training"


def nothing(numbers: np.random.Generator) -> None:
    """For `TrainingRun.images`, where there are none without labels."""


class TrainingRun:
    """A network being trained, and the moving average of its weights, which predicts better than the last step's.

    After a warm-up the learning rates fall with the root of the steps, to a floor: corrections never end, so no
    schedule could either. The averaged weights even out the rest. A class that is shown for the first time begins the
    schedule anew: at the floor it would take ten times as long to be learned.
    """

    def __init__(
        self,
        class_ids: tuple[int, ...],
        device: Device,
        seed: int = 0,
        parent: UNet | RootPainterNetwork | None = None,
        parent_classes: tuple[int, ...] = (),
        augmentation: Augmentation | None = None,
        channels: int = 3,
        scale: float = 1.0,
        architecture: Architecture = OURS,
    ) -> None:
        """class_ids: the label of each channel, background first, at least two. parent: a network to start from, of
        any classes: what fits is taken over, its head by parent_classes. channels: of the images.
        scale: how much larger the network sees an image than it is. architecture: the network's, and the parent's."""
        self.architecture = architecture
        self.class_ids = class_ids
        self.scale = scale
        """May be changed: the network goes on with what it knows."""
        self.steps = 0
        self._since = 0  # the step at which the schedule began
        self._shown: set[int] = set()  # classes of which pixels were known, now or before
        self.cooling = 1.0
        """Times the learning rates, 0..1. Corrections never end; what does can end at 0, where the weights settle."""
        self._rate = 1.0 if parent is None else FINE_TUNING
        self._device = device
        self._augmentation = augmentation or Augmentation()
        self._numbers = np.random.default_rng(seed)
        self._seen: deque[torch.Tensor] = deque(maxlen=SEEN_BATCHES)
        self._generator = torch.Generator(device.torch_device).manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if architecture is OURS:
                widths = parent.shape.widths if isinstance(parent, UNet) else device.widths
                self._build(NetworkShape(channels, len(class_ids), widths))
            else:
                self._build(RootPainterShape())
        self.batch_size = batch_size(self.network, device)
        if parent is not None:
            take_over(self.network, parent, class_ids, parent_classes)
            self.averaged.load_state_dict(self.network.state_dict())
        self.images([], [])

    def _build(self, shape: Shape) -> None:
        """Network, averaged network and optimisers, all new."""
        device = self._device.torch_device
        self.network: Network = build(shape).to(device).train()
        self.averaged = copy.deepcopy(self.network).eval().requires_grad_(False)
        self._optimisers = optimisers(self.network, self._device)

    def tell_apart(self, class_ids: tuple[int, ...]) -> None:
        """Go on with other classes, and with all that was learned of those that stay. Needs its images anew."""
        former, averaged, optimisers_before, before = self.network, self.averaged, self._optimisers, self.class_ids
        if not isinstance(former, UNet):
            raise ValueError("RootPainter's network has one class")
        self.class_ids = class_ids
        self._build(replace(former.shape, out_channels=len(class_ids)))
        take_over(self.network, former, class_ids, before)
        take_over(self.averaged, averaged, class_ids, before)
        head = list(self.network.head.parameters())
        for optimiser, known in zip(self._optimisers, optimisers_before, strict=True):
            take_over_moments(optimiser, known, head, class_ids, before)
        self._seen.clear()
        self._shown &= {*class_ids}
        self.images([], [])

    def images(
        self, train: Sequence[AnnotatedImage], validation: Sequence[AnnotatedImage], unannotated: Draw = nothing
    ) -> None:
        """Learn from these from the next batch on, and validate on those. unannotated: draws further images."""
        self._sampler = Sampler(train, self.class_ids)
        if self._sampler.known - self._shown:
            self._since = self.steps
            self._shown |= self._sampler.known
        self._validation_images = list(validation)
        self._unannotated = unannotated

    def advance(self) -> float:
        """Learn from one batch. Returns its loss. Halves the batch when the graphics memory is too small for it.

        Raises Refused when not even one tile fits.
        """
        while True:
            try:
                return self._step()
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if "out of memory" not in str(error):
                    raise
                if self.batch_size == 1:
                    raise Refused("The graphics memory is too small to train. Start with --device cpu.") from error
            # Outside the handler, so that the failed step's tensors are free before the next one begins.
            self.batch_size //= 2
            self._device.release()

    def _step(self) -> float:
        size, tile, lost = self.batch_size, tile_side(self.network, self._device), self.network.lost
        batch = self._sampler.batch(size, tile, self._augmentation, self._numbers, self._generator, self.scale)
        plain = self._plain_tiles()
        images, expected = batch.images, None
        if plain is not None:
            with torch.no_grad(), self._device.half_precision():
                expected = self.averaged(plain.images)
            images = torch.cat((images, vary_light(plain.images, self._augmentation, self._generator)))
        self.network.zero_grad(set_to_none=True)
        with self._device.half_precision():
            scores = self.network(images)
        painted = scores[: len(batch.images)]
        loss = segmentation_loss(painted, within(batch.target, lost), within(batch.weight, lost))
        if plain is not None and expected is not None:
            alike = consistency_loss(scores[len(painted) :], expected, within(plain.inside, lost))
            loss = loss + weight_at(self.steps) * alike
            self._device.spent(round(FORWARD_SHARE * plain.inside.numel()))
        self._see(painted.detach() if expected is None else expected)
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in self._optimisers:
            part = (
                self.cooling * rate(self.steps - self._since) * (self._rate if isinstance(optimiser, Muon) else 1.0)
            )
            for group in optimiser.param_groups:
                group["lr"] = group["initial_lr"] * part
            optimiser.step()
        self._average()
        self.steps += 1
        self._device.spent(scores[:, 0].numel())
        return loss.item()

    def _plain_tiles(self) -> PlainTiles | None:
        """What is learned from without labels in this step."""
        if not weight_at(self.steps):
            return None
        count, tile = max(1, self.batch_size // LABELLED_TILES), tile_side(self.network, self._device)
        return plain_tiles(
            self._unannotated, count, tile, self._augmentation, self._numbers, self._generator, self.scale
        )

    def _see(self, scores: torch.Tensor) -> None:
        """Keep some of the scores (N, K, H, W), as (n, K)."""
        some = scores[:, :, ::SEEN_STRIDE, ::SEEN_STRIDE].movedim(1, -1)
        self._seen.append(some.reshape(-1, scores.shape[1]).float())

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights, and the normalisation's statistics, towards the newest.

        The schedule's first steps count less: early on the average remembers a tenth of those so far.
        """
        new = max(1 / AVERAGED_STEPS, 1 / (1 + (self.steps - self._since) / 10))
        for averaged, newest in zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        ):
            if averaged.is_floating_point():
                averaged.lerp_(newest, new)
            else:
                averaged.copy_(newest)

    def validation(self) -> NetworkValidation:
        """A validation of the averaged weights as they are now; training may go on meanwhile."""
        network = self.predicting()
        predict = predict_with(network, self.scale, self._device)
        return NetworkValidation(network, predict, self._validation_images, self.class_ids)

    @torch.no_grad()
    def predicting(self) -> Network:
        """A copy of the averaged network whose scores are shifted for the best masks."""
        network = copy.deepcopy(self.averaged)
        painted = torch.tensor([float(self._sampler.painted.get(each, 0)) for each in self.class_ids])
        scores = torch.cat(tuple(self._seen)).cpu() if self._seen else None
        network.shift(shift_of_scores(painted, scores).to(self._device.torch_device))
        return network

    def save_state(self, path: Path) -> None:
        """Write everything that going on needs to one safetensors file, whole or not at all."""
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        tensors |= {f"averaged.{name}": tensor for name, tensor in self.averaged.state_dict().items()}
        for number, optimiser in enumerate(self._optimisers):
            for index, moments in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser{number}.{index}.{name}": tensor for name, tensor in moments.items()}
        tensors["generator"] = self._generator.get_state()
        facts = {
            "class_ids": list(self.class_ids),
            "network": self.network.shape.to_dict(),
            "steps": self.steps,
            "since": self._since,
            "shown": sorted(self._shown),
            "rate": self._rate,
            "device": self._device.torch_device.type,
            "numbers": self._numbers.bit_generator.state,
        }
        ready = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        publish(path, save_tensors(ready, {STATE_KEY: json.dumps(facts)}))

    def load_state(self, path: Path) -> None:
        """Go on where `save_state` left off, on this device.

        One of other classes goes on with what it knows of these. Raises Refused for a damaged file, one of other
        channels or one of another architecture, FileNotFoundError if there is none. The random numbers go on too if
        the device is of the same kind.
        """
        facts, tensors = _read_state(path)
        if self.architecture is not architecture_of(facts.get("network") or {}):
            raise Refused(f"{path.name}: was trained in another architecture. Training starts anew.")
        if _channels(facts) not in (None, self.network.shape.in_channels):
            raise Refused(f"{path.name}: was trained on images of {_channels(facts)} channels. Training starts anew.")
        wanted = self.class_ids
        try:
            self._restore(facts, tensors)
            if self.class_ids != wanted:
                self.tell_apart(wanted)
        except (Refused, RuntimeError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise Refused(f"{path.name}: damaged. Training starts anew.") from error

    def _restore(self, facts: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        """Any error for a state that doesn't fit together."""
        shape, class_ids = shape_from(facts["network"]), tuple(int(each) for each in facts["class_ids"])
        if len(set(class_ids)) != shape.out_channels:
            raise ValueError("its classes aren't those of its network")
        with torch.device("meta"):  # nothing is allocated before the file has proved to hold this network
            build(shape).load_state_dict(_under(tensors, "network."), assign=True)
        self._build(shape)
        self.class_ids = class_ids
        self.network.load_state_dict(_under(tensors, "network."))
        self.averaged.load_state_dict(_under(tensors, "averaged."))
        for number, optimiser in enumerate(self._optimisers):
            state = optimiser.state_dict()
            for name, tensor in _under(tensors, f"optimiser{number}.").items():
                index, moment = name.split(".")
                state["state"].setdefault(int(index), {})[moment] = tensor
            optimiser.load_state_dict(state)
        self.steps = int(facts["steps"])
        self._since = int(facts.get("since", 0))
        self._shown = {int(each) for each in facts.get("shown", class_ids)}
        self._rate = float(facts.get("rate", 1.0))
        if facts["device"] == self._device.torch_device.type:
            self._generator.set_state(tensors["generator"])
            self._numbers.bit_generator.state = facts["numbers"]


def rate(step: int) -> float:
    """Part of the full learning rates at a step, 0..1: rising in the warm-up, then 1 / sqrt(1 + step / 100)."""
    return min((step + 1) / WARM_UP_STEPS, max(1 / math.sqrt(1 + step / SETTLING_STEPS), LEAST_RATE))


def within(tiles: torch.Tensor, lost: int) -> torch.Tensor:
    """(N, H, W) without so many pixels on each side."""
    return tiles[:, lost:-lost, lost:-lost] if lost else tiles


def _channels(facts: dict[str, Any]) -> object:
    """Of the images that a state was trained on; None where it doesn't say."""
    network = facts.get("network")
    return network.get("in_channels") if isinstance(network, dict) else None


def _read_state(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with safe_open(path, framework="pt") as file:
            facts = dict(json.loads(file.metadata()[STATE_KEY]))
            return facts, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{path.name}: damaged, or not a training state. Training starts anew.") from error


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
