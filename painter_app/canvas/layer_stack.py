"""Layer stack: the layers of the image that is shown, in their order, with what is visible, how opaque and in which
colours."""

import itertools
from collections.abc import Callable, Iterator
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor

from painter_app.canvas.corrected import CorrectedLayer
from painter_app.canvas.image_layer import ImageLayer
from painter_app.canvas.layers import DisplayedImage, LabelLayer, Layer, colour_table, mask_classes
from painter_app.canvas.probability import ProbabilityLayer, probability_colours
from painter_app.canvas.pyramid import Difference
from painter_app.canvas.tone import Tone
from painter_app.canvas.uncertainty import UncertaintyLayer, uncertainty_colours
from shared_folder.classes import BACKGROUND_CLASS, BINARY, CANT_TELL_CLASS, FOREGROUND, LabelClass
from shared_folder.labels import Labels, LabelSource, Pixels
from shared_folder.merging import UNMERGED, counted, merge_table, remaining
from shared_folder.rectangle import Rectangle

LAYERS = ("image", "mask", "uncertainty", "annotation")
"""Those that the user shows and hides."""
LIVE = ("annotation", "corrected")
"""Those that change with every move of the brush."""
_ORDER = ("image", "mask", "probability", "corrected", "uncertainty", "changes", "annotation")
_CHANGES_COLOUR = LabelClass(FOREGROUND, "changed", "#fff200")
_CHANGES_SHOWN = (0.9, 0.9, 0.9, 0.9, 0.7, 0.5, 0.3, 0.15)
"""Opacity of the highlighted changes, step by step."""


class MaskLook(StrEnum):
    """How the mask is seen."""

    FILL = "fill"
    OUTLINE = "outline"
    """Only the outlines of its regions."""
    PROBABILITY = "probability"
    """How likely one class is, where a map of that is known; else the fill."""


class LayerStack:
    """Layers by name, of one image at a time or none. Knows nothing of widgets."""

    def __init__(self) -> None:
        self._classes: tuple[LabelClass, ...] = BINARY  # those that were not merged into another
        self._counts_as = UNMERGED
        self.visible = {name: name != "uncertainty" for name in LAYERS}
        self.opacity = {"image": 1.0, "mask": 0.55, "uncertainty": 0.9, "annotation": 0.75}
        """0 (not seen at all) to 1."""
        self.bare = False
        """Whether the image is seen alone for now, whatever is visible."""
        self.tone = Tone()
        self._mask: Labels | None = None  # none until the trainer answers
        self._mask_before: Labels | None = None  # whose place the mask took, on this image
        self._annotation: Labels | None = None
        self._look = MaskLook.FILL
        self._shows_corrected = False
        self._layers: dict[str, Layer] = {}
        self._changes_step = 0

    def __bool__(self) -> bool:
        return bool(self._layers)

    def __contains__(self, layer: Layer) -> bool:
        return layer in self._layers.values()

    def __getitem__(self, name: str) -> Layer | None:
        return self._layers.get(name)

    @property
    def read_image(self) -> Callable[[Rectangle], NDArray[np.uint8]]:
        """Reads pixels (h, w, 3) of the image that is open now, at full resolution and in no tone; on any thread.

        Raises KeyError where there is none.
        """
        image = self._layers["image"]
        if not isinstance(image, ImageLayer):
            raise KeyError("image")
        return image.read

    @property
    def mask(self) -> LabelSource | None:
        """The mask as its classes count; none until the trainer answers."""
        return counted(self._mask, self._counts_as) if self._mask is not None else None

    def shown(self) -> Iterator[tuple[str, Layer]]:
        """Those that are visible, the lowest first."""
        for name in _ORDER:
            if name in self._layers and self._is_seen(name):
                yield name, self._layers[name]

    def ground(self) -> Iterator[tuple[str, Layer]]:
        """Those that are visible below the first live one: strokes don't change how they look."""
        return itertools.takewhile(lambda each: each[0] not in LIVE, self.shown())

    def paint(self) -> Iterator[tuple[str, Layer]]:
        """The rest of those that are visible: what is being painted, and what lies over it."""
        return itertools.dropwhile(lambda each: each[0] not in LIVE, self.shown())

    def _is_seen(self, name: str) -> bool:
        if self.bare:
            return name == "image"
        # The corrected mask takes the place of mask and annotation where both would be seen.
        instead = "corrected" in self._layers and self.visible["mask"] and self.visible["annotation"]
        if name == "corrected":
            return instead
        if name in ("mask", "annotation") and instead:
            return False
        likely = self._look is MaskLook.PROBABILITY and "probability" in self._layers
        if name in ("mask", "probability") and likely != (name == "probability"):
            return False
        return self.visible["mask" if name in ("changes", "probability") else name]

    def open(self, image: DisplayedImage | None, annotation: Labels | None, mask: Labels | None) -> None:
        """The layers of another image, or none. All of one shape."""
        self._layers = {} if image is None else {"image": ImageLayer(image, self.tone)}
        self._mask, self._mask_before = mask.snapshot() if mask is not None else None, None
        self._annotation = annotation
        self._set_labels("mask", self.mask)
        self._set_labels("annotation", counted(annotation, self._counts_as) if annotation is not None else None)
        self._set_corrected()

    def set_mask(self, labels: Labels | None) -> None:
        """Another mask, or none."""
        self._mask_before, self._mask = self._mask, labels.snapshot() if labels is not None else None
        self._set_labels("changes", None)
        self._set_labels("mask", self.mask)
        self._set_corrected()

    def mark_changes(self) -> tuple[Labels, Labels] | None:
        """Highlight where the mask differs from the one before. Returns the two; None without them."""
        before, mask = self._mask_before, self._mask
        if before is None or mask is None:
            return None
        self._changes_step = 0
        self._set_labels("changes", Difference(counted(before, self._counts_as), counted(mask, self._counts_as)))
        return before, mask

    def fade_changes(self) -> bool:
        """Let the highlight fade by a step. Returns whether it is still seen."""
        self._changes_step += 1
        if self._changes_step >= len(_CHANGES_SHOWN):
            self._set_labels("changes", None)
        else:
            self._recolour("changes")
        return "changes" in self._layers

    def set_uncertainty(self, values: Pixels | None) -> None:
        """Another uncertainty map, or none. values: as its layer takes them."""
        image, layer = self._layers.get("image"), None
        if values is not None and image is not None:
            layer = UncertaintyLayer(image.shape, values, uncertainty_colours(self.opacity["uncertainty"]))
        self._set("uncertainty", layer)

    def set_probability(self, values: Pixels | None, scale: int) -> None:
        """Another map of one class's probability, or none. values, scale: as its layer takes them."""
        image, layer = self._layers.get("image"), None
        if values is not None and image is not None:
            layer = ProbabilityLayer(image.shape, values, scale, probability_colours(self.opacity["mask"]))
        self._set("probability", layer)

    def set_tone(self, tone: Tone) -> None:
        """Show this image, and those after it, in a tone."""
        self.tone = tone
        image = self._layers.get("image")
        if isinstance(image, ImageLayer):
            self._set("image", image.toned(tone))

    def set_look(self, look: MaskLook) -> None:
        self._look = look
        self._set_labels("mask", self.mask)
        self._set_corrected()

    def set_corrected(self, shown: bool) -> None:
        """Whether the corrected mask is seen instead of the mask and the annotation: what will be exported. Without
        a mask there is none."""
        self._shows_corrected = shown
        self._set_corrected()

    def set_classes(self, classes: tuple[LabelClass, ...]) -> None:
        """The project's classes, merged ones among them: these are shown as what they count as."""
        self._classes, self._counts_as = remaining(classes), merge_table(classes)
        self._set_labels("changes", None)
        self._set_labels("mask", self.mask)
        painted = self._layers.get("annotation")
        if isinstance(painted, LabelLayer) and self._annotation is not None:
            painted.source = counted(self._annotation, self._counts_as)
            self._recolour("annotation")
        self._set_corrected()

    def recolour(self) -> None:
        """After opacities changed."""
        for name in list(self._layers):
            self._recolour(name)

    def colour_of(self, label: int) -> QColor:
        """White for unknown."""
        known = {c.id: c.colour for c in (BACKGROUND_CLASS, CANT_TELL_CLASS, *self._classes)}
        return QColor(known.get(label, "#ffffff"))

    @property
    def _outlined(self) -> bool:
        return self._look is MaskLook.OUTLINE

    def _set_labels(self, name: str, source: LabelSource | None) -> None:
        outlined = self._outlined and name == "mask"
        layer = None
        if source is not None:
            layer = LabelLayer(source, self._colours(name), outlined, live=name == "annotation")
        self._set(name, layer)

    def _set_corrected(self) -> None:
        layer = None
        if self._shows_corrected and self._mask is not None and self._annotation is not None:
            layer = CorrectedLayer(
                self._mask, self._annotation, self._counts_as, self._colours("mask"), self._outlined
            )
            layer.before = self._layers["mask"]
        self._set("corrected", layer)

    def _set(self, name: str, layer: Layer | None) -> None:
        """Put a layer in another's place, or none. What was there stays on the screen until the new one's tiles are
        made."""
        before = self._layers.pop(name, None)
        if layer is not None:
            if before is not None:
                layer.before = before.before if before.empty else before
                before.before = None
            self._layers[name] = layer

    def _recolour(self, name: str) -> None:
        layer = self._layers[name]
        if isinstance(layer, CorrectedLayer):
            self._set_corrected()
        elif isinstance(layer, LabelLayer) and layer.live:
            layer.colours = self._colours(name)
            layer.forget()
        elif isinstance(layer, LabelLayer):
            self._set(name, LabelLayer(layer.source, self._colours(name), layer.outlined))
        elif isinstance(layer, UncertaintyLayer):
            self.set_uncertainty(layer.values)
        elif isinstance(layer, ProbabilityLayer):
            self.set_probability(layer.values, layer.scale)

    def _colours(self, name: str) -> NDArray[np.uint32]:
        if name == "changes":
            return colour_table((_CHANGES_COLOUR,), _CHANGES_SHOWN[self._changes_step], background=False)
        opacity = self.opacity[name]
        if name == "mask" and self._outlined:
            opacity = min(1.0, 2 * opacity)  # a line needs more than a field to be seen
        if name == "mask":
            return colour_table(mask_classes(self._classes), opacity, background=False)
        return colour_table(self._classes, opacity, background=True)
