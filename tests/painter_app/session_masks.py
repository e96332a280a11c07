"""Masks with findings, as a trainer writes them, for the tests of what the window makes of them."""

import numpy as np

from shared_folder.labels import Labels
from shared_folder.project import Project
from shared_folder.segmentation import Contradiction, Findings, Segmentation, write_segmentation


def give_findings(
    project: Project,
    image: str,
    shape: tuple[int, int],
    uncertainty: float | None = None,
    appearance: tuple[float, ...] = (),
    contradictions: tuple[Contradiction, ...] = (),
) -> None:
    """Write a mask with findings; one with contradictions is the newest of an annotated image."""
    labels = Labels.from_array(np.ones(shape, np.uint8))
    findings = Findings(uncertainty=uncertainty, appearance=appearance, contradictions=contradictions)
    path = project.latest_path(image) if contradictions else project.segmentation_path(image)
    write_segmentation(path, Segmentation(labels, "000001_t", findings), project.classes)
