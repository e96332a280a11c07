"""RootPainter's models: read from its files without running what they hold, and written for its dialogs."""

import io
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.images import ImageFile
from shared_folder.model_facts import ModelFacts, read_model_facts
from shared_folder.publish import publish
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.device import Device
from trainer.patches import FloatImage, Read
from trainer.rootpainter_network import RootPainterNetwork
from trainer.rootpainter_prediction import RootPainterPrediction, unit

_PREFIX = "module."
"""Before each name where the network was taught on several graphics cards, or as if."""


@dataclass(frozen=True)
class RootPainterModel:
    """One of its models, ready to segment as its own program does."""

    network: RootPainterNetwork
    """In evaluation mode, on the device."""
    facts: ModelFacts
    device: Device
    class_ids: tuple[int, ...] = (BACKGROUND, FOREGROUND)

    @staticmethod
    def pixels(image: ImageFile, rectangle: Rectangle) -> FloatImage:
        """RGB, 0..1."""
        return unit(image.plain(rectangle))

    def check(self, image: ImageFile) -> None:
        """Any image that can be shown can be segmented."""

    def predict(self, read: Read, shape: tuple[int, int]) -> RootPainterPrediction:
        return RootPainterPrediction(self.network, read, shape)


def read_pkl(path: Path, device: Device) -> RootPainterModel:
    """Read a model file of RootPainter's. Of all that a pickle can hold only tensors are taken.

    Raises Refused for anything else, FileNotFoundError if there is no file.
    """
    facts = read_model_facts(path)
    content = path.read_bytes()
    try:
        loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a file that someone made can bring about
        raise Refused(
            f"{path.name}: is no model of RootPainter's, or damaged. Nothing of it was run. Choose another model."
        ) from error
    return with_tensors(path.name, _plain(path.name, loaded), facts, device)


def with_tensors(name: str, tensors: dict[str, Tensor], facts: ModelFacts, device: Device) -> RootPainterModel:
    """A model of these tensors, by the names that its files have. name: the file's, for the refusal."""
    with torch.device("meta"):  # nothing is allocated before the file has proved to hold this network
        network = RootPainterNetwork()
    try:
        network.load_state_dict(tensors, assign=True)
    except RuntimeError as error:
        raise Refused(f"{name}: holds another network than RootPainter's. Choose another model.") from error
    network.float().to(device.torch_device)
    return RootPainterModel(network.eval(), facts, device)


def write_pkl(path: Path, network: RootPainterNetwork) -> None:
    """Write a model as RootPainter's trainer does, whole or not at all."""
    content = io.BytesIO()
    torch.save({f"{_PREFIX}{name}": tensor.cpu() for name, tensor in network.state_dict().items()}, content)
    publish(path, content.getvalue())


def _plain(name: str, loaded: object) -> dict[str, Tensor]:
    """The tensors of a state dictionary, without the prefix."""
    if not isinstance(loaded, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) and value.is_floating_point()
        for key, value in loaded.items()
    ):
        raise Refused(f"{name}: holds no weights of a network. Choose another model.")
    return {key.removeprefix(_PREFIX): value.float() for key, value in loaded.items()}
