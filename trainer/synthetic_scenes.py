"""Pictures without end, of many kinds of line, blob and membrane, each with the class of every pixel.

What they show is as various as chance makes it (domain randomisation: Tobin et al., IROS 2017), so that a network
that learned from them knows edges, lines and blobs whatever they are made of.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trainer.synthetic_blobs import leaves, nuclei, organelles, particles
from trainer.synthetic_camera import photograph
from trainer.synthetic_drawing import BLOB, BOUNDARY, LINE, Canvas
from trainer.synthetic_lines import cracks, fibres, membranes, roots, vessels
from trainer.synthetic_shapes import Shape

Bytes = NDArray[np.uint8]

SCENES: dict[str, tuple[float, Callable[[Shape, np.random.Generator], Canvas]]] = {
    "vessels": (0.15, vessels),
    "roots": (0.2, roots),
    "cracks": (0.13, cracks),
    "fibres": (0.08, fibres),
    "membranes": (0.16, membranes),
    "nuclei": (0.14, nuclei),
    "particles": (0.07, particles),
    "leaves": (0.07, leaves),
    "organelles": (0.03, organelles),
}
"""How often each kind is drawn."""
SCENE_SHAPE = (320, 320)
CLASSES = {LINE: "line", BLOB: "blob", BOUNDARY: "boundary"}
"""Names of the labels beside background."""


def draw_scene(shape: Shape, rng: np.random.Generator, kind: str | None = None) -> tuple[Bytes, Bytes]:
    """A picture and its labels. kind: one of SCENES, by chance when None.

    Returns colours (H, W, 3) and labels (H, W): BACKGROUND, LINE, BLOB or BOUNDARY; none is unknown.
    """
    if kind is None:
        weights = np.array([weight for weight, _ in SCENES.values()])
        kind = list(SCENES)[rng.choice(len(SCENES), p=weights / weights.sum())]
    canvas = SCENES[kind][1](shape, rng)
    return photograph(canvas.colour, rng), canvas.labels
