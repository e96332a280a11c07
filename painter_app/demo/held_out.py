"""Masks beside those of the window, asked for as any painter asks; and Dice on images that nobody annotates."""

from collections.abc import Sequence
from pathlib import Path

from shared_folder.desired import DesiredState
from shared_folder.labelled import LabelledProject
from shared_folder.model_facts import latest_model
from shared_folder.project import Project
from shared_folder.publish import publish_document
from shared_folder.refused import Refused
from shared_folder.scores import Confusion, compare, sum_of
from shared_folder.segmentation import NO_MODEL, model_of, read_segmentation

_PAINTER = "demonstration"


class MaskWish:
    """A second painter, who paints nothing and only wants masks."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._counter = 0
        self._least = ""  # name of the oldest model that will do; nothing before there is one

    def want(self, names: Sequence[str]) -> None:
        """Want the masks of these images by the model that is the newest now, or by a newer one."""
        model = latest_model(self._project.folder.models)
        self._least = model.stem if model is not None else ""
        self._counter += 1
        wanted = DesiredState(
            counter=self._counter,
            person="the demonstration",
            project=self._project.location,
            masks=tuple(names),
        )
        publish_document(self._project.shared.desired_state(_PAINTER), wanted)

    def made(self, name: str) -> Path | None:
        """The image's mask, if it is as new as wanted."""
        for path in (self._project.latest_path(name), self._project.segmentation_path(name)):
            model = model_of(path)
            # Models' names begin with their number; "no model" does before there is one.
            if model is not None and (not self._least or (model != NO_MODEL and model >= self._least)):
                return path
        return None


class HeldOut:
    """Dice on the held-out images."""

    def __init__(self, demo: LabelledProject, wish: MaskWish) -> None:
        self._demo = demo
        self._wish = wish
        self._arrived: dict[str, Confusion] = {}

    def ask(self) -> None:
        """Begin to measure the newest model."""
        self._arrived = {}
        self._wish.want(self._demo.held_out)

    def look(self) -> bool:
        """Read one of the masks that arrived, so as not to hold up the window. Whether all are there."""
        waiting = [name for name in self._demo.held_out if name not in self._arrived]
        for name in waiting:
            path = self._wish.made(name)
            if path is not None:
                self._read(name, path)
                break
        return len(self._arrived) == len(self._demo.held_out)

    def result(self) -> Confusion:
        """Pixels of the images whose masks arrived, pooled. The wish ends."""
        self._wish.want(())
        return sum_of(self._arrived.values())

    def _read(self, name: str, path: Path) -> None:
        truth = self._demo.truth[name]
        try:
            mask = read_segmentation(path, (truth.shape[0], truth.shape[1]))
        except (Refused, FileNotFoundError):
            return  # replaced this very moment
        self._arrived[name] = compare(mask.labels.to_array(), truth)
