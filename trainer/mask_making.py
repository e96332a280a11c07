"""Making masks: one image at a time, one tile a step, written where the painter's window looks."""

from collections import OrderedDict
from pathlib import Path

from shared_folder.segmentation import Segmentation, empty_segmentation, write_segmentation
from trainer.device import Device
from trainer.model_store import Model, load_model
from trainer.open_images import OpenImages
from trainer.plan import Have, WantedMask
from trainer.project_view import ProjectView
from trainer.segmenting import Segmenting

MODELS_KEPT = 3
"""Models in memory, for projects that want masks in turns."""


class MaskMaking:
    """The masks that a trainer makes. The mask in hand is kept until another is wanted more."""

    def __init__(self, images: OpenImages, device: Device) -> None:
        self._images = images
        self._device = device
        self._models: OrderedDict[Path, Model] = OrderedDict()
        self._in_hand: tuple[tuple[str, str], str, Segmenting] | None = None  # whose mask, by which model

    def advance(self, view: ProjectView, mask: WantedMask) -> bool:
        """One step towards a mask. Returns whether its file was written.

        A mask that was begun is finished by the model that began it, however many newer ones come: on a large image
        there would never be one otherwise. Raises Unreadable for an image that can't be used.
        """
        in_hand, self._in_hand = self._in_hand, None  # an error lets go of it
        if in_hand is None or in_hand[0] != mask.key:
            if view.latest is None:
                return self._write_empty(view, mask.image)
            self._begin(view, view.latest, mask)
            return False
        _, model, segmenting = in_hand
        if segmenting.advance():
            self._in_hand = in_hand
            return False
        if view.have(mask.image) is Have.CURRENT:
            return False  # another trainer was quicker
        segmentation = Segmentation(segmenting.labels, model)
        write_segmentation(view.mask_path(mask.image), segmentation, view.project.classes)
        return True

    def _begin(self, view: ProjectView, model_path: Path, mask: WantedMask) -> None:
        path, page = view.image_place(mask.image)
        height, width = self._images.open(path, page).shape[:2]
        segmenting = Segmenting(
            self._model(model_path),
            lambda rectangle: self._images.learned(path, page, (height, width), rectangle),
            (height, width),
            mask.first,
        )
        self._in_hand = (mask.key, model_path.stem, segmenting)

    def _write_empty(self, view: ProjectView, image: str) -> bool:
        path, page = view.image_place(image)
        height, width = self._images.open(path, page).shape[:2]
        write_segmentation(view.mask_path(image), empty_segmentation((height, width)), view.project.classes)
        return True

    def _model(self, path: Path) -> Model:
        if path not in self._models:
            self._models[path] = load_model(path, self._device)
            if len(self._models) > MODELS_KEPT:
                self._models.popitem(last=False)
        self._models.move_to_end(path)
        return self._models[path]
