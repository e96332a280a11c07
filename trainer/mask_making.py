"""Making masks: one image at a time, one tile a step, written where the painter's window looks."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import torch

from shared_folder.annotation_files import read_annotation
from shared_folder.labels import Labels
from shared_folder.merging import merge_table, merged_labels
from shared_folder.probability import write_probability
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.segmentation import Findings, Segmentation, empty_segmentation, write_segmentation
from shared_folder.uncertainty import write_uncertainty
from trainer.appearance import Appearance
from trainer.contradictions import Contradictions
from trainer.device import Device
from trainer.model_store import load_model
from trainer.open_images import OpenImages
from trainer.patches import FloatImage
from trainer.plan import Have, WantedMask
from trainer.prediction import Model
from trainer.probability import ProbabilityGauge
from trainer.project_view import ProjectView
from trainer.segmenting import MergedChannels, Segmenting
from trainer.uncertainty import UncertaintyGauge

MODELS_KEPT = 3
"""Models in memory, for projects that want masks in turns."""


class Noticing:
    """What is noticed while a model segments an image. steps: of training that it had had. annotation: what the user
    painted on it, if she did. class_ids: the label of each channel of what is told of it. probability: gathers that,
    where somebody looks at it."""

    def __init__(
        self,
        shape: tuple[int, int],
        steps: int,
        annotation: Labels | None,
        class_ids: tuple[int, ...],
        probability: ProbabilityGauge | None,
    ) -> None:
        self.probability = probability
        self._steps = steps or None
        self.gauge = UncertaintyGauge(shape)
        self.appearance = Appearance()
        self._contradictions = Contradictions(annotation, class_ids) if annotation is not None else None

    def observe(self, core: Rectangle, likelihood: torch.Tensor) -> None:
        self.gauge.add(core, likelihood)
        if self.probability is not None:
            self.probability.add(core, likelihood)
        if self._contradictions is not None:
            self._contradictions.add(core, likelihood)

    def findings(self) -> Findings:
        return Findings(
            steps=self._steps,
            uncertainty=round(self.gauge.expected_error, 4),
            appearance=self.appearance.statistics,
            contradictions=self._contradictions.largest() if self._contradictions is not None else (),
        )


@dataclass(frozen=True)
class _InHand:
    """The mask that is being made."""

    key: tuple[str, str]
    model: str
    segmenting: Segmenting
    noticing: Noticing


class MaskMaking:
    """The masks that a trainer makes. The mask in hand is kept until another is wanted more."""

    def __init__(self, images: OpenImages, device: Device) -> None:
        self._images = images
        self._device = device
        self._models: OrderedDict[Path, Model] = OrderedDict()
        self._in_hand: _InHand | None = None

    def advance(self, view: ProjectView, mask: WantedMask) -> bool:
        """One step towards a mask. Returns whether its file was written.

        A mask that was begun is finished by the model that began it, however many newer ones come: on a large image
        there would never be one otherwise. Raises Unreadable for an image that can't be used.
        """
        in_hand, self._in_hand = self._in_hand, None  # an error lets go of it
        if in_hand is None or in_hand.key != mask.key:
            if view.latest is None:
                return self._write_empty(view, mask.image)
            self._begin(view, view.latest, mask)
            return False
        if in_hand.segmenting.advance():
            self._in_hand = in_hand
            return False
        if in_hand.noticing.probability is not None:
            for painter in mask.probability_for:
                write_probability(view.project.folder.probability(painter), in_hand.noticing.probability.map())
        if view.have(mask.image) is Have.CURRENT:
            return False  # it was there already, or another trainer was quicker
        segmentation = Segmentation(in_hand.segmenting.labels, in_hand.model, in_hand.noticing.findings())
        # The map first: who sees the mask finds it there.
        write_uncertainty(view.project.uncertainty_path(mask.image), in_hand.noticing.gauge.map(in_hand.model))
        write_segmentation(view.mask_path(mask.image), segmentation, view.project.classes)
        return True

    def _begin(self, view: ProjectView, model_path: Path, mask: WantedMask) -> None:
        path, pages = view.image_place(mask.image)
        image = self._images.open(path, pages)
        height, width = image.shape[:2]
        try:
            model = self.model(model_path)
        except Refused:
            view.pass_over(model_path)
            raise
        model.check(image)
        shape, probability = (height, width), None
        merged = MergedChannels(model.class_ids, view.project.classes)
        if mask.probability_for:
            probability = ProbabilityGauge(mask.image, shape, model_path.stem, merged.class_ids[1:])
        annotation = annotation_of(view, mask.image, shape)
        noticing = Noticing(shape, model.facts.steps, annotation, merged.class_ids, probability)

        def read(rectangle: Rectangle) -> FloatImage:
            return self._images.read((path, pages), shape, rectangle, model.pixels)

        prediction = model.predict(noticing.appearance.watching(read), shape)
        segmenting = Segmenting(prediction, shape, merged, mask.first, observe=noticing.observe)
        self._in_hand = _InHand(mask.key, model_path.stem, segmenting, noticing)

    def _write_empty(self, view: ProjectView, image: str) -> bool:
        path, pages = view.image_place(image)
        height, width = self._images.open(path, pages).shape[:2]
        write_segmentation(view.mask_path(image), empty_segmentation((height, width)), view.project.classes)
        return True

    def model(self, path: Path) -> Model:
        """A model, from memory if it was needed lately. Raises what `load_model` does."""
        if path not in self._models:
            self._models[path] = load_model(path, self._device)
            if len(self._models) > MODELS_KEPT:
                self._models.popitem(last=False)
        self._models.move_to_end(path)
        return self._models[path]


def annotation_of(view: ProjectView, image: str, shape: tuple[int, int]) -> Labels | None:
    """What was painted on an image, as its classes count; None where nothing was, or where it can't be read now:
    learning says why."""
    file = view.train.get(image) or view.validation.get(image)
    try:
        if file is None:
            return None
        return merged_labels(read_annotation(file.path, shape).labels, merge_table(view.project.classes))
    except (Refused, OSError):
        return None
