"""The images' desk: how they are listed, notes, annotations in doubt, and the map of the mask's uncertainty."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal

from painter_app.dialogs.note import NoteDialog
from painter_app.language import plural, tr
from painter_app.marking import marked
from painter_app.masks.export import ask_for_masks
from painter_app.notices import Answer, Notice, Weight, in_words
from painter_app.project_page import ProjectPage
from painter_app.session.image_notes import NotesByImage
from painter_app.session.listing import Listing
from painter_app.session.ordering import Doubts
from painter_app.session.painting import Painting
from painter_app.session.project_state import ProjectState
from painter_app.session.session import Session
from painter_app.settings import SettingsFile
from painter_app.words import class_name
from painter_app.workers import Workers
from shared_folder.classes import BACKGROUND_CLASS, LabelClass
from shared_folder.names import image_id
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle, whole
from shared_folder.segmentation import Contradiction
from shared_folder.uncertainty import UncertaintyMap, read_uncertainty, uncertain_places

_NO_DOUBTS = marked("No annotation is in doubt, as far as the newest masks of annotated images tell.")

_NO_MAP = marked("There is no mask of this image yet that says where it is unsure.")
_NOTHING_UNCERTAIN = marked("The mask is sure of all that nobody has painted here.")
_ALL_SEEN = marked("These were all places of this image where the mask is unsure. Save & Next goes on.")


class ImagesDesk(QObject):
    """Everything about which image to look at, and where."""

    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)

    def __init__(self, page: ProjectPage, session: Session, workers: Workers, settings: SettingsFile) -> None:
        super().__init__()
        self._page = page
        self._session = session
        self._workers = workers
        self._settings = settings
        self._told = ""  # of the open image's doubts
        self._places_seen: dict[str, tuple[Rectangle, ...]] = {}  # of the open image, by its name
        page.images.order.chosen.connect(session.ordering.choose)
        page.images.order.masks_wanted.connect(self._ask_for_masks)
        page.images.filter_chosen.connect(session.ordering.show)
        page.images.note_wanted.connect(self.ask_note)
        session.project_opened.connect(self._project_opened)
        session.image_opening.connect(self._show_notes)
        session.notes.changed.connect(self._notes_changed)
        session.notes.changed.connect(session.ordering.set_noted)
        session.notes.noticed.connect(self.noticed)
        session.ordering.filter_changed.connect(page.images.set_filter)
        session.ordering.listed.connect(self._listed)
        session.ordering.doubts_changed.connect(self._mark_doubts)
        session.classes_changed.connect(self._classes_changed)
        session.maps.uncertainty.changed.connect(self._show_uncertainty)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {
            "save_and_next": self._session.save_and_next,
            "skip": self._session.skip,
            "for_validation": self._session.set_validation,
            "previous": self._session.previous,
            "next": self._session.next,
            "next_doubtful": self.go_to_next_doubtful,
            "next_uncertain": self.go_to_next_uncertain,
            "note": lambda: self.ask_note(self._session.image_name or ""),
        }

    def ask_note(self, name: str) -> None:
        """Ask for her note on an image."""
        if self._session.project is None or not name:
            return
        notes = self._session.notes
        others = [note.line for note in notes.of(name) if note.person]
        dialog = NoteDialog(name, notes.own(name), others, self._page)
        dialog.written.connect(partial(self._write_note, self._session.project, name))
        dialog.open()

    def go_to_next_doubtful(self) -> None:
        """Open the next image with an annotation in doubt; the one on the screen shows its frames again."""
        name = self._session.ordering.next_doubtful(self._session.image_name)
        if name is None:
            self.noticed.emit(Notice(tr(_NO_DOUBTS)))
        elif name == self._session.image_name and self._session.painting is not None:
            self._show_doubts(self._session.painting)
        else:
            self._session.go_to(name)

    def go_to_next_uncertain(self) -> None:
        """Look at the place of the open image where the mask is least sure, and nobody has painted; then the next."""
        painting, project = self._session.painting, self._session.project
        if painting is None or project is None:
            return
        labels, seen = painting.annotation.labels.snapshot(), self._places_seen.get(painting.name, ())

        def find() -> Rectangle | None:
            found = read_uncertainty(project.uncertainty_path(painting.name), painting.opened.shape)
            return next((place for place in uncertain_places(found, labels) if place not in seen), None)

        def show(place: Rectangle | None) -> None:
            if painting is not self._session.painting:
                return
            if place is None:
                self._places_seen.pop(painting.name, None)
                self._page.canvas.fit()
                self.noticed.emit(Notice(tr(_ALL_SEEN if seen else _NOTHING_UNCERTAIN)))
            else:
                self._places_seen = {painting.name: (*seen, place)}
                self._page.canvas.look_at(place)

        def failed(error: Exception) -> None:
            self.noticed.emit(Notice(tr(_NO_MAP) if isinstance(error, FileNotFoundError) else in_words(error)))

        self._workers.submit(find, show, failed, urgent=True)

    def _project_opened(self, state: ProjectState) -> None:
        self._page.images.set_project(
            state.listing,
            state.states(),
            state.annotated,
            state.others_reached | state.reached,
            state.project.classes,
        )

    def _classes_changed(self, classes: tuple[LabelClass, ...]) -> None:
        self._page.images.filter.set_classes(classes)
        self._session.ordering.show(self._page.images.filter.filter)  # another one where its class has gone
        self._session.ordering.look()
        self._mark_doubts(self._session.ordering.doubts)

    def _listed(self, listing: Listing) -> None:
        self._page.images.set_listing(listing)
        self._page.images.order.set_unjudged(listing.unjudged)
        self._session.want_masks_ahead()  # others may be next now

    def _write_note(self, project: Project, name: str, text: str) -> None:
        if self._session.project is None or self._session.project.folder != project.folder:
            return  # another one was opened meanwhile
        before, person = self._session.notes.own(name), self._settings.now.person
        self._session.notes.write(name, text, person)
        if before and not text:
            undo = Answer(tr("Put it back"), lambda: self._write_note(project, name, before))
            text = tr("Your note on {image} is taken away.").format(image=name)
            self.noticed.emit(Notice(text, answers=(undo,)))

    def _notes_changed(self, notes: NotesByImage) -> None:
        self._page.images.set_notes(notes)
        self._show_notes(self._session.image_name or "")

    def _show_notes(self, name: str) -> None:
        self._page.set_note("   ".join(note.line for note in self._session.notes.of(name)))

    def _ask_for_masks(self) -> None:
        project = self._session.project
        if project is not None:
            self._workers.submit(lambda: ask_for_masks(project, ()), lambda _: None, self._refused)

    def _mark_doubts(self, doubts: Doubts) -> None:
        classes = self._session.project.classes if self._session.project is not None else ()
        self._page.images.set_doubts({image: doubt_sentence(each, classes) for image, each in doubts.items()})

    def image_shown(self, painting: Painting, _mask: object) -> None:
        """An image is on the canvas."""
        self.notice_withdrawn.emit(self._told)
        if painting.reached is not None:
            self._page.images.set_reached(painting.name, painting.reached)
        self._show_doubts(painting)

    def _show_doubts(self, painting: Painting) -> None:
        """Frame the places in doubt, and say what they are."""
        found = self._session.ordering.doubts.get(image_id(painting.name), ())
        frames = [Rectangle(*each.box).intersection(whole(painting.opened.shape)) for each in found]
        self._page.canvas.set_frames([frame for frame in frames if not frame.empty])
        if found and self._session.project is not None:
            self._told = doubt_sentence(found, self._session.project.classes)
            hide = Answer(tr("Hide the frames"), self._hide_frames)
            self.noticed.emit(Notice(self._told, Weight.QUESTION, (hide,)))

    def _hide_frames(self) -> None:
        self._page.canvas.set_frames(())

    def _show_uncertainty(self, found: UncertaintyMap | None) -> None:
        self._page.canvas.set_uncertainty(found.values if found is not None else None)
        self._page.layers.set_uncertainty_missing(found is None)

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))


def doubt_sentence(doubts: Sequence[Contradiction], classes: Sequence[LabelClass]) -> str:
    """What the newest model contradicts, in words: how many places of which class, and what it takes them for."""
    names, other = {each.id: class_name(each) for each in (*classes, BACKGROUND_CLASS)}, tr("another class")
    pairs = Counter((names.get(each.annotated, other), names.get(each.predicted, other)) for each in doubts)
    parts = [
        plural(
            count,
            "{n} place painted {annotated} for {predicted}",
            "{n} places painted {annotated} for {predicted}",
            annotated=annotated,
            predicted=predicted,
        )
        for (annotated, predicted), count in pairs.items()
    ]
    return tr("The newest model takes {places}. Slips of the brush?").format(places=", ".join(parts))
