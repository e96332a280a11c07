"""Notes on images, everybody's: read when a file of them changes, hers written in a worker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.language import sentence, tr
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.opening import Stamp, stamp_of
from painter_app.session.project_state import ProjectState
from painter_app.workers import Workers
from shared_folder.names import image_id, is_debris
from shared_folder.notes import Notes
from shared_folder.project import Project
from shared_folder.publish import publish_document, read_document
from shared_folder.refused import Refused


@dataclass(frozen=True)
class Note:
    """One person's note on an image."""

    text: str
    person: str
    """Nothing for her own."""

    @property
    def line(self) -> str:
        return f"{self.person}: {self.text}" if self.person else self.text


NotesByImage = Mapping[str, tuple[Note, ...]]
"""By image id; her own note comes first."""


@dataclass
class _Read:
    """What was read of a project's notes. One look at a time uses it."""

    files: dict[Path, tuple[Stamp, Notes]] = field(default_factory=dict)
    refused: dict[Path, Stamp] = field(default_factory=dict)


class ImageNotes(QObject):
    """The notes of the open project. painter: this window's id."""

    changed = pyqtSignal(object)
    """The NotesByImage."""
    noticed = pyqtSignal(object)

    def __init__(self, workers: Workers, painter: str) -> None:
        super().__init__()
        self._workers = workers
        self._painter = painter
        self._project: Project | None = None
        self._read = _Read()
        self._looking = self._again = False
        self.by_image: NotesByImage = {}

    def open(self, state: ProjectState | None) -> None:
        """Another project is open, or none."""
        self._project = state.project if state is not None else None
        self._read = _Read()
        self._looking = self._again = False
        self._show({})
        self.look()

    def of(self, name: str) -> tuple[Note, ...]:
        return self.by_image.get(image_id(name), ())

    def own(self, name: str) -> str:
        """Her own note on an image, or nothing."""
        return next((note.text for note in self.of(name) if not note.person), "")

    def write(self, name: str, text: str, person: str) -> None:
        """Keep her note on an image, in place of the former; an empty one takes it away."""
        project = self._project
        if project is not None:
            path = project.folder.notes_of(self._painter)
            self._workers.submit_in_order(
                lambda: write_note(project, path, name, text, person), lambda _: self.look(), self._refused
            )

    def look(self) -> None:
        """Files of notes may have changed."""
        project, read = self._project, self._read
        if project is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        own = project.folder.notes_of(self._painter)
        self._workers.submit(
            lambda: _look(project.folder.notes, own, read), lambda found: self._looked(read, found), urgent=True
        )

    def _looked(self, read: _Read, found: tuple[NotesByImage | None, list[str]]) -> None:
        if read is not self._read:
            return  # of another project
        self._looking = False
        notes, refusals = found
        if notes is not None:
            self._show(notes)
        for refusal in refusals:
            self.noticed.emit(Notice(sentence(refusal), Weight.ERROR))
        if self._again:
            self.look()

    def _show(self, notes: NotesByImage) -> None:
        self.by_image = notes
        self.changed.emit(notes)

    def _refused(self, error: Exception) -> None:
        text = tr("Your note could not be kept. {why}").format(why=in_words(error))
        self.noticed.emit(Notice(text, Weight.ERROR))


def write_note(project: Project, path: Path, name: str, text: str, person: str) -> None:
    """Change one note in her file; what another window of hers wrote there stays. Refuses a file that is damaged."""
    if project.read_only:
        raise Refused(project.read_only)
    try:
        there = read_document(path, Notes)
    except FileNotFoundError:
        there = Notes()
    publish_document(path, there.model_copy(update={"person": person}).having(image_id(name), text))


def _look(folder: Path, own: Path, read: _Read) -> tuple[NotesByImage | None, list[str]]:
    """The notes, or None where no file changed; and a sentence for each file that can't be used."""
    refusals: list[str] = []
    stamps = _listed(folder)
    known = {path: stamp for path, (stamp, _) in read.files.items()} | read.refused
    if stamps == known:
        return None, []
    read.files = {path: each for path, each in read.files.items() if path in stamps}
    read.refused = {path: stamp for path, stamp in read.refused.items() if stamps.get(path) == stamp}
    for path, stamp in stamps.items():
        if known.get(path) == stamp:
            continue
        try:
            read.files[path] = stamp, read_document(path, Notes)
        except Refused as refusal:
            read.refused[path] = stamp
            refusals.append(str(refusal))
        except OSError:
            continue  # gone again, or the share is away: it is looked at again
    return _by_image(read, own), refusals


def _by_image(read: _Read, own: Path) -> NotesByImage:
    found: dict[str, tuple[Note, ...]] = {}
    for path, (_, notes) in sorted(read.files.items(), key=lambda each: (each[0] != own, each[0].name)):
        person = "" if path == own else notes.person.strip() or tr("somebody else")
        for image, text in notes.notes.items():
            found[image] = (*found.get(image, ()), Note(text, person))
    return found


def _listed(folder: Path) -> dict[Path, Stamp]:
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".json" and not is_debris(path.name)]
    except OSError:
        return {}
    return {path: stamp for path in paths if (stamp := stamp_of(path)) is not None}
