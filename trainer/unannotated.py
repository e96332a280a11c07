"""Images that nobody has annotated yet: a few of them, drawn by chance, each opened when it is first needed."""

from collections.abc import Container
from pathlib import Path

import numpy as np

from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.open_images import OpenImages
from trainer.patches import FloatImage
from trainer.project_view import ProjectView
from trainer.sampling import AnnotatedImage

MOST_IMAGES = 32
"""So many show what a project's images have in common and where they differ."""
MOST_PIXELS = 80_000_000
"""Of all of them together, since they stay in memory beside those that are annotated."""
TRIES = 4
"""To find one more, at one draw: where most can't be used, it goes on with those that it has."""


class Unannotated:
    """The images of one project that are learned from without labels: never a test image, never an annotated one."""

    def __init__(self, view: ProjectView, images: OpenImages) -> None:
        self._view = view
        self._images = images
        self._annotated: Container[str] = ()
        self._channels = 0
        self._held: dict[str, AnnotatedImage] = {}

    def are_not(self, annotated: Container[str], channels: int) -> None:
        """Images other than these count, with so many channels."""
        self._annotated, self._channels = annotated, channels
        self._held = {
            name: image
            for name, image in self._held.items()
            if name not in annotated and image.channels == channels and not self._view.project.is_test(name)
        }

    def draw(self, numbers: np.random.Generator) -> AnnotatedImage | None:
        """One of them, without labels; None where none can be used. Opens at most one more of the project's."""
        names = self._view.project.images
        for _ in range(TRIES if len(self._held) < MOST_IMAGES and names else 0):
            if self._take(names[numbers.integers(len(names))]):
                break
        held = list(self._held.values())
        return held[numbers.integers(len(held))] if held else None

    def leave_out(self, path: Path) -> None:
        """The image of a file that turned out unreadable while it was learned from."""
        self._held = {name: image for name, image in self._held.items() if self._view.image_place(name)[0] != path}

    def _take(self, name: str) -> bool:
        """Hold one more, if it can be used. Returns whether it can."""
        unwanted = name in self._held or name in self._annotated or not self._view.knows(name)
        if unwanted or self._view.project.is_test(name):
            return False
        try:
            path, page = self._view.image_place(name)
            opened = self._images.open(path, page)
        except Refused:  # it is reported where somebody asks for its mask
            return False
        height, width = opened.shape[:2]
        pixels = height * width + sum(image.shape[0] * image.shape[1] for image in self._held.values())
        if opened.learned_channels != self._channels or pixels > MOST_PIXELS:
            return False

        def read(rectangle: Rectangle) -> FloatImage:
            return self._images.learned(path, page, (height, width), rectangle)

        labels = Labels((height, width))
        self._held[name] = AnnotatedImage(name, (height, width), read, labels, self._channels)
        return True
