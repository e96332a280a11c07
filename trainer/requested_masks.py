"""Masks of a folder of images, as RootPainter's dialogs ask for them: by one model or the mean of several."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from shared_folder import rootpainter
from shared_folder.classes import BACKGROUND, FOREGROUND, new_classes
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.mask_files import mask_suffix, write_mask
from shared_folder.model_facts import ROOTPAINTER_SUFFIX, latest_model
from shared_folder.names import check_plain_name, is_debris, list_images
from shared_folder.refused import Refused
from shared_folder.rootpainter import Segment
from shared_folder.segmentation import Segmentation, write_segmentation
from trainer.mask_making import MaskMaking
from trainer.open_images import OpenImages
from trainer.prediction import Model, predict_mean
from trainer.segmenting import MergedChannels, Segmenting


@dataclass
class _InHand:
    """A folder that is being segmented."""

    models: list[Model]
    by: str
    """The models' names."""
    left: list[tuple[Path, Path]]
    """Images, and where their masks go."""
    segmenting: Segmenting | None = None
    """Of the first that is left."""
    problems: list[str] = field(default_factory=list)


class RequestedMasks:
    """Carries out instructions one tile a step."""

    def __init__(self, shared: SharedFolder, images: OpenImages, masks: MaskMaking) -> None:
        """masks: whose models are used again."""
        self._shared = shared
        self._images = images
        self._masks = masks
        self._in_hand: tuple[Path, _InHand] | None = None

    def advance(self, path: Path, asked: Segment) -> list[str] | None:
        """One step. Returns None while there is more to do, then a sentence for each image that could not be used.

        path: the instruction's file. Raises Refused for models or folders that can't be used.
        """
        if self._in_hand is None or self._in_hand[0] != path:
            self._in_hand = (path, self._begin(path, asked))
            return None
        work = self._in_hand[1]
        while work.left and work.left[0][1].exists():  # what is there stays
            work.left.pop(0)
        if not work.left:
            self._in_hand = None
            return work.problems
        image, target = work.left[0]
        try:
            if self._advance_image(work, image):
                return None
            if work.segmenting is not None:
                self._write(target, work.segmenting.labels, work.by, asked.format)
        except Refused as refusal:
            work.problems.append(str(refusal))
        work.left.pop(0)
        work.segmenting = None
        return None

    def _begin(self, path: Path, asked: Segment) -> _InHand:
        files = self._model_files(path, asked)
        models = [self._masks.model(file) for file in files]
        for file, model in zip(files[1:], models[1:], strict=True):
            if model.class_ids != models[0].class_ids:
                raise Refused(f"{file.name}: tells other classes apart than {files[0].name}.")
        folder = rootpainter.place(self._shared, asked.dataset_dir, path.name)
        to = rootpainter.place(self._shared, asked.seg_dir, path.name)
        names = asked.file_names or tuple(str(each) for each in list_images(folder) if len(each.parts) == 1)
        known = rootpainter.FORMATS.get(asked.format or "")
        suffix = mask_suffix(known) if known is not None else ".png"
        left = [(folder / check_plain_name(name), to / f"{Path(name).stem}{suffix}") for name in names]
        return _InHand(models, " + ".join(file.stem for file in files), left)

    def _model_files(self, path: Path, asked: Segment) -> list[Path]:
        """The models that are named, else the newest of the folder, or of the project that it belongs to."""
        if asked.model_paths:
            return [rootpainter.place(self._shared, each, path.name) for each in asked.model_paths]
        if not asked.model_dir:
            raise Refused(f"{path.name}: names no model.")
        folder = rootpainter.place(self._shared, asked.model_dir, path.name)
        project = rootpainter.project_of(self._shared, asked.model_dir, path.name)
        ours = latest_model(project.models) if project is not None and folder == project.rootpainter_models else None
        theirs = [each for each in folder.glob(f"*{ROOTPAINTER_SUFFIX}") if not is_debris(each.name)]
        newest = ours or max(theirs, key=lambda each: each.name, default=None)
        if newest is None:
            raise Refused(f"{asked.model_dir}: holds no model yet. Paint and start training first.")
        return [newest]

    def _advance_image(self, work: _InHand, path: Path) -> bool:
        """One tile of an image. Returns whether there are more."""
        if work.segmenting is None:
            image = self._images.open(path)
            shape = image.shape[0], image.shape[1]
            for model in work.models:
                model.check(image)
            reads = [partial(self._images.read, (path, ()), shape, pixels=model.pixels) for model in work.models]
            prediction = predict_mean(work.models, reads, shape)
            work.segmenting = Segmenting(prediction, shape, MergedChannels(work.models[0].class_ids, ()))
        return work.segmenting.advance()

    def _write(self, target: Path, labels: Labels, by: str, wanted: str | None) -> None:
        """Every class counts as foreground: its programs know one."""
        found = np.where(labels.to_array() >= FOREGROUND, np.uint8(FOREGROUND), np.uint8(BACKGROUND))
        classes = new_classes(["foreground"])
        known = rootpainter.FORMATS.get(wanted or "")
        if known is not None:
            write_mask(target, found, known, classes)
        else:
            write_segmentation(target, Segmentation(Labels.from_array(found), by), classes)
