"""Images that nobody has annotated yet: windows of a few of them, drawn by chance and kept."""

from collections.abc import Container

import numpy as np

from shared_folder.labels import Labels
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from trainer.architecture import OURS, Architecture
from trainer.open_images import OpenImages
from trainer.project_view import ProjectView
from trainer.sampling import AnnotatedImage

MOST_IMAGES = 32
"""So many show what a project's images have in common and where they differ."""
SIDE = 768
"""Of the window of an image that is kept, in pixels: as much as a tile can show, whatever its scale."""
LARGEST = 30_000_000
"""Pixels of an image. Larger ones are not opened: decoding one takes seconds, in which nobody gets a mask."""
TRIES = 4
"""To find one more, at one draw: where most can't be used, it goes on with those that it has."""


class Unannotated:
    """The images of one project that are learned from without labels: never a test image, never an annotated one."""

    def __init__(self, view: ProjectView, images: OpenImages) -> None:
        self._view = view
        self._images = images
        self._annotated: Container[str] = ()
        self._channels = 0
        self._architecture = OURS
        self._held: dict[str, AnnotatedImage] = {}

    def are_not(self, annotated: Container[str], channels: int, architecture: Architecture = OURS) -> None:
        """Images other than these count, with so many channels, for networks of this kind."""
        if architecture is not self._architecture:
            self._architecture = architecture
            self._held.clear()
        self._annotated, self._channels = annotated, channels
        self._held = {
            name: image
            for name, image in self._held.items()
            if name not in annotated and image.channels == channels and not self._view.project.is_test(name)
        }

    def draw(self, numbers: np.random.Generator) -> AnnotatedImage | None:
        """A window of one of them, without labels; None where none can be used. Opens at most one more image."""
        names = self._view.project.images
        for _ in range(TRIES if len(self._held) < MOST_IMAGES and names else 0):
            name = names[numbers.integers(len(names))]
            if self._is_wanted(name) and self._take(name, numbers):
                break
        held = list(self._held.values())
        return held[numbers.integers(len(held))] if held else None

    def _is_wanted(self, name: str) -> bool:
        known = name in self._held or name in self._annotated or not self._view.knows(name)
        return not known and not self._view.project.is_test(name)

    def _take(self, name: str, numbers: np.random.Generator) -> bool:
        """Keep a window of one more image. Returns whether it can be used."""
        try:
            path, pages = self._view.image_place(name)
            opened = self._images.open(path, pages)
            height, width = opened.shape[:2]
            if self._architecture.channels(opened) != self._channels or height * width > LARGEST:
                return False
            top, left = (int(numbers.integers(max(1, length - SIDE + 1))) for length in (height, width))
            window = Rectangle(top, left, min(top + SIDE, height), min(left + SIDE, width))
            pixels = self._images.read((path, pages), (height, width), window, self._architecture.pixels)
            pixels = pixels.astype(np.float16)
        except Refused:  # it is reported where somebody asks for its mask
            return False
        shape = (window.height, window.width)
        self._held[name] = AnnotatedImage(
            name, shape, lambda part: pixels[part.slices].astype(np.float32), Labels(shape), self._channels
        )
        return True
