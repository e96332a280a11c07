"""The mask's desk: how it is seen, as a fill, by its outlines, as a probability, corrected, or not at all for a
moment."""

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction

from painter_app.actions import show_checked
from painter_app.canvas.blink import Blink
from painter_app.canvas.layer_stack import MaskLook
from painter_app.canvas_desk import CanvasDesk
from painter_app.language import plural, tr
from painter_app.marking import marked
from painter_app.masks.changes import changed_places
from painter_app.notices import Notice
from painter_app.project_page import ProjectPage
from painter_app.session.session import Session
from painter_app.workers import Workers
from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN, LabelClass
from shared_folder.labels import Labels
from shared_folder.merging import remaining
from shared_folder.probability import ProbabilityMap
from shared_folder.rectangle import Rectangle

_NO_CHANGES = marked("No mask has taken another's place on this image since you opened it.")
_HARDLY = marked("This mask differs from the one before by a pixel here and there only.")


class MaskDesk(QObject):
    """Keeps the menu, the layers' panel and the canvas of one mind."""

    noticed = pyqtSignal(object)

    def __init__(self, page: ProjectPage, session: Session, workers: Workers, canvas_desk: CanvasDesk) -> None:
        super().__init__()
        self._page = page
        self._session = session
        self._workers = workers
        self._actions: Mapping[str, QAction] = {}
        self._look = MaskLook.FILL
        self._classes: tuple[LabelClass, ...] = ()
        self._class = FOREGROUND  # whose probability is shown; the first where there is no such class
        self._probability: ProbabilityMap | None = None
        self._compared: tuple[Labels, Labels] | None = None  # the masks whose changed places were asked for
        self._places: list[Rectangle] | None = None  # those where she hasn't looked yet, once they are known
        canvas = page.canvas
        self._blink = Blink(canvas, lambda: canvas.stroke_in_hand)
        self._blink.bare_changed.connect(canvas.set_bare)
        page.layers.look_changed.connect(self.show_as)
        page.layers.corrected_changed.connect(self.show_corrected)
        canvas_desk.label_chosen.connect(self.choose_class)
        session.project_opened.connect(lambda state: self.set_classes(state.project.classes))
        session.classes_changed.connect(self.set_classes)
        session.image_shown.connect(self._image_shown)
        session.mask_changed.connect(self._forget_changes)
        session.maps.probability.changed.connect(self._probability_read)

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        """They are made after this."""
        self._actions = actions

    def slots(self) -> dict[str, Callable[..., object]]:
        return {
            "toggle_outline": partial(self._toggle, MaskLook.OUTLINE),
            "toggle_probability": partial(self._toggle, MaskLook.PROBABILITY),
            "toggle_corrected": self.show_corrected,
            "lock_mask": self._session.mask.set_locked,
            "newest_mask": self._show_newest,
            "blink": self._blink.take_turns,
            "show_changes": self.show_changes,
        }

    def set_classes(self, classes: tuple[LabelClass, ...]) -> None:
        """Another project's classes, or this one's as they are now."""
        self._classes = remaining(classes)
        self._show_probability()

    def _image_shown(self) -> None:
        """Without a map."""
        self._probability = None
        self._forget_changes()

    def choose_class(self, label: int) -> None:
        """Show the probability of the class of the brush in hand; other brushes leave it as it is."""
        if label != self._class and label not in (UNKNOWN, BACKGROUND, CANT_TELL):
            self._class = label
            self._show_probability()

    def show_as(self, look: MaskLook) -> None:
        self._look = look
        if look is MaskLook.PROBABILITY:
            self.show_corrected(False)
        self._page.canvas.set_mask_look(look)
        self._page.layers.set_look(look)
        self._check("toggle_outline", look is MaskLook.OUTLINE)
        self._check("toggle_probability", look is MaskLook.PROBABILITY)
        self._session.want_probability(look is MaskLook.PROBABILITY)

    def show_corrected(self, corrected: bool) -> None:
        """Show what will be exported: labels, and never a newer mask than the one that was corrected."""
        if corrected and self._look is MaskLook.PROBABILITY:
            self.show_as(MaskLook.FILL)
        if corrected and self._actions:
            self._actions["newest_mask"].setChecked(False)
        self._page.canvas.set_corrected(corrected)
        self._page.layers.set_corrected(corrected)
        self._check("toggle_corrected", corrected)

    def show_changes(self) -> None:
        """Mark what the mask on the screen has otherwise than the one before it; from the second time on, look at
        one place after the other."""
        compared = self._page.canvas.mark_changes()
        if compared is None:
            self.noticed.emit(Notice(tr(_NO_CHANGES)))
        elif self._places is None:
            self._compared = compared
            done = partial(self._changes_found, compared)
            self._workers.submit(lambda: changed_places(*compared), done, urgent=True)
        elif self._places:
            self._page.canvas.look_at(self._places.pop(0))
        else:
            self._places = None
            self._page.canvas.fit()
            self._page.canvas.set_frames(())

    def _changes_found(self, compared: tuple[Labels, Labels], places: list[Rectangle]) -> None:
        if compared is not self._compared:
            return  # another mask has come meanwhile
        self._places = places
        said = plural(
            len(places),
            "This mask differs from the one before in {n} place. F9 goes there.",
            "This mask differs from the one before in {n} places. F9 goes there.",
        )
        self.noticed.emit(Notice(said if places else tr(_HARDLY)))

    def _forget_changes(self) -> None:
        self._compared = self._places = None

    def _toggle(self, look: MaskLook, wanted: bool) -> None:
        self.show_as(look if wanted else MaskLook.FILL)

    def _show_newest(self, newest: bool) -> None:
        if newest:
            self.show_corrected(False)
        self._session.show_newest_mask(newest)

    def _probability_read(self, found: ProbabilityMap | None) -> None:
        self._probability = found
        self._show_probability()

    def _show_probability(self) -> None:
        """That of one class, of the open image."""
        if not self._classes:
            return
        shown = next((each for each in self._classes if each.id == self._class), self._classes[0])
        found = self._probability
        values = found.of(shown.id) if found is not None else None
        self._page.canvas.set_probability(values, found.facts.scale if found is not None else 1)
        self._page.layers.set_probability(shown.name, missing=values is None)

    def _check(self, action: str, checked: bool) -> None:
        if action in self._actions:
            show_checked(self._actions[action], checked)
