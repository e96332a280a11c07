"""Models on disk: numbered safetensors files with their facts in the header. Nothing is ever unpickled."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from shared_folder.classes import BACKGROUND
from shared_folder.images import ImageFile
from shared_folder.model_facts import HEADER_KEY, ROOTPAINTER_SUFFIX, ModelFacts, latest_model, read_model_facts
from shared_folder.publish import publish
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.architecture import ROOTPAINTERS, Network, architecture_of
from trainer.device import Device
from trainer.network import NetworkShape, UNet
from trainer.patches import FloatImage, Read
from trainer.rootpainter_models import RootPainterModel, read_pkl, with_tensors
from trainer.tile_prediction import TilePrediction, check_channels


@dataclass(frozen=True)
class UNetModel:
    """A network of ours, ready to segment."""

    network: UNet
    """In evaluation mode, on the device."""
    facts: ModelFacts
    device: Device

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The label of each of the network's outputs."""
        return (BACKGROUND, *(one.id for one in self.facts.classes))

    @staticmethod
    def pixels(image: ImageFile, rectangle: Rectangle) -> FloatImage:
        return image.learned(rectangle)

    def check(self, image: ImageFile) -> None:
        check_channels(image, self.network)

    def predict(self, read: Read, shape: tuple[int, int]) -> TilePrediction:
        return TilePrediction(self.network, read, shape, self.facts.scale, self.device)


LoadedModel = UNetModel | RootPainterModel


class ModelStore:
    """The models of one project: `<folder>/000012_<trainer>.safetensors`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self) -> Path | None:
        """The model with the highest number; by name where two trainers took the same."""
        return latest_model(self._folder)

    def save(self, network: Network, facts: ModelFacts) -> Path:
        """Write a model, whole or not at all, under the next number, whatever number the facts give.

        network: with the weights to predict with. Returns the new file.
        """
        latest = self.latest()
        number = 1 if latest is None else int(latest.name.split("_")[0]) + 1
        numbered = facts.model_copy(update={"number": number, "network": network.shape.to_dict()})
        path = self._folder / f"{number:06d}_{facts.trainer}.safetensors"
        write_model(path, network, numbered)
        return path


def write_model(path: Path, network: torch.nn.Module, facts: ModelFacts) -> None:
    """Write a model, whole or not at all."""
    tensors = {name: tensor.contiguous().cpu() for name, tensor in network.state_dict().items()}
    publish(path, save_tensors(tensors, {HEADER_KEY: facts.model_dump_json()}))


def load_model(path: Path, device: Device) -> LoadedModel:
    """Read a model from any folder, ours or RootPainter's.

    Raises Refused for a damaged or foreign file, FileNotFoundError if none.
    """
    if path.suffix in (ROOTPAINTER_SUFFIX, ".pth"):
        return read_pkl(path, device)
    facts = read_model_facts(path)
    if architecture_of(facts.network) is ROOTPAINTERS:
        return with_tensors(path.name, _tensors(path), facts, device)
    return _unet_model(path, facts, device)


def _unet_model(path: Path, facts: ModelFacts, device: Device) -> UNetModel:
    try:
        shape = NetworkShape.from_dict(dict(facts.network))
    except Refused as refusal:
        raise Refused(f"{path.name}: {refusal}") from refusal
    if shape.out_channels != len(facts.classes) + 1:
        raise Refused(f"{path.name}: names {len(facts.classes)} classes, which isn't what its network tells apart.")
    with torch.device("meta"):  # nothing is allocated before the file has proved to hold this network
        network = UNet(shape)
    try:
        network.load_state_dict(_tensors(path), assign=True)
    except RuntimeError as error:
        raise _damaged(path) from error
    network.float().to(device.torch_device)
    return UNetModel(network.eval(), facts, device)


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    try:
        tensors: dict[str, torch.Tensor] = load_tensors(path.read_bytes())
    except SafetensorError as error:
        raise _damaged(path) from error
    return tensors


def _damaged(path: Path) -> Refused:
    return Refused(f"{path.name}: damaged, or not the network that its header describes.")
