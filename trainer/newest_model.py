"""The newest model of a project: what a network that learns starts from, and whose place it is to take."""

from pathlib import Path

from shared_folder.classes import BACKGROUND
from shared_folder.layout import starter_weights
from shared_folder.merging import remaining
from shared_folder.refused import Refused
from trainer.architecture import OURS, ROOTPAINTERS, Architecture, architecture_of, can_learn
from trainer.device import Device
from trainer.model_store import LoadedModel, UNetModel, load_model
from trainer.prediction import Model
from trainer.project_view import ProjectView

STARTER_NUMBER = 0
"""In the facts of the starter weights; models of projects count from 1."""
_COLOURS = 3
"""Channels of the images that RootPainter's models see."""


class NewestModel:
    """The newest model, as far as a network that learns can be compared with it."""

    def __init__(self, view: ProjectView, device: Device) -> None:
        self._view = view
        self._device = device
        self._compared: tuple[Path, Model] | None = None
        self.score: float | None = None
        """Its mean Dice on the validation annotations as they are; None until it is measured on them."""

    @property
    def compared(self) -> Model | None:
        """The model that was compared last, as long as it can be compared."""
        return self._compared[1] if self._compared is not None else None

    def is_other_than(self, architecture: Architecture) -> bool:
        """Whether it has learned for hours in another architecture: one of this takes its place only once it is as
        good on what is annotated."""
        return self._compared is not None and _architecture(self._compared[1]) is not architecture

    def comparable(self, class_ids: tuple[int, ...], channels: int) -> Model | None:
        """The newest model, if it tells these classes apart in images of so many channels."""
        latest = self._view.latest
        if latest is None:
            self._compared = None
        elif self._compared is None or self._compared[0] != latest:
            self.score = None
            try:
                model = load_model(latest, self._device)
            except (Refused, OSError):
                return None
            known = model.network.shape.in_channels if isinstance(model, UNetModel) else _COLOURS
            alike = (sorted(model.class_ids), known) == ([*class_ids], channels)
            self._compared = (latest, model) if alike else None
        return self.compared

    def replace(self, path: Path, score: float) -> None:
        """It was published just now."""
        self._compared = (path, load_model(path, self._device))
        self.score = score

    def forget(self) -> None:
        """Free its memory."""
        self._compared = None


def architecture_for(view: ProjectView, device: Device) -> Architecture:
    """The architecture in which a project learns: ours, unless it is to go on with a model of RootPainter's."""
    try:
        path = view.start_path()
        theirs = path is not None and _architecture(load_model(path, device)) is ROOTPAINTERS
    except (Refused, OSError):
        return OURS  # who needs the model says what is wrong
    ids = (BACKGROUND, *sorted(each.id for each in remaining(view.project.classes)))
    return ROOTPAINTERS if theirs and can_learn(ROOTPAINTERS, ids) else OURS


def parent_of(view: ProjectView, device: Device, architecture: Architecture) -> LoadedModel | None:
    """What a new network starts from: the newest model, else the one to start from. Where that has another
    architecture: the one to start from, or the starter weights. None where the device learns a larger network than
    those from nothing.

    Raises Refused or FileNotFoundError for one that can't be used.
    """
    start = view.start_path()
    path = view.latest or start
    model = load_model(path, device) if path is not None else None
    if architecture is ROOTPAINTERS:
        if (model is None or _architecture(model) is not ROOTPAINTERS) and start is not None:
            model = load_model(start, device)
        return model
    if model is not None and _architecture(model) is not OURS:
        model = load_model(starter_weights(), device)
    if not isinstance(model, UNetModel):
        return None
    is_starter = model.facts.number == STARTER_NUMBER
    return model if not is_starter or model.network.shape.widths == device.widths else None


def _architecture(model: Model) -> Architecture:
    return architecture_of(model.facts.network)
