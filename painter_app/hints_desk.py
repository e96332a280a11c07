"""The hints' desk: what to tell somebody who is new here, one sentence at a time, until it was done or closed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction

from painter_app.actions import usual_keys
from painter_app.keys import Keys
from painter_app.language import tr
from painter_app.marking import marked
from painter_app.project_page import ProjectPage
from painter_app.session.session import Session
from painter_app.settings import SettingsFile
from painter_app.workers import Workers
from shared_folder.classes import BACKGROUND, CANT_TELL, UNKNOWN

_ACTION = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Hint:
    """One hint. name: stands for it in the settings. text: in English, with names of actions in braces, for their
    keys."""

    name: str
    text: str
    beside_trainer: bool = False

    def said(self, keys: Keys) -> str:
        """The text with the keys in force."""
        return _ACTION.sub(lambda action: keys.shown(action[1]) or tr("its button"), tr(self.text))


PAINT = Hint(
    "paint",
    marked(
        "Some strokes are enough: what you look for with {brush_first}, the ground beside it with "
        "{brush_background}. The right button erases."
    ),
)
GO_ON = Hint(
    "save and next", marked("That will do for this image: Save & Next, below at the right ({save_and_next}).")
)
TRAINER = Hint(
    "trainer",
    marked("This panel says what the trainer is doing. Paint on: soon images arrive with its mask."),
    beside_trainer=True,
)
MASK = Hint(
    "mask", marked("The tinted areas are the trainer's mask. Hide it, and show it again, with {toggle_mask}.")
)
HINTS = (PAINT, GO_ON, TRAINER, MASK)


class HintsDesk(QObject):
    """Shows at most one hint, in a card beside the canvas. Which are left is kept in the settings; who knew the
    program before there were hints has none."""

    def __init__(self, page: ProjectPage, session: Session, settings: SettingsFile, workers: Workers) -> None:
        super().__init__()
        self._page = page
        self._session = session
        self._settings = settings
        self._workers = workers
        self._painted: set[int] = set()  # labels that she used since a project was opened
        self._went_on = False
        self._shown: Hint | None = None
        self._keys = Keys(usual_keys(), {})
        page.canvas.stroke_finished.connect(self._stroke)
        page.layers.visibility_changed.connect(self._layer_toggled)
        session.project_opened.connect(self._project_opened)
        session.image_shown.connect(self._look)
        session.mask_changed.connect(self._look)
        for card in (page.hint, page.trainer_hint):
            card.closed.connect(self.close_shown)

    def slots(self) -> dict[str, Callable[..., object]]:
        return {"show_hints": self.show_again}

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        actions["save_and_next"].triggered.connect(self._gone_on)
        actions["toggle_mask"].toggled.connect(lambda: self._done(MASK))

    def set_keys(self, keys: Keys) -> None:
        """Name the keys in force."""
        self._keys = keys
        self._look()

    @property
    def shown(self) -> Hint | None:
        """The hint on the screen."""
        return self._shown

    def show_again(self) -> None:
        """All hints, each when its time comes."""
        self._painted, self._went_on = set(), False
        self._keep(HINTS)

    def close_shown(self) -> None:
        """She has read the hint on the screen."""
        if self._shown is not None:
            self._done(self._shown)

    def _project_opened(self) -> None:
        self._painted, self._went_on = set(), False
        if self._settings.now.hints is None:
            # It is written with the name of the image that is opened next.
            self._settings.change(hints=() if self._settings.now.last_images else _names(HINTS))

    def _stroke(self) -> None:
        tool = self._page.canvas.tool
        self._painted.add(getattr(tool, "label", UNKNOWN))
        if self._painted_both:
            self._done(PAINT)

    @property
    def _painted_both(self) -> bool:
        return BACKGROUND in self._painted and bool(self._painted - {BACKGROUND, UNKNOWN, CANT_TELL})

    def _gone_on(self) -> None:
        self._went_on = True
        self._done(GO_ON)

    def _layer_toggled(self, layer: str, _shown: bool) -> None:
        if layer == "mask":
            self._done(MASK)

    def _done(self, hint: Hint) -> None:
        """Never again."""
        if hint in self._left:
            self._keep(tuple(each for each in self._left if each is not hint))
        else:
            self._look()

    @property
    def _left(self) -> tuple[Hint, ...]:
        names = self._settings.now.hints or ()
        return tuple(hint for hint in HINTS if hint.name in names)

    def _keep(self, left: tuple[Hint, ...]) -> None:
        self._settings.change(hints=_names(left))
        self._workers.submit_in_order(self._settings.save, lambda _: None)
        self._look()

    def _look(self, *_: object) -> None:
        """Show the hint whose time it is."""
        mask = self._session.mask.shown is not None
        timely = {
            PAINT: self._session.painting is not None and not mask and not self._painted_both,
            GO_ON: self._painted_both and not self._went_on,
            TRAINER: self._went_on and not mask,
            MASK: mask,
        }
        self._shown = next((hint for hint in self._left if timely[hint]), None)
        for card, beside_trainer in ((self._page.hint, False), (self._page.trainer_hint, True)):
            fits = self._shown is not None and self._shown.beside_trainer == beside_trainer
            card.show_hint(self._shown.said(self._keys) if self._shown is not None and fits else "")


def _names(hints: tuple[Hint, ...]) -> tuple[str, ...]:
    return tuple(hint.name for hint in hints)
