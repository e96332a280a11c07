"""The maps that a trainer makes beside the open image's mask: where it is unsure, and how likely each class is."""

from painter_app.session.map_on_screen import MapOnScreen
from painter_app.session.painting import Painting
from painter_app.settings import SettingsFile
from painter_app.workers import Workers
from shared_folder.probability import read_probability
from shared_folder.project import Project
from shared_folder.uncertainty import read_uncertainty


class ImageMaps:
    """Both, each read only while it is shown."""

    def __init__(self, workers: Workers, settings: SettingsFile) -> None:
        self.uncertainty = MapOnScreen(
            workers,
            lambda project, name: project.uncertainty_path(name),
            lambda path, painting: read_uncertainty(path, painting.opened.shape),
        )
        """Signals an UncertaintyMap."""
        self.probability = MapOnScreen(
            workers,
            lambda project, _: project.folder.probability(settings.now.painter),
            lambda path, painting: read_probability(path, painting.name, painting.opened.shape),
        )
        """Signals a ProbabilityMap."""

    def open(self, project: Project, painting: Painting) -> None:
        """Another image is on the screen."""
        for each in (self.uncertainty, self.probability):
            each.open(project, painting)

    def look(self) -> None:
        """There may be newer ones."""
        for each in (self.uncertainty, self.probability):
            each.look()
