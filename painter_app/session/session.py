"""Session: what is open (project, image, unsaved strokes), and the way from one image to the next."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from painter_app.language import sentence, tr
from painter_app.notices import Notice, Weight, in_words
from painter_app.session.brushwork import Brushwork
from painter_app.session.folder_news import Awaited
from painter_app.session.image_notes import ImageNotes
from painter_app.session.maps import ImageMaps
from painter_app.session.mask_on_screen import MaskOnScreen
from painter_app.session.open_parts import OpenParts, open_parts
from painter_app.session.opening import FoundMask, OpenImage, open_whole, passed_sentence
from painter_app.session.ordering import Ordering
from painter_app.session.other_painters import OtherPainters
from painter_app.session.painting import Leaving, Painting, phase_sentence
from painter_app.session.project_state import ProjectState, read_project_state
from painter_app.session.recovery import waiting_strokes_notice
from painter_app.session.saving import Saver
from painter_app.session.trainer_pulse import TrainerPulse
from painter_app.settings import SettingsFile
from painter_app.task import Task
from painter_app.workers import Workers
from shared_folder.annotation_files import move_annotation
from shared_folder.images import ImageFile
from shared_folder.inspection import Inspection
from shared_folder.merging import merge_table, remaining
from shared_folder.project import Project
from shared_folder.rectangle import Rectangle
from shared_folder.review import Reached
from shared_folder.status import TrainerStatus

_MOST_PASSED = 100
"""Images in a row that can't be opened, before it stops at one: the folder has gone, it seems."""


class Session(QObject):
    """Signals what is open and what became of it; the window shows that. rest_seconds: how long the user hasn't
    touched the canvas. native: whether to use the system's events for watching folders."""

    project_opened = pyqtSignal(object)
    """The ProjectState."""
    image_opening = pyqtSignal(str)
    image_shown = pyqtSignal(object, object)
    """The Painting, and the Segmentation on the screen or None."""
    image_unavailable = pyqtSignal(str, str)
    """An image's name and why it can't be shown."""
    mask_changed = pyqtSignal(object, bool)
    """The Segmentation or None, and whether to mark what changed."""
    phase_changed = pyqtSignal(str)
    state_changed = pyqtSignal(str, object)
    """An image's name and its ReviewState."""
    test_set_changed = pyqtSignal(object)
    """Ids of the test images."""
    waiting = pyqtSignal(object)
    """A Task that takes its time."""
    classes_changed = pyqtSignal(object)
    """The open project's classes, once they are others."""
    noticed = pyqtSignal(object)
    notice_withdrawn = pyqtSignal(str)
    trainers_changed = pyqtSignal(object)
    """The TrainerPulse."""

    def __init__(
        self,
        workers: Workers,
        settings: SettingsFile,
        journals: Path,
        rest_seconds: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        native: bool = True,
    ) -> None:
        super().__init__()
        self._workers = workers
        self._settings = settings
        self._journals = journals
        self._clock = clock
        self._native = native
        self._open: OpenParts | None = None
        self._opening: Task | None = None  # of a project
        self._name: str | None = None  # the image that is open or being opened
        self._reached = Reached.CHOICE  # how she comes to it
        self._passed: list[str] = []  # why images could not be opened, as many as there are in a row
        self.learning = True
        self.mask = MaskOnScreen(workers, rest_seconds)
        self.mask.changed.connect(self._mask_changed)
        self.mask.noticed.connect(self.noticed)
        self.brushwork = Brushwork(workers, self.mask)
        self.brushwork.noticed.connect(self.noticed)
        self.brushwork.notice_withdrawn.connect(self.notice_withdrawn)
        self.brushwork.state_changed.connect(self.state_changed)
        self.brushwork.autosave.filed.connect(self._await_mask)
        self.brushwork.in_use.connect(self._brush_in_use)
        self.ordering = Ordering(workers)
        self.state_changed.connect(self.ordering.look)
        self.others = OtherPainters(settings.now.painter, clock)
        self.others.noticed.connect(self.noticed)
        self.others.notice_withdrawn.connect(self.notice_withdrawn)
        self.notes = ImageNotes(workers, settings.now.painter)
        self.maps = ImageMaps(workers, settings)
        self._pulse_timer = QTimer(self)
        self._pulse_timer.setInterval(1000)
        self._pulse_timer.timeout.connect(self._pulse)

    # The project

    @property
    def project(self) -> Project | None:
        return self._open.state.project if self._open is not None else None

    @property
    def painting(self) -> Painting | None:
        """What is painted on the open image; None while none is open."""
        return self.brushwork.painting

    @property
    def image_name(self) -> str | None:
        """The image that is open or being opened."""
        return self._name

    @property
    def pulse(self) -> TrainerPulse | None:
        return self._open.pulse if self._open is not None else None

    def open_project(self, path: Path) -> None:
        """Open a project by its file or folder; strokes on the one that was open are saved."""
        if self._opening is not None:
            self._opening.stop()
        task = self._opening = Task(self, tr("Opening {name}").format(name=path.stem))
        self.waiting.emit(task)
        painter, person = self._settings.now.painter, self._settings.now.person
        work = partial(read_project_state, path, painter, person, self._journals, task.report)
        task.run(self._workers, work, self._project_read, self._refused)

    def close_project(self) -> None:
        """Save what is unsaved and say goodbye to the trainers."""
        if self._open is None:
            return
        self.leave()
        self._pulse_timer.stop()
        self._open.wishes.say_goodbye()
        self._open.news.close()
        self._workers.submit_in_order(self._open.rootpainter.close, lambda _: None)
        for tell in (self.ordering.open, self.others.open, self.notes.open):
            tell(None)
        self._open, self._name = None, None

    def set_learning(self, wanted: bool) -> None:
        self.learning = wanted
        if self._open is not None:
            self._open.wishes.want(learning=wanted)

    def want_inspection(self, wanted: Inspection | None) -> None:
        """Ask the trainers to show what the network sees; None ends it."""
        if self._open is not None:
            self._open.wishes.want(inspection=wanted)

    def want_probability(self, wanted: bool) -> None:
        """Ask for how likely each class is, in each image on the screen from now on; or no more."""
        self.maps.probability.want(wanted)
        if self._open is not None:
            self._open.wishes.want(probability=wanted)

    def want_masks_ahead(self) -> None:
        """Ask for the masks of this image and the next ones."""
        if self._open is not None and self._name is not None:
            ahead = self._open.state.ahead(self._name, self._settings.now.masks_ahead)
            wishes = self._open.wishes
            view = wishes.now.view if wishes.now.image == self._name else None  # not the former image's
            wishes.want(person=self._settings.now.person, image=self._name, masks=(self._name, *ahead), view=view)

    def _make_ready_ahead(self, name: str) -> None:
        """Decode the images after this one; once it is on the screen, so that it has the processor to itself."""
        if self._open is not None:
            self._open.images.prefetch(self._open.state.soon_opened(name, self._settings.now.masks_ahead))

    def set_view(self, view: Rectangle) -> None:
        """What she sees of the image; its mask is made there first."""
        if self._open is not None and self.painting is not None and not view.empty:
            self._open.wishes.want(view=tuple(view))

    # From image to image

    def go_to(self, name: str) -> None:
        self._move(name, Leaving.ELSEWHERE, step=0, reached=Reached.CHOICE)

    def next(self) -> None:
        self._step(1, Leaving.ELSEWHERE)

    def previous(self) -> None:
        self._step(-1, Leaving.ELSEWHERE)

    def save_and_next(self) -> None:
        if self.painting is not None:  # an image that she hasn't seen yet is not judged
            self._step(1, Leaving.SAVE_AND_NEXT)

    def skip(self) -> None:
        if self.painting is not None:
            self._step(1, Leaving.SKIP)

    def leave(self, leaving: Leaving = Leaving.ELSEWHERE) -> None:
        """Save the open image, if there is something to save, and close it."""
        if self._open is not None and self.painting is not None:
            self._open.news.await_mask(None)
            self.others.show_image(None)
            self.brushwork.leave(leaving, self._open.state, self._settings.now.person)

    def set_validation(self, wanted: bool) -> None:
        """Use the open image's annotation to check the model, or to learn from."""
        if self._open is not None and self._name is not None:
            work = partial(move_annotation, self._open.state.project, self._name, wanted)
            self._workers.submit_in_order(work, lambda _: None, self._refused)

    def set_test_image(self, name: str, wanted: bool) -> None:
        """Measure on an image alone, and never learn from it; or use it as any other."""
        if self._open is not None:
            self._open.saver.set_test_image(name, wanted, self.take_settings, self._refused)

    def take_settings(self, project: Project) -> None:
        """A project with its settings as its file holds them now; if it is the open one."""
        if self._open is None or self._open.state.project.folder != project.folder:
            return
        before = self._open.state.project
        self._open.state.project = project
        self._open.saver.follow(project)
        if project.test_set != before.test_set:
            self.test_set_changed.emit(project.test_set)
        if project.classes != before.classes:
            self.brushwork.counts_as = merge_table(project.classes)
            self.classes_changed.emit(project.classes)
            self._show_phase()

    def show_newest_mask(self, newest: bool) -> None:
        if self._open is not None:
            self.mask.show_newest(self._open.state.project, newest)

    # What comes back

    def _project_read(self, state: ProjectState) -> None:
        self.close_project()
        project, now = state.project, self._settings.now
        saver = Saver(self._workers, project, now.painter, self.noticed.emit)
        self._open = open_parts(
            state, self._workers, self._settings, self._journals, saver, self._clock, self._native
        )
        self._open.news.mask_found.connect(self._mask_found)
        self._open.news.trainers_seen.connect(self._trainers_seen)
        self._open.news.painters_seen.connect(self.others.look)
        self._open.news.settings_found.connect(self.take_settings)
        for look in (self.ordering.look, self.maps.look, self.notes.look):
            self._open.news.looking.connect(look)
        self._open.wishes.want(learning=self.learning, probability=self.maps.probability.wanted)
        self._open.rootpainter_look.look()
        self._pulse_timer.start()
        self.brushwork.counts_as = merge_table(project.classes)
        self.project_opened.emit(state)
        self.test_set_changed.emit(project.test_set)
        for tell in (self.ordering.open, self.others.open, self.notes.open):
            tell(state)
        for refusal in filter(None, (sentence(project.read_only), *state.refusals)):
            self.noticed.emit(Notice(refusal, Weight.ERROR))
        first = state.first_image(now.last_images.get(str(project.folder.file), ""))
        if first is None:
            self.image_unavailable.emit("", tr("This project has no images."))
            return
        others = [name for name in state.unsaved if name != first]
        if others:
            self.noticed.emit(waiting_strokes_notice(others, self.go_to))
        self._move(first, Leaving.ELSEWHERE, step=0, reached=state.way_to_first(first))

    def _step(self, step: int, leaving: Leaving) -> None:
        if self._open is None or self._name is None:
            return
        state, here, judging = self._open.state, self._name, leaving is not Leaving.ELSEWHERE
        reached = Reached.ORDER if step > 0 and state.listing.in_order else Reached.CHOICE
        target = state.after(here, step, judging)
        if target is not None:
            self._move(target, leaving, step, reached)
            if judging:
                self.others.passed_over(here, target)
        elif not judging:
            self.noticed.emit(Notice(state.listing.end_sentence(step)))
        else:
            self.leave(leaving)
            undone = state.next_undone(here)
            if undone is None:
                self.noticed.emit(self.ordering.all_done())
            self._move(undone or here, leaving, step=0, reached=reached)

    def _move(self, name: str, leaving: Leaving, step: int, reached: Reached) -> None:
        if self._open is None:
            return
        self.leave(leaving)
        self._passed, self._reached = [], reached
        self._begin_opening(name, step)

    def _begin_opening(self, name: str, step: int) -> None:
        opened = self._open
        if opened is None:
            return
        self._name = name
        self.image_opening.emit(name)
        self.want_masks_ahead()
        opened.images.get(name, partial(self._decoded, name, step), partial(self._unavailable, name, step))

    def _decoded(self, name: str, step: int, image: ImageFile) -> None:
        opened = self._open
        if opened is None or name != self._name:
            return
        work = partial(open_whole, opened.state.project, image, name, opened.journals)
        done, failed = self._opened, partial(self._unavailable, name, step)
        if opened.saver.on_its_way(name):
            self._workers.submit_in_order(work, done, failed)
        else:
            self._workers.submit(work, done, failed, urgent=True)

    def _opened(self, whole: OpenImage) -> None:
        opened = self._open
        if opened is None or whole.name != self._name or self.painting is not None:
            return
        journal = opened.journals.begin(whole.name, whole.shape, whole.stored)
        reached = opened.state.reach(whole.name, self._reached, whole.stored.facts if whole.stored else None)
        painting = Painting(whole, journal, self._clock, reached)
        self.brushwork.open(painting, opened.saver, self._settings.now.person)
        self.image_shown.emit(painting, self.mask.shown)
        self.maps.open(opened.state.project, painting)
        self.others.show_image(whole.name)
        self._tell_passed()
        self._await_mask(painting)
        self._show_phase()
        self.brushwork.offer_found(opened.state)
        self._settings.remember_image(opened.state.project.folder.file, whole.name)
        self._workers.submit_in_order(self._settings.save, lambda _: None)
        self._make_ready_ahead(whole.name)

    def _unavailable(self, name: str, step: int, error: Exception) -> None:
        opened = self._open
        if opened is None or name != self._name:
            return
        following = opened.state.listing.beside(name, step) if step else None
        if following is not None and len(self._passed) < _MOST_PASSED:
            self._passed.append(in_words(error))
            self._begin_opening(following, step)
        else:
            self._tell_passed()
            self.image_unavailable.emit(name, in_words(error))

    def _tell_passed(self) -> None:
        """One notice, however many images there were on the way that could not be opened."""
        passed, self._passed = self._passed, []
        if passed:
            self.noticed.emit(Notice(passed_sentence(passed), Weight.ERROR))

    def _await_mask(self, painting: Painting) -> None:
        """Masks of an image come to another place once it has an annotation."""
        if self._open is not None:
            self._open.news.await_mask(Awaited.of(self._open.state.project, painting.opened, painting.filed))

    def _mask_found(self, name: str, found: FoundMask) -> None:
        if self.painting is not None and self.painting.name == name:
            if found.segmentation is not None and self._open is not None:
                self._open.state.has_model = True
            self.mask.arrived(found)
            self._show_phase()

    def _brush_in_use(self) -> None:
        if self._open is not None:
            self._open.wishes.paint(self.brushwork.in_hand)

    def _mask_changed(self, segmentation: object, mark: bool) -> None:
        self.mask_changed.emit(segmentation, mark)
        self._show_phase()

    def _trainers_seen(self, statuses: dict[str, TrainerStatus]) -> None:
        if self._open is not None:
            self._open.pulse.look(statuses)
            self._pulse()

    def _pulse(self) -> None:
        if self._open is not None:
            project = self._open.pulse.news().project
            if project is not None and project.model and not self._open.state.has_model:
                self._open.state.has_model = True
                self._show_phase()
            self.others.look_again()
            self._open.rootpainter_look.look()
            self.trainers_changed.emit(self._open.pulse)

    def _show_phase(self) -> None:
        if self._open is None or self.painting is None:
            return
        state, name = self._open.state, self.painting.name
        waiting = tr("Its mask is on the way; you can paint clear examples meanwhile") if state.has_model else ""
        classes = tuple(known.name for known in remaining(state.project.classes))
        masked = self.mask.shown is not None
        self.phase_changed.emit(phase_sentence(classes, state.example_number(name), masked, waiting))

    def _refused(self, error: Exception) -> None:
        self.noticed.emit(Notice(in_words(error), Weight.ERROR))
