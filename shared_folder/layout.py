"""Every path of the shared folder, and nowhere else.

The ground is RootPainter's layout; everything of ours lies in `brushloop/` folders, so that its program can open
our folders and we its. docs/shared-folder.md is the contract.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SharedFolder:
    """Paths common to all projects. root: the folder that painters and trainers share."""

    root: Path

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def projects(self) -> Path:
        return self.root / "projects"

    @property
    def ours(self) -> Path:
        return self.root / "brushloop"

    @property
    def painters(self) -> Path:
        """One desired state for each painter: <id>.json."""
        return self.ours / "painters"

    @property
    def jobs(self) -> Path:
        """One folder job for each file: <id>.json."""
        return self.ours / "jobs"

    @property
    def trainers(self) -> Path:
        """One status for each trainer: <id>.json."""
        return self.ours / "trainers"

    @property
    def logs(self) -> Path:
        return self.ours / "logs"

    @property
    def instructions(self) -> Path:
        """What RootPainter's client asks of a trainer, a file for each."""
        return self.root / "instructions"

    @property
    def executed_instructions(self) -> Path:
        return self.root / "executed_instructions"

    @property
    def failed_instructions(self) -> Path:
        return self.root / "failed_instructions"

    @property
    def rootpainter_status(self) -> Path:
        """RootPainter's trainer's answer to whether it is there."""
        return self.root / "trainer_status.json"

    def desired_state(self, painter: str) -> Path:
        return self.painters / f"{painter}.json"

    def trainer_status(self, trainer: str) -> Path:
        return self.trainers / f"{trainer}.json"

    def trainer_log(self, trainer: str) -> Path:
        return self.logs / f"{trainer}.log"

    def project(self, name: str) -> "ProjectFolder":
        return ProjectFolder(self.projects / name)


@dataclass(frozen=True)
class ProjectFolder:
    """Paths of one project. root: <shared folder>/projects/<project>."""

    root: Path

    @property
    def file(self) -> Path:
        return self.root / f"{self.root.name}.seg_proj"

    @property
    def train(self) -> Path:
        return self.root / "annotations" / "train"

    @property
    def validation(self) -> Path:
        return self.root / "annotations" / "val"

    @property
    def segmentations(self) -> Path:
        return self.root / "segmentations"

    @property
    def ours(self) -> Path:
        return self.root / "brushloop"

    @property
    def settings(self) -> Path:
        return self.ours / "project.json"

    @property
    def sources(self) -> Path:
        """Where each image came from: names renamed, pages, tiles."""
        return self.ours / "sources.json"

    @property
    def models(self) -> Path:
        return self.ours / "models"

    @property
    def rootpainter_models(self) -> Path:
        """RootPainter's own models. Nothing of ours lies there: its plots read each name as a number and a time."""
        return self.root / "models"

    @property
    def messages(self) -> Path:
        """What RootPainter's trainer tells its client: sentences, as names of files."""
        return self.root / "messages"

    @property
    def client_log(self) -> Path:
        """What RootPainter's user did, and when."""
        return self.rootpainter_logs / "client.csv"

    @property
    def rootpainter_logs(self) -> Path:
        return self.root / "logs"

    @property
    def training(self) -> Path:
        """Where learning stands, so that a restarted trainer goes on from there."""
        return self.ours / "training.safetensors"

    @property
    def shown(self) -> Path:
        """The masks that were on the screen at the first stroke."""
        return self.ours / "shown"

    @property
    def latest(self) -> Path:
        """Newer masks of images that have been corrected."""
        return self.ours / "latest"

    @property
    def uncertainty(self) -> Path:
        """Where the newest mask of each image may be wrong, as small grey pictures."""
        return self.ours / "uncertainty"

    @property
    def inspections(self) -> Path:
        """What the network sees, for each painter who asks: <painter id>.png."""
        return self.ours / "inspections"

    def inspection(self, painter: str) -> Path:
        return self.inspections / f"{painter}.png"

    @property
    def probabilities(self) -> Path:
        """How likely each class is in the image on a painter's screen, for each who looks: <painter id>.png."""
        return self.ours / "probabilities"

    def probability(self, painter: str) -> Path:
        return self.probabilities / f"{painter}.png"

    @property
    def conflicts(self) -> Path:
        """Copies of annotations that somebody else wrote meanwhile, kept."""
        return self.ours / "conflicts"

    @property
    def reviews(self) -> Path:
        """One review state file for each person: <painter id>.json."""
        return self.ours / "review"

    def review(self, painter: str) -> Path:
        return self.reviews / f"{painter}.json"

    @property
    def notes(self) -> Path:
        """One file of notes on images for each person: <painter id>.json."""
        return self.ours / "notes"

    def notes_of(self, painter: str) -> Path:
        return self.notes / f"{painter}.json"


def starter_weights() -> Path:
    """The model that a project named STARTER as its start model begins with."""
    return assets() / "starter.safetensors"


def assets() -> Path:
    """The programs' own files: beside the packages in a checkout, as `brushloop_assets` when installed."""
    packages = Path(__file__).resolve().parent.parent
    installed = packages / "brushloop_assets"
    return installed if installed.is_dir() else packages / "assets"
